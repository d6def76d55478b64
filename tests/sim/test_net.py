"""Who can reach whom, and the reason where nobody can."""

from __future__ import annotations

from ipaddress import IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.sim import ConnectFailed, Net, PortTaken, Segment, Simulation, Stack
from dockersim.sim.address import (
    Subnet,
    canonical,
    is_address,
    link_local,
    reverse_name,
    to_int,
    to_text,
    to_text6,
)
from dockersim.sim.dial import dial_failure
from dockersim.sim.failure import NO_ROUTE, REFUSED, RESET, TIMEOUT, UNREACHABLE, WAITS
from dockersim.sim.plug import Forward


@given(st.integers(0, 2**32 - 1))
def test_addresses_survive_the_way_to_numbers_and_back(number: int) -> None:
    assert to_int(to_text(number)) == number


@given(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(0, 2**32 - 1))
def test_a_subnet_holds_what_its_mask_says(base: int, prefix: int, other: int) -> None:
    subnet = Subnet(f"{to_text(base)}/{prefix}")
    assert (to_text(other) in subnet) == (other >> (32 - prefix) == base >> (32 - prefix))
    assert subnet.overlaps(Subnet(f"{to_text(other)}/32")) == (to_text(other) in subnet)


@given(st.integers(0, 2**128 - 1), st.integers(0, 128), st.integers(0, 2**128 - 1))
def test_a_subnet_of_ipv6_holds_what_its_mask_says(base: int, prefix: int, other: int) -> None:
    subnet = Subnet(f"{to_text6(base)}/{prefix}")
    assert (to_text6(other) in subnet) == (other >> (128 - prefix) == base >> (128 - prefix))
    assert "10.0.0.1" not in subnet
    assert not subnet.overlaps(Subnet("0.0.0.0/0"))
    assert str(subnet) == str(IPv6Network((base, prefix), strict=False))


@given(st.integers(0, 2**128 - 1))
def test_addresses_of_ipv6_are_compared_in_their_shortest_form(number: int) -> None:
    long = ":".join(f"{number >> shift & 0xFFFF:04x}" for shift in range(112, -1, -16))
    assert canonical(long) == to_text6(number)
    assert reverse_name(long) == reverse_name(to_text6(number))


def test_an_interface_gives_itself_an_address_on_its_link() -> None:
    assert link_local("02:42:0a:0b:03:03") == "fe80::42:aff:fe0b:303"


@pytest.mark.parametrize("text", ["", "1.2.3", "1.2.3.256", "a.b.c.d", "1.2.3.4.5"])
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(ValueError, match="invalid"):
        Subnet(f"{text}/8")


class House:
    """A laptop with two bridges and a container in each."""

    def __init__(self) -> None:
        self.net = Net(Simulation())
        self.laptop = Stack(self.net, "laptop")
        self.laptop.online = True
        self.a = Segment("a", "172.18.0.0/16")
        self.b = Segment("b", "172.19.0.0/16")
        self.laptop.plug("br-a", self.a, "172.18.0.1", "02:00:00:00:00:01")
        self.laptop.plug("br-b", self.b, "172.19.0.1", "02:00:00:00:00:02")
        self.web = Stack(self.net, "web")
        self.web.plug("eth0", self.a, "172.18.0.2", "02:00:00:00:00:03", "172.18.0.1")
        self.other = Stack(self.net, "other")
        self.other.plug("eth0", self.b, "172.19.0.2", "02:00:00:00:00:04", "172.19.0.1")


@pytest.fixture
def house() -> House:
    return House()


def refusal(stack: Stack, address: str, port: int) -> ConnectFailed:
    with pytest.raises(ConnectFailed) as failure:
        stack.reach(address, port)
    return failure.value


def test_a_server_is_reached_on_its_network_without_publishing(house: House) -> None:
    listener = house.web.listen(80)
    neighbour = Stack(house.net, "neighbour")
    neighbour.plug("eth0", house.a, "172.18.0.3", "02:00:00:00:00:05", "172.18.0.1")
    assert neighbour.reach("172.18.0.2", 80) is listener
    assert house.laptop.reach("172.18.0.2", 80) is listener


def test_localhost_in_a_container_is_the_container(house: House) -> None:
    house.laptop.listen(80)
    failed = refusal(house.web, "127.0.0.1", 80)
    reason = "nothing listens on port 80 of web: there, localhost is web itself"
    assert (failed.kind, failed.reason) == (REFUSED, reason)


def test_a_server_on_its_loopback_only_refuses_others_and_the_reason_says_so(house: House) -> None:
    house.web.listen(80, "127.0.0.1")
    failed = refusal(house.laptop, "172.18.0.2", 80)
    assert failed.kind == REFUSED
    assert "listens on 127.0.0.1 only" in failed.reason
    assert house.web.reach("127.0.0.1", 80).port == 80


def test_bridges_are_isolated_from_each_other(house: House) -> None:
    house.other.listen(80)
    failed = refusal(house.web, "172.19.0.2", 80)
    assert failed.kind == TIMEOUT
    assert "isolated" in failed.reason


def test_nobody_at_an_address_of_the_network(house: House) -> None:
    assert refusal(house.web, "172.18.0.99", 80).kind == UNREACHABLE


def test_an_internal_network_has_no_way_out(house: House) -> None:
    inside = Segment("inside", "172.20.0.0/16", internal=True)
    box = Stack(house.net, "box")
    box.plug("eth0", inside, "172.20.0.2", "02:00:00:00:00:06")
    failed = refusal(box, "44.208.254.194", 443)
    assert failed.kind == NO_ROUTE
    assert "internal" in failed.reason


def test_a_published_port_leads_into_the_container(house: House) -> None:
    house.laptop.forwards.append(Forward("0.0.0.0", 8080, house.web, 80))
    assert refusal(house.laptop, "127.0.0.1", 8080).kind == RESET
    listener = house.web.listen(80)
    assert house.laptop.reach("127.0.0.1", 8080) is listener
    assert house.other.reach("172.19.0.1", 8080) is listener


def test_two_servers_cannot_have_one_port(house: House) -> None:
    house.web.listen(80)
    with pytest.raises(PortTaken):
        house.web.listen(80, "127.0.0.1")
    house.web.listeners[0].close()
    house.web.listen(80, "127.0.0.1")


def test_an_unplugged_container_is_gone(house: House) -> None:
    house.web.listen(80)
    house.web.interfaces[0].unplug()
    assert refusal(house.laptop, "172.18.0.2", 80).kind == UNREACHABLE


def test_a_listener_has_one_family_or_both(house: House) -> None:
    house.web.listen(80)
    only6 = house.web.listen(80, "::", only6=True)
    assert house.web.reach("::1", 80) is only6
    assert house.web.reach("127.0.0.1", 80).address == "0.0.0.0"
    both = house.web.listen(81, "::")
    assert house.web.reach("127.0.0.1", 81) is house.web.reach("::1", 81) is both
    with pytest.raises(PortTaken):
        house.web.listen(81)


def test_a_lost_datagram_ends_the_flow_only_where_somebody_says_so(house: House) -> None:
    flow = house.net.talk(house.laptop, "172.18.0.2", 53)
    flow.send_now(b"x")
    assert flow.refused is not None
    assert flow.refused.kind == REFUSED
    silent = house.net.talk(house.web, "172.19.0.2", 53)
    silent.send_now(b"x")
    assert silent.refused is None
    with pytest.raises(ConnectFailed):
        house.net.talk(house.web, "2001:db8::1", 53)


def test_datagrams_keep_their_boundaries_and_their_sender(house: House) -> None:
    met = []
    house.web.listen(53, accept=lambda connection, peer: met.append((connection, peer)), protocol="udp")
    flow = house.net.talk(house.laptop, "172.18.0.2", 53)
    flow.send_now(b"one")
    flow.send_now(b"two")
    [(connection, peer)] = met
    house.net.sim.env.run(until=1)
    assert (connection.incoming.receive_now(), connection.incoming.receive_now(), peer) == (
        b"one",
        b"two",
        "172.18.0.1",
    )


@pytest.mark.parametrize("kind", WAITS)
@pytest.mark.parametrize("host", ["2001:db8::1", "[2001:db8::1]"])
def test_go_has_words_for_each_failure(kind: str, host: str) -> None:
    stack = Stack(Net(Simulation()), "laptop")
    words = dial_failure(ConnectFailed(kind, "why"), "tcp", host, 80, stack, "nameserver 192.0.2.1\n")
    assert words.startswith(("dial tcp [2001:db8::1]:80: ", "read tcp [2001:db8::1]:80: ", "dial tcp: lookup "))
