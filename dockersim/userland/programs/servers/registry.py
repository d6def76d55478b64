"""The registry that runs as a container's program: its service is handed down by who builds the world."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server, stamp


def registry(p: Process) -> Steps:
    """``registry serve CONFIG``, ``registry --version``, ``registry garbage-collect CONFIG``.

    ``kernel.services["registry"]`` is called with the process and gives the HTTP handler.
    """
    words = p.argv[1:]
    if words[:1] in (["--version"], ["-v"]):
        p.out("registry github.com/distribution/distribution/v3 3.0.0\n")
        return 0
    if words[:1] != ["serve"]:
        p.out("`registry`\n\nUsage:\n  registry [command]\n\nAvailable Commands:\n  serve    Serve images over HTTP\n")
        return 0 if not words else p.fail(f'unknown command "{words[0]}" for "registry"')
    make = p.computer.kernel.services.get("registry")
    if make is None:
        return p.fail("this world has no registry to run in a container")
    port, problem = _port(p, words[1] if len(words) > 1 else "")
    if problem:
        p.err(f"configuration error: {problem}\n")
        return 1
    with Server(p) as server:
        try:
            server.http(port, make(p))
        except PortTaken:
            server.log(f'{_time(p)} level=fatal msg="listen tcp :{port}: bind: address already in use"\n', 2)
            return 1
        server.log(f'{_time(p)} level=info msg="listening on [::]:{port}" service=registry version=3.0.0\n', 2)
        yield from server.run((signals.TERM, signals.INT))
        server.log(f'{_time(p)} level=info msg="stopping server gracefully. Draining connections for 0s"\n', 2)
    return 0


def _time(p: Process) -> str:
    return f'time="{stamp(p, "%Y-%m-%dT%H:%M:%S.%N")}Z"'


def _port(p: Process, path: str) -> tuple[int, str]:
    address = p.env.get("REGISTRY_HTTP_ADDR", "")
    if not address:
        if not path:
            return 0, "configuration path unspecified"
        try:
            text = p.read_file(path).decode(errors="replace")
        except FsError as error:
            return 0, f"open {path}: {error.strerror[0].lower()}{error.strerror[1:]}"
        found = re.search(r"^\s+addr:\s*(\S+)", text, re.M)
        address = found[1] if found else ":5000"
    port = address.rsplit(":", 1)[-1]
    return (int(port), "") if port.isdigit() else (0, f"invalid address {address}")
