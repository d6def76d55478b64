"""ip: what a network stack looks like from inside."""

from __future__ import annotations

from collections.abc import Iterator

from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import has_capability
from dockersim.userland.programs.network.devices import (
    GLOBAL,
    Address,
    Device,
    devices,
    neighbours,
    route_to,
    routes,
)
from dockersim.userland.programs.options import is_busybox

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
    name = _object(words[0])
    if not name:
        p.err(f'Object "{words[0]}" is unknown, try "ip help".\n')
        return 1
    rest = words[1:]
    if rest and rest[0] in ("add", "del", "delete", "set", "change", "replace", "flush", "a", "append"):
        return _change(p, " ".join(words))
    if rest and rest[0] in ("show", "list", "ls", "lst", "s", "sh"):
        rest = rest[1:]
    if rest and rest[0] == "get" and name == "route":
        if len(rest) < 2:
            return p.fail("need at least destination address")
        return _route_get(p, rest[1])
    wanted = rest[rest.index("dev") + 1] if "dev" in rest[:-1] else rest[0] if rest and name != "route" else ""
    chosen = [device for device in devices(p) if wanted in ("", device.name)]
    if not chosen:
        return _no_device(p, name, wanted)
    if name == "route":
        return _routes(p, chosen, 6 if "6" in flags else 4, only_default="default" in rest)
    if name == "neighbour":
        return _neighbours(p, chosen)
    brief = any("brief".startswith(flag) and flag.startswith("br") for flag in flags)
    for device in chosen:
        p.out(_brief(device, name, flags) if brief else _long(p, device, name, flags))
    return 0


def _object(word: str) -> str:
    """What a word is short for; empty for nothing."""
    return next((name for name in OBJECTS if name.startswith(word)), "neighbour" if word == "neighbor" else "")


def _no_device(p: Process, name: str, wanted: str) -> int:
    if is_busybox(p):
        return p.fail(f"can't find device '{wanted}'", 2 if name == "link" else 1)
    p.err(f'Device "{wanted}" does not exist.\n')
    return 1


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


def _families(flags: set[str]) -> tuple[int, ...]:
    return (4,) if "4" in flags else (6,) if "6" in flags else (4, 6)


def _brief(device: Device, name: str, flags: set[str]) -> str:
    state = _state(device)
    if name == "link":
        what = _flags(device)
        return f"{device.label:<16} {state:<14} {device.mac} {what} \n"
    shown = "".join(f"{one.text}/{one.prefix} " for one in device.addresses if one.family in _families(flags))
    return f"{device.label:<16} {state:<14} {shown}\n" if shown or len(_families(flags)) > 1 else ""


def _long(p: Process, device: Device, name: str, flags: set[str]) -> str:
    families = _families(flags)
    shown = [one for one in device.addresses if one.family in families and name == "address"]
    if name == "address" and len(families) == 1 and not shown:
        return ""
    one_line = any(flag.startswith("o") for flag in flags)
    blocks = [_address_block(p, device, one) for one in shown]
    if one_line and name == "address":
        lines = ["\\".join(block) for block in blocks]
        return "".join(f"{device.number}: {device.name}{line}\n" for line in lines)
    head = _head(p, device, name, families)
    if one_line:
        return "\\".join(head) + "\n"
    return "".join(f"{line}\n" for line in (*head, *(line for block in blocks for line in block)))


def _head(p: Process, device: Device, name: str, families: tuple[int, ...]) -> Iterator[str]:
    busybox = is_busybox(p)
    what = _flags(device)
    if busybox and device.peer:
        what = "<BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN>"
    group = "" if busybox else ("mode DEFAULT " if name == "link" else "") + "group default "
    queue = "qlen 1000" if device.loopback else ""
    only6 = name == "address" and families == (6,)
    discipline, group = ("", "") if only6 else ("qdisc noqueue ", group)
    master = f"master {device.master} " if device.master and not only6 else ""
    about = f"mtu {device.mtu} {discipline}{master}state {_state(device)} {group}{queue}"
    yield f"{device.number}: {device.label}: {what} {about}"
    if name == "link" or len(families) == 2:
        kind = "loopback" if device.loopback else "ether"
        broadcast = "00:00:00:00:00:00" if device.loopback else "ff:ff:ff:ff:ff:ff"
        peer = " link-netnsid 0" if device.peer and not busybox else ""
        yield f"    link/{kind} {device.mac} brd {broadcast}{peer}"


def _flags(device: Device) -> str:
    if device.loopback:
        return "<LOOPBACK,UP,LOWER_UP>"
    return "<BROADCAST,MULTICAST,UP,LOWER_UP>" if device.carrier else "<NO-CARRIER,BROADCAST,MULTICAST,UP>"


def _state(device: Device) -> str:
    return "UNKNOWN" if device.loopback else "UP" if device.carrier else "DOWN"


def _address_block(p: Process, device: Device, one: Address) -> Iterator[str]:
    if one.family == 4:
        broadcast = "" if device.loopback else f"brd {one.subnet.broadcast} "
        yield f"    inet {one.text}/{one.prefix} {broadcast}scope {one.scope} {device.name}"
    else:
        mark = ""
        if one.scope == GLOBAL:
            mark = "flags 02 " if is_busybox(p) else "nodad "
        elif one.tentative:
            mark = "tentative "
        yield f"    inet6 {one.text}/{one.prefix} scope {one.scope} {mark}"
    yield "       valid_lft forever preferred_lft forever"


def _routes(p: Process, chosen: list[Device], family: int, only_default: bool) -> int:
    busybox = is_busybox(p)
    for one in routes(chosen, family):
        if only_default and not one.gateway:
            continue
        place = f"dev {one.device.name}"
        if family == 6:
            where = f"default via {one.gateway}" if one.gateway else str(one.subnet)
            metric = 1024 if one.gateway else 256
            kernel = "" if one.gateway else "proto kernel "
            p.out(
                f"{where} {place}  metric {metric} \n"
                if busybox
                else f"{where} {place} {kernel}metric {metric} pref medium\n"
            )
        elif one.gateway:
            p.out(f"default via {one.gateway} {place} \n")
        elif busybox:
            p.out(f"{one.subnet} {place} scope link  src {one.source} \n")
        else:
            down = "" if one.device.carrier else "linkdown "
            p.out(f"{one.subnet} {place} proto kernel scope link src {one.source} {down}\n")
    if family == 6 and busybox and not only_default:
        for device in chosen:
            if device.of(6) and not device.loopback:
                p.out(f"multicast ff00::/8 dev {device.name}  metric 256 \n")
    return 0


def _route_get(p: Process, address: str) -> int:
    route = route_to(devices(p), address)
    if route is None:
        if is_busybox(p):
            return p.fail("RTNETLINK answers: Network is unreachable", 2)
        p.err("RTNETLINK answers: Network is unreachable\n")
        return 2
    way = f"via {route.gateway} " if route.gateway else ""
    if is_busybox(p):
        p.out(f"{address} {way}dev {route.device.name}  src {route.source} \n")
    else:
        p.out(f"{address} {way}dev {route.device.name} src {route.source} uid {p.cred.uid} \n    cache \n")
    return 0


def _neighbours(p: Process, chosen: list[Device]) -> int:
    names = [device.name for device in chosen]
    for address, mac, device in neighbours(p):
        if device in names:
            used = "ref 1 used 0/0/0 probes 4 " if is_busybox(p) else ""
            p.out(f"{address} dev {device} lladdr {mac} {used}REACHABLE \n")
    return 0
