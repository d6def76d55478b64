"""What interfaces count: bytes and packets, the same at both ends of a connection."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.sim import Link
from dockersim.sim.link import HEADERS, SEGMENT


class End:
    def __init__(self) -> None:
        self.counted = (0, 0, 0, 0)

    def count(self, *more: int) -> None:
        self.counted = tuple(a + b for a, b in zip(self.counted, more, strict=True))  # type: ignore[assignment]


@given(st.lists(st.tuples(st.integers(0, 10 * SEGMENT), st.integers(0, 10 * SEGMENT))))
def test_what_leaves_one_end_arrives_at_the_other(messages: list[tuple[int, int]]) -> None:
    link, near, far = Link(), End(), End()
    link.near, link.far = near, far
    for sent, received in messages:
        link.count(sent, received)
    assert near.counted == far.counted[2:] + far.counted[:2]
    packets, size = near.counted[:2]
    assert size == sum(sent for sent, _ in messages) + HEADERS * packets
    assert packets == sum(-(-sent // SEGMENT) for sent, _ in messages)


@pytest.fixture(scope="module")
def world() -> Any:
    import dockersim

    world = dockersim.World(seed=0)
    world.sh("docker pull -q nginx; docker pull -q busybox; docker run -d --name web nginx")
    world.sh("docker run -d --name box busybox sleep 1000; docker run -d --name idle busybox sleep 1000")
    return world


def counted(world: Any, name: str) -> list[int]:
    row = world.sh(f"docker exec {name} cat /proc/net/dev").stdout.splitlines()[3].split()
    return [int(row[at]) for at in (1, 2, 9, 10)]


def test_a_ping_and_a_page_are_counted_where_they_pass(world: Any) -> None:
    before = {name: counted(world, name) for name in ("web", "box", "idle")}

    def since(name: str) -> list[int]:
        return [new - old for new, old in zip(counted(world, name), before[name], strict=True)]

    world.sh("docker exec box ping -c 5 172.17.0.2")
    assert since("box") == [5 * 98, 5, 5 * 98, 5]
    world.sh("docker exec box wget -qO- 172.17.0.2")
    received, packets_received, sent, packets_sent = since("box")
    assert since("web") == [sent, packets_sent, received, packets_received]
    assert received > 5 * 98 + 600
    assert since("idle") == [0, 0, 0, 0]


def test_stats_show_what_was_counted(world: Any) -> None:
    assert world.sh("docker stats --no-stream --format '{{.NetIO}}' idle").stdout == "526B / 126B\n"
