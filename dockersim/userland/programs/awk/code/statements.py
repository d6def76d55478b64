"""Statements, functions and rules as Python source."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.awk.code.expressions import ExpressionCoder
from dockersim.userland.programs.awk.syntax.tree import Node, Tree


class Coder(ExpressionCoder):
    """Makes the Python source of a program."""

    def __init__(self, tree: Tree, busybox: bool) -> None:
        super().__init__(tree, busybox)
        self.lines: list[str] = []

    def source(self) -> str:
        for name, (parameters, body) in self.tree.functions.items():
            self._function(name, parameters, body)
        for number, (kind, first, second, actions) in enumerate(self.tree.rules):
            self.in_function = ""
            self.local = ()
            self.emit(0, f"def rule_{number}():")
            self._rule(number, kind, first, second, actions)
        # Only now all global names are known.
        declared = ", ".join(sorted(f"v_{name}" for name in self.globals))
        head = [
            f"v_{name} = {'Array()' if ('', name) in self.inferred.arrays else 'UNINIT'}"
            for name in sorted(self.globals)
        ]
        marker = f"    global {declared}" if declared else "    pass"
        return "\n".join([*head, *(marker if line == "GLOBALS" else line for line in self.lines)]) + "\n"

    def emit(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _function(self, name: str, parameters: list[str], body: list[Node]) -> None:
        self.in_function = name
        self.local = tuple(parameters)
        self.emit(0, f"def f_{name}({', '.join(f'l_{parameter}=None' for parameter in parameters)}):")
        self.lines.append("GLOBALS")
        for parameter in parameters:
            empty = "Array()" if self.is_array(parameter) else "UNINIT"
            self.emit(1, f"if l_{parameter} is None: l_{parameter} = {empty}")
        self._body(1, body)
        self.emit(1, "return UNINIT")
        if name in self.inferred.waiting:
            self.emit(1, "yield")

    def _rule(self, number: int, kind: str, first: Node | None, second: Node | None, body: Any) -> None:
        self.lines.append("GLOBALS")
        depth = 1
        if kind == "range":
            assert first is not None
            assert second is not None
            self.emit(1, f"if {number} not in rt.ranges:")
            self.emit(2, f"if not ({self.cond(first)}): return")
            self.emit(2, f"rt.ranges.add({number})")
            self.emit(1, f"if {self.cond(second)}: rt.ranges.discard({number})")
        elif first is not None:
            self.emit(1, f"if {self.cond(first)}:")
            depth = 2
        if body is None:
            self.emit(depth, "rt.print_record()")
        else:
            self._body(depth, body)
        self.emit(1, "return")
        self.emit(1, "yield")

    # ---- statements

    def _body(self, depth: int, body: list[Node]) -> None:
        if not body:
            self.emit(depth, "pass")
        for node in body:
            getattr(self, "s_" + node[0])(depth, node)

    def s_block(self, depth: int, node: Node) -> None:
        self._body(depth, node[1])

    def s_expr(self, depth: int, node: Node) -> None:
        self.emit(depth, self.value(node[1]))

    def s_if(self, depth: int, node: Node) -> None:
        self.emit(depth, f"if {self.cond(node[1])}:")
        self._body(depth + 1, node[2])
        if node[3]:
            self.emit(depth, "else:")
            self._body(depth + 1, node[3])

    def s_while(self, depth: int, node: Node) -> None:
        self._loop(depth, node[1], node[2], None)

    def s_for(self, depth: int, node: Node) -> None:
        if node[1] is not None:
            getattr(self, "s_" + node[1][0])(depth, node[1])
        self._loop(depth, node[2], node[4], node[3])

    def _loop(self, depth: int, condition: Node | None, body: list[Node], step: Node | None) -> None:
        """A loop; ``continue`` must still do the step, so the step comes first in all rounds but the first."""
        first = self.temporary()
        if step is not None:
            self.emit(depth, f"{first} = True")
        self.emit(depth, "while True:")
        if step is not None:
            self.emit(depth + 1, f"if {first}: {first} = False")
            self.emit(depth + 1, "else:")
            getattr(self, "s_" + step[0])(depth + 2, step)
        if condition is not None:
            self.emit(depth + 1, f"if not ({self.cond(condition)}): break")
        self._tick(depth + 1)
        self._body(depth + 1, body)

    def _tick(self, depth: int) -> None:
        self.emit(depth, "rt.rounds += 1")
        self.emit(depth, "if not rt.rounds & 1023: yield from rt.tick()")

    def s_do(self, depth: int, node: Node) -> None:
        first = self.temporary()
        self.emit(depth, f"{first} = True")
        self.emit(depth, f"while {first} or {self.cond(node[2])}:")
        self.emit(depth + 1, f"{first} = False")
        self._tick(depth + 1)
        self._body(depth + 1, node[1])

    def s_forin(self, depth: int, node: Node) -> None:
        key = self.temporary()
        self.emit(depth, f"for {key} in list({self.array(node[2])}):")
        self.emit(depth + 1, self.assign(("var", node[1]), f"strnum({key})"))
        self._tick(depth + 1)
        self._body(depth + 1, node[3])

    def s_break(self, depth: int, node: Node) -> None:
        self.emit(depth, "break")

    def s_continue(self, depth: int, node: Node) -> None:
        self.emit(depth, "continue")

    def s_next(self, depth: int, node: Node) -> None:
        self.emit(depth, "raise Next()")

    def s_nextfile(self, depth: int, node: Node) -> None:
        self.emit(depth, "raise NextFile()")

    def s_exit(self, depth: int, node: Node) -> None:
        self.emit(depth, f"raise Exit({self.value(node[1]) if node[1] else 'None'})")

    def s_return(self, depth: int, node: Node) -> None:
        self.emit(depth, f"return {self.value(node[1]) if node[1] else 'UNINIT'}")

    def s_delete(self, depth: int, node: Node) -> None:
        array = self.array(node[1])
        self.emit(depth, f"{array}.clear()" if node[2] is None else f"{array}.pop({self.key(node[2])}, None)")

    def s_print(self, depth: int, node: Node) -> None:
        _, arguments, mode, target = node
        text = f"rt.joined(({''.join(self.value(a) + ', ' for a in arguments)}))" if arguments else "rt.line()"
        self._write(depth, text, mode, target)

    def s_printf(self, depth: int, node: Node) -> None:
        _, arguments, mode, target = node
        if not arguments:  # busybox prints nothing
            self.emit(depth, "pass")
            return
        values = "".join(self.value(a) + ", " for a in arguments)
        self._write(depth, f"rt.printf({values})", mode, target)

    def _write(self, depth: int, text: str, mode: str, target: Node | None) -> None:
        if target is None:
            self.emit(depth, f"rt.write({text})")
        else:
            self.emit(depth, f"rt.write_to({text}, {mode!r}, to_str({self.value(target)}))")
