"""Descriptors: what a process writes and reads, and the memory that it keeps the data in."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NoReturn

from dockersim.fs import Cred, FsError
from dockersim.sim import BrokenPipe, Pipe
from dockersim.userland import signals
from dockersim.userland.files import DiskFile, OpenFile, PipeReader, PipeWriter
from dockersim.userland.process.endings import Terminated
from dockersim.userland.process.waiting import IGNORE, Handler, Steps, Waiting

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

HELD = 512 << 20
"""Bytes of data that one process may truly keep."""
PIECE = 1 << 16
"""Bytes that are offered at once to a file that could not take all."""


class Descriptors(Waiting):
    """A process with its open files; ``memory`` is in bytes."""

    def __init__(
        self,
        computer: Computer,
        handlers: dict[int, Handler],
        cred: Cred,
        cwd: str,
        umask: int,
        fds: dict[int, OpenFile],
    ) -> None:
        super().__init__(computer, handlers, cred)
        self.cwd = cwd
        self.umask = umask
        self.fds = {number: file.acquire() for number, file in fds.items()}
        self.tty: Any = None
        self.memory = 0
        self._output: list[tuple[int, bytes]] = []

    @property
    def vfs(self) -> Any:
        """The file tree of the computer."""
        return self.computer.vfs

    def allocate(self, size: int) -> None:
        """Use ``size`` more bytes of memory; the process's part."""
        raise NotImplementedError

    # ---- output that does not wait

    def out(self, text: str | bytes) -> None:
        """Text for standard output; written at the next :meth:`flush`, at the latest when the program ends."""
        if text:
            self._output.append((1, text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")))

    def err(self, text: str | bytes) -> None:
        """Text for standard error, in order with :meth:`out`."""
        if text:
            self._output.append((2, text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")))

    def tell(self, fd: int, text: str) -> None:
        """Text for the descriptor ``fd``, in order with :meth:`out` and :meth:`err`."""
        self._output.append((fd, text.encode("utf-8", "surrogateescape")))

    def flush(self) -> Steps:
        """Write what :meth:`out` and :meth:`err` gathered."""
        if not self._output:
            return
        output, self._output = self._output, []
        for fd, data in output:
            yield from self.write(fd, data)

    def flush_now(self) -> bool:
        """Flush as far as nothing blocks; ``True`` when all is written. The cheap way for a shell's builtins."""
        output = self._output
        for index, (fd, data) in enumerate(output):
            file = self.fds.get(fd)
            try:
                written = file.write(data) if file is not None else len(data)
            except BrokenPipe:
                self._raise_pipe()
            if written < len(data):
                self._output = [(fd, data[written:]), *output[index + 1 :]]
                return False
        output.clear()
        return True

    def drop_output(self) -> None:
        """Forget what :meth:`out` and :meth:`err` gathered."""
        self._output.clear()

    # ---- files

    def file(self, fd: int) -> OpenFile:
        """The open file behind ``fd``; EBADF where there is none."""
        try:
            return self.fds[fd]
        except KeyError:
            raise FsError("EBADF") from None

    def read(self, fd: int | OpenFile, size: int = 65_536) -> Generator[Any, Any, bytes]:
        """Up to ``size`` bytes, waiting for at least one; ``b""`` at the end of file."""
        file = self.file(fd) if isinstance(fd, int) else fd
        while (data := file.read(size)) is None:
            yield from self.block(file.readable())
        if self.charge(len(data) * 1e-9):
            yield from self.pay()
        return data

    def read_all(self, fd: int | OpenFile = 0) -> Generator[Any, Any, bytes]:
        """Everything until the end of file."""
        chunks = []
        while chunk := (yield from self.read(fd)):
            chunks.append(chunk)
            self.keep(len(chunk))
        return b"".join(chunks)

    def keep(self, size: int) -> None:
        """Use ``size`` more bytes of memory for data that is truly held.

        A program that holds more than :data:`HELD` is killed as one that has used up all memory: an endless file
        must not use up the real machine's.
        """
        self.allocate(size if self.memory < HELD else self.computer.kernel.memory)

    def lines(self, fd: int | OpenFile = 0) -> LineReader:
        """Reads line by line without losing what comes after the line: ``line = yield from reader.next()``."""
        return LineReader(self, self.file(fd) if isinstance(fd, int) else fd)

    def write(self, fd: int | OpenFile, data: bytes) -> Steps:
        """Write all of ``data``, waiting for room. Without a reader: SIGPIPE."""
        file = self.file(fd) if isinstance(fd, int) else fd
        try:
            written = file.write(data)
            while written < len(data):
                yield from self.block(file.writable())
                written += file.write(data[written : written + PIECE])
        except BrokenPipe:
            self._raise_pipe()
        if self.charge(len(data) * 1e-9):
            yield from self.pay()

    def _raise_pipe(self) -> NoReturn:
        if self.handlers.get(signals.PIPE) is IGNORE:
            raise FsError("EPIPE")
        self._output.clear()
        raise Terminated(signals.PIPE)

    def open(self, path: str, flags: str = "r", mode: int = 0o666) -> OpenFile:
        """Open ``path`` as ``open(2)`` would; raises :class:`FsError`. The caller releases it (see :meth:`close`)."""
        if path == "/dev/tty" and self.tty is not None:
            file: OpenFile = self.tty.file()
        else:
            made = self.vfs.open(path, flags, mode, cwd=self.cwd, cred=self.cred, umask=self.umask)
            file = made if isinstance(made, OpenFile) else DiskFile(made)
        return file.acquire()

    def close(self, fd: int | OpenFile) -> None:
        """Close a descriptor, or release an open file that :meth:`open` gave."""
        file = self.fds.pop(fd, None) if isinstance(fd, int) else fd
        if file is not None:
            file.release()

    def install(self, fd: int, file: OpenFile) -> None:
        """Let ``fd`` refer to ``file`` (dup2)."""
        before = self.fds.get(fd)
        self.fds[fd] = file.acquire()
        if before is not None:
            before.release()

    def pipe(self) -> tuple[OpenFile, OpenFile]:
        """A new pipe: its reading and its writing end."""
        pipe = Pipe(self.sim.env)
        return PipeReader(pipe), PipeWriter(pipe)

    def read_file(self, path: str) -> bytes:
        """The bytes of a regular file, at once."""
        data: bytes = self.vfs.read_file(path, cwd=self.cwd, cred=self.cred)
        return data

    def write_file(self, path: str, data: bytes, mode: int = 0o666) -> None:
        """Replace a regular file's bytes, creating it where it is missing."""
        self.vfs.write_file(path, data, mode=mode, cwd=self.cwd, cred=self.cred, umask=self.umask)

    def isatty(self, fd: int) -> bool:
        """Whether ``fd`` is a terminal."""
        file = self.fds.get(fd)
        return file is not None and file.tty is not None


class LineReader:
    """Lines of a file as they come, each with its newline; ``b""`` at the end."""

    def __init__(self, process: Descriptors, file: OpenFile) -> None:
        self._process = process
        self._file = file
        self._rest = b""
        self._ended = False

    def next(self) -> Generator[Any, Any, bytes]:
        """The next line, waiting for it."""
        rest = self._rest
        pieces: list[bytes] = []
        while True:
            cut = rest.find(b"\n")
            if cut >= 0:
                pieces.append(rest[: cut + 1])
                self._rest = rest[cut + 1 :]
                return b"".join(pieces)
            pieces.append(rest)
            rest = b"" if self._ended else (yield from self._process.read(self._file))
            if not rest:
                self._ended = True
                self._rest = b""
                return b"".join(pieces)
