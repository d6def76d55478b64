"""Backslash escapes: ``$'...'``, ``echo -e``, ``printf`` and its ``%b``."""

from __future__ import annotations

import re

_SIMPLE = {"a": 7, "b": 8, "e": 27, "E": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}
_OCTAL = re.compile(r"[0-7]{1,3}")
_ZERO_OCTAL = re.compile(r"0?[0-7]{1,3}|0")
_HEX = {
    "x": re.compile(r"[0-9a-fA-F]{1,2}"),
    "u": re.compile(r"[0-9a-fA-F]{1,4}"),
    "U": re.compile(r"[0-9a-fA-F]{1,8}"),
}


def _byte(value: int) -> str:
    """A byte as the shell's strings hold it (UTF-8 with surrogate escapes)."""
    return bytes((value & 0xFF,)).decode("utf-8", "surrogateescape")


def escape(text: str, at: int, style: str) -> tuple[str | None, int]:
    """The escape whose character after the backslash is at ``at``, and the offset behind it.

    ``style`` is ``c`` (``$'...'``), ``echo`` (``\\0nnn``), ``printf`` (``\\nnn``) or ``b`` (both). ``None`` is ``\\c``:
    no more output.
    """
    if at >= len(text):
        return "\\", at
    char = text[at]
    if char in _SIMPLE:
        return chr(_SIMPLE[char]), at + 1
    octal = _OCTAL if style in ("c", "printf") else _ZERO_OCTAL
    if (match := octal.match(text, at)) and (style != "echo" or char == "0"):
        return _byte(int(match.group(), 8)), match.end()
    if char in _HEX and (match := _HEX[char].match(text, at + 1)):
        value = int(match.group(), 16)
        if char == "x":
            return _byte(value), match.end()
        return (chr(value) if value < 0x110000 and not 0xD800 <= value < 0xE000 else "\ufffd"), match.end()
    if char == "c" and style == "c" and at + 1 < len(text):
        return chr(ord(text[at + 1]) & 0x1F), at + 2
    if char == "c" and style in ("echo", "b"):
        return None, at + 1
    if char in "'\"?" and style == "c":
        return char, at + 1
    if char == '"' and style == "printf":
        return char, at + 1
    return "\\" + char, at + 1


def unescape(text: str, style: str) -> tuple[str, bool]:
    """``text`` with its escapes replaced; the flag says that ``\\c`` ended the output."""
    if "\\" not in text:
        return text, False
    pieces, at = [], 0
    while (found := text.find("\\", at)) >= 0:
        pieces.append(text[at:found])
        piece, at = escape(text, found + 1, style)
        if piece is None:
            return rejoin("".join(pieces)), True
        pieces.append(piece)
    return rejoin("".join(pieces) + text[at:]), False


def rejoin(text: str) -> str:
    """Bytes given one by one become the characters that they encode."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def ansi_c_quoted(source: str, at: int) -> tuple[str, int]:
    """The text of ``$'...'`` from behind its opening quote, and the offset behind the closing one (-1: none)."""
    pieces: list[str] = []
    while at < len(source):
        char = source[at]
        if char == "'":
            return rejoin("".join(pieces)).split("\0")[0], at + 1
        if char == "\\":
            piece, at = escape(source, at + 1, "c")
            pieces.append(piece or "")
        else:
            pieces.append(char)
            at += 1
    return "", -1
