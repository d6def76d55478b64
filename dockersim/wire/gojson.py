"""JSON read as Go's decoder reads it: one value and what stands behind it; a fault told in Go's words."""

from __future__ import annotations

import json
from typing import Any, NoReturn

_SPACE = " \t\n\r"
_ESCAPES = '"\\/bfnrt'


class Fraction(str):
    """The text of a number that is no integer: Go tells it when an integer was wanted."""

    __slots__ = ()


def escape_html(text: str) -> str:
    """JSON with the letters escaped that mean something in HTML, as Go's encoder has them by default."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_float=Fraction, parse_constant=_no_number)


def read(text: str) -> tuple[Any, str]:
    """The first value of ``text``, and the text after it.

    Numbers that are no integers come as :class:`Fraction`. Raises EOFError where nothing is there, and ValueError with
    Go's message for what is no JSON.
    """
    start = len(text) - len(text.lstrip(_SPACE))
    if start == len(text):
        raise EOFError
    try:
        value, end = _DECODER.raw_decode(text, start)
    except ValueError:
        raise ValueError(fault(text)) from None
    return value, text[end:].lstrip(_SPACE)


def read_whole(text: str) -> Any:
    """The one value that ``text`` is. ValueError with Go's message for what is no JSON."""
    try:
        value, rest = read(text)
    except EOFError:
        raise ValueError("unexpected end of JSON input") from None
    except ValueError as error:
        raise ValueError(str(error).replace("unexpected EOF", "unexpected end of JSON input")) from None
    if rest:
        raise ValueError(f"invalid character {quoted(rest[0])} after top-level value")
    return value


def fault(text: str) -> str:
    """What Go says of ``text``, which is no JSON."""
    try:
        _Scanner(text).value()
    except _Fault as found:
        return str(found)
    return "unexpected EOF"


class _Fault(Exception):
    pass


class _Scanner:
    """Walks over JSON up to the first character that may not stand where it does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value(self) -> None:
        character = self._next()
        if character == "{":
            self._object()
        elif character == "[":
            self._array()
        elif character == '"':
            self._string()
        elif character == "-" or character.isdigit():
            self._number(character)
        elif character in "tfn":
            self._literal({"t": "true", "f": "false", "n": "null"}[character])
        else:
            self._refuse(character, "looking for beginning of value")

    def _object(self) -> None:
        if self._peek() == "}":
            self._next()
            return
        while True:
            self._expect('"', "looking for beginning of object key string")
            self._string()
            self._expect(":", "after object key")
            self.value()
            if self._expect(",}", "after object key:value pair") == "}":
                return

    def _array(self) -> None:
        if self._peek() == "]":
            self._next()
            return
        while True:
            self.value()
            if self._expect(",]", "after array element") == "]":
                return

    def _string(self) -> None:
        while (character := self._take()) != '"':
            if character < " ":
                self._refuse(character, "in string literal")
            if character == "\\":
                self._escape(self._take())

    def _escape(self, character: str) -> None:
        if character == "u":
            for _ in range(4):
                digit = self._take()
                if digit not in "0123456789abcdefABCDEF":
                    self._refuse(digit, "in \\u hexadecimal character escape")
        elif character not in _ESCAPES:
            self._refuse(character, "in string escape code")

    def _number(self, character: str) -> None:
        if character == "-":
            character = self._digit("in numeric literal")
        if character != "0":
            self._digits()
        if self._here() == ".":
            self._take()
            self._digit("after decimal point in numeric literal")
            self._digits()
        if self._here() in ("e", "E"):
            self._take()
            if self._here() in ("+", "-"):
                self._take()
            self._digit("in exponent of numeric literal")
            self._digits()

    def _digit(self, place: str) -> str:
        character = self._take()
        if not character.isdigit():
            self._refuse(character, place)
        return character

    def _digits(self) -> None:
        while self._here().isdigit():
            self._at += 1

    def _literal(self, word: str) -> None:
        for wanted in word[1:]:
            character = self._take()
            if character != wanted:
                self._refuse(character, f"in literal {word} (expecting '{wanted}')")

    def _expect(self, wanted: str, place: str) -> str:
        character = self._next()
        if character not in wanted:
            self._refuse(character, place)
        return character

    def _next(self) -> str:
        """The next character that is no space."""
        self._peek()
        return self._take()

    def _peek(self) -> str:
        while self._here() and self._here() in _SPACE:
            self._at += 1
        return self._here()

    def _here(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise _Fault("unexpected EOF")
        self._at += 1
        return self._text[self._at - 1]

    def _refuse(self, character: str, place: str) -> NoReturn:
        raise _Fault(f"invalid character {quoted(character)} {place}")


def quoted(character: str) -> str:
    """A character as Go's messages show it."""
    known = {"'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\"}
    return f"'{known.get(character, character)}'"
