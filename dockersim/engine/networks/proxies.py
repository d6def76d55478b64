"""docker-proxy: the process of the host that listens at each published port, and carries on what comes by localhost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dockersim.sim import Forward
from dockersim.userland.process import Resident

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

PROGRAM = "/usr/bin/docker-proxy"


def start(engine: Engine, forwards: Iterable[Forward]) -> None:
    """One process a port and address, as a child of dockerd."""
    for forward in forwards:
        forward.owner = Resident(engine.host, _argv(forward), engine.process)


def stop(forwards: Iterable[Forward]) -> None:
    """The ports are no longer published."""
    for forward in forwards:
        if isinstance(forward.owner, Resident):
            forward.owner.leave()


def turn(forward: Forward, address: str) -> None:
    """Let a published port lead to another address of its container."""
    forward.target_address = address
    if isinstance(forward.owner, Resident):
        forward.owner.argv = _argv(forward)


def _argv(forward: Forward) -> list[str]:
    places = {
        "proto": forward.protocol,
        "host-ip": forward.address,
        "host-port": forward.port,
        "container-ip": forward.target_address,
        "container-port": forward.target_port,
    }
    return [PROGRAM, *(word for name, value in places.items() for word in (f"-{name}", str(value))), "-use-listen-fd"]
