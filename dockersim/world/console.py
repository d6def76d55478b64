"""A terminal on the laptop, with an interactive login shell: what a person at the keyboard would type and see."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.sim import Simulation
from dockersim.trace import events as e
from dockersim.userland.computer import Computer
from dockersim.userland.process import Program
from dockersim.userland.terminal import Terminal
from dockersim.world.laptop import log_in
from dockersim.world.patience import WORDS, Patience

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Console:
    """A window with a shell in it. What is typed is answered with what appeared on the screen since, as text.

    The world runs until it is quiet: until everything that somebody could type to waits for input, or until nothing
    will happen by itself. A command that goes on by itself is left at that; Ctrl-C (``"\\x03"``) reaches it.
    The same seed and the same keys give the same screen.
    """

    def __init__(
        self,
        sim: Simulation,
        laptop: Computer,
        rows: int = 24,
        columns: int = 80,
        *,
        main: Program | None = None,
        on_output: Callable[[bytes], None] = lambda data: None,
    ) -> None:
        """``main`` runs instead of a login shell; ``on_output`` is told of what appears, as it does."""
        self._sim = sim
        self._on_output = on_output
        self._laptop = laptop
        self._shown = bytearray()
        self._told = 0
        self._typed: str | None = None
        self._patience = Patience(sim)
        self.terminal = Terminal(sim, self._show, rows, columns)
        self.terminal.connect()
        self.terminal.on_line = self._begun
        file = self.terminal.file()
        self.process = log_in(laptop, {0: file, 1: file, 2: file}, main, self.terminal)
        self.terminal.foreground = self.process.group
        self.terminal.send_signal = laptop.signal_group

    # ---- typing

    def feed(self, text: str) -> str:
        """Type ``text`` and Enter, line by line where it has several; what appeared on the screen since.

        Raises ``ValueError`` when the shell has ended.
        """
        for line in text.split("\n"):
            self._check_open()
            data = _CONTROL.sub(lambda match: b"\x16" + match.group(), line.encode("utf-8", "surrogateescape"))
            self.terminal.type(data + b"\r")
            self.settle()
        return self._news()

    def type(self, keys: str | bytes) -> str:
        """Type raw keys, such as ``"\\x03"`` (Ctrl-C), ``"\\x04"`` (Ctrl-D), ``"\\x10\\x11"``, ``"\\t"``."""
        self._check_open()
        self.terminal.type(keys.encode("utf-8", "surrogateescape") if isinstance(keys, str) else keys)
        self.settle()
        return self._news()

    def wait(self, seconds: float) -> str:
        """Let ``seconds`` of simulated time pass; what appeared on the screen."""
        env = self._sim.env
        env.run(until=env.now + max(seconds, 1e-9))
        self.ended()
        return self._news()

    def resize(self, rows: int, columns: int) -> str:
        """The window gets another size."""
        self.terminal.resize(rows, columns)
        self.settle()
        return self._news()

    def close(self) -> None:
        """Close the window: what runs in it gets SIGHUP."""
        self.terminal.hang_up()
        self.settle()

    # ---- seeing

    @property
    def screen(self) -> str:
        """Everything that has appeared so far."""
        return self._shown.decode("utf-8", "replace")

    @property
    def closed(self) -> bool:
        """Whether the shell has ended; :attr:`exit_code` is its status then."""
        return self.process.status is not None

    @property
    def exit_code(self) -> int | None:
        return self.process.status

    @property
    def line(self) -> str:
        """The text on the cursor's row: the prompt, as far as it was written there."""
        return self._shown[self._shown.rfind(b"\n") + 1 :].decode("utf-8", "replace")

    @property
    def running(self) -> str:
        """The line typed last at the laptop's prompt, while it has not ended; empty otherwise."""
        return self._typed or ""

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the shell in this window has ended")

    def _news(self) -> str:
        news = bytes(self._shown[self._told :])
        self._told = len(self._shown)
        return news.decode("utf-8", "replace")

    def _show(self, data: bytes) -> None:
        self._shown += data
        self._sim.trace.record(e.Printed, self._laptop.name, "terminal", data)
        self._patience.heard(len(data))
        self._on_output(data)

    # ---- the clock

    def _begun(self, line: str) -> None:
        """A command was typed at a prompt of the laptop."""
        if self._typed is None:
            self._typed = line
            self._sim.trace.record(e.CommandTyped, self._laptop.name, line)

    def ended(self) -> bool:
        """Whether the prompt is back, or the shell gone; the command typed last has ended then."""
        editor = self.terminal.editor
        if editor is None and not self.closed:
            return False
        if self._typed is not None:
            status = self.exit_code if self.exit_code is not None else editor.shell.status
            self._sim.trace.record(e.CommandEnded, self._laptop.name, self._typed, status)
            self._typed = None
        return True

    def await_anew(self, words: int = WORDS) -> Patience:
        """Begin to wait for what follows from the keys typed last."""
        self._patience = Patience(self._sim, words)
        return self._patience

    def settle(self) -> None:
        """Let the world run until it is quiet."""
        patience = self.await_anew()
        while not (patience.over() or patience.calm() or self.closed):
            self._sim.env.step()
        if self.closed:
            self.terminal.disconnect()
        self.ended()
