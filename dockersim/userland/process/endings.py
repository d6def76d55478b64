"""How a program, or a wait in it, comes to its end."""

from __future__ import annotations

from typing import Any


class Exited(BaseException):
    """A program ends itself with ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Terminated(BaseException):
    """A signal ends a program."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


class Interrupted(Exception):
    """A handled signal ended a wait that had asked for it (EINTR)."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


class Replaced(BaseException):
    """``exec``: the process goes on with another program, ``main``."""

    def __init__(self, main: Any) -> None:
        super().__init__()
        self.main = main
