"""A world: a laptop with its daemon, Docker Hub, registries beside the laptop; what a learner holds in hand."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dockersim.engine import Engine
from dockersim.registry import Registry
from dockersim.sim import Net, Simulation
from dockersim.sim.clock import START
from dockersim.trace import Trace
from dockersim.userland.process import Process
from dockersim.wire import Handler
from dockersim.world import laptop
from dockersim.world.internet import Hub, private_registry
from dockersim.world.session import Result, Session
from dockersim.world.sites import open_sites

if TYPE_CHECKING:
    from dockersim.world.console import Console

SOCKET = "/var/run/docker.sock"

COLLECT_AFTER = 20_000
"""New objects between two runs of the garbage collector."""


class World:
    """A fresh world. The same ``seed`` and the same lines give the same bytes.

    ``registries`` puts registries beside the laptop: address to its users (name to password; none: open to all).
    ``start`` is unix time in seconds. ``trace_limit`` bounds how many events are kept.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        registries: Mapping[str, Mapping[str, str]] | None = None,
        hub_users: Mapping[str, str] | None = None,
        start: float = START,
        trace_limit: int | None = None,
    ) -> None:
        _collect_less_often()
        self.seed = seed
        self.sim = Simulation(seed, start, trace_limit)
        self.network = Net(self.sim)
        self.hub = Hub(self.sim, self.network, hub_users or {})
        open_sites(self.network)
        self.laptop = laptop.build(self.sim, self.network)
        self.engine = Engine(self.sim, self.network, self.laptop)
        self.engine.search = self.hub.search
        self.registries = {
            address: private_registry(self.sim, self.engine.stack, address, users)
            for address, users in (registries or {}).items()
        }
        self.laptop.kernel.services["registry"] = self._registry_program
        self.laptop.kernel.bind_socket(
            self.laptop.vfs, SOCKET, self.engine.service, mode=0o660, gid=laptop.DOCKER_GROUP
        )
        self._in_containers: dict[str, Registry] = {}
        self._session = Session(self.sim, self.laptop)

    def _registry_program(self, process: Process) -> Handler:
        """The handler of a registry that runs in a container: its content is what lies in the container's files."""
        from dockersim.registry.disk import Disk

        name, env = process.computer.name, process.env
        disk = Disk(process.vfs, env.get("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/var/lib/registry"))
        deletes = env.get("REGISTRY_STORAGE_DELETE_ENABLED") == "true"
        self._in_containers[name] = Registry(name, self.sim, deletes=deletes, disk=disk)
        return self._in_containers[name].handle

    @property
    def all_registries(self) -> list[Registry]:
        """Docker Hub's registry, those beside the laptop, and those that run in containers."""
        return [self.hub.registry, *self.registries.values(), *self._in_containers.values()]

    @property
    def trace(self) -> Trace:
        """Everything that has happened, as events."""
        return self.sim.trace

    def sh(self, line: str, stdin: bytes = b"", tty: bool = False) -> Result:
        """Run ``line`` in the laptop's shell, which goes on from line to line.

        With ``tty`` the line runs on a terminal: ``stdout`` is all that the terminal showed, and ``stdin`` is typed.
        """
        return self._session.run(line, stdin, tty)

    def interrupt(self) -> Result:
        """Ctrl-C for the newest line that still runs; the result has what it printed since.

        Raises ``ValueError`` when no line is running.
        """
        return self._session.interrupt()

    def terminal(self, rows: int = 24, columns: int = 80) -> Console:
        """Another window: a terminal with an interactive login shell of the laptop on it, its prompt shown."""
        from dockersim.world.console import Console

        console = Console(self.sim, self.laptop, rows, columns)
        console.type("")
        return console


def _collect_less_often() -> None:
    """A world is made of many small objects that live long: with Python's own threshold a fifth of the time goes into
    looking through them for garbage. A higher one that the user has chosen stays."""
    if 0 < gc.get_threshold()[0] < COLLECT_AFTER:
        gc.set_threshold(COLLECT_AFTER, 20, 50)
