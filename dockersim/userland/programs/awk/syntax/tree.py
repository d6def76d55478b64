"""What a program is once it has been read.

Expressions are tuples whose first item names their kind; statements as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Node = tuple[Any, ...]
Rule = tuple[str, Node | None, Node | None, list[Node] | None]
"""``BEGIN``, ``END``, ``rule`` or ``range``; its one or two patterns; its actions, ``None`` for the usual one."""


@dataclass(slots=True)
class Tree:
    """The rules of a program, and its functions: the names of their parameters and their bodies."""

    rules: list[Rule] = field(default_factory=list)
    functions: dict[str, tuple[list[str], list[Node]]] = field(default_factory=dict)


class BadProgram(Exception):
    """A program that is not awk."""

    def __init__(self, near: str, line: int) -> None:
        super().__init__(near)
        self.near = near
        self.line = line


def walk(node: Any) -> Iterator[Node]:
    """Every node in ``node``, itself included."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            if item and isinstance(item[0], str):
                yield item
            stack.extend(item)
        elif isinstance(item, list):
            stack.extend(item)
