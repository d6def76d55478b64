"""The data of a Redis server. Pure: time comes from a callable."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from dockersim.userland.programs.servers.redis.resp import Parser, Reply, encode

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
MAGIC = b"REDIS0011"


class Ranked(dict[bytes, float]):
    """A sorted set: members and their scores."""

    def order(self) -> list[bytes]:
        """Members by score, then by name."""
        return sorted(self, key=lambda member: (self[member], member))


class Refused(Exception):
    """A command that ends in an error."""


class Store:
    """Sixteen databases. ``now`` gives unix time in seconds."""

    def __init__(self, now: Callable[[], float], rng: random.Random | None = None) -> None:
        self.now = now
        self.rng = rng or random.Random(0)
        self.databases: list[dict[bytes, Any]] = [{} for _ in range(16)]
        self.expiries: list[dict[bytes, float]] = [{} for _ in range(16)]
        self.dirty = 0
        self.selected = 0

    @property
    def data(self) -> dict[bytes, Any]:
        """The values of the selected database."""
        return self.databases[self.selected]

    @property
    def expiry(self) -> dict[bytes, float]:
        """When its keys end, in unix time."""
        return self.expiries[self.selected]

    # ---- values

    def expire(self) -> None:
        """Let go of what has outlived its time."""
        now = self.now()
        for key in [key for key, at in self.expiry.items() if at <= now]:
            del self.expiry[key]
            self.data.pop(key, None)

    def typed(self, key: bytes, kind: type) -> Any:
        """The value of ``key``, ``None`` where there is none. Raises :class:`Refused` for another type."""
        value = self.data.get(key)
        if value is not None and type(value) is not kind:
            raise Refused(WRONG_TYPE)
        return value

    def made(self, key: bytes, kind: type) -> Any:
        """The value of ``key``, an empty one where there is none."""
        value = self.typed(key, kind)
        if value is None:
            value = self.data[key] = kind()
        return value

    def tidy(self, key: bytes) -> None:
        """An empty collection is no key."""
        if key in self.data and not self.data[key] and not isinstance(self.data[key], bytes):
            del self.data[key]
            self.expiry.pop(key, None)

    # ---- on disk

    def dump(self) -> bytes:
        """All data as the bytes of a dump file: the header of an RDB file, then RESP."""
        entries: list[Reply] = []
        for number, database in enumerate(self.databases):
            for key, value in database.items():
                until = self.expiries[number].get(key)
                entries.append([number, key, *_flat(value), repr(until).encode()])
        return MAGIC + encode(entries)

    def load(self, data: bytes) -> int:
        """Take over a dump; how many keys. ``ValueError`` for what is none."""
        if not data.startswith(MAGIC):
            raise ValueError("Wrong signature trying to load DB from file")
        parser = Parser()
        parser.feed(data[len(MAGIC) :])
        entries = parser.next()
        if entries is None or not isinstance(entries[0], list):
            raise ValueError("Short read or OOM loading DB")
        count = 0
        for entry in entries[0]:
            assert isinstance(entry, list)
            number, key, kind, values, until = entry
            assert isinstance(number, int)
            assert isinstance(key, bytes)
            assert isinstance(kind, bytes)
            assert isinstance(values, list)
            assert isinstance(until, bytes)
            at = None if until == b"None" else float(until)
            if at is not None and at <= self.now():
                continue
            self.databases[number][key] = _full(kind, values)
            if at is not None:
                self.expiries[number][key] = at
            count += 1
        return count


def _flat(value: Any) -> list[Reply]:
    if isinstance(value, bytes):
        return [b"string", [value]]
    if isinstance(value, Ranked):
        return [b"zset", [part for member, score in value.items() for part in (member, repr(score).encode())]]
    if isinstance(value, dict):
        return [b"hash", [part for item in value.items() for part in item]]
    return [b"list" if isinstance(value, list) else b"set", sorted(value) if isinstance(value, set) else list(value)]


def _full(kind: bytes, values: list[Any]) -> Any:
    if kind == b"string":
        return values[0]
    if kind == b"zset":
        return Ranked((member, float(score)) for member, score in zip(values[::2], values[1::2], strict=True))
    if kind == b"hash":
        return dict(zip(values[::2], values[1::2], strict=True))
    return list(values) if kind == b"list" else set(values)
