"""``--mount``, ``-v`` and ``--tmpfs``."""

from __future__ import annotations

import posixpath
from typing import Any, NamedTuple

from dockersim.client.flags.csv import read_record
from dockersim.units import parse_bool, parse_uint, ram_in_bytes

_PROPAGATIONS = frozenset(("rprivate", "private", "rshared", "shared", "rslave", "slave"))
_RECURSIVE = {
    "enabled": "",
    "disabled": "NonRecursive",
    "writable": "ReadOnlyNonRecursive",
    "readonly": "ReadOnlyForceRecursive",
}
_ALONE = frozenset(("readonly", "ro", "volume-nocopy", "bind-nonrecursive"))


def mount(text: str, cwd: str = "/") -> dict[str, Any]:
    """``--mount type=volume,source=v,target=/v``: one entry of the Engine API's ``HostConfig.Mounts``.

    A relative source starts from ``cwd``. Raises ``ValueError`` in Docker's words.
    """
    found: dict[str, Any] = {"Type": "volume"}
    for field in read_record(text):
        key, equals, value = field.partition("=")
        key = key.lower()
        if not equals and key not in _ALONE:
            raise ValueError(f"invalid field '{field}' must be a key=value pair")
        _set(found, key, value if equals else "true", field, cwd)
    _validate(found)
    return found


def _set(found: dict[str, Any], key: str, value: str, field: str, cwd: str) -> None:
    if key == "type":
        found["Type"] = value.lower()
    elif key in ("source", "src"):
        found["Source"] = absolute(value, cwd) if value.startswith(".") else value
    elif key in ("target", "dst", "destination"):
        found["Target"] = value
    elif key in ("readonly", "ro"):
        found["ReadOnly"] = _bool(key, value)
    elif key == "consistency":
        found["Consistency"] = value.lower()
    elif key.startswith("bind-"):
        _set_bind(found, key, value, field)
    elif key.startswith("volume-"):
        _set_volume(found, key, value, field)
    elif key == "image-subpath":
        found.setdefault("ImageOptions", {})["Subpath"] = value
    elif key == "tmpfs-size":
        found.setdefault("TmpfsOptions", {})["SizeBytes"] = _number(key, value)
    elif key == "tmpfs-mode":
        found.setdefault("TmpfsOptions", {})["Mode"] = _number(key, value)
    else:
        raise ValueError(f"unexpected key '{key}' in '{field}'")


def _set_bind(found: dict[str, Any], key: str, value: str, field: str) -> None:
    options = found.get("BindOptions", {})
    if key == "bind-propagation":
        options["Propagation"] = value.lower()
    elif key == "bind-nonrecursive":
        options["NonRecursive"] = _bool(key, value)
    elif key == "bind-recursive":
        if value not in _RECURSIVE:
            allowed = '"enabled", "disabled", "writable", or "readonly"'
            raise ValueError(f"invalid value for {key}: {value} (must be {allowed})")
        if not _RECURSIVE[value]:
            return
        options[_RECURSIVE[value]] = True
    else:
        raise ValueError(f"unexpected key '{key}' in '{field}'")
    found["BindOptions"] = options


def _set_volume(found: dict[str, Any], key: str, value: str, field: str) -> None:
    options = found.get("VolumeOptions", {"DriverConfig": {}})
    name, _, content = value.partition("=")
    if key == "volume-subpath":
        options["Subpath"] = value
    elif key == "volume-nocopy":
        options["NoCopy"] = _bool(key, value)
    elif key == "volume-label":
        if name:
            options.setdefault("Labels", {})[name] = content
    elif key == "volume-driver":
        options["DriverConfig"]["Name"] = value
    elif key == "volume-opt":
        if name:
            options["DriverConfig"].setdefault("Options", {})[name] = content
    else:
        raise ValueError(f"unexpected key '{key}' in '{field}'")
    found["VolumeOptions"] = options


def _bool(key: str, value: str) -> bool:
    try:
        return parse_bool(value)
    except ValueError:
        raise ValueError(f"invalid value for {key}: {value}") from None


def _number(key: str, value: str) -> int:
    try:
        return ram_in_bytes(value) if key == "tmpfs-size" else parse_uint(value, 32, 8)
    except ValueError:
        raise ValueError(f"invalid value for {key}: {value}") from None


def _validate(found: dict[str, Any]) -> None:
    kind = found["Type"]
    if not kind:
        raise ValueError("type is required")
    if not found.get("Target"):
        raise ValueError("target is required")
    for options, word in (("Volume", "volume"), ("Image", "image"), ("Bind", "bind"), ("Tmpfs", "tmpfs")):
        if f"{options}Options" in found and kind != word:
            raise ValueError(f"cannot mix '{word}-*' options with mount type '{kind}'")
    bind = found.get("BindOptions", {})
    for option, value in (("ReadOnlyNonRecursive", "writable"), ("ReadOnlyForceRecursive", "readonly")):
        if bind.get(option) and not found.get("ReadOnly"):
            wanted = "requires 'readonly' to be specified in conjunction"
            raise ValueError(f"option 'bind-recursive={value}' {wanted}")
    if bind.get("ReadOnlyForceRecursive") and bind.get("Propagation") != "rprivate":
        raise ValueError(
            "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
        )


def absolute(path: str, cwd: str) -> str:
    """``filepath.Abs`` on the laptop: ``path`` from ``cwd``, cleaned; never of the real machine."""
    joined = posixpath.normpath(posixpath.join(cwd, path))
    return joined[1:] if joined.startswith("//") else joined


class VolumeSpec(NamedTuple):
    """What one ``-v`` means: ``source`` is empty for an anonymous volume."""

    type: str
    source: str
    target: str
    read_only: bool
    nocopy: bool
    propagation: str
    bind: str
    """The text for ``HostConfig.Binds``; empty for an anonymous volume, which goes to ``Config.Volumes``."""


def volume(spec: str, cwd: str = "/") -> VolumeSpec:
    """``-v [source:]target[:options]``. Raises ``ValueError`` in Docker's words ("invalid spec: ...")."""
    if not spec:
        raise ValueError("invalid empty volume spec")
    if len(spec) <= 2:
        return VolumeSpec("volume", "", spec, False, False, "", "")
    fields = _fields(spec)
    for number, field in enumerate(fields):
        if not field:
            raise ValueError(f"invalid spec: {spec}: empty section between colons")
        if number == 2 and len(fields) > 3:
            raise ValueError(f"invalid spec: {spec}: too many colons")
    if len(fields) == 1:
        return VolumeSpec("volume", "", fields[0], False, False, "", "")
    source, target = fields[:2]
    options = fields[2].split(",") if len(fields) > 2 else []
    bind = source[0] in "./~" or source.startswith("\\\\") or _is_drive(source)
    text = spec
    if bind and source.startswith("."):
        head, _, rest = spec.partition(":")
        text = f"{absolute(head, cwd)}:{rest}"
    read_only = False
    for option in options:
        read_only = option == "ro" if option in ("ro", "rw") else read_only
    return VolumeSpec(
        type="bind" if bind else "volume",
        source=source,
        target=target,
        read_only=read_only,
        nocopy="nocopy" in options,
        propagation=next((o for o in reversed(options) if o in _PROPAGATIONS), ""),
        bind=text,
    )


def _fields(spec: str) -> list[str]:
    """The parts between colons; a colon after a single letter belongs to a Windows drive."""
    fields: list[str] = [""]
    for char in spec:
        if char == ":" and not (len(fields[-1]) == 1 and fields[-1].isalpha()):
            fields.append("")
        else:
            fields[-1] += char
    return fields


def _is_drive(source: str) -> bool:
    return len(source) > 1 and source[0].isalpha() and source[1] == ":"


def tmpfs(spec: str) -> tuple[str, str]:
    """``--tmpfs path[:options]``: the path and its mount options, which only the daemon checks."""
    path, _, options = spec.partition(":")
    return path, options
