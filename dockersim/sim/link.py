"""Links: what a message costs. Latency, plus size divided by bandwidth, one message after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.sim.clock import Simulation
    from dockersim.sim.plug import Interface


class WireCut(Exception):
    """The link broke while bytes were on their way."""


HEADERS, SEGMENT = 66, 1448
"""Bytes of Ethernet, IP and TCP around a segment, and how many of content it carries."""


def segments(size: int) -> tuple[int, int]:
    """``size`` bytes of content on the wire: in how many packets, and of how many bytes."""
    packets = -(-size // SEGMENT)
    return packets, size + HEADERS * packets


class Link:
    """A path between two parties.

    ``latency`` in seconds one way, ``bandwidth`` in bytes a second. ``down`` is a cut cable. Large bodies share the
    bandwidth: each reserves the link for its own bytes. ``near`` and ``far`` count what passes at its two ends, where
    those are interfaces.
    """

    __slots__ = ("bandwidth", "busy_until", "down", "far", "latency", "near")

    def __init__(self, latency: float = 0.0002, bandwidth: float = 2e9) -> None:
        self.latency = latency
        self.bandwidth = bandwidth
        self.down = False
        self.busy_until = 0.0
        self.near: Interface | None = None
        self.far: Interface | None = None

    def count(self, sent: int, received: int) -> None:
        """So many bytes went from the near end to the far one, and came back, in segments of TCP."""
        out, back = segments(sent), segments(received)
        for end, leaving, arriving in ((self.near, out, back), (self.far, back, out)):
            if end is not None:
                end.count(*leaving, *arriving)

    def delay(self, size: int) -> float:
        """Seconds until ``size`` bytes that leave now have arrived."""
        return self.latency + size / self.bandwidth

    def reserve(self, sim: Simulation, size: int) -> float:
        """Queue ``size`` bytes behind what is on the link already; seconds until they have arrived."""
        begin = max(sim.now, self.busy_until)
        self.busy_until = begin + size / self.bandwidth
        return self.busy_until - sim.now


LOCAL = 0.0002, 2e9
"""A socket on one machine: latency in seconds, bandwidth in bytes a second."""

INTERNET = 0.018, 12.5e6
"""From a laptop to a server on the internet: 18 ms one way, 100 Mbit/s."""
