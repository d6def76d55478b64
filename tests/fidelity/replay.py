"""Replays a session: each case's setup, command, keys and signals in a simulated world, and what came of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dockersim import World
from dockersim.fs import Cred, FsError
from dockersim.sim import Pipe
from dockersim.trace import events as e
from dockersim.userland import signals
from dockersim.userland.computer import Computer
from dockersim.userland.files import BytesReader, OpenFile, PipeReader, PipeWriter, Sink
from dockersim.userland.process import Process
from dockersim.userland.terminal import Terminal
from tests.fidelity.case import HTTP, Case, load, topics
from tests.fidelity.pages import structure
from tests.fidelity.setting import ENVIRONMENT, MIRROR, new_world, write
from tests.fidelity.tars import listing

PATIENCE = 120.0
"""Simulated seconds that a command may take, unless the recorder ended it earlier."""

STEPS = 400_000
"""Steps of the clock that a command may take: more is a loop that the simulator does not get out of."""

CLIENTS = ("client", "laptop")
"""Who speaks to the daemon in a recorded command: ``docker``, or another program of the laptop."""

PAUSE = 0.03
"""Simulated seconds between two commands: a real machine takes so long to start them."""


@dataclass(slots=True)
class Outcome:
    """What a case came to in the simulator."""

    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    post: dict[str, str] = field(default_factory=dict)
    http: tuple[HTTP, ...] = ()
    value: str = ""
    crashes: list[str] = field(default_factory=list)


@cache
def scenes() -> dict[str, Any]:
    """``scenes.toml``."""
    return tomllib.loads((Path(__file__).parent / "scenes.toml").read_text())


def sessions() -> dict[str, list[str]]:
    """Each session's topics; a topic that shares with none is a session of its own."""
    shared: dict[str, list[str]] = dict(scenes()["sessions"])
    inside = {topic for members in shared.values() for topic in members}
    return shared | {topic: [topic] for topic in topics() if topic not in inside}


def replay(members: list[str]) -> Iterator[tuple[Case, Outcome]]:
    """Play all cases of a session's topics in one fresh world."""
    stage = Stage()
    for topic in members:
        for place, case in enumerate(load(topic)):
            before = scenes()["before"]
            if case.id in scenes()["slow"]:
                stage.slow(scenes()["slow"][case.id])
            for line in [*(before.get(topic, ()) if place == 0 else ()), *before.get(case.id, ())]:
                stage.shell(line)
            yield case, stage.play(case)


class Stage:
    """A world in the recorded setting, and the recorder's two seats in it."""

    def __init__(self) -> None:
        self.world: World
        self.desk: Computer
        self.world, self.desk = new_world()
        self.env = self.world.sim.env
        self.faults: list[str] = []

    def slow(self, bandwidth: float) -> None:
        """Hold the wire between the daemon and the mirror to so many bytes a second, as the recorder's proxy did."""
        self.world.network.link("daemon", MIRROR).bandwidth = bandwidth

    # ---- unrecorded shell commands

    def shell(self, line: str, cwd: str = "/root") -> str:
        """Run a line to its end at the desk; what it printed."""
        output = bytearray()
        process = self._start_shell(line, cwd, output)
        self._run(process, PATIENCE)
        self._pass(PAUSE)
        return output.decode(errors="replace")

    def _start_shell(self, line: str, cwd: str, output: bytearray) -> Process:
        sink = Sink(output.extend)
        environment = {**ENVIRONMENT, "DOCKER_CLI_HINTS": "false"}
        files: dict[int, OpenFile] = {0: BytesReader(b""), 1: sink, 2: sink}
        return self._start(self.desk, ["sh", "-c", line], environment, cwd, files)

    def _start(
        self,
        computer: Computer,
        argv: list[str],
        environment: dict[str, str],
        cwd: str,
        files: dict[int, OpenFile],
        tty: Terminal | None = None,
    ) -> Process:
        process = computer.spawn(
            argv, path=f"/usr/bin/{argv[0]}", env=environment, cwd=cwd, cred=Cred(0, 0), fds=files, tty=tty
        )
        if process.parent is None and computer.init is not None:
            process.parent = computer.init
            computer.init.children.append(process)
        return process

    def _run(self, process: Process, seconds: float) -> bool:
        """Let time pass until the process ends; whether it did."""
        deadline = self.env.now + seconds
        for _ in range(STEPS):
            if process.status is not None:
                return True
            if self.env.peek() > deadline:
                break
            self.step()
        if process.status is None:
            process.computer.signal_group(process.group, signals.KILL)
            self._pass(0.01)
        return False

    def _pass(self, seconds: float) -> None:
        deadline = self.env.now + seconds
        self.env.timeout(seconds)
        while self.env.now < deadline:
            self.step()

    def step(self) -> None:
        """One step of the clock; a fault of the simulator is noted, and the world goes on without what failed."""
        try:
            self.env.step()
        except Exception as fault:
            self.faults.append(f"{type(fault).__name__}: {fault}")

    # ---- a recorded command

    def play(self, case: Case) -> Outcome:
        """One case, from its setup to its cleanup."""
        crashes = self.world.laptop.kernel.crashes
        crashes.clear()
        self.faults.clear()
        for path, text in case.files.items():
            write(self.world, path if path.startswith("/") else f"{case.cwd}/{path}", text)
        for line in case.setup:
            self.shell(line, case.cwd)
        outcome = Outcome()
        argv = self._arguments(case, outcome)
        first, began = self.world.trace.end, self.env.now
        try:
            _Play(self, case, argv, outcome).run()
        except FsError as error:
            outcome.stderr += f"{argv[0]}: {error}\n"
        outcome.http = tuple(self._http(first))
        self._pass(max(PAUSE, began + case.seconds - self.env.now))
        outcome.post = {line: self.shell(line, case.cwd) for line in case.post}
        for line in case.cleanup:
            self.shell(line, case.cwd)
        outcome.crashes = [*self.faults, *(f"{type(crash).__name__}: {crash}" for crash in crashes)]
        return outcome

    def _arguments(self, case: Case, outcome: Outcome) -> list[str]:
        """The arguments, with the engine's own values where the recorder had asked for them."""
        value = scenes()["values"].get(case.id)
        if value is None:
            return list(case.argv)
        outcome.value = self.shell(value["ask"], case.cwd).strip()
        return [re.sub(value["word"], lambda _: outcome.value, word) for word in case.argv]

    def _http(self, first: int) -> Iterator[HTTP]:
        sent: dict[int, e.RequestSent] = {}
        status: dict[int, int] = {}
        for event in self.world.trace.since(first):
            if isinstance(event, e.RequestSent) and event.source in CLIENTS and event.target == "daemon":
                sent[event.exchange] = event
            elif isinstance(event, e.ResponseSent) and event.exchange in sent:
                status[event.exchange] = event.status
        for number, request in sent.items():
            yield request.method, request.path, status.get(number, 0)


class _Play:
    """One command on its way: what it is given over time, and what it shows."""

    def __init__(self, stage: Stage, case: Case, argv: list[str], outcome: Outcome) -> None:
        self.stage = stage
        self.case = case
        self.argv = argv
        self.outcome = outcome
        self.env = stage.env
        self.shown = bytearray()
        self.errors = bytearray()
        self.terminal: Terminal | None = None
        self.keyboard: PipeWriter | None = None
        self.process: Process

    def run(self) -> None:
        stage, case = self.stage, self.case
        laptop = stage.world.laptop
        environment = {**ENVIRONMENT, **case.env, **({"TERM": "xterm-256color"} if case.tty else {})}
        files = self._files()
        self.process = stage._start(laptop, self.argv, environment, case.cwd, files, self.terminal)
        self.env.process(self._write())
        background = self.env.process(self._background())
        if not stage._run(self.process, case.killed or PATIENCE) and case.killed:
            self.outcome.exit_code = None
        else:
            self.outcome.exit_code = self.process.status
        while not background.processed and self.env.peek() < self.env.now + PATIENCE:
            self.stage.step()
        self.outcome.stdout = structure(_text(bytes(self.shown)))
        self.outcome.stderr = structure(_text(bytes(self.errors)))

    def _files(self) -> dict[int, OpenFile]:
        case = self.case
        if case.tty is not None:
            self.terminal = Terminal(self.stage.world.sim, self.shown.extend, *case.tty)
            file = self.terminal.file()
            return {0: file, 1: file, 2: file}
        return {0: self._input(), 1: Sink(self.shown.extend), 2: Sink(self.errors.extend)}

    def _input(self) -> OpenFile:
        case = self.case
        if case.stdin is not None and not case.steps:
            return BytesReader(case.stdin.encode())
        if any(isinstance(send, str) or send[0] == "eof" for _, send in case.steps):
            pipe = Pipe(self.env)
            self.keyboard = PipeWriter(pipe)
            self.keyboard.acquire()
            return PipeReader(pipe)
        return BytesReader(b"")

    def _write(self) -> Generator[Any, Any, None]:
        """What is typed, when; and signals."""
        case = self.case
        if self.terminal is not None and case.stdin is not None:
            yield self.env.timeout(0.8)
            self.terminal.type(case.stdin.encode())
        position = 0
        for wait, send in case.steps:
            if isinstance(wait, str):
                position = yield from self._see(wait.encode(), position)
                yield self.env.timeout(0.15)
            else:
                yield self.env.timeout(wait)
            if self.process.status is not None:
                return
            self._send(send)

    def _see(self, text: bytes, position: int) -> Generator[Any, Any, int]:
        deadline = self.env.now + 20
        while self.env.now < deadline and self.process.status is None:
            found = self.shown.find(text, position)
            if found >= 0:
                return found + len(text)
            yield self.env.timeout(0.03)
        return position

    def _send(self, send: Any) -> None:
        if isinstance(send, str):
            if self.terminal is not None:
                self.terminal.type(send.encode())
            elif self.keyboard is not None:
                self.keyboard.write(send.encode())
        elif send[0] == "signal":
            number = signals.number_of(send[1])
            assert number is not None
            self.process.computer.signal_group(self.process.group, number)
        elif send[0] == "eof" and self.keyboard is not None:
            self.keyboard.release()
            self.keyboard = None

    def _background(self) -> Generator[Any, Any, None]:
        for seconds, line in self.case.background:
            yield self.env.timeout(seconds)
            process = self.stage._start_shell(line, self.case.cwd, bytearray())
            if process.status is None:
                yield process.exited


def _text(data: bytes) -> str:
    """Output as the record has it: an archive as its listing, other bytes that are no text as what they are."""
    archive = listing(data)
    if archive:
        return archive
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1") if len(data) <= 1500 else _summary(data)
    return _summary(data) if "\0" in text and len(data) > 1500 else text


def _summary(data: bytes) -> str:
    from hashlib import sha256

    return f"{len(data)} bytes, sha256 {sha256(data).hexdigest()}\n"
