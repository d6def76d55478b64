"""``docker volume ...`` and mounts typed on the laptop, against what a recorded Docker 28 printed."""

from __future__ import annotations

import json

import pytest

from dockersim.world import World

ROOT = "/var/lib/docker/volumes"


@pytest.fixture
def world() -> World:
    world = World(seed=0)
    assert world.sh("docker pull -q busybox").exit_code == 0
    return world


def test_volumes_are_made_listed_and_removed(world: World) -> None:
    assert world.sh("docker volume ls").stdout == "DRIVER    VOLUME NAME\n"
    assert world.sh("docker volume create vol1").stdout == "vol1\n"
    assert world.sh("docker volume create vol1").stdout == "vol1\n"
    anonymous = world.sh("docker volume create").stdout.strip()
    assert len(anonymous) == 64
    listed = world.sh("docker volume ls").stdout
    assert listed == f"DRIVER    VOLUME NAME\nlocal     {anonymous}\nlocal     vol1\n"
    row = json.loads(world.sh("docker volume ls --format json -f name=vol1").stdout)
    assert row == {
        "Availability": "N/A", "Driver": "local", "Group": "N/A", "Labels": "", "Links": "N/A",
        "Mountpoint": f"{ROOT}/vol1/_data", "Name": "vol1", "Scope": "local", "Size": "N/A", "Status": "N/A",
    }  # fmt: skip
    assert world.sh("docker volume rm vol1").stdout == "vol1\n"
    result = world.sh("docker volume rm vol1")
    assert (result.stderr, result.exit_code) == ("Error response from daemon: get vol1: no such volume\n", 1)
    assert world.sh("docker volume rm -f vol1").stdout == "vol1\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "create a/b",
            'create a/b: "a/b" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" '
            "are allowed. If you intended to pass a host directory, use absolute path",
        ),
        (
            "create x",
            "create x: volume name is too short, names should be at least two alphanumeric characters",
        ),
        ("create -d nosuch v", 'create v: error looking up volume plugin nosuch: plugin "nosuch" not found'),
        ("create -o nosuch=1 v3", 'create v3: invalid option: "nosuch"'),
        ("ls -f dangling=x", "invalid filter 'dangling=[x]'"),
        ("ls -f nosuch=1", "invalid filter 'nosuch'"),
    ],
)
def test_refused(world: World, line: str, words: str) -> None:
    result = world.sh(f"docker volume {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", f"Error response from daemon: {words}\n", 1)


def test_inspect(world: World) -> None:
    world.sh("docker volume create --label a=b -o type=tmpfs -o device=tmpfs -o o=size=1m vol2")
    result = world.sh("docker volume inspect vol2 nosuch")
    assert (result.stderr, result.exit_code) == ("Error response from daemon: get nosuch: no such volume\n", 1)
    shown = json.loads(result.stdout)[0]
    assert list(shown) == ["CreatedAt", "Driver", "Labels", "Mountpoint", "Name", "Options", "Scope"]
    assert shown["Options"] == {"device": "tmpfs", "o": "size=1m", "type": "tmpfs"}
    assert world.sh("docker volume inspect -f '{{.Mountpoint}}' vol2").stdout == f"{ROOT}/vol2/_data\n"
    assert world.sh("docker volume inspect nosuch").stdout == "[]\n"


def test_a_volume_in_use_stays(world: World) -> None:
    identity = world.sh("docker create -v vol1:/d busybox").stdout.strip()
    result = world.sh("docker volume rm -f vol1")
    assert result.stderr == f"Error response from daemon: remove vol1: volume is in use - [{identity}]\n"
    assert world.sh("docker volume ls -q -f dangling=true").stdout == ""
    assert world.sh("docker volume ls -q -f dangling=false").stdout == "vol1\n"


def test_pruning(world: World) -> None:
    world.sh("docker volume create named")
    anonymous = world.sh("docker volume create").stdout.strip()
    assert world.sh("docker volume prune").stdout == (
        "WARNING! This will remove anonymous local volumes not used by at least one container.\n"
        "Are you sure you want to continue? [y/N] "
    )
    assert world.sh("docker volume prune -f").stdout == (
        f"Deleted Volumes:\n{anonymous}\n\nTotal reclaimed space: 0B\n"
    )
    world.sh("docker run --rm -v named:/d busybox sh -c 'echo 12345678 > /d/f'")
    assert world.sh("docker volume prune -af").stdout == "Deleted Volumes:\nnamed\n\nTotal reclaimed space: 9B\n"
    assert world.sh("docker volume prune -af").stdout == "Total reclaimed space: 0B\n"


def test_only_cluster_volumes_can_be_updated(world: World) -> None:
    world.sh("docker volume create vol1")
    result = world.sh("docker volume update vol1")
    assert (result.stderr, result.exit_code) == ("can only update cluster volumes\n", 1)


def test_cluster_volumes_need_a_swarm(world: World) -> None:
    result = world.sh("docker volume create --type mount vol1")
    assert result.stderr.startswith("Error response from daemon: This node is not a swarm manager. ")
    assert (
        world.sh("docker volume ls --cluster").stdout.split() == "VOLUME NAME GROUP DRIVER AVAILABILITY STATUS".split()
    )


def test_a_named_volume_outlives_its_containers(world: World) -> None:
    world.sh("docker run --rm -v vol1:/data busybox sh -c 'echo kept > /data/f'")
    assert world.sh("docker run --rm -v vol1:/data busybox cat /data/f").stdout == "kept\n"
    assert world.sh(f"sudo cat {ROOT}/vol1/_data/f").stdout == "kept\n"
    assert "Permission denied" in world.sh("ls /var/lib/docker").stderr


def test_a_directory_of_the_laptop(world: World) -> None:
    world.sh("mkdir site; echo one > site/f")
    world.sh("docker run -d --name web -v ./site:/s:ro busybox sleep 100")
    world.sh("echo two > site/f")
    assert world.sh("docker run --rm --volumes-from web busybox cat /s/f").stdout == "two\n"
    result = world.sh("docker run --rm -v $PWD/site:/s:ro busybox touch /s/x")
    assert (result.stderr, result.exit_code) == ("touch: /s/x: Read-only file system\n", 1)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (
            "-v vol1:data",
            "invalid volume specification: 'vol1:data': invalid mount config for type \"volume\": "
            "invalid mount path: 'data' mount path must be absolute",
        ),
        ("-v vol1:/data:bad", "invalid mode: bad"),
        ("-v vol1:/data -v vol2:/data", "Duplicate mount point: /data"),
        (
            "--mount type=bind,src=/nosuch,dst=/data",
            'invalid mount config for type "bind": bind source path does not exist: /nosuch',
        ),
        ("--mount type=nosuch,dst=/x", 'invalid mount config for type "nosuch": mount type unknown'),
        ("--volumes-from nosuch", "No such container: nosuch"),
        ("--tmpfs /t:bad", 'invalid tmpfs option "bad"'),
    ],
)
def test_bad_mounts(world: World, flags: str, words: str) -> None:
    result = world.sh(f"docker run --rm {flags} busybox true")
    assert result.exit_code == 125
    assert result.stderr == (
        f"docker: Error response from daemon: {words}\n\nRun 'docker run --help' for more information\n"
    )
