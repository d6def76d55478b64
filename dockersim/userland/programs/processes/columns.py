"""The columns that ``ps -o`` can show."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.processes.facts import (
    clock,
    command,
    elapsed,
    memory_percent,
    minutes,
    percent,
    screen_width,
    short_user,
    started,
    state,
    tty,
)

Column = tuple[str, bool, int, Callable[[Process], str]]
"""Header, whether it is right-aligned, its least width, and the value."""

COLUMNS: dict[str, Column] = {
    "pid": ("PID", True, 7, lambda one: str(one.pid)),
    "ppid": ("PPID", True, 7, lambda one: str(one.ppid)),
    "pgid": ("PGID", True, 7, lambda one: str(one.group.pid)),
    "pgrp": ("PGRP", True, 7, lambda one: str(one.group.pid)),
    "sid": ("SID", True, 7, lambda one: str(one.group.pid)),
    "sess": ("SESS", True, 7, lambda one: str(one.group.pid)),
    "tpgid": ("TPGID", True, 7, lambda one: str(one.group.pid) if one.in_front else "-1"),
    "lwp": ("LWP", True, 7, lambda one: str(one.pid)),
    "spid": ("SPID", True, 7, lambda one: str(one.pid)),
    "tid": ("TID", True, 7, lambda one: str(one.pid)),
    "nlwp": ("NLWP", True, 4, lambda one: "1"),
    "thcount": ("THCNT", True, 5, lambda one: "1"),
    "user": ("USER", False, 8, short_user),
    "uname": ("UID", False, 8, short_user),
    "ruser": ("RUSER", False, 8, short_user),
    "euser": ("EUSER", False, 8, short_user),
    "uid": ("UID", True, 5, lambda one: str(one.cred.uid)),
    "euid": ("EUID", True, 5, lambda one: str(one.cred.uid)),
    "ruid": ("RUID", True, 5, lambda one: str(one.cred.uid)),
    "gid": ("GID", True, 5, lambda one: str(one.cred.gid)),
    "egid": ("EGID", True, 5, lambda one: str(one.cred.gid)),
    "rgid": ("RGID", True, 5, lambda one: str(one.cred.gid)),
    "group": ("GROUP", False, 8, lambda one: users.group_name(one.names, one.cred.gid)),
    "egroup": ("EGROUP", False, 8, lambda one: users.group_name(one.names, one.cred.gid)),
    "rgroup": ("RGROUP", False, 8, lambda one: users.group_name(one.names, one.cred.gid)),
    "comm": ("COMMAND", False, 15, lambda one: one.name[:15]),
    "ucmd": ("CMD", False, 15, lambda one: one.name[:15]),
    "cmdname": ("CMD", False, 15, lambda one: f"{one.name[:15]}{' <defunct>' if one.state == 'Z' else ''}"),
    "args": ("COMMAND", False, 27, command),
    "cmd": ("CMD", False, 27, command),
    "tty": ("TT", False, 8, tty),
    "tname": ("TTY", False, 8, tty),
    "time": ("TIME", True, 8, lambda one: clock(one.cpu)),
    "bsdtime": ("TIME", True, 6, minutes),
    "etime": ("ELAPSED", True, 11, elapsed),
    "etimes": ("ELAPSED", True, 7, lambda one: str(int(one.sim.now - one.started))),
    "stat": ("STAT", False, 4, lambda one: state(one, True)),
    "state": ("S", False, 1, lambda one: state(one, False)),
    "f": ("F", True, 1, lambda one: "0" if one.cred.uid else "4"),
    "rss": ("RSS", True, 5, lambda one: str(one.memory >> 10)),
    "vsz": ("VSZ", True, 6, lambda one: str(one.memory >> 10)),
    "sz": ("SZ", True, 5, lambda one: str(one.memory >> 12)),
    "addrsz": ("ADDR SZ", False, 7, lambda one: f"- {one.memory >> 12:>5}"),
    "majflt": ("MAJFL", True, 6, lambda one: "0"),
    "trs": ("TRS", True, 4, lambda one: "0"),
    "drs": ("DRS", True, 5, lambda one: str(one.memory >> 10)),
    "pcpu": ("%CPU", True, 4, lambda one: f"{percent(one):.1f}"),
    "pmem": ("%MEM", True, 4, lambda one: f"{memory_percent(one):.1f}"),
    "c": ("C", True, 2, lambda one: str(int(percent(one)))),
    "psr": ("PSR", True, 3, lambda one: "0"),
    "cls": ("CLS", False, 3, lambda one: "TS"),
    "nice": ("NI", True, 3, lambda one: "0"),
    "pri": ("PRI", True, 3, lambda one: "19"),
    "opri": ("PRI", True, 3, lambda one: "80"),
    "priority": ("PRI", True, 3, lambda one: "20"),
    "stime": ("STIME", True, 5, started),
    "bsdstart": ("START", True, 5, started),
    "start": ("STARTED", True, 8, started),
    "lstart": (
        "STARTED",
        True,
        24,
        lambda one: strftime("%a %b %e %H:%M:%S %Y", one.sim.start_ns + int(one.started * 1e9)),
    ),
    "wchan": ("WCHAN", False, 6, lambda one: "-"),
    "label": ("LABEL", False, 31, lambda one: "-"),
}
ALIASES = {
    "command": "args",
    "tt": "tty",
    "%cpu": "pcpu",
    "%mem": "pmem",
    "ni": "nice",
    "s": "state",
    "vsize": "vsz",
    "rssize": "rss",
    "cputime": "time",
    "start_time": "stime",
    "session": "sess",
    "ucomm": "comm",
    "fname": "comm",
    "flags": "f",
    "flag": "f",
    "class": "cls",
    "policy": "cls",
}
_LAST = frozenset(("args", "cmd"))
Wanted = tuple[str, str | None]
"""A column and the title that it has instead of its own."""


def table(
    p: Process,
    wanted: list[Wanted],
    rows: list[Process],
    headers: bool = True,
    *,
    environment: bool = False,
    forest: str = "",
) -> str:
    """The rows under their titles; with the variables behind each command, or the commands as a ``forest``, drawn with
    "lines" or by an "indent"."""
    rows, branches = _planted(rows, forest == "lines") if forest else (rows, {})
    chosen = [_chosen(name, title, rows, environment, branches) for name, title in wanted]
    lines = []
    for row in [None, *rows] if headers else rows:
        cells = []
        for number, (header, right, width, value) in enumerate(chosen):
            text = header if row is None else value(row)
            if number == len(chosen) - 1 and not right:
                cells.append(text)
            else:
                cells.append(text.rjust(width) if right else text.ljust(width))
        lines.append(" ".join(cells))
    limit = screen_width(p)
    return "".join(line[:limit].rstrip() + "\n" for line in lines)


def _chosen(
    name: str, title: str | None, rows: list[Process], environment: bool, branches: dict[int, str]
) -> tuple[str, bool, int, Callable[[Process], str]]:
    header, right, least, plain = COLUMNS[ALIASES.get(name, name)]
    value = plain
    if name in _LAST and environment:
        value = lambda one: " ".join([plain(one), *(f"{key}={text}" for key, text in one.env.items())])  # noqa: E731
    if branches and (name in _LAST or name in ("cmdname", "comm", "ucmd")):
        before = value
        value = lambda one: branches[one.pid] + before(one)  # noqa: E731
    shown = header if title is None else title
    width = 0 if name in _LAST else max([least, len(shown), *(len(value(row)) for row in rows)])
    return shown, right, width, value


def _planted(rows: list[Process], lines: bool) -> tuple[list[Process], dict[int, str]]:
    """Children below their parents, and the branch that each hangs on, by its number."""
    known = {one.pid: one for one in rows}
    children: dict[int, list[Process]] = {}
    for one in rows:
        children.setdefault(one.ppid if one.ppid in known and one.ppid != one.pid else 0, []).append(one)
    ordered: list[Process] = []
    branches: dict[int, str] = {}

    def grow(parent: int, stem: str, root: bool) -> None:
        brood = children.get(parent, [])
        for one in brood:
            ordered.append(one)
            branches[one.pid] = "" if root else f"{stem} \\_ " if lines else f"{stem}  "
            deeper = "  " if not lines else "    " if one is brood[-1] else " |  "
            grow(one.pid, "" if root else stem + deeper, False)

    grow(0, "", True)
    return ordered, branches


def parse_columns(text: str) -> list[Wanted]:
    """The columns of ``-o``. Raises KeyError with the first one that is none."""
    wanted: list[Wanted] = []
    for part in re.split("[ ,]", text) if "=" not in text else text.split(","):
        name, equals, title = part.partition("=")
        name = ALIASES.get(name.lower(), name.lower())
        if name not in COLUMNS:
            raise KeyError(part)
        wanted.append((name, title if equals else None))
    return wanted
