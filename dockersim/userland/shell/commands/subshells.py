"""Subshells: children with a copy of the shell's memory, and command substitution (XCU 2.6.3, 2.12)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.files import OpenFile
from dockersim.userland.process import IGNORE, Process
from dockersim.userland.shell.commands.programs import cannot_fork
from dockersim.userland.shell.jobs import Job
from dockersim.userland.shell.syntax import ast

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def fork(
    shell: Shell, command: ast.Command, fds: dict[int, OpenFile], group: Any = None, background: bool = False
) -> Process:
    """A child process that carries out ``command``, one pair of brackets or none, with a copy of this memory."""
    if isinstance(command, ast.Subshell):
        command = command.body
    if isinstance(command, ast.List) and len(command.commands) == 1:
        command = command.commands[0]
    memory = shell.copy()
    memory.tail = command if isinstance(command, ast.Simple) else None

    def main(process: Process) -> Run:
        memory.p = process
        if background and not shell.jobs.controlled:
            process.handlers[signals.INT] = process.handlers[signals.QUIT] = IGNORE
        return memory.to_the_end(memory.execute(command))

    try:
        return shell.p.fork(main, fds, group)
    except FsError as error:
        raise cannot_fork(shell, error) from None


def group(shell: Shell, node: ast.Subshell) -> Run:
    """``( ... )``"""
    yield from shell.flush()
    child = fork(shell, node.body, shell.p.fds, "new" if shell.jobs.controlled else None)
    status = yield from shell.jobs.foreground(Job([child], "(...)"))
    shell.status = status
    if shell.pending or status:
        yield from shell.after(status)
    return status


def substitute(shell: Shell, program: ast.List) -> Generator[Any, Any, str]:
    """The output of ``program``, without its last newlines; its status is the shell's."""
    if shell.bash and (path := _only_input(program)) is not None:
        return (yield from _contents(shell, path))
    yield from shell.flush()
    reader, writer = shell.p.pipe()
    reader.acquire()
    shell.nesting += 1
    child = fork(shell, program, {**shell.p.fds, 1: writer})
    shell.nesting -= 1
    output = yield from shell.p.read_all(reader)
    reader.release()
    shell.p.allocate(-len(output))
    shell.status = yield from shell.p.wait(child)
    shell.substituted = True
    return output.replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")


def stream(shell: Shell, node: ast.ProcSub) -> Generator[Any, Any, str]:
    """bash's process substitution: the path by which a command reads what ``program`` prints, or writes what it reads.

    The descriptor behind it is the shell's own until :func:`end_streams`.
    """
    yield from shell.flush()
    reader, writer = shell.p.pipe()
    own, other = (writer, reader) if node.out else (reader, writer)
    own.acquire()
    fork(shell, node.program, {**shell.p.fds, 0 if node.out else 1: other})
    number = next(fd for fd in range(63, 9, -1) if fd not in shell.p.fds)
    shell.p.fds[number] = own
    shell.streams.append(number)
    return f"/dev/fd/{number}"


def end_streams(shell: Shell, kept: int) -> None:
    """Close the descriptors of process substitutions but for the first ``kept``: the command that had them is over."""
    while len(shell.streams) > kept:
        shell.p.close(shell.streams.pop())


def _contents(shell: Shell, path: ast.Word) -> Generator[Any, Any, str]:
    """bash's ``$(< file)``."""
    name = yield from shell.text(path)
    shell.substituted = True
    try:
        data = shell.p.read_file(name)
    except FsError as error:
        shell.status = shell.complain(f"{name}: {error.strerror}")
        return ""
    shell.status = 0
    return data.replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")


def _only_input(program: ast.List) -> ast.Word | None:
    if len(program.commands) != 1 or not isinstance(only := program.commands[0], ast.Simple):
        return None
    bare = not only.words and not only.assigns and len(only.redirects) == 1
    return only.redirects[0].word if bare and only.redirects[0].op == "<" and only.redirects[0].fd == -1 else None
