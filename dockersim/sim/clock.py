"""One simulation: one clock, one source of chance, one trace."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

from dockersim.trace import Trace

START = 1_768_208_400
"""When a world begins unless it is told otherwise: 2026-01-12 09:00:00 UTC, in unix seconds."""

NANOSECONDS = 1_000_000_000


class Simulation:
    """The clock (a SimPy environment), seeded chance and the trace that all parts of one world share.

    Simulated time is in seconds since the world began; :meth:`nanoseconds` is the same instant as unix time.
    ``keyboards`` are the terminals at which somebody may type: while one of them is read by nobody, something works.
    ``spins`` counts the turns of processes that compute and compute, and never wait.
    """

    def __init__(self, seed: int = 0, start: float = START, trace_limit: int | None = None) -> None:
        self.env = simpy.Environment()
        self.rng = random.Random(seed)
        self.start_ns = int(start * NANOSECONDS)
        env = self.env
        self.trace = Trace(lambda: env._now, trace_limit)  # the property in front of it costs as much as an event
        self.keyboards: list[Any] = []
        self.spins = 0
        self._exchanges = 0

    @property
    def now(self) -> float:
        """Seconds since the world began."""
        return self.env.now

    def nanoseconds(self) -> int:
        """Unix time in nanoseconds."""
        return self.start_ns + round(self.env._now * NANOSECONDS)

    def time(self) -> float:
        """Unix time in seconds."""
        return self.nanoseconds() / NANOSECONDS

    def hex(self, digits: int) -> str:
        """``digits`` random hexadecimal digits, as the engine's identifiers are made of (64 for a container)."""
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"

    def next_exchange(self) -> int:
        """A number for the next request and all that answers it."""
        self._exchanges += 1
        return self._exchanges

    def process(self, steps: Generator[Any, Any, Any]) -> simpy.Process:
        """Let ``steps`` go on beside everything else."""
        return self.env.process(steps)

    def event(self) -> simpy.Event:
        return self.env.event()

    def timeout(self, seconds: float) -> simpy.Timeout:
        return self.env.timeout(seconds)
