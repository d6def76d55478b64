"""RFC 3339 instants, as images carry them, to unix nanoseconds."""

from __future__ import annotations

import re

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))",
)


def days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar."""
    shifted = year - (month <= 2)
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def nanoseconds(text: str) -> int:
    """Unix nanoseconds of an RFC 3339 instant; 0 for a text that is none, and for Go's zero time."""
    found = _FORM.fullmatch(text)
    if found is None or text.startswith("0001-01-01"):
        return 0
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    offset = 0
    if found[8]:
        offset = (int(found[9]) * 3600 + int(found[10]) * 60) * (1 if found[8] == "+" else -1)
    seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 1_000_000_000 + int((found[7] or "0").ljust(9, "0"))
