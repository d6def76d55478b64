"""A text that is being read: where the reader is, and what it says when something is wrong there."""

from __future__ import annotations

from typing import Self

from dockersim.userland.shell.syntax.problems import Incomplete, SyntaxProblem

MAX_DEPTH = 60
"""Nested constructs that are followed; more is a syntax error, so that no input exhausts the stack."""


class Source:
    """Reads ``source`` from ``at`` on. ``line`` is the number of the first line."""

    def __init__(self, source: str, flavour: str, line: int = 1, depth: int = 0) -> None:
        self.source = source
        self.flavour = flavour
        self.at = 0
        self.depth = depth
        self._first_line = line
        self._counted = (0, line)

    def nested(self, text: str, at: int) -> Self:
        """A reader of a piece of this text that begins at ``at``."""
        return type(self)(text, self.flavour, self.line(at), self.depth)

    def line(self, at: int) -> int:
        """The line number at offset ``at``."""
        where, line = self._counted
        if at < where:
            where, line = 0, self._first_line
        line += self.source.count("\n", where, at)
        self._counted = (at, line)
        return line

    def problem(self, kind: str, token: str, expecting: str = "", at: int | None = None) -> SyntaxProblem:
        """What is wrong at offset ``at`` (here)."""
        at = min(self.at if at is None else at, len(self.source))
        begin = self.source.rfind("\n", 0, at) + 1
        text = self.source[begin:].split("\n", 1)[0]
        return SyntaxProblem(kind, token, expecting, self.line(at), text)

    def incomplete(self, kind: str, token: str, expecting: str = "", at: int | None = None) -> Incomplete:
        """The text ends while what began at offset ``at`` (here) is still open."""
        at = len(self.source) if at is None else at
        return Incomplete(kind, token, expecting, self.line(at))

    def deeper(self) -> None:
        """One construct more inside the others. Raises :class:`SyntaxProblem` beyond :data:`MAX_DEPTH`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.problem("other", "nested too deeply")

    def closing_bracket(self, at: int) -> int:
        """Offset of the ``]`` that closes a subscript; -1 where there is none on this line."""
        depth = 1
        while at < len(self.source) and self.source[at] != "\n":
            char = self.source[at]
            if char == "\\":
                at += 1
            elif char in "'\"":
                at = self.source.find(char, at + 1)
                if at < 0:
                    return -1
            elif char in "[]":
                depth += 1 if char == "[" else -1
                if not depth:
                    return at
            at += 1
        return -1
