"""``GET /containers/{id}/top``: what ``ps`` on the daemon's host says of a container's processes.

The daemon runs the host's own ``ps`` and keeps the lines whose PID is of the container (moby, daemon/top_unix.go).
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from dockersim.engine.containers import states
from dockersim.errors import Conflict, InvalidParameter, System
from dockersim.userland.process import Exited

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine
    from dockersim.userland.process import Process

DEFAULT = "-ef"


def top(engine: Engine, container: Container, arguments: str) -> dict[str, Any]:
    """Titles and rows. Conflict where the container does not run, System for what ``ps`` does not take."""
    words = (arguments or DEFAULT).split()
    forbidden = re.search(r"\s+(\S*)=\s*(PID\S*)", " " + " ".join(words))
    if forbidden:
        raise InvalidParameter(f'specifying "{forbidden[1]}={forbidden[2]}" is not allowed')
    if container.state == states.RESTARTING:
        raise Conflict(f"Container {container.id} is restarting, wait until the container is running")
    if not container.running:
        raise Conflict(f"container {container.id} is not running")
    computer = container.run.computer
    assert computer is not None
    own = {one.host_pid for one in computer.own_processes()}
    rows = [one for one in engine.kernel.pids.everybody() if one.pid in own]
    header, *lines = _run(engine, words, rows).splitlines()
    titles = header.split()
    if "PID" not in titles:
        raise System("Couldn't find PID field in ps output")
    return {"Processes": [_fields(line, len(titles)) for line in lines], "Titles": titles}


def _fields(line: str, count: int) -> list[str]:
    fields = line.split()
    return [*fields[: count - 1], " ".join(fields[count - 1 :])]


def _run(engine: Engine, words: list[str], rows: list[Process]) -> str:
    from dockersim.userland.programs.processes.ps import ps

    caller = _Caller(engine, ["ps", *words], rows)
    try:
        status = ps(caller)  # type: ignore[arg-type]
    except Exited as end:
        status = end.status
    if status and caller.errors:
        raise System(f"ps: {caller.errors.partition(chr(10))[0]}")
    return caller.output


class _Caller:
    """The daemon's child that runs ``ps``: its arguments, what it can see, and what it printed."""

    flavour = "gnu"
    tty = None

    def __init__(self, engine: Engine, argv: list[str], rows: list[Process]) -> None:
        self.argv = argv
        self.name = argv[0]
        self.computer = SimpleNamespace(pids=SimpleNamespace(everybody=lambda: rows), kernel=engine.kernel)
        self.vfs = engine.host.vfs
        self.cred = SimpleNamespace(uid=0)
        self.output = ""
        self.errors = ""

    def out(self, text: str) -> None:
        self.output += text

    def err(self, text: str) -> None:
        self.errors += text

    def fail(self, message: str, status: int = 1) -> int:
        self.err(f"{self.name}: {message}\n")
        return status

    def isatty(self, fd: int) -> bool:
        return False

    def exit(self, status: int) -> NoReturn:
        raise Exited(status)
