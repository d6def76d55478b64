"""``docker port``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.client.transport import Failure
from dockersim.units import parse_uint
from dockersim.units.order import natural


def port(cli: Cli) -> Generator[Any, Any, int]:
    """Where a container's ports are published; of one port, or of all."""
    answer = yield from cli.daemon.get(path_of("container", cli.args[0], "json"))
    published: dict[str, list[dict[str, str]] | None] = answer["NetworkSettings"]["Ports"] or {}
    if len(cli.args) > 1:
        lines = _one(cli.args[0], cli.args[1], published)
    else:
        lines = [f"{key} -> {_place(place)}" for key, places in published.items() for place in places or ()]
    for line in sorted(lines, key=natural):
        cli.print(line)
    return 0


def _one(container: str, wanted: str, published: dict[str, list[dict[str, str]] | None]) -> list[str]:
    number, _, protocol = wanted.partition("/")
    try:
        parse_uint(number, 16, 10)
    except ValueError as error:
        raise Failure(f"Error: invalid port ({number}): {error}") from None
    places = published.get(f"{number}/{protocol or 'tcp'}")
    if not places:
        raise Failure(f"Error: No public port '{wanted}' published for {container}")
    return [_place(place) for place in places]


def _place(place: dict[str, str]) -> str:
    address = place["HostIp"]
    return f"[{address}]:{place['HostPort']}" if ":" in address else f"{address}:{place['HostPort']}"
