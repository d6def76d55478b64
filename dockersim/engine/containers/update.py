"""``POST /containers/{id}/update``: other limits, another restart policy, for a container that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import states, validate
from dockersim.engine.containers.launch import cpu_set, cpu_share
from dockersim.errors import Conflict

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
NUMBERS = (
    "BlkioWeight CpuPeriod CpuQuota CpuShares Memory MemoryReservation MemorySwap NanoCpus CpuRealtimePeriod "
    "CpuRealtimeRuntime".split()
)
TEXTS = ("CpusetCpus", "CpusetMems")


def check(engine: Engine, asked: Json) -> list[str]:
    """What can be refused whatever container it is for; the warnings. Raises InvalidParameter."""
    validate.restart_policy(asked.get("RestartPolicy") or {})
    return validate.resources(asked, engine.kernel.cpus, update=True)


def update(engine: Engine, container: Container, asked: Json) -> None:
    """Change what ``asked`` names, at once for a container that runs. Raises Conflict."""
    if container.state in (states.REMOVING, states.DEAD):
        raise _refused(container, 'container is marked for removal and cannot be "update"')
    have = container.host
    policy = asked.get("RestartPolicy") or {}
    _check_together(container, asked, have, policy)
    host = dict(have)
    host |= {key: asked[key] for key in (*NUMBERS, *TEXTS) if asked.get(key)}
    limit = asked.get("PidsLimit")
    if limit is not None:
        host["PidsLimit"] = max(limit, 0)
    if policy.get("Name"):
        host["RestartPolicy"] = {
            "Name": policy["Name"],
            "MaximumRetryCount": policy.get("MaximumRetryCount") or 0,
        }
    container.host_override = host
    _apply(engine, container, host)
    engine.lifecycle.log(container, "update")


def _check_together(container: Container, asked: Json, have: Json, policy: Json) -> None:
    conflicts = (
        ("NanoCpus", "CpuPeriod", "Nano CPUs cannot be updated as CPU Period has already been set"),
        ("NanoCpus", "CpuQuota", "Nano CPUs cannot be updated as CPU Quota has already been set"),
        ("CpuPeriod", "NanoCpus", "CPU Period cannot be updated as NanoCPUs has already been set"),
        ("CpuQuota", "NanoCpus", "CPU Quota cannot be updated as NanoCPUs has already been set"),
    )
    for wanted, present, words in conflicts:
        if (asked.get(wanted) or 0) > 0 and have[present] > 0:
            raise _refused(container, f"Conflicting options: {words}")
    memory = asked.get("Memory") or 0
    if memory > have["MemorySwap"] and not asked.get("MemorySwap"):
        raise _refused(
            container,
            "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
        )
    if have["AutoRemove"] and policy.get("Name") not in (None, "", "no"):
        raise _refused(container, "Restart policy cannot be updated because AutoRemove is enabled for the container")


def _refused(container: Container, why: str) -> Conflict:
    return Conflict(f"Cannot update container {container.id}: {why}")


def _apply(engine: Engine, container: Container, host: Json) -> None:
    computer = container.ran.computer
    if computer is None:
        return
    computer.memory_limit = host["Memory"]
    computer.pids_limit = host["PidsLimit"] or 0
    computer.cpu_share = cpu_share(host)
    computer.cpus = len(cpu_set(host["CpusetCpus"])) or engine.kernel.cpus
