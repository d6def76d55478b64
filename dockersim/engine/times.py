"""Instants as the Engine API writes and reads them: unix nanoseconds on the inside."""

from __future__ import annotations

from functools import lru_cache

from dockersim.errors import System
from dockersim.units.duration import SECOND
from dockersim.units.time import ansic, parse_rfc3339, rfc3339nano, rfc3339nano_fixed

ZERO = "0001-01-01T00:00:00Z"
"""Go's zero time: something has not happened yet."""


def rfc3339(nanoseconds: int) -> str:
    """RFC 3339 with the fraction that there is; 0 is Go's zero time."""
    return rfc3339nano(nanoseconds) if nanoseconds else ZERO


@lru_cache(maxsize=64)
def http_date(seconds: int) -> str:
    """``Mon, 12 Jan 2026 09:00:00 GMT`` for a ``Date`` header."""
    weekday, month, day, clock, year = ansic(seconds * SECOND).split()
    return f"{weekday}, {int(day):02d} {month} {year} {clock} GMT"


def timestamp(text: str) -> int:
    """``1768208400``, ``1768208400.000000001`` or RFC 3339 as unix nanoseconds; System for anything else."""
    whole, _, fraction = text.partition(".")
    if whole.lstrip("+-").isdigit() and (fraction.isdigit() or not fraction):
        return int(whole) * SECOND + int((fraction or "0").ljust(9, "0")[:9])
    try:
        return parse_rfc3339(text)
    except ValueError:
        wrong = fraction if whole.lstrip("-").isdigit() else text
        raise System(f'strconv.ParseInt: parsing "{wrong}": invalid syntax') from None


__all__ = ["SECOND", "ZERO", "http_date", "rfc3339", "rfc3339nano_fixed", "timestamp"]
