"""Processes: what a simulated program sees of its computer, and how it starts, waits, is signalled and ends.

A program is a function of one argument, its process. It is a plain function that returns its exit status, or a
generator function when it may have to wait: for input, for room in a pipe, for a child, for time. All waiting goes
through :meth:`Process.block`, so that signals, freezing and the end of the world reach a process wherever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from dockersim.fs import Cred, FsError
from dockersim.sim import BrokenPipe, Event, Interrupt, Pipe, Running
from dockersim.trace import events as e
from dockersim.userland import signals
from dockersim.userland.files import DiskFile, OpenFile, PipeReader, PipeWriter

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

Steps: TypeAlias = Generator[Any, Any, Any]
Program: TypeAlias = "Callable[[Process], int | Generator[Any, Any, int]]"
Handler: TypeAlias = Callable[[int], None]

QUANTUM = 0.01
"""Seconds of CPU that a process may use before the clock must move."""

HELD = 512 << 20
"""Bytes of data that one process may truly keep."""

PIECE = 1 << 16
"""Bytes that are offered at once to a file that could not take all."""

CRASHED = 70
"""Exit status of a program whose simulation failed (EX_SOFTWARE of sysexits.h)."""

PATIENCE = 300
"""Quanta without any waiting after which a spinning process is charged more and more for each."""


def IGNORE(_: int) -> None:
    """The handler that drops a signal (SIG_IGN)."""


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


class _Replaced(BaseException):
    """``exec``: the process goes on with another program."""

    def __init__(self, main: Program) -> None:
        super().__init__()
        self.main = main


class Process:
    """One process of one :class:`~dockersim.userland.computer.Computer`.

    ``pid`` is its number inside the computer, ``host_pid`` on the machine that runs it. ``memory`` is in bytes, ``cpu``
    in seconds. ``exited`` is an event that carries the exit status (128 plus the number for a signal).
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
        self.computer = computer
        self.sim = computer.sim
        self.parent = parent
        self.children: list[Process] = []
        self.argv = argv
        self.env = env
        self.cwd = cwd
        self.cred = cred
        self.umask: int = parent.umask if parent is not None else 0o022
        self.fds = {number: file.acquire() for number, file in fds.items()}
        self.handlers: dict[int, Handler] = {}
        if parent is not None:
            self.handlers = {n: h for n, h in parent.handlers.items() if h is IGNORE}
        self.tty: Any = parent.tty if parent is not None else None
        self.group: Any = parent.group if parent is not None else None
        self.capabilities: frozenset[str] = parent.capabilities if parent is not None else computer.capabilities
        self.pid = computer.next_pid()
        self.host_pid = computer.kernel.next_pid()
        self.started = self.sim.now
        self.cpu = 0.0
        self.memory = 0
        self.status: int | None = None
        self.state = "R"
        self.reaps = False
        self.exited: Event = self.sim.event()
        self.why = ""
        self.flavour = "gnu"  # whose words the running program speaks: "gnu" or "busybox"
        self._debt = 0.0
        self._spins = 0
        self._pending: list[int] = []
        self._waiting = False
        self._stopped: Event | None = None
        self._output: list[tuple[int, bytes]] = []
        self._runner: Running | None = None
        self._child_ended: Event | None = None
        if self.group is None:
            self.group = self
        if parent is not None:
            parent.children.append(self)
        computer.processes[self.pid] = self
        self.allocate(computer.kernel.base_memory)

    # ---- who and where

    @property
    def ppid(self) -> int:
        return self.parent.pid if self.parent is not None else 0

    @property
    def name(self) -> str:
        """What ``ps`` calls the command: the last component of its first argument."""
        return self.argv[0].rsplit("/", 1)[-1] if self.argv else ""

    @property
    def vfs(self) -> Any:
        return self.computer.vfs

    @property
    def alive(self) -> bool:
        return self.status is None

    def runs_as(self, steps: Running | None) -> bool:
        """Whether ``steps`` are this process's own, and not what goes on beside it on its behalf."""
        return steps is not None and steps is self._runner

    def __repr__(self) -> str:
        return f"<Process {self.pid} {' '.join(self.argv)}>"

    # ---- output that does not wait

    def out(self, text: str | bytes) -> None:
        """Text for standard output; written at the next :meth:`flush`, at the latest when the program ends."""
        if text:
            self._output.append((1, text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")))

    def err(self, text: str | bytes) -> None:
        """Text for standard error, in order with :meth:`out`."""
        if text:
            self._output.append((2, text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")))

    def fail(self, message: str, status: int = 1) -> int:
        """``name: message`` on standard error; returns ``status``, to be returned."""
        self.err(f"{self.name}: {message}\n")
        return status

    def flush(self) -> Steps:
        """Write what :meth:`out` and :meth:`err` gathered."""
        if not self._output:
            return
        output, self._output = self._output, []
        for fd, data in output:
            yield from self.write(fd, data)

    def flush_now(self) -> bool:
        """Flush as far as nothing blocks; ``True`` when all is written. The cheap way for a shell's builtins."""
        output = self._output
        for index, (fd, data) in enumerate(output):
            file = self.fds.get(fd)
            try:
                written = file.write(data) if file is not None else len(data)
            except BrokenPipe:
                self._raise_pipe()
            if written < len(data):
                self._output = [(fd, data[written:]), *output[index + 1 :]]
                return False
        output.clear()
        return True

    # ---- files

    def file(self, fd: int) -> OpenFile:
        """The open file behind ``fd``; EBADF where there is none."""
        try:
            return self.fds[fd]
        except KeyError:
            raise FsError("EBADF") from None

    def read(self, fd: int | OpenFile, size: int = 65_536) -> Generator[Any, Any, bytes]:
        """Up to ``size`` bytes, waiting for at least one; ``b""`` at the end of file."""
        file = self.file(fd) if isinstance(fd, int) else fd
        while (data := file.read(size)) is None:
            yield from self.block(file.readable())
        if self.charge(len(data) * 1e-9):
            yield from self.pay()
        return data

    def read_all(self, fd: int | OpenFile = 0) -> Generator[Any, Any, bytes]:
        """Everything until the end of file."""
        chunks = []
        while chunk := (yield from self.read(fd)):
            chunks.append(chunk)
            self.keep(len(chunk))
        return b"".join(chunks)

    def keep(self, size: int) -> None:
        """Use ``size`` more bytes of memory for data that is truly held.

        A program that holds more than :data:`HELD` is killed as one that has used up all memory: an endless file
        must not use up the real machine's.
        """
        self.allocate(size if self.memory < HELD else self.computer.kernel.memory)

    def lines(self, fd: int | OpenFile = 0) -> LineReader:
        """Reads line by line without losing what comes after the line: ``line = yield from reader.next()``."""
        return LineReader(self, self.file(fd) if isinstance(fd, int) else fd)

    def write(self, fd: int | OpenFile, data: bytes) -> Steps:
        """Write all of ``data``, waiting for room. Without a reader: SIGPIPE."""
        file = self.file(fd) if isinstance(fd, int) else fd
        try:
            written = file.write(data)
            while written < len(data):
                yield from self.block(file.writable())
                written += file.write(data[written : written + PIECE])
        except BrokenPipe:
            self._raise_pipe()
        if self.charge(len(data) * 1e-9):
            yield from self.pay()

    def _raise_pipe(self) -> NoReturn:
        if self.handlers.get(signals.PIPE) is IGNORE:
            raise FsError("EPIPE")
        self._output.clear()
        raise Terminated(signals.PIPE)

    def open(self, path: str, flags: str = "r", mode: int = 0o666) -> OpenFile:
        """Open ``path`` as ``open(2)`` would; raises :class:`FsError`. The caller releases it (see :meth:`close`)."""
        if path == "/dev/tty" and self.tty is not None:
            file: OpenFile = self.tty.file()
        else:
            made = self.vfs.open(path, flags, mode, cwd=self.cwd, cred=self.cred, umask=self.umask)
            file = made if isinstance(made, OpenFile) else DiskFile(made)
        return file.acquire()

    def close(self, fd: int | OpenFile) -> None:
        """Close a descriptor, or release an open file that :meth:`open` gave."""
        file = self.fds.pop(fd, None) if isinstance(fd, int) else fd
        if file is not None:
            file.release()

    def install(self, fd: int, file: OpenFile) -> None:
        """Let ``fd`` refer to ``file`` (dup2)."""
        before = self.fds.get(fd)
        self.fds[fd] = file.acquire()
        if before is not None:
            before.release()

    def pipe(self) -> tuple[OpenFile, OpenFile]:
        """A new pipe: its reading and its writing end."""
        pipe = Pipe(self.sim.env)
        return PipeReader(pipe), PipeWriter(pipe)

    def read_file(self, path: str) -> bytes:
        """The bytes of a regular file, at once."""
        data: bytes = self.vfs.read_file(path, cwd=self.cwd, cred=self.cred)
        return data

    def write_file(self, path: str, data: bytes, mode: int = 0o666) -> None:
        """Replace a regular file's bytes, creating it where it is missing."""
        self.vfs.write_file(path, data, mode=mode, cwd=self.cwd, cred=self.cred, umask=self.umask)

    def isatty(self, fd: int) -> bool:
        file = self.fds.get(fd)
        return file is not None and file.tty is not None

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
        if self.computer.processes.get(self.pid) is self:
            del self.computer.processes[self.pid]
        if self.parent is not None and self in self.parent.children:
            self.parent.children.remove(self)

    def exec(self, argv: list[str], *, path: str | None = None, env: dict[str, str] | None = None) -> NoReturn:
        """Go on as another program, keeping pid, files and working directory. Raises :class:`FsError` when it can't."""
        main, argv = self.computer.load(path or argv[0], argv, self.cwd, self.cred)
        self.argv = argv
        if env is not None:
            self.env = env
        self.handlers = {number: h for number, h in self.handlers.items() if h is IGNORE}
        raise _Replaced(main)

    def exit(self, status: int) -> NoReturn:
        """End this process."""
        raise Exited(status)

    # ---- time and memory

    def sleep(self, seconds: float) -> Steps:
        """Wait ``seconds`` of simulated time."""
        yield from self.block(self.sim.timeout(max(0.0, seconds)))

    def charge(self, seconds: float) -> bool:
        """Account for CPU time. ``True`` when it is time to ``yield from`` :meth:`pay`. Delivers pending signals."""
        self._debt += seconds
        if self._pending:
            self._deliver()
        return self._debt > QUANTUM

    def pay(self) -> Steps:
        """Let the clock move by the CPU time used."""
        debt, self._debt = self._debt, 0.0
        self.cpu += debt
        self._spins += 1
        if self._spins > PATIENCE:
            self.sim.spins += 1
            debt = min(debt * 2 ** min(self._spins - PATIENCE, 40), 60.0)
        spins = self._spins
        share = self.computer.cpu_share
        yield from self.block(self.sim.timeout(debt / share if 0 < share < 1 else debt))
        self._spins = spins

    def allocate(self, size: int) -> None:
        """Use ``size`` more bytes of memory; over the computer's limit, a process is killed (OOM)."""
        self.memory += size
        self.computer.charge_memory(self, size)

    # ---- waiting and signals

    def block(self, event: Event, interruptible: bool = False) -> Generator[Any, Any, Any]:
        """Wait for ``event`` and return its value. The one place where a process waits.

        A handled signal resumes the wait, unless ``interruptible``: then :class:`Interrupted`.
        """
        self._spins = 0
        while True:
            if self._pending:
                self._deliver_or(interruptible)
            if self._stopped is not None or self.computer.frozen is not None:
                yield from self._held()
                continue
            self._waiting = True
            self.state = "S"
            try:
                value = yield event
            except Interrupt:
                self._waiting = False
                continue
            self._waiting = False
            self.state = "R"
            if self._pending:
                self._deliver_or(interruptible)
            if self._stopped is not None or self.computer.frozen is not None:
                yield from self._held()
            return value

    def through(self, steps: Steps) -> Generator[Any, Any, Any]:
        """Run ``steps``, which know nothing of processes, with every wait a :meth:`block`; their value.

        Where a signal ends the process in the middle, the steps go on without it: a request that was sent is sent.
        What runs beside the process, on its behalf, waits by itself.
        """
        if self.sim.env.active_process is not self._runner:
            return (yield from steps)
        try:
            event = next(steps)
            while True:
                try:
                    value = yield from self.block(event)
                except (Terminated, Exited):
                    self.sim.process(_go_on(steps, event))
                    raise
                except Exception as error:
                    event = steps.throw(error)
                else:
                    event = steps.send(value)
        except StopIteration as end:
            return end.value

    def _held(self) -> Steps:
        """Wait while stopped by a signal or frozen with the whole computer; only SIGKILL gets through."""
        while (gate := self.computer.frozen or self._stopped) is not None:
            self.state = "D" if self.computer.frozen is not None else "T"
            self._waiting = True
            try:
                yield gate
            except Interrupt:
                pass
            finally:
                self._waiting = False
            if signals.KILL in self._pending:
                raise Terminated(signals.KILL)

    def signal(self, number: int, outside: bool = False) -> None:
        """A signal arrives. ``outside``: from beyond this computer, as the daemon sends it.

        PID 1 gets no default action: a signal that it has no handler for is dropped, unless it is SIGKILL or SIGSTOP
        from outside (pid_namespaces(7)).
        """
        if self.status is not None:
            return
        handler = self.handlers.get(number)
        outcome = "delivered"
        if number in signals.UNCATCHABLE:
            if self.pid == 1 and not outside:
                outcome = "ignored: PID 1 is protected from its own container"
        elif handler is IGNORE:
            outcome = "ignored: the process asked for that"
        elif handler is not None:
            outcome = "handled"
        elif number in signals.IGNORED_BY_DEFAULT:
            outcome = "ignored: that is its default"
        elif self.pid == 1 and self.computer.pid1_protected and number != signals.CONT:
            outcome = "ignored: PID 1 has no handler for it"
        self.sim.trace.record(e.SignalSent, self.computer.name, self.pid, signals.name_of(number), outcome)
        if outcome.startswith("ignored"):
            return
        if number == signals.CONT or number == signals.KILL:
            self._continue()
        if number == signals.CONT and handler is None:
            return
        self._pending.append(number)
        if self._waiting and self._runner is not None:
            self._waiting = False
            self._runner.interrupt()

    def kill(self, pid: int, number: int) -> None:
        """kill(2) by this process: ESRCH without such a process, EPERM without the right. ``number`` 0 only asks."""
        target = self.computer.processes.get(pid)
        if target is None or target.status is not None:
            raise FsError("ESRCH")
        if self.cred.uid not in (0, target.cred.uid):
            raise FsError("EPERM")
        if number:
            target.signal(number)

    def _continue(self) -> None:
        if self._stopped is not None:
            gate, self._stopped = self._stopped, None
            gate.succeed()

    def _deliver_or(self, interruptible: bool) -> None:
        handled = self._deliver()
        if handled and interruptible:
            raise Interrupted(handled)

    def _deliver(self) -> int:
        """Act on pending signals; the last one that a handler took, or 0. May raise :class:`Terminated` or more."""
        handled = 0
        while self._pending:
            number = self._pending.pop(0)
            handler = self.handlers.get(number) if number not in signals.UNCATCHABLE else None
            if handler is not None:
                handler(number)
                handled = number
            elif number in signals.STOPPING:
                if self._stopped is None:
                    self._stopped = self.sim.event()
                    self.computer.stopped(self, number)
            else:
                raise Terminated(number)
        return handled

    # ---- life

    def start(self, main: Program) -> None:
        """Begin to run ``main``."""
        self.sim.trace.record(e.ProcessStarted, self.computer.name, self.pid, self.ppid, tuple(self.argv))
        self._runner = self.sim.process(self._run(main))

    def _run(self, main: Program) -> Steps:
        status = 0
        while True:
            try:
                status = yield from self._body(main)
                self.why = f"exited with status {status}"
            except _Replaced as other:
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
        except _Replaced:
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
        self.computer.charge_memory(self, -self.memory)
        self.memory = 0
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


def _go_on(steps: Steps, event: Any) -> Steps:
    """The rest of what :meth:`Process.through` began; nobody waits for its outcome."""
    try:
        while True:
            try:
                value = yield event
            except Exception as error:
                event = steps.throw(error)
            else:
                event = steps.send(value)
    except StopIteration:
        return
    except Exception:  # its party is gone; what it was told is no longer told to anybody
        return


class LineReader:
    """Lines of a file as they come, each with its newline; ``b""`` at the end."""

    def __init__(self, process: Process, file: OpenFile) -> None:
        self._process = process
        self._file = file
        self._rest = b""
        self._ended = False

    def next(self) -> Generator[Any, Any, bytes]:
        rest = self._rest
        pieces: list[bytes] = []
        while True:
            cut = rest.find(b"\n")
            if cut >= 0:
                pieces.append(rest[: cut + 1])
                self._rest = rest[cut + 1 :]
                return b"".join(pieces)
            pieces.append(rest)
            rest = b"" if self._ended else (yield from self._process.read(self._file))
            if not rest:
                self._ended = True
                self._rest = b""
                return b"".join(pieces)


def descendants(process: Process) -> Iterable[Process]:
    """All processes below ``process``."""
    for child in list(process.children):
        yield child
        yield from descendants(child)
