"""Files that bash makes up: ``/dev/tcp/HOST/PORT`` and ``/dev/udp/HOST/PORT`` are connections."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.userland.files import OpenFile

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_PLACE = re.compile(r"/dev/(tcp|udp)/([^/]+)/([^/]+)")


def names_one(shell: Shell, path: str) -> bool:
    """Whether ``path`` is such a file, for this shell."""
    return shell.flavour == "bash" and _PLACE.fullmatch(path) is not None


def connect(shell: Shell, path: str) -> Generator[Any, Any, OpenFile | str]:
    """The connection as an open file, or why there is none."""
    from dockersim.sim import ConnectFailed
    from dockersim.sim.failure import UNRESOLVED
    from dockersim.userland.programs.network.connect import dial, resolve, stack_of, strerror
    from dockersim.userland.programs.network.socket import SocketFile

    found = _PLACE.fullmatch(path)
    assert found is not None
    protocol, host, port = found.groups()
    p = shell.p
    if not port.isdigit() or int(port) > 65_535:
        shell.complain(f"{port}: Servname not supported for ai_socktype")
        return f"{path}: Invalid argument"
    try:
        if protocol == "tcp":
            connection = yield from dial(p, host, int(port))
        else:
            stack = stack_of(p)
            connection = stack.net.talk(stack, resolve(p, host), int(port), p.computer.name)
    except ConnectFailed as failed:
        if failed.kind == UNRESOLVED:
            shell.complain(f"{host}: Name or service not known")
            return f"{path}: Invalid argument"
        p.err(f"{shell.arg0}: connect: {strerror(p, failed.kind)}\n")
        return f"{path}: {strerror(p, failed.kind)}"
    return SocketFile(p.sim, connection).acquire()
