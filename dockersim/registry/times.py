"""Simulated instants as the registry writes them."""

from __future__ import annotations

from dockersim.sim import Simulation


def rfc3339(sim: Simulation) -> str:
    """The present instant, in UTC, as Go's ``time.RFC3339Nano`` writes it."""
    seconds, fraction = divmod(sim.nanoseconds(), 1_000_000_000)
    days, second = divmod(seconds, 86_400)
    year, month, day = _civil(days)
    tail = f".{fraction:09d}".rstrip("0") if fraction else ""
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}{tail}Z"
    return f"{year:04d}-{month:02d}-{day:02d}T{clock}"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day counted from 1970-01-01, in years that begin in March."""
    era, in_era = divmod(days + 719_468, 146_097)
    year = (in_era - in_era // 1_460 + in_era // 36_524 - in_era // 146_096) // 365
    in_year = in_era - (365 * year + year // 4 - year // 100)
    march_month = (5 * in_year + 2) // 153
    day = in_year - (153 * march_month + 2) // 5 + 1
    month = march_month + 3 if march_month < 10 else march_month - 9
    return year + era * 400 + (month <= 2), month, day
