"""The lines that a script is run over."""

from __future__ import annotations

from collections.abc import Callable

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox
from dockersim.userland.programs.support import Steps, open_input


class Input:
    """All lines of all files, read ahead by one so that ``$`` is known."""

    def __init__(self, p: Process, names: list[str], separate: bool, mark: bytes) -> None:
        self.p = p
        self.names = names
        self.separate = separate
        self.mark = mark
        self.file: OpenFile | None = None
        self.current = "-"
        self.upcoming: list[bytes] = []
        self.missing_newline = False
        self.status = 0
        self.number = 0
        self._rest = b""
        self._ended = True
        self._unfinished = False
        self.on_change: Callable[[], Steps] | None = None

    def advance(self) -> Steps:
        """The next line, or ``None``. Moves on to the next file only when asked for a line."""
        while not self.upcoming:
            if self._ended:
                if not (yield from self._open_next()):
                    return None
            else:
                yield from self._fill()
        self.number += 1
        line = self.upcoming.pop()
        self.missing_newline = self._ended and not self.upcoming and self._unfinished
        return line

    def _open_next(self) -> Steps:
        if self.on_change is not None and self.file is not None:
            yield from self.on_change()
        if self.file is not None:
            self.file.release()
            self.file = None
        while self.names:
            name = self.names.pop(0)
            try:
                self.file = open_input(self.p, name)
            except FsError as error:
                self._complain(name, error)
                continue
            self.current = name
            self._ended = False
            self._unfinished = False
            if self.separate:
                self.number = 0
            return True
        return False

    def _complain(self, name: str, error: FsError) -> None:
        if is_busybox(self.p):
            self.status = 1
            self.p.fail(f"{name}: {error.strerror}")
        elif error.code == "EISDIR":
            self.status = 4 if self.separate else 2
            words = (
                f"couldn't edit {name}: not a regular file"
                if self.separate
                else f"read error on {name}: {error.strerror}"
            )
            self.p.fail(words)
        else:
            self.status = 2
            self.p.fail(f"can't read {name}: {error.strerror}")

    def _fill(self) -> Steps:
        assert self.file is not None
        chunk = yield from self.p.read(self.file, 1 << 16)
        if not chunk:
            self._ended = True
            if self._rest:
                self.upcoming = [self._rest]
                self._unfinished = True
                self._rest = b""
            return
        data = self._rest + chunk
        cut = data.rfind(self.mark) + 1
        self._rest = data[cut:]
        lines = data[:cut].split(self.mark)
        lines.pop()
        lines.reverse()
        self.upcoming = lines

    def is_last(self) -> Steps:
        """Whether no line follows (in this file, when files are separate)."""
        while not self.upcoming:
            if not self._ended:
                yield from self._fill()
                continue
            if self.separate or not (yield from self._open_next()):
                return True
        return False

    def remainder(self) -> Steps:
        """All that has not been edited yet of the file that is open."""
        assert self.file is not None
        lines = b"".join(line + self.mark for line in reversed(self.upcoming))
        return lines + self._rest + (yield from self.p.read_all(self.file))
