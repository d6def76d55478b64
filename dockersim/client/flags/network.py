"""``--network NAME`` and its long form ``name=NET,alias=A,ip=...``."""

from __future__ import annotations

import re
from typing import Any

from dockersim.client.flags.csv import read_record
from dockersim.units import parse_int

_LONG = re.compile(r"\w+=\w+(,\w+=\w+)*", re.ASCII)
_TEXTS = {"name": "target", "ip": "ip", "ip6": "ip6", "mac-address": "mac_address"}
_LISTS = {"alias": "aliases", "link-local-ip": "link_local_ips"}


def network(text: str) -> dict[str, Any]:
    """One ``--network``: ``target`` and, where given, ``aliases``, ``ip``, ``ip6``, ``mac_address``,
    ``link_local_ips``, ``driver_opts``, ``gw_priority``. Raises ``ValueError`` in Docker's words."""
    if not _LONG.search(text):
        return {"target": text}
    found: dict[str, Any] = {"target": "", "aliases": []}
    for field in read_record(text):
        key, equals, value = field.lower().partition("=")
        if not equals or not key:
            raise ValueError(f"invalid field {field}")
        _set(found, key.strip(), value.strip())
    if not found["target"]:
        raise ValueError("network name/id is not specified")
    return found


def _set(found: dict[str, Any], key: str, value: str) -> None:
    if key in _TEXTS:
        found[_TEXTS[key]] = value
    elif key in _LISTS:
        found.setdefault(_LISTS[key], []).append(value)
    elif key == "driver-opt":
        name, equals, content = value.partition("=")
        if not equals or not name:
            raise ValueError("invalid key value pair format in driver options")
        found.setdefault("driver_opts", {})[name.strip()] = content.strip()
    elif key == "gw-priority":
        try:
            found["gw_priority"] = parse_int(value, base=10, function="Atoi")
        except ValueError as error:
            raise ValueError(f"invalid gw-priority ({value}): {str(error).rpartition(': ')[2]}") from None
    else:
        raise ValueError(f"invalid field key {key}")


def is_user_defined(mode: str) -> bool:
    """Whether a network mode names a network that somebody made."""
    return (
        mode not in ("default", "bridge", "host", "none") and not mode.startswith("container:") and mode != "container"
    )
