"""Characters to tokens: words, numbers, strings, operators."""

from __future__ import annotations

import re
from typing import NoReturn

from dockersim.userland.programs.awk.syntax.tree import BadProgram, near

TOKEN = re.compile(
    r"[ \t\r]*(?:\\\r?\n[ \t]*)*(?:#[^\n]*)?(?:"
    r"(?P<newline>\n)|(?P<number>(?:0[xX][0-9a-fA-F]+)|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r'|(?P<string>"(?:[^"\\\n]|\\[\s\S])*")|(?P<funcname>[A-Za-z_]\w*(?=\())|(?P<name>[A-Za-z_]\w*)'
    r"|(?P<op>\*\*=|\*\*|&&|\|\||\+\+|--|\+=|-=|\*=|/=|%=|\^=|==|<=|>=|!=|!~|>>|[{}()\[\];,+\-*/%^!<>|?:~$=])"
    r"|(?P<end>\Z))"
)
KEYWORDS = frozenset(
    "BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print "
    "printf".split()
)
ANY = 255
ARITY = {
    "length": (0, 1), "substr": (2, 3), "index": (2, 2), "split": (2, 3), "sub": (2, 3), "gsub": (2, 3),
    "match": (2, 2), "sprintf": (1, ANY), "sin": (1, 1), "cos": (1, 1), "atan2": (2, 2), "exp": (1, 1), "log": (1, 1),
    "sqrt": (1, 1), "int": (1, 1), "rand": (0, 0), "srand": (0, 1), "tolower": (1, 1), "toupper": (1, 1),
    "system": (1, 1), "close": (1, 1), "fflush": (0, 1), "gensub": (3, 4), "systime": (0, 0), "strftime": (0, 3),
    "strtonum": (1, 1), "and": (2, 2), "or": (2, 2), "xor": (2, 2), "lshift": (2, 2), "rshift": (2, 2), "compl": (1, 1),
}  # fmt: skip
"""The built-in functions, with the least and the most arguments of each."""
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "/": "/", '"': '"', "\\": "\\"}


def unescape(text: str) -> str:
    """A string constant's characters."""

    def one(found: re.Match[str]) -> str:
        body = found[1]
        if body == "\n":
            return ""
        if body[0] in "01234567":
            return chr(int(body, 8) & 0xFF)
        if body[0] == "x" and len(body) > 1:
            return chr(int(body[1:], 16))
        return ESCAPES.get(body, "\\" + body)

    return re.sub(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|[\s\S])", one, text)


class Tokens:
    """Stands at one token of ``text``: its ``kind``, its ``value``, where it starts, and on which line.

    ``open`` are the brackets before it that are not closed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[str] = []
        self.at = 0
        self.kind = ""
        self.value = ""
        self.start = 0
        self.line = 1
        self.advance()

    def advance(self) -> None:
        """Go on to the next token."""
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise self._unreadable()
        self.line += self.text.count("\n", self.at, found.end())
        self.at = found.end()
        self.kind = found.lastgroup or "end"
        self.value = found[self.kind]
        self.start = found.start(self.kind)
        if self.kind in ("name", "funcname") and self.value in KEYWORDS:
            self.kind = "word"
        elif self.kind in ("name", "funcname") and self.value in ARITY:
            self.kind = "builtin"
        elif self.kind == "op" and self.value in "({":
            self.open.append(self.value)
        elif self.kind == "op" and self.value in ")}":
            self._close({")": "(", "}": "{"}[self.value])

    def _close(self, partner: str) -> None:
        if partner not in self.open:
            raise BadProgram(f"extra '{self.value}'", self.line)
        if self.open[-1] != partner:
            missing = {"(": ")", "{": "}"}[self.open[-1]]
            raise BadProgram(f"missing {missing} near {self.value}", self.line)
        self.open.pop()

    def _unreadable(self) -> BadProgram:
        """What is wrong with characters that are no token."""
        rest = self.text[self.at :].lstrip()
        if rest.startswith('"'):
            return BadProgram(f"runaway string constant {rest[:10]} ...", self.line, "Unexpected end of string")
        return BadProgram(f"unexpected character '{rest[:1]}'", self.line, place=str(self.line))

    def fail(self) -> NoReturn:
        """The token makes no sense here."""
        if self.kind == "end" and self.open:
            if self.open[-1] == "{":
                raise BadProgram("missing } near end of file", self.line, place=f"line {self.line + 1}")
            raise BadProgram("missing ) near end of line", self.line)
        if self.kind == "newline":
            raise near("end of line", self.line - 1)
        raise near("end of line" if self.kind == "end" else self.value, self.line)

    def has(self, *values: str) -> bool:
        """Whether the token is one of these operators or keywords."""
        return self.kind in ("op", "word") and self.value in values

    def take(self, value: str) -> bool:
        """Whether the token is ``value``, which is then left behind."""
        if self.has(value):
            self.advance()
            return True
        return False

    def need(self, value: str) -> None:
        """The token must be ``value``."""
        if not self.take(value):
            self.fail()

    def newlines(self) -> None:
        """Leave newlines behind."""
        while self.kind == "newline":
            self.advance()

    def ends(self) -> None:
        """Leave the ends of statements behind."""
        while self.kind == "newline" or self.has(";"):
            self.advance()
