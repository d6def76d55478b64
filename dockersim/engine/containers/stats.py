"""``GET /containers/{id}/stats``: what a container's cgroup (version 2) and its interfaces count.

A running container is measured once a second. A request that wants one answer gets two measurements in it, so that
whoever asks can tell how busy the CPU was in between.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.engine.times import SECOND, ZERO, rfc3339
from dockersim.sim import Channel
from dockersim.userland.kernelfs import boot_age, cpu_seconds
from dockersim.wire import Request, Response, json_bytes, json_response

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
Steps = Generator[Any, Any, Response]
PERIOD = 1.0
NO_PIDS_LIMIT = 2**64 - 1
_THROTTLING = {"periods": 0, "throttled_periods": 0, "throttled_time": 0}
_BLOCK_IO = (
    "io_service_bytes_recursive io_serviced_recursive io_queue_recursive io_service_time_recursive "
    "io_wait_time_recursive io_merged_recursive io_time_recursive sectors_recursive"
).split()


def serve(engine: Engine, container: Container, request: Request) -> Response | Steps:
    """A stream of measurements; one with ``stream=0``, and at once with ``one-shot=1``."""
    if request.query.get("stream", "1") not in ("0", "false", "False"):
        body = Channel(engine.sim)
        engine.sim.process(_stream(engine, container, body))
        return Response(200, {"Content-Type": "application/json"}, body)
    if not container.running:
        return json_response(_answer(container, None, None))
    if request.flag("one-shot"):
        return json_response(_answer(container, measure(engine, container), None))
    return _one(engine, container)


def _one(engine: Engine, container: Container) -> Steps:
    before = measure(engine, container)
    yield engine.sim.timeout(PERIOD)
    if not container.running:
        return json_response(_answer(container, None, None))
    return json_response(_answer(container, measure(engine, container), before))


def _stream(engine: Engine, container: Container, body: Channel) -> Generator[Any, Any, None]:
    before: Json | None = None
    while container.id in engine.containers and not body.gone.triggered:
        now = measure(engine, container) if container.running else None
        body.send_now(json_bytes(_answer(container, now, before)))
        before = now
        yield engine.sim.timeout(PERIOD) | body.gone
    body.close()


def measure(engine: Engine, container: Container) -> Json:
    """Everything that is counted, now."""
    computer = container.run.computer
    assert computer is not None
    used = round(cpu_seconds(computer) * SECOND)
    return {
        "read": engine.sim.nanoseconds(),
        "pids": len(computer.own_processes()),
        "pids_limit": computer.pids_limit or NO_PIDS_LIMIT,
        "cpu": {
            "cpu_usage": {
                "total_usage": used,
                "usage_in_kernelmode": used // 4,
                "usage_in_usermode": used - used // 4,
            },
            "system_cpu_usage": round(boot_age(computer) * engine.kernel.cpus * SECOND),
            "online_cpus": engine.kernel.cpus,
            "throttling_data": _THROTTLING,
        },
        "memory": computer.memory_used,
        "limit": computer.memory_limit or engine.kernel.memory,
        "networks": _networks(container) if container.host["NetworkMode"] != "host" else None,
    }


def _networks(container: Container) -> Json | None:
    stack = container.stack
    if stack is None or not stack.interfaces:
        return None
    return {
        interface.name: {
            "rx_bytes": interface.received,
            "rx_packets": interface.packets_received,
            "rx_errors": 0,
            "rx_dropped": 0,
            "tx_bytes": interface.sent,
            "tx_packets": interface.packets_sent,
            "tx_errors": 0,
            "tx_dropped": 0,
        }
        for interface in stack.interfaces
    }


def _answer(container: Container, now: Json | None, before: Json | None) -> Json:
    view: Json = {
        "name": f"/{container.name}",
        "id": container.id,
        "read": rfc3339(now["read"]) if now else ZERO,
        "preread": rfc3339(before["read"]) if before else ZERO,
        "pids_stats": {"current": now["pids"], "limit": now["pids_limit"]} if now else {},
        "blkio_stats": dict.fromkeys(_BLOCK_IO),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": now["cpu"] if now else _no_cpu(),
        "precpu_stats": before["cpu"] if before else _no_cpu(),
        "memory_stats": _memory(now) if now else {},
    }
    if now and now["networks"]:
        view["networks"] = now["networks"]
    return view


def _no_cpu() -> Json:
    return {
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": _THROTTLING,
    }


def _memory(now: Json) -> Json:
    used = now["memory"]
    return {
        "usage": used,
        "stats": {
            "active_anon": 0,
            "active_file": 0,
            "anon": used,
            "anon_thp": 0,
            "file": 0,
            "file_dirty": 0,
            "file_mapped": 0,
            "file_writeback": 0,
            "inactive_anon": used,
            "inactive_file": 0,
            "kernel_stack": 0,
            "pgactivate": 0,
            "pgdeactivate": 0,
            "pgfault": used >> 12,
            "pglazyfree": 0,
            "pglazyfreed": 0,
            "pgmajfault": 0,
            "pgrefill": 0,
            "pgscan": 0,
            "pgsteal": 0,
            "shmem": 0,
            "slab": 0,
            "slab_reclaimable": 0,
            "slab_unreclaimable": 0,
            "sock": 0,
            "thp_collapse_alloc": 0,
            "thp_fault_alloc": 0,
            "unevictable": 0,
            "workingset_activate": 0,
            "workingset_nodereclaim": 0,
            "workingset_refault": 0,
        },
        "limit": now["limit"],
    }
