"""PID namespaces: one process has a number in each space that it is in, its own and those around it.

Source: pid_namespaces(7). A space sees its own processes and those of the spaces inside it, never those outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dockersim.userland.process import Process


class PidSpace:
    """The numbers of processes, in one space. ``outer`` is the machine's space around a container's.

    Numbers up to ``taken`` went to what had run before; the first process of a space is number 1 all the same.
    """

    __slots__ = ("_last", "_taken", "outer", "processes")

    def __init__(self, outer: PidSpace | None = None, taken: int = 0) -> None:
        self.outer = outer
        self.processes: dict[int, Process] = {}
        self._taken = taken
        self._last = 0

    def next(self) -> int:
        """A number for a new process."""
        last = self._last
        self._last = max(last, self._taken) + 1 if last else 1
        return self._last

    def enter(self, process: Process) -> None:
        """Put ``process`` into the tables of this space and of the one around it."""
        self.processes[process.pid] = process
        if self.outer is not None:
            self.outer.processes[process.host_pid] = process

    def leave(self, process: Process) -> None:
        """Take ``process`` out of the tables."""
        if self.processes.get(process.pid) is process:
            del self.processes[process.pid]
            if self.outer is not None:
                self.outer.processes.pop(process.host_pid, None)

    def see(self, number: int) -> Process | None:
        """The process with this number, as it looks from this space; ``None`` where there is none."""
        process = self.processes.get(number)
        if process is None or process.computer.pids is self:
            return process
        return Seen(process)  # type: ignore[return-value]

    def everybody(self) -> list[Process]:
        """All processes as they look from this space, by number."""
        return [found for number in sorted(self.processes) if (found := self.see(number)) is not None]


class Seen:
    """A process of an inner space as the machine sees it: the same process, with the machine's numbers.

    Its parent is what is outside: for the first process of a container, and those that ``docker exec`` brings in, the
    shim that started it.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.pid = process.host_pid

    @property
    def ppid(self) -> int:
        """The parent's number, on the machine."""
        parent = self.process.parent or self.process.computer.keeper
        return parent.host_pid if parent is not None else 0

    @property
    def names(self) -> Any:
        """The files that name its user: the machine's."""
        outer = self.process.computer.pids.outer
        assert outer is not None
        return outer.processes[1].vfs

    @property
    def group(self) -> Any:
        leader = self.process.group
        return self if leader is self.process else Seen(leader)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.process, name)
