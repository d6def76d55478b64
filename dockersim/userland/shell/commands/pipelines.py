"""Lists and pipelines (XCU 2.9.2, 2.9.3): ``;``, ``&``, ``&&``, ``||``, ``|`` and ``!``."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.userland.files import OpenFile, null
from dockersim.userland.process import Process
from dockersim.userland.shell.commands.subshells import end_streams, fork
from dockersim.userland.shell.jobs import Job
from dockersim.userland.shell.syntax import ast

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def list_(shell: Shell, node: ast.List) -> Run:
    """One command after the other."""
    kept = len(shell.streams)
    for command in node.commands:
        yield from shell.execute(command)
        if len(shell.streams) > kept:
            end_streams(shell, kept)
    if not node.commands:
        shell.status = 0
    return shell.status


def and_or(shell: Shell, node: ast.AndOr) -> Run:
    """``&&`` and ``||``: only the last command's failure counts for ``set -e``."""
    last = len(node.rest) - 1
    shell.quiet += 1
    try:
        status = yield from shell.execute(node.first)
        for number, (operator, command) in enumerate(node.rest):
            if (status == 0) == (operator == "&&"):
                decides = number == last
                shell.quiet -= decides
                try:
                    status = yield from shell.execute(command)
                finally:
                    shell.quiet += decides
    finally:
        shell.quiet -= 1
    return status


def async_(shell: Shell, node: ast.Async) -> Run:
    """``&``: a job in the background."""
    yield from shell.flush()
    fds = dict(shell.p.fds)
    if not shell.jobs.controlled:
        fds[0] = null()
    command = node.command
    if isinstance(command, ast.Pipeline) and not command.bang:
        processes = _start(shell, command.commands, fds)
    else:
        processes = [fork(shell, command, fds, "new" if shell.jobs.controlled else None, background=True)]
    shell.last_async = processes[-1].pid
    shell.jobs.add(processes, node.source)
    shell.status = 0
    return 0


def pipeline(shell: Shell, node: ast.Pipeline) -> Run:
    """Commands joined by ``|``, with ``!`` and ``time`` before them."""
    started = shell.p.sim.now
    if len(node.commands) == 1:
        shell.quiet += node.bang
        try:
            status = yield from shell.execute(node.commands[0])
        finally:
            shell.quiet -= node.bang
    else:
        yield from shell.flush()
        processes = _start(shell, node.commands, shell.p.fds)
        status = yield from shell.jobs.foreground(Job(processes, node.source))
        if "-" in shell.options:
            status = next((one for one in reversed(shell.statuses) if one), 0)
    if node.timed:
        _report_time(shell, shell.p.sim.now - started)
    if node.bang:
        status = int(not status)
    shell.status = status
    if status and not node.bang and len(node.commands) > 1:
        yield from shell.failed(status)
    return status


def _report_time(shell: Shell, real: float) -> None:
    minutes, seconds = divmod(real, 60)
    shell.p.err(f"\nreal\t{int(minutes)}m{seconds:.3f}s\nuser\t0m0.000s\nsys\t0m0.000s\n")


def _start(shell: Shell, commands: Sequence[ast.Command], fds: dict[int, OpenFile]) -> list[Process]:
    """Start every command in a subshell, each one's output the next one's input."""
    processes: list[Process] = []
    group: Any = "new" if shell.jobs.controlled else None
    source = fds.get(0)
    for number, command in enumerate(commands):
        mine = dict(fds)
        if source is not None:
            mine[0] = source
        if number < len(commands) - 1:
            source, sink = shell.p.pipe()
            mine[1] = sink
        child = fork(shell, command, mine, group)
        if group == "new":
            group = child.group
        processes.append(child)
    return processes
