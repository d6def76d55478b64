"""Compound commands (XCU 2.9.4): conditions, loops, and what bash adds to them."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.userland.shell import redirect
from dockersim.userland.shell.commands.pipelines import list_
from dockersim.userland.shell.redirect import RedirectError
from dockersim.userland.shell.state import Flow, ShellError
from dockersim.userland.shell.syntax import ast
from dockersim.userland.shell.xtrace import trace

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def redirected(shell: Shell, node: ast.Redirected) -> Run:
    """A compound command with redirections of its own."""
    try:
        undo = yield from redirect.apply(shell, node.redirects)
    except RedirectError as error:
        shell.status = redirect.refused(shell, error)
        yield from shell.failed(shell.status)
        return shell.status
    try:
        status = yield from shell.execute(node.command)
        yield from shell.flush()
        return status
    finally:
        shell.p.flush_now()
        redirect.restore(shell, undo)


def condition(shell: Shell, node: ast.List) -> Run:
    """A list whose failure is no failure."""
    shell.quiet += 1
    try:
        return (yield from list_(shell, node))
    finally:
        shell.quiet -= 1


def if_(shell: Shell, node: ast.If) -> Run:
    """``if``, ``elif``, ``else``."""
    for test, body in node.arms:
        if (yield from condition(shell, test)) == 0:
            return (yield from list_(shell, body))
    if node.otherwise is not None:
        return (yield from list_(shell, node.otherwise))
    shell.status = 0
    return 0


def iteration(shell: Shell, body: ast.List) -> Generator[Any, Any, bool]:
    """Once through a loop's body; ``False`` when the loop is over."""
    shell.loops += 1
    try:
        yield from list_(shell, body)
    except Flow as flow:
        shell.status = 0
        return not _ends_loop(flow)
    finally:
        shell.loops -= 1
    return True


def _ends_loop(flow: Flow) -> bool:
    """Whether ``break`` or ``continue`` ends the loop that it came to; anything else, and what counts more, goes on."""
    if flow.kind not in ("break", "continue"):
        raise flow
    if flow.count > 1:
        raise Flow(flow.kind, flow.count - 1) from None
    return flow.kind == "break"


def while_(shell: Shell, node: ast.While) -> Run:
    """``while`` and ``until``."""
    status = 0
    while True:
        yield from shell.tick()
        shell.loops += 1
        try:
            done = ((yield from condition(shell, node.condition)) == 0) == node.until
        except Flow as flow:
            status = 0
            if _ends_loop(flow):
                break
            continue
        finally:
            shell.loops -= 1
        if done:
            break
        going = yield from iteration(shell, node.body)
        status = shell.status
        if not going:
            break
    shell.status = status
    return status


def for_(shell: Shell, node: ast.For) -> Run:
    """``for name in words``, and bash's ``select``."""
    shell.line = node.line
    if not node.name.replace("_", "a").isalnum() or node.name[0].isdigit():
        raise ShellError(f"`{node.name}': not a valid identifier", 1)
    items = list(shell.params) if node.words is None else (yield from shell.fields(node.words))
    if node.select:
        from dockersim.userland.shell.commands.select import select

        return (yield from select(shell, node, items))
    shell.status = 0
    for item in items:
        yield from shell.tick()
        shell.set(node.name, item)
        if "x" in shell.options and shell.bash:
            yield from trace(shell, (), ["for", node.name, "in", *items])
        if not (yield from iteration(shell, node.body)):
            break
    return shell.status


def c_for(shell: Shell, node: ast.CFor) -> Run:
    """bash's ``for ((start; test; step))``."""
    shell.status = 0
    yield from shell.arithmetic(node.start)
    while not _written(node.test) or (yield from shell.arithmetic(node.test)):
        yield from shell.tick()
        if not (yield from iteration(shell, node.body)):
            break
        yield from shell.arithmetic(node.step)
    return shell.status


def _written(expression: ast.Arith) -> bool:
    return any(type(part) is not ast.Quo or part.text.strip() for part in expression.parts)


def case(shell: Shell, node: ast.Case) -> Run:
    """``case``, with bash's ``;&`` and ``;;&``."""
    from dockersim.userland.shell.pattern import matches

    shell.line = node.line
    text = yield from shell.text(node.word)
    shell.status = 0
    falling = False
    for patterns, body, end in node.arms:
        hit = falling
        for word in () if falling else patterns:
            if matches((yield from shell.pattern(word)), text):
                hit = True
                break
        if not hit:
            continue
        yield from list_(shell, body)
        falling = end == ";&"
        if end == ";;":
            break
    return shell.status


def arith_command(shell: Shell, node: ast.ArithCommand) -> Run:
    """bash's ``((expression))``: 0 where the value is not 0."""
    shell.line = node.line
    try:
        value = yield from shell.arithmetic(node.expression)
        shell.status = int(value == 0)
    except ShellError as error:
        shell.status = shell.complain(error.message, "((")
    yield from shell.tick()
    if shell.status:
        yield from shell.failed(shell.status)
    return shell.status


def cond(shell: Shell, node: ast.Cond) -> Run:
    """bash's ``[[ ... ]]``."""
    from dockersim.userland.shell.condition import double_bracket

    shell.line = node.line
    shell.status = yield from double_bracket(shell, node.items)
    yield from shell.tick()
    if shell.status:
        yield from shell.failed(shell.status)
    return shell.status
