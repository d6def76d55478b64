"""The language of sed: text to commands."""

from __future__ import annotations

import re

from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.regex import BadPattern, compile_posix
from dockersim.userland.programs.sed.arguments import arguments
from dockersim.userland.programs.sed.script import Address, BadScript, Command

NO_ADDRESS = ":}"


class Reader:
    """Reads commands from ``text``; ``open`` holds the places of braces that are not closed yet."""

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

    def line(self) -> str:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        rest = self.text[self.at : end]
        self.at = end
        return rest

    def end(self) -> None:
        self.spaces()
        if self.peek() and self.peek() not in ";\n}#":
            self.at += 1
            raise self.bad("extra characters after command")

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
        arguments(self, command)

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


def parse_script(text: str, extended: bool) -> list[Command]:
    """The commands of a script. Raises :class:`BadScript`."""
    return Reader(text, extended).whole()
