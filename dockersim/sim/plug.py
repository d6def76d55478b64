"""What a network is made of: segments, the interfaces plugged into them, listeners, and published ports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockersim.sim.address import Subnet, link_local

if TYPE_CHECKING:
    from dockersim.sim.channel import Connection
    from dockersim.sim.http import Service
    from dockersim.sim.stack import Stack

ANY4, ANY6 = "0.0.0.0", "::"
ANNOUNCED = (3, 126, 7, 526)
"""Packets and bytes that an interface has sent, and received, once it is up: it tells its address, hears others."""


class Listener:
    """A server's end of a port: ``service`` answers HTTP, ``accept(connection, peer)`` takes raw connections.

    One at ``0.0.0.0`` has all IPv4 addresses, one at ``::`` all addresses, or with ``only6`` those of IPv6. With the
    ``protocol`` ``udp``, ``accept`` is called at the first datagram of each sender.
    """

    __slots__ = ("accept", "address", "only6", "owner", "port", "protocol", "service", "stack")

    def __init__(
        self,
        stack: Stack,
        address: str,
        port: int,
        service: Service | None = None,
        accept: Callable[[Connection, str], None] | None = None,
        owner: Any = None,
        protocol: str = "tcp",
        only6: bool = False,
    ) -> None:
        self.stack = stack
        self.address = address
        self.port = port
        self.service = service
        self.accept = accept
        self.owner = owner
        self.protocol = protocol
        self.only6 = only6

    def takes(self, address: str) -> bool:
        """Whether a packet to ``address`` is for this one."""
        if self.address == ANY6:
            return ":" in address or not self.only6
        if self.address == ANY4:
            return ":" not in address
        return self.address == address or (self.address.startswith("127.") and address.startswith("127."))

    def excludes(self, address: str, only6: bool) -> bool:
        """Whether another one at ``address`` of the same port is impossible."""
        if self.address == address:
            return True
        if ANY6 in (self.address, address):
            alone = self.only6 if self.address == ANY6 else only6
            other = address if self.address == ANY6 else self.address
            return ":" in other or not alone
        return ANY4 in (self.address, address) and (":" in self.address) == (":" in address)

    def close(self) -> None:
        """Stop listening."""
        listeners = self.stack.listeners
        if self in listeners:
            listeners.remove(self)


class Segment:
    """One network that interfaces are plugged into. ``isolated``: bridges that don't forward to each other.

    ``subnets`` has one subnet of each family at most. ``internal``: nothing on it has a way out. ``icc`` is
    inter-container communication: without it, a stack on the network reaches ``router`` (which has the gateway's
    address) and nobody else. With ``masquerade``, what leaves has the router's address. ``mtu`` is in bytes.
    ``members`` are the interfaces by each of their addresses.
    """

    def __init__(
        self,
        name: str,
        *subnets: str,
        internal: bool = False,
        isolated: bool = True,
        icc: bool = True,
        masquerade: bool = True,
        mtu: int = 1500,
        router: Stack | None = None,
    ) -> None:
        self.name = name
        self.subnets = tuple(map(Subnet, subnets))
        self.internal = internal
        self.isolated = isolated
        self.icc = icc
        self.masquerade = masquerade
        self.mtu = mtu
        self.router = router
        self.members: dict[str, Interface] = {}

    def subnet(self, family: int) -> Subnet | None:
        """The subnet of the family 4 or 6, where there is one."""
        return next((subnet for subnet in self.subnets if subnet.family == family), None)

    def __contains__(self, address: str) -> bool:
        return any(address in subnet for subnet in self.subnets)


class Interface:
    """A stack's plug in a segment: ``name`` such as ``eth0``, ``mac``, ``address`` (IPv4) and ``address6``.

    Either address may be empty; ``more`` are further ones, outside the segment's subnets. ``gateway`` and ``gateway6``
    are set where the stack's default route goes through this interface. ``index`` is its number in its stack, ``peer``
    that of the other end of the pair in the router's stack, 0 for none; ``since`` is when it was plugged in.
    """

    __slots__ = (
        "address",
        "address6",
        "gateway",
        "gateway6",
        "index",
        "mac",
        "more",
        "name",
        "packets_received",
        "packets_sent",
        "peer",
        "received",
        "segment",
        "sent",
        "since",
        "stack",
    )

    def __init__(self, stack: Stack, name: str, segment: Segment, address: str, mac: str) -> None:
        self.stack = stack
        self.name = name
        self.segment = segment
        self.address = address
        self.mac = mac
        self.address6 = ""
        self.more: tuple[str, ...] = ()
        self.gateway = ""
        self.gateway6 = ""
        self.index = 0
        self.peer = 0
        self.since = stack.net.sim.now
        self.packets_sent, self.sent, self.packets_received, self.received = ANNOUNCED

    def count(self, packets_sent: int, sent: int, packets_received: int, received: int) -> None:
        """Packets and bytes went out and came in."""
        self.packets_sent += packets_sent
        self.sent += sent
        self.packets_received += packets_received
        self.received += received

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, IPv4 first; not the one that it gives itself on its link."""
        return tuple(address for address in (self.address, self.address6, *self.more) if address)

    def reaches(self, address: str) -> bool:
        """Whether ``address`` is on this link: in a subnet that it has an address in, or a neighbour's further one."""
        if address in self.segment:
            return bool(self.address6 if ":" in address else self.address)
        return address in self.segment.members

    @property
    def link_local(self) -> str:
        """The IPv6 address that it has on its link alone; empty without IPv6."""
        return link_local(self.mac) if self.address6 else ""

    @property
    def is_bridge(self) -> bool:
        """Whether this is the router's own interface of its segment."""
        return self.segment.router is self.stack

    def ports(self) -> list[Interface]:
        """What is plugged into the segment besides this interface, each once."""
        return [one for one in dict.fromkeys(self.segment.members.values()) if one is not self]

    def unplug(self) -> None:
        """Take the interface away."""
        for address in self.addresses:
            self.segment.members.pop(address, None)
        if self in self.stack.interfaces:
            self.stack.interfaces.remove(self)


class Forward:
    """A published port: ``address``:``port`` of the stack that has it leads to a port and address of ``target``.

    ``owner`` is the process that listens there, if any. ``::`` stands for the addresses of IPv6 alone (``only6``).
    """

    only6 = True
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
        if self.address in (ANY4, ANY6):
            return (":" in address) == (self.address == ANY6)
        return self.address == address
