"""From ``--network`` and its older companions to ``NetworkingConfig.EndpointsConfig`` (``parseNetworkOpts``)."""

from __future__ import annotations

from typing import Any

from dockersim.client.flags import Options, policy
from dockersim.client.flags.network import is_user_defined

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
_OLD_FLAGS = (
    ("aliases", "network-alias", "--network-alias and per-network alias"),
    ("ip", "ip", "--ip and per-network IPv4 address"),
    ("ip6", "ip6", "--ip6 and per-network IPv6 address"),
    ("mac_address", "mac-address", "--mac-address and per-network MAC address"),
    ("link_local_ips", "link-local-ip", "--link-local-ip and per-network link-local IP addresses"),
)
"""What a network's long form says, the flag that says it of the first network, and the conflict between the two."""


def endpoints(options: Options) -> Json:
    """The plugs that a container asks for, by network. Raises ``ValueError`` in Docker's words."""
    networks: list[Json] = options["network"]
    if not networks:
        return {"default": _endpoint(_with_old_flags({"target": "default"}, options))}
    found: Json = {}
    for wanted in networks:
        first = wanted is networks[0]
        endpoint = _endpoint(_with_old_flags(wanted, options) if first else wanted)
        if wanted["target"] in found:
            raise ValueError(f'network "{wanted["target"]}" is specified multiple times')
        if len(networks) > 1 or endpoint != EMPTY_ENDPOINT:
            found[wanted["target"]] = endpoint
    if len({is_user_defined(wanted["target"]) for wanted in networks}) > 1:
        raise ValueError("conflicting options: cannot attach both user-defined and non-user-defined network-modes")
    return found


def _with_old_flags(wanted: Json, options: Options) -> Json:
    for key, flag, both in _OLD_FLAGS:
        if wanted.get(key) and options[flag]:
            raise ValueError(f"conflicting options: cannot specify both {both}")
    old = {key: options[flag] for key, flag, _ in _OLD_FLAGS if options[flag]}
    links = options["link"] if is_user_defined(wanted["target"]) else None
    return wanted | old | {"links": links or None}


def _endpoint(wanted: Json) -> Json:
    if not wanted["target"].strip():
        raise ValueError("no name set for network")
    if wanted.get("aliases") and not is_user_defined(wanted["target"]):
        raise ValueError("network-scoped aliases are only supported for user-defined networks")
    if wanted.get("mac_address"):
        policy.mac_address(wanted["mac_address"])
    return EMPTY_ENDPOINT | {
        "IPAMConfig": _addresses(wanted),
        "Links": wanted.get("links"),
        "Aliases": wanted.get("aliases") or None,
        "MacAddress": wanted.get("mac_address") or "",
        "DriverOpts": wanted.get("driver_opts") or None,
        "GwPriority": wanted.get("gw_priority", 0),
    }


def _addresses(wanted: Json) -> Json | None:
    keys = {"ip": "IPv4Address", "ip6": "IPv6Address", "link_local_ips": "LinkLocalIPs"}
    return {name: wanted[key] for key, name in keys.items() if wanted.get(key)} or None
