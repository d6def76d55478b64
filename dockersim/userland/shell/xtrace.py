"""How a shell shows a word so that it could be read back: ``set -x``, ``set``, ``export -p``, ``trap``, ``alias``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_PLAIN_ASH = re.compile(r"[A-Za-z0-9_+,\-./:=@\[\]{}%^~!?*]+")
_SPECIAL = re.compile(r"[ \t\n|&;<>()$`\\\"'*?\[\]{}!#~^]")


def single_quoted(text: str) -> str:
    """``'text'``, a quote in it as ``'\\''``."""
    return "'" + text.replace("'", "'\\''") + "'"


def double_quoted(text: str) -> str:
    """``"text"`` as bash's ``declare -p`` shows it."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", text) + '"'


def shown(shell: Shell, text: str) -> str:
    """A word of ``set -x``."""
    if shell.flavour == "dash":
        return text
    if shell.flavour == "ash":
        return text if _PLAIN_ASH.fullmatch(text) else single_quoted(text)
    return reusable(text)


def reusable(text: str) -> str:
    """``text``, quoted where it must be, as bash does it."""
    if text and not _SPECIAL.search(text):
        return text
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        return ansi_quoted(text)
    return single_quoted(text)


def ansi_quoted(text: str) -> str:
    """``$'text'``"""
    names = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\x1b": "\\E", "\f": "\\f", "\v": "\\v"}
    pieces = []
    for char in text:
        if char in names:
            pieces.append(names[char])
        elif char in "'\\":
            pieces.append("\\" + char)
        elif ord(char) < 32 or ord(char) == 127:
            pieces.append(f"\\{ord(char):03o}")
        else:
            pieces.append(char)
    return "$'" + "".join(pieces) + "'"
