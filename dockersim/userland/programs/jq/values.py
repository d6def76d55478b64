"""jq's values: their kinds, their order, how they are shown, and what may be done with two of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any

Path = tuple[Any, ...]


class JqError(Exception):
    """An error of a running filter; ``value`` is what ``catch`` gets."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


KINDS = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string", list: "array",
         dict: "object"}  # fmt: skip
_ORDER = {"null": 0, "number": 3, "string": 4, "array": 5, "object": 6}


def kind(value: Any) -> str:
    """``null``, ``boolean``, ``number``, ``string``, ``array`` or ``object``."""
    return KINDS[type(value)]


def true(value: Any) -> bool:
    """All is true but ``null`` and ``false``."""
    return value is not None and value is not False


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1: null, false, true, numbers, strings, arrays, objects."""
    first, second = _rank(left), _rank(right)
    if first != second or first < 3:
        return _sign(first, second)
    if isinstance(left, list):
        for one, other in zip(left, right, strict=False):
            if (found := compare(one, other)) != 0:
                return found
        return _sign(len(left), len(right))
    if isinstance(left, dict):
        return compare(sorted(left), sorted(right)) or compare([left[key] for key in sorted(left)],
                                                               [right[key] for key in sorted(left)])  # fmt: skip
    return _sign(left, right)


def _rank(value: Any) -> int:
    return 1 + int(value) if isinstance(value, bool) else _ORDER[kind(value)]


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


by_order = cmp_to_key(compare)


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same: ``1`` is not ``true``."""
    return compare(left, right) == 0


# ---- as text


def number(value: float) -> str:
    """A number as jq prints it: an integer without a point."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "null"
    if math.isinf(value):
        return "1.7976931348623157e+308" if value > 0 else "-1.7976931348623157e+308"
    if value == int(value) and abs(value) < 1e17:
        return str(int(value))
    return repr(value)


class _Encoder(json.JSONEncoder):
    def __init__(self, indent: int | str | None, sort: bool, ascii_only: bool) -> None:
        separators = (",", ":") if indent is None else (",", ": ")
        super().__init__(indent=indent, separators=separators, sort_keys=sort, ensure_ascii=ascii_only)


def shown(value: Any, indent: int | str | None = None, sort: bool = False, ascii_only: bool = False) -> str:
    """A value as JSON: compact, or with so much before each line."""
    text = _Encoder(indent, sort, ascii_only).encode(_plain(value))
    return text.replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
    """With each number as the JSON encoder should see it."""
    if isinstance(value, float):
        text = number(value)
        return int(text) if text.lstrip("-").isdigit() else None if text == "null" else float(text)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def fault(text: str, at: int) -> str:
    """What jq says of text that is no JSON from ``at`` on: it notices at the end of the word."""
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] in "_.+-'"):
        end += 1
    if not text[at:].strip():
        return f"Unfinished JSON term at EOF at {_place(text)}"
    return f"Invalid numeric literal at {'EOF at ' if end >= len(text) else ''}{_place(text[: end + 1])}"


def _place(text: str) -> str:
    return f"line {text.count(chr(10)) + 1}, column {len(text) - text.rfind(chr(10)) - 1}"


def told(value: Any) -> str:
    """``string ("abc")``: kind and value as an error tells them, cut short."""
    text = shown(value)
    return f"{kind(value)} ({text if len(text.encode()) < 15 else text[:11] + '...'})"


def text_of(value: Any) -> str:
    """A string as it is, anything else as JSON."""
    return value if isinstance(value, str) else shown(value)


# ---- arithmetic


def calculate(operator: str, left: Any, right: Any) -> Any:
    """``left operator right``. Raises :class:`JqError`."""
    return _OPERATIONS[operator](left, right)


def _is_number(*values: Any) -> bool:
    return all(kind(value) == "number" for value in values)


def _add(left: Any, right: Any) -> Any:
    if left is None:
        return right
    if right is None:
        return left
    if _is_number(left, right):
        return left + right
    if kind(left) == kind(right) and isinstance(left, (str, list)):
        return left + right
    if isinstance(left, dict) and isinstance(right, dict):
        return {**left, **right}
    raise JqError(f"{told(left)} and {told(right)} cannot be added")


def _subtract(left: Any, right: Any) -> Any:
    if _is_number(left, right):
        return left - right
    if isinstance(left, list) and isinstance(right, list):
        return [one for one in left if not any(equal(one, other) for other in right)]
    raise JqError(f"{told(left)} and {told(right)} cannot be subtracted")


def _multiply(left: Any, right: Any) -> Any:
    if _is_number(left, right):
        return left * right
    if kind(left) == "number" and isinstance(right, str):
        left, right = right, left
    if isinstance(left, str) and kind(right) == "number":
        return left * max(1, math.ceil(right)) if right > 0 else None
    if isinstance(left, dict) and isinstance(right, dict):
        return _merge(left, right)
    raise JqError(f"{told(left)} and {told(right)} cannot be multiplied")


def _merge(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(left)
    for key, value in right.items():
        mine = made.get(key)
        made[key] = _merge(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return made


def _divide(left: Any, right: Any) -> Any:
    if _is_number(left, right):
        if right == 0:
            raise JqError(f"{told(left)} and {told(right)} cannot be divided because the divisor is zero")
        return left // right if isinstance(left, int) and isinstance(right, int) and left % right == 0 else left / right
    if isinstance(left, str) and isinstance(right, str):
        return split(left, right)
    raise JqError(f"{told(left)} and {told(right)} cannot be divided")


def split(text: str, by: str) -> list[str]:
    """The parts of a string between the places where ``by`` stands; its letters for an empty one."""
    if not text:
        return []
    return text.split(by) if by else list(text)


def _modulo(left: Any, right: Any) -> Any:
    if not _is_number(left, right):
        raise JqError(f"{told(left)} and {told(right)} cannot be divided")
    if int(right) == 0:
        raise JqError(f"{told(left)} and {told(right)} cannot be divided because the divisor is zero")
    return int(math.fmod(int(left), abs(int(right))))


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _modulo,
    "==": lambda left, right: compare(left, right) == 0,
    "!=": lambda left, right: compare(left, right) != 0,
    "<": lambda left, right: compare(left, right) < 0,
    "<=": lambda left, right: compare(left, right) <= 0,
    ">": lambda left, right: compare(left, right) > 0,
    ">=": lambda left, right: compare(left, right) >= 0,
}


# ---- parts


def get(value: Any, key: Any) -> Any:
    """``value[key]``. Raises :class:`JqError`."""
    if isinstance(key, dict) and (value is None or isinstance(value, (list, str))):
        return None if value is None else value[_span(key)]
    if value is None and (key is None or isinstance(key, (str, int, float))):
        return None
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and _is_number(key):
        at = math.floor(key) + (len(value) if key < 0 else 0)
        return value[at] if 0 <= at < len(value) else None
    if isinstance(value, list) and isinstance(key, list):
        return [at for at in range(len(value)) if key and equal(value[at : at + len(key)], key)]
    raise JqError(f"Cannot index {kind(value)} with " + (f'"{key}"' if isinstance(key, str) else kind(key)))


def _span(key: Mapping[str, Any]) -> slice:
    ends = []
    for name in ("start", "end"):
        end = key.get(name)
        if end is not None and not _is_number(end):
            raise JqError("Start and end indices of an array slice must be numbers")
        ends.append(end)
    start, last = ends
    return slice(None if start is None else math.floor(start), None if last is None else math.ceil(last))


def put(value: Any, path: Path, new: Any) -> Any:
    """``value`` with ``new`` at a path. Raises :class:`JqError`."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    inner = put(get(value, key), rest, new)
    if isinstance(key, dict):
        if not isinstance(inner, list):
            raise JqError("A slice of an array can only be assigned another array")
        whole = list(value or [])
        whole[_span(key)] = inner
        return whole
    if isinstance(key, str):
        return {**(value or {}), key: inner}
    if not _is_number(key):
        raise JqError(f"Cannot update field at {kind(key)} index of {kind(value)}")
    whole = list(value or [])
    at = int(key) + (len(whole) if key < 0 else 0)
    if at < 0:
        raise JqError("Out of bounds negative array index")
    whole += [None] * (at + 1 - len(whole))
    whole[at] = inner
    return whole


def remove(value: Any, path: Path) -> Any:
    """``value`` without what is at a path. Raises :class:`JqError`."""
    if not path:
        return None
    key, rest = path[0], path[1:]
    if value is None:
        return None
    if rest:
        inner = get(value, key)
        return value if inner is None else put(value, (key,), remove(inner, rest))
    if isinstance(value, dict) and isinstance(key, str):
        return {name: one for name, one in value.items() if name != key}
    if isinstance(value, list) and (_is_number(key) or isinstance(key, dict)):
        whole = list(value)
        if isinstance(key, dict):
            del whole[_span(key)]
        else:
            at = int(key) + (len(whole) if key < 0 else 0)
            if 0 <= at < len(whole):
                del whole[at]
        return whole
    if isinstance(key, str):
        raise JqError(f"Cannot delete field at object index of {kind(value)}")
    raise JqError(f"Cannot delete field at array index of {kind(value)}")
