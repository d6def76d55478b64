"""``--device`` and ``--gpus``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from dockersim.client.flags.csv import read_record
from dockersim.client.flags.env import to_map
from dockersim.units import parse_int

_VENDOR = r"[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_CLASS = r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?"
_QUALIFIED = re.compile(f"{_VENDOR}/{_CLASS}={_NAME}")


class Devices(NamedTuple):
    """What all ``--device`` come to: devices of the host, and requests for those that a driver injects."""

    mappings: list[dict[str, str]]
    requests: list[dict[str, Any]]


def devices(specs: Iterable[str]) -> Devices:
    """Paths, and names of the Container Device Interface (``vendor.com/class=name``). Raises ``ValueError``."""
    mappings, names = [], []
    for spec in specs:
        if _QUALIFIED.fullmatch(spec):
            names.append(spec)
        else:
            mappings.append(device(spec))
    wanted = {"Driver": "cdi", "Count": 0, "DeviceIDs": names, "Capabilities": None, "Options": None}
    return Devices(mappings, [wanted] if names else [])


def device(spec: str) -> dict[str, str]:
    """``--device host[:container][:rwm]``, as the Engine API has it. Raises ``ValueError`` in Docker's words."""
    parts = spec.split(":")
    if len(parts) > 3 or not parts[0]:
        raise ValueError(f"bad format for path: {spec}")
    host, inside, mode = parts[0], "", "rwm"
    if len(parts) == 3:
        inside, mode = parts[1], parts[2]
        if not _is_mode(mode):
            raise ValueError(f"bad mode specified: {mode}")
    elif len(parts) == 2 and _is_mode(parts[1]):
        mode = parts[1]
    elif len(parts) == 2:
        inside = posixpath.normpath(parts[1]) if parts[1] else "."
    checked = inside if len(parts) == 3 else inside or host
    if not checked.startswith("/"):
        raise ValueError(f"{checked} is not an absolute path")
    if not inside:
        host = posixpath.normpath(host)
    return {"PathOnHost": host, "PathInContainer": inside or host, "CgroupPermissions": mode}


def _is_mode(mode: str) -> bool:
    return bool(mode) and set(mode) <= set("rwm") and len(set(mode)) == len(mode)


def gpus(text: str) -> dict[str, Any]:
    """``--gpus all``, ``2`` or ``device=0,capabilities=...``: a ``DeviceRequest``. Raises ``ValueError``."""
    request: dict[str, Any] = {"Driver": "", "Count": 0, "DeviceIDs": None, "Capabilities": [["gpu"]], "Options": {}}
    seen: set[str] = set()
    for field in read_record(text):
        key, equals, value = field.partition("=")
        if key in seen:
            raise ValueError(f"gpu request key '{key}' can be specified only once")
        seen.add(key)
        if not equals:
            seen.add("count")
            request["Count"] = _count(key)
        elif key == "driver":
            request["Driver"] = value
        elif key == "count":
            request["Count"] = _count(value)
        elif key == "device":
            request["DeviceIDs"] = value.split(",")
        elif key == "capabilities":
            request["Capabilities"] = [[*value.split(","), "gpu"]]
        elif key == "options":
            request["Options"] = to_map(_options(value))
        else:
            raise ValueError(f"unexpected key '{key}' in '{field}'")
    if "count" not in seen and request["DeviceIDs"] is None:
        request["Count"] = 1
    return request


def _options(text: str) -> list[str]:
    try:
        return read_record(text)
    except ValueError as error:
        raise ValueError(f"failed to read gpu options: {error}") from None


def _count(text: str) -> int:
    if text == "all":
        return -1
    try:
        return parse_int(text, base=10, function="Atoi")
    except ValueError as error:
        why = str(error).rpartition(": ")[2]
        raise ValueError(f'invalid count ({text}): value must be either "all" or an integer: {why}') from None
