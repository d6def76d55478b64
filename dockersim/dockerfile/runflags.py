"""RUN's flags: ``--mount=type=...,...``, ``--device=...``, ``--network``, ``--security``."""

from __future__ import annotations

import csv
from typing import NamedTuple

from .errors import DockerfileError, suggest
from .words import quote

_MOUNT_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_VALUES = {
    "from": "from",
    **dict.fromkeys(("source", "src"), "source"),
    **dict.fromkeys(("target", "dst", "destination"), "target"),
    **{key: key for key in ("id", "sharing", "size", "mode", "uid", "gid", "env", "type")},
}
_SWITCHES = {
    "readonly": "readonly",
    "ro": "readonly",
    "readwrite": "readwrite",
    "rw": "readwrite",
    "required": "required",
}


class Device(NamedTuple):
    """A device request of ``RUN --device``."""

    name: str
    required: bool = False


def check_run_flags(flags: dict[str, str], repeated: dict[str, tuple[str, ...]]) -> None:
    """Raises :class:`DockerfileError` for a flag value that BuildKit would refuse while parsing."""
    for mount in repeated.get("mount", ()):
        if "$" not in mount:  # variables are replaced later, and checked then
            parse_mount(mount)
    for device in repeated.get("device", ()):
        parse_device(device)
    network = flags.get("network", "default")
    if network not in ("default", "none", "host"):
        raise DockerfileError(f"invalid network mode {quote(network)}")
    security = flags.get("security", "sandbox")
    if security not in ("sandbox", "insecure"):
        raise DockerfileError(f"security {quote(security)} is not valid")


def _fields(text: str) -> list[str]:
    return next(csv.reader([text]), [])


def parse_mount(text: str) -> dict[str, str]:
    """The fields of one ``--mount``, by their long names; ``type`` is always there, switches are "true" or "false"."""
    mount = {"type": "bind"}
    for field in _fields(text):
        key, equals, value = field.partition("=")
        key = key.lower()
        if key in _SWITCHES:
            value = value.lower() if equals else "true"
            if value not in ("true", "false", "1", "0"):
                raise DockerfileError(f"invalid value for {key}: {value}")
            mount[_SWITCHES[key]] = "true" if value in ("true", "1") else "false"
            continue
        if not equals:
            raise DockerfileError(f"invalid field {field!r} must be a key=value pair")
        if key not in _VALUES:
            known = [*_VALUES, *_SWITCHES]
            raise DockerfileError(suggest(f"unexpected key '{key}' in '{field}'", key, known))
        if key == "type" and value.lower() not in _MOUNT_TYPES:
            raise DockerfileError(
                suggest(f"unsupported mount type {quote(value)}", value, list(_MOUNT_TYPES), fold=True)
            )
        mount[_VALUES[key]] = value.lower() if key in ("type", "sharing") else value
    if mount.get("sharing", "shared") not in ("shared", "private", "locked"):
        raise DockerfileError(f"unsupported sharing value {quote(mount['sharing'])}")
    if "sharing" in mount and mount["type"] != "cache":
        raise DockerfileError("invalid cache sharing set for non-cache mount")
    if mount["type"] in ("bind", "cache", "tmpfs") and not mount.get("target"):
        raise DockerfileError("invalid mount with no target" if mount["type"] != "cache" else "missing target")
    return mount


def parse_device(text: str) -> Device:
    """A device by its CDI name, as ``name``, ``name=NAME`` or either with ``,required[=true|false]``."""
    name, required = "", False
    for field in _fields(text):
        key, equals, value = field.partition("=")
        if key == "required" and (not equals or value.lower() in ("true", "1", "false", "0")):
            required = value.lower() in ("", "true", "1")
            continue
        device = value if key == "name" else field
        if name:
            raise DockerfileError(f"device name already set to {name}")
        name = device
    if not name:
        raise DockerfileError("device name is required")
    return Device(name, required)
