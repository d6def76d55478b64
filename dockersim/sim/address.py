"""Addresses and subnets of both families as text and integers; what IPv4 needs comes without a larger library."""

from __future__ import annotations

BITS = {4: 32, 6: 128}
"""Bits of an address, by family."""


def to_int(address: str) -> int:
    """``10.0.0.1`` as a number; ``ValueError`` for anything that is no dotted quad."""
    parts = address.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        raise ValueError(f"invalid IPv4 address: {address!r}")
    first, second, third, fourth = map(int, parts)
    return first << 24 | second << 16 | third << 8 | fourth


def to_text(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def to_int6(address: str) -> int:
    """``fd00::1`` as a number; ``ValueError`` for anything else."""
    from ipaddress import IPv6Address

    return int(IPv6Address(address))


def to_text6(number: int) -> str:
    """An IPv6 address in its shortest form (RFC 5952)."""
    from ipaddress import IPv6Address

    return str(IPv6Address(number))


def is_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 address."""
    try:
        to_int(text)
    except ValueError:
        return False
    return True


def family_of(text: str) -> int:
    """4, 6, or 0 for what is no address."""
    if ":" not in text:
        return 4 if is_address(text) else 0
    try:
        to_int6(text)
    except ValueError:
        return 0
    return 6


def canonical(text: str) -> str:
    """An address in the form in which it is compared; what is none stays as it is."""
    return to_text6(to_int6(text)) if family_of(text) == 6 else text


def link_local(mac: str) -> str:
    """The IPv6 address that an interface gives itself on its link, from its ``mac`` (EUI-64, RFC 4291)."""
    octets = [int(part, 16) for part in mac.split(":")]
    octets[0] ^= 2
    low = int.from_bytes(bytes([*octets[:3], 0xFF, 0xFE, *octets[3:]]), "big")
    return to_text6(0xFE80 << 112 | low)


def bracketed(address: str) -> str:
    """An address as it stands before a port: one of IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def reverse_name(address: str) -> str:
    """The name under which the DNS keeps an address's name: ``1.0.0.10.in-addr.arpa``, or under ``ip6.arpa``."""
    if family_of(address) == 6:
        return ".".join(reversed(f"{to_int6(address):032x}")) + ".ip6.arpa"
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


class Subnet:
    """``172.17.0.0/16`` or ``fd00::/64``. ``str`` gives the canonical form; ``in`` takes an address.

    ``family`` is 4 or 6, ``bits`` the length of an address.
    """

    __slots__ = ("base", "bits", "family", "prefix")

    def __init__(self, text: str) -> None:
        address, slash, prefix = text.partition("/")
        self.family = 6 if ":" in address else 4
        self.bits = BITS[self.family]
        length = int(prefix) if slash and prefix.isascii() and prefix.isdigit() else self.bits if not slash else -1
        if not 0 <= length <= self.bits:
            raise ValueError(f"invalid subnet: {text!r}")
        self.prefix = length
        self.base = self.number(address) & self.mask

    def number(self, address: str) -> int:
        """An address of this family as a number; ``ValueError`` for one that is not."""
        return to_int(address) if self.family == 4 else to_int6(address)

    def text(self, number: int) -> str:
        """The address with this number."""
        return to_text(number) if self.family == 4 else to_text6(number)

    @property
    def mask(self) -> int:
        everything = (1 << self.bits) - 1
        return everything << (self.bits - self.prefix) & everything

    @property
    def broadcast(self) -> str:
        """The last address, which in IPv4 is everybody's."""
        return self.text(self.base + self.size - 1)

    @property
    def size(self) -> int:
        """How many addresses, the network's own and broadcast included."""
        return 1 << (self.bits - self.prefix)

    def __contains__(self, address: str) -> bool:
        if (":" in address) != (self.family == 6):
            return False
        try:
            return self.number(address) & self.mask == self.base
        except ValueError:
            return False

    def overlaps(self, other: Subnet) -> bool:
        if self.family != other.family:
            return False
        wider = self if self.prefix < other.prefix else other
        return self.base & wider.mask == other.base & wider.mask

    def __str__(self) -> str:
        return f"{self.text(self.base)}/{self.prefix}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Subnet):
            return False
        return (self.family, self.base, self.prefix) == (other.family, other.base, other.prefix)

    def __hash__(self) -> int:
        return hash((self.family, self.base, self.prefix))
