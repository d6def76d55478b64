"""One network: its segment, its pools of addresses, and its endpoints."""

from __future__ import annotations

from typing import Any

from dockersim.engine.networks.bridge import DEFAULTS
from dockersim.engine.networks.ipam import Pool
from dockersim.sim import Interface, Segment

PREDEFINED = ("bridge", "host", "none")


def is_user_defined(mode: str) -> bool:
    """Whether a network mode names a network that a user made."""
    return mode not in (*PREDEFINED, "default") and not mode.startswith("container:")


class Endpoint:
    """A container's plug in one network. Empty while it is not plugged in, but for what was asked (``wanted``).

    ``wanted`` has the shape of the Engine API's ``EndpointSettings``; ``network_id`` and ``dns_names`` stay after a
    stop, as in life.
    """

    __slots__ = (
        "address",
        "address6",
        "container",
        "dns_names",
        "gateway",
        "gateway6",
        "id",
        "interface",
        "mac",
        "name",
        "network_id",
        "prefix",
        "prefix6",
        "wanted",
    )

    def __init__(self, wanted: dict[str, Any] | None = None) -> None:
        self.wanted = wanted or {}
        self.network_id = ""
        self.container = ""
        self.name = ""
        self.dns_names: tuple[str, ...] | None = None
        self.clear()
        self.mac = self.wanted.get("MacAddress") or ""

    def clear(self) -> None:
        """Forget the plug; keep the wish."""
        self.id = ""
        self.address = ""
        self.prefix = 0
        self.gateway = ""
        self.address6 = ""
        self.prefix6 = 0
        self.gateway6 = ""
        self.mac = ""
        self.interface: Interface | None = None

    @property
    def priority(self) -> int:
        """Who is asked first for the default route."""
        return int(self.wanted.get("GwPriority") or 0)

    def fixed_address(self, family: int) -> str:
        """The address of the family 4 or 6 that was asked for."""
        return (self.wanted.get("IPAMConfig") or {}).get(f"IPv{family}Address") or ""

    @property
    def link_locals(self) -> tuple[str, ...]:
        """Further addresses that were asked for, of the link alone."""
        return tuple((self.wanted.get("IPAMConfig") or {}).get("LinkLocalIPs") or ())


class Network:
    """A network as ``docker network inspect`` shows it. ``endpoints`` maps the ids of plugged-in containers.

    ``asked`` are the IPAM configurations of the request; ``created`` is in unix nanoseconds. ``pools`` holds its
    addresses by family, 4 and 6. With ``config_only`` it is a configuration, for networks made ``config_from`` it.
    """

    def __init__(self, identity: str, name: str, driver: str, created: int) -> None:
        self.id = identity
        self.name = name
        self.driver = driver
        self.created = created
        self.internal = False
        self.attachable = False
        self.ipv4 = True
        self.ipv6 = False
        self.options: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.ipam_driver = "default"
        self.ipam_options: dict[str, str] | None = None
        self.asked: list[dict[str, Any]] = []
        self.scope = ""
        self.config_only = False
        self.config_from = ""
        self.bridge = ""
        self.bridge_options = DEFAULTS
        self.segment: Segment | None = None
        self.pools: dict[int, Pool] = {}
        self.plug: Interface | None = None
        self.endpoints: dict[str, Endpoint] = {}

    def gateway(self, family: int) -> str:
        """The network's own address in the family 4 or 6; empty where it has none."""
        pool = self.pools.get(family)
        return pool.gateway if pool is not None else ""

    @property
    def predefined(self) -> bool:
        """One of the three that always are."""
        return self.name in PREDEFINED

    @property
    def resolves_names(self) -> bool:
        """User-defined networks have the embedded name server; the default bridge has not."""
        return not self.predefined

    @property
    def routes(self) -> bool:
        """Whether there is a way out through this network."""
        return self.segment is not None and not self.internal

    def __repr__(self) -> str:
        return f"<Network {self.id[:12]} {self.name} {self.driver}>"
