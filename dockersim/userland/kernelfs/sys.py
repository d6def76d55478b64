"""``/sys``: control groups, network interfaces, and little else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.userland.kernelfs.cgroup import control_files, groups_below
from dockersim.userland.kernelfs.files import Content, Text, directories, file
from dockersim.userland.kernelfs.places import SYS_PLACES

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

CGROUP = "/fs/cgroup"
_INTERFACE = ("address", "mtu", "operstate")


class Sys:
    """The content of ``/sys`` of one computer."""

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        self.files: dict[str, Text] = {
            **{f"{CGROUP}/{name}": text for name, text in control_files(computer, computer).items()},
            "/kernel/mm/transparent_hugepage/enabled": lambda: "always [madvise] never\n",
            "/class/net": lambda: "",
            "/devices/system/cpu/online": lambda: f"0-{computer.kernel.cpus - 1}\n",
        }
        self._directories = directories([*self.files, *(f"{place}/" for place in SYS_PLACES)])

    def content(self, path: str) -> Content:
        """What is at a path below ``/sys``."""
        if path.startswith("/class/net"):
            return self._interfaces(path.removeprefix("/class/net").strip("/"))
        if path.startswith(CGROUP) and self.computer.is_machine and path not in self.files:
            return groups_below(self.computer, path.removeprefix(CGROUP) or "/") or self._directories.get(path)
        made = self.files.get(path)
        return file(made(), 0o444) if made is not None else self._directories.get(path)

    def _interfaces(self, path: str) -> Content:
        """``NAME/address``, ``NAME/mtu`` and ``NAME/operstate`` of each interface there is."""
        stack = self.computer.net
        found = {"lo": ("00:00:00:00:00:00", "65536", "unknown")} if stack is None or stack.loopback else {}
        for interface in stack.interfaces if stack is not None else ():
            found[interface.name] = interface.mac, str(interface.segment.mtu), "up"
        name, _, field = path.partition("/")
        if not name:
            return list(found)
        if name not in found or field not in ("", *_INTERFACE):
            return None
        return file(f"{found[name][_INTERFACE.index(field)]}\n", 0o444) if field else _INTERFACE
