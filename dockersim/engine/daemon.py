"""The daemon: dockerd as an actor on its host, assembled from its parts. It is met only through its API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.engine import disk, version
from dockersim.engine.api.server import Server
from dockersim.engine.containers import shim
from dockersim.engine.containers.collection import Containers
from dockersim.engine.containers.execs import Execs
from dockersim.engine.containers.health import Health
from dockersim.engine.containers.lifecycle import Lifecycle
from dockersim.engine.containers.rootfs import fill_mount_points
from dockersim.engine.events import EventLog
from dockersim.engine.images import Image, ImageStore
from dockersim.engine.networks import Networks
from dockersim.engine.volumes import Volumes
from dockersim.fs import Overlay
from dockersim.sim import Net, Service, Simulation, Stack
from dockersim.store import ContentStore, Snapshotter
from dockersim.userland.computer import Computer, Kernel


class Engine:
    """One daemon on ``host``, whose kernel runs its containers and whose network stack it uses.

    ``service`` is what its socket is given. ``search`` answers ``docker search`` and is handed down by the world.
    """

    name = "daemon"
    root = "/var/lib/docker"

    def __init__(self, sim: Simulation, net: Net, host: Computer, *, mirrors: tuple[str, ...] = ()) -> None:
        self.sim = sim
        self.net = net
        self.host = host
        self.mirrors = mirrors
        self.identity = "-".join((sim.hex(8), sim.hex(4), sim.hex(4), sim.hex(4), sim.hex(12)))
        self.search: Callable[[str], list[dict[str, Any]]] = lambda term: []
        self.content = ContentStore(sim.trace, self.name)
        self.snapshots = Snapshotter(sim.trace, self.name)
        self.events = EventLog(self)
        self.images = ImageStore(self)
        self.networks = Networks(self)
        self.volumes = Volumes(self)
        self.lifecycle = Lifecycle(self)
        self.containers = Containers(self)
        self.execs = Execs(self)
        self.health = Health(self)
        self.server = Server(self)
        self.service = Service(self.name, self.server.handle)
        disk.mount(self)
        self._disk = host.vfs.mount_of(self.root).fs
        self.process = shim.daemons(host)

    @property
    def kernel(self) -> Kernel:
        """The kernel that runs the containers' processes."""
        return self.host.kernel

    @property
    def stack(self) -> Stack:
        """The host's network stack, which the daemon connects through."""
        stack: Stack = self.host.net
        return stack

    @property
    def version(self) -> str:
        return version.ENGINE

    def writable_layer(self, key: str, image: Image) -> Overlay:
        """A writable layer for a container over ``image``, with the daemon's own layer of mount points between."""
        chain = image.top
        base = f"{chain or 'scratch'}-init"
        if base not in self.snapshots:
            fill_mount_points(self.snapshots.prepare(base + "-key", chain), self.sim.time())
            self.snapshots.commit(base, base + "-key")
        layer = self.snapshots.prepare(key, base)
        layer.made_ns, layer.disk = self.sim.nanoseconds(), self._disk
        return layer
