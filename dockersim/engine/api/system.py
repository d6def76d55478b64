"""Who the daemon is, what it has, and what happens in it; and what it refuses as a daemon without a swarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine import version
from dockersim.engine.api import filters, legacy
from dockersim.engine.api.server import asked_version
from dockersim.errors import InvalidParameter, NotFound, NotImplemented_, Unavailable
from dockersim.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

_PING = {
    "Builder-Version": "2",
    "Cache-Control": "no-cache, no-store, must-revalidate",
    "Pragma": "no-cache",
    "Swarm": "inactive",
}
_NOT_A_MANAGER = (
    "This node is not a swarm manager. "
    'Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.'
)
_PLUGIN_VERBS = ("enable", "disable", "push", "set", "upgrade")
_NOT_HERE = (
    ("POST", "/build"),
    ("POST", "/build/cancel"),
    ("POST", "/session"),
    ("POST", "/grpc"),
    ("POST", "/swarm/init"),
    ("POST", "/swarm/join"),
    ("GET", "/plugins/privileges"),
    ("POST", "/plugins/pull"),
    ("POST", "/plugins/create"),
    ("GET", "/containers/{id}/attach/ws"),
)
_OF_A_SWARM = ("services", "tasks", "nodes", "secrets", "configs")


def routes(engine: Engine, router: Router) -> None:
    """Register every operation that belongs to no resource."""
    api = SystemApi(engine)
    router.add("GET", "/_ping", api.ping)
    router.add("HEAD", "/_ping", api.ping)
    router.add("GET", "/version", api.version)
    router.add("GET", "/info", api.info)
    router.add("GET", "/events", api.events)
    router.add("GET", "/system/df", api.usage)
    router.add("GET", "/plugins", api.plugins)
    for method, what in (("GET", "/json"), ("DELETE", ""), *(("POST", f"/{verb}") for verb in _PLUGIN_VERBS)):
        router.add(method, f"/plugins/{{name:path}}{what}", api.no_plugin)
    router.add("GET", "/containers/{id:path}/checkpoints", api.no_checkpoints)
    router.add("POST", "/containers/{id:path}/checkpoints", api.no_checkpoints)
    router.add("DELETE", "/containers/{id:path}/checkpoints/{name}", api.no_checkpoints)
    for method, path in _NOT_HERE:
        router.add(method, path, api.not_here)
    _refuse_swarm(api, router)


def _refuse_swarm(api: SystemApi, router: Router) -> None:
    for name in _OF_A_SWARM:
        router.add("GET", f"/{name}", api.no_swarm)
        router.add("POST", f"/{name}/create", api.no_swarm)
        for method, template in (("GET", "{id}"), ("DELETE", "{id}"), ("POST", "{id}/update"), ("GET", "{id}/logs")):
            router.add(method, f"/{name}/{template}", api.no_swarm)
    for method, path in (("GET", ""), ("POST", "/update"), ("POST", "/unlock"), ("GET", "/unlockkey")):
        router.add(method, f"/swarm{path}", api.no_swarm)
    router.add("POST", "/swarm/leave", api.swarm_leave)


class SystemApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ping(self, request: Request) -> Response:
        """SystemPing, SystemPingHead."""
        if request.method == "HEAD":
            return Response(200, {**_PING, "Content-Length": "0", "Content-Type": "text/plain; charset=utf-8"})
        return Response(200, dict(_PING), b"OK")

    def version(self, request: Request) -> Response:
        """SystemVersion."""
        return json_response(version.version_json(self._engine.kernel.release))

    def info(self, request: Request) -> Response:
        """SystemInfo."""
        from dockersim.engine.info import info

        return json_response(info(self._engine))

    def usage(self, request: Request) -> Response:
        """SystemDataUsage."""
        from dockersim.engine.usage import TYPES, usage

        version = asked_version(request)
        asked = tuple(request.query_all("type")) if version >= (1, 42) else ()
        for name in asked:
            if name not in TYPES:
                raise InvalidParameter(f"unknown object type: {name}")
        view = usage(self._engine, asked or TYPES)
        if view["Images"]:
            view["Images"] = [legacy.with_virtual_size(image, version) for image in view["Images"]]
        return json_response(view)

    def events(self, request: Request) -> Response:
        """SystemEvents."""
        from dockersim.engine.api.events import stream

        return stream(self._engine, request)

    def plugins(self, request: Request) -> Response:
        """PluginList: there are none."""
        filters.parse(request, ("capability", "enabled"))
        return json_response([])

    def not_here(self, request: Request) -> Response:
        """What a real daemon has, and this one has not."""
        raise NotImplemented_(f"{request.method} {request.path} is not simulated")

    def no_checkpoints(self, request: Request) -> Response:
        """Operations on checkpoints: an experiment that a daemon must be started with."""
        raise NotImplemented_(
            "This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order "
            "to enable it."
        )

    def no_plugin(self, request: Request) -> Response:
        """Operations on one plugin."""
        raise NotFound(f'plugin "{request.params["name"]}" not found')

    def no_swarm(self, request: Request) -> Response:
        """Operations of a swarm's managers."""
        raise Unavailable(_NOT_A_MANAGER)

    def swarm_leave(self, request: Request) -> Response:
        """SwarmLeave."""
        raise Unavailable("This node is not part of a swarm")
