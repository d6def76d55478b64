"""The file system calls of a little computer, errno for errno as Linux gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from dockersim.fs.cred import ROOT, Cred, R, W, X
from dockersim.fs.devices import memory_devices
from dockersim.fs.errors import FsError
from dockersim.fs.file import DeviceFactory, Directory, File, RegularFile
from dockersim.fs.filesystem import Entry, FileSystem, Stat, StatFs
from dockersim.fs.flags import (
    O_ACCMODE,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_NOFOLLOW,
    O_RDONLY,
    O_TRUNC,
    O_WRONLY,
    open_flags,
)
from dockersim.fs.inode import Inode
from dockersim.fs.namespace import PATH_MAX, SPECIAL, Last, Mount, Namespace
from dockersim.fs.node import Kind, Node
from dockersim.fs.paths import is_below

if TYPE_CHECKING:
    from random import Random

UMASK = 0o022
T = TypeVar("T")


class Vfs:
    """One mount namespace: a root file system and what is mounted on it.

    Paths may be relative to `cwd`, a canonical path (see `realpath`). `cred` is who asks. Modes given to calls that
    create are cut by `umask`. All failures are FsError. `clock` gives seconds since 1970; `rng` feeds /dev/urandom.
    A kernel plugs other devices into `devices`, by (major, minor), or by kind for "fifo" and "socket".
    """

    def __init__(
        self,
        root: FileSystem,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        rng: Random | None = None,
        source: str = "overlay",
        read_only: bool = False,
    ) -> None:
        self._clock = clock
        self._names = Namespace(Mount("/", root, "/", read_only, source))
        self._devs: dict[int, int] = {}
        self.devices: dict[tuple[int, int] | str, DeviceFactory] = memory_devices(rng)

    def now(self) -> int:
        """The time in nanoseconds since 1970, to the microsecond."""
        return int(self._clock() * 1e6) * 1000

    # -- mounts

    def mount(
        self,
        path: str,
        fs: FileSystem,
        subpath: str = "/",
        *,
        read_only: bool = False,
        source: str = "none",
        options: str = "",
        cwd: str = "/",
    ) -> None:
        """Show `fs`, or the directory or single file at `subpath` in it, at `path`, which must exist.

        ENOTDIR if one is a directory and the other is not; ENOENT if one is missing.
        """
        where, entry = self._names.locate(path, cwd, ROOT)
        shown = fs.lookup(subpath)
        if shown is None:
            raise FsError("ENOENT", subpath)
        if (entry.kind == "directory") != (shown.kind == "directory"):
            raise FsError("ENOTDIR", path)
        self._names.attach(Mount(where, fs, subpath, read_only, source, options))

    def umount(self, path: str, *, cwd: str = "/") -> None:
        """Undo the last mount on `path`: EINVAL if there is none, EBUSY if others are below it."""
        self._names.detach(self.realpath(path, cwd=cwd))

    def mounts(self) -> list[Mount]:
        """The mount table, ordered by path."""
        return self._names.mounts()

    def mount_of(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> Mount:
        """The mount that `path` is on."""
        return self._names.at(self.realpath(path, cwd=cwd, cred=cred))

    def statfs(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> StatFs:
        """Space and its use on the file system that `path` is on."""
        return self.mount_of(path, cwd=cwd, cred=cred).fs.statfs()

    # -- looking

    def stat(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> Stat:
        """The status of what `path` names, links followed."""
        return self._stat(self._names.locate(path, cwd, cred)[0])

    def lstat(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> Stat:
        """The status of what `path` names; a last symbolic link is not followed."""
        return self._stat(self._names.locate(path, cwd, cred, follow=False)[0])

    def _stat(self, where: str) -> Stat:
        mount = self._names.at(where)
        return mount.fs.stat(mount.inner(where), self._dev(mount.fs))

    def _dev(self, fs: FileSystem) -> int:
        return self._devs.setdefault(id(fs), len(self._devs) + 41)

    def exists(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> bool:
        """Whether stat(2) would succeed."""
        try:
            return self._names.probe(path, cwd, cred)[1] is not None
        except FsError:
            return False

    def is_dir(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> bool:
        """Whether `path` is, or leads to, a directory."""
        try:
            entry = self._names.probe(path, cwd, cred)[1]
        except FsError:
            return False
        return entry is not None and entry.kind == "directory"

    def readlink(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> str:
        """The target of a symbolic link; EINVAL for anything else."""
        entry = self._names.locate(path, cwd, cred, follow=False)[1]
        if entry.kind != "symlink":
            raise FsError("EINVAL", path)
        return entry.target

    def realpath(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> str:
        """The canonical path of something that exists."""
        return self._names.locate(path, cwd, cred)[0]

    def listdir(self, path: str = ".", *, cwd: str = "/", cred: Cred = ROOT) -> list[str]:
        """The sorted names in a directory, without `.` and `..`."""
        where, entry = self._names.locate(path, cwd, cred)
        if entry.kind != "directory":
            raise FsError("ENOTDIR", path)
        self._may(entry, R, cred, path)
        mount = self._names.at(where)
        return list(mount.fs.listdir(mount.inner(where)))

    def walk(self, top: str, *, cwd: str = "/", cred: Cred = ROOT) -> Iterator[tuple[str, Stat]]:
        """`top` and all below it with their status, each directory before what is in it; links are not followed.

        Paths are `top` with names added. What cannot be read raises, as listdir does.
        """
        stack = [top]
        while stack:
            path = stack.pop()
            stat = self.lstat(path, cwd=cwd, cred=cred)
            yield path, stat
            if stat.kind == "directory":
                names = self.listdir(path, cwd=cwd, cred=cred)
                stack.extend(f"{path.rstrip('/')}/{name}" for name in reversed(names))

    def access(self, path: str, mode: int, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """Raise EACCES or EROFS unless `cred` may do `mode`: a sum of R (4), W (2), X (1), or 0 for existence."""
        where, entry = self._names.locate(path, cwd, cred)
        mount = self._names.at(where)
        on_disk = entry.kind in ("file", "directory", "symlink")
        if mode & W and on_disk and mount.fs.read_only:
            raise FsError("EROFS", path)
        self._may(entry, mode, cred, path)
        if mode & W and on_disk and mount.read_only:
            raise FsError("EROFS", path)

    def _may(self, entry: Entry, want: int, cred: Cred, path: str) -> None:
        if not cred.may(entry, want):
            raise FsError("EACCES", path)

    # -- making

    def mkdir(self, path: str, mode: int = 0o777, *, cwd: str = "/", cred: Cred = ROOT, umask: int = UMASK) -> None:
        """Make a directory."""
        last = self._names.last(path, cwd, cred)
        self._free(last, path, slash_ok=True)
        self._create(last, "directory", mode & 0o1777, path, cred, umask)

    def makedirs(self, path: str, mode: int = 0o777, *, cwd: str = "/", cred: Cred = ROOT, umask: int = UMASK) -> None:
        """Make a directory and those above it that are missing; fine if it is there, ENOTDIR or EEXIST if a file is."""
        done = "/" if path.startswith("/") else ""
        for name in [name for name in path.split("/") if name]:
            done += name
            if not self.is_dir(done, cwd=cwd, cred=cred):
                self.mkdir(done, mode, cwd=cwd, cred=cred, umask=umask)
            done += "/"

    def symlink(self, target: str, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """Make a symbolic link at `path`."""
        if not target:
            raise FsError("ENOENT", path)
        if len(target.encode("utf-8", "surrogateescape")) >= PATH_MAX:
            raise FsError("ENAMETOOLONG", path)
        last = self._names.last(path, cwd, cred)
        self._free(last, path)
        self._create(last, "symlink", 0o777, path, cred, 0, target=target)

    def mkfifo(self, path: str, mode: int = 0o666, *, cwd: str = "/", cred: Cred = ROOT, umask: int = UMASK) -> None:
        """Make a named pipe."""
        self.mknod(path, "fifo", mode, cwd=cwd, cred=cred, umask=umask)

    def mknod(
        self,
        path: str,
        kind: Kind,
        mode: int = 0o666,
        rdev: tuple[int, int] | None = None,
        *,
        cwd: str = "/",
        cred: Cred = ROOT,
        umask: int = UMASK,
    ) -> None:
        """Make a fifo, socket, empty file or, as a privileged user, a device (EPERM for others)."""
        last = self._names.last(path, cwd, cred)
        self._free(last, path)
        self._may_enter(last, path, cred)
        if kind in ("char", "block") and not cred.privileged:
            raise FsError("EPERM", path)
        self._create(last, kind, mode, path, cred, umask, rdev=rdev)

    def link(self, old: str, new: str, *, cwd: str = "/", cred: Cred = ROOT, follow: bool = False) -> None:
        """Give a file one more name. EPERM for directories, and for files of others that one may not write
        (fs.protected_hardlinks, as distributions set it); EXDEV across mounts."""
        source, entry = self._names.locate(old, cwd, cred, follow)
        last = self._names.last(new, cwd, cred)
        self._free(last, new)
        mount = self._names.at(last.directory)
        if self._names.at(source) is not mount:
            raise FsError("EXDEV", new)
        if not (cred.owns(entry) or _is_safe_source(entry, cred)):
            raise FsError("EPERM", new)
        self._may_enter(last, new, cred)
        if entry.kind == "directory":
            raise FsError("EPERM", new)
        mount.fs.link(mount.inner(source), mount.inner(last.path), self.now())

    def _free(self, last: Last, path: str, slash_ok: bool = False) -> None:
        """What every call that creates a name checks first."""
        if last.name in SPECIAL or self._names.final(last, path) is not None:
            raise FsError("EEXIST", path)
        if last.slash and not slash_ok:
            raise FsError("ENOENT", path)
        if not self._names.at(last.directory).writable:
            raise FsError("EROFS", path)

    def _may_enter(self, last: Last, path: str, cred: Cred) -> None:
        directory = self._names.entry(last.directory)
        assert directory is not None
        self._may(directory, W | X, cred, path)

    def _create(
        self,
        last: Last,
        kind: Kind,
        mode: int,
        path: str,
        cred: Cred,
        umask: int,
        target: str = "",
        rdev: tuple[int, int] | None = None,
    ) -> Inode:
        self._may_enter(last, path, cred)
        directory = self._names.entry(last.directory)
        assert directory is not None
        gid = cred.gid
        mode &= 0o7777 & ~umask
        if directory.mode & 0o2000:
            gid = directory.gid
            if kind == "directory":
                mode |= 0o2000
            elif mode & 0o2010 == 0o2010 and not (cred.privileged or cred.in_group(gid)):
                mode &= ~0o2000
        mount = self._names.at(last.directory)
        now = self.now()
        node = Node(kind, mode, cred.uid, gid, now, target=target, rdev=rdev)
        return _named(path, lambda: mount.fs.create(mount.inner(last.path), node, now))

    # -- unmaking and moving

    def unlink(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """Take the name of anything but a directory away; the file lives on while it is open or has another name."""
        last = self._names.last(path, cwd, cred)
        if last.name in SPECIAL:
            raise FsError("EISDIR", path)
        entry = self._doomed(last, path)
        if last.slash:
            raise FsError("EISDIR" if entry.kind == "directory" else "ENOTDIR", path)
        self._may_delete(last, entry, path, cred)
        if entry.kind == "directory":
            raise FsError("EISDIR", path)
        self._remove(last, path)

    def rmdir(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """Remove an empty directory."""
        last = self._names.last(path, cwd, cred)
        if last.name in SPECIAL:
            raise FsError({"": "EBUSY", ".": "EINVAL", "..": "ENOTEMPTY"}[last.name], path)
        entry = self._doomed(last, path)
        self._may_delete(last, entry, path, cred)
        if entry.kind != "directory":
            raise FsError("ENOTDIR", path)
        if self._names.is_mount(last.path):
            raise FsError("EBUSY", path)
        mount = self._names.at(last.path)
        if mount.fs.listdir(mount.inner(last.path)):
            raise FsError("ENOTEMPTY", path)
        self._remove(last, path)

    def _doomed(self, last: Last, path: str) -> Entry:
        if not self._names.at(last.directory).writable:
            raise FsError("EROFS", path)
        entry = self._names.final(last, path)
        if entry is None:
            raise FsError("ENOENT", path)
        return entry

    def _may_delete(self, last: Last, entry: Entry, path: str, cred: Cred) -> None:
        directory = self._names.entry(last.directory)
        assert directory is not None
        self._may(directory, W | X, cred, path)
        if directory.mode & 0o1000 and not (cred.owns(entry) or cred.owns(directory)):
            raise FsError("EPERM", path)

    def _remove(self, last: Last, path: str) -> None:
        if self._names.is_mount(last.path):
            raise FsError("EBUSY", path)
        mount = self._names.at(last.directory)
        _named(path, lambda: mount.fs.remove(mount.inner(last.path), self.now()))

    def rename(self, old: str, new: str, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """Move `old` to `new`, in place of what is there if it is of the same sort (an empty directory, a file)."""
        source, goal = self._names.last(old, cwd, cred), self._names.last(new, cwd, cred)
        mount = self._names.at(source.directory)
        if self._names.at(goal.directory) is not mount:
            raise FsError("EXDEV", old)
        if source.name in SPECIAL or goal.name in SPECIAL:
            raise FsError("EBUSY", old)
        entry, target = self._doomed(source, old), self._names.final(goal, old)
        if entry.kind != "directory" and (source.slash or goal.slash):
            raise FsError("ENOTDIR", old)
        if is_below(goal.path, source.path):
            raise FsError("EINVAL", old)
        if is_below(source.path, goal.path):
            raise FsError("ENOTEMPTY", old)
        if target is not None and self._stat(source.path)[6:8] == self._stat(goal.path)[6:8]:
            return
        self._may_move(source, goal, entry, target, old, cred)
        if target is not None:
            self._remove(goal, old)
        inner = mount.inner
        _named(old, lambda: mount.fs.rename(inner(source.path), inner(goal.path), self.now()))

    def _may_move(self, source: Last, goal: Last, entry: Entry, target: Entry | None, path: str, cred: Cred) -> None:
        is_dir = entry.kind == "directory"
        self._may_delete(source, entry, path, cred)
        if target is None:
            self._may_enter(goal, path, cred)
        else:
            self._may_delete(goal, target, path, cred)
            if is_dir != (target.kind == "directory"):
                raise FsError("ENOTDIR" if is_dir else "EISDIR", path)
        if is_dir and source.directory != goal.directory:
            self._may(entry, W, cred, path)
        names = self._names
        if names.is_mount(source.path) or names.is_mount(goal.path) or names.mounts_below(source.path):
            raise FsError("EBUSY", path)
        mount = names.at(goal.directory)
        if target is not None and is_dir and mount.fs.listdir(mount.inner(goal.path)):
            raise FsError("ENOTEMPTY", path)

    # -- attributes

    def chmod(self, path: str, mode: int, *, cwd: str = "/", cred: Cred = ROOT, follow: bool = True) -> None:
        """Set the 12 permission bits; EPERM unless owner."""
        where, entry = self._changeable(path, cwd, cred, follow)
        if not cred.owns(entry):
            raise FsError("EPERM", path)
        if not (cred.privileged or cred.in_group(entry.gid)):
            mode &= ~0o2000
        self._inode(where).mode = mode & 0o7777

    def chown(self, path: str, uid: int, gid: int, *, cwd: str = "/", cred: Cred = ROOT, follow: bool = True) -> None:
        """Set owner and group, -1 for unchanged. Only the privileged give files away; owners may choose among
        their groups."""
        where, entry = self._changeable(path, cwd, cred, follow)
        owner = entry.uid == cred.uid
        new_uid_ok = uid in (-1, entry.uid) if owner else uid == -1
        new_gid_ok = gid == -1 or (owner and (gid == entry.gid or cred.in_group(gid)))
        dropped = 0 if entry.kind == "directory" else cred.dropped_ids(entry)
        if not (cred.privileged or (new_uid_ok and new_gid_ok and (owner or not dropped))):
            raise FsError("EPERM", path)
        inode = self._inode(where)
        inode.mode &= ~dropped
        inode.uid = inode.uid if uid == -1 else uid
        inode.gid = inode.gid if gid == -1 else gid

    def lchown(self, path: str, uid: int, gid: int, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """`chown` that does not follow a last symbolic link."""
        self.chown(path, uid, gid, cwd=cwd, cred=cred, follow=False)

    def utimens(
        self,
        path: str,
        atime_ns: int | None = None,
        mtime_ns: int | None = None,
        *,
        cwd: str = "/",
        cred: Cred = ROOT,
        follow: bool = True,
    ) -> None:
        """Set the times, in nanoseconds, None for now. Both None needs write permission, else one must be the owner.

        To keep one of them, pass what `stat` gives.
        """
        where, entry = self._changeable(path, cwd, cred, follow)
        if not cred.owns(entry):
            if atime_ns is not None or mtime_ns is not None:
                raise FsError("EPERM", path)
            self._may(entry, W, cred, path)
        inode = self._inode(where)
        inode.atime_ns = inode.ctime_ns if atime_ns is None else atime_ns
        inode.mtime_ns = inode.ctime_ns if mtime_ns is None else mtime_ns

    def truncate(self, path: str, size: int, *, cwd: str = "/", cred: Cred = ROOT) -> None:
        """Set the size of a file in bytes; growth beyond 1 MiB is sparse."""
        if size < 0:
            raise FsError("EINVAL", path)
        where, entry = self._names.locate(path, cwd, cred)
        if entry.kind != "file":
            raise FsError("EISDIR" if entry.kind == "directory" else "EINVAL", path)
        if not self._names.at(where).writable:
            raise FsError("EROFS", path)
        self._may(entry, W, cred, path)
        with self._open_entry(where, entry, O_WRONLY, path, cred) as file:
            file.truncate(size)

    def _changeable(self, path: str, cwd: str, cred: Cred, follow: bool) -> tuple[str, Entry]:
        where, entry = self._names.locate(path, cwd, cred, follow)
        if not self._names.at(where).writable:
            raise FsError("EROFS", path)
        return where, entry

    def _inode(self, where: str) -> Inode:
        """The inode behind a path, copied up, its change time set."""
        mount = self._names.at(where)
        inode = _named(where, lambda: mount.fs.writable(mount.inner(where)))
        inode.ctime_ns = self.now()
        return inode

    # -- content

    def open(
        self,
        path: str,
        flags: str | int = "r",
        mode: int = 0o666,
        *,
        cwd: str = "/",
        cred: Cred = ROOT,
        umask: int = UMASK,
    ) -> File:
        """An open file description. `flags` are as for open(2), or `r`, `w`, `a`, `x`, each also with `+`."""
        bits = open_flags(flags)
        if not bits & O_CREAT:
            where, entry = self._names.locate(path, cwd, cred, not bits & O_NOFOLLOW)
            return self._open_existing(where, entry, bits, path, cred)
        links: list[str] = []
        last = self._names.last(path, cwd, cred, links)
        while True:
            if last.slash and last.name not in SPECIAL:
                raise FsError("EISDIR", path)
            found = self._names.final(last, path)
            if found is None:
                return self._open_new(last, bits, mode, path, cred, umask)
            if bits & O_EXCL:
                raise FsError("EEXIST", path)
            if found.kind != "symlink" or bits & O_NOFOLLOW:
                return self._open_existing(last.path, found, bits, path, cred)
            last = self._names.follow(found, last.directory, cred, links, path)

    def _open_new(self, last: Last, bits: int, mode: int, path: str, cred: Cred, umask: int) -> File:
        if last.name in SPECIAL:
            raise FsError("ENOENT", path)
        if not self._names.at(last.directory).writable:
            raise FsError("EROFS", path)
        inode = self._create(last, "file", mode, path, cred, umask)
        return self._open_entry(last.path, inode, bits, path, cred)

    def _open_existing(self, where: str, entry: Entry, bits: int, path: str, cred: Cred) -> File:
        kind = entry.kind
        writes = bits & O_ACCMODE != O_RDONLY or bool(bits & O_TRUNC)
        if kind == "symlink":
            raise FsError("ELOOP", path)
        if kind == "directory" and (writes or bits & O_CREAT):
            raise FsError("EISDIR", path)
        if bits & O_DIRECTORY and kind != "directory":
            raise FsError("ENOTDIR", path)
        mount = self._names.at(where)
        read_only = kind == "file" and writes and not mount.writable
        if read_only and (bits & O_TRUNC or mount.fs.read_only):
            raise FsError("EROFS", path)
        access = (R, W, R | W, R | W)[bits & O_ACCMODE]
        self._may(entry, access | (W if bits & O_TRUNC else 0), cred, path)
        if read_only:
            raise FsError("EROFS", path)
        return self._open_entry(where, entry, bits, path, cred)

    def _open_entry(self, where: str, entry: Entry, bits: int, path: str, cred: Cred) -> File:
        mount = self._names.at(where)
        fs, inner = mount.fs, mount.inner(where)
        special = fs.opened(inner, bits)
        if special is not None:
            return special
        if entry.kind == "directory":
            return Directory(where, bits, lambda: self._stat(where))
        if entry.kind != "file":
            factory = self.devices.get(entry.rdev or entry.kind)
            if factory is None:
                raise FsError("ENXIO", path)
            return factory(where, bits, self._stat(where))
        inode = _named(path, lambda: fs.hold(inner, bits & O_ACCMODE != O_RDONLY))
        dev = self._dev(fs)
        file = RegularFile(where, bits, lambda: _stat_of(inode, dev), fs, inode, self.now, cred)
        if bits & O_TRUNC and bits & O_ACCMODE != O_RDONLY and inode.size:
            file.truncate(0)
        return file

    def read_file(self, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> bytes:
        """All of a file's bytes."""
        with self.open(path, O_RDONLY, cwd=cwd, cred=cred) as file:
            return file.read()

    def write_file(
        self,
        path: str,
        data: bytes | str,
        mode: int = 0o644,
        *,
        cwd: str = "/",
        cred: Cred = ROOT,
        umask: int = UMASK,
        append: bool = False,
    ) -> None:
        """Replace (or append to) a file's content; str is written as UTF-8. A new file gets `mode`."""
        with self.open(path, "a" if append else "w", mode, cwd=cwd, cred=cred, umask=umask) as file:
            file.write(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data)


def _stat_of(inode: Inode, dev: int) -> Stat:
    """The status of a file that may have lost its names."""
    return Stat(
        inode.kind, inode.mode, inode.uid, inode.gid, inode.size, inode.nlink, inode.ino, dev, inode.rdev,
        inode.atime_ns, inode.mtime_ns, inode.ctime_ns,
    )  # fmt: skip


def _is_safe_source(entry: Entry, cred: Cred) -> bool:
    setgid = entry.mode & 0o2010 == 0o2010
    return entry.kind == "file" and not entry.mode & 0o4000 and not setgid and cred.may(entry, R | W)


def _named(path: str, act: Callable[[], T]) -> T:
    """Do it; an error of the file system gets the path that was asked for."""
    try:
        return act()
    except FsError as error:
        raise FsError(error.code, path) from None
