"""Restart policies: whether a container that ended runs again, and after how long.

Follows moby's restartmanager: 100 ms, doubled with each try up to a minute, and back to 100 ms after a run of ten
seconds. ``docker stop`` and ``docker kill`` cancel it until the next start by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIRST, MAXIMUM = 0.1, 60.0
STEADY = 10.0
"""A run of this many seconds makes the next delay the first one again."""


class RestartManager:
    """The tries since a container was last started by hand."""

    __slots__ = ("_delay", "_tries", "cancelled")

    def __init__(self) -> None:
        self.cancelled = False
        self._delay = 0.0
        self._tries = 0

    def next_delay(self, policy: Mapping[str, Any], exit_code: int, stopped_by_hand: bool, ran: float) -> float | None:
        """Seconds until the next try after a run of ``ran`` seconds; ``None`` where there is none."""
        name = policy.get("Name") or "no"
        if name == "no" or self.cancelled:
            return None
        if ran >= STEADY:
            self._delay = 0.0
        self._delay = min(self._delay * 2, MAXIMUM) if self._delay else FIRST
        if not self._wanted(name, policy.get("MaximumRetryCount") or 0, exit_code, stopped_by_hand):
            return None
        self._tries += 1
        return self._delay

    def _wanted(self, name: str, limit: int, exit_code: int, stopped_by_hand: bool) -> bool:
        if name == "on-failure":
            return exit_code != 0 and (limit == 0 or self._tries < limit)
        return name == "always" or (name == "unless-stopped" and not stopped_by_hand)
