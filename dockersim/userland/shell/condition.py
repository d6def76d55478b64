"""``test``, ``[`` and ``[[``: files, strings, numbers (XCU test, bash's conditional expressions)."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.shell.pattern import matches
from dockersim.userland.shell.sinks import Regex
from dockersim.userland.shell.state import ShellError
from dockersim.userland.shell.syntax.ast import Word
from dockersim.userland.shell.syntax.conditions import BINARY, UNARY

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_ASH_UNARY = frozenset(f"-{letter}" for letter in "bcdefghknprstuwxzGLOS")
_NUMERIC = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
_KINDS = {"f": "file", "d": "directory", "b": "block", "c": "char", "p": "fifo", "S": "socket"}


class TestProblem(Exception):
    """An expression that makes no sense; the message as the flavour words it."""

    __test__ = False


class _Test:
    """One evaluation of ``test``'s operands."""

    def __init__(self, shell: Shell, args: Sequence[str]) -> None:
        self.shell = shell
        self.args = args
        self.at = 0

    def truth(self) -> bool:
        args = self.args
        if not args:
            return False
        if len(args) == 1:
            return bool(args[0])
        if len(args) == 2:
            return self._two(args)
        if len(args) == 3 and self._binary(args[1]):
            return self.compare(args[0], args[1], args[2])
        if len(args) == 3:
            if args[0] == "!":
                return not self._two(args[1:])
            if args[0] == "(" and args[2] == ")":
                return bool(args[1])
        if len(args) == 4 and args[0] == "!":
            return not _Test(self.shell, args[1:]).truth()
        value = self._or()
        if self.at < len(args):
            self._stray(args[self.at])
        return value

    def _two(self, args: Sequence[str]) -> bool:
        if args[0] == "!":
            return not args[1]
        if args[0] in self._unaries():
            return unary(self.shell, args[0], args[1])
        if self.shell.bash:
            raise TestProblem(f"{args[0]}: unary operator expected")
        self._stray(args[0] if self.shell.flavour == "dash" else args[1])
        return False

    def _unaries(self) -> frozenset[str]:
        return UNARY if self.shell.bash else _ASH_UNARY

    def _binary(self, text: str) -> bool:
        if text in ("-a", "-o"):
            return True
        if text == "=~" or (text == "==" and self.shell.flavour == "dash"):
            return False
        return text in BINARY

    def _stray(self, text: str) -> None:
        if self.shell.bash:
            binary = len(self.args) == 3 and f"{self.args[1]}: binary operator expected"
            raise TestProblem(binary or "too many arguments")
        words = "unexpected operator" if self.shell.flavour == "dash" else "unknown operand"
        raise TestProblem(f"{text}: {words}")

    def _or(self) -> bool:
        value = self._and()
        while self._peek() == "-o":
            self.at += 1
            value = self._and() or value
        return value

    def _and(self) -> bool:
        value = self._not()
        while self._peek() == "-a":
            self.at += 1
            value = self._not() and value
        return value

    def _peek(self, ahead: int = 0) -> str | None:
        return self.args[self.at + ahead] if self.at + ahead < len(self.args) else None

    def _not(self) -> bool:
        negations = 0
        while self._peek() == "!" and self._peek(1) is not None:
            negations += 1
            self.at += 1
        return self._primary() != bool(negations % 2)

    def _primary(self) -> bool:
        first = self._peek()
        if first is None:
            raise TestProblem("argument expected")
        second = self._peek(1)
        if second is not None and self._binary(second) and second not in ("-a", "-o") and self._peek(2) is not None:
            self.at += 3
            return self.compare(first, second, self.args[self.at - 1])
        if first == "(":
            self.at += 1
            value = self._or()
            if self._peek() != ")":
                raise TestProblem("`)' expected" if self.shell.bash else "closing paren expected")
            self.at += 1
            return value
        if first in self._unaries() and second is not None:
            self.at += 2
            return unary(self.shell, first, second)
        self.at += 1
        return bool(first)

    def compare(self, left: str, operator: str, right: str) -> bool:
        if operator == "-a":
            return bool(left and right)
        if operator == "-o":
            return bool(left or right)
        if operator in _NUMERIC:
            return bool(_NUMERIC[operator](self.number(left), self.number(right)))
        return strings(self.shell, left, operator, right)

    def number(self, text: str) -> int:
        stripped = text.strip(" \t\n")
        if re.fullmatch(r"[-+]?[0-9]+", stripped):
            return int(stripped[:64])
        if self.shell.bash:
            raise TestProblem(f"{text}: integer expression expected")
        raise TestProblem(f"Illegal number: {text}" if self.shell.flavour == "dash" else f"{text}: bad number")


def strings(shell: Shell, left: str, operator: str, right: str) -> bool:
    """Comparison of two texts or two files."""
    if operator in ("=", "=="):
        return left == right
    if operator == "!=":
        return left != right
    if operator in ("<", ">"):
        return left < right if operator == "<" else left > right
    return _files(shell, left, operator, right)


def _files(shell: Shell, left: str, operator: str, right: str) -> bool:
    found = []
    for path in (left, right):
        try:
            found.append(shell.p.vfs.stat(path, cwd=shell.p.cwd, cred=shell.p.cred))
        except FsError:
            found.append(None)
    first, second = found
    if operator == "-ef":
        return first is not None and second is not None and (first.dev, first.ino) == (second.dev, second.ino)
    if operator == "-ot":
        first, second = second, first
    if first is None or second is None:
        return first is not None and shell.bash
    return bool(first.mtime > second.mtime)


def unary(shell: Shell, operator: str, operand: str) -> bool:
    """``-f file`` and all its relatives."""
    letter = operator[1]
    if letter in "nz":
        return bool(operand) == (letter == "n")
    if letter == "t":
        return operand.strip().isdigit() and shell.p.isatty(int(operand))
    if letter == "v":
        name, _, key = operand.partition("[")
        return (key.rstrip("]") in shell.keys(name)) if key else shell.get(name) is not None
    if letter == "o":
        from dockersim.userland.shell.state import OPTIONS

        return any(OPTIONS.get(flag) == operand for flag in shell.options)
    if letter == "R":
        return operand in shell.references
    return _file(shell, letter, operand)


def _file(shell: Shell, letter: str, path: str) -> bool:
    process = shell.p
    if not path:
        return False
    try:
        if letter in "hL":
            kind: str = process.vfs.lstat(path, cwd=process.cwd, cred=process.cred).kind
            return kind == "symlink"
        if letter in "rwx":
            process.vfs.access(path, {"r": 4, "w": 2, "x": 1}[letter], cwd=process.cwd, cred=process.cred)
            return True
        stat = process.vfs.stat(path, cwd=process.cwd, cred=process.cred)
    except FsError:
        return False
    if letter in "ae":
        return True
    if letter == "s":
        return bool(stat.size > 0)
    if letter in "ugk":
        return bool(stat.mode & {"u": 0o4000, "g": 0o2000, "k": 0o1000}[letter])
    if letter in "OG":
        return bool(stat.uid == process.cred.uid if letter == "O" else stat.gid == process.cred.gid)
    if letter == "N":
        return bool(stat.mtime > stat.atime)
    return bool(stat.kind == _KINDS[letter])


def test(shell: Shell, argv: Sequence[str]) -> int:
    """The builtins ``test`` and ``[``."""
    name, args = argv[0], list(argv[1:])
    if name != "test":
        closing = "]" if name == "[" else "]]"
        if not args or args.pop() != closing:
            words = f"missing `{closing}'" if shell.bash else f"missing {closing}"
            return _problem(shell, name, words)
    try:
        return int(not _Test(shell, args).truth())
    except TestProblem as problem:
        return _problem(shell, name, str(problem))


def _problem(shell: Shell, name: str, message: str) -> int:
    if shell.flavour == "ash":
        shell.p.err(f"{shell.arg0}: {message}\n")
        return 2
    return shell.complain(message, name, 2)


# ---- [[


class _Double:
    """The items of ``[[``, evaluated as they are read; ``skip`` reads without evaluating."""

    def __init__(self, shell: Shell, items: Sequence[str | Word]) -> None:
        self.shell = shell
        self.items = items
        self.at = 0

    def peek(self, ahead: int = 0) -> str | Word | None:
        return self.items[self.at + ahead] if self.at + ahead < len(self.items) else None

    def operator(self, ahead: int = 0) -> str:
        item = self.peek(ahead)
        if isinstance(item, str):
            return item
        return (item.literal or "") if item is not None and len(item.parts) == 1 else ""

    def either(self, skip: bool) -> Generator[Any, Any, bool]:
        value = yield from self.both(skip)
        while self.peek() == "||":
            self.at += 1
            other = yield from self.both(skip or value)
            value = value or other
        return value

    def both(self, skip: bool) -> Generator[Any, Any, bool]:
        value = yield from self.term(skip)
        while self.peek() == "&&":
            self.at += 1
            other = yield from self.term(skip or not value)
            value = value and other
        return value

    def term(self, skip: bool) -> Generator[Any, Any, bool]:
        item = self.peek()
        if item == "!":
            self.at += 1
            return not (yield from self.term(skip))
        if item == "(":
            self.at += 1
            value = yield from self.either(skip)
            if self.peek() != ")":
                raise ShellError("syntax error in conditional expression", 2)
            self.at += 1
            return value
        if not isinstance(item, Word):
            raise ShellError("syntax error in conditional expression", 2)
        operator = self.operator(1)
        if operator in BINARY and self.peek(2) is not None:
            right = self.peek(2)
            self.at += 3
            if skip or not isinstance(right, Word):
                return False
            return (yield from self.compare(item, operator, right))
        if item.literal in UNARY and isinstance(operand := self.peek(1), Word):
            self.at += 2
            if skip:
                return False
            return unary(self.shell, item.literal or "", (yield from self.shell.text(operand)))
        self.at += 1
        if isinstance(self.peek(), Word):
            raise ShellError("conditional binary operator expected", 2)
        return bool((yield from self.shell.text(item))) if not skip else False

    def compare(self, left: Word, operator: str, right: Word) -> Generator[Any, Any, bool]:
        shell = self.shell
        text = yield from shell.text(left)
        if operator in ("=", "==", "!="):
            pattern = yield from shell.pattern(right)
            if "nocasematch" in shell.shopts:
                text, pattern = text.lower(), pattern.lower()
            return matches(pattern, text) == (operator != "!=")
        if operator == "=~":
            return (yield from self.search(text, right))
        other = yield from shell.text(right)
        if operator in _NUMERIC:
            return bool(_NUMERIC[operator](shell.calculate(text), shell.calculate(other)))
        return strings(shell, text, operator, other)

    def search(self, text: str, right: Word) -> Generator[Any, Any, bool]:
        sink = Regex()
        yield from self.shell.parts(right.parts, sink, False)
        classes = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z"}
        classes |= {"space": r"\s", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9a-fA-F", "blank": r" \t"}
        source = re.sub(r"\[:(\w+):\]", lambda found: classes.get(found.group(1), ""), sink.result())
        try:
            found = re.search(source, text)
        except re.error:
            raise ShellError("syntax error in regular expression", 2) from None
        groups = [found.group(), *found.groups()] if found else []
        self.shell.vars["BASH_REMATCH"] = {number: group or "" for number, group in enumerate(groups)}
        return found is not None


def double_bracket(shell: Shell, items: Sequence[str | Word]) -> Generator[Any, Any, int]:
    """``[[ items ]]``: 0 for true, 1 for false, 2 for nonsense."""
    reader = _Double(shell, items)
    try:
        value = yield from reader.either(False)
        if reader.at < len(items):
            raise ShellError("syntax error in conditional expression", 2)
    except ShellError as error:
        if error.status == 2:
            return shell.complain(error.message, status=2)
        return shell.complain(error.message, "[[")
    return int(not value)
