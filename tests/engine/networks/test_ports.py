"""Host ports: never given twice, released whole, and what stands in the way is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from dockersim.engine.networks import ports
from dockersim.errors import InvalidParameter, System
from dockersim.sim import Net, Simulation, Stack

ADDRESSES = st.sampled_from([["0.0.0.0", "::"], ["127.0.0.1"], ["10.0.0.1"], ["::1"], ["0.0.0.0"]])


class Allocating(RuleBasedStateMachine):
    """Against a plain list of what was given out."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.allocator = ports.Allocator()
        self.model: list[tuple[str, str, int]] = []

    @rule(target=held, ips=ADDRESSES, protocol=st.sampled_from(["tcp", "udp"]), first=st.integers(0, 4))
    def request(self, ips: list[str], protocol: str, first: int) -> tuple[list[str], str, int]:
        port = 8000 + first if first else 0
        in_the_way = any(_clash(ip, other) for ip in ips for other, kind, taken in self.model
                         if port and (kind, taken) == (protocol, port))  # fmt: skip
        try:
            got = self.allocator.request(ips, protocol, port, port)
        except System:
            assert in_the_way
            return [], protocol, 0
        assert not in_the_way
        assert got == port or (not port and ports.FIRST <= got <= ports.LAST)
        self.model += [(ip, protocol, got) for ip in ips]
        return ips, protocol, got

    @rule(what=held)
    def release(self, what: tuple[list[str], str, int]) -> None:
        ips, protocol, port = what
        if all((ip, protocol, port) in self.model for ip in ips):
            for ip in ips:
                self.allocator.release(ip, protocol, port)
                self.model.remove((ip, protocol, port))

    @invariant()
    def nothing_twice(self) -> None:
        assert len(set(self.model)) == len(self.model)


def _clash(one: str, other: str) -> bool:
    if (":" in one) != (":" in other):
        return False
    return one == other or bool({one, other} & {"0.0.0.0", "::"})


TestAllocating = Allocating.TestCase


def _stacks() -> tuple[Stack, ports.Target]:
    net = Net(Simulation())
    return Stack(net, "laptop"), ports.Target(Stack(net, "web"), "172.17.0.2", "")


def _requests(bindings: dict[str, list[dict[str, str]]], everything: bool = False) -> list[ports.Request]:
    config: dict[str, Any] = {"ExposedPorts": {"80/tcp": {}, "53/udp": {}}}
    return ports.requests(config, {"PortBindings": bindings, "PublishAllPorts": everything})


@given(
    st.permutations(
        [("80/tcp", "8080", ""), ("80/tcp", "", "127.0.0.1"), ("53/udp", "", ""), ("443/tcp", "9000-9002", "")]
    )
)
def test_exact_ports_come_before_ranges(wishes: list[tuple[str, str, str]]) -> None:
    bindings: dict[str, list[dict[str, str]]] = {}
    for key, port, ip in wishes:
        bindings.setdefault(key, []).append({"HostIp": ip, "HostPort": port})
    order = [(one.port, one.first) for one in _requests(bindings)]
    assert order == [(80, 8080), (53, 0), (80, 0), (443, 9000)]


def test_publish_all_takes_what_is_exposed_in_order() -> None:
    host, target = _stacks()
    bound, reasons = ports.bind(ports.Allocator(), host, target, _requests({}, everything=True))
    assert [(one.key, one.host_ip, one.host_port) for one in bound] == [
        ("53/udp", "0.0.0.0", 32768), ("53/udp", "::", 32768), ("80/tcp", "0.0.0.0", 32768), ("80/tcp", "::", 32768),
    ]  # fmt: skip
    assert reasons[0] == "32768 is the next free port of 32768-60999"


def test_a_failed_publication_leaves_nothing() -> None:
    host, target = _stacks()
    allocator = ports.Allocator()
    allocator.request(["0.0.0.0"], "tcp", 8443, 8443)
    wanted = _requests({"80/tcp": [{"HostPort": "8080"}], "443/tcp": [{"HostPort": "8443"}]})
    with pytest.raises(System, match=r"Bind for 0\.0\.0\.0:8443 failed: port is already allocated"):
        ports.bind(allocator, host, target, wanted)
    assert host.forwards == []
    assert allocator.request(["0.0.0.0", "::"], "tcp", 8080, 8080) == 8080


def test_a_program_of_the_host_stands_in_the_way() -> None:
    host, target = _stacks()
    host.listen(8080, "127.0.0.1")
    with pytest.raises(System) as refused:
        ports.bind(ports.Allocator(), host, target, _requests({"80/tcp": [{"HostPort": "8080"}]}))
    assert refused.value.message == (
        "failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use"
    )
    bound, _ = ports.bind(ports.Allocator(), host, target, _requests({"80/tcp": [{"HostPort": "8080-8082"}]}))
    assert {one.host_port for one in bound} == {8081}


@pytest.mark.parametrize("text", ["x", "99999", "80-70", "1-2-3"])
def test_bad_host_ports(text: str) -> None:
    with pytest.raises(InvalidParameter, match="invalid port specification"):
        ports.check({"80/tcp": [{"HostPort": text}]})
