"""What a file system has to offer for a Vfs to mount it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from dockersim.fs.inode import Inode
from dockersim.fs.node import BLOCK, Kind, Node, to_seconds

if TYPE_CHECKING:
    from dockersim.fs.file import File

Entry = Node | Inode


class StatFs(NamedTuple):
    """What statfs(2) tells: type name, block size in bytes, and counts of blocks and files."""

    type: str
    block_size: int
    blocks: int
    blocks_free: int
    files: int
    files_free: int


class Stat(NamedTuple):
    """What stat(2) tells. Times in nanoseconds, and as properties in seconds; `blocks` of 512 bytes."""

    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int
    nlink: int
    ino: int
    dev: int
    rdev: tuple[int, int] | None
    atime_ns: int
    mtime_ns: int
    ctime_ns: int

    @property
    def blocks(self) -> int:
        if self.kind == "directory":  # those of file systems in memory take none
            return self.size // BLOCK * (BLOCK // 512)
        return -(-self.size // BLOCK) * (BLOCK // 512) if self.kind == "file" else 0

    @property
    def atime(self) -> float:
        return to_seconds(self.atime_ns)

    @property
    def mtime(self) -> float:
        return to_seconds(self.mtime_ns)

    @property
    def ctime(self) -> float:
        return to_seconds(self.ctime_ns)

    @property
    def is_dir(self) -> bool:
        return self.kind == "directory"


class FileSystem(Protocol):
    """Primitive operations on absolute, normal paths inside one file system.

    The Vfs has resolved the path and checked existence, kinds and permissions before it calls; a file system
    only does the thing. `now` is in nanoseconds since 1970. `opened` may answer an open(2) by itself; None leaves
    it to the Vfs, by the kind of the entry. `hold` and `release` go with an open file description; `writable` is the
    inode whose attributes are about to change; `written` follows each change of content, `reserve` comes before.
    """

    @property
    def read_only(self) -> bool: ...
    @property
    def fstype(self) -> str: ...
    def lookup(self, path: str) -> Entry | None: ...
    def listdir(self, path: str) -> Sequence[str]: ...
    def stat(self, path: str, dev: int) -> Stat: ...
    def statfs(self) -> StatFs: ...
    def opened(self, path: str, flags: int) -> "File | None": ...
    def hold(self, path: str, write: bool) -> Inode: ...
    def release(self, inode: Inode) -> None: ...
    def writable(self, path: str) -> Inode: ...
    def create(self, path: str, node: Node, now: int) -> Inode: ...
    def link(self, old: str, new: str, now: int) -> None: ...
    def remove(self, path: str, now: int) -> None: ...
    def rename(self, old: str, new: str, now: int) -> None: ...
    def reserve(self, more: int) -> None: ...
    def written(self, inode: Inode) -> None: ...


def stat_of(inode: Inode, dev: int) -> Stat:
    """The status of a file that may have lost its names."""
    return Stat(
        inode.kind, inode.mode, inode.uid, inode.gid, inode.size, inode.nlink, inode.ino, dev, inode.rdev,
        inode.atime_ns, inode.mtime_ns, inode.ctime_ns,
    )  # fmt: skip
