"""The size of the client's terminal, told to the container's: at the beginning, and whenever the window changes."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.transport import Failure
from dockersim.userland import signals

RETRIES = 10
PAUSE = 0.01
"""Seconds before the first retry; each one waits as much longer."""


def follow(cli: Cli, path: str) -> Generator[Any, Any, None]:
    """Send the size to ``path`` (``/containers/ID`` or ``/exec/ID``) now and on SIGWINCH.

    The container may not run yet, or not any more: that is tried again for a while beside everything else.
    """
    p = cli.p

    def send() -> Generator[Any, Any, bool]:
        try:
            yield from send_size(cli, path)
        except Failure:
            return False
        return True

    def again() -> Generator[Any, Any, None]:
        for number in range(RETRIES):
            yield p.sim.timeout(PAUSE * (number + 1))
            if p.status is not None or (yield from send()):
                return

    def changed(number: int) -> None:
        p.sim.process(send())

    if not p.isatty(1):
        return
    p.handlers[signals.WINCH] = changed
    if not (yield from send()):
        p.sim.process(again())


def send_size(cli: Cli, path: str, larger: int = 0) -> Generator[Any, Any, None]:
    """Tell ``path`` the size of the client's terminal, or one that is so much larger. :class:`Failure`."""
    terminal = cli.p.tty
    size = {"h": str(terminal.rows + larger), "w": str(terminal.columns + larger)}
    yield from cli.daemon.call("POST", f"{path}/resize", size)
