"""What containerd leaves on the host beside each container that runs: a shim, which keeps it, and a control group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.userland import signals
from dockersim.userland.process import Resident

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine
    from dockersim.userland.computer import Computer

SHIM = "/usr/bin/containerd-shim-runc-v2"
SOCKET = "/run/containerd/containerd.sock"


def daemons(host: Computer) -> Resident:
    """Put containerd and dockerd among the processes of their host; the latter."""
    Resident(host, ["/usr/bin/containerd"], host.init)
    return Resident(host, ["/usr/bin/dockerd", "-H", "fd://", f"--containerd={SOCKET}"], host.init)


def attend(engine: Engine, container: Container, computer: Computer) -> None:
    """Give a container that starts its shim and its control group. Without its shim it ends."""

    def end() -> None:
        if computer.init is not None:
            computer.init.signal(signals.KILL, outside=True)

    argv = [SHIM, "-namespace", "moby", "-id", container.id, "-address", SOCKET]
    computer.keeper = Resident(engine.host, argv, engine.host.init, end)
    computer.cgroup = _path(container)
    engine.kernel.cgroups[computer.cgroup] = computer


def dismiss(engine: Engine, computer: Computer) -> None:
    """The container ended: its shim goes, and its control group."""
    if isinstance(computer.keeper, Resident):
        computer.keeper.leave()
        computer.keeper = None
        engine.kernel.cgroups.pop(computer.cgroup, None)


def _path(container: Container) -> str:
    """Where systemd puts its scope."""
    parent = container.host["CgroupParent"] or "system.slice"
    return f"/{parent.strip('/')}/docker-{container.id}.scope"
