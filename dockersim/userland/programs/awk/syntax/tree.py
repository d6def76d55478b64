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


ARRAYS = ("ENVIRON", "ARGV")
"""The arrays that every program has."""


@dataclass(slots=True)
class Tree:
    """The rules of a program, and its functions: the names of their parameters and their bodies.

    ``uses`` says of each name how it is first used, as ``variable`` or ``array``; ``end`` is the line behind the last.
    """

    rules: list[Rule] = field(default_factory=list)
    functions: dict[str, tuple[list[str], list[Node]]] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ARRAYS, "array"))
    end: int = 0


class BadProgram(Exception):
    """A program that awk refuses: ``words`` are mawk's with the place before them, ``busybox`` the other's."""

    def __init__(self, words: str, line: int, busybox: str = "Unexpected token", place: str = "") -> None:
        super().__init__(words)
        self.words = f"{place or f'line {line}'}: {words}"
        self.busybox = f"cmd. line:{line}: {busybox}"


def near(token: str, line: int) -> BadProgram:
    """A syntax error at ``token``."""
    return BadProgram(f"syntax error at or near {token}", line)


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
