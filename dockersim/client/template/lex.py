"""The words of a template: Go's ``text/template/parse`` lexer."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from dockersim.units.strconv import quote

KEYWORDS = frozenset("break continue block define else end if nil range template with".split())
_SPACES = " \t\r\n"
# What may stand right behind a field, a variable or an identifier.
_TERMINATORS = " \t\r\n.,|:)("


class Token(NamedTuple):
    """``kind`` is text, left, right, space, the character itself, field, variable, word, keyword, number, string, raw,
    char, bool, assign, declare, error or eof."""

    kind: str
    text: str
    pos: int
    line: int

    def __str__(self) -> str:
        if self.kind == "eof":
            return "EOF"
        if self.kind == "error":
            return self.text
        if self.kind in ("keyword", "."):
            return f"<{self.text}>"
        return f"{quote(self.text[:10])}..." if len(self.text) > 10 else quote(self.text)


class Lexer:
    """All tokens of a text; the last is ``eof`` or ``error``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self._pos = 0
        self._depth = 0
        while self._outside() and self._action():
            pass

    def _add(self, kind: str, start: int, end: int) -> None:
        self.tokens.append(Token(kind, self.text[start:end], start, 1 + self.text.count("\n", 0, start)))
        self._pos = end

    def _error(self, message: str, at: int | None = None) -> bool:
        # Go counts the newlines read so far, which is where the lexer stands.
        line = 1 + self.text.count("\n", 0, self._pos if at is None else at)
        self.tokens.append(Token("error", message, self._pos, line))
        return False

    def _outside(self) -> bool:
        """Text up to the next action, and comments; false at the end."""
        while True:
            start = self._pos
            open_at = self.text.find("{{", start)
            if open_at < 0:
                if start < len(self.text):
                    self._add("text", start, len(self.text))
                self._add("eof", len(self.text), len(self.text))
                return False
            trim = self.text[open_at + 2 : open_at + 3] == "-" and self.text[open_at + 3 : open_at + 4] in tuple(
                _SPACES
            )
            end = start + len(self.text[start:open_at].rstrip(_SPACES)) if trim else open_at
            if end > start:
                self._add("text", start, end)
            inside = open_at + (4 if trim else 2)
            if not self.text.startswith("/*", inside):
                self._add("left", open_at, open_at + 2)
                self._pos = open_at + (3 if trim else 2)
                return True
            self._pos = inside
            if not self._comment(inside):
                return False

    def _comment(self, start: int) -> bool:
        close = self.text.find("*/", start)
        if close < 0:
            return self._error("unclosed comment")
        width = self._right(close + 2)
        if not width:
            return self._error("comment ends before closing delimiter")
        self._pos = close + 2 + width
        if width > 2:
            self._skip_space()
        return True

    def _right(self, at: int) -> int:
        """The length of a closing delimiter here (4 with a trim mark), or 0."""
        if self.text.startswith("}}", at):
            return 2
        return 4 if self.text[at : at + 1] in tuple(_SPACES) and self.text.startswith("-}}", at + 1) else 0

    def _skip_space(self) -> None:
        while self._pos < len(self.text) and self.text[self._pos] in _SPACES:
            self._pos += 1

    def _action(self) -> bool:
        """The tokens up to ``}}``; false at an error."""
        self._depth = 0
        while True:
            width = self._right(self._pos)
            if width:
                if self._depth:
                    return self._error("unclosed left paren")
                self._add("right", self._pos, self._pos + width)
                if width > 2:
                    self._skip_space()
                return True
            if not self._token():
                return False

    def _token(self) -> bool:
        text, start = self.text, self._pos
        char = text[start : start + 1]
        if not char:
            return self._error("unclosed action")
        handler = self._HANDLERS.get(char)
        if handler is not None:
            return handler(self, start)
        if char == ":":
            if text[start + 1 : start + 2] != "=":
                self._pos += 2
                return self._error("expected :=")
            self._add("declare", start, start + 2)
        elif char == "." and not text[start + 1 : start + 2].isdigit():
            return self._name("field", start)
        elif char in "+-." or char.isdigit():
            return self._number(start)
        elif char == "_" or char.isalnum():
            return self._word(start)
        elif char.isascii() and char.isprintable():
            self._add({"=": "assign", "|": "|", ",": ","}.get(char, "char"), start, start + 1)
        else:
            return self._error(f"unrecognized character in action: {_named(char)}")
        return True

    def _raw(self, start: int) -> bool:
        close = self.text.find("`", start + 1)
        if close < 0:
            self._pos = len(self.text)
            return self._error("unterminated raw quoted string", start)
        self._add("raw", start, close + 1)
        return True

    def _variable(self, start: int) -> bool:
        return self._name("variable", start)

    def _space(self, start: int) -> bool:
        end = start
        while self.text[end : end + 1] in tuple(_SPACES):
            if self._right(end) == 4:
                break
            end += 1
        self._add("space", start, end)
        return True

    def _paren(self, start: int) -> bool:
        char = self.text[start]
        self._depth += 1 if char == "(" else -1
        if self._depth < 0:
            self._pos += 1
            return self._error("unexpected right paren")
        self._add(char, start, start + 1)
        return True

    def _string(self, start: int) -> bool:
        at = start + 1
        while True:
            char = self.text[at : at + 1]
            if char in ("", "\n"):
                self._pos = at
                return self._error("unterminated quoted string")
            if char == "\\" and self.text[at + 1 : at + 2] not in ("", "\n"):
                at += 1
            elif char == '"':
                self._add("string", start, at + 1)
                return True
            at += 1

    def _char(self, start: int) -> bool:
        at = start + 1
        while True:
            char = self.text[at : at + 1]
            if char in ("", "\n"):
                self._pos = at
                return self._error("unterminated character constant")
            if char == "\\" and self.text[at + 1 : at + 2] not in ("", "\n"):
                at += 1
            elif char == "'":
                self._add("char constant", start, at + 1)
                return True
            at += 1

    def _end_of_word(self, at: int) -> int:
        while at < len(self.text) and (self.text[at] == "_" or self.text[at].isalnum()):
            at += 1
        return at

    def _terminated(self, at: int) -> bool:
        return at >= len(self.text) or self.text[at] in _TERMINATORS or self.text.startswith("}}", at)

    def _name(self, kind: str, start: int) -> bool:
        end = self._end_of_word(start + 1)
        if end == start + 1 and kind == "field" and self._terminated(end):
            self._add(".", start, end)
            return True
        if not self._terminated(end):
            self._pos = end + 1
            return self._error(f"bad character {_named(self.text[end])}")
        self._add(kind, start, end)
        return True

    def _word(self, start: int) -> bool:
        end = self._end_of_word(start)
        if not self._terminated(end):
            self._pos = end + 1
            return self._error(f"bad character {_named(self.text[end])}")
        word = self.text[start:end]
        self._add("keyword" if word in KEYWORDS else "bool" if word in ("true", "false") else "word", start, end)
        return True

    def _number(self, start: int) -> bool:
        import re

        match = re.compile(
            r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*"
            r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?",
        ).match(self.text, start)
        end = match.end() if match else start + 1
        if self.text[end : end + 1] == "_" or self.text[end : end + 1].isalnum():
            self._pos = end + 1
            return self._error(f"bad number syntax: {quote(self.text[start : end + 1])}")
        self._add("number", start, end)
        return True

    _HANDLERS: ClassVar = {
        **dict.fromkeys(_SPACES, _space),
        **dict.fromkeys("()", _paren),
        '"': _string,
        "'": _char,
        "`": _raw,
        "$": _variable,
    }


def _named(char: str) -> str:
    return f"U+{ord(char):04X} '{char}'" if char.isprintable() else f"U+{ord(char):04X}"
