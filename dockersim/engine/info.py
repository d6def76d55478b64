"""What ``GET /info`` says: counts that are true of this daemon, and what it is able to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dockersim.engine import times, version
from dockersim.engine.containers import states
from dockersim.fs import FsError

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
DRIVER_STATUS = [
    ["Backing Filesystem", "extfs"],
    ["Supports d_type", "true"],
    ["Using metacopy", "false"],
    ["Native Overlay Diff", "true"],
    ["userxattr", "false"],
]
PLUGINS: Json = {
    "Volume": ["local"],
    "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
    "Authorization": None,
    "Log": ["awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "splunk", "syslog"],
}
SECURITY = ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"]
INSECURE = ["::1/128", "127.0.0.0/8"]
RUNC_FEATURES = {
    "ociVersionMin": "1.0.0",
    "ociVersionMax": "1.2.1",
    "linux": {"cgroup": {"v1": True, "v2": True, "systemd": True}, "seccomp": {"enabled": True}},
    "annotations": {"org.opencontainers.runc.version": version.RUNC},
}


def info(engine: Engine) -> Json:
    """The body; operation ``SystemInfo``."""
    return {
        **_counts(engine),
        "Driver": "overlay2",
        "DriverStatus": DRIVER_STATUS,
        "Plugins": PLUGINS,
        **dict.fromkeys(("MemoryLimit", "SwapLimit", "CpuCfsPeriod", "CpuCfsQuota", "CPUShares", "CPUSet"), True),
        "PidsLimit": True,
        "IPv4Forwarding": True,
        "Debug": False,
        "NFd": len(engine.kernel.sockets) + sum(1 for one in engine.containers if one.running),
        "OomKillDisable": False,
        "NGoroutines": 1 + len(engine.containers),
        "SystemTime": times.rfc3339(engine.sim.nanoseconds()),
        "LoggingDriver": "json-file",
        "CgroupDriver": "systemd",
        "CgroupVersion": "2",
        "NEventsListener": engine.events.listeners,
        **_machine(engine),
        "DockerRootDir": engine.root,
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "Name": engine.host.hostname,
        "Labels": [],
        "ExperimentalBuild": False,
        "ServerVersion": version.ENGINE,
        **_runtimes(),
        "SecurityOptions": SECURITY,
        "FirewallBackend": {"Driver": "iptables"},
        "CDISpecDirs": ["/etc/cdi", "/var/run/cdi"],
        "Containerd": {
            "Address": "/run/containerd/containerd.sock",
            "Namespaces": {"Containers": "moby", "Plugins": "plugins.moby"},
        },
        "Warnings": None,
    }


def _counts(engine: Engine) -> Json:
    found = [one.state for one in engine.containers]
    paused, running = found.count(states.PAUSED), sum(1 for one in engine.containers if one.running)
    return {
        "ID": engine.identity,
        "Containers": len(found),
        "ContainersRunning": running - paused,
        "ContainersPaused": paused,
        "ContainersStopped": len(found) - running,
        "Images": len(engine.images.all()),
    }


def _machine(engine: Engine) -> Json:
    mirrors = [mirror if mirror.endswith("/") else f"{mirror}/" for mirror in engine.mirrors]
    index = {"Mirrors": mirrors, "Name": "docker.io", "Official": True, "Secure": True}
    return {
        "KernelVersion": engine.kernel.release,
        "OperatingSystem": _pretty_name(engine),
        "OSVersion": _release(engine).get("VERSION_ID", ""),
        "OSType": "linux",
        "Architecture": "x86_64",
        "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {
            "IndexConfigs": {"docker.io": index},
            "InsecureRegistryCIDRs": INSECURE,
            "Mirrors": mirrors,
        },
        "NCPU": engine.kernel.cpus,
        "MemTotal": engine.kernel.memory,
        "GenericResources": None,
    }


def _pretty_name(engine: Engine) -> str:
    return _release(engine).get("PRETTY_NAME", "linux")


def _release(engine: Engine) -> dict[str, str]:
    try:
        text = engine.host.vfs.read_file("/etc/os-release").decode(errors="replace")
    except FsError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {name: value.strip('"') for name, _, value in pairs}


def _runtimes() -> Json:
    features = {"org.opencontainers.runtime-spec.features": json.dumps(RUNC_FEATURES, separators=(",", ":"))}
    runc = {"path": "runc", "status": features}
    return {
        "Runtimes": {"io.containerd.runc.v2": runc, "runc": runc},
        "DefaultRuntime": "runc",
        "Swarm": {
            "NodeID": "",
            "NodeAddr": "",
            "LocalNodeState": "inactive",
            "ControlAvailable": False,
            "Error": "",
            "RemoteManagers": None,
        },
        "LiveRestoreEnabled": False,
        "Isolation": "",
        "InitBinary": "docker-init",
        "ContainerdCommit": {"ID": version.CONTAINERD_COMMIT},
        "RuncCommit": {"ID": version.RUNC_COMMIT},
        "InitCommit": {"ID": version.INIT_COMMIT},
    }
