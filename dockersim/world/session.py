"""The learner's login session: one shell on the laptop that goes on from line to line."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.sim import Event as ClockEvent
from dockersim.sim import Simulation
from dockersim.trace import Event
from dockersim.trace import events as e
from dockersim.userland import signals
from dockersim.userland.computer import Computer
from dockersim.userland.files import BytesReader, OpenFile, Sink
from dockersim.userland.process import Process, descendants
from dockersim.userland.terminal import Terminal
from dockersim.world.laptop import log_in

PATIENCE = 500_000
"""Steps of the clock without a word to the learner after which a line counts as one that goes on by itself."""

THINKING = 0.4
"""Simulated seconds in which nothing happens, after which the next typed line is typed."""


class Result:
    """What one line came to. ``exit_code`` is ``None`` while it still runs; ``events`` are those of the line."""

    def __init__(self, stdout: bytes, stderr: bytes, exit_code: int | None, events: list[Event], note: str) -> None:
        self.stdout_bytes = stdout
        self.stderr_bytes = stderr
        self.exit_code = exit_code
        self.events = events
        self.note = note

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
    """A line on its way through the shell."""

    def __init__(self, sim: Simulation, line: str, terminal: Terminal | None) -> None:
        self.line = line
        self.terminal = terminal
        self.done: ClockEvent = sim.event()


class Session:
    """Runs lines, one after the other, in a shell that keeps its directory, variables, functions and jobs.

    A line that does not end keeps its shell, and the next line gets another, as in a second window; it begins with
    what the first one knew. :meth:`interrupt` is Ctrl-C for the newest line that still runs.
    """

    def __init__(self, sim: Simulation, computer: Computer) -> None:
        self._sim = sim
        self._computer = computer
        self._steps = 0
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
        terminal = self._terminal() if tty else None
        job = _Job(self._sim, line, terminal)
        process = self._ready_shell()
        self._give(process, job, stdin)
        self._typing = stdin.splitlines(keepends=True) if tty else []
        self._inbox.succeed(job)
        return self._finish(job, process, first)

    def interrupt(self) -> Result:
        """Ctrl-C for the newest line that still runs; what it printed since. ValueError when there is none."""
        if not self.stuck:
            raise ValueError("no line is running")
        job, process = self.stuck.pop()
        first = self._begin()
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
        from dockersim.userland.shell.problems import Incomplete
        from dockersim.userland.shell.state import Flow

        if memory is None:
            shell = Shell(p, "bash", "bash")
        else:
            shell = memory.copy()
            shell.p = p
        self._shell = shell
        p.handlers[signals.INT] = lambda number: None
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

    def _give(self, process: Process, job: _Job, stdin: bytes) -> None:
        """Standard input, output and error for the next line."""
        files: dict[int, OpenFile]
        if job.terminal is not None:
            file = job.terminal.file()
            files = {0: file, 1: file, 2: file}
            job.terminal.foreground = process.group
            job.terminal.send_signal = self._computer.signal_group
        else:
            files = {0: BytesReader(stdin), 1: self._sink("stdout"), 2: self._sink("stderr")}
        process.tty = job.terminal
        for number, file in files.items():
            process.install(number, file)

    def _terminal(self) -> Terminal:
        return Terminal(self._sim, lambda data: self._show("terminal", data))

    def _sink(self, stream: str) -> Sink:
        return Sink(lambda data: self._show(stream, data))

    def _show(self, stream: str, data: bytes) -> None:
        buffer = self._stderr if stream == "stderr" else self._stdout
        buffer += data
        self._sim.trace.record(e.Printed, self._computer.name, stream, data)
        self._steps = 0

    # ---- the clock

    def _run_until(self, job: _Job, process: Process) -> int | None:
        """Let time pass until the line ends (its status), or until it shows that it will not by itself (``None``)."""
        env = self._sim.env
        self._steps = 0
        while not job.done.processed and process.status is None:
            if self._typing and env.peek() - env.now > THINKING:
                assert job.terminal is not None
                job.terminal.type(self._typing.pop(0))
                continue
            self._steps += 1
            if self._steps > PATIENCE or env.peek() == float("inf"):
                return None
            env.step()
        if process.status is not None:
            return process.status
        assert isinstance(job.done.value, int)
        return job.done.value
