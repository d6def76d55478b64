"""The laptop's interfaces: its own in the network at home, a bridge for each network, a veth for each plug."""

from __future__ import annotations

import pytest

import dockersim


@pytest.fixture
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q alpine; docker network create back; docker network create idle")
    world.sh("docker run -d --name one alpine sleep 1000; docker run -d --name two --network back alpine sleep 1000")
    world.sh("docker network connect back one")
    return world


def links(world: dockersim.World) -> dict[str, str]:
    """Every link's number and label, with what is said of it."""
    rows = [line.split(": ", 2) for line in world.sh("ip -o link").stdout.splitlines()]
    return {f"{number}: {label}": about for number, label, about in rows}


def test_each_plug_is_a_pair_whose_ends_name_each_other(world: dockersim.World) -> None:
    ports = [(label, about) for label, about in links(world).items() if "veth" in label]
    assert len(ports) == 3
    inside = {
        (name, row.split(": ")[1], row.split(": ")[0])
        for name in ("one", "two")
        for row in world.sh(f"docker exec {name} ip -o link").stdout.splitlines()
        if "eth" in row.split(": ")[1]
    }
    here = {(label.split(": ")[0], label.rpartition("@if")[2]) for label, _ in ports}
    assert here == {(shown.rpartition("@if")[2], number) for _, shown, number in inside}


def test_a_bridge_without_ports_is_down(world: dockersim.World) -> None:
    identity = world.sh("docker network inspect -f '{{.Id}}' idle").stdout[:12]
    back = world.sh("docker network inspect -f '{{.Id}}' back").stdout[:12]
    shown = {label.split(": ")[1]: about for label, about in links(world).items()}
    assert "NO-CARRIER" in shown[f"br-{identity}"]
    assert "state DOWN" in shown[f"br-{identity}"]
    assert "state UP" in shown[f"br-{back}"]
    assert sum(f"master br-{back} " in about for about in shown.values()) == 2
    assert world.sh("ip route").stdout.count("linkdown") == 1
    world.sh("docker rm -f one two")
    assert not any("veth" in label for label in links(world))


def test_what_a_container_sends_arrives_at_the_other_end(world: dockersim.World) -> None:
    world.sh("docker exec two ping -c 3 one")
    inside = world.sh("docker exec two cat /proc/net/dev").stdout.splitlines()[3].split()
    bridge = world.sh("docker exec two ip -o link show eth0").stdout.partition("@if")[2].partition(":")[0]
    name = next(label.split(": ")[1].partition("@")[0] for label in links(world) if label.startswith(f"{bridge}: "))
    assert f"RX packets {inside[10]}  bytes {inside[9]} " in world.sh(f"ifconfig {name}").stdout


def test_published_ports_are_reached_by_the_laptop_s_own_address(world: dockersim.World) -> None:
    world.sh("docker pull -q nginx; docker run -d -p 192.168.1.23:81:80 nginx")
    assert world.sh("hostname -I").stdout.startswith("192.168.1.23 172.17.0.1 ")
    assert world.sh("curl -s 192.168.1.23:81").exit_code == 0
    assert world.sh("docker run --rm alpine wget -qO- 192.168.1.23:81").exit_code == 0
    assert world.sh("curl -s localhost:81").exit_code == 7
    assert world.sh("docker run --rm alpine ping -c 1 192.168.1.1").exit_code == 0
