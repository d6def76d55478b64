"""Limits of resources (getrlimit(2)): what a computer was given, or what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

NONE = -1
"""No limit."""


class Resource(NamedTuple):
    """One resource, by the name that Docker's ``--ulimit`` gives it; ``words`` and ``unit`` are those of /proc."""

    name: str
    words: str
    unit: str
    soft: int = NONE
    hard: int = NONE


RESOURCES = (
    Resource("cpu", "cpu time", "seconds"),
    Resource("fsize", "file size", "bytes"),
    Resource("data", "data size", "bytes"),
    Resource("stack", "stack size", "bytes", 8 << 20),
    Resource("core", "core file size", "bytes", 0),
    Resource("rss", "resident set", "bytes"),
    Resource("nproc", "processes", "processes"),
    Resource("nofile", "open files", "files", 1 << 20, 1 << 20),
    Resource("memlock", "locked memory", "bytes", 8 << 20, 8 << 20),
    Resource("as", "address space", "bytes"),
    Resource("locks", "file locks", "locks"),
    Resource("sigpending", "pending signals", "signals", 15_426, 15_426),
    Resource("msgqueue", "msgqueue size", "bytes", 819_200, 819_200),
    Resource("nice", "nice priority", "", 0, 0),
    Resource("rtprio", "realtime priority", "", 0, 0),
    Resource("rttime", "realtime timeout", "us"),
)
_BY_NAME = {resource.name: resource for resource in RESOURCES}


def of(computer: Computer, name: str) -> tuple[int, int]:
    """The soft and the hard limit of a resource, :data:`NONE` for none."""
    usual = _BY_NAME[name]
    return computer.ulimits.get(name, (usual.soft, usual.hard))


def table(computer: Computer) -> str:
    """``/proc/PID/limits``."""
    rows = [f"{'Limit':<25} {'Soft Limit':<20} {'Hard Limit':<20} {'Units':<10}\n"]
    for resource in RESOURCES:
        soft, hard = (shown(value) for value in of(computer, resource.name))
        rows.append(f"{'Max ' + resource.words:<25} {soft:<20} {hard:<20} {resource.unit:<10}\n")
    return "".join(rows)


def shown(value: int, unit: int = 1) -> str:
    """A limit in units of so many bytes."""
    return "unlimited" if value == NONE else str(value // unit)
