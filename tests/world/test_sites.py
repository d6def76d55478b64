"""Places on the internet with which people try a network."""

from __future__ import annotations

import pytest

import dockersim


@pytest.fixture(scope="module")
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q alpine; docker network create --internal shut")
    return world


@pytest.mark.parametrize("host", ["google.com", "8.8.8.8", "example.com"])
def test_a_container_reaches_them_unless_its_network_is_internal(world: dockersim.World, host: str) -> None:
    answered = world.sh(f"docker run --rm alpine ping -c 1 {host}")
    assert "1 packets transmitted, 1 packets received" in answered.stdout
    assert world.sh(f"docker run --rm --network shut alpine ping -c 1 {host}").exit_code == 1
    assert world.sh(f"docker run --rm --network none alpine ping -c 1 {host}").exit_code == 1


def test_pages_and_redirections(world: dockersim.World) -> None:
    assert "<title>Example Domain</title>" in world.sh("docker run --rm alpine wget -qO- http://example.com").stdout
    assert world.sh("curl -sI google.com").stdout.startswith("HTTP/1.1 301 Moved Permanently\r\n")
    assert world.sh("curl -sL google.com -o /dev/null -w '%{http_code}'").stdout == "200"


def test_without_a_way_out_nothing_of_them_is_reached(world: dockersim.World) -> None:
    assert world.sh("docker run --rm --network shut alpine wget -qO- http://example.com").stderr == (
        "wget: bad address 'example.com'\n"
    )


def test_the_whale_of_whalesay(world: dockersim.World) -> None:
    world.sh("docker pull -q docker/whalesay")
    shown = world.sh("docker run --rm docker/whalesay cowsay boo").stdout.splitlines()
    assert shown[:3] == [" _____ ", "< boo >", " ----- "]
    assert shown[-1].rstrip() == "          \\____\\______/"
