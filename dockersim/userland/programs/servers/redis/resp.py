"""RESP, Redis's serialisation protocol, version 2: values to bytes and back, from any split of the stream."""

from __future__ import annotations

from typing import TypeAlias


class Simple(str):
    """A simple string: ``+OK``."""


class Error(str):
    """An error: ``-ERR ...``."""


Reply: TypeAlias = "Simple | Error | int | bytes | list[Reply] | None"


class BadProtocol(Exception):
    """The bytes are no RESP."""


def encode(value: Reply) -> bytes:
    """One value as bytes."""
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, Simple):
        return b"+%b\r\n" % value.encode()
    if isinstance(value, Error):
        return b"-%b\r\n" % value.encode()
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, bytes):
        return b"$%d\r\n%b\r\n" % (len(value), value)
    return b"*%d\r\n" % len(value) + b"".join(map(encode, value))


class Missing(Exception):
    """The value is not all here yet."""


class Parser:
    """Fed bytes, gives values. A server's side also reads inline commands: words on a line."""

    def __init__(self, inline: bool = False) -> None:
        self._buffer = b""
        self._inline = inline

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> tuple[Reply] | None:
        """The next value, in a tuple because it may be ``None``; ``None`` when more bytes are needed.

        Raises :class:`BadProtocol`.
        """
        if not self._buffer:
            return None
        try:
            value, end = self._value(0)
        except Missing:
            return None
        self._buffer = self._buffer[end:]
        return (value,)

    def _line(self, at: int) -> tuple[bytes, int]:
        end = self._buffer.find(b"\n", at)
        if end < 0:
            raise Missing
        return self._buffer[at:end].rstrip(b"\r"), end + 1

    def _value(self, at: int) -> tuple[Reply, int]:
        line, end = self._line(at)
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return Simple(rest.decode(errors="replace")), end
        if kind == b"-":
            return Error(rest.decode(errors="replace")), end
        if kind == b":":
            return self._number(rest), end
        if kind == b"$":
            return self._bulk(self._number(rest), end)
        if kind == b"*":
            return self._array(self._number(rest), end)
        if self._inline:
            return [*line.split()], end
        raise BadProtocol(f"unexpected {line[:20]!r}")

    def _number(self, text: bytes) -> int:
        try:
            return int(text)
        except ValueError:
            raise BadProtocol(f"invalid number {text[:20]!r}") from None

    def _bulk(self, size: int, at: int) -> tuple[Reply, int]:
        if size < 0:
            return None, at
        end = at + size
        if len(self._buffer) < end + 2:
            raise Missing
        if self._buffer[end : end + 2] != b"\r\n":
            raise BadProtocol("bulk string without its end")
        return self._buffer[at:end], end + 2

    def _array(self, count: int, at: int) -> tuple[Reply, int]:
        if count < 0:
            return None, at
        values: list[Reply] = []
        for _ in range(count):
            value, at = self._value(at)
            values.append(value)
        return values, at
