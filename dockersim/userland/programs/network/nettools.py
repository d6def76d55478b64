"""ifconfig, route and arp: the older tools that show a network stack from inside."""

from __future__ import annotations

from dockersim.sim.address import to_text
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import has_capability
from dockersim.userland.programs.network.devices import Address, Device, devices, neighbours, routes
from dockersim.userland.programs.options import is_busybox

_SCOPES = {"global": "0x0<global>", "link": "0x20<link>", "host": "0x10<host>"}
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def ifconfig(p: Process) -> int:
    """``ifconfig [-a] [interface]``."""
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    if len(words) > 1:
        if not has_capability(p, "NET_ADMIN"):
            p.err("SIOCSIFFLAGS: Operation not permitted\n")
            return 255
        return p.fail("changing interfaces is not simulated")
    found = [device for device in devices(p) if not words or device.name == words[0]]
    if not found:
        return p.fail(f"{words[0]}: error fetching interface information: Device not found")
    show = _busybox_block if is_busybox(p) else _net_tools_block
    for device in sorted(found, key=lambda device: device.name):
        p.out(show(device))
    return 0


def _human(size: int) -> str:
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{size} ({value:.1f} {_UNITS[unit]})"


def _by_scope(device: Device) -> list[Address]:
    """Its IPv6 addresses, those of the link first."""
    return sorted(device.of(6), key=lambda address: address.scope == "global")


def _mask(address: Address) -> str:
    return to_text(address.subnet.mask)


def _busybox_block(device: Device) -> str:
    pad = " " * 10
    kind = "Local Loopback  " if device.loopback else f"Ethernet  HWaddr {device.mac.upper()}  "
    text = f"{device.name:<10}Link encap:{kind}\n"
    for address in device.of(4)[:1]:
        broadcast = "" if device.loopback else f"  Bcast:{address.subnet.broadcast}"
        text += f"{pad}inet addr:{address.text}{broadcast}  Mask:{_mask(address)}\n"
    for address in _by_scope(device):
        text += f"{pad}inet6 addr: {address.text}/{address.prefix} Scope:{address.scope.capitalize()}\n"
    flags = "LOOPBACK RUNNING" if device.loopback else "BROADCAST RUNNING MULTICAST"
    return (
        f"{text}{pad}UP {flags}  MTU:{device.mtu}  Metric:1\n"
        f"{pad}RX packets:{device.packets_received} errors:0 dropped:0 overruns:0 frame:0\n"
        f"{pad}TX packets:{device.packets_sent} errors:0 dropped:0 overruns:0 carrier:0\n"
        f"{pad}collisions:0 txqueuelen:{1000 if device.loopback else 0} \n"
        f"{pad}RX bytes:{_human(device.received)}  TX bytes:{_human(device.sent)}\n\n"
    )


def _net_tools_block(device: Device) -> str:
    pad = " " * 8
    flags = "73<UP,LOOPBACK,RUNNING>" if device.loopback else "4163<UP,BROADCAST,RUNNING,MULTICAST>"
    text = f"{device.name}: flags={flags}  mtu {device.mtu}\n"
    for address in device.of(4)[:1]:
        broadcast = "" if device.loopback else f"  broadcast {address.subnet.broadcast}"
        text += f"{pad}inet {address.text}  netmask {_mask(address)}{broadcast}\n"
    for address in _by_scope(device):
        text += f"{pad}inet6 {address.text}  prefixlen {address.prefix}  scopeid {_SCOPES[address.scope]}\n"
    kind = (
        "loop  txqueuelen 1000  (Local Loopback)"
        if device.loopback
        else f"ether {device.mac}  txqueuelen 0  (Ethernet)"
    )
    return (
        f"{text}{pad}{kind}\n"
        f"{pad}RX packets {device.packets_received}  bytes {_human(device.received)}\n"
        f"{pad}RX errors 0  dropped 0  overruns 0  frame 0\n"
        f"{pad}TX packets {device.packets_sent}  bytes {_human(device.sent)}\n"
        f"{pad}TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n"
    )


def route(p: Process) -> int:
    """``route [-n]``: the kernel's routing table; as ``netstat -r`` with other columns."""
    if any(word in ("add", "del") for word in p.argv[1:]):
        if not has_capability(p, "NET_ADMIN"):
            p.err("SIOCADDRT: Operation not permitted\n")
            return 7
        return p.fail("changing routes is not simulated")
    if "inet6" in p.argv[1:] or "-6" in p.argv[1:]:
        return p.fail("IPv6 routes are shown by 'ip -6 route' only")
    numeric = any(word.startswith("-") and "n" in word for word in p.argv[1:])
    table(p, numeric, "Flags Metric Ref    Use", "0      0        0")
    return 0


def table(p: Process, numeric: bool, columns: str, values: str) -> None:
    """The IPv4 routes, with ``columns`` and their ``values`` before the interface."""
    p.out(f"Kernel IP routing table\nDestination     Gateway         Genmask         {columns} Iface\n")
    for one in routes(devices(p), 4):
        none = "0.0.0.0" if numeric or not is_busybox(p) else "*"
        target = one.subnet.text(one.subnet.base)
        if one.gateway and not numeric:
            target = "default"
        mask = to_text(one.subnet.mask)
        flags = "UG" if one.gateway else "U "
        p.out(f"{target:<15} {one.gateway or none:<15} {mask:<15} {flags:<5} {values} {one.device.name}\n")


def arp(p: Process) -> int:
    """``arp [-n|-a]``: the neighbours that are known, which is the gateway."""
    found = [one for one in neighbours(p) if ":" not in one[0]]
    everything = any("a" in word for word in p.argv[1:] if word.startswith("-"))
    if not everything and not is_busybox(p) and found:
        p.out("Address                  HWtype  HWaddress           Flags Mask            Iface\n")
    for address, mac, device in found:
        if everything or is_busybox(p):
            p.out(f"? ({address}) at {mac} [ether]  on {device}\n")
        else:
            p.out(f"{address:<24} ether   {mac}   C                     {device}\n")
    return 0
