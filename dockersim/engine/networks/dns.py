"""The name server at 127.0.0.11, and why a name is or is not known to a container.

On networks that somebody made, containers find each other by name, alias and short id. The default bridge has no such
server: what a container there asks goes straight to the host's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockersim.engine.networks.network import Endpoint, Network
from dockersim.sim import Answer
from dockersim.sim.address import canonical

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

HOST_NAME = "host.docker.internal"


def names_of(container: Container, aliases: list[str] | None) -> tuple[str, ...]:
    """The names of an endpoint, the first of which reverse look-ups answer (``DNSNames`` of ``docker inspect``)."""
    hostname = container.spec.config["Hostname"]
    names = [container.name, *(aliases or ()), container.id[:12], *([hostname] if hostname else [])]
    return tuple(dict.fromkeys(names))


class Resolver:
    """Answers one container's questions; what its network stack is given."""

    __slots__ = ("_container", "_engine")

    def __init__(self, engine: Engine, container: Container) -> None:
        self._engine = engine
        self._container = container

    def _joined(self) -> Iterator[tuple[Network, Endpoint]]:
        """The networks with a name server that the container is plugged into."""
        for endpoint in (self._container.endpoints or {}).values():
            if endpoint.id:
                network = self._engine.networks.get(endpoint.network_id)
                if network.resolves_names:
                    yield network, endpoint

    def __call__(self, name: str) -> Answer:
        """The addresses of ``name`` and how they were found, or empty addresses and why not."""
        for network, endpoint in self._joined():
            found = self._inside(network, endpoint, name)
            if found is not None:
                return found
        return self._outside(name)

    def _inside(self, network: Network, endpoint: Endpoint, name: str) -> Answer | None:
        asked = name
        for link in endpoint.wanted.get("Links") or ():
            target, _, alias = link.partition(":")
            if name == (alias or target).lower():
                name = target.lower()
        found = self._search(network, name) or self._search(network, name.removesuffix(f".{network.name.lower()}"))
        if not found:
            return None
        chosen = found[0] if len(found) == 1 else self._engine.sim.rng.choice(found)
        how = f"the name server of the network {network.name} knows it: it is {chosen.name}"
        if len(found) > 1:
            how += f", one of {len(found)} containers of that name"
        elif asked != chosen.name:
            how += f", also called {asked}"
        others = [one for one in found if one is not chosen]
        more = tuple(address for one in others for address in (one.address, one.address6) if address)
        return Answer(chosen.address, how, chosen.address6, more)

    @staticmethod
    def _search(network: Network, name: str) -> list[Endpoint]:
        return [
            endpoint
            for endpoint in network.endpoints.values()
            if any(name == own.lower() for own in endpoint.dns_names or ())
        ]

    def _outside(self, name: str) -> Answer:
        own = [endpoint for endpoint in (self._container.endpoints or {}).values() if endpoint.interface is not None]
        inside = self._unknown(name)
        if not any(one.interface.gateway or one.interface.gateway6 for one in own if one.interface is not None):
            if not own:
                return Answer("", "the container has no network, and so nobody to ask")
            return Answer("", inside or "the network is internal: its name server asks nobody outside")
        for candidate in (name, *(f"{name}.{domain}" for domain in self._container.host["DnsSearch"] or ())):
            answer = self._engine.net.dns(candidate)
            if answer.address:
                return answer
        return Answer("", inside or answer.reason)

    def _unknown(self, name: str) -> str:
        """Why the name of a container that there is means nothing here; empty when it is no container's."""
        if name == HOST_NAME:
            return f"nobody knows {name} here: it needs --add-host {name}:host-gateway"
        other = self._engine.containers.names.get(name)
        if other is None or other is self._container:
            return ""
        if not other.running:
            return f"the container {name} is not running: only running containers have a name on a network"
        theirs = list(other.endpoints or {})
        mine = list(self._container.endpoints or {})
        shared = [network for network in theirs if network in mine]
        if shared == ["bridge"]:
            return (
                f"{name} is on the same network, but it is the default bridge, where names are not resolved: "
                "only networks that you create have a name server for containers"
            )
        if not theirs:
            return f"{name} has no network of its own"
        return (
            f"{name} is on the network {', '.join(theirs)} and this container on {', '.join(mine)}: "
            "names are resolved only between containers that share a network that you created"
        )

    def name_of(self, address: str) -> str:
        """The name of an address on a network with a name server: ``web.net1``."""
        wanted = canonical(address)
        for network, _ in self._joined():
            for endpoint in network.endpoints.values():
                if wanted in (endpoint.address, endpoint.address6) and endpoint.dns_names:
                    return f"{endpoint.dns_names[0]}.{network.name}"
        return ""
