"""All networks of one daemon, and what a container's life means for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import filters as f
from dockersim.engine.networks import files, ports, requests, views
from dockersim.engine.networks.building import Builder
from dockersim.engine.networks.links import Links
from dockersim.engine.networks.network import Endpoint, Network
from dockersim.engine.networks.plugs import Plugs
from dockersim.engine.networks.sandbox import Sandbox
from dockersim.errors import Forbidden, InvalidParameter, NotFound
from dockersim.fs import FsError, Overlay
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.containers.spec import Spec
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]


class Networks:
    """Networks by id. The three that always are: ``bridge``, ``host`` and ``none``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_id: dict[str, Network] = {}
        self.ports = ports.Allocator()
        self.links = Links(engine)
        self._plugs = Plugs(engine, self)
        self._resolv_confs: dict[tuple[str, str], str] = {}
        self._builder = Builder(engine, self)
        for network in self._builder.predefined():
            self._add(network)

    def __iter__(self) -> Iterator[Network]:
        return iter(list(self._by_id.values()))

    # ---- finding

    def get(self, reference: str) -> Network:
        """By id, name, or the beginning of an id. NotFound, or InvalidParameter for what is ambiguous."""
        found = self.find(reference)
        if found is None:
            raise NotFound(f"network {reference} not found")
        return found

    def find(self, reference: str) -> Network | None:
        """As :meth:`get`, with ``None`` for nothing."""
        exact = self._by_id.get(reference)
        if exact is not None:
            return exact
        beginning = []
        for network in self._by_id.values():
            if network.name == reference:
                return network
            if reference and network.id.startswith(reference):
                beginning.append(network)
        if len(beginning) > 1:
            count = len(beginning)
            raise InvalidParameter(f"network {reference} is ambiguous ({count} matches found based on ID prefix)")
        return beginning[0] if beginning else None

    # ---- making

    def _add(self, network: Network) -> None:
        self._by_id[network.id] = network
        subnet = str(next(iter(network.pools.values())).subnet) if network.pools else ""
        self._engine.sim.trace.record(
            e.NetworkAdded, self._engine.name, network.id, network.name, network.driver, subnet
        )

    def create(self, body: Json) -> Network:
        """A new network from a create request (operation ``NetworkCreate``).

        Raises InvalidParameter, Forbidden, Conflict (name), NotFound (driver, configuration), System, NotImplemented_.
        """
        network = self._builder.make(body)
        self._add(network)
        self.log(network, "create")
        return network

    def mac(self) -> str:
        """A random address for an interface, locally administered."""
        octets = self._engine.sim.rng.randbytes(6)
        return ":".join(f"{octet:02x}" for octet in (octets[0] & 0xFC | 0x02, *octets[1:]))

    # ---- removing

    def remove(self, network: Network) -> None:
        """Remove a network that nobody uses. Forbidden for the predefined ones and for those in use."""
        if network.predefined:
            raise Forbidden(f"{network.name} is a pre-defined network and cannot be removed")
        if network.endpoints:
            users = ", ".join(f'name:"{one.name}" id:"{one.id[:12]}"' for one in network.endpoints.values())
            raise Forbidden(f"error while removing network: network {network.name} has active endpoints ({users})")
        if network.config_only and any(other.config_from == network.name for other in self):
            raise Forbidden(f'error while removing network: configuration network "{network.name}" is in use')
        if network.plug is not None:
            network.plug.unplug()
        del self._by_id[network.id]
        self._engine.sim.trace.record(e.NetworkRemoved, self._engine.name, network.id, network.name)
        self.log(network, "destroy")

    def prune(self, chosen: f.Filters) -> list[str]:
        """Remove the networks that no container is plugged into; their names."""
        limit = f.until(chosen, self._engine.sim.nanoseconds())
        gone = []
        for network in self:
            if network.predefined or network.config_only or network.endpoints or network.created > limit:
                continue
            if f.pruned(chosen, network.labels):
                self.remove(network)
                gone.append(network.name)
        self._engine.events.log("network", "prune", "", {"reclaimed": "0"})
        return gone

    def log(self, network: Network, action: str, container: str = "") -> None:
        """Tell ``docker events`` about a network."""
        attributes = {"container": container} if container else {}
        self._engine.events.log(
            "network", action, network.id, {**attributes, "name": network.name, "type": network.driver}
        )

    # ---- containers

    def check(self, spec: Spec) -> None:
        """What a container asks of networks, before it exists. InvalidParameter."""
        requests.check_networking(spec, self.find)

    def prepare(self, container: Container) -> None:
        """Register the links of a new container, which has the host's name on the host's network. InvalidParameter."""
        if container.host["NetworkMode"] == "host" and not container.spec.config["Hostname"]:
            container.hostname_shared = self._engine.host.hostname
        if container.host["Links"]:
            self.links.register(container)

    def warnings(self, container: Container) -> list[str]:
        """What a create request is warned of."""
        if container.host["NetworkMode"] == "host" and container.host["PortBindings"]:
            return ["Published ports are discarded when using host network mode"]
        return []

    def open(self, container: Container) -> None:
        """Give a container that starts its network namespace: a new one, or somebody else's."""
        self._plugs.open(container)

    def attach(self, container: Container) -> None:
        """Plug a container that starts into its networks, and publish its ports. In the engine's words what fails."""
        self._plugs.attach(container)

    def detach(self, container: Container) -> None:
        """Unplug a container that ended."""
        self._plugs.detach(container)

    def connect(self, container: Container, reference: str, wanted: Json) -> None:
        """``docker network connect``."""
        self._plugs.connect(container, reference, wanted)

    def disconnect(self, container: Container, reference: str, force: bool) -> None:
        """``docker network disconnect``."""
        self._plugs.disconnect(container, reference, force)

    def renamed(self, container: Container) -> None:
        """A container has another name: so it has on its networks."""
        self._plugs.renamed(container)

    def forget(self, container: Container) -> None:
        """A container was removed."""
        if self.links:
            self.links.forget(container)

    # ---- what is shown

    def json(self, network: Network, detailed: bool = False) -> Json:
        """A network; ``detailed`` with the containers in it."""
        names = {one.container: one.name for one in network.endpoints.values()} if detailed else None
        return views.network_json(network, names)

    def plugs(self, container: Container) -> dict[str, Endpoint]:
        """The plugs of a container, by network name; of one that never ran, what it asked for."""
        return self._plugs.wanted(container)

    def settings(self, container: Container) -> Json:
        """``NetworkSettings`` of ``docker inspect``."""
        return views.settings_json(container, self.plugs(container), self._shown_sandbox(container))

    def endpoints(self, container: Container) -> Json:
        """``NetworkSettings.Networks`` alone, as a row of ``docker ps`` has it."""
        return views.endpoints_json(self.plugs(container))

    def ports_of(self, container: Container) -> list[Json]:
        """The ports of a row of ``docker ps``."""
        return views.port_rows(container, self._shown_sandbox(container))

    @staticmethod
    def _shown_sandbox(container: Container) -> Sandbox | None:
        return None if container.host["NetworkMode"].startswith("container:") else container.ran.sandbox

    def names(self, container: Container) -> list[str]:
        """``Names`` of a row of ``docker ps``: its own, and those that links gave it."""
        own = [f"/{container.name}"]
        if self.links:
            own += [f"/{parent.name}/{alias}" for parent, alias in self.links.parents(container)]
        return own

    def matches(self, container: Container, filters: f.Filters) -> bool:
        """The filters ``network``, ``publish`` and ``expose`` of ``docker ps``."""
        if "network" in filters and not self._on_network(container, filters["network"]):
            return False
        if not filters.get("publish") and not filters.get("expose"):
            return True
        rows = self.ports_of(container)
        return any(
            _in_range(row.get(field), row["Type"], views.port_filter(key, value))
            for key, field in (("publish", "PublicPort"), ("expose", "PrivatePort"))
            for value in filters.get(key, ())
            for row in rows
        )

    def _on_network(self, container: Container, wanted: Iterable[str]) -> bool:
        plugs = self.plugs(container)
        return any(
            value in plugs or any(plug.network_id and plug.network_id.startswith(value) for plug in plugs.values())
            for value in wanted
        )

    # ---- files that the daemon writes into containers

    def files(self, container: Container) -> Overlay:
        """The file system with a container's ``/etc/hosts``, ``/etc/resolv.conf`` and ``/etc/hostname``."""
        sandbox = container.ran.sandbox
        if sandbox is not None and sandbox.files is not None:
            return sandbox.files
        texts = container.hostname, self.hosts_file(container), self.resolv_conf(container)
        made = files.file_system(*texts, self._engine.sim.time())
        if sandbox is not None:
            sandbox.files = made
        return made

    def hosts_file(self, container: Container) -> str:
        """``/etc/hosts`` of a container that starts."""
        extra = self._extra_hosts(container)
        if container.host["NetworkMode"] == "host" and not extra:
            return self._host_file("/etc/hosts")
        extra += self.links.hosts_entries(container)
        own = files.own_names(container.hostname, container.spec.config["Domainname"])
        for endpoint in (container.endpoints or {}).values():
            extra += [(address, own) for address in (endpoint.address, endpoint.address6) if address]
        return files.hosts(extra, ipv6=container.stack is None or container.stack.ipv6)

    def _extra_hosts(self, container: Container) -> list[tuple[str, str]]:
        entries = []
        for text in container.host["ExtraHosts"] or ():
            name, _, address = text.partition(":")
            entries.append((self.get("bridge").gateway(4) if address == "host-gateway" else address, name))
        return entries

    def resolv_conf(self, container: Container) -> str:
        """``/etc/resolv.conf`` of a container that starts."""
        host, sandbox = container.host, container.ran.sandbox
        kind = files.BRIDGE
        if host["NetworkMode"] == "host":
            kind = files.HOST
        elif sandbox is not None and sandbox.resolver:
            kind = files.RESOLVER
        text = self._host_file("/etc/resolv.conf")
        if host["Dns"] or host["DnsSearch"] or host["DnsOptions"]:
            return files.resolv_conf(text, host, kind)
        known = self._resolv_confs.get((text, kind))
        if known is None:
            known = self._resolv_confs[text, kind] = files.resolv_conf(text, host, kind)
        return known

    def _host_file(self, path: str) -> str:
        try:
            return self._engine.host.vfs.node(path, follow=True).data.decode(errors="replace")
        except FsError:
            return ""


def _in_range(port: int | None, protocol: str, wanted: tuple[int, int, str]) -> bool:
    return port is not None and wanted[0] <= port <= wanted[1] and protocol == wanted[2]
