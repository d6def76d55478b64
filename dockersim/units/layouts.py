"""Go's ``time.Parse`` for the layouts of docker's ``--since``, ``--until`` and ``until=``; the zone is UTC where none
is said. Errors are ``ValueError`` in Go's words."""

from __future__ import annotations

import re

from dockersim.units.duration import SECOND, parse_duration
from dockersim.units.strconv import quote
from dockersim.units.time import days, last_day

_PARTS = re.compile(r"2006|01|02|15|04|05|\.999999999|Z07:00")
_NAMES = {"2006": "year", "01": "month", "02": "day", "15": "hour", "04": "minute", "05": "second"}
_RANGES = {"month": range(1, 13), "hour": range(24), "minute": range(60), "second": range(60)}
_FRACTION = re.compile(r"[.,](\d+)", re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)


class _Bad(Exception):
    """What stands here is not what the layout has here."""


def parse(text: str, layout: str) -> int:
    """The instant, in nanoseconds since 1970, that ``text`` writes as ``layout`` shows."""
    rest, at = text, 0
    numbers = {"year": 0, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "nano": 0, "zone": 0}
    for match in _PARTS.finditer(layout):
        rest = _skip(text, layout, rest, layout[at : match.start()])
        try:
            taken, rest = _take(rest, match[0])
        except _Bad:
            raise _misread(text, layout, rest, match[0]) from None
        for name, value in taken.items():
            if value not in _RANGES.get(name, (value,)):
                raise ValueError(f"parsing time {quote(text)}: {name} out of range")
        numbers |= taken
        at = match.end()
    rest = _skip(text, layout, rest, layout[at:])
    if rest:
        raise ValueError(f"parsing time {quote(text)}: extra text: {quote(rest)}")
    return _instant(text, numbers)


def _instant(text: str, numbers: dict[str, int]) -> int:
    year, month, day = numbers["year"], numbers["month"], numbers["day"]
    if not 1 <= day <= last_day(year, month):
        raise ValueError(f"parsing time {quote(text)}: day out of range")
    of_day = numbers["hour"] * 3600 + numbers["minute"] * 60 + numbers["second"]
    return (days(year, month, day) * 86400 + of_day - numbers["zone"]) * SECOND + numbers["nano"]


def _misread(text: str, layout: str, rest: str, part: str) -> ValueError:
    return ValueError(f"parsing time {quote(text)} as {quote(layout)}: cannot parse {quote(rest)} as {quote(part)}")


def _skip(text: str, layout: str, rest: str, prefix: str) -> str:
    if not rest.startswith(prefix):
        raise _misread(text, layout, rest, prefix)
    return rest[len(prefix) :]


def _take(rest: str, part: str) -> tuple[dict[str, int], str]:
    """What one part of a layout takes from the text."""
    if part == "Z07:00":
        return _zone(rest)
    if part.startswith("."):
        return _fraction(rest)
    digits = 4 if part == "2006" else 2
    if part == "15" and re.match(r"\d(?!\d)", rest, re.ASCII):
        digits = 1
    if not re.match(rf"\d{{{digits}}}", rest, re.ASCII):
        raise _Bad
    found = {_NAMES[part]: int(rest[:digits])}
    rest = rest[digits:]
    if part == "05" and found["second"] < 60:
        more, rest = _fraction(rest)
        found |= more
    return found, rest


def _fraction(rest: str) -> tuple[dict[str, int], str]:
    match = _FRACTION.match(rest)
    if match is None:
        return {}, rest
    return {"nano": int(match[1][:9].ljust(9, "0"))}, rest[match.end() :]


def _zone(rest: str) -> tuple[dict[str, int], str]:
    if rest.startswith("Z"):
        return {"zone": 0}, rest[1:]
    match = _ZONE.match(rest)
    if match is None:
        raise _Bad
    offset = int(match[2]) * 3600 + int(match[3]) * 60
    return {"zone": -offset if match[1] == "-" else offset}, rest[match.end() :]


def _layout_of(text: str) -> str:
    """The layout that moby takes a text for."""
    local = not (re.search("[zZ+]", text) or text.count("-") == 3)
    zone = "" if local else "Z07:00"
    if "." in text:
        return f"2006-01-02T15:04:05.999999999{zone}"
    if "T" not in text:
        return f"2006-01-02{zone}"
    colons = text.count(":") - (not local and not re.search("[zZ]", text))
    clock = {-1: "15", 0: "15", 1: "15:04"}.get(colons, "15:04:05")
    return f"2006-01-02T{clock}{zone}"


def timestamp(text: str, now: int) -> str:
    """What ``--since`` and ``--until`` send: moby's ``GetTimestamp``, seconds (and nanoseconds) as text.

    ``text`` is an instant, seconds since 1970, or a Go duration before ``now``.
    """
    try:
        if text != "0":
            return str((now - parse_duration(text)) // SECOND)
    except ValueError:
        pass
    try:
        instant = parse(text, _layout_of(text))
    except ValueError:
        if "-" in text:
            raise
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text, re.ASCII):
            raise ValueError(f"failed to parse value as time or duration: {quote(text)}") from None
        return text
    seconds, nanoseconds = divmod(instant, SECOND)
    return f"{seconds}.{nanoseconds:09d}"
