"""Putting ``/proc`` and ``/sys`` into a computer's tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockersim.fs import Node, SyntheticFs

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer


def mount_kernel_files(computer: Computer, settings_read_only: bool = False) -> None:
    """Mount ``/proc`` and ``/sys`` on ``computer``'s tree; ``settings_read_only``: none may change ``/proc/sys``."""
    vfs = computer.vfs
    for path in ("/proc", "/sys"):
        if not vfs.exists(path):
            vfs.mkdir(path, 0o555)
    options = "nosuid,nodev,noexec,relatime"
    proc = _OnDemand(lambda: _proc(computer))
    now = computer.kernel.sim.nanoseconds()
    shown = SyntheticFs(proc.content, opener=proc.open, names=proc.names, store=proc.store, made_ns=now)
    vfs.mount("/proc", shown, source="proc", options=options)
    if settings_read_only:
        vfs.mount("/proc/sys", shown, "/sys", read_only=True, source="proc", options=options)
    sys = _OnDemand(lambda: _sys(computer))
    shown = SyntheticFs(sys.content, fstype="sysfs", read_only=True, names=sys.names, made_ns=now)
    vfs.mount("/sys", shown, source="sysfs", read_only=True, options=options)


class _OnDemand:
    """The content of a file system that is worked out when somebody first looks below its root: most never do."""

    _ROOT = Node.directory(0o555)

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def _get(self) -> Any:
        if self._made is None:
            self._made = self._make()
        return self._made

    def content(self, path: str) -> Any:
        return self._ROOT if path in ("/", "/sys") else self._get().content(path)

    def names(self, path: str) -> list[str]:
        found = self._get().content(path)
        return [] if found is None or isinstance(found, Node) else list(found)

    def open(self, path: str, flags: int) -> Any:
        return self._get().open(path, flags)

    def store(self, path: str, data: bytes) -> None:
        self._get().store(path, data)


def _proc(computer: Computer) -> Any:
    from dockersim.userland.kernelfs.proc import Proc

    return Proc(computer)


def _sys(computer: Computer) -> Any:
    from dockersim.userland.kernelfs.sys import Sys

    return Sys(computer)
