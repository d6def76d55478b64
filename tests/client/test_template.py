"""Go templates: results and errors as Go words them, partly against a real client."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.client.gotypes import decode, untyped
from dockersim.client.template import Nil, Struct, TemplateError, parse
from dockersim.client.template.values import Slice

# ruff: noqa: E501 (templates and Go's errors are long)

HOST = "unix:///var/run/docker.sock"
DATA: dict[str, Any] = {
    "Name": "/web",
    "State": {"Status": "running", "Running": True, "Pid": 6851, "Health": None},
    "Config": {"Env": ["A=1", "B=2"], "Cmd": ["nginx", "-g", "daemon off;"], "Labels": {"x": "y"}},
    "NetworkSettings": {
        "Networks": {"bridge": {"IPAddress": "172.17.0.2"}, "a": {"IPAddress": "172.18.0.2"}},
        "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "81/tcp": None},
    },
    "Mounts": [Struct({"Type": "volume", "Name": "v", "RW": True}, "container.MountPoint")],
    "Size": 1.5,
}
# What `docker context inspect` executes its template on.
TYPED = Struct(
    {
        "Name": "default",
        "Metadata": None,
        "Endpoints": {"docker": Struct({"Host": HOST, "SkipTLSVerify": False}, "context.EndpointMetaBase")},
        "Storage": Struct({"MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"}, "store.StorageInfo"),
    },
    "context.contextWithTLSListing",
)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{.Name}} {{.State.Status}}", "/web running"),
        ("{{.State.Nope}}{{.Nope.Nope}}", "<no value><no value>"),
        ('{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', "8080"),
        ("{{range $p, $c := .NetworkSettings.Ports}}{{$p}}={{if $c}}{{(index $c 0).HostPort}}{{end}};{{end}}", "80/tcp=8080;81/tcp=;"),
        ("{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", "172.18.0.2 172.17.0.2 "),
        ("{{range .Config.Env}}{{println .}}{{end}}", "A=1\nB=2\n"),
        ("{{range .Nope}}x{{else}}none{{end}}", "none"),
        ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
        ('{{if eq .State.Status "exited"}}a{{else if .State.Pid}}b{{else}}c{{end}}', "b"),
        ('{{printf "%s-%d" .Name .State.Pid}}', "/web-6851"),
        ('{{join .Config.Cmd ","}}', "nginx,-g,daemon off;"),
        ("{{.Config.Env}} {{.Config.Labels}} {{.Mounts}}", "[A=1 B=2] map[x:y] [{volume v true}]"),
        ('{{index .Config.Labels "x"}}{{index .Config.Labels "z"}}', "y"),
        ("{{len .Mounts}} {{len .Name}}", "1 4"),
        ("{{json .Mounts}}", '[{"Type":"volume","Name":"v","RW":true}]'),
        ("{{json .State.Health}} {{json .Config}}", 'null {"Cmd":["nginx","-g","daemon off;"],"Env":["A=1","B=2"],"Labels":{"x":"y"}}'),
        ('{{upper "a"}}{{lower "B"}}{{title "c d"}}{{pad "e" 1 1}}{{truncate "fgh" 2}}', "AbC D e fg"),
        ('{{join (split "a.b" ".") "-"}}', "a-b"),
        ("{{with .Config}}{{.Cmd}}{{$.Name}}{{end}}", "[nginx -g daemon off;]/web"),
        ('{{$x := "a"}}{{if true}}{{$x = "b"}}{{end}}{{$x}}', "b"),
        ("a  {{- 1 -}}  b{{/* no */}}{{- /* no */ -}} c", "a1bc"),
        ("{{range 3}}{{if eq . 1}}{{continue}}{{end}}{{.}}{{end}}", "02"),
        ('{{define "T"}}[{{.}}]{{end}}{{template "T" .Name}}', "[/web]"),
        ("{{.Size}} {{printf \"%.2f %5d|%-5s|%q %x %v %t\" .Size 42 \"a\" \"b\" 255 nil true}}", '1.5 1.50    42|a    |"b" ff <nil> true'),
        ('{{printf "%d %s %s" "x" 5}}', "%!d(string=x) %!s(int=5) %!s(MISSING)"),
        ('{{print 1 2 "a" "b" 3}} {{println 1 "a"}}', "1 2ab3 1 a\n"),
        ("{{and 1 0}}{{or 0 2}}{{not 1}} {{lt 1 2}} {{ge 1 2}} {{ne 1 2}}", "02false true false true"),
        ('{{slice "abcdef" 1 3}} {{"a" | printf "%s%s" "b"}}', "bc ba"),
        ('{{html "<a>"}} {{urlquery "a b"}}', "&lt;a&gt; a+b"),
    ],
)  # fmt: skip
def test_results(text: str, result: str) -> None:
    assert parse(text).execute(DATA) == result


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{.Name", "template: :1: unclosed action"),
        ("{{.Name}", "template: :1: bad character U+007D '}'"),
        ("{{foo}}", 'template: :1: function "foo" not defined'),
        ("{{$x}}", 'template: :1: undefined variable "$x"'),
        ("{{}}", "template: :1: missing value for command"),
        ("{{if .A}}", "template: :1: unexpected EOF"),
        ("a\n{{end}}", "template: :2: unexpected {{end}}"),
        ("{{/* x }}", "template: :1: unclosed comment"),
        ('{{"a}}', "template: :1: unterminated quoted string"),
        ("{{(1}}", "template: :1: unclosed left paren"),
        ("{{.Name.}}", "template: :1: unexpected <.> in operand"),
        ("{{.Name | 3}}", "template: :1: non executable command in pipeline stage 2"),
        ("{{1a}}", 'template: :1: bad number syntax: "1a"'),
        ("{{break}}", "template: :1: {{break}} outside {{range}}"),
    ],
)
def test_texts_that_do_not_parse(text: str, error: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{.Nope}}", ':1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type context.contextWithTLSListing'),
        ("a\n{{.Name.X}}", ":2:7: executing \"\" at <.Name.X>: can't evaluate field X in type string"),
        ('{{index (split "a" ",") 5}}', ':1:2: executing "" at <index (split "a" ",") 5>: error calling index: index out of range: 5'),
        ("{{upper}}", ':1:2: executing "" at <upper>: wrong number of args for upper: want 1 got 0'),
        ("{{upper 3}}", ':1:8: executing "" at <3>: expected string; found 3'),
        ("{{upper .Storage}}", ':1:8: executing "" at <.Storage>: wrong type for value; expected string; got store.StorageInfo'),
        ('{{eq 1 "a"}}', ':1:2: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison'),
        ("{{.Name 3}}", ':1:2: executing "" at <.Name>: Name has arguments but cannot be invoked as function'),
        ("{{range .Name}}{{end}}", ":1:8: executing \"\" at <.Name>: range can't iterate over default"),
        ("{{nil}}", ':1:2: executing "" at <nil>: nil is not a command'),
    ],
)  # fmt: skip
def test_texts_that_do_not_run(text: str, error: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text).execute(TYPED)
    assert str(caught.value) == f"template: {error}"


def test_missing_keys_can_be_errors() -> None:
    with pytest.raises(TemplateError) as caught:
        parse("{{.name}}").execute(DATA, missing_key_error=True)
    assert str(caught.value) == 'template: :1:2: executing "" at <.name>: map has no entry for key "name"'


def test_nil_pointers_and_slices() -> None:
    data = Struct({"Health": Nil("*container.Health"), "Cmd": Slice([], "[]string", nil=True)}, "container.State")
    assert parse("{{.Health}} {{.Cmd}} {{json .Cmd}} {{if .Health}}x{{end}}").execute(data) == "<nil> [] null "
    with pytest.raises(TemplateError, match=r"nil pointer evaluating \*container.Health.Status"):
        parse("{{.Health.Status}}").execute(data)


def test_methods_take_arguments() -> None:
    data = Struct({"Names": "web"}, "*formatter.ContainerContext", {"Label": {"tier": "front"}.get})
    assert parse('{{.Names}} {{.Label "tier"}}').execute(data) == "web front"


PIECES = st.sampled_from(
    ["{{", "}}", ".Name", ".", "$x", ":=", "|", "(", ")", '"a"', "1", "if ", "range ", "end", "else", "{{end}}", "upper ",
     "printf ", "json ", "index ", " ", "-", "nil", "/*", "*/", "define ", "template ", "\n", "{{if .}}", "'"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join))
@settings(max_examples=400)
def test_no_text_breaks_the_engine(text: str) -> None:
    with contextlib.suppress(TemplateError):
        parse(text).execute(DATA)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_reads_back(value: Any) -> None:
    import json

    assert json.loads(parse("{{json .}}").execute(value)) == value


REAL = [
    "{{.Name}}", "{{.Nope}}", "{{.Name.X}}", "{{.Endpoints.docker.Host}}", "{{.Endpoints.nope.Host}}", "{{.Name", "{{}}",
    '{{printf "%5d|%-5d|%05d|%+d|%x|%o|%b|%c|%U|%z|%d" 42 42 42 42 255 8 5 65 65 1 "a"}}', '{{printf "%g %v %e" 1.5 1e21 2.0}}',
    '{{range $i, $v := split "a,b" ","}}{{$i}}{{$v}}{{end}}', "{{len 3}}", '{{index .Endpoints "docker"}}', "{{index .Endpoints 3}}",
    '{{slice "abc" 5}}', "{{(index .Endpoints \"docker\").Nope}}", "{{json .Endpoints}}", '{{truncate "abc" -1}}', '{{eq .Name nil}}',
    "{{template \"x\"}}", "{{with $x := .Name}}{{$x | upper}}{{end}}", "{{range 3}}{{.}}{{break}}{{end}}", "{{.Name | join \",\"}}",
    "{{if .Name}}\n{{.Nope}}{{end}}", "{{call .Name}}", "{{1 2}}", "{{99999999999999999999}}", "{{'ab'}}", '{{"\\q"}}', "{{else}}",
]  # fmt: skip


@pytest.mark.system
@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client on this machine")
@pytest.mark.parametrize("text", REAL)
def test_the_real_client_agrees(text: str) -> None:
    """`docker context inspect` needs no daemon."""
    told = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"}
    line = ["docker", "context", "inspect", "--format", text, "default"]
    real = subprocess.run(line, capture_output=True, text=True, env=told, stdin=subprocess.DEVNULL, timeout=30)
    try:
        mine = parse(text).execute(TYPED) + "\n"
    except TemplateError as error:
        mine = f"template parsing error: {error}"
    said = real.stdout if real.returncode == 0 else real.stderr.splitlines()[-1]
    assert said == mine


INSPECTED = {
    "Id": "abc",
    "State": {"Status": "running", "Running": True, "Pid": 7},
    "Config": {"Cmd": None, "Labels": None, "ExposedPorts": {"80/tcp": {}}, "Healthcheck": {"Interval": 1500000000}},
    "HostConfig": {
        "LogConfig": {"Type": "json-file", "Config": {}}, "Binds": None, "NetworkMode": "container:x", "DnsSearch": ["a"],
        "Mounts": [{"TmpfsOptions": {"Mode": 0o1777}}], "OomKillDisable": False, "Ulimits": [{"Name": "nofile", "Soft": 5, "Hard": 6}], "ConsoleSize": [24, 80],
    },
    "NetworkSettings": {"Ports": {"80/tcp": None}, "Networks": {"n": {"IPAddress": "10.0.0.2"}}},
    "Mounts": [{"Type": "volume", "RW": True}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{(index .HostConfig.Mounts 0).TmpfsOptions.Mode}} {{json .HostConfig.Mounts}}", '-rwxrwxrwx [{"TmpfsOptions":{"Mode":1023}}]'),
        ("{{.ID}} {{.ContainerJSONBase.ID}} {{.HostConfig.DNSSearch}}", "abc abc [a]"),
        ("{{.State}}", "{running true false false false false 7 0    <nil>}"),
        ("{{.Config.Cmd}} {{.Config.Labels}} {{.Config.ExposedPorts}}", "[] map[] map[80/tcp:{}]"),
        ("{{.Mounts}} {{.HostConfig.LogConfig}}", "[{volume      true }] {json-file map[]}"),
        ("{{if .State.Health}}x{{else}}none{{end}} {{eq .State.Health nil}} {{.SizeRw}}", "none true <nil>"),
        ("{{if .HostConfig.OomKillDisable}}a pointer{{end}} {{.HostConfig.OomKillDisable}}", "a pointer false"),
        ("{{json .Config.Labels}} {{json .Config.Healthcheck}} {{json .Mounts}}", 'null {"Interval":1500000000} [{"Type":"volume","Source":"","Destination":"","Mode":"","RW":true,"Propagation":""}]'),
        ("{{.Config.Healthcheck.Interval}} {{.Config.Healthcheck.Interval.Seconds}}", "1.5s 1.5"),
        ("{{.HostConfig.Ulimits}} {{.HostConfig.ConsoleSize}} {{.HostConfig.BlkioWeight}}", "[nofile=5:6] [24 80] 0"),
        ("{{.HostConfig.NetworkMode.IsContainer}} {{.HostConfig.NetworkMode.ConnectedContainer}}", "true x"),
        ("{{range $p, $_ := .NetworkSettings.Ports}}{{$p.Port}} {{$p.Proto}}{{end}}", "80 tcp"),
        ('{{printf "%T %T %T" .State .HostConfig.BlkioWeight .NetworkSettings.Ports}}', "*container.State uint16 nat.PortMap"),
        ('{{printf "%T" (index .NetworkSettings.Networks "n")}} {{.NetworkSettings.Networks.n.IPAddress}}', "*network.EndpointSettings 10.0.0.2"),
        ('{{printf "%v %#v" .State.Health .Config.Labels}}', "<nil> map[string]string(nil)"),
        ('{{printf "%.14s" (printf "%v" .Config)}} {{printf "%v" .HostConfig.LogConfig}}', "&{   false fal {json-file map[]}"),
    ],
)  # fmt: skip
def test_containers_have_go_types(text: str, result: str) -> None:
    assert parse(text).execute(decode(INSPECTED, "container.InspectResponse")) == result


def test_what_a_pointer_points_to_is_an_address_inside_of_values() -> None:
    health = {"Status": "healthy", "Log": [{"Start": "2026-01-12T09:00:00.5Z"}]}
    seen = decode({"State": {"Health": health}}, "container.InspectResponse")
    assert re.fullmatch(r"{healthy 0 \[0xc000[0-9a-f]{6}]}", parse("{{.State.Health}}").execute(seen))
    log = '{{range .State.Health.Log}}{{.Start}} {{.Start.Unix}} {{.Start.Format "Jan _2 2006 3:04PM"}}{{end}}'
    assert parse(log).execute(seen) == "2026-01-12 09:00:00.5 +0000 UTC 1768208400 Jan 12 2026 9:00AM"


@pytest.mark.parametrize(
    "text", ['{{index .NetworkSettings.Ports "80/tcp"}}', "{{.Id}}", "{{upper .HostConfig.NetworkMode}}"]
)
def test_go_types_refuse_what_bare_json_allows(text: str) -> None:
    with pytest.raises(TemplateError):
        parse(text).execute(decode(INSPECTED, "container.InspectResponse"))
    parse(text).execute(untyped(INSPECTED), missing_key_error=True)
