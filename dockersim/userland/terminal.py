"""Terminals: the line discipline between a keyboard and screen on one side and processes on the other (termios(3)).

The master side types bytes with :meth:`Terminal.type` and is handed what appears on the screen; the processes' side
is an :class:`OpenFile`. ``raw`` mode passes every byte through, as ``docker run -it`` sets it on the laptop's terminal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from dockersim.sim import Simulation
from dockersim.userland import signals
from dockersim.userland.files import OpenFile

ERASE, KILL_LINE, WORD_ERASE, END_OF_FILE, LITERAL = 0x7F, 0x15, 0x17, 0x04, 0x16
SIGNAL_KEYS = {0x03: signals.INT, 0x1C: signals.QUIT, 0x1A: signals.TSTP}


class Terminal:
    """A terminal of ``rows`` by ``columns``.

    ``screen`` receives every byte that the terminal shows; ``foreground`` is the process group that the signal keys
    reach, through ``send_signal(group, number)``.
    """

    def __init__(
        self,
        sim: Simulation,
        screen: Callable[[bytes], None],
        rows: int = 24,
        columns: int = 80,
        name: str = "/dev/pts/0",
    ) -> None:
        self.sim = sim
        self.screen = screen
        self.rows = rows
        self.columns = columns
        self.name = name
        self.echo = True
        self.canonical = True
        self.raw = False
        self.foreground: Any = None
        self.send_signal: Callable[[Any, int], None] = lambda group, number: None
        self.on_resize: Callable[[], None] = lambda: None
        self.hung_up = False
        self._line = bytearray()
        self._ready: deque[bytes] = deque()
        self._literal = False
        self._event: Any = None

    # ---- the keyboard's side

    def type(self, data: bytes) -> None:
        """Bytes arrive from the keyboard."""
        if self.raw:
            self._give(data)
            return
        for byte in data:
            self._key(byte)

    def resize(self, rows: int, columns: int) -> None:
        """The window has another size; processes in the foreground get SIGWINCH."""
        self.rows, self.columns = rows, columns
        self.on_resize()
        self.send_signal(self.foreground, signals.WINCH)

    def hang_up(self) -> None:
        """The keyboard is gone: readers see the end, the foreground gets SIGHUP."""
        self.hung_up = True
        self.send_signal(self.foreground, signals.HUP)
        self._wake()

    def _key(self, byte: int) -> None:
        if self._literal:
            self._literal = False
            self._append(byte)
        elif byte in SIGNAL_KEYS:
            self._line.clear()
            if self.echo:
                self.screen(b"^" + bytes((byte ^ 0x40,)))
            self.send_signal(self.foreground, SIGNAL_KEYS[byte])
        elif not self.canonical:
            self._give(b"\n" if byte == 0x0D else bytes((byte,)))
        elif byte in (0x0D, 0x0A):
            self._line.append(0x0A)
            self._show(b"\n")
            self._finish_line()
        elif byte == END_OF_FILE:
            self._finish_line()
        elif byte == LITERAL:
            self._literal = True
        elif byte in (ERASE, 0x08, KILL_LINE, WORD_ERASE):
            self._erase(byte)
        else:
            self._append(byte)

    def _append(self, byte: int) -> None:
        self._line.append(byte)
        if byte >= 0x20 or byte == 0x09:
            self._show(bytes((byte,)))
        else:
            self._show(b"^" + bytes((byte ^ 0x40,)))

    def _erase(self, key: int) -> None:
        if key == KILL_LINE:
            keep = 0
        elif key == WORD_ERASE:
            keep = len(self._line.rstrip())
            while keep and self._line[keep - 1] != 0x20:
                keep -= 1
        else:
            keep = max(0, len(self._line) - 1)
            while keep and 0x80 <= self._line[keep] < 0xC0:
                keep -= 1
        gone = self._line[keep:]
        del self._line[keep:]
        width = sum(1 if not 0x80 <= byte < 0xC0 else 0 for byte in gone)
        self._show(b"\b \b" * width)

    def _show(self, data: bytes) -> None:
        if self.echo:
            self.screen(data.replace(b"\n", b"\r\n"))

    def _finish_line(self) -> None:
        self._ready.append(bytes(self._line))
        self._line.clear()
        self._wake()

    def _give(self, data: bytes) -> None:
        if data:
            self._ready.append(data)
            self._wake()

    # ---- the processes' side

    def file(self) -> OpenFile:
        """An open file for a process."""
        return TerminalFile(self)

    def read(self, size: int) -> bytes | None:
        """At most one line in canonical mode; ``b""`` is the end of file that Ctrl-D typed."""
        if not self._ready:
            return b"" if self.hung_up else None
        data = self._ready.popleft()
        if 0 <= size < len(data):
            self._ready.appendleft(data[size:])
            data = data[:size]
        return data

    def write(self, data: bytes) -> int:
        self.screen(bytes(data) if self.raw else bytes(data).replace(b"\n", b"\r\n"))
        return len(data)

    def readable(self) -> Any:
        if self._event is None or self._event.triggered:
            self._event = self.sim.event()
            if self._ready or self.hung_up:
                self._event.succeed()
        return self._event

    def make_raw(self) -> Callable[[], None]:
        """Pass everything through from now on; the returned function restores the former mode."""
        before = self.raw, self.echo, self.canonical
        self.raw, self.echo, self.canonical = True, False, False

        def restore() -> None:
            self.raw, self.echo, self.canonical = before

        return restore

    def take_typed(self) -> bytes:
        """What was typed and nobody read: a next reader gets it instead."""
        data = b"".join(self._ready)
        self._ready.clear()
        return data

    def _wake(self) -> None:
        if self._event is not None and not self._event.triggered:
            self._event.succeed()


class TerminalFile(OpenFile):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.tty = terminal

    def read(self, size: int) -> bytes | None:
        data: bytes | None = self.tty.read(size)
        return data

    def write(self, data: bytes) -> int:
        written: int = self.tty.write(data)
        return written

    def readable(self) -> Any:
        return self.tty.readable()
