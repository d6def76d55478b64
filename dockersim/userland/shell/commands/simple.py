"""Simple commands (XCU 2.9.1): assignments, redirections and words; builtins, functions, and programs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.shell import redirect
from dockersim.userland.shell.builtins import SPECIAL, builtin
from dockersim.userland.shell.commands import programs
from dockersim.userland.shell.commands.functions import call
from dockersim.userland.shell.redirect import RedirectError
from dockersim.userland.shell.state import Flow, ShellError
from dockersim.userland.shell.syntax import ast
from dockersim.userland.shell.xtrace import trace

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]
Former = list[tuple[str, Any, bool]]
"""Variables as they were before a command's own assignments: name, value, whether exported."""


def simple(shell: Shell, node: ast.Simple) -> Run:
    """A simple command, whatever its first word turns out to be."""
    shell.line = node.line
    argv: Sequence[str]
    if node.argv is not None:
        argv = node.argv
    else:
        shell.substituted = False
        if _declares(node.words):
            from dockersim.userland.shell.arrays import declaration_fields

            argv = yield from declaration_fields(shell, node.words)
        else:
            argv = yield from shell.fields(node.words)
    if not argv:
        return (yield from _assignments_only(shell, node))
    if "x" in shell.options:
        yield from trace(shell, node.assigns, argv)
    name = argv[0]
    function = shell.functions.get(name)
    command = None
    if function is None or name in SPECIAL:
        command = builtin(shell, name)
        if command is not None and name in SPECIAL:
            function = None
    if function is None and command is None:
        return (yield from _external(shell, node, list(argv)))
    if not node.redirects and not node.assigns and command is not None:
        yield from shell.tick()
        result = command(shell, argv)
        status: int = result if type(result) is int else (yield from result)
    else:
        status = yield from _inside(shell, node, list(argv), function, command)
    shell.status = status
    shell.statuses = [status]
    if shell.pending or status:
        yield from shell.after(status)
    return status


def _inside(
    shell: Shell, node: ast.Simple, argv: list[str], function: ast.Function | None, command: Callable[..., Any] | None
) -> Run:
    """A builtin or a function with its own assignments and redirections."""
    special = command is not None and argv[0] in SPECIAL
    undo: redirect.Undo | None = None
    before: Former = []
    try:
        if node.redirects:
            undo = yield from redirect.apply(shell, node.redirects)
        for assign in node.assigns:
            before.append((assign.name, shell.vars.get(assign.name), assign.name in shell.exported))
            yield from assign_word(shell, assign)
            shell.exported.add(assign.name)
        if "x" in shell.options and not argv:
            yield from trace(shell, node.assigns, argv)
        yield from shell.tick()
        if function is not None:
            return (yield from call(shell, function, argv))
        assert command is not None
        if argv[0] == "exec" and undo is not None and len(argv) == 1:
            redirect.keep(undo)
            undo = None
        result = command(shell, argv)
        status: int = result if type(result) is int else (yield from result)
        return status if undo is None or _is_written(shell, argv[0]) else 1
    except RedirectError as error:
        status = redirect.refused(shell, error)
        if special and not shell.bash and not shell.interactive:
            yield from shell.flush()
            raise Flow("exit", status) from None
        return status
    finally:
        if undo is not None:
            _is_written(shell, argv[0])
            redirect.restore(shell, undo)
        if not special or shell.bash:
            _put_back(shell, before)


def _is_written(shell: Shell, name: str) -> bool:
    """Write a builtin's output to where it was redirected; a message where that cannot be."""
    try:
        if not shell.p.flush_now():
            shell.p.drop_output()
    except FsError as error:
        shell.write_failed(name, error)
        return False
    return True


def _assignments_only(shell: Shell, node: ast.Simple) -> Run:
    shell.substituted = False
    undo: redirect.Undo = []
    status = 0
    try:
        if node.redirects:
            undo = yield from redirect.apply(shell, node.redirects)
        for assign in node.assigns:
            yield from assign_word(shell, assign)
        if "x" in shell.options and node.assigns:
            yield from trace(shell, node.assigns, ())
    except RedirectError as error:
        status = redirect.refused(shell, error)
    redirect.restore(shell, undo)
    yield from shell.tick()
    if not status and (shell.substituted or node.words):
        status = shell.status if shell.substituted else 0
    shell.status = status
    shell.statuses = [status]
    if status:
        yield from shell.failed(status)
    return status


def _external(shell: Shell, node: ast.Simple, argv: list[str]) -> Run:
    """A program, with its own redirections and environment."""
    undo: redirect.Undo = []
    try:
        if not shell.p.flush_now():
            yield from shell.p.flush()
        if node.redirects:
            undo = yield from _redirect_child(shell, node)
        env, path = yield from _prefix_environment(shell, node)
        status = yield from programs.start(shell, argv, env, path, node is shell.tail and not shell.traps)
    except RedirectError as error:
        status = redirect.refused(shell, error)
    except Exception:
        redirect.restore(shell, undo)
        raise
    except BaseException:  # the shell became the program, or is gone: nobody needs the former files
        redirect.keep(undo)
        raise
    if undo:
        yield from shell.flush()
        redirect.restore(shell, undo)
    shell.status = status
    shell.statuses = [status]
    if shell.pending or status:
        yield from shell.after(status)
    return status


def _redirect_child(shell: Shell, node: ast.Simple) -> Generator[Any, Any, redirect.Undo]:
    """Redirections of a program happen in its own process: an expansion error there ends only that."""
    try:
        return (yield from redirect.apply(shell, node.redirects))
    except ShellError as error:
        raise RedirectError(error.message) from None


def _prefix_environment(shell: Shell, node: ast.Simple) -> Generator[Any, Any, tuple[dict[str, str], str | None]]:
    env = shell.environment()
    path = None
    before: Former = []
    for assign in node.assigns:
        before.append((assign.name, shell.vars.get(assign.name), assign.name in shell.exported))
        yield from assign_word(shell, assign)
        env[assign.name] = shell.get(assign.name) or ""
        if assign.name == "PATH":
            path = env["PATH"]
    _put_back(shell, before)
    return env, path


def _put_back(shell: Shell, before: Former) -> None:
    for name, value, exported in reversed(before):
        if value is None:
            shell.vars.pop(name, None)
        else:
            shell.vars[name] = value
        if not exported:
            shell.exported.discard(name)
        if name == "PATH":
            shell.hashed.clear()


def assign_word(shell: Shell, assign: ast.Assign) -> Generator[Any, Any, None]:
    """One ``name=value`` of a command."""
    name, value = assign.name, assign.value
    if type(value) is ast.Word and assign.index is None and not assign.append and name not in shell.integer:
        text = value.literal if value.literal is not None else (yield from shell.text(value, assigning=True))
        shell.set(name, text)
        return
    from dockersim.userland.shell.arrays import assign_other

    yield from assign_other(shell, assign)


_DECLARING = frozenset(("export", "readonly", "local", "declare", "typeset"))


def _declares(words: Sequence[ast.Word]) -> bool:
    first = words[0].literal
    return first in _DECLARING or (first == "command" and len(words) > 1 and words[1].literal in _DECLARING)
