"""From the flags of ``docker run`` and ``docker create`` to the body of ``POST /containers/create``.

Follows docker/cli's ``cli/command/container/opts.go``: the same keys in the same order, the same checks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dockersim.client import pairs
from dockersim.client.cli import Cli
from dockersim.client.endpoints import endpoints
from dockersim.client.flags import Options, capabilities, devices, policy
from dockersim.client.flags.env import to_map
from dockersim.client.flags.mounts import VolumeSpec, tmpfs, volume
from dockersim.client.flags.network import is_user_defined
from dockersim.client.flags.ports import expose, publish
from dockersim.client.transport import Failure
from dockersim.userland.process import Process

Json = dict[str, Any]


def create_body(cli: Cli, *, detach: bool) -> Json:
    """The body. Raises :class:`Failure` with Docker's message for flags that do not go together."""
    options = cli.options
    given = pairs.with_proxies(options["env"], cli.config(), cli.daemon.host)
    try:
        judged = _judge(cli.p, options, given)
        body = _config(options, judged, cli.args[0], cli.args[1:], detach)
        body["HostConfig"] = _host(options, judged, _console(cli.p))
        body["NetworkingConfig"] = {"EndpointsConfig": endpoints(options)}
    except ValueError as error:
        raise Failure(str(error)) from None
    return body


class _Judged(NamedTuple):
    """Values of flags that have to be looked at, in the order in which the client looks: its first fault is told."""

    volumes: list[VolumeSpec]
    exposed: list[str]
    bindings: Json
    devices: devices.Devices
    env: list[str]
    labels: Json
    modes: Json
    restart: Json
    log: Json
    security: policy.Security
    storage: Json
    health: Json | None


def _judge(p: Process, o: Options, variables: list[str]) -> _Judged:
    if o["mac-address"]:
        policy.mac_address(o["mac-address"])
    policy.swappiness(o["memory-swappiness"])
    volumes = [volume(text, p.cwd) for text in dict.fromkeys(o["volume"])]
    published, bindings = publish(o["publish"])
    judged = _Judged(
        volumes=volumes,
        exposed=list(dict.fromkeys([*published, *expose(o["expose"])])),
        bindings=bindings,
        devices=devices.devices(o["device"]),
        env=pairs.env(p, o["env-file"], variables),
        labels=to_map(pairs.labels(p, o["label-file"], o["label"])),
        modes={flag: policy.namespace(flag, o[flag]) for flag in ("pid", "uts", "userns", "cgroupns")},
        restart=policy.restart(o["restart"]),
        log={"Type": o["log-driver"], "Config": policy.log_options(o["log-driver"], o["log-opt"])},
        security=policy.security_options(o["security-opt"], p.read_file),
        storage=policy.storage_options(o["storage-opt"]),
        health=_health(o),
    )
    if o["rm"] and judged.restart["Name"] not in ("", "no"):
        raise ValueError("conflicting options: cannot specify both --restart and --rm")
    return judged


def _health(o: Options) -> Json | None:
    given = [flag.name for flag in o.given if flag.name.startswith("health-") and o[flag.name]]
    if o["no-healthcheck"]:
        if given:
            raise ValueError("--no-healthcheck conflicts with --health-* options")
        return {"Test": ["NONE"]}
    if not given:
        return None
    policy.health_durations({name: o[name] for name in o if name.startswith("health-") and name != "health-cmd"})
    health: Json = {}
    if o["health-cmd"]:
        health["Test"] = ["CMD-SHELL", o["health-cmd"]]
    for flag, key in (
        ("interval", "Interval"),
        ("timeout", "Timeout"),
        ("start-period", "StartPeriod"),
        ("start-interval", "StartInterval"),
    ):
        if o[f"health-{flag}"]:
            health[key] = o[f"health-{flag}"]
    if o["health-retries"]:
        health["Retries"] = o["health-retries"]
    return health


def _console(p: Process) -> list[int]:
    tty = p.tty if p.isatty(1) else None
    return [tty.rows, tty.columns] if tty is not None else [0, 0]


# ---- the container's own part


def _streams(o: Options, detach: bool) -> tuple[bool, bool, bool]:
    """Which of its streams the client connects to; ``-i`` is stdin whatever ``-a`` says."""
    if detach:
        return False, False, False
    wanted = o["attach"] or ["stdout", "stderr"]
    return "stdin" in wanted or bool(o["interactive"]), "stdout" in wanted, "stderr" in wanted


def _config(o: Options, judged: _Judged, image: str, command: list[str], detach: bool) -> Json:
    stdin, stdout, stderr = _streams(o, detach)
    config: Json = {
        "Hostname": o["hostname"],
        "Domainname": o["domainname"],
        "User": o["user"],
        "AttachStdin": stdin,
        "AttachStdout": stdout,
        "AttachStderr": stderr,
    }
    if judged.exposed:
        config["ExposedPorts"] = {port: {} for port in judged.exposed}
    config |= {
        "Tty": o["tty"],
        "OpenStdin": o["interactive"],
        "StdinOnce": bool(o["interactive"] and stdin),
        "Env": judged.env or None,
        "Cmd": command or None,
    }
    if judged.health:
        config["Healthcheck"] = judged.health
    config |= {
        "Image": image,
        "Volumes": {spec.target: {} for spec in judged.volumes if not spec.source},
        "WorkingDir": o["workdir"],
        "Entrypoint": [o["entrypoint"]] if o.changed("entrypoint") else None,
        "OnBuild": None,
        "Labels": judged.labels,
    }
    if o["stop-signal"]:
        config["StopSignal"] = o["stop-signal"]
    if o.changed("stop-timeout"):
        config["StopTimeout"] = o["stop-timeout"]
    return config


# ---- the host's part


def _host(o: Options, judged: _Judged, console: list[int]) -> Json:
    mode = str(o["network"][0]["target"]) if o["network"] else "default"
    host: Json = {
        "Binds": [spec.bind for spec in judged.volumes if spec.bind] or None,
        "ContainerIDFile": o["cidfile"],
        "LogConfig": judged.log,
        "NetworkMode": mode,
        "PortBindings": judged.bindings,
        "RestartPolicy": judged.restart,
        "AutoRemove": o["rm"],
        "VolumeDriver": o["volume-driver"],
        "VolumesFrom": o["volumes-from"] or None,
        "ConsoleSize": console,
    }
    if o["annotation"]:
        host["Annotations"] = dict(o["annotation"])
    host |= {
        "CapAdd": capabilities.normalized(o["cap-add"]) or None,
        "CapDrop": capabilities.normalized(o["cap-drop"]) or None,
        "CgroupnsMode": judged.modes["cgroupns"],
        "Dns": o["dns"],
        "DnsOptions": o["dns-option"],
        "DnsSearch": o["dns-search"],
        "ExtraHosts": o["add-host"] or None,
        "GroupAdd": o["group-add"] or None,
        "IpcMode": o["ipc"],
        "Cgroup": "",
        "Links": None if is_user_defined(mode) else o["link"] or None,
        "OomScoreAdj": o["oom-score-adj"],
        "PidMode": judged.modes["pid"],
        "Privileged": o["privileged"],
        "PublishAllPorts": o["publish-all"],
        "ReadonlyRootfs": o["read-only"],
        "SecurityOpt": judged.security.options if o["security-opt"] else None,
    }
    if judged.storage:
        host["StorageOpt"] = judged.storage
    if o["tmpfs"]:
        host["Tmpfs"] = dict(tmpfs(text) for text in o["tmpfs"])
    host |= {"UTSMode": judged.modes["uts"], "UsernsMode": judged.modes["userns"], "ShmSize": o["shm-size"]}
    if o["sysctl"]:
        host["Sysctls"] = dict(o["sysctl"])
    if o["runtime"]:
        host["Runtime"] = o["runtime"]
    host |= _resources(o, judged)
    if o["mount"]:
        host["Mounts"] = o["mount"]
    host |= {"MaskedPaths": judged.security.system_paths, "ReadonlyPaths": judged.security.system_paths}
    if o.changed("init"):
        host["Init"] = o["init"]
    return host


def _resources(o: Options, judged: _Judged) -> Json:
    return {
        "Isolation": o["isolation"],
        "CpuShares": o["cpu-shares"],
        "Memory": o["memory"],
        "NanoCpus": o["cpus"],
        "CgroupParent": o["cgroup-parent"],
        "BlkioWeight": o["blkio-weight"],
        "BlkioWeightDevice": o["blkio-weight-device"],
        "BlkioDeviceReadBps": o["device-read-bps"],
        "BlkioDeviceWriteBps": o["device-write-bps"],
        "BlkioDeviceReadIOps": o["device-read-iops"],
        "BlkioDeviceWriteIOps": o["device-write-iops"],
        "CpuPeriod": o["cpu-period"],
        "CpuQuota": o["cpu-quota"],
        "CpuRealtimePeriod": o["cpu-rt-period"],
        "CpuRealtimeRuntime": o["cpu-rt-runtime"],
        "CpusetCpus": o["cpuset-cpus"],
        "CpusetMems": o["cpuset-mems"],
        "Devices": judged.devices.mappings,
        "DeviceCgroupRules": o["device-cgroup-rule"] or None,
        "DeviceRequests": [*o["gpus"], *judged.devices.requests] or None,
        "MemoryReservation": o["memory-reservation"],
        "MemorySwap": o["memory-swap"],
        "MemorySwappiness": o["memory-swappiness"],
        "OomKillDisable": o["oom-kill-disable"],
        "PidsLimit": o["pids-limit"],
        "Ulimits": [o["ulimit"][name] for name in sorted(o["ulimit"])],
        "CpuCount": o["cpu-count"],
        "CpuPercent": o["cpu-percent"],
        "IOMaximumIOps": o["io-maxiops"],
        "IOMaximumBandwidth": o["io-maxbandwidth"],
    }
