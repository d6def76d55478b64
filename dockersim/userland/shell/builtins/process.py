"""Builtins about processes and limits: wait, jobs, fg, bg, kill, umask, ulimit, times, disown, suspend."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dockersim.fs import FsError
from dockersim.userland import limits, signals
from dockersim.userland.process import Interrupted
from dockersim.userland.shell.jobs import Job
from dockersim.userland.shell.state import ShellError

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def wait_(shell: Shell, argv: Sequence[str]) -> Run:
    yield from shell.flush()
    args = [arg for arg in argv[1:] if arg not in ("-f", "--")]
    status = 0
    try:
        if args[:1] == ["-n"]:
            return (yield from _wait_next(shell))
        if not args:
            for job in list(shell.jobs.table.values()):
                yield from _wait_for(shell, job, named=False)
            return 0
        for arg in args:
            named = _named(shell, arg)
            if named is None:
                status = _no_job(shell, arg, "wait")
            else:
                status = yield from _wait_for(shell, named, int(arg) if arg.isdigit() else 0)
    except Interrupted as interrupted:
        return 128 + interrupted.signal
    return status


def _wait_for(shell: Shell, job: Job, pid: int = 0, named: bool = True) -> Run:
    status = job.status
    for process in list(job.processes):
        if pid and process.pid != pid:
            continue
        if process.status is None:
            yield from shell.p.block(process.exited, interruptible=True)
        status = process.status or 0
    if not job.running:
        shell.jobs.waited_for(job, named)
    return status


def _wait_next(shell: Shell) -> Run:
    while shell.jobs.table:
        for job in list(shell.jobs.table.values()):
            if not job.running:
                shell.jobs.forget(job)
                return job.status
        event = shell.p.sim.event()

        def ended(_: Any, event: Any = event) -> None:
            if not event.triggered:
                event.succeed()

        for job in shell.jobs.table.values():
            for process in job.processes:
                if process.status is None:
                    process.exited.callbacks.append(ended)
        yield from shell.p.block(event, interruptible=True)
    return 127


def _named(shell: Shell, text: str) -> Job | None:
    if text.startswith("%"):
        return shell.jobs.find(text)
    return shell.jobs.of_pid(int(text)) if text.isdigit() else None


def _no_job(shell: Shell, text: str, builtin: str) -> int:
    if text.startswith("%"):
        if shell.flavour == "dash":
            raise ShellError(f"No such job: {text}", 2, builtin)
        if shell.flavour == "ash":
            raise ShellError(f"{text}: no such job", 2, builtin)
        return shell.complain(f"{text}: no such job", builtin, 127 if builtin == "wait" else 1)
    if builtin == "wait" and text.isdigit():
        if shell.bash:
            shell.complain(f"pid {text} is not a child of this shell", builtin)
        return 127
    if shell.bash:
        return shell.complain(f"`{text}': not a pid or valid job spec", builtin)
    raise ShellError(f"Illegal number: {text}", 2, builtin)


def jobs_(shell: Shell, argv: Sequence[str]) -> int:
    flags = "".join(arg[1:] for arg in argv[1:] if arg.startswith("-"))
    for number in sorted(shell.jobs.table):
        job = shell.jobs.table[number]
        if ("r" in flags and job.state() != "Running") or ("s" in flags and not job.stopped):
            continue
        if "p" in flags:
            shell.p.out(f"{job.processes[0].pid}\n")
        else:
            shell.p.out(shell.jobs.line(job, "l" in flags) + "\n")
        if not job.running and shell.bash:
            shell.jobs.forget(job)
    return 0


def _job_operand(shell: Shell, argv: Sequence[str]) -> Job | int:
    name = argv[0]
    if not shell.jobs.controlled and shell.bash:
        return shell.complain("no job control", name)
    text = argv[1] if len(argv) > 1 else "%%"
    job = shell.jobs.find(text)
    if job is not None:
        return job
    if len(argv) < 2:
        if shell.bash:
            return shell.complain("current: no such job", name)
        return shell.complain("No current job", name, 2)
    return _no_job(shell, text if text.startswith("%") else "%" + text, name)


def fg_(shell: Shell, argv: Sequence[str]) -> Run:
    job = _job_operand(shell, argv)
    if isinstance(job, int):
        return job
    shell.p.out(job.source + "\n")
    yield from shell.flush()
    _go_on(job)
    return (yield from shell.jobs.foreground(job))


def bg_(shell: Shell, argv: Sequence[str]) -> int:
    job = _job_operand(shell, argv)
    if isinstance(job, int):
        return job
    _go_on(job)
    mark = "+" if shell.jobs.order[-1] == job.number else " "
    shell.p.out(f"[{job.number}]{mark} {job.source} &\n" if shell.bash else f"[{job.number}] {job.source}\n")
    return 0


def _go_on(job: Job) -> None:
    job.stopped = False
    for process in job.processes:
        process.signal(signals.CONT)


def disown_(shell: Shell, argv: Sequence[str]) -> int:
    for job in list(shell.jobs.table.values()):
        if "-a" in argv or len(argv) == 1 or job is _named(shell, argv[-1]):
            shell.jobs.drop(job)
    return 0


def suspend_(shell: Shell, argv: Sequence[str]) -> int:
    return shell.complain("cannot suspend: no job control", "suspend")


def kill_(shell: Shell, argv: Sequence[str]) -> int:
    args = list(argv[1:])
    number: int | None = signals.TERM
    if args and args[0] in ("-l", "-L"):
        return _list_kill(shell, args[1:])
    if args and args[0] in ("-s", "-n") and len(args) > 1:
        number = signals.number_of(args[1]) if args[1] != "0" else 0
        name, args = args[1], args[2:]
    elif args and args[0].startswith("-") and args[0] != "--":
        name = args.pop(0)[1:]
        number = signals.number_of(name) if name != "0" else 0
    else:
        name = "TERM"
    if args[:1] == ["--"]:
        args.pop(0)
    if number is None:
        if shell.flavour == "ash":
            return shell.complain(f"bad signal name '{name}'", "kill")
        if shell.flavour == "dash":
            raise ShellError(
                f"Illegal option -{name[:1]}" if not name[:1].isdigit() else f"invalid signal: {name}", 2, "kill"
            )
        return shell.complain(f"{name}: invalid signal specification", "kill")
    if not args:
        return _kill_usage(shell)
    status = 0
    for arg in args:
        status = _kill_one(shell, arg, number) or status
    return status


def _kill_usage(shell: Shell) -> int:
    if shell.bash:
        shell.p.err("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n")
        return 2
    if shell.flavour == "ash":
        return shell.complain("you need to specify whom to kill", "kill")
    raise ShellError("Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]", 2, "kill")


def _kill_one(shell: Shell, text: str, number: int) -> int:
    process = shell.p
    if text.startswith("%"):
        job = shell.jobs.find(text)
        if job is None:
            return _no_job(shell, text, "kill")
        for member in job.processes:
            if member.status is None:
                member.signal(number)
                if shell.bash and job.stopped and number in (signals.TERM, signals.HUP):
                    member.signal(signals.CONT)
        return 0
    if not re.fullmatch(r"-?[0-9]+", text):
        if shell.bash:
            return shell.complain(f"{text}: arguments must be process or job IDs", "kill")
        if shell.flavour == "ash":
            return shell.complain(f"invalid number '{text}'", "kill")
        raise ShellError(f"Illegal number: {text}", 2, "kill")
    pid = int(text)
    try:
        if pid > 0:
            process.kill(pid, number)
        elif pid == 0:
            process.computer.signal_group(process.group, number)
        else:
            _kill_many(shell, pid, number)
    except FsError as error:
        words = "No such process" if error.code == "ESRCH" else "Operation not permitted"
        if shell.bash:
            return shell.complain(f"({text}) - {words}", "kill")
        if shell.flavour == "ash":
            shell.p.err(f"{shell.arg0}: can't kill pid {text}: {words}\n")
            return 1
        shell.complain(words, "kill")
        shell.p.err("\n")
        return 1
    process.charge(0)
    return 0


def _kill_many(shell: Shell, pid: int, number: int) -> None:
    """A negative pid: a process group, or everything but this process and PID 1."""
    found = False
    for other in list(shell.p.computer.processes.values()):
        member = other.pid not in (1, shell.p.pid) if pid == -1 else other.group.pid == -pid
        if member and other.status is None:
            found = True
            if number:
                other.signal(number)
    if not found:
        raise FsError("ESRCH")


def _list_kill(shell: Shell, args: Sequence[str]) -> int:
    if not args:
        return list_signals(shell)
    for arg in args:
        if arg.isdigit():
            number = int(arg) - 128 if int(arg) > 128 else int(arg)
            shell.p.out(("EXIT" if number == 0 else signals.name_of(number).removeprefix("SIG")) + "\n")
        elif shell.flavour == "dash":
            return shell.complain(f"Illegal number: {arg}", "kill", 2)
        else:
            found = signals.number_of(arg)
            if found is None:
                return shell.complain(f"{arg}: invalid signal specification", "kill")
            shell.p.out(f"{found}\n")
    return 0


def list_signals(shell: Shell) -> int:
    """``kill -l`` and ``trap -l``."""
    if shell.bash:
        numbers = [*range(1, 32), *range(34, 65)]
        for at in range(0, len(numbers), 5):
            row = [f"{number:2d}) {_bash_name(number)}" for number in numbers[at : at + 5]]
            shell.p.out("\t".join(row) + ("\t" if len(row) == 5 else "") + "\n")
    elif shell.flavour == "ash":
        shell.p.out("".join(f"{number:2d}) {name}\n" for number, name in enumerate(signals.NAMES, 1)))
    else:
        shell.p.out("\n".join(signals.NAMES) + "\n")
    return 0


def _bash_name(number: int) -> str:
    if number > 49:
        return "SIGRTMAX" + (f"-{64 - number}" if number < 64 else "")
    return "SIGRTMIN" if number == 34 else signals.name_of(number)


# ---- limits


def umask_(shell: Shell, argv: Sequence[str]) -> int:
    args = [arg for arg in argv[1:] if arg not in ("-S", "-p")]
    process = shell.p
    if not args:
        if "-S" in argv:
            kept = ~process.umask & 0o777
            shown = [
                f"{who}={''.join(letter for bit, letter in ((4, 'r'), (2, 'w'), (1, 'x')) if kept >> shift & bit)}"
                for who, shift in (("u", 6), ("g", 3), ("o", 0))
            ]
            process.out(",".join(shown) + "\n")
        else:
            process.out(f"{process.umask:04o}\n")
        return 0
    text = args[0]
    if re.fullmatch(r"[0-7]{1,4}", text):
        process.umask = int(text, 8) & 0o777
        return 0
    mask = _symbolic(text, process.umask) if not text[0].isdigit() else None
    if mask is None:
        if shell.bash:
            octal = f"{text}: octal number out of range"
            return shell.complain(
                octal if text[0].isdigit() else f"`{text[:1]}': invalid symbolic mode operator", "umask"
            )
        raise ShellError(f"{'Illegal number' if shell.flavour == 'dash' else 'illegal mode'}: {text}", 2, "umask")
    process.umask = mask
    return 0


def _symbolic(text: str, mask: int) -> int | None:
    allowed = ~mask & 0o777
    for clause in text.split(","):
        match = re.fullmatch(r"([ugoa]*)([-+=])([rwx]*)", clause)
        if not match:
            return None
        who, operator, letters = match.groups()
        bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in set(letters))
        chosen = 0
        for letter, shift in (("u", 6), ("g", 3), ("o", 0)):
            if not who or letter in who or "a" in who:
                chosen |= bits << shift
                if operator == "=":
                    allowed &= ~(7 << shift)
        allowed = allowed & ~chosen if operator == "-" else allowed | chosen
    return ~allowed & 0o777


class _Limit(NamedTuple):
    """A line of ``ulimit -a``: its letter, the resource, and how many of the resource's units one of it is."""

    words: str
    unit: str
    letter: str
    resource: str
    size: int = 1


_LIMITS = (
    _Limit("core file size", "blocks", "c", "core", 1024),
    _Limit("data seg size", "kbytes", "d", "data", 1024),
    _Limit("scheduling priority", "", "e", "nice"),
    _Limit("file size", "blocks", "f", "fsize", 1024),
    _Limit("max locked memory", "kbytes", "l", "memlock", 1024),
    _Limit("max memory size", "kbytes", "m", "rss", 1024),
    _Limit("open files", "", "n", "nofile"),
    _Limit("stack size", "kbytes", "s", "stack", 1024),
    _Limit("cpu time", "seconds", "t", "cpu"),
    _Limit("max user processes", "", "u", "nproc"),
    _Limit("virtual memory", "kbytes", "v", "as", 1024),
)


def ulimit_(shell: Shell, argv: Sequence[str]) -> int:
    flags = "".join(arg[1:] for arg in argv[1:] if arg.startswith("-"))
    if "a" in flags:
        for limit in _LIMITS:
            label = f"({limit.unit + ', ' if limit.unit else ''}-{limit.letter})"
            shell.p.out(f"{limit.words:<20} {label:>20} {_limit(shell, limit, flags)}\n")
        return 0
    wanted = [letter for letter in flags if letter not in "HS"] or ["f"]
    if any(not arg.startswith("-") for arg in argv[1:]):
        return 0
    for letter in wanted:
        values = [_limit(shell, limit, flags) for limit in _LIMITS if limit.letter == letter]
        if not values:
            if shell.bash:
                return shell.complain(f"-{letter}: invalid option", "ulimit", 2)
            raise ShellError(f"{'I' if shell.flavour == 'dash' else 'i'}llegal option -{letter}", 2, "ulimit")
        shell.p.out(values[0] + "\n")
    return 0


def _limit(shell: Shell, limit: _Limit, flags: str) -> str:
    """The soft limit, the hard one with ``-H``."""
    soft, hard = limits.of(shell.p.computer, limit.resource)
    return limits.shown(hard if "H" in flags else soft, limit.size)


def times_(shell: Shell, argv: Sequence[str]) -> int:
    minutes, seconds = divmod(shell.p.cpu, 60)
    digits = 3 if shell.bash else 6 if shell.flavour == "dash" else 2
    shell.p.out(f"{int(minutes)}m{seconds:.{digits}f}s 0m{0:.{digits}f}s\n" * 2)
    return 0
