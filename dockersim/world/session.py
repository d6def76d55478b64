"""The learner's login session: one shell on the laptop that goes on from line to line."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

from dockersim.sim import Event as ClockEvent
from dockersim.sim import Simulation
from dockersim.trace import Event
from dockersim.trace import events as e
from dockersim.userland import signals
from dockersim.userland.computer import Computer
from dockersim.userland.files import BytesReader, OpenFile
from dockersim.userland.process import Process, descendants
from dockersim.userland.terminal import Terminal
from dockersim.world.laptop import log_in
from dockersim.world.patience import BYTES, Patience

THINKING = 0.4
"""Simulated seconds in which nothing happens, after which the next typed line is typed."""


class Result:
    """What one line came to. ``exit_code`` is ``None`` while it still runs."""

    def __init__(self, stdout: bytes, stderr: bytes, exit_code: int | None, events: Sequence[Event], note: str) -> None:
        self.stdout_bytes = stdout
        self.stderr_bytes = stderr
        self.exit_code = exit_code
        self._events = events
        self.note = note

    @property
    def events(self) -> list[Event]:
        """What happened, in order; each event is typed when it is asked for."""
        return list(self._events)

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode("utf-8", "replace")

    @property
    def running(self) -> bool:
        """Whether the line did not end: a server in the foreground, a program that waits for input."""
        return self.exit_code is None

    def __repr__(self) -> str:
        return f"<Result exit_code={self.exit_code} stdout={self.stdout!r} stderr={self.stderr!r}>"


class _Job:
    """A line on its way through the shell. ``unseen`` is what it printed since it was left running, if it was."""

    def __init__(self, sim: Simulation, line: str) -> None:
        self.line = line
        self.terminal: Terminal | None = None
        self.done: ClockEvent = sim.event()
        self.unseen: dict[str, bytearray] | None = None
        self.room: ClockEvent = sim.event()

    @property
    def full(self) -> bool:
        """Whether it has to wait until somebody looks at what it printed."""
        return self.unseen is not None and sum(map(len, self.unseen.values())) > BYTES


class _Output(OpenFile):
    """Standard output or error of a line."""

    def __init__(self, job: _Job, show: Callable[[bytes], None]) -> None:
        super().__init__()
        self._job = job
        self._show = show

    def write(self, data: bytes) -> int:
        if self._job.full:
            return 0
        self._show(bytes(data))
        return len(data)

    def writable(self) -> ClockEvent:
        return self._job.room


class Session:
    """Runs lines, one after the other, in a shell that keeps its directory, variables, functions and jobs.

    A line that does not end keeps its shell, and the next line gets another, as in a second window; it begins with
    what the first one knew. What the first one prints is for whoever goes back to it: :meth:`interrupt` is Ctrl-C for
    the newest line that still runs.
    """

    def __init__(self, sim: Simulation, computer: Computer) -> None:
        self._sim = sim
        self._computer = computer
        self._patience = Patience(sim)
        self._stdout = bytearray()
        self._stderr = bytearray()
        self._typing: list[bytes] = []
        self._shell: Any = None
        self._process: Process | None = None
        self._inbox: ClockEvent = sim.event()
        self.stuck: list[tuple[_Job, Process]] = []

    # ---- lines

    def run(self, line: str, stdin: bytes, tty: bool) -> Result:
        """Run one line (or a script) to its end, or until it is clear that it goes on by itself."""
        first = self._begin()
        self._sim.trace.record(e.CommandTyped, self._computer.name, line)
        job = _Job(self._sim, line)
        process = self._ready_shell()
        self._give(process, job, stdin, tty)
        self._typing = stdin.splitlines(keepends=True) if tty else []
        self._inbox.succeed(job)
        return self._finish(job, process, first)

    def interrupt(self) -> Result:
        """Ctrl-C for the newest line that still runs; what it printed since. ValueError when there is none."""
        if not self.stuck:
            raise ValueError("no line is running")
        job, process = self.stuck.pop()
        first = self._begin()
        self._look_at(job)
        if job.terminal is not None:
            job.terminal.type(b"\x03")
        else:
            for child in list(descendants(process)) or [process]:
                child.signal(signals.INT)
        return self._finish(job, process, first)

    def _begin(self) -> int:
        self._stdout.clear()
        self._stderr.clear()
        return self._sim.trace.end

    def _finish(self, job: _Job, process: Process, first: int) -> Result:
        status = self._run_until(job, process)
        self._typing = []
        note = ""
        if status is None:
            self.stuck.append((job, process))
            job.unseen = {"stdout": bytearray(), "stderr": bytearray()}
            note = f"still running: {job.line.strip()}"
        else:
            self._sim.trace.record(e.CommandEnded, self._computer.name, job.line, status)
        if status is not None and self._process is not process and process.status is None:
            process.signal(signals.HUP)
        return Result(bytes(self._stdout), bytes(self._stderr), status, self._sim.trace.since(first), note)

    # ---- the shell

    def _ready_shell(self) -> Process:
        """The shell for the next line: the one that is there, or another if that one is busy or gone."""
        process = self._process
        if process is None or process.status is not None or any(busy is process for _, busy in self.stuck):
            memory = self._shell if process is not None and process.status is None else None
            process = self._process = self._log_in(memory)
        return process

    def _log_in(self, memory: Any) -> Process:
        self._inbox = self._sim.event()
        inbox = self._inbox

        def main(p: Process) -> Generator[Any, Any, int]:
            return (yield from self._serve(p, memory, inbox))

        process = log_in(self._computer, {}, main)
        if memory is not None:
            process.cwd = memory.p.cwd
        return process

    def _serve(self, p: Process, memory: Any, inbox: ClockEvent) -> Generator[Any, Any, int]:
        from dockersim.userland.shell.interpreter import Shell
        from dockersim.userland.shell.program import break_line
        from dockersim.userland.shell.state import Flow
        from dockersim.userland.shell.syntax.problems import Incomplete

        if memory is None:
            shell = Shell(p, "bash", "bash")
        else:
            shell = memory.copy()
            shell.p = p
        self._shell = shell
        shell.breakable = True
        p.handlers[signals.INT] = break_line
        while True:
            job: _Job = yield from p.block(inbox)
            inbox = self._inbox = self._sim.event()
            try:
                status = yield from shell.run_line(job.line)
            except Incomplete as problem:
                status = shell.syntax_error(problem)
                yield from p.flush()
            except Flow as leaving:
                return leaving.count
            job.done.succeed(status)

    # ---- input and output

    def _give(self, process: Process, job: _Job, stdin: bytes, tty: bool) -> None:
        """Standard input, output and error for the next line."""
        files: dict[int, OpenFile]
        if tty:
            job.terminal = Terminal(self._sim, partial(self._show, job, "terminal"))
            file = job.terminal.file()
            files = {0: file, 1: file, 2: file}
            job.terminal.foreground = process.group
            job.terminal.send_signal = self._computer.signal_group
        else:
            outputs = (_Output(job, partial(self._show, job, stream)) for stream in ("stdout", "stderr"))
            files = {0: BytesReader(stdin), **dict(enumerate(outputs, 1))}
        process.tty = job.terminal
        for number, file in files.items():
            process.install(number, file)

    def _show(self, job: _Job, stream: str, data: bytes) -> None:
        self._sim.trace.record(e.Printed, self._computer.name, stream, data)
        name = "stderr" if stream == "stderr" else "stdout"
        if job.unseen is None:
            (self._stderr if name == "stderr" else self._stdout).extend(data)
            self._patience.heard(len(data))
            return
        job.unseen[name] += data
        if job.full and job.terminal is not None:
            job.terminal.hold(True)

    def _look_at(self, job: _Job) -> None:
        """Go back to a line that was left running."""
        assert job.unseen is not None
        self._stdout += job.unseen["stdout"]
        self._stderr += job.unseen["stderr"]
        job.unseen = None
        job.room.succeed()
        job.room = self._sim.event()
        if job.terminal is not None:
            job.terminal.hold(False)

    # ---- the clock

    def _run_until(self, job: _Job, process: Process) -> int | None:
        """Let time pass until the line ends (its status), or until it shows that it will not by itself (``None``)."""
        env = self._sim.env
        self._patience = patience = Patience(self._sim)
        while not job.done.processed and process.status is None:
            if self._typing and env.peek() - env.now > THINKING:
                assert job.terminal is not None
                job.terminal.type(self._typing.pop(0))
                continue
            if patience.over():
                return None
            env.step()
        if process.status is not None:
            return process.status
        assert isinstance(job.done.value, int)
        return job.done.value
