"""``docker network ...`` and ``docker port`` typed on the laptop, against what a recorded Docker 28 printed."""

from __future__ import annotations

import json
import re

import pytest

from dockersim.trace.events import NameResolved
from dockersim.world import Result, World


@pytest.fixture
def world() -> World:
    world = World(seed=0)
    assert world.sh("docker pull -q busybox").exit_code == 0
    return world


def masked(result: Result) -> str:
    """What was printed, ids as ``ID`` of their length."""
    text = result.stdout + result.stderr
    return re.sub(r"\b[0-9a-f]{64}\b", "<id64>", re.sub(r"\b[0-9a-f]{12}\b", "<id>", text))


def test_networks_are_listed_by_name(world: World) -> None:
    assert masked(world.sh("docker network create net1")) == "<id64>\n"
    world.sh("docker network create 'a b'")
    assert masked(world.sh("docker network ls")) == (
        "NETWORK ID     NAME      DRIVER    SCOPE\n"
        "<id>   a b       bridge    local\n"
        "<id>   bridge    bridge    local\n"
        "<id>   host      host      local\n"
        "<id>   net1      bridge    local\n"
        "<id>   none      null      local\n"
    )
    assert world.sh("docker network ls -q -f type=custom").stdout.count("\n") == 2
    assert world.sh("docker network ls -f id=x").stdout == "NETWORK ID   NAME      DRIVER    SCOPE\n"
    row = json.loads(world.sh("docker network ls --format json -f name=net1").stdout)
    assert list(row) == ["CreatedAt", "Driver", "ID", "IPv4", "IPv6", "Internal", "Labels", "Name", "Scope"]


def test_numbers_in_names_count_as_numbers(world: World) -> None:
    for name in ("net10", "net2", "net1"):
        world.sh(f"docker network create {name}")
    assert world.sh("docker network ls -f name=net --format '{{.Name}}'").stdout == "net1\nnet2\nnet10\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("create host", "operation is not permitted on predefined host network"),
        ("create -d host net3", 'only one instance of "host" network is allowed'),
        ("create -d nosuch net3", 'plugin "nosuch" not found'),
        (
            "create --subnet 10.20.0.300/24 net3",
            "invalid network config:\ninvalid subnet 10.20.0.300/24: invalid CIDR block notation",
        ),
        (
            "create --subnet 172.17.0.0/24 net3",
            "invalid pool request: Pool overlaps with other one on this address space",
        ),
        ("ls -f nosuch=1", "invalid filter 'nosuch'"),
        ("connect nosuch box", "network nosuch not found"),
        ("connect bridge nosuch", "No such container: nosuch"),
        ("connect bridge box", "endpoint with name box already exists in network bridge"),
        (
            "connect host box",
            "cannot connect container to host network - container must be created in host network mode",
        ),
        ("disconnect nosuch box", "network nosuch not found"),
    ],
)
def test_refused(world: World, line: str, words: str) -> None:
    world.sh("docker run -d --name box busybox sleep 1000")
    result = world.sh(f"docker network {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", f"Error response from daemon: {words}\n", 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--gateway 10.0.0.1", "every ip-range or gateway must have a corresponding subnet"),
        (
            "--subnet 10.0.0.0/8 --subnet 10.1.0.0/16",
            "multiple overlapping subnet configuration is not supported",
        ),
        ("--subnet 10.0.0.0/24 --gateway 10.1.0.1", "no matching subnet for gateway 10.1.0.1"),
        ("--subnet 10.0.0.0/24 --ip-range 10.1.0.0/25", "no matching subnet for range 10.1.0.0/25"),
        ("--subnet 10.0.0.0/24 --aux-address a=10.1.0.9", "no matching subnet for aux-address 10.1.0.9"),
    ],
)
def test_refused_by_the_client(world: World, line: str, words: str) -> None:
    result = world.sh(f"docker network create {line} net3")
    assert (result.stderr, result.exit_code) == (f"{words}\n", 1)


def test_inspect(world: World) -> None:
    world.sh("docker network create --subnet 10.20.0.0/16 --gateway 10.20.0.1 --label a=b net2")
    result = world.sh("docker network inspect net2 nosuch")
    assert result.exit_code == 1
    assert result.stderr == "Error response from daemon: network nosuch not found\n"
    assert json.loads(result.stdout)[0]["IPAM"]["Config"] == [{"Subnet": "10.20.0.0/16", "Gateway": "10.20.0.1"}]
    layout = "'{{range .IPAM.Config}}{{.Subnet}}{{end}}'"
    assert world.sh(f"docker network inspect -f {layout} net2").stdout == "10.20.0.0/16\n"
    world.sh("docker run -d --name box --network net2 --ip 10.20.0.9 busybox sleep 100")
    plugs = json.loads(world.sh("docker network inspect net2").stdout)[0]["Containers"]
    assert [(plug["Name"], plug["IPv4Address"]) for plug in plugs.values()] == [("box", "10.20.0.9/16")]


def test_removing_goes_on_after_a_failure(world: World) -> None:
    world.sh("docker network create net1")
    result = world.sh("docker network rm nosuch net1 bridge")
    assert (result.stdout, result.exit_code) == ("net1\n", 1)
    assert result.stderr == (
        "Error response from daemon: network nosuch not found\n"
        "Error response from daemon: bridge is a pre-defined network and cannot be removed\n"
        "exit status 1\n"
    )
    assert world.sh("docker network rm -f nosuch").exit_code == 0


def test_a_network_in_use_stays(world: World) -> None:
    world.sh("docker network create net1; docker run -d --name s1 --network net1 busybox sleep 100")
    assert masked(world.sh("docker network rm net1")) == (
        "Error response from daemon: error while removing network: network net1 has active endpoints "
        '(name:"s1" id:"<id>")\nexit status 1\n'
    )
    assert world.sh("docker network prune -f").stdout == ""


def test_pruning_asks_first(world: World) -> None:
    question = (
        "WARNING! This will remove all custom networks not used by at least one container.\n"
        "Are you sure you want to continue? [y/N] "
    )
    world.sh("docker network create unused1")
    assert world.sh("docker network prune").stdout == question
    assert world.sh("docker network prune", stdin=b"y\n").stdout == question + "Deleted Networks:\nunused1\n\n"


def test_containers_find_each_other_by_name_on_a_network_of_ones_own(world: World) -> None:
    world.sh("docker network create net1; docker run -d --name s1 --network net1 --network-alias api busybox "
             "sh -c 'echo hello > /index.html; httpd -f -p 80 -h /'")  # fmt: skip
    run = "docker run --rm --network net1 busybox"
    assert world.sh(f"{run} sh -c 'wget -qO- http://s1/; wget -qO- http://api/'").stdout == "hello\nhello\n"
    assert world.sh(f"{run} nslookup s1").stdout.startswith("Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n")
    assert "2.0.18.172.in-addr.arpa\tname = s1.net1\n" in world.sh(f"{run} nslookup 172.18.0.2").stdout


def test_not_on_the_default_bridge(world: World) -> None:
    world.sh("docker run -d --name s2 busybox sleep 1000")
    result = world.sh("docker run --rm busybox ping -c 1 s2")
    assert (result.stderr, result.exit_code) == ("ping: bad address 's2'\n", 1)
    reasons = [event.reason for event in result.events if isinstance(event, NameResolved) and event.name == "s2"]
    assert "it is the default bridge, where names are not resolved" in reasons[-1]


def test_ports(world: World) -> None:
    world.sh("docker run -d --name web -p 127.0.0.1:8081:80 -p 8082:53/udp -p 9000-9001:9000-9001 busybox sleep 100")
    assert world.sh("docker port web").stdout == (
        "53/udp -> 0.0.0.0:8082\n53/udp -> [::]:8082\n80/tcp -> 127.0.0.1:8081\n"
        "9000/tcp -> 0.0.0.0:9000\n9000/tcp -> [::]:9000\n9001/tcp -> 0.0.0.0:9001\n9001/tcp -> [::]:9001\n"
    )
    assert world.sh("docker port web 80").stdout == "127.0.0.1:8081\n"
    result = world.sh("docker port web 81")
    assert (result.stderr, result.exit_code) == ("Error: No public port '81' published for web\n", 1)


def test_published_ports_are_discarded_with_the_hosts_network(world: World) -> None:
    result = world.sh("docker run --rm --network host -p 80:80 busybox true")
    assert result.stderr == "WARNING: Published ports are discarded when using host network mode\n"


def test_a_published_port_from_everywhere(world: World) -> None:
    world.sh("docker run -d --name web -p 8080:80 busybox sh -c 'echo hi > /index.html; httpd -f -p 80 -h /'")
    assert world.sh("curl -s localhost:8080").stdout == "hi\n"
    run = "docker run --rm busybox wget -T 2 -qO-"
    assert world.sh(f"{run} http://172.17.0.1:8080/").stdout == "hi\n"
    assert "Connection refused" in world.sh(f"{run} http://localhost:8080/").stderr
    run = "docker run --rm --add-host host.docker.internal:host-gateway busybox wget -T 2 -qO-"
    assert world.sh(f"{run} http://host.docker.internal:8080/").stdout == "hi\n"
    world.sh("docker network create other")
    assert "timed out" in world.sh("docker run --rm --network other busybox wget -T 2 -qO- http://172.17.0.2/").stderr
