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
    """A fault that ends the program with status 2."""
