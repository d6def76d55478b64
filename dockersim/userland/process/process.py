"""One process: who it is, its children, and its life from the first step to its exit status."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from dockersim.fs import Cred, FsError
from dockersim.sim import Event
from dockersim.trace import events as e
from dockersim.userland import signals
from dockersim.userland.files import OpenFile
from dockersim.userland.process.descriptors import Descriptors
from dockersim.userland.process.endings import Exited, Replaced, Terminated
from dockersim.userland.process.waiting import IGNORE, Handler, Steps

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

Program: TypeAlias = "Callable[[Process], int | Generator[Any, Any, int]]"

CRASHED = 70
"""Exit status of a program whose simulation failed (EX_SOFTWARE of sysexits.h)."""


class Process(Descriptors):
    """One process of one :class:`~dockersim.userland.computer.Computer`.

    ``pid`` is its number inside the computer, ``host_pid`` on the machine that runs it. ``exited`` is an event that
    carries the exit status (128 plus the number for a signal). ``flavour`` is whose words the running program speaks:
    ``gnu`` or ``busybox``.
    """

    def __init__(
        self,
        computer: Computer,
        parent: Process | None,
        argv: list[str],
        env: dict[str, str],
        cwd: str,
        cred: Cred,
        fds: dict[int, OpenFile],
    ) -> None:
        inherited = parent.handlers.items() if parent is not None else ()
        kept: dict[int, Handler] = {number: handler for number, handler in inherited if handler is IGNORE}
        super().__init__(computer, kept, cred, cwd, parent.umask if parent is not None else 0o022, fds)
        self.parent = parent
        self.children: list[Process] = []
        self.argv = argv
        self.env = env
        self._leader: Process | None = None
        self.capabilities: frozenset[str] = computer.capabilities
        if parent is not None:
            self.tty = parent.tty
            self._leader = parent.group
            self.capabilities = parent.capabilities
            parent.children.append(self)
        self.started = self.sim.now
        self.reaps = False
        self.exited: Event = self.sim.event()
        self.why = ""
        self.flavour = "gnu"
        self._child_ended: Event | None = None
        computer.pids.enter(self)
        self.allocate(computer.kernel.base_memory)

    # ---- who

    @property
    def group(self) -> Process:
        """The leader of its process group, which may have ended."""
        return self if self._leader is None else self._leader

    @group.setter
    def group(self, leader: Process) -> None:
        self._leader = None if leader is self else leader

    @property
    def ppid(self) -> int:
        """The parent's number; 0 where there is none."""
        return self.parent.pid if self.parent is not None else 0

    @property
    def name(self) -> str:
        """What ``ps`` calls the command: the last component of its first argument, without what a server adds to it."""
        return self.argv[0].partition(": ")[0].rsplit("/", 1)[-1] if self.argv else ""

    @property
    def orphaned(self) -> bool:
        group = self.group
        parents = [one.parent for one in self.computer.processes.values() if one.group is group]
        return not any(parent and parent.group is not group and parent.tty is self.tty for parent in parents)

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self.status is None

    @property
    def names(self) -> Any:
        """The files that name its user."""
        return self.vfs

    @property
    def leads(self) -> bool:
        """Whether it is the leader of its group."""
        return self.group is self

    @property
    def in_front(self) -> bool:
        """Whether its group has the terminal."""
        return self.tty is not None and self.tty.foreground is self.group

    def __repr__(self) -> str:
        return f"<Process {self.pid} {' '.join(self.argv)}>"

    def fail(self, message: str, status: int = 1) -> int:
        """``name: message`` on standard error; returns ``status``, to be returned."""
        self.err(f"{self.name}: {message}\n")
        return status

    # ---- children

    def spawn(
        self,
        argv: list[str],
        *,
        path: str | None = None,
        env: dict[str, str] | None = None,
        cwd: str | None = None,
        fds: dict[int, OpenFile] | None = None,
        cred: Cred | None = None,
        group: Any = None,
    ) -> Process:
        """Start ``argv`` as a child (fork and exec). ``path`` is the file, by default ``argv[0]`` as it stands.

        Raises :class:`FsError` ENOENT, EACCES or ENOEXEC, before there is any child. ``fds`` defaults to this
        process's own.
        """
        main, argv = self.computer.load(path or argv[0], argv, self.cwd, cred or self.cred)
        self.charge(5e-4)
        child = Process(
            self.computer,
            self,
            argv,
            dict(self.env) if env is None else env,
            self.cwd if cwd is None else cwd,
            cred or self.cred,
            self.fds if fds is None else fds,
        )
        if group is not None:
            child.group = child if group == "new" else group
        child.start(main)
        return child

    def fork(self, main: Program, fds: dict[int, OpenFile] | None = None, group: Any = None) -> Process:
        """A child that runs ``main`` with this process's argv: a subshell."""
        self.charge(2e-4)
        child = Process(
            self.computer,
            self,
            list(self.argv),
            dict(self.env),
            self.cwd,
            self.cred,
            self.fds if fds is None else fds,
        )
        if group is not None:
            child.group = child if group == "new" else group
        child.start(main)
        return child

    def wait(self, child: Process, interruptible: bool = False) -> Generator[Any, Any, int]:
        """Wait for ``child`` to end and reap it; its status."""
        if child.status is None:
            yield from self.block(child.exited, interruptible)
        child.reap()
        assert child.status is not None
        return child.status

    def wait_any(self, interruptible: bool = False) -> Generator[Any, Any, Process | None]:
        """Wait for the next child to end and reap it; ``None`` without children."""
        while self.children:
            for child in self.children:
                if child.status is not None:
                    child.reap()
                    return child
            self._child_ended = self.sim.event()
            yield from self.block(self._child_ended, interruptible)
        return None

    def reap(self) -> None:
        """Take an ended process out of the table."""
        self.computer.pids.leave(self)
        if self.parent is not None and self in self.parent.children:
            self.parent.children.remove(self)

    def kill(self, pid: int, number: int) -> None:
        """kill(2) by this process: ESRCH without such a process, EPERM without the right. ``number`` 0 only asks."""
        target = self.computer.processes.get(pid)
        if target is None or target.status is not None:
            raise FsError("ESRCH")
        if self.cred.uid not in (0, target.cred.uid):
            raise FsError("EPERM")
        if number:
            target.signal(number, outside=target.computer.pids is not self.computer.pids)

    # ---- life

    def start(self, main: Program) -> None:
        """Begin to run ``main``."""
        self.sim.trace.record(e.ProcessStarted, self.computer.name, self.pid, self.ppid, tuple(self.argv))
        self._runner = self.sim.process(self._run(main))

    def exec(self, argv: list[str], *, path: str | None = None, env: dict[str, str] | None = None) -> NoReturn:
        """Go on as another program, keeping pid, files and working directory. Raises :class:`FsError` when it can't."""
        main, argv = self.computer.load(path or argv[0], argv, self.cwd, self.cred)
        self.argv = argv
        if env is not None:
            self.env = env
        self.handlers = {number: h for number, h in self.handlers.items() if h is IGNORE}
        raise Replaced(main)

    def exit(self, status: int) -> NoReturn:
        """End this process."""
        raise Exited(status)

    def allocate(self, size: int) -> None:
        """Use ``size`` more bytes of memory; over the computer's limit, a process is killed (OOM)."""
        self.memory += size
        self.computer.charge_memory(self, size)

    def stop(self, number: int) -> None:
        """The signal ``number`` stops the process, and a shell with job control hears of it."""
        super().stop(number)
        self.computer.stopped(self, number)

    def _run(self, main: Program) -> Steps:
        status = 0
        while True:
            try:
                status = yield from self._body(main)
                self.why = f"exited with status {status}"
            except Replaced as other:
                main = other.main
                continue
            except Exited as end:
                status = end.status & 0xFF
                self.why = f"exited with status {status}"
            except Terminated as end:
                status = 128 + end.signal
                self.why = self.why or f"killed by {signals.name_of(end.signal)}"
            break
        self._end(status)

    def _body(self, main: Program) -> Generator[Any, Any, int]:
        try:
            if self._pending:
                self._deliver()
            result = main(self)
            status = result if isinstance(result, int) else (yield from result)
            yield from self.flush()
        except Exited as end:
            yield from self.flush()
            status = end.status
        except Replaced:
            yield from self.flush()
            raise
        except FsError as error:
            yield from self.flush()
            with_path = f"{error.path}: " if error.path else ""
            self.err(f"{self.name}: {with_path}{error.strerror}\n")
            yield from self.flush()
            status = 1
        except Exception as error:  # a fault of the simulator: the learner's world goes on
            self.computer.kernel.crashes.append(error)
            self.err(f"{self.name}: fault in the simulator: {type(error).__name__}: {error}\n")
            yield from self.flush()
            status = CRASHED
        return status & 0xFF

    def _end(self, status: int) -> None:
        self.status = status
        self.cpu += self._debt
        self.state = "Z"
        for file in self.fds.values():
            file.release()
        self.fds = {}
        self.allocate(-self.memory)
        self.sim.trace.record(e.ProcessEnded, self.computer.name, self.pid, status, self.why)
        self.computer.ended(self)
        self.exited.succeed(status)
        parent = self.parent
        if parent is None:
            self.reap()
        elif parent.status is None:
            if parent.reaps or parent.handlers.get(signals.CHLD) is IGNORE:
                self.reap()
            if parent._child_ended is not None and not parent._child_ended.triggered:
                parent._child_ended.succeed()
            if signals.CHLD in parent.handlers:
                parent.signal(signals.CHLD)


def descendants(process: Process) -> Iterable[Process]:
    """All processes below ``process``."""
    for child in list(process.children):
        yield child
        yield from descendants(child)
