"""What a create or update request must satisfy before anything is made, in dockerd's words and order.

Follows moby's daemon/container.go and daemon/daemon_unix.go: first the command's part, then the host's, then resources.
"""

from __future__ import annotations

from typing import Any

from dockersim.engine.containers import signalnames
from dockersim.engine.containers.launch import ALL_CAPABILITIES, cpu_set
from dockersim.errors import InvalidParameter, System
from dockersim.units import parse_bool
from dockersim.units.duration import SECOND

Json = dict[str, Any]
MINIMUM_MEMORY = 6 << 20
MILLISECOND = SECOND // 1000


def create(body: Json, cpus: int) -> list[str]:
    """Check a create request on a machine of ``cpus`` CPUs; the warnings. Raises InvalidParameter."""
    host = body.get("HostConfig") or {}
    _modes(body, host)
    _platform(host)
    _config(body)
    _host(host)
    warnings = resources(host, cpus)
    _namespaces(host)
    runtime = host.get("Runtime") or "runc"
    if runtime != "runc" and ("/" in runtime or "." not in runtime[1:]):
        raise InvalidParameter(f"unknown or invalid runtime name: {runtime}")
    if any(mount.get("Type") == "image" for mount in host.get("Mounts") or ()):
        warnings.append("Image mount is an experimental feature")
    return warnings


def _modes(body: Json, host: Json) -> None:
    """Combinations that the daemon's decoder refuses (runconfig)."""
    mode = host.get("NetworkMode") or ""
    if host.get("UTSMode") == "host" and body.get("Hostname"):
        raise InvalidParameter("conflicting options: hostname and the UTS mode")
    if not mode.startswith("container:"):
        return
    conflicts = (
        (body.get("Hostname"), "hostname and the network mode"),
        (host.get("Links"), "container type network can't be used with links. This would result in undefined behavior"),
        (host.get("Dns"), "dns and the network mode"),
        (host.get("ExtraHosts"), "custom host-to-IP mapping and the network mode"),
        (body.get("MacAddress"), "mac-address and the network mode"),
        (host.get("PortBindings"), "port publishing and the container type network mode"),
        (host.get("PublishAllPorts"), "port publishing and the container type network mode"),
        (body.get("ExposedPorts"), "port exposing and the container type network mode"),
    )
    for given, words in conflicts:
        if given:
            raise InvalidParameter(f"conflicting options: {words}")


def _platform(host: Json) -> None:
    """What Windows has and Linux has not, and real-time scheduling, which cgroups of version 2 have not."""
    isolation = host.get("Isolation")
    if isolation not in (None, "", "default"):
        raise InvalidParameter(f"invalid isolation ({isolation}): linux only supports 'default'")
    for key, what in (("IOMaximumBandwidth", "bandwidth"), ("IOMaximumIOps", "IOPs")):
        if host.get(key):
            raise InvalidParameter(f"invalid option: QoS maximum {what} configuration is not supported on linux")
    if host.get("CpuRealtimePeriod") or host.get("CpuRealtimeRuntime"):
        raise InvalidParameter("kernel does not support CPU real-time scheduler")
    shares = host.get("CpuShares") or 0
    if shares < 0:
        raise InvalidParameter(f"invalid CPU shares ({shares}): value must be a positive integer")


def _config(body: Json) -> None:
    cwd = body.get("WorkingDir") or ""
    if cwd and not cwd.startswith("/"):
        raise InvalidParameter(f"the working directory '{cwd}' is invalid, it needs to be an absolute path")
    if body.get("StopSignal"):
        signalnames.number_of(body["StopSignal"])
    for entry in body.get("Env") or ():
        if not entry.partition("=")[0]:
            raise InvalidParameter(f"invalid environment variable: {entry}")
    _health(body.get("Healthcheck") or {})


def _health(check: Json) -> None:
    for name in ("Interval", "Timeout", "StartPeriod", "StartInterval"):
        if check.get(name) and check[name] < MILLISECOND:
            raise InvalidParameter(f"{name} in Healthcheck cannot be less than 1ms")
    if (check.get("Retries") or 0) < 0:
        raise InvalidParameter("Retries in Healthcheck cannot be negative")


def _host(host: Json) -> None:
    policy = host.get("RestartPolicy") or {}
    if host.get("AutoRemove") and policy.get("Name") not in (None, "", "no"):
        raise InvalidParameter("can't create 'AutoRemove' container with restart policy")
    restart_policy(policy)
    for key in ("CapAdd", "CapDrop"):
        for name in host.get(key) or ():
            known = name.upper().removeprefix("CAP_")
            if known != "ALL" and known not in ALL_CAPABILITIES:
                raise InvalidParameter(f'invalid {key}: unknown capability: "CAP_{known}"')
    if "" in (host.get("Annotations") or {}):
        raise InvalidParameter("invalid Annotations: the empty string is not permitted as an annotation key")


def restart_policy(policy: Json) -> None:
    """A ``RestartPolicy``."""
    name, count = policy.get("Name") or "", policy.get("MaximumRetryCount") or 0
    if name in ("always", "unless-stopped", "no"):
        if count:
            more = " and cannot be negative" if count < 0 else ""
            raise InvalidParameter(
                f"invalid restart policy: maximum retry count can only be used with 'on-failure'{more}"
            )
    elif name == "on-failure":
        if count < 0:
            raise InvalidParameter("invalid restart policy: maximum retry count cannot be negative")
    elif name:
        raise InvalidParameter(
            f"invalid restart policy: unknown policy '{name}'; "
            "use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
        )


def _namespaces(host: Json) -> None:
    ipc = host.get("IpcMode") or ""
    if ipc not in ("", "none", "private", "shareable", "host") and not ipc.startswith("container:"):
        raise InvalidParameter(f"invalid IPC mode: {ipc}")
    pid = host.get("PidMode") or ""
    if pid not in ("", "host") and not _other_container(pid):
        raise InvalidParameter(f"invalid PID mode: {pid}")
    if host.get("UTSMode") not in (None, "", "host"):
        raise InvalidParameter(f"invalid UTS mode: {host['UTSMode']}")
    if (host.get("ShmSize") or 0) < 0:
        raise InvalidParameter("SHM size can not be less than 0")
    score = host.get("OomScoreAdj") or 0
    if not -1000 <= score <= 1000:
        raise InvalidParameter(f"Invalid value {score}, range for oom score adj is [-1000, 1000]")
    parent = host.get("CgroupParent") or ""
    if parent and not (len(parent) > len(".slice") and parent.endswith(".slice")):
        raise InvalidParameter('cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"')
    if host.get("CgroupnsMode") not in (None, "", "private", "host"):
        raise InvalidParameter(f"invalid cgroup namespace mode: {host['CgroupnsMode']}")


def _other_container(mode: str) -> bool:
    kind, colon, name = mode.partition(":")
    return kind == "container" and bool(colon and name)


# ---- resources


def resources(host: Json, cpus: int, update: bool = False) -> list[str]:
    """Limits that a request asks for; the warnings. Raises InvalidParameter."""
    warnings = _unsupported(host)
    _memory(host, update)
    _cpu(host, cpus)
    _cpu_sets(host, cpus)
    weight = host.get("BlkioWeight") or 0
    if weight and not 10 <= weight <= 1000:
        raise InvalidParameter("Range of blkio weight is from 10 to 1000")
    return warnings


def _unsupported(host: Json) -> list[str]:
    """What cgroups of version 1 had, and those of version 2 have not."""
    warnings = []
    if host.get("MemorySwappiness") not in (None, -1):
        warnings.append(
            "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. "
            "Memory swappiness discarded."
        )
    if host.get("OomKillDisable"):
        warnings.append("Your kernel does not support OomKillDisable. OomKillDisable discarded.")
    return warnings


def _memory(host: Json, update: bool) -> None:
    memory, swap = host.get("Memory") or 0, host.get("MemorySwap") or 0
    reservation = host.get("MemoryReservation") or 0
    if memory and memory < MINIMUM_MEMORY:
        raise InvalidParameter("Minimum memory limit allowed is 6MB")
    if 0 < swap < memory:
        raise InvalidParameter("Minimum memoryswap limit should be larger than memory limit, see usage")
    if not memory and swap > 0 and not update:
        raise InvalidParameter("You should always set the Memory limit when using Memoryswap limit, see usage")
    if 0 < reservation < MINIMUM_MEMORY:
        raise InvalidParameter("Minimum memory reservation allowed is 6MB")
    if 0 < memory < reservation:
        raise InvalidParameter("Minimum memory limit can not be less than memory reservation limit, see usage")


def _cpu(host: Json, cpus: int) -> None:
    nano, period, quota = host.get("NanoCpus") or 0, host.get("CpuPeriod") or 0, host.get("CpuQuota") or 0
    if nano > 0 and period > 0:
        raise InvalidParameter("Conflicting options: Nano CPUs and CPU Period cannot both be set")
    if nano > 0 and quota > 0:
        raise InvalidParameter("Conflicting options: Nano CPUs and CPU Quota cannot both be set")
    if not 0 <= nano <= cpus * 10**9:
        raise InvalidParameter(f"range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available")
    if period and not 1000 <= period <= 1_000_000:
        raise InvalidParameter("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
    if 0 < quota < 1000:
        raise InvalidParameter("CPU cfs quota can not be less than 1ms (i.e. 1000)")


def _cpu_sets(host: Json, cpus: int) -> None:
    available = f"0-{cpus - 1}" if cpus > 1 else "0"
    for key, least, what, shown in (
        ("CpusetCpus", cpus, "CPUs", available),
        ("CpusetMems", 1, "memory nodes", "0"),
    ):
        text = host.get(key) or ""
        try:
            chosen = cpu_set(text)
        except ValueError as error:
            raise InvalidParameter(f"Invalid value {text} for cpuset {key[6:].lower()}: {error}") from None
        if chosen and max(chosen) >= least:
            raise InvalidParameter(f"Requested {what} are not available - requested {text}, available: {shown}")


# ---- after the image is known


def security(options: list[str] | None) -> None:
    """``SecurityOpt``: names that the daemon knows. System."""
    for option in options or ():
        if option in ("disable", *_SWITCHES):
            continue
        name, separator, value = option.partition("=")
        if not separator:
            name, separator, value = option.partition(":")
        if not separator:
            raise System(f'invalid --security-opt 1: "{option}"')
        if name not in ("label", "apparmor", "seccomp") and not (name in _SWITCHES and _is_bool(value)):
            raise System(f'invalid --security-opt 2: "{option}"')


_SWITCHES = ("no-new-privileges", "writable-cgroups")


def _is_bool(text: str) -> bool:
    try:
        parse_bool(text)
    except ValueError:
        return False
    return True


def storage(options: Json) -> None:
    """``StorageOpt``: overlay2 knows a size, and that only over a file system that counts by project. System."""
    if "size" in options:
        raise System("--storage-opt is supported only for overlay over xfs with 'pquota' mount option")
    for option in options:
        raise System(f"Unknown option {option}")
