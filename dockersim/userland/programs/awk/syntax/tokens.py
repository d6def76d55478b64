"""Characters to tokens: words, numbers, strings, operators."""

from __future__ import annotations

import re
from typing import NoReturn

from dockersim.userland.programs.awk.syntax.tree import BadProgram

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
FUNCTIONS = frozenset(
    "length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system "
    "close fflush gensub systime strftime strtonum and or xor lshift rshift compl".split()
)
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
    """Stands at one token of ``text``: its ``kind``, its ``value``, where it starts, and on which line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = ""
        self.value = ""
        self.start = 0
        self.line = 1
        self.advance()

    def advance(self) -> None:
        found = TOKEN.match(self.text, self.at)
        if found is None:
            self.value = self.text[self.at :].strip()[:1]
            raise BadProgram(self.value, self.line)
        self.line += self.text.count("\n", self.at, found.end())
        self.at = found.end()
        self.kind = found.lastgroup or "end"
        self.value = found[self.kind]
        self.start = found.start(self.kind)
        if self.kind in ("name", "funcname") and self.value in KEYWORDS:
            self.kind = "word"
        elif self.kind in ("name", "funcname") and self.value in FUNCTIONS:
            self.kind = "builtin"

    def fail(self) -> NoReturn:
        raise BadProgram({"newline": "end of line", "end": "end of program"}.get(self.kind, self.value), self.line)

    def has(self, *values: str) -> bool:
        return self.kind in ("op", "word") and self.value in values

    def take(self, value: str) -> bool:
        if self.has(value):
            self.advance()
            return True
        return False

    def need(self, value: str) -> None:
        if not self.take(value):
            self.fail()

    def newlines(self) -> None:
        while self.kind == "newline":
            self.advance()

    def ends(self) -> None:
        while self.kind == "newline" or self.has(";"):
            self.advance()
