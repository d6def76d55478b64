"""Open file descriptions: what open(2) makes, and what several descriptors may share."""

from collections.abc import Callable
from typing import Protocol

from dockersim.fs.cred import Cred
from dockersim.fs.errors import FsError
from dockersim.fs.filesystem import FileSystem, Stat
from dockersim.fs.flags import O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY
from dockersim.fs.inode import Inode

MAX_STORED = 512 << 20  # bytes of one file that are truly kept; more is refused with EFBIG
SPARSE_ABOVE = 1 << 20  # bytes by which a file may grow in one truncate before the growth is only declared


class File:
    """An open file description: a place in a file. Never blocks. Errors are FsError, EBADF once it is closed.

    Subclasses are what device drivers return: they override `read`, `write` and what else differs.
    """

    __slots__ = ("__weakref__", "append", "closed", "flags", "path", "readable", "stat_of", "writable")
    kind: str = "char"

    def __init__(self, path: str, flags: int, stat_of: Callable[[], Stat]) -> None:
        access = flags & O_ACCMODE
        self.path = path
        self.flags = flags
        self.readable = access != O_WRONLY
        self.writable = access != O_RDONLY
        self.append = bool(flags & O_APPEND)
        self.closed = False
        self.stat_of = stat_of

    def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, all that is left for -1; b"" at the end."""
        self._check_readable()
        return b""

    def write(self, data: bytes) -> int:
        """Write, at the end in append mode; returns the number of bytes written."""
        self._check_writable()
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to `offset` from the start (0), the place (1) or the end (2); returns the new place."""
        return 0

    def tell(self) -> int:
        """The place, in bytes from the start."""
        return 0

    def truncate(self, size: int) -> None:
        """Set the size in bytes (ftruncate)."""
        raise FsError("EINVAL", self.path)

    def stat(self) -> Stat:
        """fstat(2): works after the file lost its name, too."""
        return self.stat_of()

    def isatty(self) -> bool:
        return False

    def close(self) -> None:
        """Give it up; closing twice does nothing."""
        self.closed = True

    def _check_readable(self) -> None:
        if self.closed or not self.readable:
            raise FsError("EBADF", self.path)

    def _check_writable(self) -> None:
        if self.closed or not self.writable:
            raise FsError("EBADF", self.path)

    def __enter__(self) -> "File":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class RegularFile(File):
    """A file on a file system."""

    __slots__ = ("_clock", "_cred", "_fs", "_place", "inode")
    kind = "file"

    def __init__(
        self,
        path: str,
        flags: int,
        stat_of: Callable[[], Stat],
        fs: FileSystem,
        inode: Inode,
        clock: Callable[[], int],
        cred: Cred,
    ) -> None:
        super().__init__(path, flags, stat_of)
        self._fs = fs
        self._clock = clock
        self._cred = cred
        self._place = 0
        self.inode = inode

    def read(self, n: int = -1) -> bytes:
        self._check_readable()
        if n < 0:
            n = self.inode.size - self._place
            if n > MAX_STORED:
                raise FsError("ENOMEM", self.path)
        chunk = self.inode.read(self._place, n)
        self._place += len(chunk)
        return chunk

    def write(self, data: bytes) -> int:
        self._check_writable()
        if not data:
            return 0
        inode = self.inode
        place = inode.size if self.append else self._place
        end = place + len(data)
        stored = len(inode.data)
        if end > stored:
            if end > MAX_STORED:
                raise FsError("EFBIG", self.path)
            self._fs.reserve(end - stored)
        inode.write(place, data)
        self._place = end
        self._changed()
        return len(data)

    def truncate(self, size: int) -> None:
        if self.closed or not self.writable or size < 0:
            raise FsError("EINVAL", self.path)
        before = len(self.inode.data)
        self.inode.truncate(size, SPARSE_ABOVE)
        self._fs.reserve(len(self.inode.data) - before)
        self._changed()

    def _changed(self) -> None:
        inode = self.inode
        inode.mtime_ns = inode.ctime_ns = self._clock()
        if inode.mode & 0o6000 and not self._cred.privileged:
            inode.mode &= ~self._cred.dropped_ids(inode)
        self._fs.written(inode)

    def seek(self, offset: int, whence: int = 0) -> int:
        if self.closed:
            raise FsError("EBADF", self.path)
        base = (0, self._place, self.inode.size)[whence]
        if base + offset < 0:
            raise FsError("EINVAL", self.path)
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._fs.release(self.inode)


class Directory(File):
    """An open directory: reading is EISDIR; its names come from `Vfs.listdir`."""

    __slots__ = ()
    kind = "directory"

    def read(self, n: int = -1) -> bytes:
        raise FsError("EISDIR", self.path)

    def write(self, data: bytes) -> int:
        raise FsError("EBADF", self.path)


class DeviceFactory(Protocol):
    """What a kernel plugs into `Vfs.devices`: makes the open file of a device, fifo or socket."""

    def __call__(self, path: str, flags: int, stat: Stat) -> File: ...
