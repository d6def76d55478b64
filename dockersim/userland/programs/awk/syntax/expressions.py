"""Expressions: recursive descent, one method for each level of precedence, the loosest first."""

from __future__ import annotations

import re

from dockersim.userland.programs.awk.syntax.tokens import ARITY, Tokens, unescape
from dockersim.userland.programs.awk.syntax.tree import BadProgram, Node, Tree

ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "^=", "**=")
EXACT = frozenset(("length", "rand", "srand", "systime", "fflush"))
"""Functions of which busybox, too, refuses arguments too many."""
_REGEX = re.compile(r"((?:[^/\\\n\[]|\\.|\[\^?\]?(?:[^\]\n\\]|\\.|\[:\w+:\])*\]|\[)*)/")


class Expressions(Tokens):
    """Reads expressions. ``no_gt``: ``>`` is a redirection here and no comparison.

    ``busybox`` takes what mawk refuses: arguments too many, and ``next`` and ``return`` anywhere.
    """

    def __init__(self, text: str, busybox: bool) -> None:
        self.tree = Tree()
        self.busybox = busybox
        self.depth = 0
        self.no_gt = False
        super().__init__(text)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > 60:
            raise BadProgram("nesting too deep", self.line)
        try:
            return self.ternary()
        finally:
            self.depth -= 1

    def ternary(self) -> Node:
        condition = self.either()
        if self.take("?"):
            self.newlines()
            then = self.ternary()
            self.newlines()
            self.need(":")
            self.newlines()
            return ("?:", condition, then, self.ternary())
        if self.has(*ASSIGNMENTS) and condition[0] in ("var", "elem", "field"):
            operator = self.value.replace("**", "^")
            self.advance()
            self.newlines()
            return ("assign", operator[:-1], condition, self.ternary())
        return condition

    def either(self) -> Node:
        left = self.both()
        while self.take("||"):
            self.newlines()
            left = ("||", left, self.both())
        return left

    def both(self) -> Node:
        left = self.membership()
        while self.take("&&"):
            self.newlines()
            left = ("&&", left, self.membership())
        return left

    def membership(self) -> Node:
        left = self.matching()
        while self.has("in"):
            self.advance()
            left = ("in", list(left[1]) if left[0] == "grouping" else [left], self.value)
            self.advance()
        return left

    def matching(self) -> Node:
        left = self.comparison()
        while self.has("~", "!~"):
            operator = self.value
            self.advance()
            left = ("match", operator == "!~", left, self.comparison())
        return left

    def comparison(self) -> Node:
        left = self.concatenation()
        while self.has("<", "<=", "==", "!=", ">", ">=") and not (self.no_gt and self.value == ">"):
            operator = self.value
            self.advance()
            left = ("compare", operator, left, self.concatenation())
        return left

    def concatenation(self, plain: bool = False) -> Node:
        left = self.additive()
        while True:
            if self.has("|") and not plain and self.text[self.at :].lstrip().startswith("getline"):
                self.advance()
                self.advance()
                left = ("getline", "|", left, self.target())
            elif self._starts_operand():
                left = ("cat", left, self.additive())
            else:
                return left

    def _starts_operand(self) -> bool:
        if self.kind in ("number", "string", "name", "funcname", "builtin"):
            return True
        return self.has("$", "!", "(", "-", "+", "++", "--")

    def additive(self) -> Node:
        left = self.multiplicative()
        while self.has("+", "-"):
            operator = self.value
            self.advance()
            left = ("arith", operator, left, self.multiplicative())
        return left

    def multiplicative(self) -> Node:
        left = self.unary()
        while self.has("*", "/", "%"):
            operator = self.value
            self.advance()
            left = ("arith", operator, left, self.unary())
        return left

    def unary(self) -> Node:
        if self.has("!", "-", "+"):
            operator = self.value
            self.advance()
            return ("unary", operator, self.unary())
        return self.power()

    def power(self) -> Node:
        left = self.increment()
        if self.has("^", "**"):
            self.advance()
            right = ("unary", "-", self.power()) if self.take("-") else self.power()
            return ("arith", "^", left, right)
        return left

    def increment(self) -> Node:
        if self.has("++", "--"):
            operator = self.value
            self.advance()
            return ("incr", operator, True, self.lvalue())
        node = self.primary()
        if self.has("++", "--") and node[0] in ("var", "elem", "field"):
            operator = self.value
            self.advance()
            return ("incr", operator, False, node)
        return node

    def lvalue(self) -> Node:
        node = self.primary()
        if node[0] not in ("var", "elem", "field"):
            self.fail()
        return node

    def target(self) -> Node | None:
        """What getline reads into; ``None`` for the record."""
        return self.primary() if self.kind == "name" or self.has("$") else None

    def subscript(self) -> list[Node]:
        self.need("[")
        items = [self.expression()]
        while self.take(","):
            self.newlines()
            items.append(self.expression())
        self.need("]")
        return items

    def arguments(self) -> list[Node]:
        self.need("(")
        saved, self.no_gt = self.no_gt, False
        items = []
        self.newlines()
        while not self.has(")"):
            items.append(self.expression())
            self.newlines()
            if not self.take(","):
                break
            self.newlines()
        self.need(")")
        self.no_gt = saved
        return items

    def primary(self) -> Node:
        kind, value = self.kind, self.value
        if kind == "number":
            self.advance()
            return ("number", float(int(value, 16)) if value[:2] in ("0x", "0X") else float(value))
        if kind == "string":
            self.advance()
            return ("string", unescape(value[1:-1]))
        if kind == "name":
            self.advance()
            return self.name(value)
        if kind == "funcname":
            line = self.line
            self.advance()
            return ("call", value, self.arguments(), line)
        if kind == "builtin":
            return self.builtin(value)
        if self.has("/", "/="):
            return self.regex()
        if self.take("$"):
            if self.has("++", "--"):
                return ("field", self.increment())
            if self.has("-", "+", "!"):
                return ("field", self.unary())
            return ("field", self.primary())
        if self.take("("):
            return self.group()
        if self.take("getline"):
            target = self.target()
            if self.take("<"):
                return ("getline", "<", self.power(), target)
            return ("getline", "", None, target)
        if self.has("-", "+", "!"):
            return self.unary()
        return self.fail()

    def name(self, name: str) -> Node:
        """A variable, or an element of an array. A bare argument may be either."""
        if self.has("["):
            self.tree.uses.setdefault(name, "array")
            return ("elem", name, self.subscript())
        if name in self.tree.functions and not self.busybox:
            self.fail()
        if not self.has(",", ")"):
            self.tree.uses.setdefault(name, "variable")
        return ("var", name)

    def builtin(self, name: str) -> Node:
        """A call of a built-in function, which must have the right number of arguments."""
        line = self.line
        self.advance()
        arguments = self.arguments() if self.has("(") else []
        least, most = ARITY[name]
        if least <= len(arguments) <= most:
            return ("builtin", name, arguments)
        few = len(arguments) < least
        if not few and self.busybox and name not in EXACT:
            return ("builtin", name, arguments[:most])
        words = f"wrong number of arguments in call to {name}"
        if name in ("split", "sub", "gsub", "match"):
            words = f"syntax error at or near {')' if few else ','}"
        raise BadProgram(words, line, "Too few arguments" if few else "Too many arguments")

    def group(self) -> Node:
        saved, self.no_gt = self.no_gt, False
        items = [self.expression()]
        while self.take(","):
            self.newlines()
            items.append(self.expression())
        self.newlines()
        self.need(")")
        self.no_gt = saved
        return ("grouping", items) if len(items) > 1 else ("group", items[0])

    def regex(self) -> Node:
        found = _REGEX.match(self.text, self.start + 1)
        if found is None:
            rest = self.text[self.start : self.start + 10]
            raise BadProgram(f"runaway regular expression {rest} ...", self.line, "Unexpected end of string")
        self.at = found.end()
        self.advance()
        return ("regex", found[1].replace("\\/", "/"))
