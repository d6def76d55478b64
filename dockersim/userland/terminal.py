"""Terminals: the line discipline between a keyboard and screen on one side and processes on the other.

The master side types bytes with :meth:`Terminal.type` and is handed what appears on the screen; the processes' side
is an :class:`OpenFile`. Keys, echo and erasing are those of Linux's ``n_tty`` with the settings of a new pseudo
terminal (termios(3): ICANON ECHO ECHOE ECHOK ECHOKE ECHOCTL ISIG IEXTEN ICRNL IXON IUTF8 OPOST ONLCR).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from dockersim.sim import Simulation
from dockersim.userland import signals
from dockersim.userland.files import OpenFile

INTERRUPT, END_OF_FILE, RETURN, NEWLINE, REPRINT = 0x03, 0x04, 0x0D, 0x0A, 0x12
ERASE, KILL_LINE, WORD_ERASE, LITERAL, START, STOP, TAB = 0x7F, 0x15, 0x17, 0x16, 0x11, 0x13, 0x09
SIGNAL_KEYS = {INTERRUPT: signals.INT, 0x1C: signals.QUIT, 0x1A: signals.TSTP}
LONGEST_LINE = 4095
"""Bytes of one typed line, its newline included (N_TTY_BUF_SIZE - 1); what is typed beyond replaces the last."""


class Terminal:
    """A terminal of ``rows`` by ``columns``.

    ``screen`` receives every byte that the terminal shows; ``foreground`` is the process group that the signal keys
    reach, through ``send_signal(group, number)``. ``canonical`` mode hands out whole lines; without it every key comes
    at once; ``raw`` also switches off signals, echo and the translation of newlines, as ``docker run -it`` sets it.
    ``editor`` is the line editor at work here, while one is; ``on_line`` is told of each command typed into it.
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
        self.editor: Any = None
        self.foreground: Any = None
        self.send_signal: Callable[[Any, int], None] = lambda group, number: None
        self.on_line: Callable[[str], None] = lambda line: None
        self.hung_up = False
        self._line = bytearray()
        self._ready: deque[bytes] = deque()
        self._literal = False
        self._event: Any = None
        self._held: bytearray | None = None
        self._flowing: Any = None
        self._column = 0
        self._line_column = 0

    # ---- the keyboard's side

    def connect(self) -> None:
        """A keyboard is at this terminal; the world's clock may ask whether it is being read."""
        if self not in self.sim.keyboards:
            self.sim.keyboards.append(self)

    def disconnect(self) -> None:
        """No keyboard is here any more."""
        if self in self.sim.keyboards:
            self.sim.keyboards.remove(self)

    @property
    def being_read(self) -> bool:
        """Whether somebody waits for a key."""
        return self._event is not None and not self._event.triggered

    def type(self, data: bytes) -> None:
        """Bytes arrive from the keyboard."""
        if self.raw:
            self._give(data)
            return
        for byte in data:
            self._key(byte)

    def resize(self, rows: int, columns: int) -> None:
        """The window has another size; processes in the foreground get SIGWINCH."""
        if (rows, columns) == (self.rows, self.columns):
            return
        self.rows, self.columns = rows, columns
        self.send_signal(self.foreground, signals.WINCH)

    def hang_up(self) -> None:
        """The keyboard is gone: readers see the end, the foreground gets SIGHUP."""
        self.disconnect()
        self.hung_up = True
        self.send_signal(self.foreground, signals.HUP)
        self._wake()

    def _key(self, byte: int) -> None:
        if self._literal:
            self._literal = False
            self._append(byte)
        elif byte in (START, STOP):
            self.hold(byte == STOP)
        elif byte in SIGNAL_KEYS:
            self._signal(byte)
        elif not self.canonical:
            self._give(b"\n" if byte == RETURN else bytes((byte,)))
            if self.echo:
                self._echo(NEWLINE if byte == RETURN else byte)
        elif byte in (RETURN, NEWLINE):
            self._add(NEWLINE)
            if self.echo:
                self._output(b"\r\n")
            self._finish_line()
        elif byte == END_OF_FILE:
            self._finish_line()
        elif byte == LITERAL:
            self._literal = True
            if self.echo:
                self._output(b"^\b")
        elif byte == REPRINT:
            self._reprint()
        elif byte in (ERASE, KILL_LINE, WORD_ERASE):
            self._erase(byte)
        else:
            self._append(byte)

    def _signal(self, key: int) -> None:
        """A key that sends a signal; what was typed before and nobody read is dropped."""
        self._line.clear()
        self._ready.clear()
        if self._held is not None:
            self._held.clear()
            self.hold(False)
        if self.echo:
            self._echo(key)
        self.send_signal(self.foreground, SIGNAL_KEYS[key])

    def _add(self, byte: int) -> None:
        if not self._line:
            self._line_column = self._column
        if len(self._line) >= LONGEST_LINE:
            del self._line[-1]
        self._line.append(byte)

    def _append(self, byte: int) -> None:
        self._add(byte)
        if self.echo:
            self._echo(byte)

    def _echo(self, byte: int) -> None:
        if byte == NEWLINE and not self.canonical:
            self._output(b"\r\n")
        elif (byte < 0x20 and byte != TAB) or byte == ERASE:
            self._output(b"^" + bytes((byte ^ 0x40,)))
        else:
            self._output(bytes((byte,)))

    def _reprint(self) -> None:
        if not self.echo:
            return
        self._output(b"^R\r\n")
        for byte in self._line:
            self._echo(byte)

    # ---- erasing

    def _erase(self, key: int) -> None:
        line, in_word = self._line, False
        while line:
            keep = len(line) - 1
            while keep and _continues(line[keep]):
                keep -= 1
            if _continues(line[keep]):
                return  # half a character is not erased
            if key == WORD_ERASE:
                if _in_word(line[keep]):
                    in_word = True
                elif in_word:
                    return
            byte = line[keep]
            del line[keep:]
            if self.echo:
                self._rub_out(byte)
            if key == ERASE:
                return

    def _rub_out(self, byte: int) -> None:
        if byte == TAB:
            before = bytes(self._line).rpartition(b"\t")
            column = sum(map(_width, before[2])) + (0 if before[1] else self._line_column)
            self._output(b"\b" * (8 - column % 8))
        else:
            self._output(b"\b \b" * _width(byte))

    # ---- the screen's side

    def _output(self, data: bytes) -> None:
        """Bytes for the screen, after all translation."""
        if not data:
            return
        self._column = _column_after(self._column, data)
        if b"\n" in data or b"\r" in data:
            self._line_column = 0  # the kernel forgets where a line that is being typed began
        if self._held is not None:
            self._held += data
        else:
            self.screen(data)

    def hold(self, on: bool) -> None:
        """Hold the screen (Ctrl-S), or let it go on (Ctrl-Q)."""
        if on:
            self._held = bytearray() if self._held is None else self._held
        elif self._held is not None:
            held, self._held = bytes(self._held), None
            if held:
                self.screen(held)
            if self._flowing is not None and not self._flowing.triggered:
                self._flowing.succeed()

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

    def unread(self, data: bytes) -> None:
        """Put back what was read too much; the next reader gets it."""
        if data:
            self._ready.appendleft(data)

    def write(self, data: bytes) -> int:
        if self._held is not None:
            return 0
        self._output(bytes(data) if self.raw else bytes(data).replace(b"\n", b"\r\n"))
        return len(data)

    def readable(self) -> Any:
        if self._event is None or self._event.triggered:
            self._event = self.sim.event()
            if self._ready or self.hung_up:
                self._event.succeed()
        return self._event

    def writable(self) -> Any:
        if self._flowing is None or self._flowing.triggered:
            self._flowing = self.sim.event()
            if self._held is None:
                self._flowing.succeed()
        return self._flowing

    def make_raw(self) -> Callable[[], None]:
        """Pass everything through from now on (cfmakeraw); the returned function restores the former mode."""
        before = self.raw, self.echo, self.canonical
        self.set_mode(raw=True, echo=False, canonical=False)
        return lambda: self.set_mode(*before)

    def set_mode(self, raw: bool, echo: bool, canonical: bool) -> None:
        """Change the mode. Without ``canonical``, the beginning of a line that was typed is there to be read."""
        self.raw, self.echo, self.canonical = raw, echo, canonical
        if not canonical and self._line:
            self._finish_line()
        if raw:
            self.hold(False)

    def _wake(self) -> None:
        if self._event is not None and not self._event.triggered:
            self._event.succeed()


def _continues(byte: int) -> bool:
    """Whether ``byte`` goes on with a character of UTF-8."""
    return 0x80 <= byte < 0xC0


def _in_word(byte: int) -> bool:
    """``isalnum`` of the kernel's table (Latin-1), or an underscore."""
    return (byte < 0x80 and chr(byte).isalnum()) or byte == 0x5F or (byte >= 0xC0 and byte not in (0xD7, 0xF7))


def _width(byte: int) -> int:
    """Columns that the echo of ``byte`` takes."""
    if byte < 0x20 or byte == ERASE:
        return 2
    return 0 if _continues(byte) else 1


def _column_after(column: int, data: bytes) -> int:
    """Where the cursor is after ``data``, as the kernel counts it: escape sequences are text to it."""
    start = max(data.rfind(b"\n"), data.rfind(b"\r"))
    if start >= 0:
        column, data = 0, data[start + 1 :]
    for byte in data:
        if byte == TAB:
            column += 8 - column % 8
        elif byte == 0x08:
            column = max(0, column - 1)
        elif byte >= 0x20 and byte != ERASE and not _continues(byte):
            column += 1
    return column


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

    def writable(self) -> Any:
        return self.tty.writable()
