"""The Engine API's network operations."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import bodies
from dockersim.engine.api import filters as f
from dockersim.errors import InvalidParameter, NotFound, System
from dockersim.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.engine.networks.network import Network

Steps = Generator[Any, Any, Response]
CREATE_SECONDS, REMOVE_SECONDS, PLUG_SECONDS = 0.06, 0.12, 0.04
LIST_FILTERS = "dangling driver id label name scope type".split()
PRUNE_FILTERS = ("label", "label!", "until")


def routes(engine: Engine, router: Router) -> None:
    """Register every operation under ``/networks``."""
    api = NetworksApi(engine)
    router.add("GET", "/networks", api.list)
    router.add("GET", "/networks/", api.list)
    router.add("POST", "/networks/create", api.create)
    router.add("POST", "/networks/prune", api.prune)
    router.add("GET", "/networks/{id:path}", api.inspect)
    router.add("DELETE", "/networks/{id:path}", api.delete)
    router.add("POST", "/networks/{id:path}/connect", api.connect)
    router.add("POST", "/networks/{id:path}/disconnect", api.disconnect)


class NetworksApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._networks = engine.networks

    def list(self, request: Request) -> Response:
        """NetworkList."""
        chosen = f.parse(request, LIST_FILTERS)
        return json_response([self._networks.json(network) for network in self._chosen(chosen)])

    def _chosen(self, chosen: f.Filters) -> Sequence[Network]:
        found = [network for network in self._networks if _matches(network, chosen)]
        dangling = chosen.get("dangling", [])
        if len(dangling) > 1:
            raise InvalidParameter('got more than one value for filter key "dangling"')
        if dangling:
            if dangling[0] not in ("0", "1", "false", "true"):
                words = 'must be "true" (or "1"), or "false" (or "0")'
                raise InvalidParameter(f"invalid value for filter 'dangling', {words}")
            wanted = dangling[0] in ("1", "true")
            # a list knows nothing of containers, so a network of one's own always counts as dangling here (moby)
            found = [network for network in found if network.predefined != wanted]
        for value in chosen.get("type", ()):
            if value not in ("builtin", "custom"):
                raise System(f"invalid filter: 'type'='{value}'")
        types = chosen.get("type")
        if types is not None:
            found = [network for network in found if ("builtin" if network.predefined else "custom") in types]
        return found

    def inspect(self, request: Request) -> Response:
        """NetworkInspect."""
        verbose = request.query.get("verbose", "")
        if verbose and verbose.lower() not in ("1", "0", "t", "f", "true", "false"):
            wrong = f'strconv.ParseBool: parsing "{verbose}": invalid syntax'
            raise InvalidParameter(f"invalid value for verbose: {verbose}: {wrong}")
        network = self._networks.get(request.params["id"])
        scope = request.query.get("scope", "")
        if scope and scope != "local":
            raise NotFound(f"network {request.params['id']} not found")
        return json_response(self._networks.json(network, detailed=True))

    def create(self, request: Request) -> Steps:
        """NetworkCreate."""
        network = self._networks.create(bodies.read_json(request, bodies.NETWORK))
        yield self._engine.sim.timeout(CREATE_SECONDS)
        return json_response({"Id": network.id, "Warning": ""}, 201)

    def delete(self, request: Request) -> Steps:
        """NetworkDelete."""
        self._networks.remove(self._networks.get(request.params["id"]))
        yield self._engine.sim.timeout(REMOVE_SECONDS)
        return Response(204)

    def connect(self, request: Request) -> Steps:
        """NetworkConnect."""
        body = bodies.read_json(request, bodies.CONNECT)
        container = self._engine.containers.get(body.get("Container") or "")
        self._networks.connect(container, request.params["id"], body.get("EndpointConfig") or {})
        yield self._engine.sim.timeout(PLUG_SECONDS)
        return Response(200)

    def disconnect(self, request: Request) -> Steps:
        """NetworkDisconnect."""
        body = bodies.read_json(request, bodies.DISCONNECT)
        name, force = body.get("Container") or "", bool(body.get("Force"))
        try:
            container = self._engine.containers.get(name)
        except NotFound:
            if not force:
                raise
            self._networks.get(request.params["id"])
            raise NotFound(f"endpoint {name} not found") from None
        self._networks.disconnect(container, request.params["id"], force)
        yield self._engine.sim.timeout(PLUG_SECONDS)
        return Response(200)

    def prune(self, request: Request) -> Response:
        """NetworkPrune."""
        gone = self._networks.prune(f.parse(request, PRUNE_FILTERS))
        return json_response({"NetworksDeleted": gone or None})


def _matches(network: Network, chosen: f.Filters) -> bool:
    return (
        ("driver" not in chosen or network.driver in chosen["driver"])
        and ("name" not in chosen or f.any_matches(chosen["name"], network.name))
        and ("id" not in chosen or f.any_matches(chosen["id"], network.id))
        and f.labels_match(chosen, network.labels)
        and ("scope" not in chosen or (network.scope or "local") in chosen["scope"])
    )
