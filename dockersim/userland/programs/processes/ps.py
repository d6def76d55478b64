"""ps, in procps's way, and where busybox's takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox
from dockersim.userland.programs.processes.arguments import Asked, Wrong, read
from dockersim.userland.programs.processes.busybox import busybox_ps
from dockersim.userland.programs.processes.columns import ALIASES, Wanted, table
from dockersim.userland.programs.processes.facts import everybody, percent

_ORDER: dict[str, Callable[[Process], Any]] = {
    "pid": lambda one: one.pid,
    "ppid": lambda one: one.ppid,
    "rss": lambda one: one.memory,
    "vsz": lambda one: one.memory,
    "pmem": lambda one: one.memory,
    "pcpu": percent,
    "time": lambda one: one.cpu,
    "comm": lambda one: one.name,
    "cmd": lambda one: one.name,
    "args": lambda one: one.argv,
    "start": lambda one: one.started,
    "uid": lambda one: one.cred.uid,
    "user": lambda one: one.cred.uid,
}
"""What ``--sort`` can go by."""
_BSD = {
    "u": "user pid pcpu pmem vsz rss tname stat bsdstart bsdtime args",
    "j": "ppid pid pgid sid tname tpgid stat uid bsdtime args",
    "l": "f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args",
    "v": "pid tname stat bsdtime majflt trs drs rss pmem args",
    "": "pid tname stat bsdtime args",
}
_LONG = "f s uid pid ppid c opri ni addrsz wchan tname time cmdname"
_VERSION = "ps from procps-ng 4.0.4\n"
_TRY_HELP = (
    "\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help "
    "<s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n"
)


def ps(p: Process) -> int:
    if is_busybox(p):
        return busybox_ps(p)
    try:
        asked = read(p.argv[1:], lambda name: users.account(p.vfs, name) is not None)
        rows = _ordered(_selected(p, asked), asked.sort)
    except Wrong as wrong:
        p.err(f"error: {wrong}{_TRY_HELP}")
        return 1
    if asked.page:
        p.out(_VERSION if asked.page == "version" else _TRY_HELP)
        return 0
    wanted = asked.columns or _format(asked)
    titled = asked.headers and any(title != "" for _, title in wanted)
    p.out(table(p, wanted, rows, titled, environment=asked.environment, forest=asked.forest))
    return 0 if rows else 1


def _format(asked: Asked) -> list[Wanted]:
    """The columns of a format that has no ``-o``."""
    styles = asked.styles
    if asked.bsd:
        names = _BSD[next((letter for letter in "ujlv" if letter in styles), "")]
    elif "l" in styles:
        names = _LONG.replace("f s", "s").replace("addrsz", "rss sz") if "y" in styles else _LONG
        names = names.replace("tname time cmdname", "stime tname time cmd") if "f" in styles else names
    elif "F" in styles:
        names = "uname pid ppid c sz rss psr stime tname time cmd"
    elif "f" in styles:
        names = "uname pid ppid c stime tname time cmd"
    else:
        names = "pid tname time cmdname"
        names = names.replace("pid", "pid pgid sid") if "j" in styles else names
    if "c" in styles:
        names = names.replace(" c ", " cls pri ") if " c " in names else names.replace("tname", "cls pri tname")
    if "L" in styles:
        names = names.replace("ppid c", "ppid lwp c nlwp") if "ppid c" in names else names.replace("pid", "pid lwp", 1)
    if "T" in styles:
        names = names.replace("ppid", "ppid spid") if "ppid" in names else names.replace("pid", "pid spid", 1)
    return [(name, None) for name in (["label"] if "M" in styles else []) + names.split()]


def _selected(p: Process, asked: Asked) -> list[Process]:
    found = [one for one in everybody(p) if _is_meant(p, asked, one) != asked.negated]
    return [one for one in found if one.state == "R"] if asked.running else found


def _is_meant(p: Process, asked: Asked, one: Process) -> bool:
    if asked.every or any(_is_listed(p, kind, values, one) for kind, values in asked.lists):
        return True
    if asked.lists and not (asked.with_terminal or asked.without_terminal):
        return False
    if asked.with_terminal and asked.without_terminal:
        return True
    if asked.with_terminal:
        return one.tty is not None
    return one.cred.uid == p.cred.uid and (asked.without_terminal or one.tty is p.tty)


def _is_listed(p: Process, kind: str, values: list[str], one: Process) -> bool:
    have: dict[str, Callable[[], tuple[str, ...]]] = {
        "pid": lambda: (str(one.pid),),
        "ppid": lambda: (str(one.ppid),),
        "pgid": lambda: (str(one.group.pid),),
        "sid": lambda: (str(one.group.pid),),
        "comm": lambda: (one.name[:15],),
        "user": lambda: (str(one.cred.uid), users.user_name(p.vfs, one.cred.uid)),
        "group": lambda: (str(one.cred.gid), users.group_name(p.vfs, one.cred.gid)),
        "tty": lambda: (one.tty.name.removeprefix("/dev/"), one.tty.name) if one.tty is not None else (),
    }
    return any(value in have[kind]() for value in values)


def _ordered(rows: list[Process], keys: list[str]) -> list[Process]:
    for key in reversed(keys):
        name = key.lstrip("+-").lower()
        name = ALIASES.get(name, name)
        if name not in _ORDER:
            raise Wrong("unknown sort specifier")
        rows = sorted(rows, key=_ORDER[name], reverse=key.startswith("-"))
    return rows
