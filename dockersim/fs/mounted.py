"""The part of the file system calls that only looks: mounts, status, names in directories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dockersim.fs.cred import ROOT, Cred, R, W, X
from dockersim.fs.devices import memory_devices
from dockersim.fs.errors import FsError
from dockersim.fs.file import DeviceFactory
from dockersim.fs.filesystem import Entry, FileSystem, Stat, StatFs
from dockersim.fs.inode import Inode
from dockersim.fs.namespace import Mount, Namespace
from dockersim.fs.node import Node
from dockersim.fs.overlay import Overlay
from dockersim.fs.pinned import PinnedFile

if TYPE_CHECKING:
    from random import Random


class Mounted:
    """A mount namespace that can be looked at; `Vfs` has the rest."""

    def __init__(
        self,
        root: FileSystem,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        rng: Random | None = None,
        source: str = "overlay",
        read_only: bool = False,
        options: str | Callable[[], str] = "",
    ) -> None:
        self._clock = clock
        self._names = Namespace(Mount("/", root, "/", read_only, source, options))
        self._devs: dict[FileSystem, int] = {}
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
        options: str | Callable[[], str] = "",
        cwd: str = "/",
    ) -> None:
        """Show `fs`, or the directory or single file at `subpath` in it, at `path`, which must exist.

        A single file is pinned: the mount stays with it when its name is given to another. ENOTDIR if one is a
        directory and the other is not; ENOENT if one is missing.
        """
        where, entry = self._names.locate(path, cwd, ROOT)
        shown = fs.lookup(subpath)
        if shown is None:
            raise FsError("ENOENT", subpath)
        if (entry.kind == "directory") != (shown.kind == "directory"):
            raise FsError("ENOTDIR", path)
        if shown.kind == "file" and isinstance(fs, Overlay):
            fs, subpath = PinnedFile(fs, subpath), "/"
        self._names.attach(Mount(where, fs, subpath, read_only, source, options))

    def mount_known(self, *mounts: Mount) -> None:
        """Mount at places that are known to be there, of the right kind, and to have no mounts below: nobody looks."""
        self._names.add(mounts)

    def umount(self, path: str, *, cwd: str = "/") -> None:
        """Undo the last mount on `path`: EINVAL if there is none, EBUSY if others are below it."""
        self._names.detach(self.realpath(path, cwd=cwd))

    def mounts(self) -> list[Mount]:
        """The mount table, in the order of mounting."""
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
        if isinstance(fs, PinnedFile):
            fs = fs.origin
        return self._devs.setdefault(fs, len(self._devs) + 41)

    def node(self, path: str, *, cwd: str = "/", cred: Cred = ROOT, follow: bool = False) -> Node:
        """The value of what `path` names: content with its declared size, target, attributes. EACCES if unreadable."""
        entry = self._names.locate(path, cwd, cred, follow)[1]
        if entry.kind == "file":
            self._may(entry, R, cred, path)
        return entry.node() if isinstance(entry, Inode) else entry._replace(link="")

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

    def executable(self, path: str, size: int, *, cwd: str = "/", cred: Cred = ROOT) -> bytes:
        """The first `size` bytes of a file that `cred` may execute; EACCES for what is no file, or may not be."""
        where, entry = self._names.locate(path, cwd, cred)
        if entry.kind != "file" or not self._names.at(where).executable:
            raise FsError("EACCES", path)
        self._may(entry, X, cred, path)
        return bytes(entry.data[:size])

    def _may(self, entry: Entry, want: int, cred: Cred, path: str) -> None:
        if not cred.may(entry, want):
            raise FsError("EACCES", path)
