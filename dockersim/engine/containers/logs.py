"""``GET /containers/{id}/logs``: the kept lines, selected, and those to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.containers.attach import MULTIPLEXED, RAW
from dockersim.engine.containers.log import Entry
from dockersim.engine.times import rfc3339nano_fixed, timestamp
from dockersim.errors import InvalidParameter, System
from dockersim.sim import Channel
from dockersim.wire import Request, Response
from dockersim.wire.frames import encode

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine


def serve(engine: Engine, container: Container, request: Request) -> Response:
    """Lines of the wanted streams; with ``follow`` also those to come, until the container stops."""
    streams = {number for number, name in ((1, "stdout"), (2, "stderr")) if request.flag(name)}
    if not streams:
        raise InvalidParameter("Bad parameters: you must choose at least one stream")
    since = timestamp(request.query.get("since", "")) if request.query.get("since") else 0
    until = timestamp(request.query.get("until", "")) if request.query.get("until") else 0
    if not container.run.log.kept:
        raise System("configured logging driver does not support reading")
    tty, stamped = container.spec.tty, request.flag("timestamps")
    body = Channel(engine.sim)

    def give(entry: Entry) -> None:
        if entry.stream not in streams or entry.nanoseconds < since or (until and entry.nanoseconds > until):
            return
        stamp = rfc3339nano_fixed(entry.nanoseconds).encode() + b" " if stamped else b""
        data = stamp + entry.data
        body.send_now(data if tty else encode(entry.stream, data))

    for entry in _tail(container.run.log.entries, streams, request.query.get("tail", "all")):
        give(entry)
    if request.flag("follow") and container.running and not (until and until <= engine.sim.nanoseconds()):
        _follow(engine, container, body, give, until)
    else:
        body.close()
    return Response(200, {"Content-Type": RAW if tty else MULTIPLEXED}, body)


def _tail(entries: list[Entry], streams: set[int], wanted: str) -> list[Entry]:
    chosen = [entry for entry in entries if entry.stream in streams]
    if wanted.lstrip("-").isdigit() and int(wanted) >= 0:
        return chosen[len(chosen) - int(wanted) :] if int(wanted) < len(chosen) else chosen
    return chosen


def _follow(engine: Engine, container: Container, body: Channel, give: object, until: int) -> None:
    assert callable(give)

    def hear(entry: Entry | None) -> None:
        if entry is None or body.gone.triggered:
            stop()
            body.close()
        else:
            give(entry)

    stop = container.run.log.follow(hear)
    if until:
        timer = engine.sim.timeout((until - engine.sim.nanoseconds()) / 1e9)
        assert timer.callbacks is not None
        timer.callbacks.append(lambda _: hear(None))
