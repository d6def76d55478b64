"""What may be asked of networks, and the engine's words for what may not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dockersim.engine.networks import ports
from dockersim.engine.networks.ipam import joined
from dockersim.engine.networks.network import Network
from dockersim.errors import Forbidden, InvalidParameter, NotFound, NotImplemented_, System
from dockersim.sim.address import Subnet, is_address

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container

Json = dict[str, Any]
SHARED = "container sharing network namespace with another container or host cannot be connected to any other network"
PRIVATE = "container cannot be connected to multiple networks with one of the networks in private (none) mode"
TO_HOST = "cannot connect container to host network - container must be created in host network mode"
FROM_HOST = "cannot disconnect container from host network - container was created in host network mode"
_UNDEFINED = "This would result in undefined behavior"


def check_mode(container: Container) -> None:
    """InvalidParameter for a network mode that is none, and for links with the host's network."""
    host = container.host
    mode = host["NetworkMode"]
    if mode == "host" and host["Links"]:
        raise InvalidParameter(f"conflicting options: host type networking can't be used with links. {_UNDEFINED}")
    if mode in ("container", "container:"):
        raise InvalidParameter("invalid network mode: invalid container format container:<name|id>")


def check_hosts(extra: list[str] | None) -> None:
    """InvalidParameter for ``--add-host`` entries that are none."""
    for text in extra or ():
        name, colon, address = text.partition(":")
        if not colon or not name:
            raise InvalidParameter(f'bad format for add-host: "{text}"')
        if address != "host-gateway" and not is_address(address) and ":" not in address:
            raise InvalidParameter(f'invalid IP address in add-host: "{address}"')


def endpoint_errors(network: Network | None, name: str, wanted: Json) -> str:
    """What is wrong with the wishes for a plug, as the engine says it; empty when nothing is."""
    errors = []
    ipam = wanted.get("IPAMConfig") or {}
    four, six = ipam.get("IPv4Address") or "", ipam.get("IPv6Address") or ""
    if name in ("bridge", "host", "none", "default") or name.startswith("container:"):
        if four or six:
            errors.append("user specified IP address is supported on user defined networks only")
        if wanted.get("Aliases"):
            errors.append("network-scoped alias is supported only for containers in user defined networks")
    if four and (not is_address(four) or four == "0.0.0.0"):
        errors.append(f"invalid IPv4 address: {four}")
    if six and ":" not in six:
        errors.append(f"invalid IPv6 address: {six}")
    if network is not None:
        errors += _out_of_range(network, four, six)
    mac = wanted.get("MacAddress") or ""
    if mac and not mac_address(mac):
        return f"invalid MAC address {mac}"
    return f"invalid endpoint settings:\n{joined(errors)}" if errors else ""


def _out_of_range(network: Network, four: str, six: str) -> list[str]:
    errors = []
    for address, is_six in ((four, False), (six, True)):
        if not address:
            continue
        configured = [config["Subnet"] for config in network.asked if (":" in config["Subnet"]) == is_six]
        if any(_contains(subnet, address) for subnet in configured):
            continue
        if configured:
            errors.append(f"no configured subnet or ip-range contain the IP address {address}")
        else:
            errors.append(
                "user specified IP address is supported only when connecting to networks with user configured subnets"
            )
    return errors


def _contains(subnet: str, address: str) -> bool:
    if ":" not in subnet:
        return address in Subnet(subnet)
    import ipaddress

    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(subnet)
    except ValueError:
        return False


_HEX = "[0-9a-fA-F]{2}"
_MAC = re.compile(rf"{_HEX}((:{_HEX}){{5}}|(:{_HEX}){{7}}|(-{_HEX}){{5}}|(-{_HEX}){{7}}|{_HEX}(\.{_HEX}{_HEX}){{2,3}})")


def mac_address(text: str) -> str:
    """An Ethernet address in its usual form; empty for what is none (``net.ParseMAC``)."""
    if not _MAC.fullmatch(text):
        return ""
    digits = re.sub("[^0-9a-f]", "", text.lower())
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def check_networking(container: Container, find: Any) -> None:
    """InvalidParameter for wishes that no network could grant; networks that are not there yet are fine."""
    ports.check(container.host["PortBindings"] or {})
    check_hosts(container.host["ExtraHosts"])
    check_mode(container)
    found = []
    for name, wanted in container.spec.networking.items():
        known = "bridge" if name == "default" else name
        if wanted is None:
            found.append(f"invalid config for network {known}: EndpointsConfig is nil")
            continue
        error = endpoint_errors(find(known), known, wanted)
        if error:
            found.append(f"invalid config for network {known}: {error}")
    if found:
        raise InvalidParameter(joined(found))


def check_driver(body: Json) -> str:
    """The driver that a new network asks for; refusals for those that are not here."""
    driver: str = body.get("Driver") or "bridge"
    if body.get("ConfigOnly") or (body.get("ConfigFrom") or {}).get("Network"):
        raise NotImplemented_("configuration-only networks (--config-only, --config-from) are not simulated")
    if driver in ("host", "null"):
        raise Forbidden(f'only one instance of "{driver}" network is allowed')
    if driver in ("macvlan", "ipvlan"):
        raise System("operation not supported")
    if driver != "bridge":
        raise NotFound(f'plugin "{driver}" not found')
    if body.get("Ingress"):
        raise Forbidden("Ingress network can only be global scope network")
    if body.get("Scope") == "swarm":
        raise Forbidden("cannot create a swarm scoped network when swarm is not active")
    ipam = (body.get("IPAM") or {}).get("Driver") or "default"
    if ipam not in ("default", "null"):
        raise NotFound(f'plugin "{ipam}" not found')
    return driver


def bridge_options(options: dict[str, str]) -> tuple[str, bool]:
    """The bridge's name (empty: the daemon's choice) and whether its members may talk to each other."""
    for key in ("com.docker.network.driver.mtu",):
        value = options.get(key)
        if value is not None and not value.lstrip("-").isdigit():
            raise InvalidParameter(
                f'failed to parse {key} value: {value} (strconv.Atoi: parsing "{value}": invalid syntax)'
            )
    icc = options.get("com.docker.network.bridge.enable_icc", "true")
    if icc.lower() not in ("1", "0", "t", "f", "true", "false"):
        raise InvalidParameter(
            f"failed to parse com.docker.network.bridge.enable_icc value: {icc} "
            f'(strconv.ParseBool: parsing "{icc}": invalid syntax)'
        )
    return options.get("com.docker.network.bridge.name", ""), icc.lower() in ("1", "t", "true")
