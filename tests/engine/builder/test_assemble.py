"""Images from Dockerfiles: configuration and history as a recorded real Docker 28 wrote them; COPY's rules."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.dockerfile import DockerfileError, parse
from dockersim.engine.builder.assemble import Command, assemble, assemble_now
from dockersim.engine.builder.image import Image, package, tree_of
from dockersim.fs import Layer, Node, Tree, diff
from dockersim.fs.tar import gzip, pack, unpack
from dockersim.oci import Digest, Platform

Files = Mapping[str, Node | bytes | str]
PASSWD = "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n"
BUSYBOX = assemble_now(
    parse('FROM scratch\nADD rootfs /\nCMD ["sh"]\n'),
    Tree.of({"/rootfs/etc/passwd": PASSWD, "/rootfs/etc/group": "root:x:0:\nstaff:x:50:\n", "/rootfs/bin/sh": b"sh"}),
)


def build(text: str, files: Files | None = None, **options: Any) -> Image:
    options.setdefault("base", lambda name, platform: BUSYBOX)
    return assemble_now(parse(text), Tree.of(files or {}), **options)


def told(image: Image) -> list[str]:
    return [str(entry["created_by"]) for entry in image.config.history[len(BUSYBOX.config.history) :]]


def kept(tree: Tree, command: Command) -> Layer:
    """A RUN that writes down what it was given."""
    return diff(tree, Tree.of({**tree.nodes, "/ran": " ".join(command.argv)}))


EVERYTHING = """# every instruction
ARG BASE=busybox
FROM ${BASE} AS base
LABEL maintainer="me" version=1.0
ARG WHO=world
ENV GREETING="hello ${WHO}" OTHER=1
WORKDIR /app
COPY a.txt b.txt ./
COPY --chown=1000:1000 sub/ sub/
ADD archive.tar.gz /unpacked/
RUN echo "$GREETING" > greeting && cat greeting
RUN ["/bin/sh", "-c", "ls -l /app"]
VOLUME /data
EXPOSE 80/tcp 53/udp
USER www-data
SHELL ["/bin/sh", "-ec"]
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=2s --retries=2 CMD test -f /app/greeting
ENTRYPOINT ["cat"]
CMD ["/app/greeting"]
"""
CONTEXT: Files = {
    "/a.txt": "A\n",
    "/b.txt": "B\n",
    "/sub/c.txt": "C\n",
    "/archive.tar.gz": gzip(pack(Tree.of({"/d.txt": "D\n"}))),
}


def test_every_instruction_as_recorded() -> None:
    image = build(EVERYTHING, CONTEXT, run=kept)
    assert told(image) == [
        "LABEL maintainer=me version=1.0",
        "ARG WHO=world",
        "ENV GREETING=hello world OTHER=1",
        "WORKDIR /app",
        "COPY a.txt b.txt ./ # buildkit",
        "COPY --chown=1000:1000 sub/ sub/ # buildkit",
        "ADD archive.tar.gz /unpacked/ # buildkit",
        'RUN |1 WHO=world /bin/sh -c echo "$GREETING" > greeting && cat greeting # buildkit',
        "RUN |1 WHO=world /bin/sh -c ls -l /app # buildkit",
        "VOLUME [/data]",
        "EXPOSE [53/udp 80/tcp]",
        "USER www-data",
        "SHELL [/bin/sh -ec]",
        "STOPSIGNAL SIGQUIT",
        'HEALTHCHECK &{["CMD-SHELL" "test -f /app/greeting"] "5s" "2s" "0s" "0s" \'\\x02\'}',
        'ENTRYPOINT ["cat"]',
        'CMD ["/app/greeting"]',
    ]
    assert dict(image.config.config) == {
        "ArgsEscaped": True,
        "Cmd": ["/app/greeting"],
        "Entrypoint": ["cat"],
        "Env": [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "GREETING=hello world",
            "OTHER=1",
        ],
        "ExposedPorts": {"53/udp": {}, "80/tcp": {}},
        "Healthcheck": {
            "Interval": 5000000000,
            "Retries": 2,
            "Test": ["CMD-SHELL", "test -f /app/greeting"],
            "Timeout": 2000000000,
        },
        "Labels": {"maintainer": "me", "version": "1.0"},
        "Shell": ["/bin/sh", "-ec"],
        "StopSignal": "SIGQUIT",
        "User": "www-data",
        "Volumes": {"/data": {}},
        "WorkingDir": "/app",
    }
    assert len(image.layers) == len(BUSYBOX.layers) + 6
    assert image.tree.nodes["/app/a.txt"].data == b"A\n"
    assert image.tree.nodes["/app/sub/c.txt"].uid == 1000
    assert image.tree.nodes["/unpacked/d.txt"].data == b"D\n"


def test_layers_make_the_tree_and_digests_verify() -> None:
    image = build(EVERYTHING, CONTEXT, run=kept)
    assert tree_of(image.layers) == image.tree
    for layer in image.layers:
        assert Digest.of(layer.tar) == layer.diff_id
        assert unpack(layer.tar) == layer.layer
    made = package([image, image])
    for digest, data in made.blobs.items():
        assert Digest.of(data) == digest


def test_the_same_inputs_give_the_same_bytes() -> None:
    one, other = (build(EVERYTHING, CONTEXT, run=kept) for _ in range(2))
    assert one.config == other.config
    assert [layer.tar for layer in one.layers] == [layer.tar for layer in other.layers]


def test_from_scratch_alone_has_no_layers() -> None:
    image = build("FROM scratch\n")
    assert image.layers == ()
    assert image.config.config["WorkingDir"] == "/"


COPIES = [
    ("COPY a /x", {"/x": b"a"}),
    ("COPY a /x/", {"/x/a": b"a"}),
    ("COPY a /etc", {"/etc/a": b"a"}),
    ("COPY a b /x/", {"/x/a": b"a", "/x/b": b"b"}),
    ("COPY a b /x", {"/x": b"b"}),
    ("COPY d /x", {"/x/f": b"f", "/x/e/g": b"g"}),
    ("COPY d/ /x/", {"/x/f": b"f", "/x/e/g": b"g"}),
    ("COPY d /", {"/f": b"f", "/e/g": b"g"}),
    ("COPY . /x", {"/x/a": b"a", "/x/b": b"b", "/x/d/e/g": b"g"}),
    ("COPY ? /x/", {"/x/a": b"a", "/x/b": b"b", "/x/f": b"f", "/x/e/g": b"g"}),
    ("COPY d/* /x/", {"/x/f": b"f", "/x/g": b"g"}),
    ("COPY nosuch* a /x/", {"/x/a": b"a"}),
    ("COPY ../a /x", {"/x": b"a"}),
    ("COPY l /x", {"/x": b"a"}),
    ('COPY ["a", "/x y"]', {"/x y": b"a"}),
    ("WORKDIR /w\nCOPY a .", {"/w/a": b"a"}),
    ("WORKDIR /w\nCOPY a sub/", {"/w/sub/a": b"a"}),
    ("COPY a /link/x", {"/etc/x": b"a"}),
    ("COPY --exclude=e d /x/", {"/x/f": b"f"}),
    ("COPY --parents d/e/g a /x/", {"/x/d/e/g": b"g", "/x/a": b"a"}),
    ("COPY --parents d/./e/g /x/", {"/x/e/g": b"g"}),
    ("COPY --parents d /x/", {"/x/d/e/g": b"g", "/x/d/f": b"f"}),
    ("COPY <<EOF /x\nhi $V\nEOF", {"/x": b"hi \n"}),
    ("COPY <<'EOF' /x\nhi $V\nEOF", {"/x": b"hi $V\n"}),
    ("COPY <<one <<two /x/\n1\none\n2\ntwo", {"/x/one": b"1\n", "/x/two": b"2\n"}),
]


@pytest.mark.parametrize(("line", "expect"), COPIES, ids=lambda value: str(value)[:30])
def test_where_copies_go(line: str, expect: dict[str, bytes]) -> None:
    files: Files = {"/a": "a", "/b": "b", "/d/f": "f", "/d/e/g": "g", "/l": Node.symlink("a")}
    base = build("FROM scratch\nADD root /\n", {"/root/etc/keep": "k", "/root/link": Node.symlink("etc")})
    image = build(f"FROM x\n{line}\n", files, base=lambda name, platform: base)
    added = {path: node.data for path, node in diff(base.tree, image.tree).entries.items() if node.kind == "file"}
    assert {path: data for path, data in added.items() if path in expect} == expect
    if "." not in line and "?" not in line:
        assert added == expect


ERRORS: list[tuple[str, str, dict[str, Any]]] = [
    ("COPY nosuch.txt /", 'failed to compute cache key: "/nosuch.txt": not found', {}),
    ("COPY ../x /", 'failed to compute cache key: "/x": not found', {}),
    ("EXPOSE abc", "invalid containerPort: abc", {}),
    ("EXPOSE 80/foo", "invalid proto: foo", {}),
    ("STOPSIGNAL SIGFOO", "invalid signal: SIGFOO", {}),
    ("COPY --chown=nosuch a /x", "unable to find user nosuch: no matching entries in passwd file", {}),
    ("COPY --chmod=999 a /x", "invalid chmod parameter: '999'. it should be octal string and between 0 and 07777", {}),
    ('ENV X="${Y:?not set}"', 'failed to process "\\"${Y:?not set}\\"": Y: not set', {}),
]


@pytest.mark.parametrize(("line", "message", "options"), ERRORS)
def test_errors_name_their_line(line: str, message: str, options: dict[str, Any]) -> None:
    with pytest.raises(DockerfileError) as caught:
        build(f"FROM busybox\n{line}\n", {"/a": "a"}, **options)
    assert caught.value.message == message
    assert caught.value.lines == (2, 2)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("755", 0o755),
        ("0600", 0o600),
        ("u+x", 0o740),
        ("a=rX", 0o444),
        ("go=,u+s", 0o4600),
        ("+t", 0o1640),
        ("o+rw,g-r", 0o606),
    ],
)
def test_modes_octal_and_symbolic(text: str, mode: int) -> None:
    image = build(f"FROM scratch\nCOPY --chmod={text} a /a\n", {"/a": Node.file(b"", mode=0o640)})
    assert image.tree.nodes["/a"].mode == mode


def test_a_new_directory_is_like_its_source_and_an_old_one_stays() -> None:
    files: Files = {"/d": Node.directory(0o700), "/d/f": "f"}
    image = build("FROM busybox\nCOPY --chown=5:6 d /new/deep\nCOPY d /etc\n", files)
    modes = {path: (node.mode, node.uid) for path, node in image.tree.nodes.items() if node.kind == "directory"}
    assert (modes["/new"], modes["/new/deep"], modes["/etc"]) == ((0o755, 5), (0o700, 5), (0o755, 0))


def test_platforms() -> None:
    image = build("FROM --platform=$BUILDPLATFORM busybox AS a\nFROM --platform=linux/arm/v7 scratch\nENV A=1\n")
    assert str(image.config.platform) == "linux/arm/v7"
    image = build("FROM scratch\nARG TARGETARCH\n", platform=Platform("linux", "arm64"))
    assert image.config.history[0]["created_by"] == "ARG TARGETARCH=arm64"
    with pytest.raises(DockerfileError, match="failed to parse platform a/b/c/d"):
        build("FROM --platform=a/b/c/d scratch\n")


def test_an_empty_entrypoint_takes_the_old_one_away() -> None:
    parent = build('FROM busybox\nENTRYPOINT ["x"]\n')
    assert "Entrypoint" not in build("FROM p\nENTRYPOINT []\n", base=lambda name, platform: parent).config.config


def test_a_file_that_a_stage_lacks() -> None:
    with pytest.raises(DockerfileError, match=r"^lstat /nosuch: no such file or directory$"):
        build("FROM busybox AS a\nFROM busybox\nCOPY --from=a /nosuch /y\n")


def test_multi_stage_builds_only_what_is_needed() -> None:
    ran: list[str] = []

    def run(tree: Tree, command: Command) -> Layer:
        ran.append(command.argv[-1])
        return Layer({"/out": Node.file(b"compiled")})

    text = (
        "FROM busybox AS build\nRUN compile\nFROM busybox AS test\nRUN test\n"
        "FROM scratch\nCOPY --from=build /out /o\nCOPY --from=0 /out /p\n"
    )
    image = build(text, run=run)
    assert ran == ["compile"]
    assert (image.tree.nodes["/o"].data, image.tree.nodes["/p"].data) == (b"compiled", b"compiled")
    assert [entry["created_by"] for entry in image.config.history] == [
        "COPY /out /o # buildkit",
        "COPY /out /p # buildkit",
    ]
    assert build(text, run=run, target="test").tree.get("/out") is not None


def test_arguments_have_their_scopes() -> None:
    names: list[str] = []

    def base(name: str, platform: Platform) -> Image:
        names.append(name)
        return BUSYBOX

    text = (
        "ARG TAG=latest\nFROM busybox:${TAG}\nARG TAG\nARG X=${TAG:-none}\nARG NEEDED\n"
        'RUN echo "tag=$TAG x=$X needed=$NEEDED"\nENV Y=${X:+set}\n'
    )
    image = build(text, base=base, run=kept)
    assert names == ["busybox:latest"]
    assert told(image) == [
        "ARG TAG=latest",
        "ARG X=latest",
        "ARG NEEDED",
        'RUN |3 TAG=latest X=latest NEEDED= /bin/sh -c echo "tag=$TAG x=$X needed=$NEEDED" # buildkit',
        "ENV Y=set",
    ]
    assert build(text, base=base, run=kept, arguments={"TAG": "1", "X": ""}).config.config["Env"][-1] == "Y="
    assert names[-1] == "busybox:1"


def test_triggers_run_in_the_child_and_are_spent() -> None:
    parent = build("FROM busybox\nONBUILD RUN echo triggered > /t\nONBUILD COPY x /x\n")
    assert parent.config.config["OnBuild"] == ["RUN echo triggered > /t", "COPY x /x"]
    child = build('FROM onb\nCMD ["cat", "/t"]\n', {"/x": "xx"}, base=lambda name, platform: parent, run=kept)
    assert child.tree.nodes["/x"].data == b"xx"
    assert "OnBuild" not in child.config.config
    assert child.config.config["Cmd"] == ["cat", "/t"]


def test_entrypoint_forgets_the_base_images_command() -> None:
    assert "Cmd" not in build('FROM busybox\nENTRYPOINT ["x"]\n').config.config
    assert build('FROM busybox\nCMD ["y"]\nENTRYPOINT ["x"]\n').config.config["Cmd"] == ["y"]
    assert build("FROM busybox\nCMD echo $HOME\n").config.config["Cmd"] == ["/bin/sh", "-c", "echo $HOME"]


def test_workdir_is_made_and_relative_to_the_last() -> None:
    image = build("FROM busybox\nUSER www-data\nWORKDIR a\nWORKDIR b\n")
    assert image.config.config["WorkingDir"] == "/a/b"
    assert image.tree.nodes["/a/b"].uid == 33


def test_what_takes_time_is_passed_on() -> None:
    def run(tree: Tree, command: Command) -> Generator[str, int, Layer]:
        waited = yield "running"
        return Layer({"/n": Node.file(str(waited).encode())})

    dockerfile = parse("FROM busybox\nRUN sleep 5\n")
    steps = assemble(dockerfile, Tree.EMPTY, base=lambda name, platform: BUSYBOX, run=run)
    assert next(steps) == "running"
    with pytest.raises(StopIteration) as done:
        steps.send(5)
    assert done.value.value.tree.nodes["/n"].data == b"5"
    with pytest.raises(RuntimeError, match="takes simulated time"):
        build("FROM busybox\nRUN sleep 5\n", run=run)


def test_run_sees_its_environment() -> None:
    seen: list[Command] = []

    def run(tree: Tree, command: Command) -> Layer:
        seen.append(command)
        return Layer.EMPTY

    text = "FROM busybox\nARG A=1\nENV A=2 B=3\nWORKDIR /w\nUSER www-data\nRUN <<EOF\necho one\nEOF\n"
    build(text, run=run, arguments={"HTTP_PROXY": "p"})
    (command,) = seen
    assert command.argv == ("/bin/sh", "-c", "echo one\n")
    assert (command.env["A"], command.env["B"], command.env["HTTP_PROXY"]) == ("2", "3", "p")
    assert (command.cwd, command.user) == ("/w", "www-data")


NAMES = st.sampled_from(["a", "b", "d", "d/e", "d/*", "*", ".", "nosuch", "l", "/", "..", "d/", "[", "\\"])


@given(
    st.lists(NAMES, min_size=1, max_size=3), st.sampled_from(["/", "x", "x/", "/etc/passwd", "/etc/passwd/", ".", "d"])
)
def test_any_copy_gives_a_whole_tree_or_a_clear_error(sources: list[str], destination: str) -> None:
    files: Files = {"/a": "a", "/b": "b", "/d/f": "f", "/d/e/g": "g", "/l": Node.symlink("d")}
    try:
        image = build(f"FROM busybox\nCOPY {' '.join(sources)} {destination}\n", files)
    except DockerfileError:
        return
    assert tree_of(image.layers) == image.tree
