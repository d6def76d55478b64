"""ip, ifconfig, route, arp: what a network stack looks like from inside."""

from __future__ import annotations

from typing import NamedTuple

from dockersim.sim import Interface
from dockersim.sim.address import to_text
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import has_capability
from dockersim.userland.programs.options import is_busybox


class Device(NamedTuple):
    """One interface as the tools show it. ``peer`` is the number of the other end of a veth pair, 0 for none."""

    number: int
    name: str
    address: str
    prefix: int
    broadcast: str
    mac: str
    gateway: str
    peer: int
    received: int
    sent: int
    packets_received: int
    packets_sent: int

    @property
    def label(self) -> str:
        return f"{self.name}@if{self.peer}" if self.peer else self.name

    @property
    def network(self) -> str:
        return to_text(_int(self.address) & _mask(self.prefix))

    @property
    def mask(self) -> str:
        return to_text(_mask(self.prefix))


def _int(address: str) -> int:
    first, second, third, fourth = map(int, address.split("."))
    return first << 24 | second << 16 | third << 8 | fourth


def _mask(prefix: int) -> int:
    return 0xFFFFFFFF << (32 - prefix) & 0xFFFFFFFF


def devices(p: Process) -> list[Device]:
    """All interfaces, the loopback first."""
    found = [Device(1, "lo", "127.0.0.1", 8, "", "00:00:00:00:00:00", "", 0, 0, 0, 0, 0)]
    stack = p.computer.net
    for number, interface in enumerate(stack.interfaces if stack is not None else (), 2):
        found.append(_device(number, interface, virtual=not stack.online))
    return found


def _device(number: int, interface: Interface, virtual: bool) -> Device:
    subnet = interface.segment.subnet
    peer = int(interface.mac.rsplit(":", 1)[-1], 16) + 3 if virtual else 0
    return Device(
        number,
        interface.name,
        interface.address,
        subnet.prefix,
        subnet.broadcast,
        interface.mac,
        interface.gateway,
        peer,
        interface.received,
        interface.sent,
        interface.packets_received,
        interface.packets_sent,
    )


# ---- ip

USAGE = """Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | route | neighbour }
       OPTIONS := { -4 | -6 | -br[ief] | -o[neline] }
"""
OBJECTS = ("address", "link", "route", "neighbour")


def ip(p: Process) -> int:
    """``ip [-4] [-br] addr|link|route|neigh [show] [dev NAME]``; changes need NET_ADMIN and are then refused."""
    words = p.argv[1:]
    flags = set()
    while words and words[0].startswith("-"):
        flags.add(words.pop(0).lstrip("-"))
    if not words:
        p.err(USAGE)
        return 1 if is_busybox(p) else 255
    if words[0] == "help":
        p.err(USAGE)
        return 0
    name = next((name for name in OBJECTS if name.startswith(words[0])), "")
    if words[0] == "neighbor":
        name = "neighbour"
    if not name:
        p.err(f'Object "{words[0]}" is unknown, try "ip help".\n')
        return 1
    rest = words[1:]
    if rest and rest[0] in ("add", "del", "delete", "set", "change", "replace", "flush", "a", "append"):
        return _change(p, " ".join(words))
    if rest and rest[0] in ("show", "list", "ls", "lst", "s", "sh"):
        rest = rest[1:]
    if rest and rest[0] == "get" and name == "route" and len(rest) > 1:
        return _route_get(p, rest[1])
    wanted = rest[rest.index("dev") + 1] if "dev" in rest[:-1] else rest[0] if rest and name != "route" else ""
    chosen = [device for device in devices(p) if wanted in ("", device.name)]
    if not chosen:
        if is_busybox(p):
            p.err(f"ip: can't find device '{wanted}'\n")
        else:
            p.err(f'Device "{wanted}" does not exist.\n')
        return 1
    if name == "route":
        return _routes(p, chosen)
    if name == "neighbour":
        return _neighbours(p, chosen)
    brief = any("brief".startswith(flag) and flag.startswith("br") for flag in flags)
    for device in chosen:
        p.out(_brief(device, name) if brief else _long(p, device, name, flags))
    return 0


def _change(p: Process, command: str) -> int:
    if not has_capability(p, "NET_ADMIN"):
        if is_busybox(p):
            if " flush" in command:
                return p.fail("can't send flush request: Operation not permitted")
            return p.fail(f"{_ioctl(command) or 'RTNETLINK answers'}: Operation not permitted", 2)
        p.err("RTNETLINK answers: Operation not permitted\n")
        return 2
    return p.fail(f"'{command}' is not simulated: interfaces are what the network gives", 1)


def _ioctl(command: str) -> str:
    """What busybox changes by an ioctl, not through a netlink socket: settings of a link."""
    words = command.split()
    if not words[0].startswith("l") or words[1:2] != ["set"]:
        return ""
    calls = {"up": "SIOCSIFFLAGS", "down": "SIOCSIFFLAGS", "mtu": "SIOCSIFMTU", "name": "SIOCSIFNAME"}
    return next((calls[word] for word in words[2:] if word in calls), "")


def _brief(device: Device, name: str) -> str:
    state = "UNKNOWN" if device.name == "lo" else "UP"
    if name == "link":
        flags = "<LOOPBACK,UP,LOWER_UP>" if device.name == "lo" else "<BROADCAST,MULTICAST,UP,LOWER_UP>"
        return f"{device.label:<16} {state:<14} {device.mac} {flags} \n"
    more = "::1/128 " if device.name == "lo" else ""
    return f"{device.label:<16} {state:<14} {device.address}/{device.prefix} {more}\n"


def _long(p: Process, device: Device, name: str, flags: set[str]) -> str:
    loopback = device.name == "lo"
    busybox = is_busybox(p)
    what = "<LOOPBACK,UP,LOWER_UP>" if loopback else "<BROADCAST,MULTICAST,UP,LOWER_UP>"
    if busybox and device.peer:
        what = "<BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN>"
    mtu = "mtu 65536" if loopback else "mtu 1500"
    group = "" if busybox else ("mode DEFAULT " if name == "link" else "") + "group default "
    queue = "qlen 1000" if loopback else ""
    text = (
        f"{device.number}: {device.label}: {what} {mtu} qdisc noqueue state {'UNKNOWN' if loopback else 'UP'} "
        f"{group}{queue}\n"
    )
    if "4" not in flags or name == "link":
        kind = "loopback" if loopback else "ether"
        broadcast = "00:00:00:00:00:00" if loopback else "ff:ff:ff:ff:ff:ff"
        peer = " link-netnsid 0" if device.peer and not busybox else ""
        text += f"    link/{kind} {device.mac} brd {broadcast}{peer}\n"
    if name == "link":
        return text
    if "6" not in flags:
        scope = "scope host" if loopback else f"brd {device.broadcast} scope global"
        text += f"    inet {device.address}/{device.prefix} {scope} {device.name}\n"
        text += "       valid_lft forever preferred_lft forever\n"
    if loopback and "4" not in flags:
        text += "    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n"
    return text


def _routes(p: Process, chosen: list[Device]) -> int:
    for device in chosen:
        if device.gateway:
            p.out(f"default via {device.gateway} dev {device.name} \n")
            break
    for device in chosen:
        if device.name == "lo":
            continue
        where = f"{device.network}/{device.prefix} dev {device.name}"
        if is_busybox(p):
            p.out(f"{where} scope link  src {device.address} \n")
        else:
            p.out(f"{where} proto kernel scope link src {device.address} \n")
    return 0


def _route_get(p: Process, address: str) -> int:
    found = [device for device in devices(p) if device.name != "lo"]
    for device in found:
        if _is_in(address, device):
            p.out(f"{address} dev {device.name} src {device.address} uid {p.cred.uid} \n    cache \n")
            return 0
    for device in found:
        if device.gateway:
            p.out(
                f"{address} via {device.gateway} dev {device.name} src {device.address} uid {p.cred.uid} \n    cache \n"
            )
            return 0
    p.err("RTNETLINK answers: Network is unreachable\n")
    return 2


def _is_in(address: str, device: Device) -> bool:
    parts = address.split(".")
    if len(parts) != 4 or not all(part.isdigit() for part in parts):
        return False
    return to_text(_int(address) & _mask(device.prefix)) == device.network


def _neighbours(p: Process, chosen: list[Device]) -> int:
    for device in chosen:
        if device.gateway:
            p.out(f"{device.gateway} dev {device.name} lladdr {_gateway_mac(p, device)} REACHABLE \n")
    return 0


def _gateway_mac(p: Process, device: Device) -> str:
    for interface in p.computer.net.interfaces:
        router = interface.segment.members.get(device.gateway)
        if router is not None:
            return str(router.mac)
    return "00:00:00:00:00:00"


# ---- net-tools


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
        if is_busybox(p):
            return p.fail(f"{words[0]}: error fetching interface information: Device not found")
        return p.fail(f"{words[0]}: error fetching interface information: Device not found")
    show = _busybox_block if is_busybox(p) else _net_tools_block
    for device in sorted(found, key=lambda device: device.name):
        p.out(show(device))
    return 0


def _human(size: int) -> str:
    value = float(size)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"


def _busybox_block(device: Device) -> str:
    pad = " " * 10
    counts = (
        f"{pad}RX packets:{device.packets_received} errors:0 dropped:0 overruns:0 frame:0\n"
        f"{pad}TX packets:{device.packets_sent} errors:0 dropped:0 overruns:0 carrier:0\n"
    )
    if device.name == "lo":
        return (
            f"{'lo':<10}Link encap:Local Loopback  \n{pad}inet addr:127.0.0.1  Mask:255.0.0.0\n"
            f"{pad}inet6 addr: ::1/128 Scope:Host\n{pad}UP LOOPBACK RUNNING  MTU:65536  Metric:1\n{counts}"
            f"{pad}collisions:0 txqueuelen:1000 \n{pad}RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n"
        )
    return (
        f"{device.name:<10}Link encap:Ethernet  HWaddr {device.mac.upper()}  \n"
        f"{pad}inet addr:{device.address}  Bcast:{device.broadcast}  Mask:{device.mask}\n"
        f"{pad}UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n{counts}"
        f"{pad}collisions:0 txqueuelen:0 \n"
        f"{pad}RX bytes:{device.received} ({_human(device.received)})  "
        f"TX bytes:{device.sent} ({_human(device.sent)})\n\n"
    )


def _net_tools_block(device: Device) -> str:
    pad = " " * 8
    counts = (
        f"{pad}RX packets {device.packets_received}  bytes {device.received} ({_human(device.received)})\n"
        f"{pad}RX errors 0  dropped 0  overruns 0  frame 0\n"
        f"{pad}TX packets {device.packets_sent}  bytes {device.sent} ({_human(device.sent)})\n"
        f"{pad}TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n"
    )
    if device.name == "lo":
        return (
            f"lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n{pad}inet 127.0.0.1  netmask 255.0.0.0\n"
            f"{pad}inet6 ::1  prefixlen 128  scopeid 0x10<host>\n{pad}loop  txqueuelen 1000  (Local Loopback)\n{counts}"
        )
    return (
        f"{device.name}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
        f"{pad}inet {device.address}  netmask {device.mask}  broadcast {device.broadcast}\n"
        f"{pad}ether {device.mac}  txqueuelen 0  (Ethernet)\n{counts}"
    )


def route(p: Process) -> int:
    """``route [-n]``: the kernel's routing table."""
    if any(word in ("add", "del") for word in p.argv[1:]):
        if not has_capability(p, "NET_ADMIN"):
            p.err("SIOCADDRT: Operation not permitted\n")
            return 7
        return p.fail("changing routes is not simulated")
    numeric = any(word.startswith("-") and "n" in word for word in p.argv[1:])
    p.out("Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n")
    found = [device for device in devices(p) if device.name != "lo"]
    for device in found:
        if device.gateway:
            where = "0.0.0.0" if numeric else "default"
            p.out(f"{where:<15} {device.gateway:<15} {'0.0.0.0':<15} UG    0      0        0 {device.name}\n")
            break
    for device in found:
        none = "0.0.0.0" if numeric or not is_busybox(p) else "*"
        p.out(f"{device.network:<15} {none:<15} {device.mask:<15} U     0      0        0 {device.name}\n")
    return 0


def arp(p: Process) -> int:
    """``arp [-n|-a]``: the neighbours that are known, which is the gateway."""
    found = [device for device in devices(p) if device.gateway]
    everything = any("a" in word for word in p.argv[1:] if word.startswith("-"))
    if not everything and not is_busybox(p) and found:
        p.out("Address                  HWtype  HWaddress           Flags Mask            Iface\n")
    for device in found:
        mac = _gateway_mac(p, device)
        if everything or is_busybox(p):
            p.out(f"? ({device.gateway}) at {mac} [ether]  on {device.name}\n")
        else:
            p.out(f"{device.gateway:<24} ether   {mac}   C                     {device.name}\n")
    return 0
