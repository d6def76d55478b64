"""Networks and plugs as the Engine API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.networks import ports as p
from dockersim.engine.networks.network import Endpoint, Network
from dockersim.engine.times import rfc3339
from dockersim.errors import System

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.networks.sandbox import Sandbox

Json = dict[str, Any]


def network_json(network: Network, names: dict[str, str] | None = None) -> Json:
    """A network; with ``names`` (container id to name) also who is plugged in."""
    return {
        "Name": network.name,
        "Id": network.id,
        "Created": rfc3339(network.created),
        "Scope": network.scope or "local",
        "Driver": network.driver,
        "EnableIPv4": network.ipv4,
        "EnableIPv6": network.ipv6,
        "IPAM": {"Driver": network.ipam_driver, "Options": network.ipam_options, "Config": _ipam(network) or None},
        "Internal": network.internal,
        "Attachable": network.attachable,
        "Ingress": False,
        "ConfigFrom": {"Network": network.config_from},
        "ConfigOnly": network.config_only,
        "Containers": {
            identity: _attachment(network.endpoints[identity], name) for identity, name in sorted((names or {}).items())
        },
        "Options": network.options,
        "Labels": network.labels,
    }


def _ipam(network: Network) -> list[Json]:
    """What was configured, IPv4 first, then what was chosen."""
    asked = sorted(network.asked, key=lambda config: ":" in config["Subnet"])
    keys = ("Subnet", "IPRange", "Gateway", "AuxiliaryAddresses")
    shown = [{key: config[key] for key in keys if config.get(key)} for config in asked]
    families = {6 if ":" in config["Subnet"] else 4 for config in asked}
    for family, pool in sorted(network.pools.items()):
        if family not in families:
            shown.append({"Subnet": str(pool.subnet)} | ({"Gateway": pool.gateway} if pool.gateway else {}))
    return shown


def _attachment(endpoint: Endpoint, name: str) -> Json:
    return {
        "Name": name,
        "EndpointID": endpoint.id,
        "MacAddress": endpoint.mac,
        "IPv4Address": f"{endpoint.address}/{endpoint.prefix}" if endpoint.address else "",
        "IPv6Address": f"{endpoint.address6}/{endpoint.prefix6}" if endpoint.address6 else "",
    }


def endpoint_json(endpoint: Endpoint) -> Json:
    """``EndpointSettings``: the wish, and what came of it."""
    wanted = endpoint.wanted
    return {
        "IPAMConfig": wanted.get("IPAMConfig"),
        "Links": wanted.get("Links"),
        "Aliases": wanted.get("Aliases"),
        "MacAddress": endpoint.mac,
        "DriverOpts": wanted.get("DriverOpts"),
        "GwPriority": wanted.get("GwPriority") or 0,
        "NetworkID": endpoint.network_id,
        "EndpointID": endpoint.id,
        "Gateway": endpoint.gateway,
        "IPAddress": endpoint.address,
        "IPPrefixLen": endpoint.prefix,
        "IPv6Gateway": endpoint.gateway6,
        "GlobalIPv6Address": endpoint.address6,
        "GlobalIPv6PrefixLen": endpoint.prefix6,
        "DNSNames": list(endpoint.dns_names) if endpoint.dns_names is not None else None,
    }


def endpoints_json(plugs: dict[str, Endpoint]) -> Json:
    """All plugs of a container, by network name."""
    return {name: endpoint_json(endpoint) for name, endpoint in sorted(plugs.items())}


def settings_json(container: Container, plugs: dict[str, Endpoint], sandbox: Sandbox | None) -> Json:
    """``NetworkSettings`` of ``docker inspect``; the addresses at its top are those on the default bridge."""
    shown = endpoints_json(plugs)
    first = shown.get("bridge", {})
    view: Json = {
        "Bridge": "",
        "SandboxID": sandbox.id if sandbox is not None else "",
        "SandboxKey": sandbox.key if sandbox is not None else "",
        "Ports": ports_json(container, sandbox),
        "HairpinMode": False,
        "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0,
        "SecondaryIPAddresses": None,
        "SecondaryIPv6Addresses": None,
    }
    for key in ("EndpointID", "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress", "IPPrefixLen"):
        view[key] = first.get(key, 0 if key.endswith("Len") else "")
    view |= {
        "IPv6Gateway": first.get("IPv6Gateway", ""),
        "MacAddress": first.get("MacAddress", ""),
        "Networks": shown,
    }
    return view


def ports_json(container: Container, sandbox: Sandbox | None) -> Json:
    """``Ports``: exposed ones to ``null``, published ones to where the host has them."""
    plugs = (container.endpoints or {}).values()
    if sandbox is None or not sandbox.plugged or all(plug.interface is None for plug in plugs):
        return {}
    view: Json = dict.fromkeys(p.exposed(container.spec.config, container.host))
    for binding in sandbox.bindings:
        place = {"HostIp": binding.host_ip, "HostPort": str(binding.host_port or "")}
        view[binding.key] = [*(view[binding.key] or ()), place]
    return view


def port_rows(container: Container, sandbox: Sandbox | None) -> list[Json]:
    """``Ports`` of a row of ``docker ps``."""
    rows: list[Json] = []
    for key, places in ports_json(container, sandbox).items():
        number, protocol = p.split(key)
        if not places:
            rows.append({"PrivatePort": number, "Type": protocol})
        for place in places or ():
            public = {"PublicPort": int(place["HostPort"])} if place["HostPort"] else {}
            rows.append({"IP": place["HostIp"], "PrivatePort": number, **public, "Type": protocol})
    return rows


def port_filter(key: str, value: str) -> tuple[int, int, str]:
    """``8080``, ``8000-9000/udp`` as first, last and protocol. System for what is none."""
    if ":" in value:
        raise System(f"filter for '{key}' should not contain ':': {value}")
    text, _, protocol = value.partition("/")
    try:
        begin, end = _port_range(text)
    except ValueError as error:
        raise System(f"error while looking up for {key} {value}: {error}") from None
    return begin, end, protocol or "tcp"


def _port_range(text: str) -> tuple[int, int]:
    if not text:
        raise ValueError("empty string specified for ports")
    numbers = text.split("-")[:2]
    for one in numbers:
        if not (one.isascii() and one.isdigit()):
            raise ValueError(f'strconv.ParseUint: parsing "{one}": invalid syntax')
        if int(one) > 65_535:
            raise ValueError(f'strconv.ParseUint: parsing "{one}": value out of range')
    begin, end = int(numbers[0]), int(numbers[-1])
    if end < begin:
        raise ValueError(f"invalid range specified for port: {text}")
    return begin, end
