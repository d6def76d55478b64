"""IPv4 addresses and subnets as text and integers; enough for bridges, without the cost of a larger library."""

from __future__ import annotations


def to_int(address: str) -> int:
    """``10.0.0.1`` as a number; ``ValueError`` for anything that is no dotted quad."""
    parts = address.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        raise ValueError(f"invalid IPv4 address: {address!r}")
    first, second, third, fourth = map(int, parts)
    return first << 24 | second << 16 | third << 8 | fourth


def to_text(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def is_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 address."""
    try:
        to_int(text)
    except ValueError:
        return False
    return True


class Subnet:
    """``172.17.0.0/16``. ``str`` gives the canonical form; ``in`` takes an address."""

    __slots__ = ("base", "prefix")

    def __init__(self, text: str) -> None:
        address, slash, prefix = text.partition("/")
        length = int(prefix) if slash and prefix.isascii() and prefix.isdigit() else 32 if not slash else -1
        if not 0 <= length <= 32:
            raise ValueError(f"invalid subnet: {text!r}")
        self.prefix = length
        self.base = to_int(address) & self.mask

    @property
    def mask(self) -> int:
        return 0xFFFFFFFF << (32 - self.prefix) & 0xFFFFFFFF

    @property
    def broadcast(self) -> str:
        return to_text(self.base | ~self.mask & 0xFFFFFFFF)

    @property
    def size(self) -> int:
        """How many addresses, the network's own and broadcast included."""
        return 1 << (32 - self.prefix)

    def __contains__(self, address: str) -> bool:
        try:
            return to_int(address) & self.mask == self.base
        except ValueError:
            return False

    def overlaps(self, other: Subnet) -> bool:
        shorter = min(self.prefix, other.prefix)
        mask = 0xFFFFFFFF << (32 - shorter) & 0xFFFFFFFF
        return self.base & mask == other.base & mask

    def __str__(self) -> str:
        return f"{to_text(self.base)}/{self.prefix}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subnet) and (self.base, self.prefix) == (other.base, other.prefix)

    def __hash__(self) -> int:
        return hash((self.base, self.prefix))
