"""The part of the file system calls that makes, moves and removes names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dockersim.fs.cred import ROOT, Cred, R, W, X
from dockersim.fs.errors import FsError
from dockersim.fs.filesystem import Entry
from dockersim.fs.inode import Inode
from dockersim.fs.mounted import Mounted
from dockersim.fs.namespace import PATH_MAX, SPECIAL, Last
from dockersim.fs.node import Kind, Node
from dockersim.fs.paths import is_below

UMASK = 0o022
T = TypeVar("T")


class Naming(Mounted):
    """A mount namespace whose names can change; `Vfs` has the rest."""

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
        return named(path, lambda: mount.fs.create(mount.inner(last.path), node, now))

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
        named(path, lambda: mount.fs.remove(mount.inner(last.path), self.now()))

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
        named(old, lambda: mount.fs.rename(inner(source.path), inner(goal.path), self.now()))

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


def _is_safe_source(entry: Entry, cred: Cred) -> bool:
    setgid = entry.mode & 0o2010 == 0o2010
    return entry.kind == "file" and not entry.mode & 0o4000 and not setgid and cred.may(entry, R | W)


def named(path: str, act: Callable[[], T]) -> T:
    """Do it; an error of the file system gets the path that was asked for."""
    try:
        return act()
    except FsError as error:
        raise FsError(error.code, path) from None
