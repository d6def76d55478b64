"""The operations on a container's files, asked directly: statuses, headers and words."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.containers.archive import go_mode
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.filesystem import Stat
from dockersim.wire import Request, Response
from dockersim.world import World


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=0)
    world.sh("docker run --name c1 busybox sh -c 'echo in > /f; ln -s f /l; mkdir /d'")
    return world


def ask(world: World, method: str, path: str, body: bytes = b"") -> Response:
    result = world.engine.service.handler(Request(method, f"/v1.51/containers/c1{path}", {}, body))
    if isinstance(result, Response):
        return result
    done = world.sim.process(result)
    while not done.processed:
        world.sim.env.step()
    assert isinstance(done.value, Response)
    return done.value


@pytest.mark.parametrize(
    ("path", "name", "mode", "target"),
    [
        ("/f", "f", 0o644, ""),
        ("/l", "l", 1 << 27 | 0o777, "/f"),
        ("/d", "d", 1 << 31 | 0o755, ""),
        ("/tmp", "tmp", 1 << 31 | 1 << 20 | 0o777, ""),
    ],
)
def test_the_status_header(world: World, path: str, name: str, mode: int, target: str) -> None:
    answer = ask(world, "HEAD", f"/archive?path={path}")
    found = json.loads(base64.b64decode(answer.headers["X-Docker-Container-Path-Stat"]))
    assert list(found) == ["name", "size", "mode", "mtime", "linkTarget"]
    assert (answer.status, found["name"], found["mode"], found["linkTarget"]) == (200, name, mode, target)


def test_archives_name_what_was_asked_for(world: World) -> None:
    ask(world, "PUT", "/archive?path=/d", write_members([Member("g", data=b"g\n")]))
    for path, names in (("/d", ["d", "d/g"]), ("/d/.", [".", "./g"]), ("/f", ["f"]), ("/l", ["l"])):
        body = ask(world, "GET", f"/archive?path={path}").body
        assert isinstance(body, bytes)
        assert [one.name for one in read_members(body)] == names


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/archive?path=/nosuch", b"", 404, "Could not find the file /nosuch in container c1"),
        ("GET", "/archive", b"", 400, "bad parameter: pathcannot be empty"),
        ("PUT", "/archive?path=/f", b"", 400, "extraction point is not a directory"),
        ("PUT", "/archive?path=/d", b"not a tar", 500, "unexpected EOF"),
        (
            "PUT", "/archive?path=/&noOverwriteDirNonDir=true", write_members([Member("d")]), 500,
            'cannot overwrite directory "d" with non-directory "/"',
        ),
        (
            "PUT", "/archive?path=/&noOverwriteDirNonDir=true", write_members([Member("f", "directory")]), 500,
            'cannot overwrite non-directory "f" with directory "/"',
        ),
    ],
)  # fmt: skip
def test_refusals(world: World, method: str, path: str, body: bytes, status: int, message: str) -> None:
    answer = ask(world, method, path, body)
    assert (answer.status, answer.json()) == (status, {"message": message})


@given(st.integers(0, 0o7777), st.sampled_from(["file", "directory", "symlink", "fifo", "socket", "block", "char"]))
def test_modes_as_go_has_them_keep_all_bits_apart(mode: int, kind: str) -> None:
    found = Stat(kind, mode, 0, 0, 0, 1, 1, 1, None, 0, 0, 0)  # type: ignore[arg-type]
    value = go_mode(found)
    assert value & 0o777 == mode & 0o777
    assert bool(value & 1 << 31) == (kind == "directory")
    assert [bool(value & bit) for bit in (1 << 23, 1 << 22, 1 << 20)] == [
        bool(mode & b) for b in (0o4000, 0o2000, 0o1000)
    ]
