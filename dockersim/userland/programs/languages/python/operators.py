"""What operators do to values, within what one operation may cost the host."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from dockersim.userland.programs.languages.python.values import (
    EXCEPTIONS,
    MAX_SIZE,
    Function,
    Native,
    Object,
    Raised,
    Unsimulated,
)

BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
MAX_BITS = 1 << 22
"""Bits of a whole number that one operation may make: beyond that the host would be busy for seconds."""
SYMBOLS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "** or pow()"}


def type_name(value: Any) -> str:
    """What Python calls the type of a value."""
    if isinstance(value, Object):
        return value.kind
    if isinstance(value, Function):
        return "function"
    if isinstance(value, Native):
        return "builtin_function_or_method"
    return type(value).__name__


def guarded(act: Callable[[], Any]) -> Any:
    """Do something to values of the program; what Python would complain about becomes the program's exception."""
    try:
        return act()
    except KeyError as error:
        raise Raised("KeyError", *error.args) from None
    except (IndexError, TypeError, ValueError, AttributeError, LookupError) as error:
        kind = type(error).__name__
        raise Raised(kind if kind in EXCEPTIONS else "ValueError", str(error)) from None


def binary(kind: type, left: Any, right: Any) -> Any:
    """``left kind right``."""
    if kind not in BINARY:
        raise Unsimulated(f"the operator {kind.__name__}")
    _limit(kind, left, right)
    try:
        return BINARY[kind](left, right)
    except ZeroDivisionError as error:
        raise Raised("ZeroDivisionError", str(error)) from None
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, TypeError) and kind is ast.Add and isinstance(left, str):
            raise Raised("TypeError", f'can only concatenate str (not "{type_name(right)}") to str') from None
        if isinstance(error, TypeError):
            names = f"'{type_name(left)}' and '{type_name(right)}'"
            symbol = SYMBOLS.get(kind.__name__, kind.__name__)
            raise Raised("TypeError", f"unsupported operand type(s) for {symbol}: {names}") from None
        raise Raised("ValueError", str(error)) from None


def check_size(size: int) -> None:
    """Refuse what would hold more than :data:`MAX_SIZE`."""
    if size > MAX_SIZE:
        raise Raised("MemoryError")


def check_bits(bits: int) -> None:
    """Refuse a number of more than :data:`MAX_BITS`."""
    if bits > MAX_BITS:
        raise Raised("MemoryError")


def _limit(kind: type, left: Any, right: Any) -> None:
    """Keep one operation from taking the host's memory or time."""
    if kind is ast.Mult:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, str | bytes | list | tuple) and isinstance(other, int):
                check_size(len(one) * max(0, other))
        if isinstance(left, int) and isinstance(right, int):
            check_bits(left.bit_length() + right.bit_length())
    elif kind is ast.Pow and isinstance(left, int) and isinstance(right, int) and right > 0:
        check_bits(left.bit_length() * right)
    elif kind is ast.LShift and isinstance(left, int) and isinstance(right, int):
        check_bits(left.bit_length() + right)
    elif kind is ast.Mod and isinstance(left, str | bytes):
        text = left if isinstance(left, str) else left.decode("latin-1")
        if re.search(r"%[^a-zA-Z%]*\d{6}", text) or "*" in text:
            raise Raised("MemoryError")


def items_of(value: Any) -> Any:
    """What a loop over ``value`` goes through."""
    if isinstance(value, Object) and "__iter__" in value.attributes:
        return value.attributes["__iter__"]
    if isinstance(value, str | bytes | list | tuple | set | range | dict) or type(value).__name__.startswith("dict_"):
        return value
    raise Raised("TypeError", f"'{type_name(value)}' object is not iterable")
