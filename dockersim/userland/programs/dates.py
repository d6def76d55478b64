"""date, cal, uptime."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland import kernelfs
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import MONTHS, days_of, moment, seconds_since_1970, strftime
from dockersim.userland.programs.instants import NS, parse_date
from dockersim.userland.programs.options import Options, extra_operand, is_busybox, parse, quoted
from dockersim.userland.programs.support import Files
from dockersim.userland.programs.usage import try_help

DEFAULT = "%a %b %e %H:%M:%S %Z %Y"


_CANNOT = {True: "can't", False: "cannot"}


def date(p: Process) -> int:
    options = parse(
        p,
        "uRd:r:s:I::D:f:",
        "utc=u universal=u rfc-email=R date:=d reference:=r set:=s iso-8601?=I rfc-3339:=3",
    )
    now, status = p.sim.nanoseconds(), 0
    operands = options.operands
    if "d" in options:
        made = parse_date(options.get("d"), now)
        if made is None:
            return p.fail(f"invalid date {quoted(options.get('d'))}")
        now = made
    if "r" in options:
        text = options.get("r")
        try:
            now = Files(p).stat(text).mtime_ns
        except FsError as error:
            if not text.isdigit() or not is_busybox(p):
                return p.fail(f"{text}: {error.strerror}")
            now = int(text) * NS
    form = _form(options)
    if operands and operands[0].startswith("+"):
        form = operands.pop(0)[1:]
    if "s" in options or operands:
        if operands and not re.fullmatch(r"\d{8,12}(\.\d\d)?", operands[0]) and "s" not in options:
            if not operands[0][:1].isdigit() and (len(operands) > 1 or form != DEFAULT):
                extra_operand(p, operands[0])
            return p.fail(f"invalid date {quoted(operands[0])}")
        made = _to_set(options.get("s") if "s" in options else operands[0], now)
        if made is None:
            return p.fail(f"invalid date {quoted(options.get('s') if 's' in options else operands[0])}")
        now = made
        status = p.fail(f"{_CANNOT[is_busybox(p)]} set date: Operation not permitted")
        status = 0 if is_busybox(p) else status
    if is_busybox(p):
        form = form.replace("%N", "%%N")
    p.out(strftime(form, now) + "\n")
    return status


def _form(options: Options) -> str:
    """The form that the options ask for."""
    if not options.any("I 3"):
        return "%a, %d %b %Y %H:%M:%S %z" if "R" in options else DEFAULT
    kind = options.get("I") or options.get("3") or "date"
    mark = " " if "3" in options else "T"
    forms = {
        "date": "%Y-%m-%d",
        "hours": f"%Y-%m-%d{mark}%H%:z",
        "minutes": f"%Y-%m-%d{mark}%H:%M%:z",
        "seconds": f"%Y-%m-%d{mark}%H:%M:%S%:z",
        "ns": f"%Y-%m-%d{mark}%H:%M:%S{'.' if '3' in options else ','}%N%:z",
    }
    return forms.get(kind, forms["date"])


def _to_set(text: str, now: int) -> int | None:
    """The instant that a clock is to be set to: a date, or ``MMDDhhmm[[CC]YY][.ss]``."""
    digits = re.fullmatch(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d{2}|\d{4})?(?:\.(\d\d))?", text)
    if digits is None:
        return parse_date(text, now)
    month, day, hour, minute, year, second = digits.groups()
    year = f"20{year}" if year and len(year) == 2 else year or strftime("%Y", now)
    return parse_date(f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}", now)


def cal(p: Process) -> int:
    operands = parse(p, "13jmy", "monday=m year=y").operands
    at = moment(p.sim.time())
    if any(not word.isdigit() for word in operands) or len(operands) > 2:
        p.fail(f"not a valid year {operands[0]}")
        try_help(p)
    year = int(operands[-1]) if operands else at.year
    months = [int(operands[0])] if len(operands) == 2 else [at.month] if not operands else list(range(1, 13))
    if not 1 <= months[0] <= 12:
        return p.fail("illegal month value: use 1-12")
    for month in months:
        p.out("\n".join(line.rstrip() for line in _month(year, month)) + "\n")
    return 0


def _month(year: int, month: int) -> list[str]:
    first = moment(seconds_since_1970(year, month, 1)).weekday
    after = days_of(year + month // 12, month % 12 + 1, 1)
    cells = ["  "] * first + [f"{day:2}" for day in range(1, after - days_of(year, month, 1) + 1)]
    weeks = [" ".join(cells[at : at + 7]) for at in range(0, len(cells), 7)]
    return [f"{MONTHS[month - 1]} {year}".center(20), "Su Mo Tu We Th Fr Sa", *weeks, *[""] * (6 - len(weeks))]


def uptime(p: Process) -> int:
    options = parse(p, "psV", "pretty=p since=s")
    up = int(kernelfs.boot_age(p.computer))
    if "s" in options:
        p.out(strftime("%Y-%m-%d %H:%M:%S\n", p.sim.nanoseconds() - up * NS))
        return 0
    days, hours, minutes = up // 86400, up // 3600 % 24, up // 60 % 60
    if "p" in options:
        parts = [
            f"{n} {word}{'s' if n != 1 else ''}"
            for n, word in ((days, "day"), (hours, "hour"), (minutes, "minute"))
            if n
        ]
        p.out("up " + ", ".join(parts) + "\n")
        return 0
    p.out(uptime_line(p) + "\n")
    return 0


def uptime_line(p: Process) -> str:
    """The first line of uptime, w and top."""
    up = int(kernelfs.boot_age(p.computer))
    days, hours, minutes = up // 86400, up // 3600 % 24, up // 60 % 60
    span = f"{days} day{'s' if days > 1 else ''}, " if days else ""
    span += f"{hours:2}:{minutes:02}" if hours else f"{minutes} min"
    load = "load average: 0.00, 0.00, 0.00"
    clock = strftime("%H:%M:%S", p.sim.nanoseconds())
    if is_busybox(p):
        return f" {clock} up {span},  {load}" if p.name == "uptime" else f" {clock} up {span}, 0 users,  {load}"
    return f" {clock} up {span},  0 users,  {load}"
