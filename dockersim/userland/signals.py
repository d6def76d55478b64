"""Signals: names, numbers and what they do to a process that has no handler (signal(7), x86)."""

from __future__ import annotations

NAMES = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU "
    "URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split()
NUMBERS = {name: number for number, name in enumerate(NAMES, 1)}
HUP, INT, QUIT, KILL, USR1, USR2, PIPE, ALRM, TERM, CHLD, CONT, STOP, TSTP, TTIN, TTOU, XCPU, WINCH = (
    NUMBERS[name]
    for name in "HUP INT QUIT KILL USR1 USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU XCPU WINCH".split()
)

IGNORED_BY_DEFAULT = frozenset(NUMBERS[name] for name in ("CHLD", "URG", "WINCH"))
STOPPING = frozenset(NUMBERS[name] for name in ("STOP", "TSTP", "TTIN", "TTOU"))
UNCATCHABLE = frozenset((KILL, STOP))

DESCRIPTIONS = {
    HUP: "Hangup",
    INT: "Interrupt",
    QUIT: "Quit",
    4: "Illegal instruction",
    5: "Trace/breakpoint trap",
    6: "Aborted",
    7: "Bus error",
    8: "Floating point exception",
    KILL: "Killed",
    USR1: "User defined signal 1",
    11: "Segmentation fault",
    USR2: "User defined signal 2",
    PIPE: "Broken pipe",
    ALRM: "Alarm clock",
    TERM: "Terminated",
    XCPU: "CPU time limit exceeded",
}
"""What a shell says of a process that this signal ended."""


def number_of(text: str) -> int | None:
    """The signal that ``TERM``, ``SIGTERM``, ``sigterm`` or ``15`` names; ``None`` for none (0 is none, too)."""
    if text.isascii() and text.isdigit():
        value = int(text)
        return value if 0 < value <= 64 else None
    name = text.upper().removeprefix("SIG")
    if name == "POLL":
        name = "IO"
    if name.startswith("RTMIN"):
        return _real_time(34, name[5:])
    if name.startswith("RTMAX"):
        return _real_time(64, name[5:])
    return NUMBERS.get(name)


def _real_time(base: int, offset: str) -> int | None:
    try:
        value = base + int(offset or "0")
    except ValueError:
        return None
    return value if 34 <= value <= 64 else None


def name_of(number: int) -> str:
    """``SIGTERM`` for 15."""
    if 0 < number <= len(NAMES):
        return "SIG" + NAMES[number - 1]
    return f"SIGRTMIN+{number - 34}" if 34 <= number <= 64 else str(number)
