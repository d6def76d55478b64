"""HEALTHCHECK: its test as an image's configuration has it, and its options (durations in Go's notation)."""

from __future__ import annotations

import re

from .errors import DockerfileError
from .parser import Line
from .words import quote

_UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
OPTIONS = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start-period": "StartPeriod",
    "start-interval": "StartInterval",
}
"""Flag to configuration field, of the four durations."""


def test_of(line: Line) -> tuple[str, ...]:
    """``("NONE",)``, ``("CMD", argument, ...)`` or ``("CMD-SHELL", text)``."""
    kind, *command = line.args
    kind = kind.upper()
    if kind == "NONE":
        if command:
            raise DockerfileError("HEALTHCHECK NONE takes no arguments")
        return ("NONE",)
    if kind != "CMD":
        raise DockerfileError(f"Unknown type {quote(kind)} in HEALTHCHECK (try CMD)")
    if not command:
        raise DockerfileError("Missing command after HEALTHCHECK CMD")
    return ("CMD" if line.json else "CMD-SHELL", *command)


def check_options(flags: dict[str, str]) -> dict[str, int]:
    """The options as the configuration has them: ``Interval`` ... in nanoseconds, ``Retries``; zeros left out."""
    options: dict[str, int] = {}
    for flag, field in OPTIONS.items():
        value = parse_duration(flags[flag]) if flags.get(flag) else 0
        if value and value < 10**6:
            raise DockerfileError(f"Interval {quote(flag)} cannot be less than 1ms")
        if value:
            options[field] = value
    retries = flags.get("retries", "")
    if retries:
        if not re.fullmatch(r"[+-]?\d+", retries):
            raise DockerfileError(f"strconv.ParseInt: parsing {quote(retries)}: invalid syntax")
        if not -(2**31) <= int(retries) < 2**31:
            raise DockerfileError(f"strconv.ParseInt: parsing {quote(retries)}: value out of range")
        if int(retries) < 0:
            raise DockerfileError(f"--retries cannot be negative ({int(retries)})")
        if int(retries):
            options["Retries"] = int(retries)
    return options


def parse_duration(text: str) -> int:
    """Nanoseconds of a Go duration such as ``1m30s``. Raises :class:`DockerfileError` in Go's words."""
    body = text.lstrip("+-") if text[:1] in ("+", "-") else text
    if body == "0":
        return 0
    total, at = 0.0, 0
    while at < len(body):
        part = _PART.match(body, at)
        if not part:
            raise DockerfileError(_duration_error(text, body[at:]))
        total += float(part[1]) * _UNITS[part[2]]
        at = part.end()
    if not body:
        raise DockerfileError(f"time: invalid duration {quote(text)}")
    return int(-total if text.startswith("-") else total)


def _duration_error(text: str, rest: str) -> str:
    number = re.match(r"\d+\.?\d*|\.\d+", rest)
    if not number:
        return f"time: invalid duration {quote(text)}"
    unit = re.match(r"[^\d.]*", rest[number.end() :])
    if not unit or not unit[0]:
        return f"time: missing unit in duration {quote(text)}"
    return f"time: unknown unit {quote(unit[0])} in duration {quote(text)}"


def format_duration(nanoseconds: int) -> str:
    """A duration as Go prints it: ``1m30s``, ``500ms``, ``0s``."""
    if nanoseconds < 10**9:
        for unit, size in (("ms", 10**6), ("µs", 10**3), ("ns", 1)):
            if nanoseconds >= size:
                return f"{_decimal(nanoseconds, size)}{unit}"
        return "0s"
    minutes, rest = divmod(nanoseconds, 60 * 10**9)
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(rest, 10**9)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def _decimal(value: int, size: int) -> str:
    whole, rest = divmod(value, size)
    digits = str(rest).rjust(len(str(size)) - 1, "0").rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
