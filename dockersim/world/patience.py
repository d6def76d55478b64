"""How long to let a simulated world run before saying that what runs there goes on by itself."""

from __future__ import annotations

from dockersim.sim import Simulation

SILENT_STEPS = 300_000
"""Steps of the clock without a word, after which nothing more is awaited."""

SILENCE = 4e6
"""Steps times simulated seconds without a word, after which the same: while others tick (health checks, a clock in a
container) that is ten minutes or so, with many of them less; real work takes many steps in little time, a lone sleep
few in much."""

PAUSE = 0.4
"""Simulated seconds of silence that make what comes next another word."""

WORDS = 300
"""So many words with pauses between them, and the speaker counts as one that goes on for ever (``ping``, ``watch``)."""

BYTES = 64 << 20
"""So much output, and whoever makes it counts as one that goes on for ever (``yes``)."""

SPINS = 100
"""So many turns of a process that only computes, and it counts as one that goes on for ever."""

CALM = 1.0
"""Simulated seconds in which every terminal is waited at, after which the one who types types on."""

NEVER = float("inf")


class Patience:
    """Watches one wait: :meth:`heard` tells it of output; the others are asked before each step of the clock."""

    def __init__(self, sim: Simulation, words: int = WORDS, size: float = BYTES) -> None:
        self._env = sim.env
        self._keyboards = sim.keyboards
        self._limit = words
        self._room = size
        self._sim = sim
        self._spins = sim.spins + SPINS
        self._steps = 0
        self._words = 0
        self._spoken = sim.env.now
        self._calm_since: float | None = None

    def heard(self, size: int) -> None:
        """So many bytes were printed."""
        self._steps = 0
        self._room -= size
        if self._env.now - self._spoken > PAUSE:
            self._words += 1
        self._spoken = self._env.now

    def over(self) -> bool:
        """Whether nothing will happen any more, or only what goes on and on."""
        self._steps += 1
        return (
            self._steps > SILENT_STEPS
            or self._steps * (self._env.now - self._spoken) > SILENCE
            or self._words > self._limit
            or self._room < 0
            or self._sim.spins > self._spins
            or self._env.peek() == NEVER
        )

    def calm(self) -> bool:
        """Whether everything that somebody could type to waits for that, and nothing else is about to happen."""
        env = self._env
        coming = env.peek()
        if coming <= env.now:
            return False
        if not all(keyboard.being_read for keyboard in self._keyboards):
            self._calm_since = None
            return False
        if self._calm_since is None:
            self._calm_since = env.now
        return coming - self._calm_since > CALM
