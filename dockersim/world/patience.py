"""How long to let a simulated world run before saying that what runs there goes on by itself."""

from __future__ import annotations

import simpy

SILENT_STEPS = 300_000
"""Steps of the clock without a word, after which nothing more is awaited (health checks, servers that tick)."""

PAUSE = 0.5
"""Simulated seconds of silence that make what comes next another word."""

WORDS = 300
"""So many words with pauses between them, and the speaker counts as one that goes on for ever (``ping``, ``watch``)."""

CALM = 1.0
"""Simulated seconds in which a terminal is waited at, after which the one who types types on."""


class Patience:
    """Watches one wait. :meth:`heard` tells it of output; :meth:`over` is asked before each step of the clock."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._steps = 0
        self._words = 0
        self._spoken = env.now

    def heard(self) -> None:
        """Something was printed."""
        self._steps = 0
        if self._env.now - self._spoken > PAUSE:
            self._words += 1
        self._spoken = self._env.now

    def over(self) -> bool:
        """Whether nothing will happen any more, or only what goes on and on."""
        self._steps += 1
        return self._steps > SILENT_STEPS or self._words > WORDS or self._env.peek() == float("inf")
