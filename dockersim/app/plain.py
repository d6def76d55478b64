"""A shell of the simulated laptop on pipes and files: real standard input, output and error, each as it comes."""

from __future__ import annotations

import io
import select
import signal
import sys
from types import FrameType
from typing import Any

from dockersim.sim import BrokenPipe, Simulation
from dockersim.userland import signals
from dockersim.userland.computer import Computer
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process, Program, descendants
from dockersim.world import World
from dockersim.world.laptop import log_in
from dockersim.world.patience import Patience

INTERRUPTED = 130
CHUNK = 65_536


def run(world: World, main: Program | None) -> int:
    """Run ``main``, or a shell that reads its commands from standard input, to its end; its exit status."""
    return _Run(world, main).to_the_end()


class _Run:
    def __init__(self, world: World, main: Program | None) -> None:
        self._world = world
        self._interrupts = 0
        self._be_patient()
        self._stdin = Input(world.sim, world.laptop)
        fds: dict[int, OpenFile] = {
            0: self._stdin,
            1: Output(sys.stdout, self._heard),
            2: Output(sys.stderr, self._heard),
        }
        self._process = log_in(world.laptop, fds, main)

    def to_the_end(self) -> int:
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            while self._process.status is None:
                if not self._go_on():
                    return self._give_up()
        finally:
            signal.signal(signal.SIGINT, before)
        return self._process.status

    def _go_on(self) -> bool:
        """Let the clock make a step, or input come; ``False`` when there is nothing left to wait for."""
        env = self._world.sim.env
        if self._interrupts:
            self._interrupts = 0
            _interrupt(self._process)
            return True
        if self._stdin.wanted and env.peek() > env.now and self._input_came():
            self._be_patient()
            return True
        if self._patience.over():
            return False
        env.step()
        return True

    def _input_came(self) -> bool:
        over = self._patience.over() or (self._stdin.needed and self._patience.calm())
        try:
            return self._stdin.fetch(wait=over)
        except KeyboardInterrupt:
            return True

    def _give_up(self) -> int:
        """The foreground command never ends by itself: end it as Ctrl-C does, and say so."""
        what = " ".join(_foreground(self._process).argv)
        print(f"dockersim: '{what}' would go on for ever: stopped, as by Ctrl-C", file=sys.stderr, flush=True)
        _interrupt(self._process)
        self._be_patient()
        while self._process.status is None and not self._patience.over():
            self._world.sim.env.step()
        return INTERRUPTED

    def _heard(self, size: int) -> None:
        self._patience.heard(size)

    def _be_patient(self) -> None:
        """Begin to wait anew. What is printed is not kept, so there may be as much of it as there is."""
        self._patience = Patience(self._world.sim, size=float("inf"))

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._interrupts += 1
        if self._interrupts > 1 or self._stdin.waiting:
            raise KeyboardInterrupt


def _foreground(process: Process) -> Process:
    """The command that ``process`` waits for, which is itself where it runs none."""
    waiting = [child for child in process.children if child.status is None and child.group is process.group]
    return _foreground(waiting[0]) if waiting else process


def _interrupt(process: Process) -> None:
    """SIGINT for the whole process group, as a terminal sends it."""
    for member in [*descendants(process), process]:
        if member.group is process.group:
            member.signal(signals.INT)


class Output(OpenFile):
    """Standard output or error of the real program. A reader that went away is SIGPIPE for who writes."""

    def __init__(self, stream: Any, heard: Any) -> None:
        super().__init__()
        self._stream = stream
        self._heard = heard

    def write(self, data: bytes) -> int:
        self._heard(len(data))
        try:
            binary = getattr(self._stream, "buffer", None)
            if binary is not None:
                binary.write(data)
                binary.flush()
            elif self._stream is not None:
                self._stream.write(bytes(data).decode("utf-8", "replace"))
        except (BrokenPipeError, ValueError):
            raise BrokenPipe from None
        return len(data)


class Input(OpenFile):
    """Standard input of the real program, read as late as it can be.

    ``wanted`` says that somebody waits for it; ``needed``, that it is a process that can do nothing else meanwhile
    (``docker run -i`` shows output while it waits for input); ``waiting``, that the real program waits now.
    """

    def __init__(self, sim: Simulation, laptop: Computer) -> None:
        super().__init__()
        self._sim = sim
        self._laptop = laptop
        self._data = b""
        self._ended = False
        self._event: Any = None
        self.needed = False
        self.waiting = False

    @property
    def wanted(self) -> bool:
        return self._event is not None and not self._event.triggered

    def read(self, size: int) -> bytes | None:
        if not self._data:
            return b"" if self._ended else None
        end = len(self._data) if size < 0 else size
        data, self._data = self._data[:end], self._data[end:]
        return data

    def readable(self) -> Any:
        if not self.wanted:
            self._event = self._sim.event()
            if self._data or self._ended:
                self._event.succeed()
        active = self._sim.env.active_process
        self.needed = any(process.runs_as(active) for process in self._laptop.processes.values())
        return self._event

    def fetch(self, wait: bool) -> bool:
        """Take what there is; with ``wait``, wait for something. Whether something came (the end is something)."""
        if not wait and not _ready():
            return False
        self.waiting = True
        try:
            data = _available()
        finally:
            self.waiting = False
        self._data += data
        self._ended = not data
        self._event.succeed()
        return True


def _ready() -> bool:
    """Whether reading real standard input would not wait."""
    try:
        return bool(select.select([sys.stdin], [], [], 0)[0])
    except (OSError, ValueError, TypeError, io.UnsupportedOperation):
        return True


def _available() -> bytes:
    if sys.stdin is None:
        return b""
    binary = getattr(sys.stdin, "buffer", None)
    try:
        data: bytes = binary.read1(CHUNK) if binary is not None else sys.stdin.read().encode()
    except (OSError, ValueError):
        return b""
    return data
