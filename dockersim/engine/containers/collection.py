"""All containers of one daemon: making, finding, removing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from dockersim.engine.containers import logdrivers, names, rootfs, states, validate
from dockersim.engine.containers.container import Container
from dockersim.engine.containers.spec import Json, Spec
from dockersim.engine.networks import requests
from dockersim.errors import Conflict, InvalidParameter, NotFound
from dockersim.oci import Platform
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.streams import Streams
    from dockersim.engine.daemon import Engine
    from dockersim.engine.images import Image

SPECS_KEPT = 256


class Containers:
    """The containers, by id and by name. Iteration is in order of creation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_id: dict[str, Container] = {}
        self._by_name: dict[str, Container] = {}
        self._specs: dict[tuple[bytes, str], Spec] = {}
        self._checked: dict[bytes, list[str]] = {}
        self.waiting_clients: dict[str, list[Callable[[Streams | None], None]]] = {}

    def __iter__(self) -> Iterator[Container]:
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, identity: object) -> bool:
        return identity in self._by_id

    @property
    def names(self) -> dict[str, Container]:
        """Name to container, for looking only."""
        return self._by_name

    # ---- finding

    def get(self, reference: str) -> Container:
        """The container with this id, name or unambiguous beginning of an id. NotFound in the engine's words."""
        found = self._by_id.get(reference) or self._by_name.get(reference.removeprefix("/"))
        if found is not None:
            return found
        if not reference:
            raise InvalidParameter('invalid name or ID supplied: ""')
        matches = [identity for identity in self._by_id if identity.startswith(reference)]
        if len(matches) > 1:
            raise InvalidParameter(f"multiple IDs found with provided prefix: {reference}")
        if not matches:
            raise NotFound(f"No such container: {reference}")
        return self._by_id[matches[0]]

    # ---- making

    def create(self, body: Json, raw: bytes, name: str = "", platform: str = "") -> Container:
        """A new container from a create request. ``raw`` are the request's bytes: equal ones share their spec.

        Raises NotFound (image), Conflict (name), InvalidParameter.
        """
        self.check(body, raw)
        self._engine.volumes.check(body.get("HostConfig") or {})
        image = self._engine.images.get(body["Image"], Platform.parse(platform) if platform else None)
        reason = f"the image is here already: {image.id[:19]}"
        self._engine.sim.trace.record(e.Decided, self._engine.name, body["Image"], "no pull needed", reason)
        self._check_companions(body.get("HostConfig") or {})
        spec = self._spec(body, raw, image)
        self._engine.networks.check(spec)
        identity = self._engine.sim.hex(64)
        name = self._reserve(names.check(name) if name else "", identity)
        validate.security(spec.host["SecurityOpt"])
        overlay = self._engine.writable_layer(identity, image)
        container = Container(identity, name, image, spec, self._engine.sim.nanoseconds(), overlay)
        self._keep_ids(container)
        try:
            self._prepare(container)
        except BaseException:
            self._engine.networks.forget(container)
            self._forget(container)
            raise
        self._by_id[identity] = container
        self._by_name[name] = container
        record = self._engine.sim.trace.record
        record(e.ContainerCreated, self._engine.name, identity, name, image.id)
        self._engine.lifecycle.log(container, "create")
        return container

    def _prepare(self, container: Container) -> None:
        """What may fail of a container that is not there for others yet; of what fails late its end is told, too."""
        try:
            validate.storage(container.host.get("StorageOpt") or {})
            self._engine.networks.prepare(container)
            self._engine.volumes.prepare(container)
            rootfs.make_working_directory(self._engine, container)
        except BaseException:
            self._engine.lifecycle.log(container, "destroy")
            raise

    def check(self, body: Json, raw: bytes) -> list[str]:
        """The warnings of a create request. Raises InvalidParameter for one that can be for no image."""
        warnings = self._checked.get(raw)
        if warnings is None:
            warnings = validate.create(body, self._engine.kernel.cpus)
            requests.check_mode(body.get("HostConfig") or {})
            if len(self._checked) >= SPECS_KEPT:
                self._checked.clear()
            self._checked[raw] = warnings
        return warnings

    def _check_companions(self, host: Json) -> None:
        """InvalidParameter for namespaces of containers that are not there: NotFound would mean the image."""
        for mode in (host.get("PidMode") or "", host.get("IpcMode") or ""):
            if mode.startswith("container:"):
                try:
                    self.get(mode.partition(":")[2])
                except NotFound as missing:
                    raise InvalidParameter(missing.message) from None
                except InvalidParameter:
                    continue  # noticed when it is started

    def _keep_ids(self, container: Container) -> None:
        """Whose namespaces a container shares is kept by id, so that it stays true when that one is renamed."""
        for key in ("PidMode", "IpcMode", "NetworkMode"):
            kind, colon, reference = container.host[key].partition(":")
            if kind == "container" and colon:
                with suppress(NotFound, InvalidParameter):
                    other = self.get(reference)
                    container.host_override = {**container.host, key: f"container:{other.id}"}

    def _spec(self, body: Json, raw: bytes, image: Image) -> Spec:
        key = raw, image.id
        spec = self._specs.get(key)
        if spec is None:
            spec = Spec(body, image.run_config)
            logdrivers.check(self._engine, spec.host["LogConfig"])
            if len(self._specs) >= SPECS_KEPT:
                self._specs.clear()
            self._specs[key] = spec
        return spec

    def _reserve(self, name: str, identity: str) -> str:
        if not name:
            return names.generate(self._engine.sim.rng, self._by_name)
        holder = self._by_name.get(name)
        if holder is not None:
            raise Conflict(
                f'Conflict. The container name "/{name}" is already in use by container "{holder.id}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            )
        return name

    def rename(self, container: Container, name: str) -> None:
        """Give another name. InvalidParameter, Conflict."""
        if not name:
            raise InvalidParameter("Neither old nor new names may be empty")
        if name.removeprefix("/") == container.name:
            raise InvalidParameter("Renaming a container with the same name as its current name")
        try:
            name = self._reserve(names.check(f"/{name.removeprefix('/')}"), container.id)
        except (InvalidParameter, Conflict) as refused:
            raise type(refused)(f"Error when allocating new name: {refused.message}") from None
        before = container.name
        del self._by_name[before]
        container.name = name
        self._by_name[name] = container
        self._engine.sim.trace.record(e.ContainerRenamed, self._engine.name, container.id, before, name)
        self._engine.networks.renamed(container)
        self._engine.lifecycle.log(container, "rename", oldName=f"/{before}")

    # ---- removing

    def remove(self, container: Container, *, volumes: bool = False, reason: str = "docker rm") -> None:
        """Remove a container that does not run, and its writable layer with it."""
        if container.state == states.REMOVING:
            raise Conflict(f"removal of container {container.name} is already in progress")
        if container.state in states.ALIVE:
            raise Conflict(_in_the_way(container))
        self._engine.lifecycle.move(container, "remove", reason)
        self._forget(container)
        self._engine.volumes.release(container, volumes)
        self._engine.networks.forget(container)
        self._engine.sim.trace.record(e.ContainerRemoved, self._engine.name, container.id, container.name)
        self._engine.lifecycle.log(container, "destroy")
        for waiter in container.ran.on_removed:
            waiter(container.ran.exit_code)

    def _forget(self, container: Container) -> None:
        self._by_id.pop(container.id, None)
        self._by_name.pop(container.name, None)
        self._engine.snapshots.remove(container.id)
        if self._engine.images.find(container.image.id) is None:
            self._engine.images.collect()  # it was removed by force, and this container was the last to hold its layers


def _in_the_way(container: Container) -> str:
    words = f"container is {container.state}: stop the container before removing or force remove"
    if container.state == states.PAUSED:
        words = "container is paused and must be unpaused first"
    return f'cannot remove container "{container.name}": {words}'
