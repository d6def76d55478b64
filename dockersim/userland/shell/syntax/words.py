"""Words as the parser makes them, and what a word may turn out to be: a name, an assignment, several words."""

from __future__ import annotations

import re
from functools import cache

from dockersim.userland.shell.syntax.ast import Array, Assign, Dq, Lit, Part, Quo, Target, Word

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
compiled = cache(re.compile)
"""A pattern that only some programs need, compiled when it is first needed."""
_NAME = re.compile(NAME)
_ASSIGNMENT = re.compile(rf"({NAME})(\+?)=")


def is_name(text: str) -> bool:
    """Whether ``text`` is a name: letters, digits and underscores, no digit first (XBD 3.216)."""
    return _NAME.fullmatch(text) is not None


def make_word(parts: list[Part]) -> Word:
    """A word of ``parts``, with its literal text where it has one."""
    if len(parts) == 1 and type(parts[0]) is Lit:
        text = parts[0].text
        special = "*" in text or "?" in text or "[" in text or "~" in text
        return Word(tuple(parts), None if special else text)
    pieces: list[str] = []
    for part in parts:
        inner = part.parts if type(part) is Dq else (part,)
        for piece in inner:
            if type(piece) is Quo or (type(piece) is Lit and not set(piece.text) & set("*?[~")):
                pieces.append(piece.text)
            else:
                return Word(tuple(parts), None)
    return Word(tuple(parts), "".join(pieces))


def text_of(part: Part) -> str:
    """The text of a literal or quoted part, nothing of another."""
    return part.text if isinstance(part, Lit | Quo) else ""


def subscript_of_all(index: Word) -> str:
    """``@`` or ``*`` where the subscript is one of these, else nothing."""
    text = text_of(index.parts[0]) if len(index.parts) == 1 else ""
    return text if text in ("@", "*") else ""


def brace_words(word: Word) -> list[Word]:
    """bash's brace expansion of ``word``."""
    if not any(type(part) is Lit and "{" in part.text for part in word.parts):
        return [word]
    from dockersim.userland.shell.syntax.braces import expand

    return [make_word(parts) for parts in expand(list(word.parts))]


def assignment(word: Word, append: bool = True) -> Assign | None:
    """``word`` as an assignment, where it is one; ``append`` knows ``+=``."""
    if not word.parts:
        return None
    first = word.parts[0]
    if type(first) is Target:
        return Assign(first.name, first.index, first.append, make_word(list(word.parts[1:])))
    if type(first) is not Lit:
        return None
    match = _ASSIGNMENT.match(first.text)
    if not match or (match.group(2) and not append):
        return None
    rest = first.text[match.end() :]
    if len(word.parts) > 1 and not rest and type(array := word.parts[1]) is Array:
        return Assign(match.group(1), None, bool(match.group(2)), array)
    value = make_word([*([Lit(rest)] if rest else []), *word.parts[1:]])
    return Assign(match.group(1), None, bool(match.group(2)), value)
