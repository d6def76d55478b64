"""A writable file system over an immutable tree, as overlayfs is: a container's root, a volume, a tmpfs.

Until something is written there is nothing but a reference to the lower tree. A change goes to `_upper`, a dict of
path to inode, or to None where a lower entry is gone (a whiteout). Every lower path below a removed directory has its
own whiteout, so one look into `_upper` and one into the lower tree answer any lookup.
"""

from collections.abc import Callable, Sequence

from dockersim.fs.errors import FsError
from dockersim.fs.filesystem import Entry, FileSystem, Stat, StatFs
from dockersim.fs.inode import Inode
from dockersim.fs.layer import ChangeKind, Layer, changes, completed
from dockersim.fs.node import BLOCK, WHITEOUT, Node
from dockersim.fs.paths import child_of, name_of, order, parent_of
from dockersim.fs.tree import Tree

DISK = 64 << 30  # bytes that a file system without a limit of its own says it has
TMPFS_ENTRY = 20  # bytes that tmpfs counts for each name in a directory, "." and ".." included
_UNTOUCHED: dict[str, Inode | None] = {}  # shared by all overlays without an upper; never written
_ABSENT = Inode(WHITEOUT, 0)

OnChange = Callable[[ChangeKind, str], None]


class Overlay:
    """A file system: `lower`, never changed, plus what was done since.

    `on_change(kind, path)` hears of each path that becomes added, changed or deleted; a path that was added and is
    removed again is heard of as "D". `capacity` limits the bytes in the upper layer (ENOSPC beyond). `plain` makes
    directories count links as an ordinary disk does; overlayfs says 1 for a directory that is in several layers.
    `made_ns` is when the upper layer was made, whose root is the root that is seen, or all of a tmpfs (0: as the
    lower tree has it). `disk` is the file system whose space it takes, if that is another's.
    `inodes` limits the entries of a file system that has nothing below it (ENOSPC beyond).
    """

    __slots__ = (
        "__weakref__",
        "_delta",
        "_held",
        "_next_ino",
        "_upper",
        "_used",
        "capacity",
        "disk",
        "fstype",
        "inodes",
        "lower",
        "made_ns",
        "on_change",
        "plain",
        "read_only",
    )

    def __init__(
        self,
        lower: Tree = Tree.EMPTY,
        *,
        read_only: bool = False,
        on_change: OnChange | None = None,
        capacity: int | None = None,
        plain: bool = False,
        root: Node | None = None,
        fstype: str = "overlay",
    ) -> None:
        self.lower = lower
        self.read_only = read_only
        self.on_change = on_change
        self.capacity = capacity
        self.plain = plain
        self.fstype = fstype
        self.made_ns = 0
        self.disk: FileSystem | None = None
        self.inodes: int | None = None
        self._upper = _UNTOUCHED
        self._delta: dict[str, dict[str, bool]] | None = None
        self._held: dict[int, Inode] | None = None
        self._next_ino = 0
        self._used = 0
        if root is not None:
            self._start()["/"] = Inode(root, 2)

    # -- looking

    @property
    def touched(self) -> bool:
        """Whether anything was ever written here: if not, the tree is that of the layers below."""
        return self._upper is not _UNTOUCHED

    def lookup(self, path: str) -> Entry | None:
        """The entry at a path, or None."""
        entry = self._upper.get(path, _ABSENT)
        return self.lower.nodes.get(path) if entry is _ABSENT else entry

    def listdir(self, path: str) -> Sequence[str]:
        """The sorted names in a directory."""
        below = self.lower.children(path)
        delta = self._delta.get(path) if self._delta else None
        if not delta:
            return below
        names = {name for name in below if name not in delta}
        names.update(name for name, there in delta.items() if there)
        return sorted(names)

    def stat(self, path: str, dev: int) -> Stat:
        """The status of an entry that is there."""
        entry = self.lookup(path)
        assert entry is not None
        if isinstance(entry, Inode):
            ino, nlink, atime, ctime = entry.ino, entry.nlink, entry.atime_ns, entry.ctime_ns
        else:
            ino, atime = self.lower.ino(path), entry.mtime_ns
            nlink, ctime = len(self.lower.groups()[entry.link]) if entry.link else 1, atime
            if self.made_ns and (path == "/" or self.fstype == "tmpfs"):
                entry, atime, ctime = entry._replace(mtime_ns=self.made_ns), self.made_ns, self.made_ns
            if self._held and ino in self._held:
                atime = self._held[ino].atime_ns
        size = entry.size
        if entry.kind == "directory":
            nlink = self._directory_links(path)
            if self.fstype in ("tmpfs", "mqueue"):
                size = TMPFS_ENTRY * (2 + len(self.listdir(path)))
        return Stat(
            entry.kind, entry.mode, entry.uid, entry.gid, size, nlink, ino, dev, entry.rdev, atime,
            entry.mtime_ns, ctime,
        )  # fmt: skip

    def _directory_links(self, path: str) -> int:
        merged = path in self._upper or path in self.lower.merged or (path == "/" and self.made_ns)
        if merged and self.fstype == "overlay" and not self.plain and path in self.lower:
            return 1
        return 2 + sum(is_directory_entry(self.lookup(child_of(path, name))) for name in self.listdir(path))

    def statfs(self) -> StatFs:
        """Space and its use."""
        if self.disk is not None:
            return self.disk.statfs()._replace(type=self.fstype)
        if self.fstype == "mqueue":
            return StatFs(self.fstype, BLOCK, 0, 0, 0, 0)
        total = (DISK if self.capacity is None else self.capacity) // BLOCK
        stored = self._used if self.capacity is not None else self._used + self.lower.size()
        used = min(total, -(-stored // BLOCK))
        files = len(self._upper)
        return StatFs(self.fstype, BLOCK, total, total - used, total, max(0, total - files))

    # -- files that are open, or about to change

    def opened(self, path: str, flags: int) -> None:
        """Files here are opened as their kind says."""

    def hold(self, path: str, write: bool) -> Inode:
        """The inode of an entry that is there, for an open file description; `release` it after."""
        if write:
            self.writable(path)
        entry = self.lookup(path)
        if isinstance(entry, Node):
            ino = self.lower.ino(path)
            if self._held is None:
                self._held = {}
            inode = self._held.get(ino)
            if inode is None:
                inode = self._held[ino] = self._from_lower(entry, ino)
        else:
            assert entry is not None
            inode = entry
        inode.opens += 1
        return inode

    def release(self, inode: Inode) -> None:
        """The open file description is closed."""
        inode.opens -= 1
        if inode.opens:
            return
        if self._held is None or self._held.pop(inode.ino, None) is None:
            self._forget(inode)

    def writable(self, path: str) -> Inode:
        """The inode of an entry that is there, copied up with the directories above it, ready to be changed."""
        entry = self._upper.get(path, _ABSENT)
        if entry is not _ABSENT:
            assert entry is not None
            return entry
        node = self.lower.nodes[path]
        ino = self.lower.ino(path)
        inode = self._held.pop(ino, None) if self._held else None
        if inode is None:
            inode = self._from_lower(node, ino)
        for name in self.lower.groups()[node.link] if node.link else (path,):
            if name != "/":
                self.writable(parent_of(name))
            self._start()[name] = inode
            self._tell(name, "C")
        if node.kind == "file":
            self._used += len(node.data)
        return inode

    def _from_lower(self, node: Node, ino: int) -> Inode:
        return Inode(node, ino, len(self.lower.groups()[node.link]) if node.link else 1)

    def _start(self) -> dict[str, Inode | None]:
        if self._upper is _UNTOUCHED:
            self._upper = {}
        return self._upper

    def _tell(self, path: str, kind: ChangeKind) -> None:
        if self.on_change is not None and path != "/":
            self.on_change(kind, path)

    def reserve(self, more: int) -> None:
        """Count bytes about to be stored; raises ENOSPC beyond the capacity."""
        if self.capacity is not None and more > 0 and self._used + more > self.capacity:
            raise FsError("ENOSPC")
        self._used += more

    def written(self, inode: Inode) -> None:
        """A file's content changed; nothing to do, its inode is the content."""

    # -- changing names

    def create(self, path: str, node: Node, now: int) -> Inode:
        """A new entry under a free name."""
        if self.inodes is not None and len(self._upper) >= self.inodes:
            raise FsError("ENOSPC", path)
        self.reserve(len(node.data))
        if not self._next_ino:
            self._next_ino = len(self.lower) + 2
        inode = Inode(node, self._next_ino)
        self._next_ino += 1
        self._enter(path, inode, now)
        return inode

    def link(self, old: str, new: str, now: int) -> None:
        """One more name for a file."""
        inode = self.writable(old)
        inode.nlink += 1
        inode.ctime_ns = now
        self._enter(new, inode, now)

    def remove(self, path: str, now: int) -> None:
        """Take a name away: of a file, or of an empty directory."""
        node = self.lower.nodes.get(path)
        if path in self._upper or (node is not None and node.link):  # its other names must see one is gone
            inode = self.writable(path)
            inode.nlink -= 1
            inode.ctime_ns = now
            self._forget(inode)
        elif self._held and (held := self._held.get(self.lower.ino(path))) is not None:
            held.nlink -= 1
        self._leave(path, now)

    def _forget(self, inode: Inode) -> None:
        if inode.nlink <= 0 and not inode.opens:
            self._used -= len(inode.data)

    def rename(self, old: str, new: str, now: int) -> None:
        """Move an entry, a directory with all below it, to a free name."""
        moving = [old]
        for path in moving:
            if is_directory_entry(self.lookup(path)):
                moving.extend(child_of(path, name) for name in self.listdir(path))
        inodes = [self.writable(path) for path in moving]
        for path in reversed(moving):
            self._leave(path, now if path == old else None)
        for path, inode in zip(moving, inodes, strict=True):
            self._enter(new + path[len(old) :], inode, now if path == old else None)
        inodes[0].ctime_ns = now

    def _enter(self, path: str, inode: Inode, now: int | None) -> None:
        parent, name = parent_of(path), name_of(path)
        directory = self.writable(parent)
        if now is not None:
            directory.mtime_ns = directory.ctime_ns = now
        self._start()[path] = inode
        lower = path in self.lower.nodes
        if self._delta is None:
            self._delta = {}
        delta = self._delta.setdefault(parent, {})
        if lower:
            delta.pop(name, None)
        else:
            delta[name] = True
        self._tell(path, "C" if lower else "A")

    def _leave(self, path: str, now: int | None) -> None:
        parent, name = parent_of(path), name_of(path)
        directory = self.writable(parent)
        if now is not None:
            directory.mtime_ns = directory.ctime_ns = now
        if self._delta is None:
            self._delta = {}
        delta = self._delta.setdefault(parent, {})
        if path in self.lower.nodes:
            self._start()[path] = None
            delta[name] = False
        else:
            del self._upper[path]
            delta.pop(name, None)
        self._tell(path, "D")

    # -- the sum of it

    def layer(self) -> Layer:
        """What was done since, as a layer: the difference of `tree()` and `lower`, however it came about."""
        if not self._upper:
            return Layer.EMPTY
        links = self._links()
        changed: dict[str, Node] = {}
        for path, inode in self._upper.items():
            if inode is None:
                if is_directory_entry(self.lookup(parent_of(path))):
                    changed[path] = WHITEOUT
            else:
                node = inode.node(links.get(inode.ino, ("",))[0])
                if self.lower.nodes.get(path) != node and not (path == "/" and self._same_root(node)):
                    changed[path] = node
        groups = {names[0]: names for names in links.values()}
        return completed(changed, lambda path: self._node(path, links), lambda: groups)

    def _same_root(self, node: Node) -> bool:
        return node._replace(mtime_ns=0) == self.lower.nodes["/"]._replace(mtime_ns=0)

    def _links(self) -> dict[int, list[str]]:
        """Inode number to its names, in the order of archives, for files of the upper layer with several."""
        names: dict[int, list[str]] = {}
        for path, inode in self._upper.items():
            if inode is not None and inode.nlink > 1:
                names.setdefault(inode.ino, []).append(path)
        return {ino: sorted(paths, key=order) for ino, paths in names.items() if len(paths) > 1}

    def _node(self, path: str, links: dict[int, list[str]]) -> Node:
        entry = self.lookup(path)
        assert entry is not None
        return entry.node(links.get(entry.ino, ("",))[0]) if isinstance(entry, Inode) else entry

    def tree(self) -> Tree:
        """The merged tree of this moment; the lower tree itself while nothing was written."""
        if not self._upper:
            return self.lower
        links = self._links()
        return self.lower.updated(
            {p: None if inode is None else self._node(p, links) for p, inode in self._upper.items()}, over=True
        )

    def changes(self) -> list[tuple[ChangeKind, str]]:
        """What `docker diff` lists."""
        return changes(self.lower, self.layer())

    def size(self) -> int:
        """Bytes in the files of the upper layer, as `docker ps -s` counts them."""
        seen = {id(inode): inode for inode in self._upper.values() if inode is not None}
        return sum(inode.size for inode in seen.values() if inode.kind != "directory")

    def __repr__(self) -> str:
        return f"<Overlay of {len(self._upper)} entries over {len(self.lower)}>"


def is_directory_entry(entry: Entry | None) -> bool:
    return entry is not None and entry.kind == "directory"
