"""Processes whose work a part of the simulator itself does: the daemon, containerd, a shim."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dockersim.fs import Cred, FsError
from dockersim.userland import signals
from dockersim.userland.process.process import Process

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer


class Resident(Process):
    """It is in the table of processes, waits, and takes no steps of its own.

    ``killed`` is what follows from a signal that would end it; without it no signal is allowed to (EPERM).
    """

    def __init__(
        self,
        computer: Computer,
        argv: list[str],
        parent: Process | None = None,
        killed: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(computer, parent, argv, {}, "/", Cred(0, 0), {})
        self.group = self
        self.tty = None
        self.state = "S"
        self._killed = killed

    def signal(self, number: int, outside: bool = False) -> None:
        """What ends others ends this one, if the simulator knows what comes then; all else is ignored."""
        if number in (signals.KILL, signals.TERM, signals.INT, signals.QUIT):
            if self._killed is None:
                raise FsError("EPERM")
            self._killed()

    def leave(self) -> None:
        """It has nothing more to do."""
        if self.status is None:
            self.status = 0
            self.allocate(-self.memory)
            self.reap()
