"""Namespaces (namespaces(7)): what a computer has for itself, what it shares, and the number that tells which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

NAMESPACES: dict[str, Callable[[Computer], object]] = {
    "cgroup": lambda computer: computer.cgroup,
    "ipc": lambda computer: computer.ipc,
    "mnt": lambda computer: computer.vfs,
    "net": lambda computer: computer.net,
    "pid": lambda computer: computer.pids,
    "time": lambda computer: computer.kernel,
    "user": lambda computer: computer.kernel,
    "uts": lambda computer: computer.uts,
}
"""The kinds of namespaces(7), and what is shared by those that are in the same one."""


def namespace_number(computer: Computer, kind: str) -> int:
    """The inode number of a namespace; the same for all that are in it."""
    return computer.kernel.namespace(kind, NAMESPACES[kind](computer))
