"""``-p`` and ``--expose``: go-connections' ``nat`` package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dockersim.client.flags.values import parse_ip
from dockersim.units import parse_uint


class PortMapping(NamedTuple):
    """One container port (``"80/tcp"``) and where the host has it; ``host_port`` is "" for any, or a range."""

    port: str
    host_ip: str
    host_port: str


def publish(specs: Iterable[str]) -> tuple[list[str], dict[str, list[dict[str, str]]]]:
    """What all ``-p`` of a command say: the exposed ports, and ``PortBindings`` as the Engine API has them.

    Raises ``ValueError`` in Docker's words ("invalid hostPort: 99999").
    """
    bindings: dict[str, list[dict[str, str]]] = {}
    for spec in [_standard(spec) for spec in specs]:
        for port, host_ip, host_port in parse_spec(spec):
            bindings.setdefault(port, []).append({"HostIp": host_ip, "HostPort": host_port})
    return list(bindings), bindings


def _standard(spec: str) -> str:
    """``target=80,published=8080,protocol=tcp`` in the short form."""
    if "=" not in spec:
        return spec
    params = {"protocol": "tcp"}
    for param in spec.split(","):
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise ValueError(f"invalid publish opts format (should be name=value but got '{param}')")
        params[key] = value
    return f"{params.get('published', '')}:{params.get('target', '')}/{params['protocol']}"


def parse_spec(spec: str) -> list[PortMapping]:
    """One ``[ip:][hostPort:]containerPort[/proto]``, ranges written out."""
    *front, last = spec.split(":")
    host_port = front.pop() if front else ""
    ip = _strip_brackets(":".join(front))
    proto, port = _split_proto(last)
    if ip and parse_ip(ip) is None:
        raise ValueError(f"invalid IP address: {ip}")
    if not port:
        raise ValueError(f"no port specified: {spec}<empty>")
    start, end = _range(port, f"invalid containerPort: {port}")
    host_start, host_end = _range(host_port, f"invalid hostPort: {host_port}") if host_port else (0, 0)
    if host_port and end - start != host_end - host_start and end != start:
        raise ValueError(f"invalid ranges specified for container and host Ports: {port} and {host_port}")
    if proto.lower() not in ("tcp", "udp", "sctp"):
        raise ValueError(f"invalid proto: {proto}")
    if start == end and host_start != host_end:
        return [PortMapping(f"{start}/{proto.lower()}", ip, f"{host_start}-{host_end}")]
    return [
        PortMapping(f"{start + i}/{proto.lower()}", ip, str(host_start + i) if host_port else "")
        for i in range(end - start + 1)
    ]


def expose(specs: Iterable[str]) -> list[str]:
    """What all ``--expose`` say, ranges written out. Raises ``ValueError``."""
    ports: dict[str, None] = {}
    for spec in specs:
        if ":" in spec:
            raise ValueError(f"invalid port format for --expose: {spec}")
        proto, port = _split_proto(spec)
        try:
            start, end = parse_range(port)
        except ValueError as error:
            raise ValueError(f"invalid range format for --expose: {spec}, error: {error}") from None
        ports.update((f"{number}/{proto}", None) for number in range(start, end + 1))
    return list(ports)


def parse_range(text: str) -> tuple[int, int]:
    """``8000-8010`` or ``8000``: first and last port."""
    if not text:
        raise ValueError("empty string specified for ports")
    parts = text.split("-")
    start = parse_uint(parts[0], 16, 10)
    end = parse_uint(parts[1], 16, 10) if len(parts) > 1 else start
    if end < start:
        raise ValueError(f"invalid range specified for port: {text}")
    return start, end


def _range(text: str, message: str) -> tuple[int, int]:
    try:
        return parse_range(text)
    except ValueError:
        raise ValueError(message) from None


def _split_proto(text: str) -> tuple[str, str]:
    port, _, proto = text.partition("/")
    return ("", "") if not port else (proto.partition("/")[0] or "tcp", port)


def _strip_brackets(ip: str) -> str:
    if not ip.startswith("["):
        return ip
    close = ip.find("]")
    if close < 0:
        raise ValueError(f"invalid IP address {ip}: address {ip}:: missing ']' in address")
    if close != len(ip) - 1:
        raise ValueError(f"invalid IP address {ip}: address {ip}:: too many colons in address")
    return ip[1:close]
