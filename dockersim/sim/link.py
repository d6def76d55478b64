"""Links: what a message costs. Latency, plus size divided by bandwidth, one message after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.sim.clock import Simulation


class WireCut(Exception):
    """The link broke while bytes were on their way."""


class Link:
    """A path between two parties.

    ``latency`` in seconds one way, ``bandwidth`` in bytes a second. ``down`` is a cut cable. Large bodies share the
    bandwidth: each reserves the link for its own bytes.
    """

    __slots__ = ("bandwidth", "busy_until", "down", "latency")

    def __init__(self, latency: float = 0.0002, bandwidth: float = 2e9) -> None:
        self.latency = latency
        self.bandwidth = bandwidth
        self.down = False
        self.busy_until = 0.0

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
