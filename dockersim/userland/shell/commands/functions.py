"""Functions (XCU 2.9.5): defined by a command, called by a simple command."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.userland.shell.state import Flow
from dockersim.userland.shell.syntax import ast

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def define(shell: Shell, node: ast.Function) -> Run:
    """Remember a function."""
    shell.functions[node.name] = node
    shell.status = 0
    return 0
    yield


def call(shell: Shell, function: ast.Function, argv: Sequence[str]) -> Run:
    """Call a shell function."""
    params, shell.params = shell.params, list(argv[1:])
    loops, shell.loops = shell.loops, 0
    tail, shell.tail = shell.tail, None
    shell.scopes.append({})
    shell.call_names.append(argv[0])
    try:
        return (yield from shell.execute(function.body))
    except Flow as flow:
        if flow.kind != "return":
            raise
        shell.status = flow.count
        return shell.status
    finally:
        shell.params, shell.loops, shell.tail = params, loops, tail
        shell.call_names.pop()
        shell.leave_scope()
