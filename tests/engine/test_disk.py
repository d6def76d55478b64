"""What the host sees of the daemon under /var/lib/docker: the same that the stores hold."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dockersim
from dockersim.fs import WHITEOUT, Node, Tree, Vfs, apply
from dockersim.fs.layer import Layer

ROOT = "/var/lib/docker"
FILES = ("/a", "/etc/passwd", "/etc/new", "/home/x/y", "/usr/sbin/none")
CHANGES = st.lists(
    st.tuples(st.sampled_from(("write", "remove", "make")), st.sampled_from(FILES)), min_size=1, max_size=12
)


@pytest.fixture
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q busybox")
    return world


def stored(vfs: Vfs, directory: str) -> Layer:
    """A layer as it lies on the disk of the host."""
    entries = {}
    for path, stat in vfs.walk(directory):
        if path != directory:
            entries[path[len(directory) :]] = WHITEOUT if stat.rdev == (0, 0) else vfs.node(path)
    return Layer(entries)


def stacked(vfs: Vfs, *directories: str) -> dict[str, Node]:
    tree = Tree.EMPTY
    for directory in reversed(directories):
        tree = apply(tree, stored(vfs, directory))
    return plain(tree)


def plain(tree: Tree) -> dict[str, Node]:
    """All but the root, whose time is its own, and without saying which names are one file's."""
    return {path: node._replace(link="") for path, node in tree.nodes.items() if path != "/"}


@settings(max_examples=10, deadline=None)
@given(CHANGES)
def test_the_layers_on_the_disk_make_up_what_the_container_sees(changes: list[tuple[str, str]]) -> None:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q busybox; docker run -d --name box busybox sleep 1000")
    verbs = {"write": "mkdir -p ${f%/*}; echo $f > $f", "remove": "rm -rf $f", "make": "mkdir -p $f"}
    script = "; ".join(f"f={path}; {verbs[verb]}" for verb, path in changes)
    world.sh(f"docker exec box sh -c '{script}'")
    vfs = world.laptop.vfs
    container = world.engine.containers.get("box")
    data = json.loads(world.sh("docker inspect box").stdout)[0]["GraphDriver"]["Data"]
    merged = stacked(vfs, data["UpperDir"], *data["LowerDir"].split(":"))
    assert merged == plain(container.overlay.tree())
    assert stacked(vfs, data["MergedDir"]) == plain(container.overlay.tree())


def test_names_and_configurations_of_images(world: dockersim.World) -> None:
    listed = json.loads(world.sh(f"sudo cat {ROOT}/image/overlay2/repositories.json").stdout)["Repositories"]
    identity = world.sh("docker images -q --no-trunc busybox").stdout.strip()
    assert listed["busybox"]["busybox:latest"] == identity
    raw = world.sh(f"sudo cat {ROOT}/image/overlay2/imagedb/content/sha256/{identity[7:]}").stdout_bytes
    assert hashlib.sha256(raw).hexdigest() == identity[7:]


def test_layers_name_those_below_by_short_links(world: dockersim.World) -> None:
    world.sh("docker create --name box busybox")
    identity = world.engine.containers.get("box").id
    lower = world.sh(f"sudo cat {ROOT}/overlay2/{identity}/lower").stdout.split(":")
    for link in lower:
        assert world.sh(f"sudo readlink -f {ROOT}/overlay2/{link}").stdout.endswith("/diff\n")
        assert len(link) == 28


def test_the_log_and_the_daemon_s_files_of_a_container(world: dockersim.World) -> None:
    world.sh("docker run --name box busybox sh -c 'echo out; echo err >&2'")
    path = world.sh("docker inspect -f '{{.LogPath}}' box").stdout.strip()
    lines = [json.loads(line) for line in world.sh(f"sudo cat {path}").stdout.splitlines()]
    assert [(line["stream"], line["log"]) for line in lines] == [("stdout", "out\n"), ("stderr", "err\n")]
    assert path in world.sh(f"sudo find {ROOT}/containers -name '*.log'").stdout
    hostname = world.sh("sudo cat $(docker inspect -f '{{.HostnamePath}}' box)").stdout.strip()
    assert hostname == world.engine.containers.get("box").id[:12]
    assert (
        json.loads(world.sh(f"sudo sh -c 'cat {ROOT}/containers/*/hostconfig.json'").stdout)["NetworkMode"] == "bridge"
    )


def test_it_goes_with_the_container_and_is_for_root_to_read(world: dockersim.World) -> None:
    world.sh("docker run -d --name box busybox sleep 1000")
    assert "merged" in world.sh(f"sudo ls {ROOT}/overlay2/$(docker ps -q --no-trunc)").stdout.split()
    assert world.sh(f"ls {ROOT}/containers").exit_code == 2
    assert world.sh(f"sudo sh -c 'rm -r {ROOT}/containers/*'").exit_code == 1
    world.sh("docker rm -f box")
    assert world.sh(f"sudo ls {ROOT}/containers").stdout == ""
    assert ROOT not in world.sh("mount; cat /proc/mounts; df -a").stdout
