"""What the daemon says of itself and of its disk, what is pruned, what a daemon without a swarm refuses."""

from __future__ import annotations

import json

import pytest

from dockersim.world import World

NO_MANAGER = (
    'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to '
    "connect this node to swarm and try again.\n"
)
QUESTION = (
    "WARNING! This will remove:\n  - all stopped containers\n  - all networks not used by at least one container\n"
    "  - all dangling images\n  - unused build cache\n\nAre you sure you want to continue? [y/N] "
)


@pytest.fixture
def world() -> World:
    world = World(seed=0)
    world.sh("docker run --name gone busybox sh -c 'head -c 50000 /dev/zero > /f'")
    world.sh("docker run -d --name web -v vol:/data busybox sleep 1000; docker network create lonely")
    return world


def test_info_counts_what_there_is(world: World) -> None:
    words = world.sh("docker info -f '{{.Containers}} {{.ContainersRunning}} {{.ContainersStopped}} {{.Images}}'")
    assert words.stdout == "2 1 1 1\n"
    text = world.sh("docker info").stdout
    assert "\nServer:\n Containers: 2\n  Running: 1\n  Paused: 0\n  Stopped: 1\n Images: 1\n" in text
    bad = world.sh("docker info -f '{{.Nosuch}}'")
    assert bad.stderr.endswith("can't evaluate field Nosuch in type system.dockerInfo\n")


def test_disk_use_adds_up(world: World) -> None:
    lines = world.sh("docker system df --format '{{.Type}}|{{.TotalCount}}|{{.Active}}|{{.Size}}|{{.Reclaimable}}'")
    assert lines.stdout == (
        "Images|1|1|4.43MB|0B (0%)\nContainers|2|1|50kB|50kB (100%)\nLocal Volumes|1|1|0B|0B\nBuild Cache|0|0|0B|0B\n"
    )
    verbose = world.sh("docker system df -v").stdout
    assert [line for line in verbose.splitlines() if line.endswith(("usage:", "0B")) and "space" in line] == [
        "Images space usage:", "Containers space usage:", "Local Volumes space usage:",
    ]  # fmt: skip
    assert set(json.loads(world.sh("docker system df -v --format json").stdout)) == {
        "Images", "Containers", "Volumes", "BuildCache",
    }  # fmt: skip


def test_prune_asks_and_then_tells_what_went(world: World) -> None:
    gone = world.sh("docker inspect -f '{{.Id}}' gone").stdout
    kept = world.sh("docker system prune", stdin=b"n\n")
    assert (kept.stdout, kept.exit_code) == (QUESTION, 0)
    done = world.sh("docker system prune", stdin=b"y\n")
    assert done.stdout == (
        f"{QUESTION}Deleted Containers:\n{gone}\nDeleted Networks:\nlonely\n\nTotal reclaimed space: 50kB\n"
    )
    assert world.sh("docker system prune -f").stdout == "Total reclaimed space: 0B\n"
    assert world.sh("docker builder prune -f").stdout == "Total:\t0B\n"
    filtered = world.sh("docker system prune --filter until=24h", stdin=b"").stdout
    assert "\n  Items to be pruned will be filtered with:\n  - until=24h\n\nAre you sure" in filtered
    both = world.sh("docker system prune -f --volumes --filter until=1h")
    assert both.stderr == 'ERROR: The "until" filter is not supported with "--volumes"\n'


@pytest.mark.parametrize(
    "line",
    [
        "service ls",
        "node ls",
        "secret ls",
        "config ls",
        "stack ls",
        "service rm x",
        "node ps",
        "swarm ca",
        "stack rm s",
    ],
)
def test_a_daemon_without_a_swarm(world: World, line: str) -> None:
    result = world.sh(f"docker {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", NO_MANAGER, 1)


@pytest.mark.parametrize(
    ("line", "stdout", "stderr"),
    [
        ("swarm leave", "", "Error response from daemon: This node is not part of a swarm\n"),
        ("service inspect x", "[]\n", NO_MANAGER),
        ("service scale x=3", "", f"x: {NO_MANAGER}"),
        ("plugin rm x", "", 'Error response from daemon: plugin "x" not found\n'),
        ("checkpoint ls x", "", "docker checkpoint ls is only supported on a Docker daemon with experimental features "
         "enabled\n"),
        ("trust inspect x", "[]\n", "no signatures or cannot access x\n"),
        ("events --since yesterday", "", 'failed to parse value as time or duration: "yesterday"\n'),
    ],
)  # fmt: skip
def test_other_refusals(world: World, line: str, stdout: str, stderr: str) -> None:
    result = world.sh(f"docker {line}")
    assert (result.stdout, result.stderr, result.exit_code) == (stdout, stderr, 1)


def test_plugins_there_are_none(world: World) -> None:
    assert world.sh("docker plugin ls").stdout == "ID        NAME      DESCRIPTION   ENABLED\n"


def test_what_is_not_simulated_says_so(world: World) -> None:
    result = world.sh("docker swarm init")
    assert result.stderr == "docker: 'docker swarm init' is not simulated: there is one machine here, and no swarm\n"
    assert result.exit_code == 125
