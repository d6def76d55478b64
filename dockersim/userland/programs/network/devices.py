"""Interfaces and routes of a computer, as the tools that show them see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from dockersim.sim import Interface, Stack
from dockersim.sim.address import Subnet, family_of, link_local
from dockersim.userland.process import Process

GLOBAL, LINK, HOST = "global", "link", "host"
DUPLICATES_LOOKED_FOR = 1.5
"""Seconds until an interface knows that nobody else has its IPv6 address of the link."""


class Address(NamedTuple):
    """An address of a device: ``text``/``prefix``. ``tentative``: whether somebody else has it is not known yet."""

    text: str
    prefix: int
    scope: str
    tentative: bool = False

    @property
    def family(self) -> int:
        return family_of(self.text)

    @property
    def subnet(self) -> Subnet:
        return Subnet(f"{self.text}/{self.prefix}")


class Device(NamedTuple):
    """One interface. ``peer`` is the number of the other end of a veth pair, 0 for none; ``gateways`` by family.

    ``master`` is the bridge that it is a port of; ``carrier``: something is at its other end.
    """

    number: int
    name: str
    addresses: tuple[Address, ...]
    mac: str
    mtu: int
    gateways: dict[int, str]
    peer: int
    received: int
    sent: int
    packets_received: int
    packets_sent: int
    master: str = ""
    carrier: bool = True

    @property
    def label(self) -> str:
        return f"{self.name}@if{self.peer}" if self.peer else self.name

    @property
    def loopback(self) -> bool:
        return self.name == "lo"

    def of(self, family: int) -> list[Address]:
        """Its addresses of one family."""
        return [address for address in self.addresses if address.family == family]


class Route(NamedTuple):
    """Where packets to ``subnet`` go; without ``gateway`` they are on the link. ``source`` is one's own address."""

    subnet: Subnet
    gateway: str
    device: Device
    source: str


_LOOPBACK = Device(
    1, "lo", (Address("127.0.0.1", 8, HOST), Address("::1", 128, HOST)), "00:00:00:00:00:00", 65_536, {}, 0, 0, 0, 0, 0
)


_LOOPBACK4 = _LOOPBACK._replace(addresses=_LOOPBACK.addresses[:1])


def devices(p: Process) -> list[Device]:
    """All interfaces, the loopback first."""
    stack: Stack | None = p.computer.net
    if stack is None:
        return [_LOOPBACK]
    found = [_device(interface) for interface in stack.interfaces]
    found += [_port(bridge, member) for bridge in stack.bridges() for member in bridge.ports()]
    return [_LOOPBACK if stack.ipv6 else _LOOPBACK4, *sorted(found, key=lambda device: device.number)]


def _port(bridge: Interface, member: Interface) -> Device:
    """The bridge's end of a veth pair: what the member sends arrives here."""
    number = crc32(member.mac.encode())
    mac = "{:02x}:{}".format(number & 0xFC | 2, ":".join(member.mac.split(":")[1:][::-1]))
    return Device(
        member.peer,
        f"veth{number & 0xFFFFFFF:07x}",
        (Address(link_local(mac), 64, LINK),),
        mac,
        member.segment.mtu,
        {},
        member.index,
        member.sent,
        member.received,
        member.packets_sent,
        member.packets_received,
        bridge.name,
    )


def _device(interface: Interface) -> Device:
    return Device(
        interface.index,
        interface.name,
        tuple(_addresses(interface)),
        interface.mac,
        interface.segment.mtu,
        {family: gateway for family, gateway in ((4, interface.gateway), (6, interface.gateway6)) if gateway},
        interface.peer,
        interface.received,
        interface.sent,
        interface.packets_received,
        interface.packets_sent,
        carrier=not interface.is_bridge or bool(interface.ports()),
    )


def _addresses(interface: Interface) -> Iterator[Address]:
    for text in interface.addresses:
        subnet = interface.segment.subnet(family_of(text))
        prefix = subnet.prefix if subnet is not None and text in subnet else 16 if family_of(text) == 4 else 64
        yield Address(text, prefix, GLOBAL)
    if interface.link_local:
        age = interface.stack.net.sim.now - interface.since
        yield Address(interface.link_local, 64, LINK, age < DUPLICATES_LOOKED_FOR)


def routes(found: list[Device], family: int) -> list[Route]:
    """The routes by ``found``, in the kernel's order: IPv4's default first, IPv6's last, the others by subnet."""
    links = [
        Route(address.subnet, "", device, address.text)
        for device in found
        if not device.loopback
        for address in device.of(family)
    ]
    links.sort(key=lambda route: (route.subnet.base, route.device.number))
    everything = Subnet("0.0.0.0/0" if family == 4 else "::/0")
    default = [
        Route(everything, device.gateways[family], device, device.of(family)[0].text)
        for device in found
        if family in device.gateways
    ][:1]
    return default + links if family == 4 else links + default


def route_to(found: list[Device], address: str) -> Route | None:
    """The route that a packet to ``address`` takes."""
    matching = [route for route in routes(found, family_of(address) or 4) if address in route.subnet]
    return max(matching, key=lambda route: route.subnet.prefix, default=None)


def neighbours(p: Process) -> list[tuple[str, str, str]]:
    """The neighbours that are known, which are the gateways: address, hardware address, device."""
    stack: Stack | None = p.computer.net
    found = []
    for interface in stack.interfaces if stack is not None else ():
        for gateway in filter(None, (interface.gateway, interface.gateway6)):
            router = interface.segment.members.get(gateway)
            found.append((gateway, router.mac if router is not None else "00:00:00:00:00:00", interface.name))
    return found
