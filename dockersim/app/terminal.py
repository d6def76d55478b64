"""A shell of the simulated laptop on the real terminal: keys go in, what the simulated terminal shows comes out.

Simulated time leaps while something is at work that will come to an end, and goes with the wall clock while the one
at the keyboard is waited for, or while what runs goes on and on. At the laptop's own prompt prompt_toolkit edits the
line, where it is installed; else the simulated shell's editor does, key by key, as it does in containers.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from dockersim.userland.process import Program
from dockersim.world import World
from dockersim.world.console import Console
from dockersim.world.patience import Patience

SLICE = 0.02
"""Wall-clock seconds between two looks at the keyboard while simulated time leaps."""

WORDS = 5
"""So many words with pauses between them are shown at once; then they come at the pace of the wall clock."""

LONGEST_PAUSE = 3600.0
"""Simulated seconds that pass at most while a line is typed."""

DIM, PLAIN = "\x1b[2m", "\x1b[22m"


def run(world: World, main: Program | None) -> int:
    """Run ``main``, or a login shell, until it ends; its exit status. The terminal is left as it was."""
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    try:
        return _Window(world, main, fd).to_the_end()
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


class _Window:
    def __init__(self, world: World, main: Program | None, fd: int) -> None:
        self._sim = world.sim
        self._fd = fd
        self._skipping = False
        self._told = ""
        self._signals, self._bell = os.pipe()
        os.set_blocking(self._signals, False)
        os.set_blocking(self._bell, False)
        self._idle = False
        self._leaving = 0
        columns, rows = os.get_terminal_size(fd)
        self._console = Console(world.sim, world.laptop, rows, columns, main=main, on_output=self._show)
        self._editor: Callable[[Any, str, str], str] | None = _line_editor() if main is None else None
        self._begin_to_wait()

    def to_the_end(self) -> int:
        handlers = {number: signal.signal(number, self._leave) for number in (signal.SIGTERM, signal.SIGHUP)}
        handlers[signal.SIGWINCH] = signal.getsignal(signal.SIGWINCH)
        bell = self._listen()
        tty.setraw(self._fd, termios.TCSADRAIN)
        try:
            while not (self._console.closed or self._leaving):
                self._turn()
        finally:
            signal.set_wakeup_fd(bell)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.close(self._signals)
            os.close(self._bell)
        if self._leaving:
            return 128 + self._leaving
        self._console.ended()
        status = self._console.exit_code
        return status if status is not None else 1

    def _listen(self) -> int:
        """Let a change of the window's size end the wait for keys; the descriptor that was told of signals before."""
        signal.signal(signal.SIGWINCH, lambda number, frame: None)
        return signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)

    def _leave(self, number: int, frame: FrameType | None) -> None:
        self._leaving = number
        if self._idle:  # not in the middle of a step of the simulation
            raise SystemExit(128 + number)

    # ---- one turn

    def _turn(self) -> None:
        if self._keys(0):
            return
        if not (self._patience.calm() or self._patience.over()):
            self._leap()
        elif self._editor is not None and self._console.terminal.editor is not None:
            self._edit(self._editor, self._console.terminal.editor)
        else:
            self._pace()

    def _leap(self) -> None:
        """Let simulated time run as fast as it can, for a moment."""
        patience, env = self._patience, self._sim.env
        until = time.monotonic() + SLICE
        while not (patience.over() or patience.calm() or self._console.closed) and time.monotonic() < until:
            env.step()
        self._anchor = time.monotonic() - env.now
        self._console.ended()

    def _pace(self) -> None:
        """Wait for a key, with simulated time going as the wall clock does."""
        self._tell()
        env = self._sim.env
        due = env.peek() + self._anchor - time.monotonic()
        if self._keys(None if due == float("inf") else max(0.0, due)):
            return
        now = time.monotonic()
        while env.peek() + self._anchor <= now and time.monotonic() - now < SLICE and not self._console.closed:
            env.step()

    def _tell(self) -> None:
        """Say once of a silent command that it still runs."""
        console = self._console
        line = console.running.strip()
        waited_for = console.terminal.being_read or console.terminal.raw
        if not line or line == self._told or waited_for or self._sim.env.peek() == self._sim.env.now:
            return
        self._told = line
        start = "\r\n" if console.line else ""
        sys.stderr.write(f"{start}{DIM}({line} still runs; Ctrl-C stops it){PLAIN}\r\n")
        sys.stderr.flush()

    # ---- keys and screen

    def _keys(self, seconds: float | None) -> bool:
        """Pass on what is typed within ``seconds`` (``None``: wait for it); whether anything came."""
        self._idle = True
        try:
            ready = select.select([self._fd, self._signals], [], [], seconds)[0]
        finally:
            self._idle = False
        if self._signals in ready:
            os.read(self._signals, 4096)
            self._take_size()
        if self._fd in ready:
            try:
                data = os.read(self._fd, 4096)
            except OSError:
                data = b""
            if data:
                self._console.terminal.type(data)
            else:  # the terminal is gone
                self._leaving = self._leaving or signal.SIGHUP
        if ready:
            self._begin_to_wait()
        return bool(ready)

    def _begin_to_wait(self) -> None:
        self._patience = self._console.await_anew(WORDS)
        self._anchor = time.monotonic() - self._sim.env.now

    def _take_size(self) -> None:
        columns, rows = os.get_terminal_size(self._fd)
        self._console.terminal.resize(rows, columns)

    def _show(self, data: bytes) -> None:
        if self._skipping:
            _, newline, data = data.partition(b"\n")
            self._skipping = not newline
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except OSError:  # the terminal is gone; the next look at the keyboard finds out
            return

    # ---- the laptop's prompt

    def _edit(self, ask: Callable[[Any, str, str], str], editor: Any) -> None:
        """Let the line be edited by the library, and hand it to the shell whole."""
        console = self._console
        self._told = ""
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
        prompt = editor.prompt if editor.text else console.line
        began = time.monotonic()
        end: Callable[[], None] = editor.leave
        try:
            self._idle = True
            line = ask(editor.shell, prompt, editor.text)
            end = partial(editor.answer, line)
        except EOFError:
            pass
        except KeyboardInterrupt:
            self._skipping = True
            end = partial(console.terminal.type, b"\x03")
        finally:
            self._idle = False
        self._elapse(time.monotonic() - began)
        end()
        self._listen()  # the library has its own way with signals
        self._take_size()
        self._begin_to_wait()

    def _elapse(self, seconds: float) -> None:
        """The time that typing took has passed in the simulation, too."""
        env, patience = self._sim.env, Patience(self._sim)
        until = env.now + min(seconds, LONGEST_PAUSE)
        while env.peek() <= until and not patience.over():
            env.step()
        if env.peek() > until:
            env.run(until=until)


def _line_editor() -> Any:
    """prompt_toolkit's editor for a prompt of the laptop, or ``None`` where it is not installed."""
    try:
        import prompt_toolkit  # noqa: F401
    except ImportError:
        return None
    from dockersim.app.editing import Editor

    return Editor()
