"""What requests may carry: the types of moby's ``api/types`` as tables, and the reading of a body as one of them."""

from __future__ import annotations

from typing import Any

from dockersim.errors import InvalidParameter
from dockersim.wire import Request, gojson
from dockersim.wire.gotypes import (
    BOOL,
    INT,
    INT64,
    STRING,
    STRINGS,
    TEXTS,
    UINT,
    UINT16,
    UINT64,
    WORDS,
    Integer,
    List,
    Map,
    Misfit,
    Struct,
    Type,
    fit,
    named,
)  # fmt: skip

Json = dict[str, Any]

_SIZE = List(UINT, length=2)
_SET = Struct("struct {}")
_HEALTH = Struct(
    "v1.HealthcheckConfig",
    {STRINGS: "Test", Integer("time.Duration"): "Interval Timeout StartPeriod StartInterval", INT: "Retries"},
)
CONFIG = Struct(
    "container.Config",
    {
        STRING: "Hostname Domainname User Image WorkingDir MacAddress StopSignal",
        BOOL: "AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce ArgsEscaped NetworkDisabled",
        Map(_SET, "nat.PortSet"): "ExposedPorts",
        Map(_SET): "Volumes",
        STRINGS: "Env OnBuild",
        WORDS: "Cmd Entrypoint Shell",
        _HEALTH: "Healthcheck",
        TEXTS: "Labels",
        INT: "StopTimeout",
    },
)

_WEIGHT = Struct("blkiodev.WeightDevice", {STRING: "Path", UINT16: "Weight"}, whole=True)
_THROTTLE = Struct("blkiodev.ThrottleDevice", {STRING: "Path", UINT64: "Rate"}, whole=True)
_DEVICE = Struct("container.DeviceMapping", {STRING: "PathOnHost PathInContainer CgroupPermissions"}, whole=True)
_DEVICE_REQUEST = Struct(
    "container.DeviceRequest",
    {STRING: "Driver", INT: "Count", STRINGS: "DeviceIDs", List(STRINGS): "Capabilities", TEXTS: "Options"},
    whole=True,
)
_ULIMIT = Struct("units.Ulimit", {STRING: "Name", INT64: "Hard Soft"}, whole=True)
RESOURCES = Struct(
    "container.Resources",
    {
        INT64: "CpuShares Memory NanoCpus CpuPeriod CpuQuota CpuRealtimePeriod CpuRealtimeRuntime KernelMemory "
        "KernelMemoryTCP MemoryReservation MemorySwap MemorySwappiness PidsLimit CpuCount CpuPercent",
        STRING: "CgroupParent CpusetCpus CpusetMems",
        UINT16: "BlkioWeight",
        UINT64: "IOMaximumIOps IOMaximumBandwidth",
        BOOL: "OomKillDisable",
        STRINGS: "DeviceCgroupRules",
        List(_WEIGHT, "[]*blkiodev.WeightDevice"): "BlkioWeightDevice",
        List(_THROTTLE, "[]*blkiodev.ThrottleDevice"): "BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps "
        "BlkioDeviceWriteIOps",
        List(_DEVICE): "Devices",
        List(_DEVICE_REQUEST): "DeviceRequests",
        List(_ULIMIT, "[]*units.Ulimit"): "Ulimits",
    },
)

_RESTART = Struct("container.RestartPolicy", {named("container.RestartPolicyMode"): "Name", INT: "MaximumRetryCount"})
_LOG = Struct("container.LogConfig", {STRING: "Type", TEXTS: "Config"})
_PORT = Struct("nat.PortBinding", {STRING: "HostIp HostPort"}, whole=True)
_DRIVER = Struct("mount.Driver", {STRING: "Name", TEXTS: "Options"})
_BIND = Struct(
    "mount.BindOptions",
    {
        named("mount.Propagation"): "Propagation",
        BOOL: "NonRecursive CreateMountpoint ReadOnlyNonRecursive ReadOnlyForceRecursive",
    },
)
_VOLUME = Struct("mount.VolumeOptions", {BOOL: "NoCopy", TEXTS: "Labels", STRING: "Subpath", _DRIVER: "DriverConfig"})
_TMPFS = Struct(
    "mount.TmpfsOptions", {INT64: "SizeBytes", Integer("fs.FileMode", 32, False): "Mode", List(STRINGS): "Options"}
)
_MOUNT = Struct(
    "mount.Mount",
    {
        named("mount.Type"): "Type",
        STRING: "Source Target",
        BOOL: "ReadOnly",
        named("mount.Consistency"): "Consistency",
        _BIND: "BindOptions",
        _VOLUME: "VolumeOptions",
        Struct("mount.ImageOptions", {STRING: "Subpath"}): "ImageOptions",
        _TMPFS: "TmpfsOptions",
        Struct("mount.ClusterOptions"): "ClusterOptions",
    },
)
_MODES = ("NetworkMode", "CgroupnsMode", "IpcMode", "PidMode", "UTSMode", "UsernsMode", "Isolation")
HOST = Struct(
    "container.HostConfig",
    {
        STRINGS: "Binds VolumesFrom Dns DnsOptions DnsSearch ExtraHosts GroupAdd Links SecurityOpt MaskedPaths "
        "ReadonlyPaths",
        STRING: "ContainerIDFile VolumeDriver Runtime",
        _LOG: "LogConfig",
        **{named(f"container.{name}"): name for name in _MODES},
        named("container.CgroupSpec"): "Cgroup",
        Map(List(_PORT), "nat.PortMap"): "PortBindings",
        _RESTART: "RestartPolicy",
        BOOL: "AutoRemove Privileged PublishAllPorts ReadonlyRootfs Init",
        _SIZE: "ConsoleSize",
        TEXTS: "Annotations StorageOpt Tmpfs Sysctls",
        WORDS: "CapAdd CapDrop",
        INT: "OomScoreAdj",
        INT64: "ShmSize",
        List(_MOUNT): "Mounts",
    },
    {"Resources": RESOURCES},
)

_ADDRESSES = Struct("network.EndpointIPAMConfig", {STRING: "IPv4Address IPv6Address", STRINGS: "LinkLocalIPs"})
ENDPOINT = Struct(
    "network.EndpointSettings",
    {
        _ADDRESSES: "IPAMConfig",
        STRINGS: "Links Aliases DNSNames",
        STRING: "MacAddress NetworkID EndpointID Gateway IPAddress IPv6Gateway GlobalIPv6Address",
        TEXTS: "DriverOpts",
        INT: "GwPriority IPPrefixLen GlobalIPv6PrefixLen",
    },
)
_NETWORKING = Struct(
    "network.NetworkingConfig", {Map(ENDPOINT, "map[string]*network.EndpointSettings"): "EndpointsConfig"}
)
CREATE = Struct("container.CreateRequest", {HOST: "HostConfig", _NETWORKING: "NetworkingConfig"}, {"Config": CONFIG})
UPDATE = Struct("container.UpdateConfig", {_RESTART: "RestartPolicy"}, {"Resources": RESOURCES})

EXEC = Struct(
    "container.ExecOptions",
    {
        STRING: "User DetachKeys WorkingDir",
        BOOL: "Privileged Tty AttachStdin AttachStderr AttachStdout Detach",
        _SIZE: "ConsoleSize",
        STRINGS: "Env Cmd",
    },
)
EXEC_START = Struct("container.ExecStartOptions", {BOOL: "Detach Tty", _SIZE: "ConsoleSize"})

_POOL = Struct("network.IPAMConfig", {STRING: "Subnet IPRange Gateway", TEXTS: "AuxiliaryAddresses"})
_IPAM = Struct("network.IPAM", {STRING: "Driver", TEXTS: "Options", List(_POOL): "Config"})
_NETWORK = Struct(
    "network.CreateOptions",
    {
        STRING: "Driver Scope",
        BOOL: "EnableIPv4 EnableIPv6 Internal Attachable Ingress ConfigOnly",
        _IPAM: "IPAM",
        Struct("network.ConfigReference", {STRING: "Network"}): "ConfigFrom",
        TEXTS: "Options Labels",
    },
)
NETWORK = Struct("network.CreateRequest", {STRING: "Name", BOOL: "CheckDuplicate"}, {"CreateOptions": _NETWORK})
CONNECT = Struct("network.ConnectOptions", {STRING: "Container", ENDPOINT: "EndpointConfig"})
DISCONNECT = Struct("network.DisconnectOptions", {STRING: "Container", BOOL: "Force"})

VOLUME = Struct(
    "volume.CreateOptions",
    {Struct("volume.ClusterVolumeSpec"): "ClusterVolumeSpec", STRING: "Driver Name", TEXTS: "DriverOpts Labels"},
)
CREDENTIALS = Struct(
    "registry.AuthConfig", {STRING: "username password auth email serveraddress identitytoken registrytoken"}
)
PLATFORM = Struct("v1.Platform", {STRING: "architecture os os.version variant", STRINGS: "os.features"})


def check_type(request: Request) -> None:
    """A body must say that it is JSON. InvalidParameter for one that says something else."""
    kind = request.header("Content-Type")
    if kind.partition(";")[0].strip().lower() == "application/json":
        return
    if not kind and request.body:
        raise InvalidParameter("malformed Content-Type header (): mime: no media type")
    if kind:
        raise InvalidParameter(f"unsupported Content-Type header ({kind}): must be 'application/json'")


def read_json(request: Request, type_: Type, empty: bool = True) -> Json:
    """The request's body as a ``type_``; with ``empty`` no body is one with nothing in it. Raises InvalidParameter."""
    check_type(request)
    body = request.body
    assert isinstance(body, bytes)
    if not body and empty:
        return {}
    try:
        value, rest = gojson.read(body.decode(errors="replace"))
        made: Json = fit(type_, value)
    except EOFError:
        raise InvalidParameter("invalid JSON: got EOF while reading request body") from None
    except (ValueError, Misfit) as error:
        raise InvalidParameter(f"invalid JSON: {error}") from None
    if rest and rest[0] not in "]}":
        raise InvalidParameter("unexpected content after JSON")
    return made
