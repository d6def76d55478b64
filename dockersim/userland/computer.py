"""Computers: the laptop, and every container. A tree of files, a table of processes, a name, users, limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dockersim.fs import Cred, FsError, Vfs
from dockersim.sim import Event, Service, Simulation
from dockersim.userland import signals
from dockersim.userland.binary import program_of
from dockersim.userland.files import OpenFile
from dockersim.userland.pids import PidSpace
from dockersim.userland.process import Process, Program
from dockersim.wire import Handler

Completer: TypeAlias = Callable[[Process, list[str], str], "list[str] | None"]
"""What a word may become after the words of its command line so far; ``None``: the name of a file."""

ROOT = Cred(0, 0)
BOOTED = 1200
"""So many processes had been started when the world began."""
FIRST_NAMESPACE = 4_026_531_834
"""The number of the first namespace that somebody asks for."""
HEADER = 256
"""As many bytes of a file ``execve`` looks at (BINPRM_BUF_SIZE)."""


class Kernel:
    """What all computers of one machine share: the numbering of processes and the programs that there are.

    ``programs`` maps the name in an executable's header to what it does; a lazy mapping is welcome. ``crashes``
    holds the simulator's own faults: programs that ended in a Python exception. ``sockets`` are the parties behind Unix
    sockets, by the number in the socket's node; ``completers`` complete the words of single commands, by their names;
    ``services`` make the HTTP handlers of programs that the world hands down, by their names. ``pids`` are the
    machine's own numbers of processes; ``cgroups`` the computers in control groups of their own, by path.
    """

    def __init__(self, sim: Simulation, programs: Mapping[str, Program]) -> None:
        self.sim = sim
        self.programs = programs
        self.cpus = 2
        self.memory = 4 << 30
        self.base_memory = 512 << 10
        self.release = "6.8.0-45-generic"
        self.version = "#45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2025"
        self.crashes: list[Exception] = []
        self.sockets: dict[int, Service] = {}
        self.completers: dict[str, Completer] = {}
        self.services: dict[str, Callable[[Process], Handler]] = {}
        self.pids = PidSpace(taken=BOOTED)
        self.cgroups: dict[str, Computer] = {}
        self._namespaces: dict[tuple[str, int], tuple[int, object]] = {}

    def namespace(self, kind: str, shared: object) -> int:
        """The number of the namespace of a kind whose members share an object: given at the first call."""
        numbers = self._namespaces
        return numbers.setdefault((kind, id(shared)), (FIRST_NAMESPACE + len(numbers), shared))[0]

    def bind_socket(self, vfs: Vfs, path: str, service: Service, mode: int = 0o755, gid: int = 0) -> None:
        """A Unix socket at ``path`` (bind and listen): whoever opens it, by whatever mount, talks to ``service``."""
        number = len(self.sockets) + 1
        self.sockets[number] = service
        if vfs.exists(path):
            vfs.unlink(path)
        vfs.mknod(path, "socket", mode, rdev=(number, 0), umask=0)
        vfs.chown(path, 0, gid)


class Computer:
    """One little computer. ``name`` is what the trace calls it.

    ``memory_limit`` in bytes (0: the kernel's memory), ``cpu_share`` in CPUs (0: all), ``pids_limit`` (0: none).
    ``ulimits`` maps resources to soft and hard limits (-1: none) that were set. ``cpu_used`` are the seconds of CPU of
    processes that ended. ``net`` is its network stack. ``frozen`` is an event while the computer is paused. ``pids`` is
    its PID namespace, one of its own unless it is given another's; ``keeper`` the process outside that started it, and
    ``cgroup`` the path of its control group. ``uts`` and ``ipc`` are shared by computers in the same namespace.
    ``filters_calls``: some system calls are refused to its processes (seccomp).
    """

    def __init__(
        self, kernel: Kernel, name: str, vfs: Vfs, hostname: str, net: Any = None, pids: PidSpace | None = None
    ) -> None:
        self.kernel = kernel
        self.sim = kernel.sim
        self.name = name
        self.vfs = vfs
        self.hostname = hostname
        self.domainname = ""
        self.net = net
        self.pids = PidSpace(kernel.pids) if pids is None else pids
        self.keeper: Process | None = None
        self.cgroup = "/"
        self.uts = object()
        self.ipc = object()
        self.init: Process | None = None
        self.pid1_protected = True
        self.memory_limit = 0
        self.memory_used = 0
        self.memory_peak = 0
        self.pids_limit = 0
        self.cpu_share = 0.0
        self.cpu_used = 0.0
        self.cpus = kernel.cpus
        self.capabilities: frozenset[str] = frozenset()
        self.no_new_privileges = False
        self.filters_calls = False
        self.oom_score_adj = 0
        self.ulimits: dict[str, tuple[int, int]] = {}
        self.sysctls: dict[str, str] = {}
        self.frozen: Event | None = None
        self.oom_killed = False
        self.on_oom: Callable[[Process], None] = lambda process: None
        self.on_stop: Callable[[Process, int], None] = lambda process, number: None

    @property
    def is_machine(self) -> bool:
        """Whether this is the machine itself, and not a container on it."""
        return self.pids.outer is None and self.keeper is None

    @property
    def processes(self) -> dict[int, Process]:
        """The processes that can be seen here, by number: its own, and those of computers inside its PID namespace."""
        return self.pids.processes

    def own_processes(self) -> list[Process]:
        """The processes that run here."""
        return [process for process in self.processes.values() if process.computer is self]

    def next_pid(self) -> int:
        """A number for a process that starts here. Raises :class:`FsError` EAGAIN over the limit."""
        if self.pids_limit and len(self.own_processes()) >= self.pids_limit:
            raise FsError("EAGAIN")
        return self.pids.next()

    # ---- programs

    def load(self, path: str, argv: list[str], cwd: str, cred: Cred) -> tuple[Program, list[str]]:
        """What ``execve`` finds at ``path``: the program, and argv as an interpreter line changes it.

        Raises :class:`FsError`: ENOENT, EACCES (a directory, or no execute permission), ENOEXEC (not a program).
        """
        for _ in range(5):
            data = self.vfs.executable(path, HEADER, cwd=cwd, cred=cred)
            name = program_of(data)
            if name is not None:
                return self._program(name), argv
            if not data.startswith(b"#!"):
                raise FsError("ENOEXEC", path)
            line = data[2:].split(b"\n", 1)[0].decode(errors="replace").strip()
            interpreter, _, argument = line.partition(" ")
            argv = [interpreter, *([argument.strip()] if argument.strip() else []), path, *argv[1:]]
            path = interpreter
        raise FsError("ELOOP", path)

    def _program(self, name: str) -> Program:
        try:
            return self.kernel.programs[name]
        except KeyError:
            return _missing(name)

    def unix_service(self, path: str, cwd: str, cred: Cred) -> Service:
        """Who answers at the Unix socket ``path`` (connect). Raises :class:`FsError`: ENOENT, EACCES, ECONNREFUSED."""
        node = self.vfs.stat(path, cwd=cwd, cred=cred)
        if not cred.may(node, 2):
            raise FsError("EACCES", path)
        service = self.kernel.sockets.get(node.rdev[0]) if node.kind == "socket" and node.rdev else None
        if service is None:
            raise FsError("ECONNREFUSED", path)
        return service

    # ---- processes

    def spawn(
        self,
        argv: list[str],
        *,
        path: str | None = None,
        env: dict[str, str] | None = None,
        cwd: str = "/",
        cred: Cred = ROOT,
        fds: dict[int, OpenFile] | None = None,
        tty: Any = None,
        main: Program | None = None,
    ) -> Process:
        """Start a process without a parent here: PID 1, or one that comes in from outside (``docker exec``).

        ``main`` runs instead of the file ``path`` (or ``argv[0]``). Raises :class:`FsError` as :meth:`load` does.
        """
        if main is None:
            main, argv = self.load(path or argv[0], argv, cwd, cred)
        process = Process(self, None, argv, dict(env or {}), cwd, cred, fds or {})
        if tty is not None:
            process.tty = tty
            tty.foreground = process.group
            tty.send_signal = self.signal_group
        if self.init is None:
            self.init = process
        process.start(main)
        return process

    def signal_group(self, group: Any, number: int) -> None:
        """Send a signal to every process of ``group``, as a terminal's keys do."""
        for process in list(self.processes.values()):
            if process.group is group:
                process.signal(number)

    def ended(self, process: Process) -> None:
        """A process ended: its children go to PID 1; with PID 1 everything ends."""
        self.cpu_used += process.cpu
        if process is self.init:
            for other in self.own_processes():
                if other is not process:
                    other.parent = None
                    other.signal(signals.KILL, outside=True)
            process.children = []
            return
        for child in process.children:
            child.parent = self.init
            if self.init is not None and self.init.status is None:
                self.init.children.append(child)
                if child.status is not None and self.init.reaps:
                    child.reap()
        process.children = []

    def stopped(self, process: Process, number: int) -> None:
        """A process was stopped by a signal; a shell with job control wants to know."""
        self.on_stop(process, number)

    # ---- freezing and memory

    def freeze(self) -> None:
        """Stop all processes where they are (the freezer cgroup)."""
        if self.frozen is None:
            self.frozen = self.sim.event()

    def thaw(self) -> None:
        """Let them go on."""
        if self.frozen is not None:
            gate, self.frozen = self.frozen, None
            gate.succeed()

    def charge_memory(self, process: Process, size: int) -> None:
        """Account for ``size`` more bytes; over the limit, the largest process is killed."""
        self.memory_used += size
        self.memory_peak = max(self.memory_peak, self.memory_used)
        limit = self.memory_limit or self.kernel.memory
        if size > 0 and self.memory_used > limit:
            victim = max(self.own_processes(), key=lambda candidate: candidate.memory)
            self.oom_killed = True
            victim.why = "killed by SIGKILL: out of memory"
            self.on_oom(victim)
            victim.signal(signals.KILL, outside=True)


def _missing(name: str) -> Program:
    def main(process: Process) -> int:
        return process.fail(f"the program '{name}' is not simulated", 126)

    return main
