"""What a script is once it has been read."""

from __future__ import annotations

import re
from collections.abc import Callable


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
