"""What a container sees at ``/``: its layer over the image, kernel file systems, the daemon's own files, its mounts."""

from __future__ import annotations

import contextlib
import posixpath
from typing import TYPE_CHECKING

from dockersim.errors import Conflict, DockersimError, System
from dockersim.fs import FileSystem, FsError, Node, Overlay, Vfs, device_nodes

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

_DIRECTORIES = ("/dev", "/dev/pts", "/dev/shm", "/etc", "/proc", "/sys")
_FILES = ("/.dockerenv", "/dev/console", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf")
_DEVICES = device_nodes()


def fill_mount_points(layer: Overlay, now: float) -> None:
    """Put what the daemon mounts over into a layer between an image and its containers: empty files and directories.

    Docker keeps it as ``<id>-init``; it is below a container's own layer, so ``docker diff`` is silent about it.
    """
    vfs = Vfs(layer, clock=lambda: now)
    for path in _DIRECTORIES:
        if not vfs.exists(path):
            vfs.makedirs(path, 0o755)
    for path in _FILES:
        if not vfs.exists(path):
            vfs.write_file(path, b"", mode=0o755)
    with contextlib.suppress(FsError):  # most images bring the link along
        vfs.symlink("/proc/mounts", "/etc/mtab")


def make_working_directory(engine: Engine, container: Container) -> None:
    """Make ``WorkingDir`` in a new container's own layer, where its image has none. System for what is in its way."""
    wanted = container.spec.config["WorkingDir"]
    if not wanted:
        return
    vfs = Vfs(container.overlay, clock=engine.sim.time)
    if vfs.is_dir(wanted):
        return
    if vfs.exists(wanted):
        raise System(f"Cannot mkdir: {wanted} is not a directory")
    try:
        vfs.makedirs(wanted, 0o755)
    except FsError:
        place = f"{engine.root}/overlay2/{container.id}/merged{wanted}"
        raise System(f"lstat {place}: not a directory") from None


def assemble(engine: Engine, container: Container) -> Vfs:
    """The mount namespace of a container that is about to start. Raises FsError for mounts that cannot be made."""
    vfs = Vfs(
        container.overlay,
        clock=engine.sim.time,
        rng=engine.sim.rng,
        read_only=bool(container.host["ReadonlyRootfs"]),
    )
    devices = Overlay(_DEVICES, fstype="tmpfs")
    devices.made_ns = engine.sim.nanoseconds()
    vfs.mount("/dev", devices, source="tmpfs")
    for device in container.host["Devices"] or ():
        _add_device(engine, vfs, device["PathOnHost"], device["PathInContainer"] or device["PathOnHost"])
    _mount_shared_memory(engine, container, vfs)
    engine.volumes.mount_into(container, vfs)
    return vfs


def _mount_shared_memory(engine: Engine, container: Container, vfs: Vfs) -> None:
    """``/dev/shm`` as ``--ipc`` has it: of its own, none, the host's, or that of a container that shares it."""
    mode = container.host["IpcMode"]
    if mode == "none":
        vfs.rmdir("/dev/shm")
        return
    options = "nosuid,nodev,noexec,relatime"
    if mode == "host":
        mount = engine.host.vfs.mount_of("/dev/shm")
        vfs.mount("/dev/shm", mount.fs, mount.inner("/dev/shm"), source="shm", options=options)
        return
    size = container.host["ShmSize"]
    memory: FileSystem = Overlay(fstype="tmpfs", capacity=size, root=Node.directory(0o1777))
    if mode.startswith("container:"):
        memory = _shared_by(engine, mode.partition(":")[2])
    vfs.mount("/dev/shm", memory, source="shm", options=f"{options},size={size >> 10}k")


def _shared_by(engine: Engine, reference: str) -> FileSystem:
    try:
        other = engine.containers.get(reference)
    except DockersimError as error:
        raise System(f"failed to join IPC namespace: {error.message}") from None
    words = f"failed to join IPC namespace: container {other.id}"
    computer = other.ran.computer
    if computer is None or not other.running:
        raise Conflict(f"{words} is not running")
    if other.host["IpcMode"] in ("private", "none"):
        raise System(f"{words}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)")
    return computer.vfs.mount_of("/dev/shm").fs


def _add_device(engine: Engine, vfs: Vfs, source: str, target: str) -> None:
    """Make a node for a device of the host. System where the host has none."""
    words = f'error gathering device information while adding custom device "{source}": '
    try:
        node = engine.host.vfs.stat(source)
    except FsError as error:
        raise System(words + error.strerror.lower()) from None
    if node.kind not in ("char", "block"):
        raise System(f"{words}not a device node")
    vfs.makedirs(posixpath.dirname(target), 0o755)
    vfs.mknod(target, node.kind, node.mode & 0o7777, rdev=node.rdev, umask=0)
    vfs.chown(target, node.uid, node.gid)


def mount_daemon_files(engine: Engine, container: Container, vfs: Vfs) -> None:
    """Mount the files that the daemon writes for a container over those of its image, not over the user's mounts."""
    files = engine.networks.files(container)
    own = {point.destination for point in container.mounts or ()}
    for path in ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf"):
        if path not in own:
            _mount_over(vfs, path, files, bool(container.host["ReadonlyRootfs"]))


def _mount_over(vfs: Vfs, path: str, file_system: Overlay, read_only: bool) -> None:
    try:
        vfs.mount(path, file_system, path, read_only=read_only, source="/dev/sda1")
    except FsError as error:
        if error.code not in ("ENOENT", "ENOTDIR"):
            raise
