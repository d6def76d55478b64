"""The Engine API's container operations: requests in, the collection and its life below, JSON and streams out."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import bodies
from dockersim.engine.api import filters as f
from dockersim.engine.api.server import integer
from dockersim.engine.containers import signalnames, states
from dockersim.engine.containers.attach import attach
from dockersim.engine.images.store import PROCESSOR
from dockersim.errors import Conflict, DockersimError, InvalidParameter, System
from dockersim.oci import Platform
from dockersim.sim import Channel
from dockersim.wire import Request, Response, Router, json_bytes, json_response

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Steps = Generator[Any, Any, Response]
CREATE_SECONDS = 0.012
NO_CONTENT = 204
REMOVE_SECONDS = 0.01
"""How long it takes to remove the files of a container that does not run."""


def routes(engine: Engine, router: Router) -> None:
    """Register every operation under ``/containers``."""
    api = ContainersApi(engine)
    router.add("POST", "/containers/create", api.create)
    router.add("GET", "/containers/json", api.list)
    router.add("POST", "/containers/prune", api.prune)
    router.add("GET", "/containers/{id:path}/json", api.inspect)
    router.add("POST", "/containers/{id:path}/start", api.start)
    router.add("POST", "/containers/{id:path}/stop", api.stop)
    router.add("POST", "/containers/{id:path}/restart", api.restart)
    router.add("POST", "/containers/{id:path}/kill", api.kill)
    router.add("POST", "/containers/{id:path}/pause", api.pause)
    router.add("POST", "/containers/{id:path}/unpause", api.unpause)
    router.add("POST", "/containers/{id:path}/wait", api.wait)
    router.add("POST", "/containers/{id:path}/rename", api.rename)
    router.add("POST", "/containers/{id:path}/resize", api.resize)
    router.add("POST", "/containers/{id:path}/attach", api.attach)
    router.add("POST", "/containers/{id:path}/update", api.update)
    router.add("GET", "/containers/{id:path}/top", api.top)
    router.add("GET", "/containers/{id:path}/stats", api.stats)
    router.add("GET", "/containers/{id:path}/logs", api.logs)
    router.add("DELETE", "/containers/{id:path}", api.remove)


class ContainersApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bodies: dict[bytes, tuple[bodies.Json, list[str]]] = {}
        self._removing: set[str] = set()

    def _find(self, request: Request) -> Container:
        return self._engine.containers.get(request.params["id"])

    # ---- making and listing

    def create(self, request: Request) -> Steps:
        """ContainerCreate."""
        body, told = self._body(request)
        raw = request.body
        assert isinstance(raw, bytes)
        container = self._engine.containers.create(
            body, raw, request.query.get("name", ""), request.query.get("platform", "")
        )
        yield self._engine.sim.timeout(CREATE_SECONDS)
        warnings = self._engine.containers.check(body, raw) + self._engine.networks.warnings(container)
        warnings += told
        if not request.query.get("platform"):
            warnings += _foreign(container.image.config.platform)
        return json_response({"Id": container.id, "Warnings": warnings}, 201)

    def _body(self, request: Request) -> tuple[bodies.Json, list[str]]:
        """The request's JSON, and warnings about old fields.

        Equal bytes are read once, since a class types the same line thirty times.
        """
        bodies.check_type(request)
        raw = request.body
        assert isinstance(raw, bytes)
        known = self._bodies.get(raw)
        if known is not None:
            return known
        body = bodies.read_json(request, bodies.CREATE, empty=False)
        if not body.get("Image"):
            if not body.keys() & bodies.CONFIG.fields.keys():
                raise InvalidParameter("config cannot be empty in order to create a container")
            raise InvalidParameter("no command specified" if not body.get("Cmd") else "invalid reference format")
        if len(self._bodies) >= 256:
            self._bodies.clear()
        _check_mounts(body)
        self._bodies[raw] = body, _move_address(body)
        return self._bodies[raw]

    def list(self, request: Request) -> Response:
        """ContainerList."""
        from dockersim.engine.containers.listing import ALLOWED, rows

        listed = rows(
            self._engine,
            everything=request.flag("all"),
            limit=integer(request.query.get("limit") or "0"),
            size=request.flag("size"),
            filters=f.parse(request, ALLOWED),
        )
        return json_response(listed)

    def inspect(self, request: Request) -> Response:
        """ContainerInspect."""
        from dockersim.engine.containers.inspect import inspect

        return json_response(inspect(self._engine, self._find(request), request.flag("size")))

    # ---- life

    def start(self, request: Request) -> Steps:
        """ContainerStart."""
        if not isinstance(request.body, bytes) or len(request.body) > 7:
            raise InvalidParameter(
                "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24"
            )
        yield from self._engine.lifecycle.start(self._find(request))
        return Response(NO_CONTENT)

    def stop(self, request: Request) -> Steps:
        """ContainerStop."""
        seconds, container = _seconds(request), self._find(request)
        try:
            yield from self._engine.lifecycle.stop(container, seconds, request.query.get("signal", ""))
        except InvalidParameter as error:
            raise System(f"cannot stop container: {request.params['id']}: {error.message}") from None
        return Response(NO_CONTENT)

    def restart(self, request: Request) -> Steps:
        """ContainerRestart."""
        name = request.params["id"]
        seconds, container = _seconds(request), self._find(request)
        try:
            yield from self._engine.lifecycle.restart(container, seconds, request.query.get("signal", ""))
        except DockersimError as error:
            error.message = f"Cannot restart container {name}: {error.message}"
            raise
        return Response(NO_CONTENT)

    def kill(self, request: Request) -> Steps:
        """ContainerKill."""
        name = request.params["id"]
        try:
            number = signalnames.number_of(request.query.get("signal", "") or "KILL")
            signalnames.check_exists(number)
            yield from self._engine.lifecycle.signal(self._find(request), number)
        except DockersimError as error:
            error.message = f"cannot kill container: {name}: {error.message}"
            raise
        return Response(NO_CONTENT)

    def pause(self, request: Request) -> Response:
        """ContainerPause."""
        self._engine.lifecycle.pause(self._find(request))
        return Response(NO_CONTENT)

    def unpause(self, request: Request) -> Response:
        """ContainerUnpause."""
        self._engine.lifecycle.unpause(self._find(request))
        return Response(NO_CONTENT)

    def rename(self, request: Request) -> Response:
        """ContainerRename."""
        self._engine.containers.rename(self._find(request), request.query.get("name", ""))
        return Response(NO_CONTENT)

    def resize(self, request: Request) -> Response:
        """ContainerResize."""
        size = dimensions(request)
        container = self._find(request)
        if not container.running:
            raise Conflict(f"container {container.id} is not running")
        if container.run.streams is not None:
            container.run.streams.resize(*size)
        return Response(200)

    def wait(self, request: Request) -> Response:
        """ContainerWait: the head of the answer at once, the status when the condition is met."""
        condition = request.query.get("condition", "") or "not-running"
        if condition not in ("not-running", "next-exit", "removed"):
            raise InvalidParameter(f'invalid condition: "{condition}"')
        container = self._find(request)
        body = Channel(self._engine.sim)

        def answer(status: int) -> None:
            result: dict[str, Any] = {"StatusCode": status}
            body.send_now(json_bytes(result))
            body.close()

        if condition == "removed":
            container.run.on_removed.append(answer)
        elif condition == "next-exit" or container.state in states.ALIVE:
            container.run.on_exit.append(answer)
        else:
            answer(container.ran.exit_code)
        return Response(200, {"Content-Type": "application/json"}, body)

    def remove(self, request: Request) -> Steps:
        """ContainerDelete. With ``link`` the path may name a link: the container that has it, and its alias."""
        name, slash, alias = request.params["id"].removeprefix("/").partition("/")
        holder = self._engine.containers.names.get(name) if slash else None
        if holder is not None and request.flag("link"):
            self._engine.networks.links.remove(holder, alias)
            return Response(NO_CONTENT)
        container = self._find(request)
        if request.flag("link"):
            raise System("Conflict, cannot remove the default link name of the container")
        if container.id in self._removing:
            raise Conflict(f"removal of container {request.params['id']} is already in progress")
        self._removing.add(container.id)
        try:
            yield from self._remove(container, force=request.flag("force"), volumes=request.flag("v"))
        finally:
            self._removing.discard(container.id)
        return Response(NO_CONTENT)

    def _remove(self, container: Container, *, force: bool, volumes: bool) -> Generator[Any, Any, None]:
        if container.state in states.ALIVE and force:
            container.run.removed_by_hand = True
            yield from self._engine.lifecycle.kill_and_wait(container)
        elif container.state not in states.ALIVE:
            yield self._engine.sim.timeout(REMOVE_SECONDS)
        if container.id in self._engine.containers:
            self._engine.containers.remove(container, volumes=volumes)

    def prune(self, request: Request) -> Response:
        """ContainerPrune."""
        chosen = f.parse(request, ("label", "label!", "until"))
        deleted, freed = [], 0
        limit = f.until(chosen, self._engine.sim.nanoseconds())
        for container in self._engine.containers:
            if container.state not in (states.CREATED, states.EXITED, states.DEAD) or container.created > limit:
                continue
            if f.pruned(chosen, container.spec.config["Labels"]):
                freed += container.overlay.size()
                deleted.append(container.id)
                self._engine.containers.remove(container, reason="docker container prune")
        self._engine.events.log("container", "prune", "", {"reclaimed": str(freed)})
        return json_response({"ContainersDeleted": deleted or None, "SpaceReclaimed": freed})

    def update(self, request: Request) -> Response:
        """ContainerUpdate."""
        from dockersim.engine.containers import update

        asked = bodies.read_json(request, bodies.UPDATE)
        warnings = update.check(self._engine, asked)
        update.update(self._engine, self._find(request), asked)
        return json_response({"Warnings": warnings or None})

    # ---- looking inside

    def top(self, request: Request) -> Response:
        """ContainerTop."""
        from dockersim.engine.containers.top import top

        container = self._find(request)
        found = top(self._engine, container, request.query.get("ps_args", ""))
        self._engine.lifecycle.log(container, "top")
        return json_response(found)

    def stats(self, request: Request) -> Response | Steps:
        """ContainerStats."""
        from dockersim.engine.containers import stats

        return stats.serve(self._engine, self._find(request), request)

    # ---- streams

    def attach(self, request: Request) -> Response:
        """ContainerAttach."""
        return attach(self._engine, request)

    def logs(self, request: Request) -> Response:
        """ContainerLogs."""
        from dockersim.engine.containers import logs

        return logs.serve(self._engine, self._find(request), request)


_OPTIONS_OF = {"VolumeOptions": "volume", "BindOptions": "bind", "TmpfsOptions": "tmpfs"}


def _foreign(platform: Platform) -> list[str]:
    """A warning where an image is for processors of another kind, and nobody asked for that."""
    if platform.satisfies(PROCESSOR) or (platform.os, platform.architecture) == (PROCESSOR.os, "386"):
        return []
    return [
        f"The requested image's platform ({platform}) does not match the detected host platform ({PROCESSOR}) and no "
        "specific platform was requested"
    ]


def _check_mounts(body: bodies.Json) -> None:
    """Each kind of mount has options of its own. Raises InvalidParameter."""
    for mount in (body.get("HostConfig") or {}).get("Mounts") or ():
        for options, kind in _OPTIONS_OF.items():
            if options in mount and mount.get("Type", "") != kind:
                raise InvalidParameter(f'{options} must not be specified on mount type "{mount.get("Type", "")}"')


def _move_address(body: bodies.Json) -> list[str]:
    """Give the address that older clients ask for a whole container to its first network; the warning about that."""
    address = body.pop("MacAddress", "")
    if not address:
        return []
    mode = (body.get("HostConfig") or {}).get("NetworkMode") or "default"
    if mode not in ("host", "none") and not mode.startswith("container:"):
        endpoints = body.setdefault("NetworkingConfig", {}).setdefault("EndpointsConfig", {})
        name = "bridge" if mode == "default" else mode
        if endpoints and name not in endpoints:
            raise InvalidParameter(
                "unable to migrate container-wide MAC address to a specific network: "
                "HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks"
            )
        if endpoints.setdefault(name, {}).setdefault("MacAddress", address) != address:
            raise InvalidParameter(
                "the container-wide MAC address must match the endpoint-specific MAC address for the main network, or "
                "be left empty"
            )
    return ["The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead."]


def dimensions(request: Request) -> tuple[int, int]:
    """The size, rows and columns, that a terminal is to have. InvalidParameter for what is none."""
    return _dimension(request, "h", "height"), _dimension(request, "w", "width")


def _dimension(request: Request, key: str, name: str) -> int:
    text = request.query.get(key, "")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidParameter(f'invalid resize {name} "{text}": invalid syntax')
    if digits != text or int(digits) >= 1 << 32:
        raise InvalidParameter(f'invalid resize {name} "{text}": value out of range')
    return int(digits)


def _seconds(request: Request) -> float | None:
    text = request.query.get("t", "")
    return integer(text) if text else None
