"""``GET /events``: what happened, then what happens (operation ``SystemEvents``; moby, ``daemon/events/filter.go``)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import filters as f
from dockersim.engine.times import SECOND, timestamp
from dockersim.errors import DockersimError, InvalidParameter
from dockersim.oci import Reference
from dockersim.sim import Channel
from dockersim.wire import Request, Response, json_bytes

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.engine.events import Message

NAMED = ("container", "plugin", "volume", "network", "node", "service", "secret", "config")
DETAILED = ("exec_create", "exec_start", "exec_detach", "health_status")
"""Events whose action goes on with a detail: a filter names its beginning."""


def stream(engine: Engine, request: Request) -> Response:
    """The past from ``since`` on, then the present until ``until`` or until nobody reads any more."""
    since, until = _moment(request, "since"), _moment(request, "until")
    if since and until and until < since:
        asked = request.query
        raise InvalidParameter(f"`since` time ({asked['since']}) cannot be after `until` time ({asked['until']})")
    chosen = Filter(engine, f.parse(request))
    body = Channel(engine.sim)
    if since or until:
        for message in engine.events.since(since, until):
            chosen.send(message, body)
    now = engine.sim.nanoseconds()
    if until and until <= now:
        body.close()
    else:
        ended = engine.events.listen(lambda message: chosen.send(message, body))
        engine.sim.process(_until(engine, body, (until - now) / SECOND if until else None, ended))
    return Response(200, {"Content-Type": "application/json"}, body)


def _moment(request: Request, name: str) -> int:
    text = request.query.get(name, "")
    return timestamp(text) if text else 0


def _until(
    engine: Engine, body: Channel, seconds: float | None, ended: Callable[[], None]
) -> Generator[Any, Any, None]:
    yield body.gone if seconds is None else body.gone | engine.sim.timeout(seconds)
    ended()
    body.close()


class Filter:
    """Which events somebody wants to hear of."""

    def __init__(self, engine: Engine, filters: f.Filters) -> None:
        self._engine = engine
        self._filters = filters

    def send(self, message: Message, body: Channel) -> None:
        """Send the event if it is wanted."""
        if not self._filters or self.lets_through(message):
            body.send_now(json_bytes(message))

    def lets_through(self, message: Message) -> bool:
        """Whether all filters do; what is no filter of events lets everything through."""
        actor = message["Actor"]
        attributes = actor["Attributes"]
        return (
            self._event(message["Action"])
            and self._exactly("type", (message["Type"],))
            and self._exactly("scope", (message["scope"],))
            and self._exactly("daemon", (self._engine.host.hostname, self._engine.identity))
            and all(self._begins(kind, (actor["ID"], attributes.get("name", ""))) for kind in NAMED)
            and self._image(message["Type"], actor["ID"], attributes)
            and f.labels_match(self._filters, attributes)
        )

    def _exactly(self, name: str, values: Iterable[str]) -> bool:
        wanted = self._filters.get(name)
        return wanted is None or any(value in wanted for value in values)

    def _begins(self, name: str, values: Iterable[str]) -> bool:
        wanted = self._filters.get(name)
        return wanted is None or any(value.startswith(text) for value in values for text in wanted)

    def _event(self, action: str) -> bool:
        wanted = self._filters.get("event", ())
        if any(name in DETAILED for name in wanted):
            return self._begins("event", (action,))
        return self._exactly("event", (action,))

    def _image(self, kind: str, identity: str, attributes: dict[str, str]) -> bool:
        name = attributes.get("name" if kind == "image" else "image", "")
        return self._exactly("image", (identity, name, _untagged(identity), _untagged(name)))


def _untagged(name: str) -> str:
    try:
        return Reference.normalized(name).familiar_name
    except DockersimError:
        return name
