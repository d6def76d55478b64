"""What fills an empty volume at first: the files that the image has where it is mounted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.errors import System
from dockersim.fs import FsError, Stat, Vfs

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.volumes.mountpoint import MountPoint


def existing(container: Container, destination: str, now: float) -> tuple[Vfs, Stat | None]:
    """The container's own files, without mounts, and what is at ``destination``."""
    vfs = Vfs(container.overlay, clock=lambda: now)
    try:
        return vfs, vfs.stat(destination)
    except FsError:
        return vfs, None


def populate(container: Container, point: MountPoint, host: Vfs, now: float, merged: str) -> bool:
    """Copy with owners and modes, unless the volume has something in it already. Whether anything was copied.

    System for what is no directory.
    """
    from dockersim.fs.copying import extract, members_of

    assert point.volume is not None
    vfs, stat = existing(container, point.destination, now)
    target = point.volume.path
    if stat is None or host.listdir(target):
        return False
    if not stat.is_dir:
        raise System(f"source {merged}{point.destination} is not directory")
    source = vfs.realpath(point.destination)
    members = [one for one in members_of(vfs, source, "") if one.name]
    extract(host, target, members)
    host.chown(target, stat.uid, stat.gid)
    host.chmod(target, stat.mode)
    host.utimens(target, stat.atime_ns, stat.mtime_ns)
    return bool(members)
