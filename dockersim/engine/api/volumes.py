"""The Engine API's volume operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.api import bodies
from dockersim.engine.api import filters as f
from dockersim.errors import InvalidParameter, NotFound, Unavailable
from dockersim.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

LIST_FILTERS = ("dangling", "driver", "label", "name")
PRUNE_FILTERS = ("label", "label!", "all")
NO_SWARM = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm '
    "and try again."
)


def routes(engine: Engine, router: Router) -> None:
    """Register every operation under ``/volumes``."""
    api = VolumesApi(engine)
    router.add("GET", "/volumes", api.list)
    router.add("POST", "/volumes/create", api.create)
    router.add("POST", "/volumes/prune", api.prune)
    router.add("GET", "/volumes/{name:path}", api.inspect)
    router.add("PUT", "/volumes/{name:path}", api.update)
    router.add("DELETE", "/volumes/{name:path}", api.delete)


class VolumesApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._volumes = engine.volumes

    def list(self, request: Request) -> Response:
        """VolumeList."""
        try:
            filters = f.parse(request)
        except InvalidParameter as error:
            raise InvalidParameter(f"error reading volume filters: {error.message}") from None
        f.check(filters, LIST_FILTERS)
        chosen = self._volumes.select(filters)
        return json_response({"Volumes": [volume.json() for volume in chosen], "Warnings": None})

    def create(self, request: Request) -> Response:
        """VolumeCreate."""
        body = bodies.read_json(request, bodies.VOLUME)
        if "ClusterVolumeSpec" in body:
            raise Unavailable(NO_SWARM)
        volume = self._volumes.create(
            body.get("Name") or "", body.get("Driver") or "", body.get("DriverOpts"), body.get("Labels")
        )
        return json_response(volume.json(), 201)

    def inspect(self, request: Request) -> Response:
        """VolumeInspect."""
        return json_response(self._volumes.get(request.params["name"]).json())

    def update(self, request: Request) -> Response:
        """VolumeUpdate: cluster volumes only, and so never here."""
        raise Unavailable("volume update only valid for cluster volumes, but swarm is unavailable")

    def delete(self, request: Request) -> Response:
        """VolumeDelete."""
        try:
            volume = self._volumes.get(request.params["name"])
        except NotFound:
            if request.flag("force"):
                return Response(204)
            raise
        self._volumes.remove(volume)
        return Response(204)

    def prune(self, request: Request) -> Response:
        """VolumePrune."""
        gone, freed = self._volumes.prune(f.parse(request, PRUNE_FILTERS))
        return json_response({"VolumesDeleted": gone, "SpaceReclaimed": freed})
