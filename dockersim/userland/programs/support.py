"""What most programs need: files seen from a process's directory and user, inputs by name, chunks and lines."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Generator
from typing import Any

from dockersim.fs import FsError, Stat
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process

CHUNK = 1 << 16
PER_BYTE = 2e-9
"""Seconds of CPU for a byte that a text program looks at."""

Steps = Generator[Any, Any, Any]


class Files:
    """The computer's files as one process sees them: relative to its directory, with its rights."""

    __slots__ = ("_at", "_umask", "_vfs")

    def __init__(self, p: Process) -> None:
        self._vfs = p.vfs
        self._at = {"cwd": p.cwd, "cred": p.cred}
        self._umask = p.umask

    def stat(self, path: str) -> Stat:
        status: Stat = self._vfs.stat(path, **self._at)
        return status

    def lstat(self, path: str) -> Stat:
        status: Stat = self._vfs.lstat(path, **self._at)
        return status

    def mkdir(self, path: str, mode: int = 0o777, umask: int | None = None) -> None:
        self._vfs.mkdir(path, mode, umask=self._umask if umask is None else umask, **self._at)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._vfs, name)
        at = self._at
        return lambda *args, **more: method(*args, **at, **more)

    def write_file(self, path: str, data: bytes, mode: int = 0o666) -> None:
        self._vfs.write_file(path, data, mode=mode, umask=self._umask, **self._at)

    def exists(self, path: str) -> bool:
        """Whether ``path`` leads to anything."""
        return self._answer(self.stat, path) is not None

    def present(self, path: str) -> bool:
        """Whether there is an entry ``path``, be it a dangling link."""
        return self._answer(self.lstat, path) is not None

    def is_dir(self, path: str) -> bool:
        found = self._answer(self.stat, path)
        return found is not None and found.kind == "directory"

    def is_file(self, path: str) -> bool:
        found = self._answer(self.stat, path)
        return found is not None and found.kind == "file"

    @staticmethod
    def _answer(ask: Callable[[str], Any], path: str) -> Any:
        try:
            return ask(path)
        except FsError:
            return None


def join(directory: str, name: str) -> str:
    """``directory/name`` as programs print it: no second slash."""
    return directory + name if directory.endswith("/") else f"{directory}/{name}"


def base(path: str) -> str:
    """The last component, trailing slashes aside."""
    return posixpath.basename(path.rstrip("/")) or path[:1]


def open_input(p: Process, name: str) -> OpenFile:
    """The file ``name``, or standard input for ``-``; to be released. A directory raises EISDIR at once."""
    if name == "-":
        return p.file(0).acquire()
    if Files(p).stat(name).kind == "directory":
        raise FsError("EISDIR", name)
    return p.open(name)


class Inputs:
    """Reads the operands of a filter one after another; what cannot be opened is told and gives ``status``.

    ``gnu`` and ``busybox`` are how each tells it; in them ``NAME`` and ``WHY`` are filled in.
    """

    def __init__(
        self, p: Process, names: list[str], gnu: str = "NAME: WHY", busybox: str = "NAME: WHY", failure: int = 1
    ) -> None:
        self.p = p
        self.names = names or ["-"]
        self.status = 0
        self.failure = failure
        self.words = busybox if p.flavour == "busybox" else gnu

    def open(self, name: str) -> OpenFile | None:
        """The file of that name; ``None`` after having told why not."""
        try:
            return open_input(self.p, name)
        except FsError as error:
            self.status = self.failure
            words = self.words
            if error.code == "EISDIR" and "open" in words:
                words = "read error: WHY" if self.p.flavour == "busybox" else "error reading 'NAME': WHY"
            self.p.fail(words.replace("NAME", name).replace("WHY", error.strerror))
            return None

    def each(self, use: Callable[[str, OpenFile], Steps]) -> Steps:
        """Call the generator function ``use`` with every file that opens."""
        for name in self.names:
            file = self.open(name)
            if file is None:
                continue
            try:
                yield from use(name, file)
            finally:
                file.release()

    def content(self) -> Generator[Any, Any, bytes]:
        """All of all of them, joined."""
        pieces: list[bytes] = []

        def take(name: str, file: OpenFile) -> Steps:
            pieces.append((yield from self.p.read_all(file)))

        yield from self.each(take)
        return b"".join(pieces)


def blocks(p: Process, file: OpenFile, use: Callable[[bytes], Steps | None]) -> Steps:
    """Hand whole lines to ``use`` in large pieces, each ending in a newline but perhaps the last.

    ``use`` may return a generator to wait for. What a slow writer sent is handed on as it comes.
    """
    rest: list[bytes] = []
    while chunk := (yield from p.read(file, CHUNK)):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            rest.append(chunk)
            continue
        rest.append(chunk[:cut])
        block = b"".join(rest)
        rest = [chunk[cut:]] if cut < len(chunk) else []
        yield from step(p, use, block)
    if rest:
        yield from step(p, use, b"".join(rest))


def step(p: Process, use: Callable[[bytes], Steps | None], block: bytes) -> Steps:
    """One call of ``use``, paid for and flushed."""
    waiting = use(block)
    if waiting is not None:
        yield from waiting
    yield from p.flush()
    if p.charge(len(block) * PER_BYTE):
        yield from p.pay()


def split_lines(block: bytes) -> list[bytes]:
    """The lines without their newlines; a last line without one counts."""
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def size_suffix(text: str) -> int | None:
    """``10``, ``4k``, ``1M``, ``2GB`` in bytes, as GNU reads them; ``None`` for anything else."""
    digits = text.rstrip("bcwkKmMGTPEBi")
    if not digits.isascii() or not digits.isdigit():
        return None
    suffix = text[len(digits) :]
    if not suffix:
        return int(digits)
    plain = {"c": 1, "w": 2, "b": 512, "kB": 1000, "KB": 1000}
    if suffix in plain:
        return int(digits) * plain[suffix]
    power = "kMGTPE".find({"K": "k", "m": "M"}.get(suffix[0], suffix[0])) + 1
    if not power or suffix[1:] not in ("", "B", "iB"):
        return None
    factor: int = (1000 if suffix[1:] == "B" else 1024) ** power
    return int(digits) * factor


def seconds_of(text: str) -> float | None:
    """``1.5``, ``2m``, ``1h``, ``3d`` in seconds; ``None`` for anything else."""
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}.get(text[-1:])
    number = text[:-1] if unit else text
    if text in ("inf", "infinity"):
        return float("inf")
    try:
        value = float(number) if number[:1] in tuple("0123456789.") else -1.0
    except ValueError:
        return None
    return value * (unit or 1) if value >= 0 else None


class Enough(Exception):
    """A filter has seen what it wanted of a file."""
