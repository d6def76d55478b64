"""Why there is no connection: the kinds of failure, and how long each takes to show."""

from __future__ import annotations

REFUSED, UNREACHABLE, NO_ROUTE, NO_WAY, NO_ADDRESS, TIMEOUT, RESET, UNRESOLVED = (
    "refused",
    "unreachable",
    "no route",
    "no way",
    "no address",
    "timeout",
    "reset",
    "unresolved",
)
"""``NO_ROUTE``: the stack itself knows no route. ``NO_WAY``: a router on the way knows none, and says so.
``NO_ADDRESS``: the stack has no address of its own to send from."""
WAITS = dict.fromkeys((REFUSED, NO_ROUTE, NO_WAY, NO_ADDRESS, RESET, UNRESOLVED), 0.0) | {
    UNREACHABLE: 3.06,
    TIMEOUT: 131.0,
}
"""Seconds until the kind of failure shows: a missing neighbour takes three seconds, a dropped packet two minutes."""


class ConnectFailed(Exception):
    """No connection. ``kind`` is one of the constants above, ``reason`` a sentence for the learner."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class PortTaken(Exception):
    """Somebody listens there already (EADDRINUSE)."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port
