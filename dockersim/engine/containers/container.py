"""A container: an identity, wishes, a writable layer, and, once it has been started, a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import log, states
from dockersim.engine.containers.log import Log
from dockersim.engine.containers.restarts import RestartManager
from dockersim.engine.containers.spec import Spec

if TYPE_CHECKING:
    from dockersim.engine.containers.streams import Streams
    from dockersim.engine.images import Image
    from dockersim.engine.networks.network import Endpoint
    from dockersim.engine.networks.sandbox import Sandbox
    from dockersim.engine.volumes.mountpoint import MountPoint
    from dockersim.fs import Overlay
    from dockersim.sim import Stack
    from dockersim.userland.computer import Computer
    from dockersim.userland.process import Process


class Run:
    """What there is only once a container was started (or somebody waits for it, or attached).

    A start that fails may come so far that the daemon's files are ``prepared``, or that output is ``logged``.
    """

    def __init__(self, kept: Log | None = None) -> None:
        self.log = kept or Log()
        self.computer: Computer | None = None
        self.process: Process | None = None
        self.sandbox: Sandbox | None = None
        self.streams: Streams | None = None
        self.prepared = self.logged = False
        self.started = 0
        self.finished = 0
        self.exit_code = 0
        self.error = ""
        self.oom_killed = False
        self.restarts = 0
        self.stopped_by_hand = False
        self.restarting_by_hand = False
        self.removed_by_hand = False
        self.restart_manager = RestartManager()
        self.health: Any = None
        self.execs: list[str] = []
        self.on_exit: list[Callable[[int], None]] = []
        self.on_removed: list[Callable[[int], None]] = []


class Container:
    """One container. ``created`` is in unix nanoseconds; ``overlay`` its writable layer over the image's tree.

    ``endpoints`` maps network names to what is known of the plug in each (``None`` before it is first needed);
    ``mounts`` is what ``-v`` and the like came to. ``hostname_shared`` is the name that comes with another's network.
    """

    __slots__ = (
        "_run",
        "created",
        "endpoints",
        "host_override",
        "hostname_shared",
        "id",
        "image",
        "mounts",
        "name",
        "overlay",
        "spec",
        "stack",
        "state",
    )

    def __init__(self, identity: str, name: str, image: Image, spec: Spec, created: int, overlay: Overlay) -> None:
        self.id = identity
        self.name = name
        self.image = image
        self.spec = spec
        self.created = created
        self.overlay = overlay
        self.state = states.CREATED
        self.endpoints: dict[str, Endpoint] | None = None
        self.hostname_shared = ""
        self.mounts: list[MountPoint] | None = None
        self.host_override: dict[str, Any] | None = None
        self.stack: Stack | None = None
        self._run: Run | None = None

    @property
    def run(self) -> Run:
        """The run; made at first need."""
        if self._run is None:
            self._run = Run(log.of(self.spec.host["LogConfig"]))
        return self._run

    @property
    def ran(self) -> Run:
        """The run for reading; a shared empty one for a container that never had any."""
        return self._run if self._run is not None else _NEVER

    @property
    def host(self) -> dict[str, Any]:
        """``HostConfig`` as it is now: the wish, or what ``docker update`` made of it."""
        return self.host_override if self.host_override is not None else self.spec.host

    @property
    def running(self) -> bool:
        """Whether there are processes: running or paused."""
        return self.state in (states.RUNNING, states.PAUSED)

    def uses(self, image: str) -> bool:
        """Whether it stands on the image with this id, or has it mounted."""
        images = [self.image, *(point.image for point in self.mounts or () if point.image is not None)]
        return any(one.id == image for one in images)

    @property
    def hostname(self) -> str:
        name: str = self.spec.config["Hostname"]
        return name or self.hostname_shared or self.id[:12]

    @property
    def image_name(self) -> str:
        """The image as it was asked for."""
        name: str = self.spec.config["Image"]
        return name

    def __repr__(self) -> str:
        return f"<Container {self.id[:12]} {self.name} {self.state}>"


_NEVER = Run()
