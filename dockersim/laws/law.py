"""What a law is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dockersim.world import World

Law: TypeAlias = Callable[[World], None]


class Broken(AssertionError):
    """A law does not hold; the message says where."""


def require(fact: bool, message: str) -> None:
    """Raise :class:`Broken` unless ``fact``."""
    if not fact:
        raise Broken(message)
