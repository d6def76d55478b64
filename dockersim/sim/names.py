"""What names come to: answers of resolvers, and lines of ``/etc/hosts``."""

from __future__ import annotations

from typing import NamedTuple

from dockersim.sim.address import canonical, family_of


class Answer(NamedTuple):
    """What a resolver says to a name: its addresses, either of which may be empty, and how they were found.

    With two empty addresses ``reason`` says why there are none. ``more`` are the addresses of others of the name.
    """

    address: str
    reason: str
    address6: str = ""
    more: tuple[str, ...] = ()

    @property
    def addresses(self) -> list[str]:
        """All of them, those of IPv4 first."""
        return self.of(4) + self.of(6)

    def of(self, family: int) -> list[str]:
        """Those of the family 4 or 6, the chosen one first."""
        chosen = self.address if family == 4 else self.address6
        return [one for one in (chosen, *self.more) if one and (":" in one) == (family == 6)]


def hosts_entry(text: str, name: str) -> Answer | None:
    """What ``/etc/hosts`` with this ``text`` says to ``name``: the first address of each family."""
    found: dict[int, str] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if name in names:
            found.setdefault(family_of(address), canonical(address))
    return Answer(found.get(4, ""), "/etc/hosts names it", found.get(6, "")) if found else None
