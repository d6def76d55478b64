"""Attaching: an upgraded connection to a container's streams, before it runs, while it runs, or for its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.containers import states
from dockersim.engine.containers.streams import Streams
from dockersim.errors import Conflict, DockersimError, InvalidParameter
from dockersim.sim import Connection, connection_pair
from dockersim.wire import Headers, Request, Response, detach
from dockersim.wire.frames import encode

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

RAW = "application/vnd.docker.raw-stream"
MULTIPLEXED = "application/vnd.docker.multiplexed-stream"


def attach(engine: Engine, request: Request) -> Response:
    """The answer to ``POST /containers/{id}/attach``: 101 where an upgrade was asked for, 200 otherwise.

    A refusal is text, not JSON: by the time dockerd knows of it, it has taken the connection over.
    """
    try:
        return _attach(engine, engine.containers.get(request.params["id"]), request)
    except DockersimError as error:
        return Response(error.status, {"Content-Type": RAW}, f"{error.message}\r\n".encode(), raw=True)


def _attach(engine: Engine, container: Container, request: Request) -> Response:
    keys, name = detach_keys(request.query.get("detachKeys", "")), request.params["id"]
    if container.state == states.PAUSED:
        raise Conflict(f"container {name} is paused, unpause the container before attach")
    if container.state == states.RESTARTING:
        raise Conflict(f"container {name} is restarting, wait until the container is running")
    here, there = connection_pair(engine.sim)
    tty = container.spec.tty
    if request.flag("logs"):
        for entry in container.run.log.entries:
            if request.flag("stdout" if entry.stream == 1 else "stderr"):
                there.send_now(entry.data if tty else encode(entry.stream, entry.data))
    if request.flag("stream"):
        _watch(engine, container, request, there, keys)
    else:
        there.outgoing.close()
    return upgraded(request, here, tty)


def upgraded(request: Request, connection: Connection, tty: bool, more: Headers | None = None) -> Response:
    """The head of an answer that becomes a raw stream; ``more`` are headers of the daemon's own."""
    more = more or {}
    if "upgrade" in request.header("Connection").lower():
        kind = RAW if tty else MULTIPLEXED
        headers = {"Content-Type": kind, "Connection": "Upgrade", "Upgrade": request.header("Upgrade") or "tcp", **more}
        return Response(101, headers, upgrade=connection, raw=True)
    return Response(200, {"Content-Type": RAW, **more}, connection.incoming, raw=True)


def _watch(engine: Engine, container: Container, request: Request, there: Connection, keys: bytes) -> None:
    config = container.spec.config

    def join(streams: Streams | None) -> None:
        if streams is None:
            there.close()
            return
        streams.attach(
            there,
            stdin=request.flag("stdin") and config["OpenStdin"],
            stdout=request.flag("stdout"),
            stderr=request.flag("stderr"),
            detach_keys=keys,
            on_detach=lambda: engine.lifecycle.log(container, "detach"),
        )

    if container.running:
        engine.lifecycle.log(container, "attach")
        join(container.run.streams)
    else:
        engine.lifecycle.log(container, "attach")
        engine.containers.waiting_clients.setdefault(container.id, []).append(join)


def detach_keys(text: str) -> bytes:
    """``ctrl-p,ctrl-q`` as bytes; the default for none. InvalidParameter for what is no key."""
    try:
        return detach.keys_of(text)
    except ValueError:
        raise InvalidParameter(f"Invalid detach keys ({text}) provided") from None
