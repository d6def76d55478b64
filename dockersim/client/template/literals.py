"""Constants in a template: Go's numbers, characters and strings. ``ValueError`` has Go's words."""

from __future__ import annotations

import re

from dockersim.units.strconv import parse_float, parse_int, quote

_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ONE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^0-7xuU])|[^\\]", re.DOTALL)


def number(text: str) -> int | float | complex:
    """An integer if it is one, however it is written."""
    try:
        return parse_int(text)
    except ValueError as error:
        if str(error).endswith("out of range"):
            raise ValueError(f"integer overflow: {quote(text)}") from None
    imaginary = text.endswith("i")
    try:
        found = parse_float(re.sub(r"(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])", "", text.removesuffix("i")))
    except ValueError:
        raise ValueError(f"illegal number syntax: {quote(text)}") from None
    if imaginary:
        return complex(0, found)
    if not re.search("[.eEpP]", text):
        raise ValueError(f"integer overflow: {quote(text)}")
    return found


def character(text: str) -> int:
    """``'x'``: a number."""
    first = _ONE.match(text, 1)
    if first is None or first[0] == "'":
        raise ValueError("invalid syntax")
    made = _char(first[0], "'")
    if text[first.end() :] != "'":
        raise ValueError(f"malformed character constant: {text}")
    return ord(made)


def unquote(text: str) -> str:
    """``strconv.Unquote`` of a quoted or a raw string."""
    inside = text[1:-1]
    if text[0] == "`":
        return inside.replace("\r", "")
    parts = _ONE.findall(inside)
    if "".join(parts) != inside:
        raise ValueError("invalid syntax")
    return "".join(_char(part, text[0]) for part in parts)


def _char(part: str, quoted: str) -> str:
    """One character, perhaps written as an escape."""
    if part[0] != "\\":
        return part
    body = part[1:]
    if body in _SIMPLE or body == quoted:
        return _SIMPLE.get(body, body)
    if body[0] not in "xuU01234567":
        raise ValueError("invalid syntax")
    code = int(body[1:], 16) if body[0] in "xuU" else int(body, 8)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or (body[0] not in "uU" and code > 255):
        raise ValueError("invalid syntax")
    return chr(code)
