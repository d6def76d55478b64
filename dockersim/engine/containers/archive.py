"""A container's files from outside: what ``docker cp``, ``docker export`` and ``docker diff`` work on.

Whether it runs or not, they see its layer over the image, its volumes and the files that the daemon mounts into it,
but no kernel file systems and no tmpfs (moby, ``daemon/containerfs_linux.go``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dockersim.engine import times
from dockersim.engine.containers.rootfs import mount_daemon_files
from dockersim.engine.containers.user import resolve
from dockersim.engine.images.commit import tar_error
from dockersim.errors import InvalidParameter, NotFound, System
from dockersim.fs import FsError, Layer, TarError, Vfs
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.copying import extract, members_of
from dockersim.fs.filesystem import Stat
from dockersim.fs.tar import gunzip, is_gzip, layer_members
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
KINDS = {"A": 1, "C": 0, "D": 2}
_MODE_BITS = {
    "directory": 1 << 31,
    "symlink": 1 << 27,
    "block": 1 << 26,
    "char": 1 << 26 | 1 << 21,
    "fifo": 1 << 25,
    "socket": 1 << 24,
}
_KERNELS = ("proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2")


def view(engine: Engine, container: Container) -> Vfs:
    """The mount namespace that these operations use."""
    vfs = Vfs(container.overlay, clock=engine.sim.time, rng=engine.sim.rng)
    computer = container.ran.computer
    if container.running and computer is not None:
        for mount in computer.vfs.mounts():
            if mount.path != "/" and getattr(mount.fs, "fstype", "proc") not in _KERNELS:
                vfs.mount(mount.path, mount.fs, mount.subpath, read_only=mount.read_only)
    else:
        if container.ran.started:
            mount_daemon_files(engine, container, vfs)
        engine.volumes.show_in(container, vfs)
    return vfs


class Files:
    """The files of one container, called ``name`` by whoever asks."""

    def __init__(self, engine: Engine, container: Container, name: str) -> None:
        self._engine = engine
        self._container = container
        self._name = name
        self._vfs = view(engine, container)

    # ---- looking

    def stat(self, path: str) -> Json:
        """What ``X-Docker-Container-Path-Stat`` says of ``path``; a last link is not followed. NotFound."""
        found = self._lstat(path)
        target = ""
        if found.kind == "symlink":
            try:
                target = self._vfs.realpath(_absolute(path))
            except FsError:
                target = posixpath.join(posixpath.dirname(_absolute(path)), self._vfs.readlink(_absolute(path)))
        return {
            "name": posixpath.basename(posixpath.normpath(_absolute(path))) or "/",
            "size": found.size,
            "mode": go_mode(found),
            "mtime": times.rfc3339(found.mtime_ns),
            "linkTarget": target,
        }

    def _lstat(self, path: str) -> Stat:
        try:
            return self._vfs.lstat(_absolute(path))
        except FsError as error:
            raise self._failure(error, path) from None

    def _failure(self, error: FsError, path: str) -> Exception:
        if error.code == "ENOENT":
            return NotFound(f"Could not find the file {path} in container {self._name}")
        return System(f"lstat {path}: {error.strerror.lower()}")

    def pack(self, path: str) -> bytes:
        """An archive of what is at ``path`` (``DIR/.``: of what is in it)."""
        found = self._lstat(path)
        where = _absolute(path)
        name = posixpath.basename(where.rstrip("/")) or "/"
        try:
            real = self._vfs.realpath(where) if found.kind == "directory" else where
            return write_members(_whole_seconds(members_of(self._vfs, real, name)))
        except FsError as error:
            raise self._failure(error, path) from None

    def log(self, action: str) -> None:
        """Tell ``docker events``."""
        self._engine.lifecycle.log(self._container, action)

    # ---- changing

    def unpack(self, path: str, data: bytes, *, keep_kinds: bool, own: bool) -> None:
        """Unpack an archive into the directory ``path``.

        With ``keep_kinds`` a directory and a file do not replace each other; with ``own`` the container's user owns
        what is made.
        """
        where = _absolute(path)
        try:
            directory = self._vfs.realpath(where)
            is_directory = self._vfs.stat(directory).is_dir
        except FsError as error:
            raise self._failure(error, path) from None
        if not is_directory:
            raise InvalidParameter("extraction point is not a directory")
        self._check_writable(directory)
        owner = self._owner() if own else None
        try:
            members = read_members(gunzip(data) if is_gzip(data) else data)
            made = extract(self._vfs, directory, members, owner=owner, keep_kinds=keep_kinds)
        except TarError as error:
            raise System(tar_error(error)) from None
        except FsError as error:
            raise System(_overwriting(error, directory)) from None
        record = self._engine.sim.trace.record
        record(e.Decided, self._engine.name, self._container.id, f"{len(made)} files copied in", f"docker cp to {path}")

    def _check_writable(self, directory: str) -> None:
        mount = self._vfs.mount_of(directory)
        if mount.path == "/":
            if self._container.host["ReadonlyRootfs"]:
                raise InvalidParameter("container rootfs is marked read-only")
        elif not mount.writable:
            raise InvalidParameter("mounted volume is marked read-only")

    def _owner(self) -> tuple[int, int] | None:
        user = self._container.spec.config["User"]
        if not user:
            return None
        cred = resolve(self._vfs, user).cred
        return cred.uid, cred.gid


def export(container: Container) -> bytes:
    """An archive of the whole file system, without mounts."""
    return write_members(_whole_seconds(layer_members(Layer.of_tree(container.overlay.tree()))))


def changes(container: Container) -> list[Json]:
    """The body of ``GET /containers/{id}/changes``."""
    return [{"Path": path, "Kind": KINDS[kind]} for kind, path in container.overlay.changes()]


def go_mode(found: Stat) -> int:
    """Go's ``os.FileMode`` of a status."""
    bits = _MODE_BITS.get(found.kind, 0) | found.mode & 0o777
    for flag, bit in ((0o4000, 1 << 23), (0o2000, 1 << 22), (0o1000, 1 << 20)):
        if found.mode & flag:
            bits |= bit
    return bits


def _absolute(path: str) -> str:
    return "/" + path.lstrip("/")


def _whole_seconds(members: Iterable[Member]) -> Iterator[Member]:
    """The engine's archives have no fractions of seconds."""
    return (one._replace(mtime_ns=one.mtime_ns // times.SECOND * times.SECOND) for one in members)


def _overwriting(error: FsError, directory: str) -> str:
    """Why an archive could not be unpacked; the engine is inside ``directory`` then, and names places from there."""
    place = posixpath.relpath(error.path, directory) if error.path.startswith("/") else error.path
    if error.code == "EISDIR":
        return f'cannot overwrite directory "{place}" with non-directory "{directory}"'
    if error.code == "ENOTDIR":
        return f'cannot overwrite non-directory "{place}" with directory "{directory}"'
    if error.code == "EBUSY":
        return f"RemoveAll {place}: {error.strerror.lower()}"
    return f"{error.strerror.lower()}: {error.path}" if error.path else error.strerror.lower()
