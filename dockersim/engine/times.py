"""Instants as the engine writes them: unix nanoseconds to text."""

from __future__ import annotations

import re
from functools import lru_cache

from dockersim.errors import InvalidParameter

SECOND = 1_000_000_000
ZERO = "0001-01-01T00:00:00Z"
DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4096)
def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01 (the proleptic Gregorian calendar)."""
    shifted = days + 719_468
    era = shifted // 146_097
    day_of_era = shifted - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_index + 2) // 5 + 1
    month = month_index + 3 if month_index < 10 else month_index - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def rfc3339(nanoseconds: int) -> str:
    """``2026-01-12T09:00:00.123456789Z``, trailing zeros cut as Go's RFC3339Nano cuts them; 0 is Go's zero time."""
    if not nanoseconds:
        return ZERO
    text = _seconds(nanoseconds // SECOND)
    fraction = nanoseconds % SECOND
    return f"{text}.{fraction:09d}".rstrip("0") + "Z" if fraction else text + "Z"


def rfc3339_fixed(nanoseconds: int) -> str:
    """The same with all nine digits, as log lines have it."""
    return f"{_seconds(nanoseconds // SECOND)}.{nanoseconds % SECOND:09d}Z"


@lru_cache(maxsize=4096)
def _seconds(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    year, month, day = civil(days)
    return f"{year:04d}-{month:02d}-{day:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


@lru_cache(maxsize=64)
def http_date(seconds: int) -> str:
    """``Mon, 12 Jan 2026 09:00:00 GMT`` for a ``Date`` header."""
    days, rest = divmod(seconds, 86_400)
    year, month, day = civil(days)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{DAYS[days % 7]}, {day:02d} {MONTHS[month - 1]} {year} {clock} GMT"


def timestamp(text: str) -> int:
    """``1768208400``, ``1768208400.000000001`` or RFC 3339 as unix nanoseconds; InvalidParameter for anything else."""
    whole, _, fraction = text.partition(".")
    if whole.lstrip("-").isdigit() and (fraction.isdigit() or not fraction):
        return int(whole) * SECOND + int((fraction or "0").ljust(9, "0")[:9])
    moment = _parse(text)
    if moment is None:
        raise InvalidParameter(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return moment


def _parse(text: str) -> int | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    days = days_of(year, month, day)
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    zone = found[8] or "Z"
    if zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        seconds += offset if zone[0] == "-" else -offset
    return seconds * SECOND + int((found[7] or "0").ljust(9, "0")[:9])


_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?")


def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date: the inverse of :func:`civil`."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468
