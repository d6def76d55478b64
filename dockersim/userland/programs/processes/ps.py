"""ps, in procps's way, and where busybox's takes over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.processes.busybox import busybox_ps
from dockersim.userland.programs.processes.columns import ALIASES, parse_columns, table
from dockersim.userland.programs.processes.facts import (
    clock,
    command,
    everybody,
    memory_percent,
    minutes,
    percent,
    screen_width,
    short_user,
    started,
    state,
    tty,
)

_ORDER: dict[str, Callable[[Process], Any]] = {
    "pid": lambda one: one.pid,
    "ppid": lambda one: one.ppid,
    "rss": lambda one: one.memory,
    "vsz": lambda one: one.memory,
    "pmem": lambda one: one.memory,
    "pcpu": percent,
    "time": lambda one: one.cpu,
    "comm": lambda one: one.name,
    "start": lambda one: one.started,
}
"""What ``--sort`` can go by."""
_LONG = "state uid pid ppid c pri nice vsz tty time comm".split()


def ps(p: Process) -> int:
    if is_busybox(p):
        return busybox_ps(p)
    words = p.argv[1:]
    bsd = words and not words[0].startswith("-") and re.fullmatch("[aAxuewfjlgh]+", words[0])
    if bsd:
        letters = words[0]
        p.argv = [p.argv[0], *words[1:]]
    else:
        letters = ""
    options = parse(
        p, "AaedfFlo:p:C:u:U:xhHjtg:ywN", "pid:=p ppid: sort: no-headers=h forest=H format:=o user:=u headers help?"
    )
    rows = _selected(p, options, letters)
    if "sort" in options:
        rows = _ordered(rows, options.get("sort"))
    if "o" in options:
        wanted = parse_columns(p, options.all("o"))
        titled = not all(title == "" for _, title in wanted)
        p.out(table(p, wanted, rows, "h" not in options and titled))
    elif "u" in letters:
        p.out(_aux(p, rows))
    elif "f" in options or "F" in options:
        p.out(_full(p, rows))
    elif letters:
        p.out(_bsd(p, rows))
    elif "l" in options:
        p.out(table(p, [(name, None) for name in _LONG], rows))
    else:
        p.out(_simple(p, rows))
    return 0 if rows else 1


def _selected(p: Process, options: Options, letters: str) -> list[Process]:
    rows = everybody(p)
    if "p" in options or options.operands:
        numbers = set(re.split("[ ,]", " ".join([*options.all("p"), *options.operands])))
        return [one for one in rows if str(one.pid) in numbers]
    if "ppid" in options:
        return [one for one in rows if str(one.ppid) in re.split("[ ,]", options.get("ppid"))]
    if "C" in options:
        return [one for one in rows if one.name[:15] in options.get("C").split(",")]
    if options.any("u U"):
        names = (options.get("u") or options.get("U")).split(",")
        return [one for one in rows if users.user_name(p.vfs, one.cred.uid) in names or str(one.cred.uid) in names]
    if options.any("A e") or ("a" in letters and "x" in letters):
        return rows
    if "x" in letters:
        return [one for one in rows if one.cred.uid == p.cred.uid]
    if "a" in letters or "a" in options:
        return [one for one in rows if one.tty is not None]
    return [one for one in rows if one.tty is p.tty and one.cred.uid == p.cred.uid]


def _ordered(rows: list[Process], text: str) -> list[Process]:
    for key in reversed(text.split(",")):
        name = ALIASES.get(key.lstrip("+-").lower(), key.lstrip("+-").lower())
        if name in _ORDER:
            rows = sorted(rows, key=_ORDER[name], reverse=key.startswith("-"))
    return rows


def _cut(p: Process, lines: list[str]) -> str:
    limit = screen_width(p)
    return "".join(line[:limit] + "\n" for line in lines)


def _simple(p: Process, rows: list[Process]) -> str:
    lines = ["    PID TTY          TIME CMD"]
    lines += [
        f"{one.pid:>7} {tty(one):<8} {clock(one.cpu)} {one.name[:15]}{' <defunct>' if one.state == 'Z' else ''}"
        for one in rows
    ]
    return _cut(p, lines)


def _full(p: Process, rows: list[Process]) -> str:
    lines = ["UID          PID    PPID  C STIME TTY          TIME CMD"]
    for one in rows:
        name = short_user(one)
        lines.append(
            f"{name:<8} {one.pid:>7} {one.ppid:>7} {int(percent(one)):>2} "
            f"{started(one)} {tty(one):<8} {clock(one.cpu)} {command(one)}"
        )
    return _cut(p, lines)


def _aux(p: Process, rows: list[Process]) -> str:
    lines = ["USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"]
    for one in rows:
        name = short_user(one)
        size = one.memory >> 10
        lines.append(
            f"{name:<8} {one.pid:>7} {percent(one):>4.1f} "
            f"{memory_percent(one):>4.1f} {size:>6} {size:>5} {tty(one):<8} "
            f"{state(one, True):<4} {started(one)} {minutes(one):>6} {command(one)}"
        )
    return _cut(p, lines)


def _bsd(p: Process, rows: list[Process]) -> str:
    lines = ["    PID TTY      STAT   TIME COMMAND"]
    for one in rows:
        lines.append(f"{one.pid:>7} {tty(one):<8} {state(one, True):<4} {minutes(one):>6} {command(one)}")
    return _cut(p, lines)
