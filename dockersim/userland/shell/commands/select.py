"""bash's ``select``: a menu on standard error, again and again (bash manual 3.2.5.2)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.userland.shell.builtins.text import read_
from dockersim.userland.shell.commands.compound import iteration
from dockersim.userland.shell.syntax import ast

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def select(shell: Shell, node: ast.For, items: Sequence[str]) -> Run:
    """bash's menu loop."""
    shell.status = 0
    if not items:
        return 0
    showing = True
    while True:
        if showing:
            width = len(str(len(items)))
            shell.p.err("".join(f"{number:{width}d}) {item}\n" for number, item in enumerate(items, 1)))
        shell.p.err(shell.get("PS3") or "#? ")
        yield from shell.flush()
        if (yield from read_(shell, ("read", "REPLY"))):
            shell.p.out("\n")
            shell.status = 1
            return 1
        reply = shell.get("REPLY") or ""
        showing = not reply
        if not reply:
            continue
        chosen = int(reply) if reply.isdigit() else 0
        shell.set(node.name, items[chosen - 1] if 1 <= chosen <= len(items) else "")
        if not (yield from iteration(shell, node.body)):
            return shell.status
