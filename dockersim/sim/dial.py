"""Why a program written in Go says that it got no connection."""

from __future__ import annotations

from typing import Any

from dockersim.fs.errors import FsError
from dockersim.sim.address import bracketed
from dockersim.sim.failure import ConnectFailed
from dockersim.sim.stack import Stack

NO_NAME_SERVER = "127.0.0.1"
_ENDINGS = {
    "refused": "connect: connection refused",
    "unreachable": "connect: no route to host",
    "no route": "connect: network is unreachable",
    "no way": "connect: network is unreachable",
    "no address": "connect: cannot assign requested address",
    "timeout": "i/o timeout",
}


def dial_failure(
    failed: ConnectFailed, protocol: str, host: str, port: int | str, stack: Stack, name_servers: str
) -> str:
    """Why there is no connection from ``stack`` to ``host``:``port``; ``name_servers`` is its ``resolv.conf``."""
    if failed.kind == "unresolved":
        server = f"{_name_server(name_servers)}:53"
        ending = "no such host" if stack.online else f"dial udp {server}: connect: network is unreachable"
        return f"dial {protocol}: lookup {host} on {server}: {ending}"
    address = f"{bracketed(_numeric(host.strip('[]'), stack))}:{port}"
    if failed.kind == "reset":
        return f"read {protocol} {address}: read: connection reset by peer"
    return f"dial {protocol} {address}: {_ENDINGS[failed.kind]}"


def resolv_conf(vfs: Any) -> str:
    """The computer's ``/etc/resolv.conf``; nothing where it has none."""
    try:
        text: str = vfs.read_file("/etc/resolv.conf").decode(errors="replace")
    except FsError:
        return ""
    return text


def _name_server(text: str) -> str:
    listed = [line.split()[1] for line in text.splitlines() if line.startswith("nameserver ") and line.split()[1:]]
    return listed[0] if listed else NO_NAME_SERVER


def _numeric(host: str, stack: Stack) -> str:
    return "::1" if host == "localhost" else stack.net.names.get(host, host)
