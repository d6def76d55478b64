"""``docker manifest`` against registries beside the laptop and the hub."""

from __future__ import annotations

import json

import pytest

from dockersim.world import World


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=0, registries={"localhost:5000": {}, "localhost:5002": {"alice": "secret"}})
    world.sh("docker pull -q busybox; docker tag busybox localhost:5000/bb:1; docker push -q localhost:5000/bb:1")
    return world


def test_a_list_is_made_annotated_pushed_and_forgotten(world: World) -> None:
    made = world.sh("docker manifest create --insecure localhost:5000/multi localhost:5000/bb:1")
    assert made.stdout == "Created manifest list localhost:5000/multi:latest\n"
    again = world.sh("docker manifest create --insecure localhost:5000/multi localhost:5000/bb:1")
    assert again.stderr == "refusing to amend an existing manifest list with no --amend flag\n"
    world.sh("docker manifest annotate localhost:5000/multi localhost:5000/bb:1 --arch arm64 --variant v8")
    local = world.sh("docker manifest inspect localhost:5000/multi").stdout
    pushed = world.sh("docker manifest push --insecure --purge localhost:5000/multi").stdout.splitlines()
    digest = json.loads(local)["manifests"][0]["digest"]
    assert pushed[0] == f"Pushed ref localhost:5000/multi@{digest} with digest: {digest}"
    assert world.sh("docker manifest inspect --insecure localhost:5000/multi").stdout == local
    assert json.loads(local)["manifests"][0]["platform"] == {"architecture": "arm64", "os": "linux", "variant": "v8"}
    lost = world.sh("docker manifest rm localhost:5000/multi")
    assert lost.stderr == "No such manifest: localhost:5000/multi:latest\n"


def test_the_hubs_lists_name_their_platforms(world: World) -> None:
    shown = json.loads(world.sh("docker manifest inspect alpine").stdout)
    assert {"architecture": "amd64", "os": "linux"} in [one["platform"] for one in shown["manifests"]]
    whole = json.loads(world.sh("docker manifest inspect -v alpine").stdout)
    assert [one["Descriptor"]["digest"] for one in whole] == [one["digest"] for one in shown["manifests"]]


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("inspect --insecure localhost:5000/nosuch", "no such manifest: localhost:5000/nosuch:latest\n"),
        ("inspect UPPER", "invalid reference format: repository name (library/UPPER) must be lowercase\n"),
        ("inspect localhost:5000/bb:1", "no such manifest: localhost:5000/bb:1\n"),
        ("push x", "No such manifest: docker.io/library/x:latest\n"),
        ("rm x y", "No such manifest: docker.io/library/x:latest\nNo such manifest: docker.io/library/y:latest\n"),
    ],
)  # fmt: skip
def test_refusals(world: World, line: str, stderr: str) -> None:
    result = world.sh(f"docker manifest {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", stderr, 1)
