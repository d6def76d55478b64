"""Durations, in nanoseconds: Go's notation ("1h2m3.5s") and go-units' words ("About an hour")."""

from __future__ import annotations

import re

from dockersim.units.strconv import quote

SECOND = 1_000_000_000
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_PART = r"([0-9]*)(\.[0-9]*)?([^.0-9]*)"
_MOST = 1 << 63


def parse_duration(text: str) -> int:
    """``time.ParseDuration`` in nanoseconds. Raises ``ValueError`` in Go's words."""
    bad = ValueError(f"time: invalid duration {quote(text)}")
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise bad
    total = 0
    while rest:
        match = re.match(_PART, rest)
        assert match is not None
        whole, fraction, unit = match.groups(default="")
        if not whole and len(fraction) < 2:
            raise bad
        if not unit:
            raise ValueError(f"time: missing unit in duration {quote(text)}")
        if unit not in _UNITS:
            raise ValueError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        scale = _UNITS[unit]
        total += int(whole or "0") * scale
        if len(fraction) > 1:
            total += int(int(fraction[1:]) * (scale / 10 ** (len(fraction) - 1)))
        if total > _MOST:
            raise bad
        rest = rest[match.end() :]
    if text[0] == "-":
        return -total
    if total == _MOST:
        raise bad
    return total


def format_duration(nanoseconds: int) -> str:
    """``time.Duration.String``: ``1h0m5.25s``, ``1.5ms``, ``0s``."""
    sign = "-" if nanoseconds < 0 else ""
    left = abs(nanoseconds)
    if left == 0:
        return "0s"
    if left < SECOND:
        unit, scale = ("ns", 1) if left < 1_000 else ("µs", 1_000) if left < 1_000_000 else ("ms", 1_000_000)
        return f"{sign}{_decimal(left, scale)}{unit}"
    minutes, rest = divmod(left, 60 * SECOND)
    seconds = f"{_decimal(rest, SECOND)}s"
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else f"{sign}{seconds}"


def _decimal(value: int, scale: int) -> str:
    whole, rest = divmod(value, scale)
    if not rest:
        return str(whole)
    return f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0")


def human_duration(nanoseconds: int) -> str:
    """go-units' ``HumanDuration``: ``Less than a second``, ``About a minute``, ``3 weeks``."""
    seconds = int(nanoseconds / SECOND)
    minutes = int(nanoseconds / SECOND / 60)
    hours = int(nanoseconds / SECOND / 3600 + 0.5)
    if seconds < 1:
        return "Less than a second"
    if seconds == 1:
        return "1 second"
    for limit, said in (
        (seconds < 60, f"{seconds} seconds"),
        (minutes == 1, "About a minute"),
        (minutes < 60, f"{minutes} minutes"),
        (hours == 1, "About an hour"),
        (hours < 48, f"{hours} hours"),
        (hours < 24 * 14, f"{hours // 24} days"),
        (hours < 24 * 60, f"{hours // 24 // 7} weeks"),
        (hours < 24 * 730, f"{hours // 24 // 30} months"),
    ):
        if limit:
            return said
    return f"{int(nanoseconds / SECOND / 3600) // 24 // 365} years"
