"""Networks: stacks with interfaces on segments, and who can reach whom, with the reason where nobody can.

A :class:`Stack` is a network namespace: the laptop's, a container's, a server's on the internet. Reachability is a
decision of :meth:`Stack.reach`, a pure look at interfaces, routes, forwards and listeners; only :meth:`Net.connect`
takes time. Public behaviour follows Linux and Docker's bridge driver: own addresses and loopback first, then what is
on the link, then the gateway, which forwards published ports, isolates bridges from each other and masquerades.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from dockersim.sim.address import Subnet, is_address
from dockersim.sim.channel import Connection, connection_pair
from dockersim.sim.clock import Simulation
from dockersim.sim.http import Service, exchange
from dockersim.sim.link import INTERNET, LOCAL, Link
from dockersim.trace import events as e
from dockersim.wire import Request, Response

ANY = ("0.0.0.0", "::", "")

REFUSED, UNREACHABLE, NO_ROUTE, TIMEOUT, RESET, UNRESOLVED = (
    "refused",
    "unreachable",
    "no route",
    "timeout",
    "reset",
    "unresolved",
)
HANDSHAKE = (100, 40)
"""Bytes that opening and closing a connection adds each way, besides what frames the rest."""
ANNOUNCED = (3, 126, 7, 526)
"""Packets and bytes that an interface has sent, and received, once it is up: it tells its address, hears others."""
WAITS = {REFUSED: 0.0, UNREACHABLE: 3.06, NO_ROUTE: 0.0, TIMEOUT: 131.0, RESET: 0.0, UNRESOLVED: 0.0}
"""Seconds until the kind of failure shows: a missing neighbour takes three seconds, a dropped packet two minutes."""


class ConnectFailed(Exception):
    """No connection. ``kind`` is one of the constants above, ``reason`` a sentence for the learner."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Listener:
    """A server's end of a port: ``service`` answers HTTP, ``accept(connection, peer)`` takes raw connections."""

    __slots__ = ("accept", "address", "owner", "port", "protocol", "service", "stack")

    def __init__(
        self,
        stack: Stack,
        address: str,
        port: int,
        service: Service | None = None,
        accept: Callable[[Connection, str], None] | None = None,
        owner: Any = None,
        protocol: str = "tcp",
    ) -> None:
        self.stack = stack
        self.address = address
        self.port = port
        self.service = service
        self.accept = accept
        self.owner = owner
        self.protocol = protocol

    def close(self) -> None:
        """Stop listening."""
        listeners = self.stack.listeners
        if self in listeners:
            listeners.remove(self)


class Segment:
    """One network that interfaces are plugged into. ``isolated``: bridges that don't forward to each other.

    ``internal``: nothing on it has a way out. ``icc`` is inter-container communication: without it, a stack on the
    network reaches ``router`` (which has the gateway's address) and nobody else.
    """

    def __init__(
        self,
        name: str,
        subnet: str,
        *,
        internal: bool = False,
        isolated: bool = True,
        icc: bool = True,
        router: Stack | None = None,
    ) -> None:
        self.name = name
        self.subnet = Subnet(subnet)
        self.internal = internal
        self.isolated = isolated
        self.icc = icc
        self.router = router
        self.members: dict[str, Interface] = {}


class Interface:
    """A stack's plug in a segment: ``name`` such as ``eth0``, ``address``, ``mac``.

    ``gateway`` is set where the stack's default route goes through this interface.
    """

    __slots__ = (
        "address", "gateway", "mac", "name", "packets_received", "packets_sent", "received", "segment", "sent", "stack",
    )  # fmt: skip

    def __init__(self, stack: Stack, name: str, segment: Segment, address: str, mac: str, gateway: str = "") -> None:
        self.stack = stack
        self.name = name
        self.segment = segment
        self.address = address
        self.mac = mac
        self.gateway = gateway
        self.packets_sent, self.sent, self.packets_received, self.received = ANNOUNCED

    def count(self, packets_sent: int, sent: int, packets_received: int, received: int) -> None:
        """Packets and bytes went out and came in."""
        self.packets_sent += packets_sent
        self.sent += sent
        self.packets_received += packets_received
        self.received += received

    def unplug(self) -> None:
        """Take the interface away."""
        self.segment.members.pop(self.address, None)
        if self in self.stack.interfaces:
            self.stack.interfaces.remove(self)


class Forward:
    """A published port: ``address``:``port`` of the stack that has it leads to a port and address of ``target``.

    ``owner`` is the process that listens there, if any.
    """

    __slots__ = ("address", "owner", "port", "protocol", "target", "target_address", "target_port")

    def __init__(
        self, address: str, port: int, target: Stack, target_port: int, protocol: str = "tcp", target_address: str = ""
    ) -> None:
        self.address = address
        self.port = port
        self.target = target
        self.target_port = target_port
        self.target_address = target_address
        self.protocol = protocol
        self.owner: Any = None

    def takes(self, address: str) -> bool:
        """Whether a connection to ``address`` goes this way; ``::`` stands for IPv6 addresses only."""
        if self.address in ("::", "0.0.0.0"):
            return (":" in address) == (self.address == "::")
        return self.address == address


class Stack:
    """A network namespace. ``resolvers`` answer names, in order: ``(address or "", reason)``, or ``None`` to pass.

    ``name_of`` gives an address's name in the network's DNS, or ``""``.
    """

    def __init__(self, net: Net, name: str) -> None:
        self.net = net
        self.name = name
        self.interfaces: list[Interface] = []
        self.listeners: list[Listener] = []
        self.forwards: list[Forward] = []
        self.resolvers: list[Callable[[str], tuple[str, str] | None]] = []
        self.name_of: Callable[[str], str] = lambda address: ""
        self.online = False
        self.loopback = True

    # ---- building

    def plug(self, name: str, segment: Segment, address: str, mac: str, gateway: str = "") -> Interface:
        """Add an interface with ``address`` on ``segment``."""
        interface = Interface(self, name, segment, address, mac, gateway)
        segment.members[address] = interface
        self.interfaces.append(interface)
        return interface

    def listen(
        self,
        port: int,
        address: str = "0.0.0.0",
        *,
        service: Service | None = None,
        accept: Callable[[Connection, str], None] | None = None,
        owner: Any = None,
        protocol: str = "tcp",
    ) -> Listener:
        """Take a port. ``OSError`` is not for here: raises :class:`PortTaken` when somebody has it."""
        for other in self.listeners:
            if (other.port, other.protocol) == (port, protocol) and (
                other.address == address or other.address in ANY or address in ANY
            ):
                raise PortTaken(port)
        for forward in self.forwards:
            if (forward.port, forward.protocol) == (port, protocol) and (
                forward.address == address or forward.address in ANY or address in ANY
            ):
                raise PortTaken(port)
        listener = Listener(self, address, port, service, accept, owner, protocol)
        self.listeners.append(listener)
        return listener

    def addresses(self) -> list[str]:
        return [interface.address for interface in self.interfaces]

    # ---- names

    def resolve(self, name: str) -> tuple[str, str]:
        """The address of ``name`` and how it was found; an empty address and why not."""
        if is_address(name):
            return name, "it is an address"
        answer: tuple[str, str] = ("", "no resolver knows it")
        for resolver in self.resolvers:
            found = resolver(name.lower().rstrip("."))
            if found is not None:
                answer = found
                break
        self.net.sim.trace.record(e.NameResolved, self.name, name, *answer)
        return answer

    # ---- reachability

    def reach(self, address: str, port: int, protocol: str = "tcp") -> Listener:
        """The listener that a connection to ``address``:``port`` meets. Raises :class:`ConnectFailed`."""
        target = self.locate(address)
        return target.arrive(address, port, protocol, local=target is self)

    def locate(self, address: str) -> Stack:
        """The stack that has ``address``, as seen from here. Raises :class:`ConnectFailed` with the reason."""
        if address.startswith("127.") or address == "::1":
            return self
        if address == "0.0.0.0" or address in self.addresses():
            return self
        for interface in self.interfaces:
            if address in interface.segment.subnet:
                member = interface.segment.members.get(address)
                if member is None:
                    raise ConnectFailed(
                        UNREACHABLE, f"nothing has the address {address} on the network {interface.segment.name}"
                    )
                if not interface.segment.icc and interface.segment.router not in (self, member.stack):
                    raise ConnectFailed(
                        TIMEOUT, f"the network {interface.segment.name} lets nobody talk to another on it (icc=false)"
                    )
                return member.stack
        return self._through_gateway(address)

    def _through_gateway(self, address: str) -> Stack:
        if self.online:
            return self.net.server(address)
        for interface in self.interfaces:
            router = interface.segment.members.get(interface.gateway)
            if router is not None and interface.gateway:
                return _forwarded(router.stack, interface.segment, address)
        if not self.interfaces:
            raise ConnectFailed(NO_ROUTE, f"{self.name} has no network but its own loopback")
        if any(interface.segment.internal for interface in self.interfaces):
            raise ConnectFailed(NO_ROUTE, "the network is internal: it has no gateway to the outside")
        raise ConnectFailed(NO_ROUTE, f"there is no route to {address}")

    def arrive(self, address: str, port: int, protocol: str, *, local: bool) -> Listener:
        """What a packet for ``port`` meets once it is here."""
        for forward in self.forwards:
            if (forward.port, forward.protocol) == (port, protocol) and forward.takes(address):
                return _through_proxy(forward, local)
        same_port = [one for one in self.listeners if one.port == port and one.protocol == protocol]
        for listener in same_port:
            if listener.address in ANY or listener.address == address:
                return listener
            if listener.address.startswith("127.") and address.startswith("127."):
                return listener
        if same_port:
            raise ConnectFailed(
                REFUSED,
                f"the server on port {port} of {self.name} listens on {same_port[0].address} only, not on {address}",
            )
        for forward in self.forwards:
            if (forward.port, forward.protocol) == (port, protocol):
                raise ConnectFailed(REFUSED, f"port {port} is published on {forward.address} only, not on {address}")
        hint = "" if self.online or not address.startswith("127.") else f": there, localhost is {self.name} itself"
        raise ConnectFailed(REFUSED, f"nothing listens on port {port} of {self.name}{hint}")


def ends(here: Stack, there: Stack) -> tuple[Interface | None, Interface | None]:
    """The interfaces by which two stacks talk: those on a network that both are on, else those with a gateway."""
    if here is there:
        return None, None
    for near in here.interfaces:
        for far in there.interfaces:
            if near.segment is far.segment:
                return near, far
    return _outward(here), _outward(there)


def _outward(stack: Stack) -> Interface | None:
    return next((one for one in stack.interfaces if one.gateway), None)


class PortTaken(Exception):
    """Somebody listens there already (EADDRINUSE)."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


def _forwarded(router: Stack, origin: Segment, address: str) -> Stack:
    if address in router.addresses():
        return router
    for interface in router.interfaces:
        segment = interface.segment
        if segment is not origin and address in segment.subnet:
            if origin.isolated and segment.isolated:
                raise ConnectFailed(
                    TIMEOUT, f"the networks {origin.name} and {segment.name} are isolated from each other"
                )
            return router.locate(address)
    if origin.internal:
        raise ConnectFailed(NO_ROUTE, f"the network {origin.name} is internal: it has no way to the outside")
    return router.locate(address)


def _through_proxy(forward: Forward, local: bool) -> Listener:
    target = forward.target
    address = forward.target_address or (target.addresses()[0] if target.interfaces else "127.0.0.1")
    try:
        return target.arrive(address, forward.target_port, forward.protocol, local=False)
    except ConnectFailed as failed:
        kind = RESET if local else failed.kind
        raise ConnectFailed(kind, f"port {forward.port} is published, but {failed.reason}") from None


class Net:
    """All networks of one world: links between parties by name, and the servers of the internet."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self._links: dict[frozenset[str], Link] = {}
        self._servers: dict[str, Stack] = {}
        self.names: dict[str, str] = {}
        self.slow: dict[str, tuple[float, float]] = {}

    # ---- links

    def link(self, one: str, other: str) -> Link:
        """The link between two parties, made at first use."""
        key = frozenset((one, other))
        found = self._links.get(key)
        if found is None:
            far = one in self.names or other in self.names
            found = self._links[key] = Link(
                *(self.slow.get(one) or self.slow.get(other) or (INTERNET if far else LOCAL))
            )
        return found

    def cut(self, one: str, other: str) -> None:
        """Cut the wire between two parties: nothing gets through until :meth:`mend`."""
        self.link(one, other).down = True

    def mend(self, one: str, other: str) -> None:
        """Put the wire together again."""
        self.link(one, other).down = False

    # ---- the internet

    def add_server(self, name: str, address: str) -> Stack:
        """A server on the internet, under ``name``."""
        stack = Stack(self, name)
        self._servers[address] = stack
        self.names[name] = address
        return stack

    def server(self, address: str) -> Stack:
        """The internet's server at ``address``. Raises :class:`ConnectFailed`."""
        found = self._servers.get(address)
        if found is None:
            raise ConnectFailed(TIMEOUT, f"nothing answers at {address}")
        return found

    def dns(self, name: str) -> tuple[str, str]:
        """What the internet's name servers say."""
        address = self.names.get(name)
        return (address, "the internet's DNS knows it") if address else ("", "the internet's DNS has no such name")

    # ---- connecting

    def find(
        self, stack: Stack, host: str, port: int, source: str = "", patience: float = 1e9
    ) -> Generator[Any, Any, tuple[Listener, Link, str]]:
        """Resolve and reach: the listener, the link to it, and the address. Takes the time that it takes.

        ``source`` is the party's name in the trace (the stack's own by default), ``patience`` its time limit in
        seconds. Raises :class:`ConnectFailed`.
        """
        source = source or stack.name
        try:
            address, reason = stack.resolve(host)
            if not address:
                raise ConnectFailed(UNRESOLVED, reason)
            listener = stack.reach(address, port)
            party = listener.service.name if listener.service is not None else listener.stack.name
            link = self.link(source, party)
            if link.down:
                raise ConnectFailed(TIMEOUT, f"the wire between {source} and {party} is cut")
        except ConnectFailed as failed:
            self.sim.trace.record(e.ConnectionFailed, source, host, port, failed.reason)
            wait = WAITS[failed.kind]
            if wait > patience:
                wait, failed = patience, ConnectFailed(TIMEOUT, failed.reason)
            if wait:
                yield self.sim.timeout(wait)
            raise failed from None
        link.near, link.far = ends(stack, listener.stack)
        link.count(*HANDSHAKE)
        yield self.sim.timeout(link.latency)
        return listener, link, address

    def request(
        self, stack: Stack, host: str, port: int, request: Request, source: str = ""
    ) -> Generator[Any, Any, Response]:
        """One HTTP exchange with whoever answers HTTP at ``host``:``port``. Raises :class:`ConnectFailed`."""
        listener, link, address = yield from self.find(stack, host, port, source)
        if listener.service is None:
            raise ConnectFailed(RESET, f"the server on port {port} does not speak HTTP")
        request.peer = stack.addresses()[0] if stack.interfaces else "127.0.0.1"
        del address
        return (yield from exchange(self.sim, source or stack.name, link, listener.service, request))

    def connect(
        self, stack: Stack, host: str, port: int, source: str = "", patience: float = 1e9
    ) -> Generator[Any, Any, tuple[Connection, Listener]]:
        """A raw connection; the listener tells what speaks there. Raises :class:`ConnectFailed`."""
        listener, link, _ = yield from self.find(stack, host, port, source, patience)
        here, there = connection_pair(self.sim)
        here.incoming.link = here.outgoing.link = link
        here.incoming.back = True
        if listener.accept is not None:
            peer = stack.addresses()[0] if stack.interfaces else "127.0.0.1"
            listener.accept(there, peer)
        return here, listener
