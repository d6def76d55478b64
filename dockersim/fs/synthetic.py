"""File systems that are computed when looked at: /proc, /sys, what the daemon keeps on its host."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dockersim.fs.errors import FsError
from dockersim.fs.file import File
from dockersim.fs.filesystem import Entry, FileSystem, Stat, StatFs
from dockersim.fs.inode import Inode
from dockersim.fs.node import Node
from dockersim.fs.paths import child_of


class Through(NamedTuple):
    """A place in another file system that is seen through this one, to be read."""

    fs: FileSystem
    path: str


Content = Node | Sequence[str] | Through | None
DIRECTORY_MODE = 0o555


class SyntheticFs:
    """A file system whose `content(path)` gives a node, the names in a directory, or None for nothing there.

    Where it gives a :class:`Through`, what is there is another file system's.

    A directory with other attributes than root's 0555 is given by a directory node from `content` and its names from
    `names`. A file is read as it was when it was opened; its size is 0, or the node's `nominal`, as in /sys. With
    `store(path, data)` files that their mode makes writable can be written: each write is handed on at once.
    `opener(path, flags)` may answer an open itself. What says no time of its own is of `made_ns`.
    """

    def __init__(
        self,
        content: Callable[[str], Content],
        *,
        fstype: str = "proc",
        read_only: bool = False,
        names: Callable[[str], Sequence[str]] | None = None,
        store: Callable[[str, bytes], None] | None = None,
        opener: Callable[[str, int], File | None] | None = None,
        made_ns: int = 0,
    ) -> None:
        self.read_only = read_only
        self.fstype = fstype
        self._content = content
        self._names = names
        self._store = store
        self._opener = opener
        self._made_ns = made_ns
        self._inos: dict[str, int] = {}
        self._open: dict[int, str] = {}
        self._beyond: dict[int, FileSystem] = {}

    def lookup(self, path: str) -> Entry | None:
        content = self._content(path)
        if isinstance(content, Through):
            return content.fs.lookup(content.path)
        return None if content is None else _node(content)

    def listdir(self, path: str) -> Sequence[str]:
        content = self._content(path)
        if isinstance(content, Through):
            return content.fs.listdir(content.path)
        if content is None or isinstance(content, Node):
            return sorted(self._names(path)) if self._names is not None else ()
        return sorted(content)

    def stat(self, path: str, dev: int) -> Stat:
        content = self._content(path)
        if isinstance(content, Through):
            return content.fs.stat(content.path, dev)
        assert content is not None
        entry = _node(content)
        ino = self._inos.setdefault(path, len(self._inos) + 1)
        time, size = entry.mtime_ns or self._made_ns, 0 if entry.nominal is None else entry.nominal
        nlink = self._directory_links(path) if entry.kind == "directory" else 1
        return Stat(entry.kind, entry.mode, entry.uid, entry.gid, size, nlink, ino, dev, entry.rdev, time, time, time)

    def _directory_links(self, path: str) -> int:
        below = (self.lookup(child_of(path, name)) for name in self.listdir(path))
        return 2 + sum(entry is not None and entry.kind == "directory" for entry in below)

    def statfs(self) -> StatFs:
        return StatFs(self.fstype, 4096, 0, 0, 0, 0)

    def opened(self, path: str, flags: int) -> File | None:
        return self._opener(path, flags) if self._opener is not None else None

    def hold(self, path: str, write: bool) -> Inode:
        if write and self._store is None:
            raise FsError("EACCES", path)
        content = self._content(path)
        if isinstance(content, Through):
            inode = content.fs.hold(content.path, False)
            self._beyond[id(inode)] = content.fs
            return inode
        assert content is not None
        inode = Inode(_node(content)._replace(nominal=None), self._inos.setdefault(path, len(self._inos) + 1))
        self._open[id(inode)] = path
        return inode

    def release(self, inode: Inode) -> None:
        beyond = self._beyond.get(id(inode))
        if beyond is not None:
            beyond.release(inode)
            if not inode.opens:
                del self._beyond[id(inode)]
            return
        self._open.pop(id(inode), None)

    def writable(self, path: str) -> Inode:
        raise FsError("EPERM", path)

    def written(self, inode: Inode) -> None:
        if self._store is not None and inode.data:  # emptied as it was opened: no write
            self._store(self._open[id(inode)], bytes(inode.data))

    def create(self, path: str, node: Node, now: int) -> Inode:
        raise FsError("ENOENT", path)

    def link(self, old: str, new: str, now: int) -> None:
        raise FsError("EPERM", new)

    def remove(self, path: str, now: int) -> None:
        raise FsError("EPERM", path)

    def rename(self, old: str, new: str, now: int) -> None:
        raise FsError("EPERM", old)

    def reserve(self, more: int) -> None:
        """Nothing is stored here."""


def _node(content: Node | Sequence[str]) -> Node:
    return content if isinstance(content, Node) else Node("directory", DIRECTORY_MODE)
