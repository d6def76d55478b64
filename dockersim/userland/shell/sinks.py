"""Where the pieces of an expanded word go: into fields, into one text, or into a pattern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dockersim.userland.shell.pattern import glob, quote

if TYPE_CHECKING:
    from dockersim.userland.shell.state import State

_ACTIVE = re.compile(r"[*?\[]")


class Text:
    """One text: no splitting, no file names (assignments, here-documents, operands)."""

    __slots__ = ("pieces",)

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def literal(self, text: str) -> None:
        """Unquoted text of the program."""
        self.pieces.append(text)

    def quoted(self, text: str) -> None:
        """Quoted text, or a quoted expansion."""
        self.pieces.append(text)

    def expanded(self, text: str) -> None:
        """An unquoted expansion."""
        self.pieces.append(text)

    def separate(self, quoted: bool) -> None:
        """Between two elements of ``$@``."""
        self.pieces.append(" ")

    def touch(self) -> None:
        """Quotes were here, perhaps around nothing."""

    def result(self) -> str:
        return "".join(self.pieces)


class Pattern(Text):
    """A pattern: quoted pieces lose their special meaning."""

    __slots__ = ()

    def quoted(self, text: str) -> None:
        self.pieces.append(quote(text))


class Regex(Text):
    """A regular expression of ``=~``: quoted pieces match themselves."""

    __slots__ = ()

    def quoted(self, text: str) -> None:
        self.pieces.append(re.escape(text))


class Fields(Text):
    """Fields: unquoted expansions are split at IFS, unquoted patterns become file names (XCU 2.6.5, 2.6.6)."""

    __slots__ = ("_active", "_after_blank", "_ifs", "_started", "fields", "shell")

    def __init__(self, shell: State) -> None:
        super().__init__()
        self.shell = shell
        self.fields: list[str] = []
        self._ifs = shell.ifs()
        self._started = False
        self._active: list[str] | None = None
        self._after_blank = False

    def literal(self, text: str) -> None:
        self._add(text, text)

    def quoted(self, text: str) -> None:
        self._started = True
        self._after_blank = False
        self.pieces.append(text)
        if self._active is not None:
            self._active.append(quote(text))

    def touch(self) -> None:
        self._started = True
        self._after_blank = False

    def _add(self, text: str, pattern: str) -> None:
        self._started = True
        self._after_blank = False
        if self._active is None and _ACTIVE.search(text):
            self._active = [quote(piece) for piece in self.pieces]
        self.pieces.append(text)
        if self._active is not None:
            self._active.append(pattern)

    def separate(self, quoted: bool) -> None:
        if self._started or quoted:
            self.end()

    def expanded(self, text: str) -> None:
        ifs = self._ifs
        if not text:
            return
        if ifs == " \t\n" and text.isalnum():
            self._add(text, text)
            return
        start = 0
        for at, char in enumerate(text):
            if char not in ifs:
                continue
            if at > start:
                self._add(text[start:at], text[start:at])
            start = at + 1
            if char in " \t\n":
                if self._started:
                    self.end()
                    self._after_blank = True
            elif self._after_blank:
                self._after_blank = False
            else:
                self.end()
        if start < len(text):
            self._add(text[start:], text[start:])

    def end(self) -> None:
        """The current field is complete."""
        text = "".join(self.pieces)
        active = self._active
        self.pieces = []
        self._started = False
        self._active = None
        if active is not None and "f" not in self.shell.options:
            names = glob("".join(active), self.shell.p, "dotglob" in self.shell.shopts)
            if names:
                self.fields += names
                return
            if "nullglob" in self.shell.shopts:
                return
            if "failglob" in self.shell.shopts:
                from dockersim.userland.shell.state import ShellError

                raise ShellError(f"no match: {text}", 1)
        self.fields.append(text)

    def finish(self) -> None:
        """The word is complete."""
        if self._started:
            self.end()
        self._after_blank = False
