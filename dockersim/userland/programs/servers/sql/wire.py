"""PostgreSQL's frontend/backend protocol, version 3: start-up, clear-text password and the simple query.

MySQL's own protocol is not simulated: its client and server here speak this one, too.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import Any

from dockersim.sim import Connection

TYPES = {"integer": 23, "bigint": 20, "smallint": 21, "boolean": 16, "numeric": 1700, "double precision": 701}
RIGHT = frozenset((23, 20, 21, 1700, 701, 700))
"""Type numbers that clients align to the right."""


class Message:
    """One message: its letter (``""`` for the start-up) and its payload."""

    __slots__ = ("data", "kind")

    def __init__(self, kind: str, data: bytes) -> None:
        self.kind = kind
        self.data = data

    def strings(self) -> list[str]:
        """The payload as strings that each end in a zero byte."""
        return [part.decode(errors="replace") for part in self.data.split(b"\0")[:-1]]


def message(kind: str, data: bytes = b"") -> bytes:
    """A message as bytes."""
    return kind.encode() + struct.pack(">i", len(data) + 4) + data


def startup(**values: str) -> bytes:
    """The first message of a client."""
    pairs = b"".join(f"{key}\0{value}\0".encode() for key, value in values.items())
    return message("", struct.pack(">i", 196608) + pairs + b"\0")


def text(*parts: str) -> bytes:
    return b"".join(part.encode("utf-8", "surrogateescape") + b"\0" for part in parts)


def fields(kind: str, **values: str) -> bytes:
    """An error (``E``) or notice (``N``): S severity, C code, M message, P place, ..."""
    body = b"".join(key.encode() + text(value) for key, value in values.items() if value)
    return message(kind, body + b"\0")


def described(columns: list[tuple[str, str]]) -> bytes:
    """RowDescription."""
    body = struct.pack(">h", len(columns))
    for name, kind in columns:
        body += text(name) + struct.pack(">ihihih", 0, 0, TYPES.get(kind.partition("(")[0], 25), -1, -1, 0)
    return message("T", body)


def row(values: list[str | None]) -> bytes:
    """DataRow."""
    body = struct.pack(">h", len(values))
    for value in values:
        data = b"" if value is None else value.encode("utf-8", "surrogateescape")
        body += struct.pack(">i", -1 if value is None else len(data)) + data
    return message("D", body)


def read_described(data: bytes) -> list[tuple[str, int]]:
    """The columns of a RowDescription: name and type number."""
    (count,) = struct.unpack_from(">h", data)
    at, found = 2, []
    for _ in range(count):
        end = data.index(b"\0", at)
        found.append((data[at:end].decode(errors="replace"), struct.unpack_from(">ihihih", data, end + 1)[2]))
        at = end + 19
    return found


def read_row(data: bytes) -> list[str | None]:
    """The values of a DataRow."""
    (count,) = struct.unpack_from(">h", data)
    at, found = 2, []
    for _ in range(count):
        (size,) = struct.unpack_from(">i", data, at)
        at += 4
        value = None if size < 0 else data[at : at + size].decode("utf-8", "surrogateescape")
        found.append(value)
        at += max(0, size)
    return found


def read_fields(data: bytes) -> dict[str, str]:
    """The fields of an error or notice."""
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in data.split(b"\0") if part}


class Stream:
    """Messages from a connection."""

    def __init__(self, connection: Connection, first: bool = False) -> None:
        self._connection = connection
        self._buffer = b""
        self._first = first

    def next(self) -> Generator[Any, Any, Message | None]:
        """The next message; ``None`` at the end of the connection, also in the middle of one."""
        while True:
            head = 0 if self._first else 1
            if len(self._buffer) >= head + 4:
                (size,) = struct.unpack_from(">i", self._buffer, head)
                if size < 4 or size > 1 << 26:
                    return None
                end = head + size
                if len(self._buffer) >= end:
                    kind, data = self._buffer[:head].decode("latin-1"), self._buffer[head + 4 : end]
                    self._buffer, self._first = self._buffer[end:], False
                    return Message(kind, data)
            more = yield from self._connection.receive()
            if not more:
                return None
            self._buffer += more
