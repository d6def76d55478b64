"""Dates and times as people type them: ``date -d``."""

from __future__ import annotations

import re

from dockersim.userland.programs.formats import DAYS, MONTHS, moment, seconds_since_1970

UNITS = {
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "fortnight": 1209600,
}
NS = 10**9
_SINCE_1970 = re.compile(r"@(-?\d+)(?:\.\d+)?$")
_DAY = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)[T ]?")
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?!\d)")
_TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(am|pm)?", re.I)
_NAMED = re.compile(r"(?:(\d\d?) +)?([A-Za-z]{3})[a-z]* *(?:(\d\d?)(?!\d|:),?)?(?: +(\d{4})\b)?")
_RELATIVE = re.compile(r"([+-]?\d+) *([a-z]+?)s?\b *(ago)?", re.I)
_ZONE = re.compile(r"Z|([+-])(\d\d):?(\d\d)")


def parse_date(text: str, now: int) -> int | None:
    """A date in words or figures, as nanoseconds of unix time; ``now`` is what relative ones start from."""
    rest = text.strip()
    if found := _SINCE_1970.match(rest):
        return int(found[1]) * NS
    instant = _Instant(now)
    while rest:
        length = instant.take(rest)
        if not length:
            return None
        rest = rest[length:].lstrip(" ,")
    return instant.nanoseconds()


class _Instant:
    """What the parts of a date have said so far; a part that nobody understands takes 0 characters."""

    def __init__(self, now: int) -> None:
        self.at = moment(now // NS)
        self.date = self.at.year, self.at.month, self.at.day
        self.time: tuple[int, int, int] | None = None
        self.shift = self.months = self.zone = 0

    def take(self, rest: str) -> int:
        """Understand what ``rest`` begins with; how many characters that was."""
        if found := _DAY.match(rest) or _DIGITS.match(rest):
            self._day(int(found[1]), int(found[2]), int(found[3]))
        elif found := _TIME.match(rest):
            hour = int(found[1]) % 12 + 12 * (found[4].lower() == "pm") if found[4] else int(found[1])
            self.time = hour, int(found[2]), int(found[3] or 0)
        elif found := _NAMED.match(rest):
            return self._named(found, rest)
        elif found := _RELATIVE.match(rest):
            return self._relative(found)
        elif (found := _ZONE.match(rest)) and found[1]:
            self.zone = (int(found[2]) * 60 + int(found[3])) * 60 * (1 if found[1] == "+" else -1)
        return found.end() if found else 0

    def nanoseconds(self) -> int | None:
        """The whole; ``None`` where there is no such day or time."""
        year, month = divmod(self.date[0] * 12 + self.date[1] - 1 + self.months, 12)
        clock = self.time if self.time is not None else (self.at.hour, self.at.minute, self.at.second)
        possible = 1 <= self.date[1] <= 12 and 1 <= self.date[2] <= 31
        if not (possible and clock[0] < 24 and clock[1] < 60 and clock[2] <= 60):
            return None
        return (seconds_since_1970(year, month + 1, self.date[2], *clock) + self.shift - self.zone) * NS

    def _day(self, year: int, month: int, day: int) -> None:
        self.date = year, month, day
        self.time = self.time or (0, 0, 0)

    def _named(self, found: re.Match[str], rest: str) -> int:
        """``12 Jan 2026``, ``Jan 12``, or a word."""
        names = [month[:3].lower() for month in MONTHS]
        if found[2].lower() in names and (found[1] or found[3]):
            self._day(int(found[4] or self.at.year), names.index(found[2].lower()) + 1, int(found[1] or found[3]))
            return found.end()
        step = _word(rest, self.at.weekday)
        if step is None:
            return 0
        word, kind, amount = step
        if kind == "midnight":
            self.time = (0, 0, 0)
        if kind == "month":
            self.months += amount
        else:
            self.shift += amount
        return word.end()

    def _relative(self, found: re.Match[str]) -> int:
        """``3 days ago``, ``+1 month``."""
        amount = int(found[1]) * (-1 if found[3] else 1)
        unit = found[2].lower()
        if unit in ("month", "year"):
            self.months += amount * (12 if unit == "year" else 1)
        elif unit in UNITS:
            self.shift += amount * UNITS[unit]
        else:
            return 0
        return found.end()


def _word(rest: str, weekday: int) -> tuple[re.Match[str], str, int] | None:
    """What a word such as ``yesterday``, ``next week`` or ``monday`` adds."""
    found = re.match(r"(now|today|yesterday|tomorrow|midnight|utc|gmt)\b", rest, re.I)
    if found:
        word = found[1].lower()
        return found, word, {"yesterday": -86400, "tomorrow": 86400}.get(word, 0)
    found = re.match(r"(next|last) +([a-z]+)\b", rest, re.I)
    if found and found[2].lower() in (*UNITS, "month", "year"):
        sign = 1 if found[1].lower() == "next" else -1
        unit = found[2].lower()
        if unit in ("month", "year"):
            return found, "month", sign * (12 if unit == "year" else 1)
        return found, unit, sign * UNITS[unit]
    found = re.match(r"(?:next +)?([a-z]{3})[a-z]*", rest, re.I)
    if found:
        names = [day[:3].lower() for day in DAYS]
        if found[1].lower() in names:
            return found, "midnight", (names.index(found[1].lower()) - weekday) % 7 * 86400
    return None
