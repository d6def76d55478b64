"""The language of sed: text to commands."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.regex import ESCAPES, BadPattern, compile_posix

NO_ADDRESS = ":}"
ONE_ADDRESS = "=aiqQrF"
WITH_TEXT = "aic"
WITH_FILE = "rwW"
WITH_LABEL = "bTt:"


class BadScript(Exception):
    """A script that sed refuses: GNU's words, the character it stopped at, and busybox's words."""

    def __init__(self, words: str, at: int = 0, busybox: str = "") -> None:
        super().__init__(words)
        self.at = at
        self.busybox = busybox or words


class Address:
    """``5``, ``$``, ``/regex/``, ``first~step``, and as second ``+N`` or ``~N``."""

    __slots__ = ("kind", "number", "regex", "step")

    def __init__(self, kind: str, number: int = 0, step: int = 0, regex: re.Pattern[bytes] | None = None) -> None:
        self.kind = kind
        self.number = number
        self.step = step
        self.regex = regex


class Command:
    """One command with its addresses and arguments."""

    def __init__(self, name: str, first: Address | None, second: Address | None, negated: bool) -> None:
        self.name = name
        self.first = first
        self.second = second
        self.negated = negated
        self.text = ""
        self.file = ""
        self.jump = 0
        self.regex: re.Pattern[bytes] | None = None
        self.replacement: Callable[[re.Match[bytes]], bytes] = lambda found: b""
        self.number = 1
        self.everywhere = False
        self.prints = False
        self.evaluate = False
        self.table = b""


class _Reader:
    def __init__(self, text: str, extended: bool) -> None:
        self.text = text
        self.extended = extended
        self.at = 0
        self.commands: list[Command] = []
        self.open: list[int] = []

    def bad(self, words: str, busybox: str = "") -> BadScript:
        return BadScript(words, self.at, busybox)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def spaces(self, what: str = " \t") -> None:
        while self.peek() and self.peek() in what:
            self.at += 1

    def whole(self) -> list[Command]:
        while True:
            self.spaces(" \t\n;")
            if self.at >= len(self.text):
                break
            self.command()
        if self.open:
            self.at = 0
            raise self.bad("unmatched `{'", "unmatched '{'")
        labels = {command.text for command in self.commands if command.name == ":"}
        for command in self.commands:
            if command.name in "bTt" and command.text and command.text not in labels:
                words = "can't find label for jump to "
                raise BadScript(f"{words}`{command.text}'", -1, f"{words}'{command.text}'")
        return self.commands

    def command(self) -> None:
        first = self.address(True)
        second = None
        if first is not None:
            self.spaces()
            if self.peek() == ",":
                self.at += 1
                self.spaces()
                second = self.address(False)
                if second is None:
                    self.at += 1
                    raise self.bad("unexpected `,'", "no address after comma")
            if first.kind == "0" and (second is None or second.kind != "regex"):
                raise self.bad("invalid usage of line address 0")
        self.spaces()
        negated = False
        while self.peek() == "!":
            negated = True
            self.at += 1
            self.spaces()
        if self.at >= len(self.text) or (self.peek() in "\n;" and first is not None):
            raise self.bad("missing command")
        name = self.peek()
        self.at += 1
        command = Command(name, first, second, negated)
        if name not in "{}=abcdDeFgGhHilnNpPqQrstTwWxyz:#":
            raise self.bad(f"unknown command: `{name}'", f"unsupported command {name}")
        if name in NO_ADDRESS and first is not None:
            raise self.bad(f"{name} doesn't want any addresses" if name == ":" else "unexpected `}'")
        self.arguments(command)

    def address(self, is_first: bool) -> Address | None:
        character = self.peek()
        if character.isdigit():
            number = self.number()
            if self.peek() == "~" and is_first:
                self.at += 1
                return Address("step", number, self.number())
            return Address("0" if not number and is_first else "line", number)
        if character == "$":
            self.at += 1
            return Address("$")
        if not is_first and character and character in "+~":
            self.at += 1
            return Address(character, self.number())
        if character and character in "/\\":
            self.at += 1
            mark = character
            if character == "\\":
                mark = self.peek()
                self.at += 1
            pattern = self.until(mark, "unterminated address regex", True)
            flags = ""
            while self.peek() and self.peek() in "IM":
                flags += self.peek()
                self.at += 1
            return Address("regex", regex=self.compile(pattern, flags))
        return None

    def number(self) -> int:
        start = self.at
        while self.peek().isdigit():
            self.at += 1
        return int(self.text[start : self.at] or 0)

    def until(self, mark: str, words: str, pattern: bool) -> str:
        """Text up to ``mark``; an escaped mark is the mark, and in brackets it needs no escape."""
        out: list[str] = []
        brackets = False
        while True:
            if self.at >= len(self.text):
                raise self.bad(words, "unmatched '/'")
            character = self.text[self.at]
            self.at += 1
            if character == "\\" and self.at < len(self.text) and not (brackets and pattern):
                after = self.text[self.at]
                self.at += 1
                if after == mark:
                    out.append("\\" + after if pattern and after in "|+?(){}.*[]^$" else after)
                elif after == "\n" and pattern:
                    out.append("\n")
                else:
                    out.append("\\" + after)
                continue
            if pattern and not brackets and character == "[":
                brackets = self._has_closing()
                out.append(character)
                if brackets:
                    for extra in ("^", "]"):
                        if self.peek() == extra:
                            out.append(extra)
                            self.at += 1
                continue
            if brackets and character == "[" and self.peek() and self.peek() in ":.=":
                end = self.text.find(self.peek() + "]", self.at + 1)
                if end > 0:
                    out.append(self.text[self.at - 1 : end + 2])
                    self.at = end + 2
                    continue
            if brackets and character == "]":
                brackets = False
            elif character == mark and not brackets:
                return "".join(out)
            out.append(character)

    def _has_closing(self) -> bool:
        return "]" in self.text[self.at + 1 :]

    def compile(self, pattern: str, flags: str) -> re.Pattern[bytes] | None:
        if not pattern:
            return None
        try:
            return compile_posix(encode(pattern), self.extended, "I" in flags or "i" in flags, "M" in flags, True)
        except BadPattern as error:
            raise self.bad(str(error), f"bad regex '{pattern}'") from None

    # ---- what follows a command's letter

    def arguments(self, command: Command) -> None:  # noqa: C901 (one branch a command)
        name = command.name
        if name == "#":
            self.line()
            return
        self.commands.append(command)
        if name == "{":
            self.open.append(len(self.commands) - 1)
            return
        if name == "}":
            if not self.open:
                raise self.bad("unexpected `}'")
            self.commands[self.open.pop()].jump = len(self.commands) - 1
        elif name == "s":
            self.substitution(command)
        elif name == "y":
            self.transliteration(command)
        elif name in WITH_TEXT:
            self.inserted(command)
            return
        elif name in WITH_FILE or name == "e":
            self.spaces()
            rest = self.line()
            if name == "e":
                command.text = rest
                return
            command.file = rest
            if not rest:
                raise self.bad("missing filename in r/R/w/W commands", "empty filename")
            return
        elif name in WITH_LABEL:
            self.spaces()
            start = self.at
            stop = "\n; " if name == ":" else "\n;}"
            while self.peek() and self.peek() not in stop:
                self.at += 1
            command.text = self.text[start : self.at].strip()
            if name == ":" and not command.text:
                raise self.bad('":" lacks a label')
        elif name in "qQlL":
            self.spaces()
            start = self.at
            self.number()
            command.text = self.text[start : self.at]
        self.end()

    def end(self) -> None:
        self.spaces()
        if self.peek() and self.peek() not in ";\n}#":
            self.at += 1
            raise self.bad("extra characters after command")

    def line(self) -> str:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        rest = self.text[self.at : end]
        self.at = end
        return rest

    def inserted(self, command: Command) -> None:
        self.spaces()
        if self.at >= len(self.text):
            raise self.bad("expected \\ after `a', `c' or `i'")
        if self.peek() == "\\":
            self.at += 1
            self.spaces()
            if self.peek() == "\n":
                self.at += 1
            if not self.peek():
                raise self.bad("incomplete command")
        out: list[str] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if character == "\\" and self.at < len(self.text):
                after = self.text[self.at]
                out.append(ESCAPES[after] if after in "t" else after)
                self.at += 1
            elif character == "\n":
                break
            else:
                out.append(character)
        command.text = "".join(out)

    def transliteration(self, command: Command) -> None:
        mark = self.peek()
        self.at += 1
        sides = []
        for _ in range(2):
            text = self.until(mark, "unterminated `y' command", False)
            sides.append(
                encode(
                    re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1] if m[1] == "\\" else m[0]), text)
                )
            )
        if len(sides[0]) != len(sides[1]):
            raise self.bad("strings for `y' command are different lengths")
        table = bytearray(range(256))
        for one, other in zip(*sides, strict=True):
            table[one] = other
        command.table = bytes(table)

    def substitution(self, command: Command) -> None:
        mark = self.peek()
        if not mark or mark in "\n\\":
            raise self.bad("unterminated `s' command")
        self.at += 1
        pattern = self.until(mark, "unterminated `s' command", True)
        replacement = self.until(mark, "unterminated `s' command", False)
        flags = ""
        while self.peek() and self.peek() in "gpiIeMm0123456789w":
            flag = self.peek()
            if flag.isdigit():
                command.number = self.number()
                if not command.number:
                    raise self.bad("number option to `s' command may not be zero")
                continue
            self.at += 1
            if flag == "w":
                self.spaces()
                command.file = self.line()
                break
            if flag == "g" and command.everywhere:
                raise self.bad("multiple `g' options to `s' command")
            if flag == "p" and command.prints:
                raise self.bad("multiple `p' options to `s' command")
            command.everywhere |= flag == "g"
            command.prints |= flag == "p"
            command.evaluate |= flag == "e"
            flags += flag.upper()
        if self.peek() and self.peek() not in " \t;\n}#":
            self.at += 1
            raise self.bad("unknown option to `s'", "bad option in substitution expression")
        command.regex = self.compile(pattern, flags)
        groups = command.regex.groups if command.regex is not None else 9
        command.replacement = self.replacement(replacement, groups)

    def replacement(self, text: str, groups: int) -> Callable[[re.Match[bytes]], bytes]:
        """What a match is replaced by, as a function of the match."""
        parts: list[bytes | int | str] = []
        at = 0
        while at < len(text):
            character = text[at]
            at += 1
            if character == "&":
                parts.append(0)
            elif character != "\\" or at >= len(text):
                parts.append(encode(character))
            else:
                letter = text[at]
                at += 1
                if letter.isdigit():
                    if int(letter) > groups:
                        raise self.bad(f"invalid reference \\{letter} on `s' command's RHS", f"bad regex '{text}'")
                    parts.append(int(letter))
                elif letter in "LUElu":
                    parts.append(letter)
                elif letter in ESCAPES:
                    parts.append(encode(ESCAPES[letter]))
                else:
                    parts.append(encode(letter))
        if all(isinstance(part, bytes) for part in parts):
            fixed = b"".join(part for part in parts if isinstance(part, bytes))
            return lambda found: fixed
        if not any(isinstance(part, str) for part in parts):
            return lambda found: b"".join(found[p] or b"" if isinstance(p, int) else p for p in parts)  # type: ignore[misc]
        return lambda found: _cased(parts, found)


def _cased(parts: list[bytes | int | str], found: re.Match[bytes]) -> bytes:
    out = b""
    mode = once = ""
    for part in parts:
        if isinstance(part, str):
            if part in "LUE":
                mode, once = part, ""
            else:
                once = part
            continue
        piece = (found[part] or b"") if isinstance(part, int) else part
        piece = piece.upper() if mode == "U" else piece.lower() if mode == "L" else piece
        if once and piece:
            first = piece[:1].upper() if once == "u" else piece[:1].lower()
            piece, once = first + piece[1:], ""
        out += piece
    return out


def parse_script(text: str, extended: bool) -> list[Command]:
    """The commands of a script. Raises :class:`BadScript`."""
    return _Reader(text, extended).whole()
