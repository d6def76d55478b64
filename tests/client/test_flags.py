"""Command lines and the values in them: the words are those that the real client was recorded to print."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.client import grammar
from dockersim.client.flags import UsageError, devices, env, mounts, network, parse, policy, ports, values
from dockersim.client.flags.csv import read_record

# ruff: noqa: E501 (the client's own long lines)

RUN = "\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information\n"
PS = "\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n"


def refusal(line: str, **more: Any) -> tuple[int, str]:
    with pytest.raises(UsageError) as caught:
        parse(line.split(" "), **more)
    return caught.value.exit_code, caught.value.stderr


def complaint(read: Callable[[], object]) -> str | None:
    """What a reader says of a bad value, or ``None`` if it takes it."""
    try:
        read()
    except ValueError as error:
        return str(error)
    return None


def test_run() -> None:
    read = parse(
        "run -itd --name web -p8080:80 -p=81:81 -e A=1 -e=B --rm=false nginx nginx -g --rm".split(), {"B": "2"}
    )
    got = read.options
    assert read.command.path == "run"
    assert (got["interactive"], got["tty"], got["detach"], got["rm"]) == (True, True, True, False)
    assert got["name"] == "web"
    assert got["publish"] == ["8080:80", "81:81"]
    assert got["env"] == ["A=1", "B=2"]
    assert read.args == ["nginx", "nginx", "-g", "--rm"]
    assert got.changed("rm")
    assert not got.changed("memory")
    assert (got["memory"], got["memory-swappiness"], got["sig-proxy"], got["pull"]) == (0, -1, True, "missing")


def test_synonyms_are_one_flag() -> None:
    assert parse("run --net a --network b x".split()).options["network"] == [{"target": "a"}, {"target": "b"}]


def test_a_flag_that_is_going_away_says_so() -> None:
    read = parse("stop --time 3 x".split())
    assert read.options["time"] == 3
    assert read.stdout == "Flag --time has been deprecated, use --timeout instead\n"


def test_flags_after_arguments() -> None:
    assert parse("rm x -f y".split()).args == ["x", "y"]
    assert parse("ps -- ".split()).args == []
    assert parse("exec x -f y".split()).args == ["x", "-f", "y"]


def test_global_flags() -> None:
    read = parse("-D -H tcp://a -H tcp://b --context c ps".split())
    assert read.globals["debug"] is True
    assert read.globals["host"] == ["tcp://a", "tcp://b"]
    assert read.globals["context"] == "c"
    assert parse(["--version"]).show == "version"
    assert parse([]).show == "bare"
    assert parse(["container"]).show == "bare"


@pytest.mark.parametrize(
    "line", ["--help", "-h", "ps --help", "help ps", "--help ps", "container --help ls", "run --help x"]
)
def test_help(line: str) -> None:
    read = parse(line.split())
    assert read.show == "help"
    assert ("deprecated" in read.stderr) == (line == "-h")


def test_help_topics() -> None:
    assert parse(["help", "container", "run"]).command.path == "container run"
    assert refusal("help nosuch") == (1, "unknown help topic: nosuch\n")
    assert refusal("help container run x") == (1, "unknown help topic: x\n")


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("run", 1, "docker: 'docker run' requires at least 1 argument" + RUN.replace("Run '", "See '")),
        ("run --nosuch x", 125, "unknown flag: --nosuch" + RUN),
        ("run -y x", 125, "unknown shorthand flag: 'y' in -y" + RUN),
        ("run -iy x", 125, "unknown shorthand flag: 'y' in -y" + RUN),
        ("run --name", 125, "flag needs an argument: --name" + RUN),
        ("run -h", 125, "flag needs an argument: 'h' in -h" + RUN),
        ("run ---x", 125, "bad flag syntax: ---x" + RUN),
        (
            "run --rm=maybe x",
            125,
            'invalid argument "maybe" for "--rm" flag: strconv.ParseBool: parsing "maybe": invalid syntax' + RUN,
        ),
        ("run -m lots x", 125, 'invalid argument "lots" for "-m, --memory" flag: invalid size: \'lots\'' + RUN),
        ("run --cpus x x", 125, 'invalid argument "x" for "--cpus" flag: failed to parse x as a rational number' + RUN),
        (
            "run --cpus 3/00 x",
            125,
            'invalid argument "3/00" for "--cpus" flag: failed to parse 3/00 as a rational number' + RUN,
        ),
        ("run -e =x y", 125, 'invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x' + RUN),
        (
            "run --add-host bad x",
            125,
            'invalid argument "bad" for "--add-host" flag: bad format for add-host: "bad"' + RUN,
        ),
        (
            "run -a nosuch x",
            125,
            'invalid argument "nosuch" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR' + RUN,
        ),
        (
            "run --mount type=bind,foo=bar x",
            125,
            "invalid argument \"type=bind,foo=bar\" for \"--mount\" flag: unexpected key 'foo' in 'foo=bar'" + RUN,
        ),
        (
            "run --blkio-weight 70000 x",
            125,
            'invalid argument "70000" for "--blkio-weight" flag: strconv.ParseUint: parsing "70000": value out of range'
            + RUN,
        ),
        (
            "run --health-interval 3 x",
            125,
            'invalid argument "3" for "--health-interval" flag: time: missing unit in duration "3"' + RUN,
        ),
        ("ps x", 1, "docker: 'docker ps' accepts no arguments" + PS),
        (
            "ps -f novalue",
            125,
            'invalid argument "novalue" for "-f, --filter" flag: bad format of filter (expected name=value)' + PS,
        ),
        ("nosuch", 1, "docker: unknown command: docker nosuch\n\nRun 'docker --help' for more information\n"),
        (
            "container nosuch",
            1,
            "docker: unknown command: docker container nosuch\n\nUsage:  docker container\n\n"
            "Run 'docker container --help' for more information\n",
        ),
        (
            "--nosuch ps",
            125,
            "unknown flag: --nosuch\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n",
        ),
        (
            "volume create a b",
            1,
            "docker: 'docker volume create' requires at most 1 argument\n\nUsage:  docker volume create [OPTIONS] [VOLUME]\n\n"
            "SRun 'docker volume create --help' for more information\n",
        ),
        ("context use", 1, "accepts 1 arg(s), received 0\n"),
        (
            "build",
            1,
            "ERROR: docker: 'docker buildx build' requires 1 argument\n\nUsage:  docker buildx build [OPTIONS] PATH | URL | -\n\n"
            "Run 'docker buildx build --help' for more information\n",
        ),
    ],
)
def test_refusals(line: str, code: int, error: str) -> None:
    assert refusal(line) == (code, error)


def test_the_two_usage_lines_of_cp() -> None:
    assert refusal("cp x")[1].startswith(
        "docker: 'docker cp' requires 2 arguments\n\nUsage:  docker cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n"
        "\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH\n\n"
    )


def test_the_legacy_builder_says_so() -> None:
    read = parse(["build", "."], {"DOCKER_BUILDKIT": "0"})
    assert read.command.path == "build"
    assert read.stderr == (
        "DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n"
        "            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0\n"
        "            environment-variable.\n\n"
    )
    assert "Install the buildx component" in parse(["build", "."], plugins=()).stderr
    assert refusal("build .", environ={"DOCKER_BUILDKIT": "1"}, plugins=())[1].startswith("ERROR: BuildKit is enabled")
    assert refusal("build -t BAD .", environ={"DOCKER_BUILDKIT": "0"})[1].endswith(
        'invalid argument "BAD" for "-t, --tag" flag: invalid reference format: repository name (library/BAD) must be '
        "lowercase\n\nUsage:  docker build [OPTIONS] PATH | URL | -\n\nRun 'docker build --help' for more information\n"
    )
    assert parse(["bake"]).command.path == "buildx bake"


def test_plugins_say_it_their_own_way() -> None:
    assert refusal("compose up --nosuch") == (1, "unknown flag: --nosuch\n")
    assert refusal("compose port web") == (1, "requires at least 2 arg(s), only received 1\n")
    assert refusal("compose ls x") == (1, 'unknown command "x" for "docker compose ls"\n')
    assert refusal("compose nosuch") == (1, 'unknown docker command: "compose nosuch"\n')
    assert refusal("buildx nosuch") == (1, 'ERROR: unknown command: "nosuch"\n')
    assert refusal("bake", plugins=())[1].startswith("ERROR: docker bake requires the buildx component")
    assert refusal("compose up", plugins=())[1].startswith("docker: unknown command: docker compose\n")
    read = parse("compose -p app -f a.yaml up -d web".split())
    assert read.outer is not None
    assert read.outer["project-name"] == "app"
    assert read.outer["file"] == ["a.yaml"]
    assert read.options["detach"] is True
    assert parse(["compose"]).show == "help"


@pytest.mark.parametrize(
    ("spec", "mappings"),
    [
        ("80", [("80/tcp", "", "")]),
        ("8080:80", [("80/tcp", "", "8080")]),
        ("8080:80/UDP", [("80/udp", "", "8080")]),
        ("127.0.0.1:8080:80", [("80/tcp", "127.0.0.1", "8080")]),
        ("127.0.0.1::80", [("80/tcp", "127.0.0.1", "")]),
        ("[::1]:8080:80", [("80/tcp", "::1", "8080")]),
        ("80-81:90-91", [("90/tcp", "", "80"), ("91/tcp", "", "81")]),
        ("8000-9000:80", [("80/tcp", "", "8000-9000")]),
    ],
)
def test_ports(spec: str, mappings: list[tuple[str, str, str]]) -> None:
    assert ports.parse_spec(spec) == mappings


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("99999:80", "invalid hostPort: 99999"),
        ("abc", "invalid containerPort: abc"),
        ("80:80/abc", "invalid proto: abc"),
        ("1.2.3:80:80", "invalid IP address: 1.2.3"),
        ("80:", "no port specified: 80:<empty>"),
        ("1-3:1-2", "invalid ranges specified for container and host Ports: 1-2 and 1-3"),
        ("target", "invalid containerPort: target"),
    ],
)
def test_bad_ports(spec: str, error: str) -> None:
    assert complaint(lambda: ports.publish([spec])) == error


def test_published_ports_are_exposed() -> None:
    exposed, bindings = ports.publish(["8080:80", "8081:80", "target=81,published=90"])
    assert exposed == ["80/tcp", "81/tcp"]
    assert [b["HostPort"] for b in bindings["80/tcp"]] == ["8080", "8081"]
    assert ports.expose(["1-2/udp", "3"]) == ["1/udp", "2/udp", "3/tcp"]


@given(st.integers(1, 65535), st.integers(1, 65535), st.sampled_from(["tcp", "udp", "sctp"]))
def test_a_port_pair_reads_back(host: int, container: int, proto: str) -> None:
    assert ports.parse_spec(f"{host}:{container}/{proto}") == [(f"{container}/{proto}", "", str(host))]


@pytest.mark.parametrize(
    ("spec", "kind", "source", "target", "bind"),
    [
        ("/data", "volume", "", "/data", "/data"),
        ("vol:/data", "volume", "vol", "/data", "vol:/data"),
        ("v:/data", "volume", "", "v:/data", ""),
        ("/h:/data:ro", "bind", "/h", "/data", "/h:/data:ro"),
        ("./h:/data", "bind", "./h", "/data", "/home/h:/data"),
        ("..:/data", "bind", "..", "/data", "/:/data"),
        ("~/h:/data", "bind", "~/h", "/data", "~/h:/data"),
    ],
)
def test_volumes(spec: str, kind: str, source: str, target: str, bind: str) -> None:
    read = mounts.volume(spec, "/home")
    assert (read.type, read.source, read.target) == (kind, source, target)
    assert read.bind == (bind if source else "")


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("", "invalid empty volume spec"),
        ("ab::b", "invalid spec: ab::b: empty section between colons"),
        ("/a:/b:ro:x", "invalid spec: /a:/b:ro:x: too many colons"),
        (":/data", "invalid spec: :/data: empty section between colons"),
    ],
)
def test_bad_volumes(spec: str, error: str) -> None:
    assert complaint(lambda: mounts.volume(spec)) == error


def test_mounts() -> None:
    assert mounts.mount("type=bind,src=./a,dst=/b,ro", "/home") == {
        "Type": "bind",
        "Source": "/home/a",
        "Target": "/b",
        "ReadOnly": True,
    }
    assert mounts.mount("target=/x,volume-opt=o=1,volume-nocopy")["VolumeOptions"] == {
        "DriverConfig": {"Options": {"o": "1"}},
        "NoCopy": True,
    }
    assert mounts.mount("type=tmpfs,target=/x,tmpfs-size=1k,tmpfs-mode=1770")["TmpfsOptions"] == {
        "SizeBytes": 1024,
        "Mode": 0o1770,
    }


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("type=volume,src=v", "target is required"),
        ("x", "invalid field 'x' must be a key=value pair"),
        ("target=/a,ro=maybe", "invalid value for ro: maybe"),
        ("type=bind,target=/a,volume-nocopy", "cannot mix 'volume-*' options with mount type 'bind'"),
        ("", "EOF"),
        ('"a', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'),
        ('a"b', 'parse error on line 1, column 2: bare " in non-quoted-field'),
    ],
)
def test_bad_mounts(spec: str, error: str) -> None:
    assert complaint(lambda: mounts.mount(spec)) == error


def test_networks() -> None:
    assert network.network("host") == {"target": "host"}
    assert network.network("name=Net,alias=a,alias=b,ip=1.2.3.4,gw-priority=-1") == {
        "target": "net",
        "aliases": ["a", "b"],
        "ip": "1.2.3.4",
        "gw_priority": -1,
    }
    with pytest.raises(ValueError, match=r"invalid gw-priority \(x\): invalid syntax"):
        network.network("name=a,gw-priority=x")


def test_env_files() -> None:
    content = b"\xef\xbb\xbf# comment\n\n A=1 \nB\nC\n"
    assert env.read_file("f", content, {"B": "2"}) == ["A=1 ", "B=2"]
    with pytest.raises(ValueError, match=r"invalid env file \(bad.list\): variable 'A B' contains whitespaces"):
        env.read_file("bad.list", b"A B=1", {})


def test_other_values() -> None:
    assert values.ulimit("nofile=1:2") == {"Name": "nofile", "Soft": 1, "Hard": 2}
    assert values.nano_cpus("1.5") == 1_500_000_000
    assert devices.device("/dev/a:/dev/b:r") == {
        "PathOnHost": "/dev/a",
        "PathInContainer": "/dev/b",
        "CgroupPermissions": "r",
    }
    assert devices.gpus("all")["Count"] == -1
    assert policy.restart("on-failure:3") == {"Name": "on-failure", "MaximumRetryCount": 3}
    with pytest.raises(ValueError, match="maximum retry count must be an integer"):
        policy.restart("on-failure:x")
    assert read_record('a,"b,""c",d') == ["a", 'b,"c', "d"]


WORDS = st.one_of(
    st.sampled_from("run ps rm image container ls build -it --rm=x -p 80 --name -- - help --help -h -v x".split()),
    st.sampled_from([f"--{f.name}" for c in ("run", "ps", "network create") for f in grammar.command(c).flags]),  # type: ignore[union-attr]
    st.text(max_size=6),
)


@given(st.lists(WORDS, max_size=6))
@settings(max_examples=300)
def test_no_command_line_breaks_the_parser(words: list[str]) -> None:
    try:
        parse(words)
    except UsageError as error:
        code, said = error.exit_code, error.stderr
    else:
        return
    assert code in (1, 125)
    assert said


@given(st.text(max_size=12) | st.text('=,:/-.0123456789ab"[]', max_size=12))
@settings(max_examples=300)
def test_no_text_breaks_a_value(text: str) -> None:
    for reader in (
        ports.parse_spec, mounts.mount, mounts.volume, network.network, devices.device, devices.gpus, policy.restart,
        values.ulimit, values.nano_cpus, values.extra_host, values.rate_bps, values.weight_device, values.dns_search,
    ):  # fmt: skip
        assert complaint(functools.partial(reader, text)) != ""


VALUES = {
    "bool": ["true", "maybe", ""],
    "int": ["1", "x", "0x1f", "1.5", "99999999999999999999", "010", "1_0"],
    "duration": ["1s", "3", "x", ".5s", "1x"],
    "bytes": ["1g", "x", "-5", "5 kb", "10xb", "1e3", "12kbb"],
    "decimal": ["1.5", "x", "1/3", "0.0000000001"],
    "list": ["a=b", "x", "a:b", ":", "=", "1.2.3.4", "a=1.2.3.4", "/dev/a:10", "c 1:2 rw", "", "a b=c", "stdin"],
    "map": ["a=b", "x", "net.x=1"],
    "filter": ["a=b", "x", ""],
    "mount": ["type=bind,src=/a,dst=/b", "", "target=/x,ro=maybe", "a=b", '"a', "readonly"],
    "network": ["a", "name=a,ip=1", "name=a,b", "x=1", "name=a,gw-priority=x"],
    "ulimit": ["nofile=1", "x", "x=1", "nofile=2:1", "nofile=a", "nofile=-1:5"],
    "gpu-request": ["all", "x", "device=0", "a=b"],
    "string": ["x", ""],
}
# What the real client says only after it asked the daemon, or reads from a file, or spells with a stray space.
SKIPPED = ("compose", "buildx", "build", "builder", "image build", "swarm", "trust signer add", "login", "logout")


@st.composite
def bad_lines(draw: st.DrawFn) -> list[str]:
    able = [c for c in grammar.every() if not f"{c.path} ".startswith(tuple(f"{s} " for s in SKIPPED))]
    command = draw(st.sampled_from(able))
    line = command.path.split()
    for _ in range(draw(st.integers(0, 3))):
        if command.flags and draw(st.booleans()):
            flag = draw(st.sampled_from(command.flags))
            value = draw(st.sampled_from(VALUES.get(flag.type, ["x"])))
            name = f"-{flag.short}" if flag.short and draw(st.booleans()) else f"--{flag.name}"
            line += draw(st.sampled_from([[f"{name}={value}"], [name, value], [name]]))
        else:
            line.append(draw(st.sampled_from(["--nosuch", "-y", "--", "-", "--=", "-hx", "-é", "x", ""])))
    return line


@pytest.mark.system
@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client on this machine")
@given(bad_lines())
@settings(max_examples=40, deadline=None)
def test_refusals_are_those_of_the_real_client(line: list[str]) -> None:
    """Only what is refused before a daemon is asked; there is none at the address given."""
    try:
        parse(line, plugins=())
    except UsageError as error:
        mine = (error.exit_code, error.stdout, error.stderr)
    else:
        return
    told = {
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/nonexistent",
    }
    real = subprocess.run(
        ["docker", *line], capture_output=True, text=True, env=told, stdin=subprocess.DEVNULL, timeout=30
    )
    if "docker/config" not in real.stderr:
        assert (real.returncode, real.stdout, real.stderr) == mine


def test_a_mac_address_is_judged_before_a_container_is_asked_for() -> None:
    import dockersim

    result = dockersim.World(seed=0).sh("docker run --mac-address bad busybox")
    assert result.exit_code == 125
    assert result.stderr.startswith("docker: bad is not a valid mac address\n")
    assert not any("/containers/create" in getattr(event, "path", "") for event in result.events)
