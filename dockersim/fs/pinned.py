"""What a bind mount of a single file shows: that file, whatever becomes of its name.

So an editor that saves by renaming a new file into place changes the name's file and not the mounted one, the
well-known surprise with `docker run -v ./nginx.conf:/etc/nginx/nginx.conf`.
"""

from collections.abc import Sequence

from dockersim.fs.errors import FsError
from dockersim.fs.filesystem import Entry, FileSystem, Stat, StatFs, stat_of
from dockersim.fs.inode import Inode
from dockersim.fs.node import Node


class PinnedFile:
    """A file system of one file, `/`, which is the file that `path` named in `origin` when this was made."""

    def __init__(self, origin: FileSystem, path: str) -> None:
        self.origin = origin
        self._path = path
        self._inode = origin.hold(path, False)

    @property
    def read_only(self) -> bool:
        return self.origin.read_only

    @property
    def fstype(self) -> str:
        return self.origin.fstype

    def lookup(self, path: str) -> Entry | None:
        return self._inode if path == "/" else None

    def listdir(self, path: str) -> Sequence[str]:
        return ()

    def stat(self, path: str, dev: int) -> Stat:
        return stat_of(self._inode, dev)

    def statfs(self) -> StatFs:
        return self.origin.statfs()

    def opened(self, path: str, flags: int) -> None:
        """It is opened as a file."""

    def hold(self, path: str, write: bool) -> Inode:
        if write:
            self.writable(path)
        self._inode.opens += 1
        return self._inode

    def release(self, inode: Inode) -> None:
        self.origin.release(inode)

    def writable(self, path: str) -> Inode:
        """Copied up, if the name is still its own: a file that was renamed or removed has been already."""
        entry = self.origin.lookup(self._path)
        if isinstance(entry, Node) and self.origin.stat(self._path, 0).ino == self._inode.ino:
            return self.origin.writable(self._path)
        return self._inode

    def create(self, path: str, node: Node, now: int) -> Inode:
        raise FsError("ENOTDIR", path)

    def link(self, old: str, new: str, now: int) -> None:
        raise FsError("EXDEV", new)

    def remove(self, path: str, now: int) -> None:
        raise FsError("EBUSY", path)

    def rename(self, old: str, new: str, now: int) -> None:
        raise FsError("EBUSY", old)

    def reserve(self, more: int) -> None:
        self.origin.reserve(more)

    def written(self, inode: Inode) -> None:
        self.origin.written(inode)
