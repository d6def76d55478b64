"""The PORTS column: published ports as arrows, neighbours that follow each other as a range."""

from __future__ import annotations

from typing import Any

Port = dict[str, Any]


def displayable(ports: list[Port]) -> str:
    """``0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 443/tcp``, as docker/cli's ``DisplayablePorts`` writes them."""
    groups: dict[tuple[str, str], list[int]] = {}
    done, moved = [], []
    for port in sorted(ports, key=_order):
        address, number, kind = port.get("IP", ""), port["PrivatePort"], port["Type"]
        if address and port.get("PublicPort", 0) != number:
            moved.append(f"{_join(address, str(port.get('PublicPort', 0)))}->{number}/{kind}")
            continue
        group = groups.setdefault((address, kind), [number, number])
        if number == group[1] + 1:
            group[1] = number
        elif number != group[1]:
            done.append(_shown((address, kind), group))
            groups[address, kind] = [number, number]
    return ", ".join([*done, *(_shown(key, group) for key, group in groups.items()), *moved])


def _order(port: Port) -> tuple[int, str, int, str]:
    return port["PrivatePort"], port.get("IP", ""), port.get("PublicPort", 0), port["Type"]


def _shown(key: tuple[str, str], group: list[int]) -> str:
    (address, kind), (first, last) = key, group
    span = str(first) if first == last else f"{first}-{last}"
    return f"{_join(address, span)}->{span}/{kind}" if address else f"{span}/{kind}"


def _join(address: str, port: str) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
