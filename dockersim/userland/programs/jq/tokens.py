"""The words of a filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dockersim.userland.programs.jq.tree import BadFilter

KEYWORDS = frozenset(
    "def if then elif else end as reduce foreach try catch label import include and or not __loc__".split()
) - {"not"}
_PATTERN = re.compile(
    r"""(?P<space>[\s]+|\#[^\n]*)
      | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<field>\.[A-Za-z_]\w*)
      | (?P<format>@[A-Za-z0-9_]+)
      | (?P<variable>\$(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)
      | (?P<name>(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)
      | (?P<quote>")
      | (?P<sign>\?//=|\?//|\|=|\+=|-=|\*=|/=|%=|//=|==|!=|<=|>=|//|\.\.|[.\[\](){}|,:;=<>+\-*/%?$])
    """,
    re.X,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "/": "/", '"': '"'}


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``kind`` is ``number``, ``field``, ``format``, ``variable``, ``name``, ``string``, ``sign`` or ``end``.

    The value of a string are its parts: texts, and the tokens of filters inside.
    """

    kind: str
    value: Any
    at: int

    @property
    def said(self) -> str:
        """What jq's parser calls it."""
        names = {"end": "end of file", "number": "LITERAL", "name": "IDENT", "field": "FIELD", "format": "FORMAT",
                 "string": "QQSTRING_START", "variable": "'$'"}  # fmt: skip
        if self.kind == "name" and self.value in KEYWORDS:
            return str(self.value)
        return names.get(self.kind) or f"'{self.value}'"


def tokens(text: str) -> list[Token]:
    """The words of ``text``, and one for its end. Raises :class:`BadFilter`."""
    found, at = _read(text, 0, "")
    if at < len(text):
        raise BadFilter(syntax(text, "INVALID_CHARACTER"))
    return found


def syntax(text: str, what: str) -> str:
    """jq's message for a word that does not fit."""
    line = text.count("\n") + 1
    return f"syntax error, unexpected {what} (Unix shell quoting issues?) at <top-level>, line {line}:\n{text}"


def _read(text: str, at: int, closing: str) -> tuple[list[Token], int]:
    """Words up to the ``)`` that closes a filter inside a string, or to the end."""
    found: list[Token] = []
    depth = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise BadFilter(syntax(text, "INVALID_CHARACTER"))
        kind, word = str(match.lastgroup), match[0]
        if closing and word == ")" and depth == 0:
            break
        depth += {"(": 1, ")": -1}.get(word, 0) if kind == "sign" else 0
        if kind == "quote":
            parts, end = _string(text, match.end())
            found.append(Token("string", parts, at))
            at = end
            continue
        if kind != "space":
            found.append(Token(kind, _value(kind, word), at))
        at = match.end()
    return [*found, Token("end", "", at)], at


def _value(kind: str, word: str) -> str | int | float:
    if kind == "number":
        return int(word) if word.isdigit() else float(word)
    return word[1:] if kind in ("field", "variable") else word


def _string(text: str, at: int) -> tuple[list[str | list[Token]], int]:
    """A string's parts, from after its first quote, and where it ends."""
    parts: list[str | list[Token]] = []
    piece = ""
    while at < len(text):
        letter = text[at]
        at += 1
        if letter == '"':
            return [*parts, piece] if piece or not parts else parts, at
        if letter != "\\":
            piece += letter
            continue
        escape = text[at : at + 1]
        at += 1
        if escape == "(":
            inner, at = _read(text, at, ")")
            parts += [piece, inner]
            piece = ""
            at += 1
        elif escape == "u":
            piece += chr(int(text[at : at + 4], 16))
            at += 4
        elif escape in _ESCAPES:
            piece += _ESCAPES[escape]
        else:
            raise BadFilter(syntax(text, "INVALID_CHARACTER"))
    raise BadFilter(syntax(text, "end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END"))
