"""What a container sees at ``/``: its layer over the image, kernel file systems, the daemon's own files, its mounts."""

from __future__ import annotations

import contextlib
import posixpath
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from dockersim.engine import disk
from dockersim.errors import Conflict, DockersimError, InvalidParameter, System
from dockersim.fs import FileSystem, FsError, Mount, Node, Overlay, SyntheticFs, Tree, Vfs, device_nodes
from dockersim.userland.kernelfs import OPTIONS, KernelFiles, kind_of

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

_DIRECTORIES = ("/dev", "/dev/pts", "/dev/shm", "/etc", "/proc", "/sys")
_FILES = ("/.dockerenv", "/dev/console", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf")
_DISK = "/dev/sda1"
_DEVICES_OPTIONS = "nosuid,size=65536k,mode=755"
_DEVICES = device_nodes(terminals=0)
_DEVICES_SIZE = 64 << 20
_TERMINALS_OPTIONS = "nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666"
_NOTHING = Overlay(Tree.of({"/": Node.directory(0o1777)}), read_only=True, fstype="tmpfs", capacity=4096, plain=True)


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


def assemble(engine: Engine, container: Container, kernel: KernelFiles) -> Vfs:
    """The mount namespace of a container that is about to start, in runc's order. Raises FsError, DockersimError."""
    vfs = Vfs(
        container.overlay,
        clock=engine.sim.time,
        rng=engine.sim.rng,
        read_only=bool(container.host["ReadonlyRootfs"]),
        options=partial(disk.mount_options, container.image.chain_ids, container.id, engine.root),
    )
    devices = Overlay(_DEVICES, fstype="tmpfs", capacity=_DEVICES_SIZE)
    devices.made_ns = kernel.born
    terminals = _terminals(container, kernel.born)
    vfs.mount_known(
        kernel.proc,
        Mount("/dev", devices, source="tmpfs", options=_DEVICES_OPTIONS),
        Mount("/dev/pts", terminals, source="devpts", options=_TERMINALS_OPTIONS),
        *kernel.sys,
        Mount("/dev/mqueue", _in_memory(engine, "mqueue"), source="mqueue", options=OPTIONS),
    )
    for device in container.host["Devices"] or ():
        _add_device(engine, vfs, device["PathOnHost"], device["PathInContainer"] or device["PathOnHost"])
    _mount_shared_memory(engine, container, vfs)
    engine.volumes.mount_into(container, vfs)
    if container.mounts or container.overlay.touched:
        _make_room(engine, container, vfs)
    return vfs


def _terminals(container: Container, born: int) -> SyntheticFs:
    """``/dev/pts``: the terminal of PID 1, if it has one."""
    nodes = {"/": Node("directory", 0o755), "/ptmx": Node("char", 0o666, rdev=(5, 2))}
    if container.spec.tty:
        nodes["/0"] = Node("char", 0o620, gid=5, rdev=(136, 0))
    names = sorted(path[1:] for path in nodes if path != "/")
    return SyntheticFs(nodes.get, fstype="devpts", names=lambda path: names, made_ns=born)


def _in_memory(engine: Engine, kind: str, size: int | None = None) -> Overlay:
    return Overlay(fstype=kind, capacity=size, plain=True, root=Node.directory(0o1777, mtime=engine.sim.time()))


def _make_room(engine: Engine, container: Container, vfs: Vfs) -> None:
    """Make the places of the daemon's own files, in whatever is mounted above them. Raises MountFailed."""
    for path in _own_files(container):
        source = f"{engine.root}/containers/{container.id}/{posixpath.basename(path)}"
        engine.volumes.places(container, vfs).make(source, path, False)


def protect(container: Container, kernel: KernelFiles, vfs: Vfs) -> None:
    """The last of the mounts: the terminal, and what of the kernel's files a container may not change, or even see."""
    mounts: list[Mount] = []
    if container.spec.tty:
        terminals = vfs.mount_of("/dev/pts").fs
        mounts.append(Mount("/dev/console", terminals, "/0", source="devpts", options=_TERMINALS_OPTIONS))
    devices = vfs.mount_of("/dev").fs
    own = {point.destination for point in container.mounts or ()}
    host = container.host
    mounts += map(kernel.guarded, _there(tuple(host["ReadonlyPaths"] or ())))
    for path in _there(tuple(host["MaskedPaths"] or ())):
        if "/sys" in own and not path.startswith("/proc"):
            continue
        mounts.append(_mask(path) or Mount(path, devices, "/null", False, "tmpfs", _DEVICES_OPTIONS))
    vfs.mount_known(*mounts)


@lru_cache(64)
def _there(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the kernel's places that there are."""
    return tuple(path for path in paths if kind_of(path))


@lru_cache(64)
def _mask(path: str) -> Mount | None:
    """What hides a directory, the same in all containers; ``None`` for a file."""
    if kind_of(path) != "directory":
        return None
    return Mount(path, _NOTHING, "/", True, "tmpfs", "relatime,size=4k,nr_inodes=1")


def _mount_shared_memory(engine: Engine, container: Container, vfs: Vfs) -> None:
    """``/dev/shm`` as ``--ipc`` has it: of its own, none, the host's, or that of a container that shares it."""
    mode = container.host["IpcMode"]
    if mode == "none":
        vfs.rmdir("/dev/shm")
        return
    if mode == "host":
        mount = engine.host.vfs.mount_of("/dev/shm")
        vfs.mount("/dev/shm", mount.fs, mount.inner("/dev/shm"), source="shm", options=OPTIONS)
        return
    size = container.host["ShmSize"]
    memory: FileSystem = _in_memory(engine, "tmpfs", size)
    if mode.startswith("container:"):
        memory = _shared_by(engine, mode.partition(":")[2])
    vfs.mount("/dev/shm", memory, source="shm", options=f"{OPTIONS},size={size >> 10}k")


def _shared_by(engine: Engine, reference: str) -> FileSystem:
    try:
        other = engine.containers.get(reference)
    except DockersimError as error:
        raise InvalidParameter(f"failed to join IPC namespace: {error.message}") from None
    words = f"failed to join IPC namespace: container {other.id}"
    computer = other.ran.computer
    if computer is None or not other.running:
        raise Conflict(f"{words} is not running")
    if other.host["IpcMode"] in ("private", "none"):
        raise InvalidParameter(f"{words}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)")
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
    files.disk = container.overlay.disk
    read_only = bool(container.host["ReadonlyRootfs"])
    for path in _own_files(container):
        try:
            vfs.mount(path, files, path, read_only=read_only, source=_DISK)
        except FsError as error:
            if error.code not in ("ENOENT", "ENOTDIR"):
                raise


def _own_files(container: Container) -> list[str]:
    own = {point.destination for point in container.mounts or ()}
    return [path for path in ("/etc/resolv.conf", "/etc/hostname", "/etc/hosts") if path not in own]
