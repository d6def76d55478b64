"""What a container was asked to be: the create request, completed by its image's configuration.

A spec is shared: containers created by the same request from the same image hold one spec, so a hundred thousand of
them cost no more than their own state.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from dockersim.errors import InvalidParameter

Json = dict[str, Any]
DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MASKED = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

_ABSENT = object()

HOST_DEFAULTS: Json = {
    "Binds": None,
    "ContainerIDFile": "",
    "LogConfig": {"Type": "json-file", "Config": {}},
    "NetworkMode": "default",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "VolumeDriver": "",
    "VolumesFrom": None,
    "ConsoleSize": [0, 0],
    "Annotations": _ABSENT,
    "CapAdd": None,
    "CapDrop": None,
    "CgroupnsMode": "private",
    "Dns": [],
    "DnsOptions": [],
    "DnsSearch": [],
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "Cgroup": "",
    "Links": None,
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "StorageOpt": _ABSENT,
    "Tmpfs": _ABSENT,
    "UTSMode": "",
    "UsernsMode": "",
    "ShmSize": 67_108_864,
    "Sysctls": _ABSENT,
    "Runtime": "runc",
    "Isolation": "",
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "BlkioWeightDevice": [],
    "BlkioDeviceReadBps": [],
    "BlkioDeviceWriteBps": [],
    "BlkioDeviceReadIOps": [],
    "BlkioDeviceWriteIOps": [],
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": False,
    "PidsLimit": None,
    "Ulimits": [],
    "CpuCount": 0,
    "CpuPercent": 0,
    "IOMaximumIOps": 0,
    "IOMaximumBandwidth": 0,
    "Mounts": _ABSENT,
    "MaskedPaths": MASKED,
    "ReadonlyPaths": READ_ONLY,
    "Init": _ABSENT,
}
"""``HostConfig`` as ``docker inspect`` shows it for a container that asked for nothing, in its order.

What is absent is shown where it was asked for.
"""
_SORTED = ("Annotations", "StorageOpt", "Tmpfs", "Sysctls")


class Spec:
    """A container's immutable wishes. ``config`` and ``host`` have the shapes of ``docker inspect``.

    ``argv`` is entrypoint and command joined: what PID 1 will be. ``found`` is what a start found in the image's own
    tree, for the next container that begins with the same.
    """

    __slots__ = ("argv", "config", "found", "host", "networking")

    def __init__(self, body: Json, image_config: Mapping[str, Any]) -> None:
        self.found: Any = None
        self.host = host_config(body.get("HostConfig") or {})
        self.config = merge(body, image_config)
        self.networking: Json = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
        entrypoint = self.config["Entrypoint"] or []
        self.argv: tuple[str, ...] = (*entrypoint, *(self.config["Cmd"] or []))
        if not self.argv:
            raise InvalidParameter("no command specified")

    @property
    def tty(self) -> bool:
        return bool(self.config["Tty"])

    @property
    def restart_policy(self) -> str:
        return str(self.host["RestartPolicy"].get("Name") or "no")


def merge(body: Json, image: Mapping[str, Any]) -> Json:
    """``Config`` of the container: the request's values, then the image's where the request is silent."""
    entrypoint, command = body.get("Entrypoint"), body.get("Cmd")
    if not entrypoint:
        if not command:
            command = image.get("Cmd")
        if entrypoint is None:
            entrypoint = image.get("Entrypoint")
    elif entrypoint == [""]:
        entrypoint = None
    config: Json = {
        "Hostname": body.get("Hostname") or "",
        "Domainname": body.get("Domainname") or "",
        "User": body.get("User") or image.get("User") or "",
        "AttachStdin": bool(body.get("AttachStdin")),
        "AttachStdout": bool(body.get("AttachStdout")),
        "AttachStderr": bool(body.get("AttachStderr")),
    }
    ports = {**(body.get("ExposedPorts") or {}), **(image.get("ExposedPorts") or {})}
    if ports:
        config["ExposedPorts"] = dict(sorted(ports.items()))
    config |= {
        "Tty": bool(body.get("Tty")),
        "OpenStdin": bool(body.get("OpenStdin")),
        "StdinOnce": bool(body.get("StdinOnce")),
        "Env": merge_env(body.get("Env") or [], image.get("Env") or []),
        "Cmd": list(command) if command else None,
    }
    health = merge_health(body.get("Healthcheck"), image.get("Healthcheck"))
    if health:
        config["Healthcheck"] = health
    volumes = {**(body.get("Volumes") or {}), **(image.get("Volumes") or {})}
    config |= {
        "Image": body.get("Image") or "",
        "Volumes": volumes or None,
        "WorkingDir": clean_path(body.get("WorkingDir") or "") or image.get("WorkingDir") or "",
        "Entrypoint": list(entrypoint) if entrypoint else None,
        "OnBuild": None,
        "Labels": {**(image.get("Labels") or {}), **(body.get("Labels") or {})},
    }
    for key in ("StopSignal", "StopTimeout", "Shell"):
        value = body.get(key) if body.get(key) is not None and body.get(key) != "" else image.get(key)
        if value:
            config[key] = value
        elif key == "StopTimeout" and value == 0:
            config[key] = 0
    return config


def clean_path(path: str) -> str:
    """An absolute path without detours (``filepath.Clean``); the empty text stays empty."""
    return posixpath.normpath(f"/{path.lstrip('/')}") if path else ""


def merge_env(own: list[str], inherited: list[str]) -> list[str]:
    """The request's variables first, then those of the image that it does not set; never without a PATH."""
    named = {entry.partition("=")[0] for entry in own}
    env = [*own, *(entry for entry in inherited if entry.partition("=")[0] not in named)]
    if not any(entry.startswith("PATH=") for entry in env):
        env.append(DEFAULT_PATH)
    return env


def merge_health(own: Json | None, inherited: Mapping[str, Any] | None) -> Json | None:
    """The health check: each field of the request, or the image's."""
    merged = {**(inherited or {}), **{key: value for key, value in (own or {}).items() if value}}
    return merged or None


def host_config(asked: Json) -> Json:
    """``HostConfig`` as it is kept: the daemon's defaults under what was asked."""
    host = {
        key: asked[key] if asked.get(key) is not None else default
        for key, default in HOST_DEFAULTS.items()
        if asked.get(key) is not None or default is not _ABSENT
    }
    host |= {key: dict(sorted(host[key].items())) for key in _SORTED if host.get(key)}
    log = host["LogConfig"]
    host["LogConfig"] = {
        "Type": log.get("Type") or "json-file",
        "Config": dict(sorted((log.get("Config") or {}).items())),
    }
    policy = host["RestartPolicy"]
    host["RestartPolicy"] = {
        "Name": policy.get("Name") or "no",
        "MaximumRetryCount": policy.get("MaximumRetryCount") or 0,
    }
    for key in ("ShmSize", "Runtime", "IpcMode", "CgroupnsMode"):
        host[key] = host[key] or HOST_DEFAULTS[key]
    host["NetworkMode"] = "bridge" if host["NetworkMode"] in ("", "default") else host["NetworkMode"]
    if host["Privileged"] and asked.get("MaskedPaths") is None:
        host["MaskedPaths"] = host["ReadonlyPaths"] = None
    host["SecurityOpt"] = _security(host)
    if host.get("Mounts"):
        host["Mounts"] = [_marked(mount) for mount in host["Mounts"]]
    _adapt_resources(host)
    return host


def _marked(mount: Json) -> Json:
    """A mount of a volume that gets its name from the daemon: its labels, where it has any, tell of that, too."""
    options = mount.get("VolumeOptions") or {}
    if mount.get("Type") != "volume" or mount.get("Source") or not options.get("Labels"):
        return mount
    labels = {"com.docker.volume.anonymous": "", **options["Labels"]}
    return {**mount, "VolumeOptions": {**options, "Labels": dict(sorted(labels.items()))}}


def _adapt_resources(host: Json) -> None:
    """Defaults that follow from other wishes, and what cgroups of version 2 cannot do."""
    if host["Memory"] > 0 and not host["MemorySwap"]:
        host["MemorySwap"] = 2 * host["Memory"]
    host["MemorySwappiness"] = None
    host["OomKillDisable"] = False
    if not host["PidsLimit"] or host["PidsLimit"] < 0:
        host["PidsLimit"] = None


def _security(host: Json) -> list[str] | None:
    """``SecurityOpt``: who shares the host's processes or memory, or may do anything, gets no SELinux label."""
    asked: list[str] | None = host["SecurityOpt"]
    shares = host["Privileged"] or "host" in (host["IpcMode"], host["PidMode"])
    if not shares or any(option.partition("=")[0] == "label" for option in asked or ()):
        return asked
    return [*(asked or ()), "label=disable"]
