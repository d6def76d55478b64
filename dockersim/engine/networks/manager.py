"""All networks of one daemon, and what a container's start and end mean for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dockersim.engine.networks.network import Endpoint, Network
from dockersim.errors import NotFound
from dockersim.sim import Segment, Stack
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
DEFAULT_SUBNET = "172.17.0.0/16"


class Networks:
    """Networks by id. The three that always are: ``bridge``, ``host`` and ``none``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_id: dict[str, Network] = {}
        self._add_bridge("bridge", DEFAULT_SUBNET, "docker0")
        self._add("host", "host")
        self._add("none", "null")

    def __iter__(self) -> Iterator[Network]:
        return iter(list(self._by_id.values()))

    def get(self, reference: str) -> Network:
        """By id, name, or the beginning of an id."""
        for network in self:
            if reference in (network.id, network.name):
                return network
        matches = [network for network in self if reference and network.id.startswith(reference)]
        if len(matches) != 1:
            raise NotFound(f"network {reference} not found")
        return matches[0]

    # ---- making

    def _add(self, name: str, driver: str, subnet: str = "") -> Network:
        network = Network(self._engine.sim.hex(64), name, driver, self._engine.sim.nanoseconds())
        self._by_id[network.id] = network
        self._engine.sim.trace.record(e.NetworkAdded, self._engine.name, network.id, name, driver, subnet)
        return network

    def _add_bridge(self, name: str, subnet: str, interface: str) -> Network:
        network = self._add(name, "bridge", subnet)
        network.segment = Segment(name, subnet)
        network.gateway = network.take()
        network.ipam_config = [{"Subnet": subnet, "Gateway": network.gateway}]
        self._engine.stack.plug(interface, network.segment, network.gateway, self._mac())
        return network

    def _mac(self) -> str:
        octets = [self._engine.sim.rng.randrange(256) for _ in range(6)]
        octets[0] = octets[0] & 0xFC | 0x02
        return ":".join(f"{octet:02x}" for octet in octets)

    # ---- containers

    def check(self, container: Container) -> None:
        """What a new container asks of networks, before it exists."""

    def attach(self, container: Container) -> None:
        """Plug a container that starts into its networks."""
        mode = container.host["NetworkMode"]
        if mode == "host":
            container.stack = self._engine.stack
            return
        container.stack = Stack(self._engine.net, container.id)
        if mode == "none":
            return
        self._plug(container, self.get(mode), "eth0")

    def _plug(self, container: Container, network: Network, name: str) -> None:
        assert container.stack is not None
        assert network.segment is not None
        endpoint = Endpoint()
        endpoint.id = self._engine.sim.hex(64)
        endpoint.address = network.take()
        endpoint.prefix = network.segment.subnet.prefix
        endpoint.mac = self._mac()
        container.stack.plug(name, network.segment, endpoint.address, endpoint.mac, network.gateway)
        network.endpoints[container.id] = endpoint
        container.endpoints = {**(container.endpoints or {}), network.name: endpoint}
        self._engine.sim.trace.record(
            e.EndpointAttached, self._engine.name, network.id, container.id, endpoint.address, (container.name,)
        )
        self._engine.events.log(
            "network", "connect", network.id, {"container": container.id, "name": network.name, "type": network.driver}
        )

    def detach(self, container: Container) -> None:
        """Unplug a container that ended."""
        stack, container.stack = container.stack, None
        if stack is None or stack is self._engine.stack:
            return
        for interface in list(stack.interfaces):
            interface.unplug()
        for network in self:
            if network.endpoints.pop(container.id, None) is not None:
                self._engine.sim.trace.record(e.EndpointDetached, self._engine.name, network.id, container.id)
                self._engine.events.log(
                    "network",
                    "disconnect",
                    network.id,
                    {"container": container.id, "name": network.name, "type": network.driver},
                )

    def renamed(self, container: Container) -> None:
        """A container has another name."""

    def forget(self, container: Container) -> None:
        """A container was removed."""

    # ---- what is shown

    def settings(self, container: Container) -> Json:
        """``NetworkSettings`` of ``docker inspect``."""
        plugged = container.endpoints or {}
        shown = {name: _endpoint_json(self.get(name), endpoint) for name, endpoint in sorted(plugged.items())}
        mode = container.host["NetworkMode"]
        if not shown and not mode.startswith("container:"):
            network = self.get(mode)
            shown = {network.name: _endpoint_json(network, Endpoint(), known=container.ran.started > 0)}
        first = shown.get("bridge", {})
        view: Json = {
            "Bridge": "",
            "SandboxID": "",
            "SandboxKey": "",
            "Ports": {},
            "HairpinMode": False,
            "LinkLocalIPv6Address": "",
            "LinkLocalIPv6PrefixLen": 0,
            "SecondaryIPAddresses": None,
            "SecondaryIPv6Addresses": None,
        }
        for key in ("EndpointID", "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress", "IPPrefixLen"):
            view[key] = first.get(key, 0 if key.endswith("Len") else "")
        view |= {"IPv6Gateway": "", "MacAddress": first.get("MacAddress", ""), "Networks": shown}
        return view

    def ports(self, container: Container) -> list[Json]:
        """The ports of a row of ``docker ps``."""
        if not container.running:
            return []
        exposed = container.spec.config.get("ExposedPorts") or {}
        rows = []
        for port in exposed:
            number, _, protocol = port.partition("/")
            rows.append({"PrivatePort": int(number), "Type": protocol or "tcp"})
        return rows

    def matches(self, container: Container, filters: dict[str, list[str]]) -> bool:
        """The filters ``network``, ``publish`` and ``expose`` of ``docker ps``."""
        names = self.settings(container)["Networks"]
        wanted = filters.get("network")
        return wanted is None or any(one in names for one in wanted)

    # ---- files that the daemon writes into containers

    def hosts_file(self, container: Container) -> bytes:
        """``/etc/hosts`` of a container."""
        lines = [
            "127.0.0.1\tlocalhost",
            "::1\tlocalhost ip6-localhost ip6-loopback",
            "fe00::\tip6-localnet",
            "ff00::\tip6-mcastprefix",
            "ff02::1\tip6-allnodes",
            "ff02::2\tip6-allrouters",
        ]
        lines += [f"{endpoint.address}\t{container.hostname}" for endpoint in (container.endpoints or {}).values()]
        return ("\n".join(lines) + "\n").encode()

    def resolv_conf(self, container: Container) -> bytes:
        """``/etc/resolv.conf`` of a container."""
        return b"nameserver 192.168.65.7\n"


def _endpoint_json(network: Network, endpoint: Endpoint, known: bool = True) -> Json:
    return {
        "IPAMConfig": None,
        "Links": None,
        "Aliases": None,
        "MacAddress": endpoint.mac,
        "DriverOpts": None,
        "GwPriority": 0,
        "NetworkID": network.id if known else "",
        "EndpointID": endpoint.id,
        "Gateway": network.gateway if endpoint.id else "",
        "IPAddress": endpoint.address,
        "IPPrefixLen": endpoint.prefix,
        "IPv6Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "DNSNames": None,
    }
