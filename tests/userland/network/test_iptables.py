"""iptables on the laptop against what a real Docker 28.5 left on its host (``iptables.txt``)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dockersim

RECORDED = (Path(__file__).parent / "iptables.txt").read_text().split("=\n")
LISTINGS = ("-t nat -S", "-S", "-t nat -L -n", "-L -n", "-L DOCKER -n")


@pytest.fixture(scope="module")
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q nginx; docker run -d --name web -p 8099:80 nginx")
    world.sh("docker network create back; docker network create --internal shut")
    world.sh("docker run -d --name web2 --network back -p 127.0.0.1:53:53/udp -p 8100:80 nginx")
    return world


@pytest.mark.parametrize(("listing", "recorded"), list(zip(LISTINGS, RECORDED, strict=True)))
def test_the_rules_are_those_that_dockerd_makes(world: dockersim.World, listing: str, recorded: str) -> None:
    shown = world.sh(f"sudo iptables {listing}").stdout
    for name in ("back", "shut"):
        identity = world.sh(f"docker network inspect -f '{{{{.Id}}}}' {name}").stdout[:12]
        shown = shown.replace(f"br-{identity}", f"<{name}>")
    assert shown == recorded


def test_rules_go_with_what_they_are_for(world: dockersim.World) -> None:
    world.sh("docker run -d --name brief -p 9000:80 nginx")
    assert re.search("--dport 9000 -j DNAT --to-destination 172.17.0.3:80", world.sh("sudo iptables -t nat -S").stdout)
    world.sh("docker rm -f brief")
    assert "9000" not in world.sh("sudo iptables -t nat -S").stdout


def test_it_is_for_root_and_changes_are_refused(world: dockersim.World) -> None:
    assert world.sh("iptables -L").exit_code == 4
    assert world.sh("sudo iptables -F").stderr == "iptables: changing rules is not simulated\n"
