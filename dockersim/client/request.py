"""From the flags of ``docker run`` and ``docker create`` to the body of ``POST /containers/create``.

Follows docker/cli's ``cli/command/container/opts.go``: the same keys in the same order, the same checks.
"""

from __future__ import annotations

from typing import Any

from dockersim.client.flags import Options, devices, policy
from dockersim.client.flags.env import read_file, to_map
from dockersim.client.flags.mounts import tmpfs, volume
from dockersim.client.flags.network import is_user_defined
from dockersim.client.flags.ports import expose, publish
from dockersim.client.transport import Failure
from dockersim.fs import FsError
from dockersim.userland.process import Process

Json = dict[str, Any]
EMPTY_ENDPOINT: Json = {
    "IPAMConfig": None,
    "Links": None,
    "Aliases": None,
    "MacAddress": "",
    "DriverOpts": None,
    "GwPriority": 0,
    "NetworkID": "",
    "EndpointID": "",
    "Gateway": "",
    "IPAddress": "",
    "IPPrefixLen": 0,
    "IPv6Gateway": "",
    "GlobalIPv6Address": "",
    "GlobalIPv6PrefixLen": 0,
    "DNSNames": None,
}
"""An endpoint's settings when nothing is asked, in the order that the client sends."""


def create_body(p: Process, options: Options, image: str, command: list[str], *, detach: bool) -> Json:
    """The body. Raises :class:`Failure` with Docker's message for flags that do not go together."""
    try:
        return _Body(p, options, image, command, detach).build()
    except ValueError as error:
        raise Failure(str(error)) from None


class _Body:
    def __init__(self, p: Process, options: Options, image: str, command: list[str], detach: bool) -> None:
        self._p = p
        self._o = options
        self._image = image
        self._command = command
        self._detach = detach
        self._networks: list[Json] = options["network"] or [{"target": "default"}]

    def build(self) -> Json:
        if self._o["mac-address"]:
            policy.mac_address(self._o["mac-address"])
        exposed, bindings = self._ports()
        mounted = [volume(text, self._p.cwd) for text in self._o["volume"]]
        body = self._config(exposed, {spec.target: {} for spec in mounted if not spec.source})
        binds = [spec.bind for spec in mounted if spec.bind]
        body["HostConfig"] = self._host(bindings, binds)
        body["NetworkingConfig"] = {"EndpointsConfig": self._endpoints()}
        return body

    # ---- the container's own part

    def _streams(self) -> tuple[bool, bool, bool]:
        wanted = [name.lower() for name in self._o["attach"]]
        if wanted:
            return "stdin" in wanted, "stdout" in wanted, "stderr" in wanted
        if self._detach:
            return False, False, False
        return bool(self._o["interactive"]), True, True

    def _config(self, exposed: list[str], volumes: Json) -> Json:
        o = self._o
        stdin, stdout, stderr = self._streams()
        config: Json = {
            "Hostname": o["hostname"],
            "Domainname": o["domainname"],
            "User": o["user"],
            "AttachStdin": stdin,
            "AttachStdout": stdout,
            "AttachStderr": stderr,
        }
        if exposed:
            config["ExposedPorts"] = {port: {} for port in exposed}
        config |= {
            "Tty": o["tty"],
            "OpenStdin": o["interactive"],
            "StdinOnce": bool(o["interactive"] and stdin),
            "Env": self._env() or None,
            "Cmd": self._command or None,
        }
        health = self._health()
        if health:
            config["Healthcheck"] = health
        config |= {
            "Image": self._image,
            "Volumes": volumes,
            "WorkingDir": o["workdir"],
            "Entrypoint": self._entrypoint(),
            "OnBuild": None,
            "Labels": self._labels(),
        }
        if o["stop-signal"]:
            config["StopSignal"] = o["stop-signal"]
        if o.changed("stop-timeout"):
            config["StopTimeout"] = o["stop-timeout"]
        return config

    def _entrypoint(self) -> list[str] | None:
        if not self._o.changed("entrypoint"):
            return None
        return [self._o["entrypoint"]]

    def _env(self) -> list[str]:
        lines: list[str] = []
        for path in self._o["env-file"]:
            lines += read_file(path, self._read(path), self._p.env)
        return lines + [entry for entry in self._o["env"] if entry]

    def _labels(self) -> Json:
        lines: list[str] = []
        for path in self._o["label-file"]:
            lines += read_file(path, self._read(path), None)
        return to_map(lines + list(self._o["label"]))

    def _read(self, path: str) -> bytes:
        try:
            return self._p.read_file(path)
        except FsError as error:
            raise Failure(f"open {path}: {error.strerror.lower()}") from None

    def _health(self) -> Json | None:
        o = self._o
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

    # ---- the host's part

    def _ports(self) -> tuple[list[str], Json]:
        published, bindings = publish(self._o["publish"])
        return list(dict.fromkeys([*published, *expose(self._o["expose"])])), bindings

    def _network_mode(self) -> str:
        return str(self._networks[0]["target"])

    def _host(self, bindings: Json, binds: list[str]) -> Json:
        o = self._o
        if o["rm"] and o["restart"] not in ("", "no"):
            raise ValueError("conflicting options: cannot specify both --restart and --rm")
        if not -1 <= o["memory-swappiness"] <= 100:
            raise ValueError(f"invalid value: {o['memory-swappiness']}. Valid memory swappiness range is 0-100")
        host: Json = {
            "Binds": binds or None,
            "ContainerIDFile": o["cidfile"],
            "LogConfig": {"Type": o["log-driver"], "Config": policy.log_options(o["log-driver"], o["log-opt"])},
            "NetworkMode": self._network_mode(),
            "PortBindings": bindings,
            "RestartPolicy": policy.restart(o["restart"]),
            "AutoRemove": o["rm"],
            "VolumeDriver": o["volume-driver"],
            "VolumesFrom": o["volumes-from"] or None,
            "ConsoleSize": self._console(),
        }
        if o["annotation"]:
            host["Annotations"] = dict(o["annotation"])
        host |= {
            "CapAdd": o["cap-add"] or None,
            "CapDrop": o["cap-drop"] or None,
            "CgroupnsMode": policy.namespace("cgroupns", o["cgroupns"]),
            "Dns": o["dns"],
            "DnsOptions": o["dns-option"],
            "DnsSearch": o["dns-search"],
            "ExtraHosts": o["add-host"] or None,
            "GroupAdd": o["group-add"] or None,
            "IpcMode": o["ipc"],
            "Cgroup": "",
            "Links": None if is_user_defined(self._network_mode()) else o["link"] or None,
            "OomScoreAdj": o["oom-score-adj"],
            "PidMode": policy.namespace("pid", o["pid"]),
            "Privileged": o["privileged"],
            "PublishAllPorts": o["publish-all"],
            "ReadonlyRootfs": o["read-only"],
            "SecurityOpt": policy.security_options(o["security-opt"]) or None,
        }
        if o["storage-opt"]:
            host["StorageOpt"] = policy.storage_options(o["storage-opt"])
        if o["tmpfs"]:
            host["Tmpfs"] = dict(tmpfs(text) for text in o["tmpfs"])
        host |= {
            "UTSMode": policy.namespace("uts", o["uts"]),
            "UsernsMode": policy.namespace("userns", o["userns"]),
            "ShmSize": o["shm-size"],
        }
        if o["sysctl"]:
            host["Sysctls"] = dict(o["sysctl"])
        if o["runtime"]:
            host["Runtime"] = o["runtime"]
        host |= self._resources()
        if o["mount"]:
            host["Mounts"] = o["mount"]
        host |= {"MaskedPaths": None, "ReadonlyPaths": None}
        if o.changed("init"):
            host["Init"] = o["init"]
        return host

    def _console(self) -> list[int]:
        tty = self._p.tty if self._p.isatty(1) else None
        return [tty.rows, tty.columns] if tty is not None else [0, 0]

    def _resources(self) -> Json:
        o = self._o
        resources: Json = {
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
            "Devices": [devices.device(text) for text in o["device"]],
            "DeviceCgroupRules": o["device-cgroup-rule"] or None,
            "DeviceRequests": o["gpus"] or None,
        }
        if o["kernel-memory"]:
            resources["KernelMemory"] = o["kernel-memory"]
        resources |= {
            "MemoryReservation": o["memory-reservation"],
            "MemorySwap": o["memory-swap"],
            "MemorySwappiness": o["memory-swappiness"],
            "OomKillDisable": o["oom-kill-disable"],
            "PidsLimit": o["pids-limit"],
            "Ulimits": [o["ulimit"][name] for name in sorted(o["ulimit"])],
            "CpuCount": 0,
            "CpuPercent": 0,
            "IOMaximumIOps": 0,
            "IOMaximumBandwidth": 0,
        }
        return resources

    # ---- networks

    def _endpoints(self) -> Json:
        o, endpoints = self._o, {}
        for position, wanted in enumerate(self._networks):
            endpoint = dict(EMPTY_ENDPOINT)
            first = position == 0
            aliases = [*wanted.get("aliases", ()), *(o["network-alias"] if first else ())]
            if first and o["network-alias"] and wanted.get("aliases"):
                raise ValueError("conflicting options: cannot specify both --network-alias and per-network alias")
            if aliases:
                endpoint["Aliases"] = aliases
            if first and o["link"] and is_user_defined(wanted["target"]):
                endpoint["Links"] = o["link"]
            _addresses(endpoint, wanted, o if first else None)
            if wanted.get("driver_opts"):
                endpoint["DriverOpts"] = wanted["driver_opts"]
            endpoint["MacAddress"] = wanted.get("mac_address") or (o["mac-address"] if first else "")
            endpoint["GwPriority"] = wanted.get("gw_priority", 0)
            if wanted["target"] in endpoints:
                raise ValueError(f'network "{wanted["target"]}" is specified multiple times')
            endpoints[wanted["target"]] = endpoint
        return endpoints


def _addresses(endpoint: Json, wanted: Json, options: Options | None) -> None:
    four = wanted.get("ip") or (options["ip"] if options is not None else "")
    six = wanted.get("ip6") or (options["ip6"] if options is not None else "")
    local = wanted.get("link_local_ips") or (options["link-local-ip"] if options is not None else None)
    if not (four or six or local):
        return
    config: Json = {}
    if four:
        config["IPv4Address"] = four
    if six:
        config["IPv6Address"] = six
    if local:
        config["LinkLocalIPs"] = local
    endpoint["IPAMConfig"] = config
