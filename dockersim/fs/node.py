"""One entry of a file tree, as a value."""

from typing import Any, Literal, NamedTuple

Kind = Literal["file", "directory", "symlink", "fifo", "char", "block", "socket", "whiteout"]
BLOCK = 4096  # bytes; a directory's size, and the unit in which files take up space


class Node(NamedTuple):
    """A file, directory, link or device: everything that inode(7) keeps, but for the numbers of one disk.

    `mode` holds the 12 permission bits. `mtime_ns` is in nanoseconds since 1970. `data` is a file's honest
    content; `nominal`, where larger, the size in bytes that the file declares (the rest reads as zeros, as in
    a sparse file). `target` belongs to a symlink, `rdev` (major, minor) to a device. `link` is set on files
    with several names: it is the first of those names, in the order of archives (`paths.order`), so that equal
    trees have equal nodes.
    A tuple underneath, because trees have thousands of them.
    """

    kind: Kind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime_ns: int = 0
    data: bytes = b""
    target: str = ""
    nominal: int | None = None
    rdev: tuple[int, int] | None = None
    link: str = ""

    @property
    def mtime(self) -> float:
        """Time of last modification, in seconds since 1970."""
        return to_seconds(self.mtime_ns)

    @property
    def size(self) -> int:
        """What stat(2) gives as st_size, in bytes."""
        return size_of(self.kind, self.data, self.target, self.nominal)

    @property
    def is_dir(self) -> bool:
        return self.kind == "directory"

    def replace(self, **fields: Any) -> "Node":
        """The same node with some fields changed; `mtime` (seconds) is accepted for `mtime_ns`."""
        if "mtime" in fields:
            fields["mtime_ns"] = to_ns(fields.pop("mtime"))
        return self._replace(**fields)

    @classmethod
    def file(
        cls,
        data: bytes = b"",
        mode: int = 0o644,
        uid: int = 0,
        gid: int = 0,
        mtime: float = 0.0,
        nominal: int | None = None,
    ) -> "Node":
        """A regular file; `mtime` in seconds since 1970, `nominal` in bytes."""
        return cls("file", mode, uid, gid, to_ns(mtime), data, nominal=nominal)

    @classmethod
    def directory(cls, mode: int = 0o755, uid: int = 0, gid: int = 0, mtime: float = 0.0) -> "Node":
        """A directory; its children are the tree's business."""
        return cls("directory", mode, uid, gid, to_ns(mtime))

    @classmethod
    def symlink(cls, target: str, uid: int = 0, gid: int = 0, mtime: float = 0.0) -> "Node":
        """A symbolic link; its mode is always 0777 on Linux."""
        return cls("symlink", 0o777, uid, gid, to_ns(mtime), target=target)

    @classmethod
    def device(
        cls,
        kind: Literal["char", "block"],
        major: int,
        minor: int,
        mode: int = 0o666,
        uid: int = 0,
        gid: int = 0,
        mtime: float = 0.0,
    ) -> "Node":
        """A device node."""
        return cls(kind, mode, uid, gid, to_ns(mtime), rdev=(major, minor))


WHITEOUT = Node("whiteout", 0)
"""In a layer: the lower entry of this name, and all below it, is gone."""


def to_ns(seconds: float) -> int:
    """Seconds as nanoseconds, to the microsecond: what a float still holds at today's dates."""
    return round(seconds * 1e6) * 1000


def to_seconds(ns: int) -> float:
    """Nanoseconds as seconds, as near as a float comes."""
    return ns // 1_000_000_000 + ns % 1_000_000_000 / 1e9


def size_of(kind: str, data: bytes | bytearray, target: str, nominal: int | None) -> int:
    """st_size by kind, in bytes."""
    if kind == "file":
        return len(data) if nominal is None or nominal < len(data) else nominal
    if kind == "directory":
        return BLOCK
    return len(target.encode("utf-8", "surrogateescape")) if kind == "symlink" else 0
