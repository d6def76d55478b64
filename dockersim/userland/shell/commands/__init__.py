"""Commands carried out: one function for each kind of node that the parser makes (XCU 2.9).

Each is a generator function of the shell and the node, for a command may have to wait; where nothing does, nothing is
yielded. It returns the exit status, which is then also in ``shell.status``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.userland.shell.commands import compound, functions, pipelines, simple, subshells
from dockersim.userland.shell.syntax import ast

EXECUTE: dict[type, Callable[..., Any]] = {
    ast.Simple: simple.simple,
    ast.List: pipelines.list_,
    ast.AndOr: pipelines.and_or,
    ast.Async: pipelines.async_,
    ast.Pipeline: pipelines.pipeline,
    ast.Subshell: subshells.group,
    ast.Redirected: compound.redirected,
    ast.If: compound.if_,
    ast.For: compound.for_,
    ast.CFor: compound.c_for,
    ast.While: compound.while_,
    ast.Case: compound.case,
    ast.ArithCommand: compound.arith_command,
    ast.Cond: compound.cond,
    ast.Function: functions.define,
}
