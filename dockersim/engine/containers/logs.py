"""``GET /containers/{id}/logs``: the kept lines, selected, and those to come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from dockersim.engine.api import filters as f
from dockersim.engine.api.server import asked_version
from dockersim.engine.containers.attach import MULTIPLEXED, RAW
from dockersim.engine.containers.log import Entry
from dockersim.engine.times import rfc3339nano_fixed, timestamp
from dockersim.errors import InvalidParameter, NotImplemented_
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
        raise NotImplemented_("configured logging driver does not support reading")
    container.run.logged = True  # the driver opens its file to read it, and so it is made
    tty, stamped = container.spec.tty, request.flag("timestamps")
    details = _details(container) if request.flag("details") else b""
    body = Channel(engine.sim)

    def give(entry: Entry) -> None:
        if entry.stream not in streams or entry.nanoseconds < since or (until and entry.nanoseconds > until):
            return
        stamp = rfc3339nano_fixed(entry.nanoseconds).encode() + b" " if stamped else b""
        data = stamp + details + entry.data
        body.send_now(data if tty else encode(entry.stream, data))

    for entry in _tail(container.run.log.entries, request.query.get("tail", "all")):
        give(entry)
    if request.flag("follow") and container.running and not (until and until <= engine.sim.nanoseconds()):
        _follow(engine, container, body, give, until)
    else:
        body.close()
    raw = tty or asked_version(request) < (1, 42)
    return Response(200, {"Content-Type": RAW if raw else MULTIPLEXED}, body)


def _tail(entries: Sequence[Entry], wanted: str) -> Sequence[Entry]:
    """The last lines, of whatever stream; all for what is no number."""
    count = int(wanted) if re.fullmatch(r"[+-]?\d+", wanted, re.ASCII) else -1
    if 0 <= count < len(entries):
        return entries[len(entries) - count :]
    return entries


def _details(container: Container) -> bytes:
    """The labels and variables that the driver's options name, as ``a=b,c=d `` before each line."""
    options: dict[str, str] = container.host["LogConfig"]["Config"] or {}
    env = dict(entry.split("=", 1) for entry in container.spec.config["Env"])
    found = {**_chosen(container.spec.config["Labels"], options, "labels"), **_chosen(env, options, "env")}
    if options.get("tag"):
        found["tag"] = _tag(container, options["tag"])
    pairs = sorted(f"{quote_plus(name)}={quote_plus(value)}" for name, value in found.items())
    return f"{','.join(pairs)} ".encode()


def _tag(container: Container, layout: str) -> str:
    """The ``tag`` option; the fields of its template that say what the container is."""
    fields = {
        "ID": container.id[:12],
        "FullID": container.id,
        "Name": container.name,
        "ImageID": container.image.id.removeprefix("sha256:")[:12],
        "ImageFullID": container.image.id,
        "ImageName": container.image_name,
        "DaemonName": "docker",
    }
    return re.sub(r"{{ *\.(\w+) *}}", lambda match: fields.get(match[1], match[0]), layout)


def _chosen(values: dict[str, str], options: dict[str, str], option: str) -> dict[str, str]:
    names, pattern = options.get(option, "").split(","), options.get(f"{option}-regex", "")
    return {
        name: value for name, value in values.items() if name in names or (pattern and f.any_matches([pattern], name))
    }


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
