"""How a shell shows a word so that it could be read back: ``set -x``, ``set``, ``export -p``, ``trap``, ``alias``."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell
    from dockersim.userland.shell.syntax.ast import Assign

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


def trace(shell: Shell, assigns: Sequence[Assign], argv: Sequence[str]) -> Generator[Any, Any, None]:
    """Report a command as ``set -x`` does: its words, or its assignments where it has no words."""
    level = (yield from shell.expand_text(shell.get("PS4") or "")) if shell.vars.get("PS4") else ""
    words = [f"{assign.name}={shown(shell, shell.get(assign.name) or '')}" for assign in assigns if not argv]
    line = " ".join(words + [shown(shell, word) for word in argv])
    level = level[:1] * (shell.nesting if shell.bash else 1) + level[1:]
    shell.p.err(f"{level}{line}\n")


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
