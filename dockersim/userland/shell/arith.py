"""Shell arithmetic: C's integer expressions in 64 bits (POSIX XCU 2.6.4), with bash's ``**``, ``,`` and ``base#``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

_TOKEN = re.compile(
    r"[ \t\n]*(?:(?P<number>[0-9][0-9A-Za-z_@#]*)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op><<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&^|]=|[-+*/%&^|<>!~?:=,()\[\]]))"
)
_SIMPLE_TOKEN = re.compile(_TOKEN.pattern.replace(r"|\+\+|--", ""))
_LEVELS = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
    ("**",),
)
_ASSIGN = frozenset("= += -= *= /= %= &= ^= |= <<= >>=".split())
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"
MAX_DEPTH = 100


class ArithError(Exception):
    """``what`` is ``syntax``, ``zero``, ``base``, ``exponent`` or ``depth``; ``rest`` is where it was noticed."""

    def __init__(self, what: str, rest: str = "") -> None:
        super().__init__(what, rest)
        self.what = what
        self.rest = rest


class Memory(Protocol):
    """Where the names of an expression live; ``key`` is a subscript's text or ``None``."""

    def number(self, name: str, key: str | None, depth: int) -> int: ...

    def assign(self, name: str, key: str | None, value: int) -> None: ...


def wrap(value: int) -> int:
    """``value`` as a signed 64-bit integer."""
    value &= 0xFFFF_FFFF_FFFF_FFFF
    return value - (1 << 64) if value >> 63 else value


class _Parser:
    def __init__(self, text: str, simple: bool) -> None:
        self.text = text
        self.simple = simple
        self.at = 0
        self.depth = 0
        self.kind = ""
        self.value = ""
        self.start = 0
        self.next()

    def next(self) -> None:
        match = (_SIMPLE_TOKEN if self.simple else _TOKEN).match(self.text, self.at)
        if match is None:
            self.start = self.at
            if self.text[self.at :].strip(" \t\n"):
                raise ArithError("syntax", self.text[self.at :].strip())
            self.kind = self.value = ""
            return
        self.kind = match.lastgroup or ""
        self.value = match.group(self.kind)
        self.start = match.start(self.kind)
        self.at = match.end()

    def fail(self) -> ArithError:
        return ArithError("syntax", self.text[self.start :])

    def is_op(self, *texts: str) -> bool:
        return self.kind == "op" and self.value in texts

    def whole(self) -> Any:
        if not self.kind and not self.simple:
            return ("number", 0)
        tree = self.comma()
        if self.kind:
            raise self.fail()
        return tree

    def comma(self) -> Any:
        tree = self.conditional()
        while self.is_op(","):
            self.next()
            tree = (",", tree, self.conditional())
        return tree

    def conditional(self, assigning: bool = True) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ArithError("depth", self.text[self.start :])
        tree = self.binary(0)
        if assigning and self.kind == "op" and self.value in _ASSIGN and tree[0] == "name":
            operator = self.value
            self.next()
            tree = ("=", tree, operator[:-1], self.conditional())
        elif self.is_op("?"):
            self.next()
            then = self.comma()
            if not self.is_op(":"):
                raise self.fail()
            self.next()
            tree = ("?", tree, then, self.conditional(assigning=False))
        self.depth -= 1
        return tree

    def binary(self, level: int) -> Any:
        if level == len(_LEVELS):
            return self.unary()
        operators = _LEVELS[level]
        left = self.binary(level + 1)
        while self.kind == "op" and self.value in operators:
            operator = self.value
            if operator == "**" and self.simple:
                raise self.fail()
            self.next()
            left = (operator, left, self.binary(level if operator == "**" else level + 1))
        return left

    def unary(self) -> Any:
        if not self.is_op("+", "-", "!", "~", "++", "--"):
            return self.postfix()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ArithError("depth", self.text[self.start :])
        operator = self.value
        self.next()
        operand = self.unary()
        self.depth -= 1
        if operator in ("++", "--"):
            if operand[0] == "name" and not self.simple:
                return ("pre", operand, 1 if operator == "++" else -1)
            operator = operator[0]
            return ("u" + operator, ("u" + operator, operand))
        return ("u" + operator, operand)

    def postfix(self) -> Any:
        if self.kind == "number":
            tree: Any = ("number", number(self.value))
            self.next()
            return tree
        if self.kind == "name":
            name, key = self.value, None
            if self.text.startswith("[", self.at):
                key = self._subscript()
            self.next()
            tree = ("name", name, key)
            if self.is_op("++", "--") and not self.simple:
                tree = ("post", tree, 1 if self.value == "++" else -1)
                self.next()
            return tree
        if not self.is_op("("):
            raise self.fail()
        self.next()
        tree = self.comma()
        if not self.is_op(")"):
            raise self.fail()
        self.next()
        return tree if tree[0] != "name" else ("u+", tree)

    def _subscript(self) -> str:
        begin, depth = self.at + 1, 0
        for at in range(self.at, len(self.text)):
            depth += (self.text[at] == "[") - (self.text[at] == "]")
            if not depth:
                self.at = at + 1
                return self.text[begin:at]
        raise ArithError("syntax", self.text[begin:])


def number(text: str) -> int:
    """A constant: decimal, ``0`` octal, ``0x`` hexadecimal, ``base#digits``."""
    base, digits = 10, text
    if "#" in text:
        head, _, digits = text.partition("#")
        base = int(head) if head.isdigit() else 0
        if not 2 <= base <= 64 or not digits:
            raise ArithError("base", text)
    elif text[:2] in ("0x", "0X"):
        base, digits = 16, text[2:]
    elif text[0] == "0" and len(text) > 1:
        base, digits = 8, text[1:]
    value = 0
    for char in digits:
        digit = _DIGITS.find(char.lower() if base <= 36 else char)
        if digit < 0 or digit >= base:
            raise ArithError("base", text)
        value = value * base + digit
    return wrap(value)


@lru_cache(maxsize=2048)
def tree_of(text: str, simple: bool) -> Any:
    """The expression in ``text``; ``simple`` leaves out what dash lacks. Raises :class:`ArithError`."""
    return _Parser(text, simple).whole()


def evaluate(text: str, memory: Memory, simple: bool = False, depth: int = 0) -> int:
    """The value of ``text``. Raises :class:`ArithError`."""
    if depth > MAX_DEPTH // 4:
        raise ArithError("depth", text)
    return _value(tree_of(text, simple), memory, depth)


def _value(tree: Any, memory: Memory, depth: int) -> int:
    kind = tree[0]
    if kind == "number":
        value: int = tree[1]
        return value
    if kind == "name":
        return memory.number(tree[1], tree[2], depth)
    if kind in ("&&", "||"):
        left = _value(tree[1], memory, depth) != 0
        if left == (kind == "||"):
            return int(left)
        return int(_value(tree[2], memory, depth) != 0)
    if kind == "?":
        return _value(tree[2 if _value(tree[1], memory, depth) else 3], memory, depth)
    if kind == "=":
        _, (_, name, key), operator, right = tree
        value = _value(right, memory, depth)
        if operator:
            value = binary(operator, memory.number(name, key, depth), value)
        memory.assign(name, key, value)
        return value
    if kind in ("pre", "post"):
        _, (_, name, key), step = tree
        before = memory.number(name, key, depth)
        memory.assign(name, key, wrap(before + step))
        return wrap(before + step) if kind == "pre" else before
    if kind[0] == "u":
        operand = _value(tree[1], memory, depth)
        return wrap({"+": operand, "-": -operand, "~": ~operand}.get(kind[1], int(not operand)))
    return binary(kind, _value(tree[1], memory, depth), _value(tree[2], memory, depth))


def binary(operator: str, a: int, b: int) -> int:
    """``a operator b`` as a 64-bit C program computes it."""
    if operator in ("/", "%"):
        if b == 0:
            raise ArithError("zero", str(b))
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return wrap(quotient if operator == "/" else a - quotient * b)
    if operator == "**":
        if b < 0:
            raise ArithError("exponent", str(b))
        return wrap(pow(a, b, 1 << 64))
    return wrap(_BINARY[operator](a, b))


_BINARY: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "<<": lambda a, b: a << (b & 63),
    ">>": lambda a, b: a >> (b & 63),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b),
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "&": lambda a, b: a & b,
    "^": lambda a, b: a ^ b,
    "|": lambda a, b: a | b,
    ",": lambda a, b: b,
}
