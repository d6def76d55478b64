"""What the client's Go types make of an ``inspect`` answer, as far as a template can tell.

`docker inspect` first runs a template on typed values: an object is a struct, not a map; a field that the daemon left
out is there with its zero value; ``null`` is a nil slice, map or pointer. Only if that fails does it run the template
on the bare JSON, and tells the error of this second try.
"""

from __future__ import annotations

from typing import Any

from dockersim.client.template.values import Nil, NilMap, NilSlice, Struct

# Objects that are maps in Go; all others are structs.
_MAPS = frozenset(
    "Annotations AuxiliaryAddresses Containers Data DriverOpts ExposedPorts Labels Metadata Networks Options "
    "PortBindings Ports Status StorageOpt Sysctls Tmpfs Volumes".split()
)
_MAPS_IN = frozenset((("LogConfig", "Config"), ("DriverConfig", "Options")))
# Lists that the daemon sends as null.
_SLICES = frozenset(
    "Aliases Args BindOptions Binds BlkioDeviceReadBps BlkioDeviceReadIOps BlkioDeviceWriteBps BlkioDeviceWriteIOps "
    "BlkioWeightDevice CapAdd CapDrop Cmd Config DNSNames DeviceCgroupRules DeviceRequests Devices Dns DnsOptions "
    "DnsSearch Entrypoint Env ExecIDs ExtraHosts GlobalIPv6Addresses GroupAdd LinkLocalIPs Links MaskedPaths Mounts "
    "OnBuild ReadonlyPaths RepoDigests RepoTags SecondaryIPAddresses SecondaryIPv6Addresses SecurityOpt Shell Ulimits "
    "VolumesFrom".split()
)
# What the daemon leaves out where it is empty, by the object that it belongs to.
_LEFT_OUT: dict[str, dict[str, Any]] = {
    "": {"SizeRw": Nil("*int64"), "SizeRootFs": Nil("*int64")},
    "State": {"Health": Nil("*container.Health")},
    "Config": {
        "Healthcheck": Nil("*container.HealthConfig"),
        "MacAddress": "",
        "NetworkDisabled": False,
        "Shell": NilSlice(),
        "StopSignal": "",
        "StopTimeout": Nil("*int"),
    },
}


# An image's configuration is of another type than a container's: its fields in order, and all left out where empty.
_IMAGE_CONFIG: dict[str, Any] = {
    "User": "",
    "ExposedPorts": NilMap(),
    "Env": NilSlice(),
    "Entrypoint": NilSlice(),
    "Cmd": NilSlice(),
    "Volumes": NilMap(),
    "WorkingDir": "",
    "Labels": NilMap(),
    "StopSignal": "",
    "ArgsEscaped": False,
    "OnBuild": NilSlice(),
    "Healthcheck": Nil("*v1.HealthcheckConfig"),
    "Shell": NilSlice(),
}


def view(answer: Any) -> Any:
    """The typed view of one decoded ``inspect`` answer, for the first of the two tries."""
    typed = _view(answer, "", "")
    if isinstance(typed, dict) and "RootFS" in typed and isinstance(typed.get("Config"), dict):
        config = {**_IMAGE_CONFIG, **{key: typed["Config"][key] for key in _IMAGE_CONFIG if key in typed["Config"]}}
        typed["Config"] = Struct(config, "v1.DockerOCIImageConfig", omit_empty=_IMAGE_CONFIG)
    return typed


def _view(value: Any, name: str, parent: str) -> Any:
    if isinstance(value, dict):
        fields = {key: _view(item, key, name) for key, item in value.items()}
        if name in _MAPS or (parent, name) in _MAPS_IN:
            return fields
        absent = _LEFT_OUT.get(name, {}) if parent == "" else {}
        more = {key: zero for key, zero in absent.items() if key not in fields}
        return Struct({**fields, **more}, f"inspect.{name or 'Response'}", omit_empty=absent)
    if isinstance(value, list):
        return [_view(item, name, parent) for item in value]
    if value is None:
        return _nil(name, parent)
    return value


def _nil(name: str, parent: str) -> Any:
    if name in _MAPS or (parent, name) in _MAPS_IN:
        return NilMap()
    if name in _SLICES or parent in ("Ports", "PortBindings"):
        return NilSlice()
    return Nil(f"*inspect.{name}")
