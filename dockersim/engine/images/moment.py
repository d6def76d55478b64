"""RFC 3339 instants, as images carry them, to unix nanoseconds."""

from __future__ import annotations

import re

from dockersim.units.time import days

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))",
)


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
