"""Making networks: from a create request to addresses, a segment and a bridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dockersim.engine.networks import bridge, ipam, requests
from dockersim.engine.networks.network import PREDEFINED, Network
from dockersim.errors import Conflict, Forbidden, InvalidParameter, NotFound
from dockersim.sim import Segment, Stack
from dockersim.sim.address import Subnet
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.engine.networks.manager import Networks

Json = dict[str, Any]
DEFAULT_SUBNET = "172.17.0.0/16"
DEFAULT_OPTIONS = {
    "com.docker.network.bridge.default_bridge": "true",
    "com.docker.network.bridge.enable_icc": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "true",
    "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
    "com.docker.network.bridge.name": "docker0",
    "com.docker.network.driver.mtu": "1500",
}


class Builder:
    """Makes networks for :class:`~dockersim.engine.networks.manager.Networks`, beside those that there are."""

    def __init__(self, engine: Engine, networks: Networks) -> None:
        self._engine = engine
        self._networks = networks
        self._ula = ""

    def predefined(self) -> Iterator[Network]:
        """The three that always are."""
        yield self._new("none", "null")
        yield self._new("host", "host")
        default = self._new("bridge", "bridge")
        default.bridge, default.options = "docker0", DEFAULT_OPTIONS
        default.pools[4] = ipam.Pool(Subnet(DEFAULT_SUBNET))
        default.pools[4].set_aside({})
        self._span(default)
        yield default

    def _new(self, name: str, driver: str) -> Network:
        return Network(self._engine.sim.hex(64), name, driver, self._engine.sim.nanoseconds())

    def make(self, body: Json) -> Network:
        """What a create request asks for: addresses, a segment and a bridge; or a configuration of them.

        Raises InvalidParameter, Forbidden, Conflict (name), NotFound (driver, configuration), System, NotImplemented_.
        """
        name: str = body.get("Name") or ""
        if name in (*PREDEFINED, "default"):
            raise Forbidden(f"operation is not permitted on predefined {name} network ")
        if body.get("Driver") == "overlay":
            raise Forbidden(
                'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node '
                "to swarm and try again."
            )
        asked: list[Json] = (body.get("IPAM") or {}).get("Config") or []
        ipam.check_config(asked, bool(body.get("EnableIPv6")))
        if not name.strip():
            raise InvalidParameter("invalid name: name is empty")
        if any(network.name == name for network in self._networks):
            raise Conflict(f"network with name {name} already exists")
        requests.check_kind(body, asked)
        network = self._new(name, "null" if body.get("ConfigOnly") else requests.check_driver(body))
        self._describe(network, body, asked)
        if not network.config_only:
            self._build(network)
        return network

    def _describe(self, network: Network, body: Json, asked: list[Json]) -> None:
        """Take over what a request says, or the configuration that it names. NotFound for one that is not there."""
        network.scope = body.get("Scope") or ""
        network.internal = bool(body.get("Internal"))
        network.attachable = bool(body.get("Attachable"))
        network.config_only = bool(body.get("ConfigOnly"))
        network.config_from = (body.get("ConfigFrom") or {}).get("Network") or ""
        if network.config_from:
            self._configure(network)
            return
        network.options = dict(body.get("Options") or {})
        network.ipv4 = bridge.enabled(body, network.options, 4)
        network.ipv6 = bridge.enabled(body, network.options, 6)
        network.labels = dict(body.get("Labels") or {})
        network.ipam_driver = (body.get("IPAM") or {}).get("Driver") or "default"
        network.ipam_options = (body.get("IPAM") or {}).get("Options")
        network.asked = asked

    def _configure(self, network: Network) -> None:
        source = self._networks.find(network.config_from)
        if source is None or not source.config_only:
            raise NotFound(f'configuration network "{network.config_from}" does not exist')
        network.config_from = source.name
        network.ipv4, network.ipv6 = source.ipv4, source.ipv6
        network.options, network.labels = dict(source.options), dict(source.labels)
        network.ipam_driver, network.ipam_options = source.ipam_driver, source.ipam_options
        network.asked = source.asked

    def _build(self, network: Network) -> None:
        """Addresses and a bridge for a network that was asked for."""
        modes = bridge.gateway_modes(network.options, network.internal)
        if not network.ipv4 and not network.ipv6:
            raise InvalidParameter("IPv4 or IPv6 must be enabled")
        families = [family for family, wanted in ((4, network.ipv4), (6, network.ipv6)) if wanted]
        asked = {
            family: [config for config in network.asked if (":" in config["Subnet"]) == (family == 6)]
            for family in families
        }
        for family in families:
            pool = network.pools[family] = self._allocate(network, family, asked[family])
            pool.set_aside(asked[family][0] if asked[family] else {}, own=modes[family == 6] != bridge.ISOLATED)
        if network.driver != "bridge":
            requests.check_parent(network.driver, network.options.get("parent", ""), self._engine.stack)
        if any(len(configs) > 1 for configs in asked.values()):
            raise Forbidden("bridge driver doesn't support multiple subnets")
        network.bridge_options = bridge.parse(network.options, modes)
        network.bridge = network.bridge_options.name or f"br-{network.id[:12]}"
        if network.bridge in foreign_links(self._engine.stack, {other.bridge for other in self._networks}):
            raise InvalidParameter(f"existing interface {network.bridge} is not a bridge")
        if network.ipv6:
            bridge.check_subnet6(network.pools[6])
        bridge.check_name(
            network.bridge, network.id, {other.bridge: other.id for other in self._networks if other.bridge}
        )
        self._span(network)

    def _allocate(self, network: Network, family: int, asked: list[Json]) -> ipam.Pool:
        """The addresses of one family: those of the request, or the next that are free. Forbidden, InvalidParameter."""
        taken = [other.pools[family].subnet for other in self._networks if family in other.pools]
        if asked:
            ipam.check_overlap(Subnet(asked[0]["Subnet"]), taken)
            return ipam.Pool(Subnet(asked[0]["Subnet"]), asked[0].get("IPRange") or "")
        if network.ipam_driver == "null":
            raise InvalidParameter(f"ipv{family} pool is empty")
        if family == 6:
            return ipam.Pool(self._next_ula(taken))
        subnet = str(ipam.next_pool(taken))
        reason = "the first of the predefined subnets that no other network uses"
        self._engine.sim.trace.record(e.Decided, self._engine.name, network.name, subnet, reason)
        return ipam.Pool(Subnet(subnet))

    def _next_ula(self, taken: list[Subnet]) -> Subnet:
        """An IPv6 subnet of the daemon's own (unique local addresses, RFC 4193)."""
        if not self._ula:
            digits = self._engine.sim.hex(10)
            self._ula = f"fd{digits[:2]}:{digits[2:6]}:{digits[6:]}"
        number = 0
        while (subnet := Subnet(f"{self._ula}:{number:x}::/64")) in taken:
            number += 1
        return subnet

    def _span(self, network: Network) -> None:
        """The network itself: a segment, and the bridge on the host that is its gateway."""
        stack, options = self._engine.stack, network.bridge_options
        network.segment = Segment(
            network.name,
            *(str(pool.subnet) for pool in network.pools.values()),
            internal=network.internal,
            icc=options.icc,
            masquerade=options.masquerade,
            mtu=options.mtu,
            router=stack,
        )
        address = "" if options.bare else network.gateway(4)
        network.plug = stack.plug(
            network.bridge, network.segment, address, self._networks.mac(), address6=network.gateway(6)
        )


def foreign_links(stack: Stack, bridges: set[str]) -> set[str]:
    """The names of the host's interfaces that are no bridges of ours."""
    return {"lo", *(interface.name for interface in stack.interfaces)} - bridges
