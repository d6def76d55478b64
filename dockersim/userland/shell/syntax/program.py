"""Whole texts: what the shell runs, and where it stops making sense."""

from __future__ import annotations

from functools import lru_cache

from dockersim.userland.shell.syntax.ast import List
from dockersim.userland.shell.syntax.parser import Parser
from dockersim.userland.shell.syntax.problems import Incomplete, SyntaxProblem


class Program:
    """A parsed text: its lines, and the problem that ended it, if any."""

    __slots__ = ("lines", "problem", "unended")

    def __init__(
        self,
        lines: tuple[List, ...],
        problem: SyntaxProblem | None,
        unended: tuple[tuple[str, int, int], ...],
    ) -> None:
        self.lines = lines
        self.problem = problem
        self.unended = unended


@lru_cache(maxsize=1024)
def program(text: str, flavour: str, line: int = 1) -> Program:
    """Parse all of ``text``, never raising: what comes before a problem still runs, as in the real shells."""
    parser = Parser(text, flavour, line)
    lines: list[List] = []
    problem: SyntaxProblem | None = None
    try:
        while (one := parser.next_line()) is not None:
            lines.append(one)
    except SyntaxProblem as found:
        problem = found
    return Program(tuple(lines), problem, tuple(parser.unended))


def parse(text: str, flavour: str = "bash") -> List:
    """The tree of ``text``. Raises :class:`Incomplete` where more must follow, or :class:`SyntaxProblem`."""
    parsed = program(text, flavour)
    if parsed.problem is not None:
        raise parsed.problem
    if parsed.unended:
        raise Incomplete("quote", parsed.unended[0][0], "", parsed.unended[0][2])
    return List(tuple(command for one in parsed.lines for command in one.commands))
