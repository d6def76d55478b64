"""Instants, in nanoseconds since 1970 UTC, as Go writes and reads them. The host's clock and zone play no part."""

from __future__ import annotations

import re

from dockersim.units.duration import SECOND
from dockersim.units.strconv import quote

_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Thursday Friday Saturday Sunday Monday Tuesday Wednesday".split()
_RFC3339 = r"(?a)(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,}))?)?)?([Zz]|[+-]\d\d:\d\d)?"
# Go's zero time, which Docker sends for "never".
ZERO = -62135596800 * SECOND


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day number (the proleptic Gregorian calendar, any year)."""
    days += 719468
    era, day_of_era = divmod(days, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def parts(instant: int) -> tuple[int, int, int, int, int, int, int]:
    """Year, month, day, hour, minute, second and nanosecond."""
    seconds, nanoseconds = divmod(instant, SECOND)
    days, rest = divmod(seconds, 86400)
    return (*_civil(days), rest // 3600, rest // 60 % 60, rest % 60, nanoseconds)


def rfc3339nano(instant: int) -> str:
    """``2006-01-02T15:04:05.999999999Z``: trailing zeros of the fraction are left out."""
    year, month, day, hour, minute, second, nanoseconds = parts(instant)
    fraction = f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{fraction}Z"


def rfc3339nano_fixed(instant: int) -> str:
    """The same with all nine digits, which log lines and events carry."""
    year, month, day, hour, minute, second, nanoseconds = parts(instant)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{nanoseconds:09d}Z"


def rfc3339(instant: int) -> str:
    """Whole seconds: ``2006-01-02T15:04:05Z``."""
    return rfc3339nano(instant - instant % SECOND)


def go_string(instant: int, fraction: bool = False) -> str:
    """``time.Time.String`` in UTC: ``2006-01-02 15:04:05 +0000 UTC``; tables print it without the fraction."""
    text = rfc3339nano(instant if fraction else instant - instant % SECOND)
    return f"{text[:-1].replace('T', ' ')} +0000 UTC"


def ansic(instant: int) -> str:
    """``Mon Jan _2 15:04:05 2006``, as `docker version` prints build times."""
    return layout(instant, "Mon Jan _2 15:04:05 2006")


def layout(instant: int, form: str) -> str:
    """``time.Time.Format`` in UTC: ``form`` shows how Go's reference time, ``Mon Jan 2 15:04:05 2006``, would look."""
    year, month, day, hour, minute, second, nanoseconds = parts(instant)
    weekday = _DAYS[instant // SECOND // 86400 % 7]
    of_year = days(year, month, day) - days(year, 1, 1) + 1
    shown = {
        "2006": f"{year:04d}", "06": f"{year % 100:02d}",
        "January": _MONTHS[month - 1], "Jan": _MONTHS[month - 1][:3], "01": f"{month:02d}", "1": f"{month}",
        "Monday": weekday, "Mon": weekday[:3],
        "002": f"{of_year:03d}", "__2": f"{of_year:3d}", "02": f"{day:02d}", "_2": f"{day:2d}", "2": f"{day}",
        "15": f"{hour:02d}", "03": f"{hour % 12 or 12:02d}", "3": f"{hour % 12 or 12}",
        "PM": "PM" if hour >= 12 else "AM", "pm": "pm" if hour >= 12 else "am",
        "04": f"{minute:02d}", "4": f"{minute}", "05": f"{second:02d}", "5": f"{second}",
        "MST": "UTC", "Z0700": "Z", "Z07:00": "Z", "Z07": "Z", "-0700": "+0000", "-07:00": "+00:00", "-07": "+00",
    }  # fmt: skip

    def one(match: re.Match[str]) -> str:
        part = match[0]
        if part in shown:
            return shown[part]
        digits = f"{nanoseconds:09d}"[: len(part) - 1]
        if part[1] == "0":
            return part[0] + digits
        return (part[0] + digits).rstrip("0").rstrip(".,")

    names = sorted(shown, key=len, reverse=True)
    return re.sub(rf"[.,](?:0+|9+)(?!\d)|{'|'.join(map(re.escape, names))}", one, form)


def parse_rfc3339(text: str) -> int:
    """An instant from ``2006-01-02[T15:04[:05[.9]]][Z|+hh:mm]``; without a zone it is UTC. Raises ``ValueError``."""
    match = re.fullmatch(_RFC3339, text)
    if match is None:
        layout = "2006-01-02T15:04:05" if "T" in text else "2006-01-02"
        raise ValueError(f'parsing time {quote(text)} as "{layout}": cannot parse {quote(text)} as "2006"')
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    for good, what in (
        (1 <= month <= 12, "month"),
        (1 <= day <= last_day(year, month), "day"),
        (hour < 24, "hour"),
        (minute < 60, "minute"),
        (second < 60, "second"),
    ):
        if not good:
            raise ValueError(f"parsing time {quote(text)}: {what} out of range")
    zone = match[8] or "Z"
    offset = 0 if zone in "Zz" else (int(zone[1:3]) * 3600 + int(zone[4:]) * 60) * (-1 if zone[0] == "-" else 1)
    seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    return seconds * SECOND + int((match[7] or "0")[:9].ljust(9, "0"))


def last_day(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
