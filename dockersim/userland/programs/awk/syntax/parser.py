"""Rules, functions and statements."""

from __future__ import annotations

import re

from dockersim.userland.programs.awk.syntax.expressions import Expressions
from dockersim.userland.programs.awk.syntax.tree import BadProgram, Node, Tree

_EMPTY = re.compile(r"\(\s*\)")
_FOR_IN = re.compile(r"\s*(\w+)\s+in\s+(\w+)\s*\)")


class Parser(Expressions):
    """Reads a program into ``tree``. ``where`` is what is being read, ``loops`` how many loops are around it."""

    def __init__(self, text: str, busybox: bool) -> None:
        self.where = ""
        self.loops = 0
        super().__init__(text, busybox)

    def program(self) -> Tree:
        self.ends()
        while self.kind != "end":
            self.item()
            self.ends()
        self.tree.end = self.line + 1
        return self.tree

    def item(self) -> None:
        """A rule or a function."""
        if self.take("function") or self.take("func"):
            self.where = "function"
            self.function()
            return
        self.where = "rule"
        if self.has("BEGIN", "END"):
            self.where = which = self.value
            self.advance()
            if not self.has("{"):
                self.fail()
            self.tree.rules.append((which, None, None, self.block()))
            return
        first = second = None
        if not self.has("{"):
            first = self.expression()
            if self.take(","):
                self.newlines()
                second = self.expression()
        body = self.block() if self.has("{") else None
        self.tree.rules.append(("range" if second is not None else "rule", first, second, body))

    def function(self) -> None:
        """The definition of a function, behind its first word."""
        name = self.value
        if self.kind not in ("name", "funcname"):
            self.fail()
        self.advance()
        self.need("(")
        parameters: list[str] = []
        while not self.has(")"):
            if self.kind != "name":
                self.fail()
            if self.value in parameters:
                raise BadProgram(f"{self.value} is duplicated in argument list", self.line)
            parameters.append(self.value)
            self.advance()
            self.newlines()
            if not self.take(","):
                break
            self.newlines()
        self.need(")")
        self.newlines()
        self.tree.functions[name] = (parameters, self.block())

    def block(self) -> list[Node]:
        """Statements between braces."""
        self.need("{")
        body = []
        self.ends()
        while not self.has("}"):
            if self.kind == "end":
                self.fail()
            body.append(self.statement())
            self.ends()
        self.need("}")
        return body

    def body(self) -> list[Node]:
        """The statement that a condition or loop governs."""
        self.newlines()
        if self.take(";"):
            return []
        if self.has("{"):
            return self.block()
        return [self.statement()]

    def loop_body(self) -> list[Node]:
        """The statement that a loop repeats."""
        self.loops += 1
        body = self.body()
        self.loops -= 1
        return body

    # ---- statements

    def statement(self) -> Node:
        self.depth += 1
        if self.depth > 15:
            raise BadProgram("nesting too deep", self.line)
        try:
            return self._statement()
        finally:
            self.depth -= 1

    def _statement(self) -> Node:
        if self.has("{"):
            return ("block", self.block())
        if self.kind == "word":
            method = getattr(self, "st_" + self.value, None)
            if method is not None:
                self.advance()
                node: Node = method()
                return node
        return self.simple_end(self.simple())

    def simple_end(self, node: Node) -> Node:
        if not (self.kind in ("newline", "end") or self.has(";", "}")):
            self.fail()
        if self.kind == "newline" or self.has(";"):
            self.advance()
        return node

    def simple(self) -> Node:
        if self.take("delete"):
            name = self.value
            self.advance()
            self.tree.uses.setdefault(name, "array")
            return ("delete", name, self.subscript() if self.has("[") else None)
        if self.has("print", "printf"):
            return self.output()
        return ("expr", self.expression())

    def output(self) -> Node:
        word, line = self.value, self.line
        self.advance()
        if word == "printf" and _EMPTY.match(self.text, self.start):
            raise BadProgram("no arguments in call to printf", line, "Empty sequence")
        self.no_gt = True
        arguments: list[Node] = []
        if not (self.kind in ("newline", "end") or self.has(";", "}", ">", ">>", "|")):
            arguments = [self.expression()]
            while self.take(","):
                self.newlines()
                arguments.append(self.expression())
            if len(arguments) == 1 and arguments[0][0] == "grouping":
                arguments = list(arguments[0][1])
        if not arguments and word == "printf" and not self.busybox:
            raise BadProgram("no arguments in call to printf", line)
        self.no_gt = False
        target: Node | None = None
        mode = ""
        if self.has(">", ">>", "|"):
            mode = self.value
            self.advance()
            self.no_gt = True
            target = self.concatenation(plain=True)
            self.no_gt = False
        return (word, arguments, mode, target)

    def st_if(self) -> Node:
        self.need("(")
        condition = self.expression()
        self.need(")")
        then = self.body()
        before = self.at, self.kind, self.value, self.line, self.start, list(self.open)
        self.ends()
        if self.take("else"):
            return ("if", condition, then, self.body())
        self.at, self.kind, self.value, self.line, self.start, self.open = before
        return ("if", condition, then, [])

    def st_while(self) -> Node:
        self.need("(")
        condition = self.expression()
        self.need(")")
        return ("while", condition, self.loop_body())

    def st_do(self) -> Node:
        body = self.loop_body()
        self.ends()
        self.need("while")
        self.need("(")
        condition = self.expression()
        self.need(")")
        return self.simple_end(("do", body, condition))

    def st_for(self) -> Node:
        self.need("(")
        found = _FOR_IN.match(self.text, self.start)
        if found is not None and self.kind == "name":
            self.at = found.end()
            self.open.pop()
            self.advance()
            self.tree.uses.setdefault(found[2], "array")
            return ("forin", found[1], found[2], self.loop_body())
        first = None if self.has(";") else self.simple()
        self.need(";")
        self.newlines()
        condition = None if self.has(";") else self.expression()
        self.need(";")
        self.newlines()
        step = None if self.has(")") else self.simple()
        self.need(")")
        return ("for", first, condition, step, self.loop_body())

    def st_next(self) -> Node:
        return self._leaving_rule("next")

    def st_nextfile(self) -> Node:
        return self._leaving_rule("nextfile")

    def _leaving_rule(self, word: str) -> Node:
        if self.where != "rule" and not self.busybox:
            raise BadProgram(f"improper use of {word}", self.line)
        return self.simple_end((word,))

    def st_break(self) -> Node:
        return self._leaving_loop("break")

    def st_continue(self) -> Node:
        return self._leaving_loop("continue")

    def _leaving_loop(self, word: str) -> Node:
        if not self.loops:
            raise BadProgram(f"{word} statement outside of loop", self.line, f"'{word}' not in a loop")
        return self.simple_end((word,))

    def _optional(self, kind: str) -> Node:
        bare = self.kind in ("newline", "end") or self.has(";", "}")
        return self.simple_end((kind, None if bare else self.expression()))

    def st_exit(self) -> Node:
        return self._optional("exit")

    def st_return(self) -> Node:
        if self.where != "function" and not self.busybox:
            raise BadProgram("return outside function body", self.line)
        return self._optional("return")


def parse_program(text: str, busybox: bool) -> Tree:
    """The rules and functions of a program. Raises :class:`BadProgram`."""
    return Parser(text, busybox).program()
