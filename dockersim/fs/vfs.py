"""The file system calls of a little computer, errno for errno as Linux gives them."""

from __future__ import annotations

from dockersim.fs.cred import ROOT, Cred, R, W
from dockersim.fs.errors import FsError
from dockersim.fs.file import Directory, File, RegularFile
from dockersim.fs.filesystem import Entry, stat_of
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
from dockersim.fs.namespace import SPECIAL, Last
from dockersim.fs.naming import UMASK, Naming, named


class Vfs(Naming):
    """One mount namespace: a root file system and what is mounted on it.

    Paths may be relative to `cwd`, a canonical path (see `realpath`). `cred` is who asks. Modes given to calls that
    create are cut by `umask`. All failures are FsError. `clock` gives seconds since 1970; `rng` feeds /dev/urandom.
    A kernel plugs other devices into `devices`, by (major, minor), or by kind for "fifo" and "socket".
    """

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
        """Set owner and group, -1 for unchanged. Few may give files away; owners may choose among their groups."""
        where, entry = self._changeable(path, cwd, cred, follow)
        owner = entry.uid == cred.uid
        new_uid_ok = uid in (-1, entry.uid) if owner else uid == -1
        new_gid_ok = gid == -1 or (owner and (gid == entry.gid or cred.in_group(gid)))
        dropped = 0 if entry.kind == "directory" else cred.dropped_ids(entry)
        if not (cred.gives_away or (new_uid_ok and new_gid_ok and (owner or not dropped))):
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
        inode = named(where, lambda: mount.fs.writable(mount.inner(where)))
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
        return self._open_entry(last.path, inode, bits & ~O_TRUNC, path, cred)

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
            return Directory(where, bits, lambda: self.stat(where))
        if entry.kind != "file":
            factory = self.devices.get(entry.rdev or entry.kind)
            if factory is None:
                raise FsError("ENXIO", path)
            return factory(where, bits, self._stat(where))
        inode = named(path, lambda: fs.hold(inner, bits & O_ACCMODE != O_RDONLY))
        dev = self._dev(fs)
        file = RegularFile(where, bits, lambda: stat_of(inode, dev), fs, inode, self.now, cred)
        if bits & O_TRUNC and bits & O_ACCMODE != O_RDONLY:
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
