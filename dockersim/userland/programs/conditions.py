"""test and expr."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import is_busybox, quoted
from dockersim.userland.programs.regex import BadPattern, compile_posix
from dockersim.userland.programs.support import Files
from dockersim.userland.programs.usage import try_help

UNARY = frozenset("-b -c -d -e -f -g -h -k -L -n -O -G -N -p -r -s -S -t -u -w -x -z".split())
BINARY = frozenset("= == != -eq -ne -lt -le -gt -ge -nt -ot -ef < >".split())


class BadTest(Exception):
    """An expression that makes no sense, in test's words."""


class _Test:
    """POSIX says what to do by the number of arguments; more than four are parsed with -a, -o and parentheses."""

    def __init__(self, p: Process, words: list[str]) -> None:
        self.p = p
        self.words = words
        self.at = 0
        self.files = Files(p)

    def whole(self) -> bool:
        if not self.words:
            return False
        value = self.either()
        if self.at < len(self.words):
            extra = self.words[self.at]
            if is_busybox(self.p):
                raise BadTest(f"{extra}: unknown operand")
            if len(self.words) == 2 and self.at == 1:
                raise BadTest(f"{quoted(self.words[0])}: unary operator expected")
            raise BadTest(
                f"extra argument {quoted(extra)}"
                if len(self.words) != 3
                else f"{quoted(self.words[1])}: binary operator expected"
            )
        return value

    def peek(self, ahead: int = 0) -> str | None:
        at = self.at + ahead
        return self.words[at] if at < len(self.words) else None

    def either(self) -> bool:
        value = self.both()
        while self.peek() == "-o":
            self.at += 1
            other = self.both()
            value = value or other
        return value

    def both(self) -> bool:
        value = self.negated()
        while self.peek() == "-a":
            self.at += 1
            other = self.negated()
            value = value and other
        return value

    def negated(self) -> bool:
        if self.peek() == "!" and self.peek(1) is not None and self.peek(1) not in BINARY:
            self.at += 1
            return not self.negated()
        return self.primary()

    def primary(self) -> bool:
        word = self.peek()
        if word is None:
            raise BadTest(
                "argument expected" if is_busybox(self.p) else f"missing argument after {quoted(self.words[-1])}"
            )
        after = self.peek(1)
        if after in BINARY and self.peek(2) is not None:
            self.at += 3
            return self.binary(word, str(after), self.words[self.at - 1])
        if word == "(" and after is not None:
            self.at += 1
            value = self.either()
            if self.peek() != ")":
                raise BadTest("closing paren expected" if is_busybox(self.p) else "')' expected")
            self.at += 1
            return value
        if word in UNARY and after is not None:
            self.at += 2
            return self.unary(word, after)
        self.at += 1
        return word != ""

    def number(self, text: str) -> int:
        if not re.fullmatch(r"\s*[+-]?\d+\s*", text):
            raise BadTest(f"{text}: bad number" if is_busybox(self.p) else f"invalid integer {quoted(text)}")
        return int(text)

    def binary(self, left: str, operator: str, right: str) -> bool:
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        if operator in "<>":
            return encode(left) < encode(right) if operator == "<" else encode(left) > encode(right)
        if operator in ("-nt", "-ot", "-ef"):
            return self._compare_files(left, operator, right)
        a, b = self.number(left), self.number(right)
        return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}[operator]

    def _compare_files(self, left: str, operator: str, right: str) -> bool:
        one = self.files.stat(left) if self.files.exists(left) else None
        other = self.files.stat(right) if self.files.exists(right) else None
        if operator == "-ef":
            return one is not None and other is not None and (one.dev, one.ino) == (other.dev, other.ino)
        if operator == "-ot":
            one, other = other, one
        return one is not None and (other is None or one.mtime_ns > other.mtime_ns)

    def unary(self, operator: str, word: str) -> bool:
        if operator == "-z":
            return word == ""
        if operator == "-n":
            return word != ""
        if operator == "-t":
            return self.p.isatty(self.number(word))
        try:
            if operator in ("-r", "-w", "-x"):
                self.files.access(word, {"-r": 4, "-w": 2, "-x": 1}[operator])
                return True
            stat = self.files.lstat(word) if operator in ("-h", "-L") else self.files.stat(word)
        except FsError:
            return False
        kinds = {"-b": "block", "-c": "char", "-d": "directory", "-f": "file", "-p": "fifo", "-S": "socket"}
        if operator in kinds:
            return stat.kind == kinds[operator]
        if operator in ("-h", "-L"):
            return stat.kind == "symlink"
        bits = {"-u": 0o4000, "-g": 0o2000, "-k": 0o1000}
        if operator in bits:
            return bool(stat.mode & bits[operator])
        return {
            "-e": True,
            "-s": stat.size > 0,
            "-O": stat.uid == self.p.cred.uid,
            "-G": stat.gid == self.p.cred.gid,
            "-N": stat.mtime_ns > stat.atime_ns,
        }[operator]


def test(p: Process) -> int:
    words = p.argv[1:]
    if p.name == "[":
        if not words or words[-1] != "]":
            return p.fail("missing ]" if is_busybox(p) else "missing ']'", 2)
        words.pop()
    try:
        return 0 if _Test(p, words).whole() else 1
    except BadTest as error:
        return p.fail(str(error), 2)


class _Expr:
    """The grammar of expr, loosest first."""

    LEVELS = (("|",), ("&",), ("<", "<=", "=", "==", "!=", ">=", ">"), ("+", "-"), ("*", "/", "%"), (":",))

    def __init__(self, p: Process, words: list[str]) -> None:
        self.p = p
        self.words = words
        self.at = 0

    def whole(self) -> str:
        value = self.level(0)
        if self.at < len(self.words):
            raise BadTest(
                "syntax error"
                if is_busybox(self.p)
                else f"syntax error: unexpected argument {quoted(self.words[self.at])}"
            )
        return value

    def level(self, number: int) -> str:
        if number == len(self.LEVELS):
            return self.primary()
        left = self.level(number + 1)
        while self.at < len(self.words) and self.words[self.at] in self.LEVELS[number]:
            operator = self.words[self.at]
            self.at += 1
            left = self.apply(left, operator, self.level(number + 1))
        return left

    def primary(self) -> str:
        if self.at >= len(self.words):
            last = self.words[-1]
            raise BadTest(
                "syntax error" if is_busybox(self.p) else f"syntax error: missing argument after {quoted(last)}"
            )
        word = self.words[self.at]
        self.at += 1
        if word == "(":
            value = self.level(0)
            if self.at >= len(self.words) or self.words[self.at] != ")":
                raise BadTest(
                    "syntax error"
                    if is_busybox(self.p)
                    else f"syntax error: expecting ')' after {quoted(self.words[self.at - 1])}"
                )
            self.at += 1
            return value
        if self.at < len(self.words):
            if word == "length":
                return str(len(encode(self.primary())))
            if word == "match":
                return self.match(self.primary(), self.primary())
            if word == "index":
                text, letters = self.primary(), self.primary()
                return str(next((at for at, letter in enumerate(text, 1) if letter in letters), 0))
            if word == "substr":
                text, start, length = self.primary(), self.primary(), self.primary()
                if not (start.isdigit() and length.isdigit()) or int(start) < 1:
                    return ""
                return text[int(start) - 1 : int(start) - 1 + int(length)]
            if word == "quote" or word == "+":
                self.at += 1
                return self.words[self.at - 1]
        return word

    def match(self, text: str, pattern: str) -> str:
        try:
            found = compile_posix(encode(pattern), False).match(encode(text))
        except BadPattern as error:
            raise BadTest(str(error)) from None
        if found is None:
            return "" if "\\(" in pattern else "0"
        if found.re.groups:
            return (found[1] or b"").decode("utf-8", "surrogateescape")
        return str(found.end())

    def apply(self, left: str, operator: str, right: str) -> str:
        empty = ("", "0")
        if operator == "|":
            return left if left not in empty else right if right not in empty else "0" if right == "" else right
        if operator == "&":
            return left if left not in empty and right not in empty else "0"
        if operator == ":":
            return self.match(left, right)
        numbers = re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right)
        if operator in self.LEVELS[2]:
            a, b = (int(left), int(right)) if numbers else (encode(left), encode(right))
            sign = (a > b) - (a < b)  # type: ignore[operator]
            holds = {"<": sign < 0, "<=": sign <= 0, "=": not sign, "==": not sign, "!=": bool(sign), ">=": sign >= 0}
            return "1" if holds.get(operator, sign > 0) else "0"
        if not numbers:
            raise BadTest("non-integer argument")
        x, y = int(left), int(right)
        if operator in "/%" and not y:
            raise BadTest("division by zero")
        if operator in "/%":
            quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
            return str(quotient if operator == "/" else x - quotient * y)
        return str({"+": x + y, "-": x - y, "*": x * y}[operator])


def expr(p: Process) -> int:
    words = p.argv[1:]
    if words[:1] == ["--"]:
        words.pop(0)
    if not words:
        if is_busybox(p):
            return p.fail("too few arguments", 2)
        p.fail("missing operand")
        try_help(p, 2)
    try:
        value = _Expr(p, words).whole()
    except BadTest as error:
        return p.fail(str(error), 2)
    except RecursionError:
        return p.fail("expression too deep", 3)
    p.out(value + "\n")
    return 1 if value in ("", "0") else 0
