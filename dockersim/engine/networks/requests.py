"""What may be asked of networks, and the engine's words for what may not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from dockersim.engine.networks import ports
from dockersim.engine.networks.ipam import joined
from dockersim.engine.networks.network import Network, is_user_defined
from dockersim.errors import Forbidden, InvalidParameter, NotFound, NotImplemented_, System
from dockersim.sim import Stack
from dockersim.sim.address import Subnet, canonical, family_of

if TYPE_CHECKING:
    from dockersim.engine.containers.spec import Spec

Json = dict[str, Any]
SHARED = "container sharing network namespace with another container or host cannot be connected to any other network"
PRIVATE = "container cannot be connected to multiple networks with one of the networks in private (none) mode"
TO_HOST = "cannot connect container to host network - container must be created in host network mode"
FROM_HOST = "cannot disconnect container from host network - container was created in host network mode"
_SYSCTLS = "com.docker.network.endpoint.sysctls"
_UNDEFINED = "This would result in undefined behavior"


def check_mode(host: Json) -> None:
    """InvalidParameter for a network mode that is none, and for links with the host's network."""
    mode = host.get("NetworkMode") or ""
    if mode == "host" and host.get("Links"):
        raise InvalidParameter(f"conflicting options: host type networking can't be used with links. {_UNDEFINED}")
    if mode in ("container", "container:"):
        raise InvalidParameter("invalid network mode: invalid container format container:<name|id>")


def check_hosts(extra: list[str] | None) -> None:
    """InvalidParameter for ``--add-host`` entries that are none."""
    for text in extra or ():
        name, colon, address = text.partition(":")
        if not colon or not name:
            raise InvalidParameter(f'bad format for add-host: "{text}"')
        if address != "host-gateway" and not family_of(address):
            raise InvalidParameter(f'invalid IP address in add-host: "{address}"')


def endpoint_errors(network: Network | None, name: str, wanted: Json) -> str:
    """What is wrong with the wishes for a plug, as the engine says it; empty when nothing is."""
    errors = []
    ipam = wanted.get("IPAMConfig") or {}
    four, six = ipam.get("IPv4Address") or "", ipam.get("IPv6Address") or ""
    if not is_user_defined(name):
        if four or six:
            errors.append("user specified IP address is supported on user defined networks only")
        if wanted.get("Aliases"):
            errors.append("network-scoped alias is supported only for containers in user defined networks")
    if four and (family_of(four) != 4 or four == "0.0.0.0"):
        errors.append(f"invalid IPv4 address: {four}")
    if six and (family_of(six) != 6 or canonical(six) == "::"):
        errors.append(f"invalid IPv6 address: {six}")
    for address in ipam.get("LinkLocalIPs") or ():
        if family_of(address) == 0 or canonical(address) in ("0.0.0.0", "::"):
            errors.append(f"invalid link-local IP address: {address}")
    if network is not None:
        errors += _out_of_range(network, {4: four, 6: six})
    for sysctl in filter(None, (wanted.get("DriverOpts") or {}).get(_SYSCTLS, "").split(",")):
        parts = sysctl.split(".", 4)
        if len(parts) < 5 or parts[1] not in ("ipv4", "ipv6", "mpls") or parts[3].lower() != "ifname":
            errors.append(
                f"unrecognised network interface sysctl '{sysctl}'; represent 'net.X.Y.ethN.Z=V' as "
                "'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'"
            )
    mac = wanted.get("MacAddress") or ""
    if mac and not mac_address(mac):
        return f"invalid MAC address {mac}"
    return f"invalid endpoint settings:\n{joined(errors)}" if errors else ""


def _out_of_range(network: Network, wanted: dict[int, str]) -> list[str]:
    errors = []
    for family, address in wanted.items():
        if not address:
            continue
        configured = [subnet for config in network.asked if (subnet := Subnet(config["Subnet"])).family == family]
        if any(address in subnet for subnet in configured):
            continue
        if configured:
            errors.append(f"no configured subnet or ip-range contain the IP address {address}")
        else:
            errors.append(
                "user specified IP address is supported only when connecting to networks with user configured subnets"
            )
    return errors


def check_link_local(address: str) -> None:
    """InvalidParameter for an address that is not of the link alone."""
    if not any(address in Subnet(subnet) for subnet in ("169.254.0.0/16", "fe80::/64")):
        raise InvalidParameter(f"invalid link local IP address: {address}")


_HEX = "[0-9a-fA-F]{2}"
_MAC = rf"{_HEX}((:{_HEX}){{5}}|(:{_HEX}){{7}}|(-{_HEX}){{5}}|(-{_HEX}){{7}}|{_HEX}(\.{_HEX}{_HEX}){{2,3}})"


def mac_address(text: str) -> str:
    """An Ethernet address in its usual form; empty for what is none (``net.ParseMAC``)."""
    if not re.fullmatch(_MAC, text):
        return ""
    digits = re.sub("[^0-9a-f]", "", text.lower())
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def check_networking(spec: Spec, find: Any) -> None:
    """InvalidParameter for wishes that no network could grant; networks that are not there yet are fine."""
    ports.check(spec.host["PortBindings"] or {})
    check_hosts(spec.host["ExtraHosts"])
    found = []
    for name, wanted in spec.networking.items():
        known = "bridge" if name == "default" else name
        if wanted is None:
            found.append(f"invalid config for network {known}: EndpointsConfig is nil")
            continue
        error = endpoint_errors(find(known), known, wanted)
        if error:
            found.append(f"invalid config for network {known}: {error}")
    if found:
        raise InvalidParameter(joined(found))


def check_kind(body: Json, asked: list[Json]) -> None:
    """Forbidden where a network is a configuration, or made from one, and says more than such a one may."""
    source = (body.get("ConfigFrom") or {}).get("Network")
    if body.get("ConfigOnly"):
        if any(body.get(key) for key in ("Ingress", "Internal", "Attachable", "Scope")):
            raise Forbidden(
                "configuration network can only contain network specific fields. "
                "Network operator fields like [ ingress | internal | attachable | scope ] are not supported."
            )
        if source:
            raise Forbidden("a configuration network cannot depend on another configuration network")
    if not source:
        return
    ipam = body.get("IPAM") or {}
    own = body.get("EnableIPv4") is False or body.get("EnableIPv6") or body.get("Labels") or asked
    if own or ipam.get("Options") or (ipam.get("Driver") or "default") != "default":
        raise Forbidden(
            "user specified configurations are not supported if the network depends on a configuration network"
        )
    if body.get("Options"):
        raise Forbidden("network driver options are not supported if the network depends on a configuration network")


_MODES = {
    "macvlan": ("private", "vepa", "bridge", "passthru"),
    "ipvlan": ("l2", "l3", "l3s"),
}
"""The modes of the drivers that need the kernel's help, which this laptop's kernel does not give."""


def check_parent(driver: str, parent: str, host: Stack) -> NoReturn:
    """Why there is no macvlan or ipvlan network on ``parent``, an interface of the host; empty for a new one."""
    if not parent:
        raise System("operation not supported")
    if parent == "lo":
        raise System(f"loopback interface is not a valid {driver} parent link")
    names = {interface.name for interface in host.interfaces}
    if parent not in names:
        link, dot, _ = parent.partition(".")
        if not dot:
            raise System(f"invalid subinterface vlan name {parent}, example formatting is eth0.10")
        if link not in names:
            raise System(f"-o parent interface was not found on the host: {link}")
    raise NotImplemented_(f"{driver} networks on an interface of the host (-o parent={parent}) are not simulated")


def check_driver(body: Json) -> str:
    """The driver that a new network asks for; refusals for those that are not here."""
    driver: str = body.get("Driver") or "bridge"
    if driver in _MODES:
        mode = (body.get("Options") or {}).get(f"{driver}_mode", "")
        if mode and mode not in _MODES[driver]:
            default = "bridge" if driver == "macvlan" else "l2"
            raise System(
                f"requested {driver} mode '{mode}' is not valid, '{default}' mode is the {driver} driver default"
            )
    if driver not in ("host", "null", "bridge", *_MODES):
        raise NotFound(f'plugin "{driver}" not found')
    if body.get("Ingress"):
        raise Forbidden("Ingress network can only be global scope network")
    if driver in ("host", "null"):
        raise Forbidden(f'only one instance of "{driver}" network is allowed')
    if body.get("Scope") == "swarm":
        raise Forbidden("cannot create a swarm scoped network when swarm is not active")
    ipam = (body.get("IPAM") or {}).get("Driver") or "default"
    if ipam not in ("default", "null"):
        raise NotFound(f'plugin "{ipam}" not found')
    return driver
