"""Who the daemon is, and what happens in it: ping, version, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine import version
from dockersim.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

_PING = {
    "Builder-Version": "2",
    "Cache-Control": "no-cache, no-store, must-revalidate",
    "Content-Type": "text/plain; charset=utf-8",
    "Pragma": "no-cache",
    "Swarm": "inactive",
}


def routes(engine: Engine, router: Router) -> None:
    """Register every operation that belongs to no resource."""
    api = SystemApi(engine)
    router.add("GET", "/_ping", api.ping)
    router.add("HEAD", "/_ping", api.ping)
    router.add("GET", "/version", api.version)


class SystemApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ping(self, request: Request) -> Response:
        """SystemPing, SystemPingHead."""
        return Response(200, dict(_PING), b"OK" if request.method == "GET" else b"")

    def version(self, request: Request) -> Response:
        """SystemVersion."""
        return json_response(version.version_json(self._engine.kernel.release))
