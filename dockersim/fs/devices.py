"""The memory devices (null(4), full(4), random(4)) and a standard /dev."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.fs.errors import FsError
from dockersim.fs.file import DeviceFactory, File
from dockersim.fs.filesystem import Stat
from dockersim.fs.node import Node
from dockersim.fs.tree import Tree

if TYPE_CHECKING:
    from random import Random

TTY = 5
"""The group of terminals, on a machine."""
_NAMES = {
    "null": (1, 3, 0o666, 0),
    "zero": (1, 5, 0o666, 0),
    "full": (1, 7, 0o666, 0),
    "random": (1, 8, 0o666, 0),
    "urandom": (1, 9, 0o666, 0),
    "tty": (5, 0, 0o666, TTY),
}
_LINKS = {
    "core": "/proc/kcore",
    "fd": "/proc/self/fd",
    "ptmx": "pts/ptmx",
    "stderr": "/proc/self/fd/2",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
}


def device_nodes(mtime: float = 0.0, terminals: int = TTY) -> Tree:
    """What a computer finds in /dev, with `/` standing for /dev; `terminals` is the group of /dev/tty."""
    entries: dict[str, Node | bytes | str] = {
        f"/{name}": Node.device("char", major, minor, mode, gid=gid and terminals, mtime=mtime)
        for name, (major, minor, mode, gid) in _NAMES.items()
    }
    entries.update({f"/{name}": Node.symlink(target, mtime=mtime) for name, target in _LINKS.items()})
    for name, mode in (("pts", 0o755), ("shm", 0o1777), ("mqueue", 0o1777)):
        entries[f"/{name}"] = Node.directory(mode, mtime=mtime)
    return Tree.of(entries)


class ZeroFile(File):
    """/dev/zero, and /dev/full, which has no room."""

    __slots__ = ("_full",)

    def __init__(self, path: str, flags: int, stat: Stat, full: bool) -> None:
        super().__init__(path, flags, lambda: stat)
        self._full = full

    def read(self, n: int = -1) -> bytes:
        self._check_readable()
        return bytes(_finite(n, self.path))

    def write(self, data: bytes) -> int:
        self._check_writable()
        if self._full and data:
            raise FsError("ENOSPC", self.path)
        return len(data)


class RandomFile(File):
    """/dev/random and /dev/urandom, from a generator that was handed in, so that runs repeat."""

    __slots__ = ("_rng",)

    def __init__(self, path: str, flags: int, stat: Stat, rng: Random) -> None:
        super().__init__(path, flags, lambda: stat)
        self._rng = rng

    def read(self, n: int = -1) -> bytes:
        self._check_readable()
        return self._rng.randbytes(_finite(n, self.path))


def _finite(n: int, path: str) -> int:
    """An endless device cannot be read to its end."""
    if n < 0:
        raise FsError("ENOMEM", path)
    return n


def memory_devices(rng: Random | None = None) -> dict[tuple[int, int] | str, DeviceFactory]:
    """The factories of null, zero, full, random and urandom, by device number."""

    def noise(path: str, flags: int, stat: Stat) -> File:
        nonlocal rng
        if rng is None:
            import random

            rng = random.Random(0)
        return RandomFile(path, flags, stat, rng)

    return {(1, 3): _null, (1, 5): _zero, (1, 7): _zero, (1, 8): noise, (1, 9): noise}


def _null(path: str, flags: int, stat: Stat) -> File:
    return File(path, flags, lambda: stat)


def _zero(path: str, flags: int, stat: Stat) -> File:
    return ZeroFile(path, flags, stat, full=stat.rdev == (1, 7))
