"""Stacks: network namespaces with interfaces on segments, and whom one reaches, with the reason where nobody.

Reachability is a decision of :meth:`Stack.reach`, a pure look at interfaces, routes, forwards and listeners. Public
behaviour follows Linux and Docker's bridge driver: own addresses and loopback first, then what is on the link, then the
gateway, which forwards published ports, isolates bridges from each other and masquerades.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockersim.sim.address import canonical, family_of
from dockersim.sim.channel import Connection
from dockersim.sim.failure import (
    NO_ADDRESS,
    NO_ROUTE,
    NO_WAY,
    REFUSED,
    RESET,
    TIMEOUT,
    UNREACHABLE,
    ConnectFailed,
    PortTaken,
)
from dockersim.sim.http import Service
from dockersim.sim.names import Answer
from dockersim.sim.plug import ANY4, ANY6, Forward, Interface, Listener, Segment
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.sim.net import Net


class Stack:
    """A network namespace. ``resolvers`` answer names, in order, or ``None`` to pass.

    ``name_of`` gives an address's name in the network's DNS, or ``""``. Without ``ipv6`` it has not even ``::1``.
    """

    def __init__(self, net: Net, name: str) -> None:
        self.net = net
        self.name = name
        self.interfaces: list[Interface] = []
        self.listeners: list[Listener] = []
        self.forwards: list[Forward] = []
        self.resolvers: list[Callable[[str], Answer | None]] = []
        self.name_of: Callable[[str], str] = lambda address: ""
        self.online = False
        self.loopback = True
        self.ipv6 = True
        self._last_index = 1

    # ---- building

    def plug(
        self,
        name: str,
        segment: Segment,
        address: str,
        mac: str,
        gateway: str = "",
        *,
        address6: str = "",
        more: tuple[str, ...] = (),
    ) -> Interface:
        """Add an interface with ``address`` and ``address6`` on ``segment``; either may be empty."""
        interface = Interface(self, name, segment, address, mac)
        interface.address6 = address6
        interface.more = more
        interface.gateway = gateway
        interface.index = self.next_index()
        if segment.router is not None and segment.router is not self:
            interface.peer = segment.router.next_index()
        for own in interface.addresses:
            segment.members[own] = interface
        self.interfaces.append(interface)
        return interface

    def bridges(self) -> list[Interface]:
        """The interfaces that are bridges of this stack's own: networks that it routes for."""
        return [interface for interface in self.interfaces if interface.is_bridge]

    def next_index(self) -> int:
        """The number of the next interface; the loopback has 1."""
        self._last_index += 1
        return self._last_index

    def listen(
        self,
        port: int,
        address: str = ANY4,
        *,
        service: Service | None = None,
        accept: Callable[[Connection, str], None] | None = None,
        owner: Any = None,
        protocol: str = "tcp",
        only6: bool = False,
    ) -> Listener:
        """Take a port. ``OSError`` is not for here: raises :class:`PortTaken` when somebody has it."""
        listener = Listener(self, address, port, service, accept, owner, protocol, only6)
        for other in self.listeners:
            if (other.port, other.protocol) == (port, protocol) and other.excludes(address, only6):
                raise PortTaken(port)
        for forward in self.forwards:
            if (forward.port, forward.protocol) == (port, protocol) and (
                listener.excludes(forward.address, only6=True)
            ):
                raise PortTaken(port)
        self.listeners.append(listener)
        return listener

    def addresses(self) -> list[str]:
        """The IPv4 addresses."""
        return [interface.address for interface in self.interfaces if interface.address]

    def has(self, address: str) -> bool:
        """Whether ``address`` is the stack's own."""
        if address in (ANY4, ANY6) or (address == "::1" and self.ipv6) or address.startswith("127."):
            return True
        return any(address in interface.addresses or address == interface.link_local for interface in self.interfaces)

    @property
    def outward(self) -> Interface | None:
        """The interface with the default route."""
        return next((one for one in self.interfaces if one.gateway or one.gateway6), None)

    @property
    def prefers6(self) -> bool:
        """Whether a name with addresses of both families is reached by IPv6 (RFC 6724)."""
        return any(interface.address6 for interface in self.interfaces)

    # ---- names

    def look_up(self, name: str) -> Answer:
        """The addresses of ``name``, and how they were found or why there are none."""
        family = family_of(name)
        if family:
            reason = "it is an address"
            return Answer(name, reason) if family == 4 else Answer("", reason, canonical(name))
        answer = Answer("", "no resolver knows it")
        for resolver in self.resolvers:
            found = resolver(name.lower().rstrip("."))
            if found is not None:
                answer = found
                break
        chosen = next(iter(self.preferred(answer)), "")
        self.net.sim.trace.record(e.NameResolved, self.name, name, chosen, answer.reason)
        return answer

    def preferred(self, answer: Answer) -> list[str]:
        """An answer's addresses in the order in which they are tried."""
        return answer.of(6) + answer.of(4) if self.prefers6 else answer.addresses

    def resolve(self, name: str) -> tuple[str, str]:
        """The address of ``name`` that is tried first and how it was found; an empty address and why not."""
        answer = self.look_up(name)
        return next(iter(self.preferred(answer)), ""), answer.reason

    # ---- reachability

    def seen_by(self, target: Stack, address: str) -> str:
        """The address that ``target`` sees when it is reached at ``address``.

        It is one's own on a shared network, else that of the gateway there.
        """
        six = ":" in address
        if target is self:
            return ("::1" if six else "127.0.0.1") if address.startswith("127.") or not self.interfaces else address
        for here in self.interfaces:
            for there in target.interfaces:
                if here.segment is there.segment:
                    return (six and here.address6) or here.address or here.address6
        for there in target.interfaces:
            if there.gateway or there.gateway6:
                return (six and there.gateway6) or there.gateway or there.gateway6
        return next(iter(self.addresses()), "127.0.0.1")

    def reach(self, address: str, port: int, protocol: str = "tcp") -> Listener:
        """The listener that a connection to ``address``:``port`` meets. Raises :class:`ConnectFailed`."""
        target = self.locate(address)
        return target.arrive(address, port, protocol, local=target is self)

    def locate(self, address: str) -> Stack:
        """The stack that has ``address``, as seen from here. Raises :class:`ConnectFailed` with the reason."""
        if self.has(address):
            return self
        if ":" in address and not self.ipv6:
            raise ConnectFailed(NO_ADDRESS, f"{self.name} has no IPv6: it is disabled there (disable_ipv6)")
        for interface in self.interfaces:
            if interface.reaches(address):
                return self._neighbour(interface.segment, address)
        return self._through_gateway(address)

    def _neighbour(self, segment: Segment, address: str) -> Stack:
        member = segment.members.get(address)
        if member is None:
            raise ConnectFailed(UNREACHABLE, f"nothing has the address {address} on the network {segment.name}")
        if not segment.icc and segment.router not in (self, member.stack):
            raise ConnectFailed(TIMEOUT, f"the network {segment.name} lets nobody talk to another on it (icc=false)")
        return member.stack

    def _through_gateway(self, address: str) -> Stack:
        if self.online and ":" not in address:
            return self.net.server(address)
        for interface in self.interfaces:
            gateway = interface.gateway6 if ":" in address else interface.gateway
            if gateway:
                return _forwarded(self._neighbour(interface.segment, gateway), interface.segment, address)
        raise ConnectFailed(NO_ROUTE, self._why_no_route(address))

    def _why_no_route(self, address: str) -> str:
        if self.online:
            return f"{self.name}'s connection to the internet has no IPv6"
        if not self.interfaces:
            return f"{self.name} has no network but its own loopback"
        if any(interface.segment.internal for interface in self.interfaces):
            return "the network is internal: it has no gateway to the outside"
        if ":" in address and not self.prefers6:
            return f"{self.name} has no IPv6: none of its networks was created with --ipv6"
        if ":" not in address and not self.addresses():
            return f"{self.name} has no IPv4: its network was created with --ipv4=false"
        return f"there is no route to {address}"

    def arrive(self, address: str, port: int, protocol: str, *, local: bool) -> Listener:
        """What a packet for ``port`` meets once it is here."""
        for forward in self.forwards:
            if (forward.port, forward.protocol) == (port, protocol) and forward.takes(address):
                return _through_proxy(self, forward, local)
        same_port = [one for one in self.listeners if one.port == port and one.protocol == protocol]
        for listener in same_port:
            if listener.takes(address):
                return listener
        raise ConnectFailed(REFUSED, self._why_refused(address, port, protocol, same_port))

    def _why_refused(self, address: str, port: int, protocol: str, same_port: list[Listener]) -> str:
        if same_port:
            where = same_port[0].address
            return f"the server on port {port} of {self.name} listens on {where} only, not on {address}"
        for forward in self.forwards:
            if (forward.port, forward.protocol) == (port, protocol):
                return f"port {port} is published on {forward.address} only, not on {address}"
        hint = "" if self.online or not address.startswith("127.") else f": there, localhost is {self.name} itself"
        kind = "port" if protocol == "tcp" else f"{protocol.upper()} port"
        return f"nothing listens on {kind} {port} of {self.name}{hint}"


def _forwarded(router: Stack, origin: Segment, address: str) -> Stack:
    if router.has(address):
        return router
    for interface in router.interfaces:
        segment = interface.segment
        if segment is not origin and interface.reaches(address):
            if origin.isolated and segment.isolated:
                raise ConnectFailed(
                    TIMEOUT, f"the networks {origin.name} and {segment.name} are isolated from each other"
                )
            return router.locate(address)
    if origin.internal:
        raise ConnectFailed(NO_ROUTE, f"the network {origin.name} is internal: it has no way to the outside")
    if router.online and not origin.masquerade:
        raise ConnectFailed(
            TIMEOUT,
            f"what leaves the network {origin.name} keeps its own address (no masquerade): no answer finds back",
        )
    try:
        return router.locate(address)
    except ConnectFailed as failed:
        if failed.kind != NO_ROUTE:
            raise
        kind = NO_WAY if ":" in address else TIMEOUT
        raise ConnectFailed(kind, f"{router.name}, the router, has no way to {address}: {failed.reason}") from None


def _through_proxy(host: Stack, forward: Forward, local: bool) -> Listener:
    target = forward.target
    address = forward.target_address or next(iter(target.addresses()), "127.0.0.1")
    try:
        if forward.target_address:
            host.locate(address)
        return target.arrive(address, forward.target_port, forward.protocol, local=False)
    except ConnectFailed as failed:
        kind = RESET if local else failed.kind
        raise ConnectFailed(kind, f"port {forward.port} is published, but {failed.reason}") from None
