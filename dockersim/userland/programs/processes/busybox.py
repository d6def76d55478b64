"""ps in busybox's way."""

from __future__ import annotations

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.processes.columns import COLUMNS, parse_columns
from dockersim.userland.programs.processes.facts import command, everybody, minutes, screen_width, state

WIDTHS = {
    "user": 8, "group": 8, "comm": 16, "args": 0, "pid": 5, "ppid": 5, "pgid": 5, "tty": 6, "vsz": 4, "stat": 4,
    "rss": 4, "time": 6, "etime": 7,
}  # fmt: skip
"""Widths of the columns of ``-o``; 5 for the others."""


def _arguments(one: Process) -> str:
    return command(one) if one.state != "Z" else f"[{one.name}]"


def _state(one: Process) -> str:
    return state(one, False)


OWN = {"args": _arguments, "stat": _state}
"""Columns that show something else than procps's."""


def busybox_ps(p: Process) -> int:
    """``ps [-o COL1,COL2=HEADER]``: all processes, whatever the other options say."""
    options = parse(p, "o:TlwefaxuA")
    if "o" in options:
        try:
            wanted = [column for text in options.all("o") for column in parse_columns(text)]
        except KeyError as unknown:
            known = "user,group,comm,args,pid,ppid,pgid,tty,vsz,sid,stat,rss"
            return p.fail(f"bad -o argument '{unknown.args[0]}', supported arguments: {known}")
        p.out(_chosen(p, wanted))
        return 0
    p.out("PID   USER     TIME  COMMAND\n")
    limit = screen_width(p)
    for one in everybody(p):
        name = users.user_name(p.vfs, one.cred.uid)
        line = f"{one.pid:>5} {name:<8.8} {minutes(one):>5} {_arguments(one)}"
        p.out(line[:limit] + "\n")
    return 0


def _chosen(p: Process, wanted: list[tuple[str, str | None]]) -> str:
    lines = []
    for row in [None, *everybody(p)]:
        cells = []
        for name, title in wanted:
            header, right, _, value = COLUMNS[name]
            value = OWN.get(name, value)
            header = title if title is not None else "TT" if name == "tty" else header
            text = header if row is None else value(row)
            width = WIDTHS.get(name, 5)
            cells.append(text.rjust(width) if right and row is not None else text.ljust(width))
        lines.append(" ".join(cells).rstrip() + "\n")
    return "".join(lines)
