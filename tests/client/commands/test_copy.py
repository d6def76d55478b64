"""``docker cp`` and ``docker diff`` typed on the laptop: there and back is the identity, words as recorded."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.client.rebase import CopyInfo, plan, split
from dockersim.fs import FsError, Node, Tree, Vfs, apply
from dockersim.fs.copying import remove_all
from dockersim.world import World

HOME = "/home/student"
CLOSED = (
    'time="2026-01-12T09:00:00Z" level=error msg="Can\'t add file {} to tar: io: read/write on closed pipe"\n'
    'time="2026-01-12T09:00:00Z" level=error msg="Can\'t close tar writer: io: read/write on closed pipe"\n'
)
SETUP = "mkdir -p /w/d/e; echo in > /w/f; ln -s f /w/l; echo g > /w/d/e/g"


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=0)
    assert world.sh(f"docker run --name c1 busybox sh -c '{SETUP}'").exit_code == 0
    world.sh("docker create --name stopped busybox; docker create --read-only --name ro busybox")
    world.sh("echo host > h.txt; mkdir -p dir/sub; echo 1 > dir/1; ln -s 1 dir/link; echo 2 > dir/sub/2")
    return world


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("cp h.txt c1:/no/such/h", "Error response from daemon: Could not find the file /no/such in container c1\n"),
        ("cp h.txt c1:/nosuch/", CLOSED.format(f"{HOME}/h.txt") + "no such directory\n"),
        ("cp dir c1:/w/f", CLOSED.format(f"{HOME}/dir") + "cannot copy directory\n"),
        ("cp nosuch c1:/tmp", f"lstat {HOME}/nosuch: no such file or directory\n"),
        ("cp h.txt nosuch:/tmp", "Error response from daemon: No such container: nosuch\n"),
        ("cp c1:/nosuch .", "Error response from daemon: Could not find the file /nosuch in container c1\n"),
        ("cp nosuch:/x .", "Error response from daemon: No such container: nosuch\n"),
        ("cp c1:/w/f stopped:/", "copying between containers is not supported\n"),
        ("cp h.txt h2.txt", "must specify at least one container source\n"),
        ("cp c1:/w/f no/x", f'invalid output path: directory "{HOME}/no" does not exist\n'),
        ("cp - stopped:/nosuch", 'destination "stopped:/nosuch" must be a directory\n'),
        ("cp - stopped:/tmp", "Error response from daemon: unexpected EOF\n"),
        ("cp h.txt ro:/x", "Error response from daemon: container rootfs is marked read-only\n"),
        ("diff nosuch", "Error response from daemon: No such container: nosuch\n"),
        ("diff ''", "Container name cannot be empty\n"),
    ],
)
def test_refusals(world: World, line: str, stderr: str) -> None:
    result = world.sh(f"docker {line}", stdin=b"not a tar")
    assert (result.stdout, result.exit_code) == ("", 1)
    assert _without_clock(result.stderr) == _without_clock(stderr)


def _without_clock(text: str) -> str:
    return "\n".join(line.partition(" level=")[2] or line for line in text.split("\n"))


def test_what_changed(world: World) -> None:
    assert world.sh("docker diff stopped").stdout == ""
    world.sh("docker run --name d1 busybox sh -c 'echo x >> /etc/passwd; rm /bin/vi; mkdir -p /new/sub'")
    assert world.sh("docker diff d1").stdout.splitlines() == [
        "C /bin", "D /bin/vi", "C /etc", "C /etc/passwd", "A /new", "A /new/sub",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "check", "shows"),
    [
        ("cp c1:/w/f out.txt", "cat out.txt", "in\n"),
        ("cp c1:/w .", "cat w/d/e/g; readlink w/l", "g\nf\n"),
        ("cp c1:/w/. copy", "cat copy/d/e/g", "g\n"),
        ("cp c1:/w/l lnk", "readlink lnk", "f\n"),
        ("cp -L c1:/w/l lnk2", "cat lnk2", "in\n"),
        ("cp c1:/w/f - > f.tar", "wc -c < f.tar", "2048\n"),
    ],
)
def test_out_of_a_container(world: World, line: str, check: str, shows: str) -> None:
    result = world.sh(f"docker {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "", 0)
    assert world.sh(check).stdout == shows


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("cp h.txt stopped:/tmp/", "/tmp/h.txt"),
        ("cp h.txt stopped:/tmp/new.txt", "/tmp/new.txt"),
        ("cp h.txt stopped:/h", "/h"),
        ("cp -a h.txt stopped:/tmp/a.txt", "/tmp/a.txt"),
        ("cp -q h.txt stopped:/tmp/q.txt", "/tmp/q.txt"),
    ],
)
def test_into_a_container(world: World, line: str, path: str) -> None:
    assert world.sh(f"docker {line}").exit_code == 0
    node = world.engine.containers.get("stopped").overlay.tree().nodes[path]
    assert (node.data, node.uid) == (b"host\n", 1000)


def test_only_a_terminal_is_told_how_much(world: World) -> None:
    result = world.sh("docker cp h.txt stopped:/tmp/", tty=True)
    assert "Successfully copied 2.05kB to stopped:/tmp/" in result.stdout
    result = world.sh("docker cp c1:/w/f out2.txt", tty=True)
    assert f"Successfully copied 2.05kB to {HOME}/out2.txt" in result.stdout


def test_a_volume_is_reached_whether_the_container_runs_or_not(world: World) -> None:
    world.sh("docker create -v cpvol:/v --name cv busybox sleep 1000")
    assert world.sh("docker cp h.txt cv:/v/h && sudo cat /var/lib/docker/volumes/cpvol/_data/h").stdout == "host\n"
    world.sh("docker start cv")
    assert world.sh("docker cp cv:/v/h back.txt && cat back.txt").stdout == "host\n"


# ---- there and back


NAMES = st.sampled_from(["a", "b", "c.txt", ".dot", "with space"])
FILES = st.builds(
    lambda data, mode: Node.file(data, mode, 1000, 1000, mtime=1_700_000_000),
    st.binary(max_size=40),
    st.sampled_from([0o644, 0o600, 0o755]),
)
ENTRIES = st.recursive(
    FILES | st.builds(lambda target: Node.symlink(target, 1000, 1000, mtime=1_700_000_000), NAMES),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def _make(vfs: Vfs, path: str, entry: object) -> None:
    if isinstance(entry, dict):
        vfs.mkdir(path)
        for name, inside in entry.items():
            _make(vfs, f"{path}/{name}", inside)
    elif isinstance(entry, Node) and entry.kind == "symlink":
        vfs.symlink(entry.target, path)
    elif isinstance(entry, Node):
        vfs.write_file(path, entry.data, entry.mode)


def _seen(vfs: Vfs, top: str) -> dict[str, tuple[str, int, bytes]]:
    found: dict[str, tuple[str, int, bytes]] = {}
    for path, stat in vfs.walk(top):
        data = vfs.read_file(path) if stat.kind == "file" else b""
        data = vfs.readlink(path).encode() if stat.kind == "symlink" else data
        found[path[len(top) :]] = (stat.kind, stat.mode, data)
    return found


@given(st.dictionaries(NAMES, ENTRIES, max_size=4))
def test_there_and_back_is_the_same(world: World, entries: dict[str, object]) -> None:
    vfs = world.laptop.vfs
    for name in ("there", "back"):
        with suppress(FsError):
            remove_all(vfs, f"{HOME}/{name}")
    world.sh("docker rm -f round; docker create --name round busybox")
    _make(vfs, f"{HOME}/there", entries)
    vfs.chown(f"{HOME}/there", 1000, 1000)
    result = world.sh("sudo docker cp there round:/x && sudo docker cp round:/x back")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "", 0)
    assert _seen(vfs, f"{HOME}/back") == _seen(vfs, f"{HOME}/there")


@given(st.lists(st.sampled_from(["rm /bin/vi", "echo x > /etc/passwd", "mkdir -p /n/m", "mv /etc /e", "rm -r /home"])))
def test_the_differences_make_the_containers_tree_of_the_images(world: World, commands: list[str]) -> None:
    world.sh(f"docker rm -f changed; docker run --name changed busybox sh -c '{'; '.join(commands) or 'true'}'")
    container = world.engine.containers.get("changed")
    assert apply(container.overlay.lower, container.overlay.layer()) == container.overlay.tree()
    listed = dict(line.split(" ", 1)[::-1] for line in world.sh("docker diff changed").stdout.splitlines())
    lower: Tree = container.overlay.lower
    upper = container.overlay.tree()
    assert {path for path, kind in listed.items() if kind == "A"} == set(upper.nodes) - set(lower.nodes)
    gone = {path for path, kind in listed.items() if kind == "D"}
    assert all(
        any(path == top or path.startswith(f"{top}/") for top in gone) for path in set(lower.nodes) - set(upper.nodes)
    )


@given(source=st.sampled_from(["/s", "/s/", "/s/."]), target=st.sampled_from(["/t", "/t/", "/t/u", "/"]))
def test_a_copy_lands_in_the_target_or_beside_it(source: str, target: str) -> None:
    inside = plan(CopyInfo(source, True, True), CopyInfo(target, True, True))
    assert inside == (target, "", "")
    directory, old, new = plan(CopyInfo(source, True, True), CopyInfo(target))
    assert (directory, old, new) == (split(target)[0], split(source)[1], split(target)[1])
