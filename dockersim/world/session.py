"""The learner's login session: one shell on the laptop that goes on from line to line."""

from __future__ import annotations

import simpy

from dockersim.sim import Simulation
from dockersim.trace import Event
from dockersim.trace import events as e
from dockersim.userland.computer import Computer
from dockersim.userland.files import BytesReader, OpenFile, Sink
from dockersim.world.laptop import CRED, ENVIRONMENT, HOME

PATIENCE = 500_000
"""Steps of the clock without a word to the learner after which a line counts as one that goes on by itself."""


class Result:
    """What one line came to. ``exit_code`` is ``None`` while it still runs; ``events`` are those of the line."""

    def __init__(self, stdout: bytes, stderr: bytes, exit_code: int | None, events: list[Event]) -> None:
        self.stdout_bytes = stdout
        self.stderr_bytes = stderr
        self.exit_code = exit_code
        self.events = events

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode("utf-8", "replace")

    @property
    def running(self) -> bool:
        return self.exit_code is None

    def __repr__(self) -> str:
        return f"<Result exit_code={self.exit_code} stdout={self.stdout!r} stderr={self.stderr!r}>"


class Session:
    """Runs lines, one after the other, in a shell that keeps its directory, variables, functions and jobs."""

    def __init__(self, sim: Simulation, computer: Computer) -> None:
        self._sim = sim
        self._computer = computer
        self._steps_since_output = 0
        self._captured: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}

    def run(self, line: str, stdin: bytes, tty: bool) -> Result:
        self._captured = {"stdout": bytearray(), "stderr": bytearray()}
        first = self._sim.trace.end
        self._sim.trace.record(e.CommandTyped, self._computer.name, line)
        files: dict[int, OpenFile] = {0: BytesReader(stdin), 1: self._sink("stdout"), 2: self._sink("stderr")}
        argv = line.split()
        process = self._computer.spawn(
            argv, path=f"/usr/bin/{argv[0]}", env=ENVIRONMENT, cwd=HOME, cred=CRED, fds=files
        )
        status = self._run_until(process.exited)
        self._computer.init = None
        if status is not None:
            self._sim.trace.record(e.CommandEnded, self._computer.name, line, status)
        return Result(
            bytes(self._captured["stdout"]), bytes(self._captured["stderr"]), status, self._sim.trace.since(first)
        )

    def _sink(self, stream: str) -> Sink:
        def take(data: bytes) -> None:
            self._captured[stream] += data
            self._sim.trace.record(e.Printed, self._computer.name, stream, data)
            self._steps_since_output = 0

        return Sink(take)

    def _run_until(self, done: simpy.Event) -> int | None:
        env = self._sim.env
        self._steps_since_output = 0
        while not done.processed:
            self._steps_since_output += 1
            if self._steps_since_output > PATIENCE:
                return None
            try:
                env.step()
            except simpy.core.EmptySchedule:
                return None
        assert isinstance(done.value, int)
        return done.value
