"""Values: numbers are floats, texts are strings, and text from input may be both."""

from __future__ import annotations

import re
from typing import Any

NUMBER = re.compile(r"[ \t\n\r\f\v]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
WHOLE = re.compile(NUMBER.pattern + r"[ \t\n\r\f\v]*")


class StrNum(str):
    """Text from input that looks like a number: it compares as one."""

    __slots__ = ("number",)
    number: float


class _Uninit(StrNum):
    pass


UNINIT = _Uninit("")
UNINIT.number = 0.0
"""The value of what has not been assigned."""


class Array(dict[str, Any]):
    """An associative array; looking at an element makes it."""

    def __missing__(self, key: str) -> Any:
        self[key] = UNINIT
        return UNINIT


def strnum(text: str) -> str:
    """``text`` from input, as a number too where it looks like one."""
    if WHOLE.fullmatch(text):
        made = StrNum(text)
        made.number = float(text)
        return made
    return text


def to_num(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, StrNum):
        return value.number
    found = NUMBER.match(value)
    return float(found[1]) if found else 0.0


def truth(value: Any) -> bool:
    if type(value) is float:
        return value != 0.0
    return value.number != 0.0 if isinstance(value, StrNum) else value != ""
