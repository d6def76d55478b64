"""The columns that ``ps -o`` can show."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.options import is_busybox
from dockersim.userland.programs.processes.facts import (
    clock,
    command,
    elapsed,
    memory_percent,
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
    "sid": ("SID", True, 7, lambda one: str(one.group.pid)),
    "user": ("USER", False, 8, short_user),
    "uid": ("UID", True, 5, lambda one: str(one.cred.uid)),
    "group": ("GROUP", False, 8, lambda one: users.group_name(one.names, one.cred.gid)),
    "comm": ("COMMAND", False, 15, lambda one: one.name[:15]),
    "args": ("COMMAND", False, 27, command),
    "tty": ("TT", False, 8, tty),
    "time": ("TIME", True, 8, lambda one: clock(one.cpu)),
    "etime": ("ELAPSED", True, 11, elapsed),
    "etimes": ("ELAPSED", True, 7, lambda one: str(int(one.sim.now - one.started))),
    "stat": ("STAT", False, 4, lambda one: state(one, True)),
    "state": ("S", False, 1, lambda one: state(one, False)),
    "rss": ("RSS", True, 5, lambda one: str(one.memory >> 10)),
    "vsz": ("VSZ", True, 6, lambda one: str(one.memory >> 10)),
    "pcpu": ("%CPU", True, 4, lambda one: f"{percent(one):.1f}"),
    "pmem": ("%MEM", True, 4, lambda one: f"{memory_percent(one):.1f}"),
    "c": ("C", True, 2, lambda one: str(int(percent(one)))),
    "nice": ("NI", True, 3, lambda one: "0"),
    "pri": ("PRI", True, 3, lambda one: "19"),
    "stime": ("STIME", True, 5, started),
    "start": ("STARTED", True, 8, started),
    "lstart": (
        "STARTED",
        True,
        24,
        lambda one: strftime("%a %b %e %H:%M:%S %Y", one.sim.start_ns + int(one.started * 1e9)),
    ),
    "wchan": ("WCHAN", False, 6, lambda one: "-"),
}
ALIASES = {
    "cmd": "args",
    "command": "args",
    "ucmd": "comm",
    "ruser": "user",
    "euser": "user",
    "uname": "user",
    "tt": "tty",
    "tname": "tty",
    "%cpu": "pcpu",
    "%mem": "pmem",
    "ni": "nice",
    "s": "state",
    "vsize": "vsz",
    "rssize": "rss",
    "cputime": "time",
    "bsdstart": "start",
    "euid": "uid",
    "ruid": "uid",
    "egroup": "group",
    "start_time": "stime",
    "pgrp": "pgid",
    "sess": "sid",
    "ucomm": "comm",
    "fname": "comm",
}


def table(p: Process, wanted: list[tuple[str, str | None]], rows: list[Process], headers: bool = True) -> str:
    chosen = []
    for name, title in wanted:
        header, right, least, value = COLUMNS[name]
        shown = header if title is None else title
        width = max([least, len(shown), *(len(value(row)) for row in rows)]) if name not in ("args",) else 0
        chosen.append((shown, right, width, value))
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


def parse_columns(p: Process, texts: list[str]) -> list[tuple[str, str | None]]:
    wanted: list[tuple[str, str | None]] = []
    for text in texts:
        for part in re.split("[ ,]", text) if "=" not in text else text.split(","):
            name, equals, title = part.partition("=")
            name = ALIASES.get(name.lower(), name.lower())
            if name not in COLUMNS:
                if is_busybox(p):
                    p.fail(
                        f"bad -o argument '{part}', supported arguments: "
                        f"user,group,comm,args,pid,ppid,pgid,tty,vsz,sid,stat,rss"
                    )
                    p.exit(1)
                p.err(f'error: unknown user-defined format specifier "{part}"\n\nUsage:\n ps [options]\n\n')
                p.err(
                    " Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help "
                    "<s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n"
                )
                p.exit(1)
            wanted.append((name, title if equals else None))
    return wanted
