"""The right side of ``s``: what a match is replaced by."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.regex import ESCAPES


class BadReference(Exception):
    """``\\3`` where the pattern has no third group."""


def replacement(text: str, groups: int) -> Callable[[re.Match[bytes]], bytes]:
    """What a match is replaced by, as a function of the match."""
    parts: list[bytes | int | str] = []
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "&":
            parts.append(0)
        elif character != "\\" or at >= len(text):
            parts.append(encode(character))
        else:
            letter = text[at]
            at += 1
            if letter.isdigit():
                if int(letter) > groups:
                    raise BadReference(letter)
                parts.append(int(letter))
            elif letter in "LUElu":
                parts.append(letter)
            elif letter in ESCAPES:
                parts.append(encode(ESCAPES[letter]))
            else:
                parts.append(encode(letter))
    if all(isinstance(part, bytes) for part in parts):
        fixed = b"".join(part for part in parts if isinstance(part, bytes))
        return lambda found: fixed
    if not any(isinstance(part, str) for part in parts):
        return lambda found: b"".join(found[p] or b"" if isinstance(p, int) else p for p in parts)  # type: ignore[misc]
    return lambda found: _cased(parts, found)


def _cased(parts: list[bytes | int | str], found: re.Match[bytes]) -> bytes:
    out = b""
    mode = once = ""
    for part in parts:
        if isinstance(part, str):
            if part in "LUE":
                mode, once = part, ""
            else:
                once = part
            continue
        piece = (found[part] or b"") if isinstance(part, int) else part
        piece = piece.upper() if mode == "U" else piece.lower() if mode == "L" else piece
        if once and piece:
            first = piece[:1].upper() if once == "u" else piece[:1].lower()
            piece, once = first + piece[1:], ""
        out += piece
    return out
