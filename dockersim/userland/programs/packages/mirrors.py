"""Where packages come from: mirrors on the simulated internet, and fetching from them over the wire."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from zlib import crc32

from dockersim.sim import ConnectFailed, Net, Service, WireCut
from dockersim.sim.failure import UNRESOLVED
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import body_of, http, stack_of
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

PYPI = "pypi.example"
NPM = "registry.npm.example"


def ensure(net: Net, host: str) -> None:
    """Let the internet have a mirror under ``host``, if nobody is there yet."""
    if host in net.names or host == "localhost":
        return
    number = crc32(host.encode())
    server = net.add_server(host, f"151.101.{number >> 8 & 255}.{number & 255 or 1}")
    service = Service(host, _answer)
    for port in (80, 443):
        server.listen(port, service=service)


def _answer(request: Request) -> Response:
    """Whatever is asked for, in the size that the client knows it to have in life."""
    size = int(request.header("X-Nominal-Size", "0") or 0)
    return Response(200, {"Content-Type": "application/octet-stream", "Content-Length": str(size)}, b"", nominal=size)


class Unreachable(Exception):
    """The mirror cannot be reached; ``resolved`` tells whether its name was."""

    def __init__(self, resolved: bool) -> None:
        super().__init__(resolved)
        self.resolved = resolved


def fetch(p: Process, host: str, path: str, size: int, secure: bool = False) -> Generator[Any, Any, None]:
    """Download ``size`` bytes from a mirror. Raises :class:`Unreachable`."""
    try:
        ensure(stack_of(p).net, host)
        request = Request("GET", path, {"Host": host, "X-Nominal-Size": str(size)})
        response = yield from http(p, host, 443 if secure else 80, request)
        while (yield from body_of(p, response)):
            pass
    except ConnectFailed as failed:
        raise Unreachable(failed.kind != UNRESOLVED) from None
    except (WireCut, ProtocolError):
        raise Unreachable(True) from None
