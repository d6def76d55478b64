"""What the text of a program does not say: which names are arrays, and which functions may have to wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dockersim.userland.programs.awk.syntax.tree import ARRAYS, Node, Tree, walk

WAITING = ("system", "close", "fflush")
"""Built-in functions that may have to wait."""


class Inference:
    """``arrays`` holds pairs of a function (nothing for a global) and a name; ``waiting`` functions."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.arrays: set[tuple[str, str]] = {("", name) for name in ARRAYS}
        self.waiting: set[str] = set()
        self._infer()

    def is_array(self, owner: str, parameters: Sequence[str], name: str) -> bool:
        return ((owner if name in parameters else ""), name) in self.arrays

    def _infer(self) -> None:
        functions = self.tree.functions
        bodies: list[tuple[str, Any]] = [(name, body) for name, (_, body) in functions.items()]
        bodies += [("", [rule]) for rule in self.tree.rules]
        changed = True
        while changed:
            before = len(self.arrays), len(self.waiting)
            for owner, body in bodies:
                parameters = functions[owner][0] if owner else []
                for node in walk(body):
                    self._infer_node(owner, parameters, node)
            changed = before != (len(self.arrays), len(self.waiting))

    def _infer_node(self, owner: str, parameters: list[str], node: Node) -> None:
        kind = node[0]
        names: list[str] = []
        if kind in ("elem", "delete"):
            names = [node[1]]
        elif kind in ("in", "forin"):
            names = [node[2]]
        elif kind == "builtin" and node[1] == "split" and node[2] and len(node[2]) > 1 and node[2][1][0] == "var":
            names = [node[2][1][1]]
        elif kind == "call" and node[1] in self.tree.functions:
            callee = self.tree.functions[node[1]][0]
            for parameter, argument in zip(callee, node[2], strict=False):
                if (node[1], parameter) in self.arrays and argument[0] == "var":
                    names.append(argument[1])
                if argument[0] == "var" and self.is_array(owner, parameters, argument[1]):
                    self.arrays.add((node[1], parameter))
            if node[1] in self.waiting and owner:
                self.waiting.add(owner)
        if owner and (kind in ("getline", "while", "do", "for", "forin") or (kind == "builtin" and node[1] in WAITING)):
            self.waiting.add(owner)
        for name in names:
            self.arrays.add((owner if name in parameters else "", name))
