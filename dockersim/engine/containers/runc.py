"""What the runtime refuses when it makes a container: wishes that the daemon lets pass and the kernel does not.

The words are those of containerd's shim and of runc, on a host with cgroups of version 2 and the systemd driver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
TASK = "failed to create task for container: "
CREATE = f"{TASK}failed to create shim task: OCI runtime create failed: runc create failed: "
INIT = f"{CREATE}unable to start container process: error during container init: "
LONGEST_HOSTNAME = 64
MOST_FILES = 1_073_741_816
"""``fs.nr_open`` as systemd sets it: no limit of open files can be above."""
MOST_PIDS = 4_194_304
LEAST_QUOTA = 1000
"""Microseconds in a scheduling period, as few as the kernel takes."""
_PATH = "/sys/fs/cgroup/system.slice/docker-{id}.scope"
_RATES = (
    ("BlkioDeviceReadBps", "rbps"),
    ("BlkioDeviceWriteBps", "wbps"),
    ("BlkioDeviceReadIOps", "riops"),
    ("BlkioDeviceWriteIOps", "wiops"),
)
_NET_GROUPS = frozenset("bridge core fib ipv4 ipv6 mpls mptcp netfilter sctp unix vrf x25".split())
_NET_TEXTS = ("congestion_control", "qdisc", "fastopen_key")


def refusal(engine: Engine, container: Container) -> str:
    """Why the container cannot be made; empty when it can."""
    return next(_refusals(engine, container), "")


def _refusals(engine: Engine, container: Container) -> Iterator[str]:
    """In the order in which daemon, shim, and runc come upon them."""
    yield from _devices(engine, container.host)
    yield from _shim(container.host["Runtime"])
    yield from _shared_sysctls(container.host)
    yield from _cgroup(engine, container)
    yield from _init(container)


def _devices(engine: Engine, host: Json) -> Iterator[str]:
    for key in ("BlkioWeightDevice", *(key for key, _ in _RATES)):
        for device in host[key] or ():
            try:
                engine.host.vfs.stat(device["Path"])
            except FsError as error:
                yield f"stat {device['Path']}: {error.strerror.lower()}"


def _shim(runtime: str) -> Iterator[str]:
    """A runtime's program is named by the last two parts of its name."""
    binary = "-".join(["containerd-shim", *runtime.split(".")[-2:]])
    if runtime != "runc" and binary != "containerd-shim-runc-v2":
        yield (
            f'{TASK}failed to start shim: failed to resolve runtime path: runtime "{runtime}" binary not installed '
            f'"{binary}": file does not exist'
        )


def _shared_sysctls(host: Json) -> Iterator[str]:
    for name in host.get("Sysctls") or ():
        if name.startswith("net."):
            if host["NetworkMode"] == "host":
                yield f'{CREATE}sysctl "{name}" not allowed in host network namespace'
        elif host["IpcMode"] == "host":
            yield f'{CREATE}sysctl "{name}" is not allowed in the hosts ipc namespace'


def _cgroup(engine: Engine, container: Container) -> Iterator[str]:
    host, directory = container.host, _PATH.format(id=container.id)

    def refused(value: str, file: str, why: str = "invalid argument") -> str:
        return (
            f'{INIT}error setting cgroup config for procHooks process: failed to write "{value}": '
            f"write {directory}/{file}: {why}"
        )

    quota, period = host["CpuQuota"], host["CpuPeriod"] or 100_000
    if host["NanoCpus"]:
        quota, period = host["NanoCpus"] * 100_000 // 10**9, 100_000
    if 0 < quota < LEAST_QUOTA or (host["NanoCpus"] and not quota):
        yield refused(f"{quota} {period}", "cpu.max")
    if (host["PidsLimit"] or 0) > MOST_PIDS:
        yield refused(str(host["PidsLimit"]), "pids.max")
    for key, word in _RATES:
        for device in host[key] or ():
            node = engine.host.vfs.stat(device["Path"])
            if node.kind != "block":
                major, minor = node.rdev or (0, 0)
                yield refused(f"{major}:{minor} {word}={device['Rate']}", "io.max", "no such device")


def _init(container: Container) -> Iterator[str]:
    """What PID 1 asks of the kernel before it becomes the program."""
    if len(container.hostname.encode()) > LONGEST_HOSTNAME:
        yield f"{INIT}sethostname: invalid argument"
    for name, value in (container.host.get("Sysctls") or {}).items():
        yield from _sysctl(name, value)
    for limit in container.host["Ulimits"] or ():
        if limit["Name"] == "nofile" and not 0 <= limit["Hard"] <= MOST_FILES:
            yield f"{INIT}error setting rlimits for ready process: error setting rlimit type 7: operation not permitted"


def _sysctl(name: str, value: str) -> Iterator[str]:
    place = f"fsmount:fscontext:proc/./sys/{name.replace('.', '/')}"
    group = name.split(".")[1]
    if name.startswith("net.") and group not in _NET_GROUPS:
        yield f"{INIT}open sysctl {name} file: unsafe procfs detected: openat2 {place}: no such file or directory"
    if not name.endswith(_NET_TEXTS) and not all(word.lstrip("-").isdigit() for word in value.split()):
        yield f'{INIT}failed to write sysctl {name} = "{value}": write {place}: invalid argument'
