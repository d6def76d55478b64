"""Images and containers to archives and back: what comes back is what went."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.fs import Tree
from dockersim.world import World


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=0)
    world.sh("docker pull -q busybox; docker pull -q hello-world; docker create --name c1 busybox; echo junk > junk")
    return world


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("save nosuch", "Error response from daemon: No such image: nosuch\n"),
        ("save -o /no/such/x busybox", "failed to save image: invalid output path: stat /no/such: no such file or "
         "directory\n"),
        ("save -o /tmp busybox", "failed to save image: cannot write to a directory\n"),
        ("export nosuch", "Error response from daemon: No such container: nosuch\n"),
        ("export -o /no/such/dir/x.tar c1", "failed to export container: invalid output path: stat /no/such/dir: "
         "no such file or directory\n"),
        ("load -i nosuch.tar", "open nosuch.tar: no such file or directory\n"),
        ("load -i junk", "unexpected EOF\n"),
        ("import nosuch.tar", "open nosuch.tar: no such file or directory\n"),
        ("import junk x", "Error response from daemon: unexpected EOF\n"),
        ("import junk Bad:Name", "invalid reference format: repository name (library/Bad) must be lowercase\n"),
        ("import http://127.0.0.1:1/x.tar x", 'Error response from daemon: Get "http://127.0.0.1:1/x.tar": dial tcp '
         "127.0.0.1:1: connect: connection refused\n"),
        ("commit nosuch x", "Error response from daemon: No such container: nosuch\n"),
        ("commit c1 Bad:Name", "invalid reference format: repository name (library/Bad) must be lowercase\n"),
        ("commit -c 'NOSUCH x' c1 x", "Error response from daemon: NOSUCH is not a valid change command\n"),
        ("commit -c 'RUN x' c1 x", "Error response from daemon: RUN is not a valid change command\n"),
    ],
)  # fmt: skip
def test_refusals(world: World, line: str, stderr: str) -> None:
    result = world.sh(f"docker {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", stderr, 1)


def test_a_terminal_gets_no_archive(world: World) -> None:
    for line in ("save busybox", "export c1"):
        result = world.sh(f"docker {line}", tty=True)
        assert "cowardly refusing to save to a terminal. Use the -o flag or redirect\r\n" in result.stdout
        assert result.exit_code == 1
    result = world.sh("docker load", tty=True)
    assert "requested load from stdin, but stdin is empty" in result.stdout


def test_images_come_back_with_their_names_and_ids(world: World) -> None:
    before = world.sh("docker images --no-trunc").stdout
    world.sh("docker save -o both.tar busybox hello-world && docker rm c1 && docker rmi busybox hello-world")
    assert world.sh("docker images -q").stdout == ""
    assert (
        world.sh("docker load < both.tar").stdout == "Loaded image: busybox:latest\nLoaded image: hello-world:latest\n"
    )
    assert world.sh("docker images --no-trunc").stdout == before
    assert world.sh("docker save busybox hello-world | cmp - both.tar").exit_code == 0
    world.sh("docker create --name c1 busybox")


def test_an_archive_is_for_its_owner_alone(world: World) -> None:
    world.sh("docker export -o c1.tar c1")
    assert world.laptop.vfs.stat("/home/student/c1.tar").mode == 0o600


def _seconds(tree: Tree) -> dict[str, object]:
    return {path: node._replace(mtime_ns=node.mtime_ns // 10**9) for path, node in tree.nodes.items() if path != "/"}


COMMANDS = st.lists(
    st.sampled_from(
        ["rm /bin/vi", "echo x > /etc/passwd", "mkdir -p /n/m", "ln -s /etc /l", "rm -r /home", "chmod 600 /etc/group"]
    ),
    max_size=4,
)  # fmt: skip


@given(COMMANDS)
def test_a_containers_tree_survives_commit_export_and_import(world: World, commands: list[str]) -> None:
    world.sh(f"docker rm -f work; docker run --name work busybox sh -c '{'; '.join(commands) or 'true'}'")
    tree = world.engine.containers.get("work").overlay.tree()
    committed = world.sh("docker commit work").stdout.strip()
    world.sh("docker export work > work.tar")
    imported = world.sh("docker import work.tar").stdout.strip()
    assert _seconds(world.engine.images.get(imported).tree) == _seconds(tree)
    world.sh(f"docker create --name again {committed}")
    again = world.engine.containers.get("again").overlay.tree()
    assert {path: node._replace(mtime_ns=0) for path, node in again.nodes.items()} == {
        path: node._replace(mtime_ns=0) for path, node in tree.nodes.items()
    }
    world.sh(f"docker rm again w; docker rmi {committed} {imported}")


def test_what_a_commit_says_of_itself(world: World) -> None:
    world.sh("docker commit -a 'A U Thor <a@example.com>' -m 'a message' c1 committed:v2")
    shown = world.sh("docker history --format '{{.Comment}}' committed:v2").stdout.splitlines()[0]
    assert shown == "a message"
    image = world.engine.images.get("committed:v2")
    assert image.config.document["author"] == "A U Thor <a@example.com>"
