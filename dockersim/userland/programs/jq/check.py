"""Looks up all names of a filter before it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from dockersim.userland.programs.jq import tree as t
from dockersim.userland.programs.jq.library import known

Functions = frozenset[tuple[str, int]]
Variables = frozenset[str]


def check(tree: t.Node, text: str, variables: Iterable[str]) -> None:
    """Raises :class:`~.tree.BadFilter` for a name that stands for nothing."""
    _Check(text).node(tree, frozenset(), frozenset(variables) | {"ENV", "__prog_args"})


class _Check:
    def __init__(self, text: str) -> None:
        self._text = text

    def node(self, node: Any, functions: Functions, variables: Variables) -> None:
        """A tree among names that are known."""
        match node:
            case t.Call(name, arguments):
                if (name, len(arguments)) not in functions and not known(name, len(arguments)):
                    self._refuse(f"{name}/{len(arguments)}")
                self._all(arguments, functions, variables)
            case t.Variable(name):
                if name not in variables:
                    self._refuse(f"${name}")
            case t.Define(name, parameters, body, rest):
                mine = functions | {(name, len(parameters))}
                inner = mine | {(parameter.removeprefix("$"), 0) for parameter in parameters}
                given = {parameter[1:] for parameter in parameters if parameter.startswith("$")}
                self.node(body, inner, variables | given)
                self.node(rest, mine, variables)
            case t.Bind(source, patterns, body):
                self.node(source, functions, variables)
                for pattern in patterns:
                    variables = self._pattern(pattern, functions, variables)
                self.node(body, functions, variables)
            case t.Reduce(source, pattern, start, step):
                self._all((source, start), functions, variables)
                self.node(step, functions, self._pattern(pattern, functions, variables))
            case t.Foreach(source, pattern, start, step, extract):
                self._all((source, start), functions, variables)
                self._all((step, extract), functions, self._pattern(pattern, functions, variables))
            case t.Label(name, body):
                self.node(body, functions, variables | {f"*{name}"})
            case t.Break(name):
                if f"*{name}" not in variables:
                    self._refuse(f"$*label-{name}")
            case _:
                self._all(_members(node), functions, variables)

    def _all(self, nodes: Iterable[Any], functions: Functions, variables: Variables) -> None:
        for node in nodes:
            self.node(node, functions, variables)

    def _pattern(self, pattern: t.Pattern, functions: Functions, variables: Variables) -> Variables:
        variables |= {pattern.name} if pattern.name else set()
        for item in pattern.items or ():
            variables = self._pattern(item, functions, variables)
        for key, name, inner in pattern.fields or ():
            self.node(key, functions, variables)
            variables |= {name} if name else set()
            if inner is not None:
                variables = self._pattern(inner, functions, variables)
        return variables

    def _refuse(self, name: str) -> None:
        lines = self._text.count("\n") + 1
        raise t.BadFilter(f"{name} is not defined at <top-level>, line {lines}:\n{self._text}")


def _members(node: Any) -> Iterable[Any]:
    if isinstance(node, tuple):
        return node
    return [getattr(node, field.name) for field in fields(node)] if is_dataclass(node) else ()
