"""Pools of addresses: in order, never twice, never outside; and what a bad request is told."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.networks import ipam
from dockersim.errors import Forbidden, InvalidParameter
from dockersim.sim.address import Subnet

subnets = st.builds(
    lambda base, prefix: str(ipaddress.ip_network((base, prefix), strict=False)),
    st.integers(0x0A000000, 0x0AFFFFFF),
    st.integers(8, 30),
)


def _numbers(block: str) -> range:
    whole = Subnet(block)
    return range(whole.base, whole.base + whole.size)


@given(st.lists(subnets, max_size=12))
def test_the_next_pool_overlaps_nothing_and_is_predefined(taken: list[str]) -> None:
    used = [Subnet(text) for text in [*taken, "172.17.0.0/16"]]
    for _ in range(5):
        found = ipam.next_pool(used)
        assert not any(found.overlaps(other) for other in used)
        assert any(found.base in _numbers(block) for block, _ in ipam.POOLS)
        used.append(found)


def test_pools_come_in_dockers_order() -> None:
    used: list[Subnet] = []
    for _ in range(31):
        used.append(ipam.next_pool(used))
    assert [str(used[index]) for index in (0, 1, 3, 14)] == [
        "172.17.0.0/16", "172.18.0.0/16", "172.20.0.0/16", "172.31.0.0/16",
    ]  # fmt: skip
    assert [str(pool) for pool in used[15:17]] == ["192.168.0.0/20", "192.168.16.0/20"]
    with pytest.raises(InvalidParameter, match="all predefined address pools have been fully subnetted"):
        ipam.next_pool(used)


@given(subnets, st.data())
def test_a_pool_gives_the_lowest_free_address(text: str, data: st.DataObject) -> None:
    pool = ipam.Pool(Subnet(text))
    held: set[str] = set()
    network = ipaddress.ip_network(text)
    for _ in range(20):
        frees: bool = data.draw(st.booleans())
        if held and frees:
            gone: str = data.draw(st.sampled_from(sorted(held)))
            held.discard(gone)
            pool.freed(gone)
        address = pool.lowest(held)
        hosts = (str(host) for host in network.hosts())
        assert address == next((host for host in hosts if host not in held), "")
        if address:
            held.add(address)


def test_a_range_is_all_that_is_given_out() -> None:
    pool = ipam.Pool(Subnet("10.20.0.0/16"), "10.20.5.0/30")
    got: list[str] = []
    while address := pool.lowest(got):
        got.append(address)
    assert got == ["10.20.5.0", "10.20.5.1", "10.20.5.2", "10.20.5.3"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"Subnet": "10.20.0.300/24"}, "invalid subnet 10.20.0.300/24: invalid CIDR block notation"),
        ({"Subnet": "10.20.0.5/24"}, "invalid subnet 10.20.0.5/24: it should be 10.20.0.0/24"),
        (
            {"Subnet": "10.20.0.0/24", "IPRange": "10.20.0.0/16"},
            "invalid ip-range 10.20.0.0/16: CIDR block is bigger than its parent subnet 10.20.0.0/24",
        ),
        (
            {"Subnet": "10.20.0.0/24", "Gateway": "10.21.0.1"},
            "invalid gateway 10.21.0.1: parent subnet 10.20.0.0/24 doesn't contain this address",
        ),
        (
            {"Subnet": "10.20.0.0/24", "AuxiliaryAddresses": {"a": "fd00::1"}},
            "invalid auxiliary address a: parent subnet is an IPv4 block",
        ),
    ],
)
def test_bad_configurations(config: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        ipam.check_config([config], with_ipv6=False)
    assert refused.value.message == f"invalid network config:\n{words}"


def test_several_complaints_are_listed() -> None:
    config = {"Subnet": "10.20.0.5/24", "Gateway": "x", "IPRange": "10.20.9.0/25"}
    with pytest.raises(InvalidParameter) as refused:
        ipam.check_config([config], with_ipv6=False)
    assert refused.value.message == (
        "invalid network config:\n"
        "* invalid subnet 10.20.0.5/24: it should be 10.20.0.0/24\n"
        "* invalid ip-range 10.20.9.0/25: parent subnet 10.20.0.0/24 doesn't contain ip-range\n"
        "* invalid gateway x: invalid address"
    )


def test_overlap() -> None:
    with pytest.raises(Forbidden, match="Pool overlaps with other one on this address space"):
        ipam.check_overlap(Subnet("10.20.3.0/24"), [Subnet("10.20.0.0/16")])
