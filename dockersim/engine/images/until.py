"""The ``until`` filter: a moment as a unix time, an RFC 3339 date or a duration before now."""

from __future__ import annotations

import re

from dockersim.engine.images.moment import days, nanoseconds
from dockersim.errors import DockersimError, InvalidParameter

_UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_LOCAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d))?)?)?Z?")


def until(text: str, now: int, wrong: type[DockersimError] = InvalidParameter) -> int:
    """The moment in unix nanoseconds; ``now`` likewise. Raises ``wrong`` for what is none."""
    parts = _PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text.lstrip("+"):
        return now - round(sum(float(number) * _UNITS[unit] for number, unit in parts))
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return round(float(text) * 10**9)
    full = nanoseconds(text)
    if full:
        return full
    found = _LOCAL.fullmatch(text)
    if found is None:
        raise wrong(f'failed to parse value as time or duration: "{text}"')
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return (days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second) * 10**9
