"""What there is to say of a process, in the words that ps and top share."""

from __future__ import annotations

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import moment, strftime


def everybody(p: Process) -> list[Process]:
    """All processes that can be seen, by number."""
    return p.computer.pids.everybody()


def command(one: Process) -> str:
    """The command line as ps shows it."""
    if one.state == "Z":
        return f"[{one.name}] <defunct>"
    return " ".join(argument.replace("\n", " ") for argument in one.argv) or f"[{one.name}]"


def tty(one: Process) -> str:
    """The terminal, or ``?``."""
    return one.tty.name.removeprefix("/dev/") if one.tty is not None else "?"


def clock(seconds: float) -> str:
    """``seconds`` as ``HH:MM:SS``."""
    return f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"


def minutes(one: Process) -> str:
    """Its CPU time as ``M:SS``."""
    return f"{int(one.cpu) // 60}:{int(one.cpu) % 60:02}"


def started(one: Process) -> str:
    """When it started: the time of today, else the day."""
    at = int(one.sim.start_ns // 10**9 + one.started)
    now = int(one.sim.time())
    return strftime("%H:%M" if now - at < 86400 and moment(at).day == moment(now).day else "%b%d", at * 10**9)


def state(one: Process, detailed: bool) -> str:
    """The letter of its state; ``detailed``: with ``s`` (leads a session) and ``+`` (in the foreground)."""
    state: str = one.state
    if not detailed:
        return state
    leader = "s" if one.leads or one.pid == 1 else ""
    front = "+" if one.in_front else ""
    return state + leader + front


def elapsed(one: Process) -> str:
    """How long ago it started, as ``[HH:]MM:SS``."""
    span = int(one.sim.now - one.started)
    hours = span // 3600
    return f"{hours:02}:{span // 60 % 60:02}:{span % 60:02}" if hours else f"{span // 60:02}:{span % 60:02}"


def percent(one: Process) -> float:
    """Its share of one CPU since it started, in percent."""
    span = max(one.sim.now - one.started, 1e-9)
    return min(100.0, 100 * one.cpu / span) if one.cpu > 0.005 else 0.0


def memory_percent(one: Process) -> float:
    """Its share of the memory, in percent."""
    return 100 * one.memory / one.computer.kernel.memory


def short_user(one: Process) -> str:
    """The user's name in the eight columns that ps has for it."""
    name = users.user_name(one.names, one.cred.uid)
    return name if len(name) <= 8 else name[:7] + "+"


def screen_width(p: Process) -> int:
    """How long a line may be: as wide as the terminal, and without one as long as it likes."""
    return p.tty.columns if p.isatty(1) and p.tty is not None else 1 << 30
