"""One network: its segment, its pool of addresses, and its endpoints."""

from __future__ import annotations

from typing import Any

from dockersim.sim import Segment
from dockersim.sim.address import Subnet, to_int, to_text


class Endpoint:
    """A container's plug in one network. Empty strings while it is not plugged in."""

    __slots__ = ("address", "aliases", "id", "mac", "prefix", "wanted")

    def __init__(self, wanted: dict[str, Any] | None = None) -> None:
        self.wanted = wanted or {}
        self.id = ""
        self.address = ""
        self.mac = ""
        self.prefix = 0
        self.aliases: tuple[str, ...] = ()


class Network:
    """A network as ``docker network inspect`` shows it. ``endpoints`` maps the ids of plugged-in containers."""

    def __init__(self, identity: str, name: str, driver: str, created: int) -> None:
        self.id = identity
        self.name = name
        self.driver = driver
        self.created = created
        self.scope = "local"
        self.internal = False
        self.attachable = False
        self.options: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.ipam_driver = "default"
        self.ipam_options: dict[str, str] | None = None
        self.ipam_config: list[dict[str, Any]] = []
        self.segment: Segment | None = None
        self.gateway = ""
        self.endpoints: dict[str, Endpoint] = {}
        self._last = 0

    @property
    def resolves_names(self) -> bool:
        """User-defined networks have the embedded name server; the default bridge has not."""
        return self.name not in ("bridge", "host", "none")

    def take(self, wanted: str = "") -> str:
        """An address: ``wanted``, or the next free one. ``LookupError`` when there is none."""
        assert self.segment is not None
        subnet = self.segment.subnet
        if wanted:
            if wanted in self.segment.members:
                raise LookupError(wanted)
            return wanted
        low, size = self._range(subnet)
        for step in range(1, size + 1):
            offset = (self._last + step) % size
            address = to_text(low + offset)
            if low + offset in (subnet.base, to_int(subnet.broadcast)) or address in self.segment.members:
                continue
            self._last = offset
            return address
        raise LookupError("no available IPv4 addresses on this network's address pools")

    def _range(self, subnet: Subnet) -> tuple[int, int]:
        text = self.ipam_config[0].get("IPRange") if self.ipam_config else None
        inside = Subnet(text) if text else subnet
        return inside.base, inside.size
