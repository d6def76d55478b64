"""A file that can still change: what a writable file system keeps while a computer runs."""

from dockersim.fs.node import Kind, Node, size_of


class Inode:
    """The mutable twin of Node, shared by all names and all open descriptions of one file.

    `data` becomes a bytearray with the first write, so that appending is amortised O(1), and bytes again when a
    snapshot is taken. `nlink` counts names; `opens` counts open file descriptions. Times are in nanoseconds.
    """

    __slots__ = (
        "atime_ns",
        "ctime_ns",
        "data",
        "gid",
        "ino",
        "kind",
        "mode",
        "mtime_ns",
        "nlink",
        "nominal",
        "opens",
        "rdev",
        "target",
        "uid",
    )

    def __init__(self, node: Node, ino: int, nlink: int = 1) -> None:
        self.kind: Kind
        self.data: bytes | bytearray
        (
            self.kind,
            self.mode,
            self.uid,
            self.gid,
            self.mtime_ns,
            self.data,
            self.target,
            self.nominal,
            self.rdev,
            _,
        ) = node
        self.atime_ns = self.ctime_ns = self.mtime_ns
        self.ino = ino
        self.nlink = nlink
        self.opens = 0

    @property
    def size(self) -> int:
        """st_size, in bytes."""
        return size_of(self.kind, self.data, self.target, self.nominal)

    def node(self, link: str = "") -> Node:
        """The value of this moment."""
        data = self.data
        if type(data) is bytearray:
            data = self.data = bytes(data)
        nominal = self.nominal if self.nominal is not None and self.nominal > len(data) else None
        return Node(
            self.kind,
            self.mode,
            self.uid,
            self.gid,
            self.mtime_ns,
            bytes(data),
            self.target,
            nominal,
            self.rdev,
            link,
        )

    def read(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset`; what is declared but not there reads as zeros."""
        end = min(offset + count, self.size)
        if end <= offset:
            return b""
        chunk = bytes(self.data[offset:end])
        return chunk if len(chunk) == end - offset else chunk.ljust(end - offset, b"\0")

    def write(self, offset: int, chunk: bytes) -> None:
        """Put bytes in place; a gap before them becomes zeros."""
        data = self.data
        if type(data) is not bytearray:
            data = self.data = bytearray(data)
        gap = offset - len(data)
        if gap == 0:
            data += chunk
            return
        if gap > 0:
            data += bytes(gap)
        data[offset : offset + len(chunk)] = chunk

    def truncate(self, size: int, sparse_above: int) -> None:
        """Set the size in bytes; growth beyond `sparse_above` bytes is declared and not stored."""
        data = self.data
        if size < len(data):
            self.data, self.nominal = bytearray(data[:size]), None
        elif size - len(data) > sparse_above:
            self.nominal = size
        elif size > len(data):
            self.data, self.nominal = bytearray(data) + bytes(size - len(data)), None
        else:
            self.nominal = None
