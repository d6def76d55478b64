"""Where mounts go: runc makes what is missing of a mount point, in whatever is mounted above it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from dockersim.errors import System
from dockersim.fs import FsError, Stat, Vfs

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container


class MountFailed(System):
    """The runtime could not make a mount; ``message`` is in runc's words."""

    def __init__(self, source: str, destination: str, why: str) -> None:
        super().__init__(f'error mounting "{source}" to rootfs at "{destination}": {why}')

    @classmethod
    def call(cls, source: str, destination: str, error: FsError, asked: str = "flags=MS_BIND|MS_REC") -> MountFailed:
        """The system call was refused; ``asked`` are its flags and data."""
        place = f"mount src={source}, dst={destination}, dstFd=/proc/thread-self/fd/11, {asked}"
        return cls(source, destination, f"{place}: {error.strerror.lower()}")


class Places:
    """The mount points of one container that starts; ``merged`` is where its host has its file system."""

    def __init__(self, container: Container, vfs: Vfs, merged: str) -> None:
        self._overlay = container.overlay
        self._vfs = vfs
        self._merged = merged

    def make(self, source: str, destination: str, is_dir: bool) -> Stat | None:
        """Make what is missing, in a read-only container too; what was there before. Raises :class:`MountFailed`."""
        if destination == "/":
            why = f'mountpoint "{self._merged}" is on the top of rootfs "{self._merged}"'
            raise MountFailed(source, destination, f"create mountpoint for / mount: {why}")
        if self._vfs.exists(destination):
            return self._vfs.stat(destination)
        try:
            _make(self._writable(destination), destination, is_dir)
        except FsError as error:
            call = f"mkdirat {self._merged}{destination}: " if is_dir else ""
            why = f'make mountpoint "{destination}": {call}{error.strerror.lower()}'
            raise MountFailed(source, destination, f"create mountpoint for {destination} mount: {why}") from None
        return None

    def _writable(self, destination: str) -> Vfs:
        """Where to make it: what is read-only to the container itself is not so yet."""
        above = posixpath.join("/", destination)
        while not self._vfs.exists(above):
            above = posixpath.dirname(above)
        on_root = self._vfs.mount_of(above).path == "/"
        return Vfs(self._overlay, clock=lambda: self._vfs.now() / 1e9) if on_root else self._vfs


def _make(vfs: Vfs, path: str, is_dir: bool) -> None:
    vfs.makedirs(path if is_dir else posixpath.dirname(path), 0o755)
    if not is_dir:
        vfs.write_file(path, b"", 0o644)
