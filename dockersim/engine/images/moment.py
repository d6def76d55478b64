"""Instants as images carry them, to unix nanoseconds."""

from __future__ import annotations

from dockersim.units.duration import SECOND
from dockersim.units.time import ZERO, parse_rfc3339


def nanoseconds(text: str) -> int:
    """Unix nanoseconds of an RFC 3339 instant; 0 for a text that is none, and for Go's zero time."""
    has_zone = text[-1:] in ("Z", "z") or text[-6:-5] in ("+", "-")
    try:
        instant = parse_rfc3339(text) if has_zone and len(text) > len("2006-01-02Z") else 0
    except ValueError:
        return 0
    return 0 if instant // SECOND == ZERO // SECOND else instant
