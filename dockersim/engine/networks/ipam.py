"""Addresses: which subnet a network gets, which address an endpoint gets, and what a request for either may say.

Follows libnetwork's default address manager: pools of private addresses in order, the lowest free address first.
"""

from __future__ import annotations

from collections.abc import Container as Holds
from collections.abc import Iterable
from typing import Any

from dockersim.errors import Forbidden, InvalidParameter, System
from dockersim.sim.address import Subnet, canonical, to_text

Json = dict[str, Any]
POOLS = (
    ("172.17.0.0/16", 16),
    ("172.18.0.0/16", 16),
    ("172.19.0.0/16", 16),
    ("172.20.0.0/14", 16),
    ("172.24.0.0/14", 16),
    ("172.28.0.0/14", 16),
    ("192.168.0.0/16", 20),
)
"""Where networks without a subnet of their own get one: blocks, and the prefix length that each is cut into."""

IN_USE = "Address already in use"
OVERLAP = "invalid pool request: Pool overlaps with other one on this address space"


def next_pool(taken: Iterable[Subnet]) -> Subnet:
    """The first of the predefined subnets that overlaps none of ``taken``. InvalidParameter when all are used up."""
    used = list(taken)
    for block, prefix in POOLS:
        whole = Subnet(block)
        for base in range(whole.base, whole.base + whole.size, 1 << (32 - prefix)):
            candidate = Subnet(f"{to_text(base)}/{prefix}")
            if not any(candidate.overlaps(other) for other in used):
                return candidate
    raise InvalidParameter("all predefined address pools have been fully subnetted")


def check_overlap(wanted: Subnet, taken: Iterable[Subnet]) -> None:
    """Forbidden when ``wanted`` shares addresses with a network that there is."""
    if any(wanted.overlaps(other) for other in taken):
        raise Forbidden(OVERLAP)


class Pool:
    """The addresses of one network in one family: ``subnet``, and the part of it, ``inside``, that is given out.

    ``gateway`` is the network's own address. ``reserved`` are those that no endpoint gets.
    """

    __slots__ = ("_lowest", "gateway", "inside", "reserved", "subnet")

    def __init__(self, subnet: Subnet, ip_range: str = "") -> None:
        self.subnet = subnet
        self.inside = Subnet(ip_range) if ip_range else subnet
        self.reserved: set[str] = set()
        self.gateway = ""
        if subnet.prefix < subnet.bits - 1:
            self.reserved.add(subnet.text(subnet.base))
            if subnet.family == 4:
                self.reserved.add(subnet.broadcast)
        self._lowest = self.inside.base

    def set_aside(self, config: Json, *, own: bool = True) -> None:
        """Reserve the gateway, and the auxiliary addresses that a request names. System for one that is taken.

        Without ``own``, the network has no address itself.
        """
        wanted = config.get("Gateway") or ""
        if own:
            self.gateway = self._reserve(wanted, f"gateway ({wanted})") if wanted else self.lowest(())
            self.reserved.add(self.gateway)
        for name, address in (config.get("AuxiliaryAddresses") or {}).items():
            self._reserve(address, f"secondary ip address ({name}:{address})")

    def _reserve(self, text: str, what: str) -> str:
        address = canonical(text)
        if address in self.reserved:
            raise System(f"failed to allocate {what}: {IN_USE}")
        self.reserved.add(address)
        return address

    def lowest(self, members: Holds[str]) -> str:
        """The lowest address that is neither reserved nor one of ``members``; ``""`` when there is none."""
        end = self.inside.base + self.inside.size
        while self._lowest < end:
            address = self.inside.text(self._lowest)
            if address not in self.reserved and address not in members:
                return address
            self._lowest += 1
        return ""

    def give(self, wanted: str, members: Holds[str], network: str) -> str:
        """An address for an endpoint: ``wanted``, or the lowest free one. Forbidden and System in ipam's words."""
        if wanted:
            address = canonical(wanted)
            if address in members or address in self.reserved:
                raise Forbidden(IN_USE)
            return address
        address = self.lowest(members)
        if not address:
            raise System(f"no available IPv{self.subnet.family} addresses on this network's address pools: {network}")
        return address

    def freed(self, address: str) -> None:
        """An address came back."""
        number = self.subnet.number(address)
        if self.inside.base <= number < self._lowest:
            self._lowest = number


# ---- what a request says


def joined(errors: list[str]) -> str:
    """Several complaints as Go's joined errors print them."""
    if len(errors) == 1:
        return errors[0].strip()
    tabbed = (error.replace("\n", "\n\t") for error in errors)
    return "\n".join(f"* {error}" for error in tabbed)


def check_config(configs: list[Json], with_ipv6: bool) -> None:
    """InvalidParameter with everything that is wrong with a network's subnets, ranges, gateways and the like."""
    errors = [error for config in configs for error in _config_errors(config, with_ipv6)]
    if errors:
        raise InvalidParameter(f"invalid network config:\n{joined(errors)}")


def _config_errors(config: Json, with_ipv6: bool) -> list[str]:
    import ipaddress

    text = config.get("Subnet") or ""
    subnet = _network(text)
    if subnet is None:
        return [f"invalid subnet {text}: invalid CIDR block notation"]
    if subnet.version == 6 and not with_ipv6:
        return []
    errors = []
    if str(subnet) != _canonical(text):
        errors.append(f"invalid subnet {text}: it should be {subnet}")
    errors += _range_errors(config.get("IPRange") or "", subnet)
    for label, address in [
        (f"gateway {config.get('Gateway')}", config.get("Gateway")),
        *((f"auxiliary address {name}", value) for name, value in (config.get("AuxiliaryAddresses") or {}).items()),
    ]:
        if not address:
            continue
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            errors.append(f"invalid {label}: invalid address")
            continue
        if parsed.version != subnet.version:
            errors.append(f"invalid {label}: parent subnet is an IPv{subnet.version} block")
        elif parsed not in subnet:
            errors.append(f"invalid {label}: parent subnet {_canonical(text)} doesn't contain this address")
    return errors


def _range_errors(text: str, subnet: Any) -> list[str]:
    if not text:
        return []
    inner = _network(text)
    if inner is None:
        return [f"invalid ip-range {text}: invalid CIDR block notation"]
    if inner.version != subnet.version:
        return [f"invalid ip-range {text}: parent subnet is an IPv{subnet.version} block"]
    errors = []
    if inner.prefixlen < subnet.prefixlen:
        errors.append(f"invalid ip-range {text}: CIDR block is bigger than its parent subnet {subnet}")
    if str(inner) != _canonical(text):
        errors.append(f"invalid ip-range {text}: it should be {inner}")
    if not subnet.overlaps(inner):
        errors.append(f"invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range")
    return errors


def _network(text: str) -> Any:
    import ipaddress

    _, slash, prefix = text.partition("/")
    if not slash or not prefix.isascii() or not prefix.isdigit():
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _canonical(text: str) -> str:
    """A CIDR block with its address spelled the standard way, host bits kept."""
    import ipaddress

    address, _, prefix = text.partition("/")
    return f"{ipaddress.ip_address(address)}/{int(prefix)}"
