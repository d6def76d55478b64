"""Go templates: results and errors as Go words them, partly against a real client."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.client.template import Nil, NilSlice, Struct, TemplateError, parse
from dockersim.client.template.typed import view

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
    data = Struct({"Health": Nil("*container.Health"), "Cmd": NilSlice()}, "container.State")
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


def test_the_typed_view_of_an_inspect_answer() -> None:
    raw = {
        "Id": "abc",
        "State": {"Status": "running", "Running": True},
        "Config": {"Cmd": None, "Labels": None, "ExposedPorts": {"80/tcp": {}}},
        "HostConfig": {"LogConfig": {"Type": "json-file", "Config": {}}, "Binds": None},
        "NetworkSettings": {"Ports": {"80/tcp": None}},
        "Mounts": [{"Type": "volume", "RW": True}],
    }
    seen = view(raw)
    text = (
        "{{.State}} {{.Config.Cmd}} {{.Config.Labels}} {{.Config.ExposedPorts}} {{.Mounts}} {{.HostConfig.LogConfig}}"
    )
    assert parse(text).execute(seen) == "{running true <nil>} [] map[] map[80/tcp:{}] [{volume true}] {json-file map[]}"
    assert parse("{{if .State.Health}}x{{else}}none{{end}}").execute(seen) == "none"
    assert parse("{{json .State}} {{json .Config.Labels}}").execute(seen) == '{"Status":"running","Running":true} null'
    assert parse('{{index .NetworkSettings.Ports "80/tcp"}}').execute(seen) == "[]"
