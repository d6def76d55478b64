"""Published ports: which ports of the host are taken, and what a container's ``-p`` and ``-P`` come to."""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

from dockersim.errors import InvalidParameter, System
from dockersim.sim import Forward, Stack
from dockersim.sim.address import bracketed
from dockersim.sim.plug import ANY4, ANY6

FIRST, LAST = 32_768, 60_999
"""The kernel's range of ephemeral ports, which ports without a number are taken from."""
ATTEMPTS = 10
PROTOCOLS = ("tcp", "udp", "sctp")
IN_USE = "address already in use"


class Target(NamedTuple):
    """Whose ports are published: its stack, and its addresses of both families, either of which may be empty.

    ``routed`` are the families in which others reach the container itself, so that the host's ports do not lead to it.
    """

    stack: Stack
    address: str
    address6: str
    routed: tuple[int, ...] = ()

    def address_for(self, host_ip: str) -> str:
        """Where what arrives at ``host_ip`` goes; a container without IPv6 is reached by IPv4. Empty for nowhere."""
        return (":" in host_ip and self.address6) or self.address

    def is_routed(self, host_ip: str) -> bool:
        """Whether nothing of the host at ``host_ip`` leads there."""
        return (6 if ":" in host_ip else 4) in self.routed


class Request(NamedTuple):
    """One wish: ``port``/``protocol`` inside, on ``host_ip`` (empty: everywhere) at one of ``first`` to ``last``."""

    port: int
    protocol: str
    host_ip: str
    first: int
    last: int

    @property
    def is_range(self) -> bool:
        return self.first == 0 or self.first != self.last

    @property
    def order(self) -> tuple[Any, ...]:
        """Exact ports before ranges, then as the engine sorts; what differs only in the host's address is adjacent."""
        return (self.is_range, self.port, PROTOCOLS.index(self.protocol), self.first, self.last, self.host_ip)

    @property
    def group(self) -> tuple[Any, ...]:
        """Wishes of one group get the same port on all their addresses."""
        return self[:2] + self[3:]

    @property
    def host_ips(self) -> list[str]:
        return [self.host_ip] if self.host_ip else [ANY4, ANY6]


class Binding(NamedTuple):
    """A wish come true. ``told``: not the twin of another one, for IPv6.

    Where the container is reached itself, there is no ``forward``, and no port of the host.
    """

    port: int
    protocol: str
    host_ip: str
    host_port: int
    forward: Forward | None
    told: bool

    @property
    def key(self) -> str:
        return f"{self.port}/{self.protocol}"


class Allocator:
    """The host's ports, as far as the daemon gave them away."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, int], list[str]] = {}
        self._last: dict[tuple[str, str, int, int], int] = {}

    def _holder(self, ip: str, protocol: str, port: int) -> str:
        """The address that stands in the way of ``ip``; empty when nothing does."""
        everywhere = ANY6 if ":" in ip else ANY4
        for held in self._taken.get((protocol, port), ()):
            if held in (ip, everywhere) or (ip == everywhere and (":" in held) == (":" in ip)):
                return held
        return ""

    def request(self, ips: list[str], protocol: str, first: int, last: int) -> int:
        """A port that is free on all of ``ips``. System, in the engine's words, when there is none."""
        if first and first == last:
            for ip in ips:
                holder = self._holder(ip, protocol, first)
                if holder:
                    raise System(f"Bind for {holder}:{first} failed: port is already allocated")
            return self._take(ips, protocol, first)
        begin, end = (first, last) if first else (FIRST, LAST)
        key = (ips[0], protocol, begin, end)
        port = self._last.get(key, end)
        for _ in range(begin, end + 1):
            port = port + 1 if port < end else begin
            if not any(self._holder(ip, protocol, port) for ip in ips):
                for ip in ips:
                    self._last[ip, protocol, begin, end] = port
                return self._take(ips, protocol, port)
        raise System("all ports are allocated")

    def _take(self, ips: list[str], protocol: str, port: int) -> int:
        self._taken.setdefault((protocol, port), []).extend(ips)
        return port

    def release(self, ip: str, protocol: str, port: int) -> None:
        """Give a port back."""
        held = self._taken.get((protocol, port), [])
        if ip in held:
            held.remove(ip)
        if not held:
            self._taken.pop((protocol, port), None)


def split(port: str) -> tuple[int, str]:
    """``80/tcp`` as a number and a protocol."""
    number, _, protocol = port.partition("/")
    return int(number), protocol or "tcp"


def exposed(config: dict[str, Any], host: dict[str, Any]) -> list[str]:
    """The ports that a container exposes or publishes, as ``80/tcp``, sorted."""
    return sorted({*(config.get("ExposedPorts") or ()), *(host["PortBindings"] or ())})


def requests(config: dict[str, Any], host: dict[str, Any], default_ip: str = "") -> list[Request]:
    """What a container wants published, in the order in which the engine grants it.

    ``default_ip`` is the host's address for those that name none; empty for everywhere.
    """
    wanted = []
    bindings = host["PortBindings"] or {}
    for key in exposed(config, host):
        port, protocol = split(key)
        for binding in bindings.get(key) or ():
            first, last = _range(str(binding.get("HostPort") or ""))
            wanted.append(Request(port, protocol, binding.get("HostIp") or default_ip, first, last))
        if host["PublishAllPorts"] and not bindings.get(key):
            wanted.append(Request(port, protocol, default_ip, 0, 0))
    return sorted(wanted, key=lambda request: request.order)


def _range(text: str) -> tuple[int, int]:
    if not text:
        return 0, 0
    first, _, last = text.partition("/")[0].partition("-")
    return int(first), int(last or first)


def check(bindings: dict[str, Any]) -> None:
    """InvalidParameter for ports that are none."""
    for key, wishes in bindings.items():
        number, _, protocol = key.partition("/")
        if not _is_port(number) or (protocol or "tcp").lower() not in PROTOCOLS:
            raise InvalidParameter(f'invalid port specification: "{number}"')
        for wish in wishes or ():
            text = str(wish.get("HostPort") or "")
            parts = text.partition("/")[0].split("-") if text else []
            if not all(map(_is_port, parts)) or len(parts) > 2 or [*map(int, parts)] != sorted(map(int, parts)):
                raise InvalidParameter(f'invalid port specification: "{text}"')


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 65_536


def bind(allocator: Allocator, host: Stack, target: Target, wanted: list[Request]) -> tuple[list[Binding], list[str]]:
    """Publish ``wanted`` ports of ``target``; also why each chosen port was chosen.

    Raises System in the engine's words and leaves nothing behind then.
    """
    bound: list[Binding] = []
    reasons: list[str] = []
    try:
        for group in _groups(wanted):
            ips = [ip for request in group for ip in request.host_ips if target.address_for(ip)]
            if not ips:
                continue
            first = group[0]
            mapped = [ip for ip in ips if not target.is_routed(ip)]
            port = _bind_group(allocator, host, mapped, first, target) if mapped else 0
            if first.is_range and port:
                reasons.append(f"{port} is the next free port of {first.first or FIRST}-{first.last or LAST}")
            for ip in dict.fromkeys(ip if ip in mapped else ANY6 if ":" in ip else ANY4 for ip in ips):
                if ip not in mapped:
                    bound.append(Binding(first.port, first.protocol, ip, 0, None, told=False))
                    continue
                forward = Forward(ip, port, target.stack, first.port, first.protocol, target.address_for(ip))
                host.forwards.append(forward)
                told = ip != ANY6 or ANY4 not in ips
                bound.append(Binding(first.port, first.protocol, ip, port, forward, told))
    except System:
        release(allocator, host, bound)
        raise
    return bound, reasons


def forwards(bound: list[Binding]) -> list[Forward]:
    """Those of the host's ports that lead somewhere."""
    return [binding.forward for binding in bound if binding.forward is not None]


def release(allocator: Allocator, host: Stack, bound: list[Binding]) -> None:
    """Take published ports back."""
    for binding in bound:
        if binding.forward is None:
            continue
        if binding.forward in host.forwards:
            host.forwards.remove(binding.forward)
        allocator.release(binding.host_ip, binding.protocol, binding.host_port)


def _groups(wanted: list[Request]) -> list[list[Request]]:
    groups: list[list[Request]] = []
    for request in wanted:
        if groups and groups[-1][0].group == request.group:
            groups[-1].append(request)
        else:
            groups.append([request])
    return groups


def _bind_group(allocator: Allocator, host: Stack, ips: list[str], wish: Request, target: Target) -> int:
    for attempt in range(ATTEMPTS):
        port = allocator.request(ips, wish.protocol, wish.first, wish.last)
        ip, why = _obstacle(host, ips, port, wish.protocol)
        if not why:
            return port
        for taken in ips:
            allocator.release(taken, wish.protocol, port)
        if not ip:
            raise System(f"failed to listen on {wish.protocol.upper()} socket: {why}")
        if not wish.is_range or why != IN_USE or attempt == ATTEMPTS - 1:
            which = f"{port} for " if wish.is_range else "for "
            ends = str(port) if not wish.is_range else f"{wish.first}-{wish.last}" if wish.first else ""
            inside = f"{bracketed(target.address_for(ip))}:{wish.port}/{wish.protocol}"
            raise System(f"failed to bind host port {which}{bracketed(ip)}:{ends}:{inside}: {why}")
    raise AssertionError


def _obstacle(host: Stack, ips: list[str], port: int, protocol: str) -> tuple[str, str]:
    """The first of ``ips`` that cannot have the port, and why; without the address where two wishes are one."""
    for ip in ips:
        if not host.has(ip):
            return ip, "cannot assign requested address"
        if _listened(host, ip, port, protocol):
            return ip, IN_USE
    twice = any(ip in (other, ANY6 if ":" in other else ANY4) for ip, other in permutations(ips, 2))
    return ("", IN_USE) if twice and protocol == "tcp" else ("", "")


def _listened(host: Stack, ip: str, port: int, protocol: str) -> bool:
    """Whether a program of the host has the port on ``ip``."""
    return any(
        (listener.port, listener.protocol) == (port, protocol) and listener.excludes(ip, only6=True)
        for listener in host.listeners
    )
