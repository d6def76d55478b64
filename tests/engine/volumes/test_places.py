"""Where mounts go: places are made on whatever is mounted above them, whether the path is written from / or not."""

from __future__ import annotations

import pytest

from dockersim.world import World


@pytest.fixture
def world() -> World:
    made = World(seed=3)
    assert made.sh("docker pull -q busybox").exit_code == 0
    return made


def test_a_relative_place_is_one_of_the_root(world: World) -> None:
    assert world.sh("docker run --rm -v data busybox ls -d /data").stdout == "/data\n"


def test_a_place_is_made_in_the_volume_above_it(world: World) -> None:
    assert world.sh("docker run --rm -v above:/a -v below:/a/b/c busybox true").exit_code == 0
    assert world.sh("docker run --rm -v above:/a busybox ls /a /a/b").stdout == "/a:\nb\n\n/a/b:\nc\n"


def test_no_place_is_made_in_a_read_only_volume(world: World) -> None:
    result = world.sh("docker run --rm -v above:/a:ro -v below:/a/b busybox true")
    assert result.exit_code != 0
    assert 'make mountpoint "/a/b": mkdirat ' in result.stderr
    assert result.stderr.partition("\n")[0].endswith("/merged/a/b: read-only file system")


def test_a_read_only_container_has_places_made_all_the_same(world: World) -> None:
    assert world.sh("docker run --rm --read-only -v below:/new/place busybox ls -d /new/place").exit_code == 0


def test_an_image_that_is_mounted_outlives_its_removal(world: World) -> None:
    world.sh("docker pull -q alpine")
    made = world.sh("docker create --name shows --mount type=image,src=alpine,target=/i busybox ls /i/etc/os-release")
    assert made.exit_code == 0
    assert "is using its referenced image" in world.sh("docker rmi alpine").stderr
    assert world.sh("docker rmi -f alpine").exit_code == 0
    assert world.sh("docker start -a shows").stdout == "/i/etc/os-release\n"
    world.sh("docker rm shows")
    assert world.sh("docker images -q alpine").stdout == ""
