"""Open files of a process: one small interface over regular files, pipes, terminals and whatever else has bytes.

No method here waits. ``read`` gives ``None`` and ``write`` 0 where a real call would block; the process then waits
for the event of ``readable()`` or ``writable()``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.fs import File, FsError
from dockersim.sim import Pipe


class OpenFile:
    """An open file description, shared by every descriptor that was duplicated from it."""

    tty: Any = None
    """The :class:`~dockersim.userland.terminal.Terminal` behind this file, where it is one."""

    def __init__(self) -> None:
        self.references = 0

    def acquire(self) -> OpenFile:
        """One more descriptor refers to this file."""
        self.references += 1
        return self

    def release(self) -> None:
        """One descriptor less; the last one closes."""
        self.references -= 1
        if self.references <= 0:
            self.close()

    def read(self, size: int) -> bytes | None:
        raise FsError("EBADF")

    def write(self, data: bytes) -> int:
        raise FsError("EBADF")

    def readable(self) -> Any:
        raise FsError("EBADF")

    def writable(self) -> Any:
        raise FsError("EBADF")

    def close(self) -> None:
        """Nothing refers to this file any more."""


class DiskFile(OpenFile):
    """A file of a file system; reading and writing it never blocks."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self.file = file

    def read(self, size: int) -> bytes | None:
        return self.file.read(size)

    def write(self, data: bytes) -> int:
        return self.file.write(data)

    def close(self) -> None:
        self.file.close()


class PipeReader(OpenFile):
    def __init__(self, pipe: Pipe) -> None:
        super().__init__()
        self.pipe = pipe
        pipe.readers += 1

    def read(self, size: int) -> bytes | None:
        return self.pipe.read(size)

    def readable(self) -> Any:
        return self.pipe.readable()

    def close(self) -> None:
        self.pipe.drop_reader()


class PipeWriter(OpenFile):
    def __init__(self, pipe: Pipe) -> None:
        super().__init__()
        self.pipe = pipe
        pipe.writers += 1

    def write(self, data: bytes) -> int:
        return self.pipe.write(data)

    def writable(self) -> Any:
        return self.pipe.writable()

    def close(self) -> None:
        self.pipe.drop_writer()


class BytesReader(OpenFile):
    """Bytes that are all there from the beginning, as from a file on standard input."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self._at = 0

    def read(self, size: int) -> bytes | None:
        end = len(self._data) if size < 0 else self._at + size
        data = self._data[self._at : end]
        self._at += len(data)
        return data


class Sink(OpenFile):
    """Hands everything written to ``take``: how output leaves the simulated computer."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._take = take

    def write(self, data: bytes) -> int:
        self._take(bytes(data))
        return len(data)


def null() -> OpenFile:
    """What ``/dev/null`` is, for a process whose tree has none."""
    return _Null()


class _Null(OpenFile):
    def read(self, size: int) -> bytes | None:
        return b""

    def write(self, data: bytes) -> int:
        return len(data)
