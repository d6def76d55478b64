"""How generated code leaves a rule, and how a program ends early."""

from __future__ import annotations

from typing import Any


class Next(Exception):
    """``next``."""


class NextFile(Exception):
    """``nextfile``."""


class Exit(Exception):
    """``exit``."""

    def __init__(self, value: Any = None) -> None:
        super().__init__(value)
        self.value = value


class Fatal(Exception):
    """A fault that ends the program: mawk's words, and busybox's.

    ``runtime``: mawk calls it a run time error and tells the record. ``placed``: busybox tells the ``line``.
    """

    def __init__(
        self, words: str, busybox: str = "", *, runtime: bool = False, placed: bool = True, line: int = 1
    ) -> None:
        super().__init__(words)
        self.words = words
        self.busybox = f"cmd. line:{line}: {busybox or words}" if placed else busybox or words
        self.runtime = runtime
