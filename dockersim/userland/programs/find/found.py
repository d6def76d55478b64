"""A file that was found, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from dockersim.fs import Stat

KINDS = {"f": "file", "d": "directory", "l": "symlink", "p": "fifo", "c": "char", "b": "block", "s": "socket"}


class Found(NamedTuple):
    """A file that is being looked at."""

    path: str
    top: str
    depth: int
    stat: Stat


Test = Callable[[Found], Generator[Any, Any, bool]]
"""A part of an expression: a generator function, for ``-exec`` has to wait."""


class BadExpression(Exception):
    """An expression that find refuses, in its words."""


def sure(check: Callable[[Found], bool]) -> Test:
    """A test that never waits."""

    def test(one: Found) -> Generator[Any, Any, bool]:
        return check(one)
        yield

    return test


def and_(left: Test, right: Test) -> Test:
    """``left -a right``"""

    def test(one: Found) -> Generator[Any, Any, bool]:
        return (yield from left(one)) and (yield from right(one))

    return test


def or_(left: Test, right: Test) -> Test:
    """``left -o right``"""

    def test(one: Found) -> Generator[Any, Any, bool]:
        return (yield from left(one)) or (yield from right(one))

    return test
