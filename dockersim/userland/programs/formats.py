"""How programs print sizes, modes and times. All times are UTC, in seconds since 1970."""

from __future__ import annotations

from typing import NamedTuple

DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
MONTHS = "January February March April May June July August September October November December".split()
TYPES = {
    "file": "-",
    "directory": "d",
    "symlink": "l",
    "fifo": "p",
    "char": "c",
    "block": "b",
    "socket": "s",
}
TYPE_BITS = {
    "file": 0o100000,
    "directory": 0o040000,
    "symlink": 0o120000,
    "fifo": 0o010000,
    "char": 0o020000,
    "block": 0o060000,
    "socket": 0o140000,
}


class Moment(NamedTuple):
    """A broken-down time of the Gregorian calendar. ``weekday`` counts from Sunday, ``yearday`` from 1."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int
    yearday: int


def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date_of(days: int) -> tuple[int, int, int]:
    """The date that many days after 1970-01-01."""
    era, rest = divmod(days + 719468, 146097)
    of_era = (rest - rest // 1460 + rest // 36524 - rest // 146096) // 365
    of_year = rest - (365 * of_era + of_era // 4 - of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def moment(seconds: float) -> Moment:
    """Unix time, broken down."""
    days, rest = divmod(int(seconds // 1), 86400)
    year, month, day = date_of(days)
    return Moment(
        year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 4) % 7, days - days_of(year, 1, 1) + 1
    )


def seconds_since_1970(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """Unix time of a moment."""
    return days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second


def iso_week(at: Moment) -> tuple[int, int]:
    """Year and number of the ISO 8601 week."""
    weekday = at.weekday or 7
    week = (at.yearday - weekday + 10) // 7
    if week < 1:
        before = moment(seconds_since_1970(at.year - 1, 12, 31))
        return iso_week(before)
    if week == 53 and moment(seconds_since_1970(at.year + 1, 1, 1)).weekday in (1, 2, 3, 4):
        return at.year + 1, 1
    return at.year, week


def strftime(form: str, nanoseconds: int) -> str:
    """Format unix time in nanoseconds as ``date +FORMAT`` of GNU does, in UTC and the C locale."""
    at = moment(nanoseconds // 1_000_000_000)
    out = []
    i = 0
    while i < len(form):
        if form[i] != "%":
            out.append(form[i])
            i += 1
            continue
        j = i + 1
        flags = ""
        while j < len(form) and form[j] in "-_0^#":
            flags += form[j]
            j += 1
        width = ""
        while j < len(form) and form[j].isdigit():
            width += form[j]
            j += 1
        colons = 0
        while j < len(form) and form[j] == ":":
            colons += 1
            j += 1
        if j < len(form) and form[j] in "EO":
            j += 1
        letter = form[j : j + 1]
        value = _field(letter, at, nanoseconds, colons, width) if letter else None
        out.append(form[i : j + 1] if value is None else _flagged(value, letter, flags, width))
        i = j + 1
    return "".join(out)


def _flagged(value: str, letter: str, flags: str, width: str) -> str:
    if "^" in flags:
        value = value.upper()
    if "#" in flags:
        value = value.lower() if letter in "pZ" else value.upper()
    numeric = value.lstrip().isdigit() and letter not in "N"
    if numeric and ("-" in flags or "_" in flags or "0" in flags or width):
        natural = len(value)
        value = value.lstrip(" 0") or "0"
        if "-" in flags:
            return value
        fill = " " if "_" in flags or (letter in "ekl" and "0" not in flags) else "0"
        return value.rjust(max(natural, int(width or 0)), fill)
    if width and letter != "N":
        return value.rjust(int(width), "0" if "0" in flags else " ")
    return value


def _field(letter: str, at: Moment, nanoseconds: int, colons: int, width: str) -> str | None:
    if letter == "z":
        return ("+0000", "+00:00", "+00:00:00", "+00")[min(colons, 3)]
    if letter == "N":
        return f"{nanoseconds % 1_000_000_000:09d}"[: int(width or 9)]
    whole = {
        "c": "%a %b %e %H:%M:%S %Y",
        "D": "%m/%d/%y",
        "F": "%Y-%m-%d",
        "R": "%H:%M",
        "r": "%I:%M:%S %p",
        "T": "%H:%M:%S",
        "X": "%H:%M:%S",
        "x": "%m/%d/%y",
        "h": "%b",
    }.get(letter)
    if whole:
        return strftime(whole, nanoseconds)
    hour = at.hour % 12 or 12
    week = iso_week(at) if letter in "gGV" else (0, 0)
    plain = {
        "%": "%",
        "n": "\n",
        "t": "\t",
        "a": DAYS[at.weekday][:3],
        "A": DAYS[at.weekday],
        "b": MONTHS[at.month - 1][:3],
        "B": MONTHS[at.month - 1],
        "C": f"{at.year // 100:02d}",
        "d": f"{at.day:02d}",
        "e": f"{at.day:2d}",
        "g": f"{week[0] % 100:02d}",
        "G": f"{week[0]}",
        "H": f"{at.hour:02d}",
        "I": f"{hour:02d}",
        "j": f"{at.yearday:03d}",
        "k": f"{at.hour:2d}",
        "l": f"{hour:2d}",
        "m": f"{at.month:02d}",
        "M": f"{at.minute:02d}",
        "p": "PM" if at.hour >= 12 else "AM",
        "P": "pm" if at.hour >= 12 else "am",
        "q": str((at.month + 2) // 3),
        "s": str(nanoseconds // 1_000_000_000),
        "S": f"{at.second:02d}",
        "u": str(at.weekday or 7),
        "U": f"{(at.yearday + 6 - at.weekday) // 7:02d}",
        "V": f"{week[1]:02d}",
        "w": str(at.weekday),
        "W": f"{(at.yearday + 6 - (at.weekday - 1) % 7) // 7:02d}",
        "y": f"{at.year % 100:02d}",
        "Y": str(at.year),
        "Z": "UTC",
    }
    return plain.get(letter)


def mode_string(kind: str, mode: int) -> str:
    """``drwxr-xr-x``."""
    out = [TYPES.get(kind, "?")]
    for shift, special, letter in ((6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")):
        bits = mode >> shift & 7
        out.append("r" if bits & 4 else "-")
        out.append("w" if bits & 2 else "-")
        execute = bool(bits & 1)
        if mode & special:
            out.append(letter if execute else letter.upper())
        else:
            out.append("x" if execute else "-")
    return "".join(out)


def human(size: float, base: int = 1024) -> str:
    """``ls -h``: three figures at most, rounded up: ``512``, ``1.5K``, ``12M``."""
    if size < base:
        return str(int(size))
    units = "KMGTPE" if base == 1024 else "kMGTPE"
    value = float(size)
    unit = -1
    while value >= base and unit < len(units) - 1:
        value /= base
        unit += 1
    tenths = -int(-value * 10 // 1)
    if tenths < 100:
        return f"{tenths // 10}.{tenths % 10}{units[unit]}"
    whole = -int(-value // 1)
    if whole >= base and unit < len(units) - 1:
        return f"1.0{units[unit + 1]}"
    return f"{whole}{units[unit]}"


def human_busybox(size: int) -> str:
    """``ls -h`` of busybox: one decimal below 10 of a unit, rounded to the nearest."""
    if size < 1024:
        return str(size)
    unit = 0
    value, frac = size, 0
    units = " KMGTPE"
    while value >= 1024 and unit < len(units) - 1:
        frac = (value % 1024 * 10 + 512) // 1024
        value //= 1024
        unit += 1
    if frac >= 10:
        value += 1
        frac = 0
    return f"{value}.{frac}{units[unit]}"
