"""Multiplexed stream frames: how attach, logs and exec carry stdout and stderr on one connection.

A frame is one byte of stream type, three zero bytes, a big-endian length, then the payload (Engine API,
operation ``ContainerAttach``, "Stream format").
"""

from __future__ import annotations

import struct

STDIN, STDOUT, STDERR, SYSTEM_ERROR = 0, 1, 2, 3
HEADER = struct.Struct(">BxxxL")


def encode(stream: int, data: bytes) -> bytes:
    """One frame of ``data`` for ``stream`` (1 stdout, 2 stderr)."""
    return HEADER.pack(stream, len(data)) + data


class Decoder:
    """Cuts a byte stream back into frames, however it was chunked."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The frames completed by ``data``, as ``(stream, payload)``."""
        pending = self._pending + data if self._pending else data
        frames = []
        at = 0
        while len(pending) - at >= HEADER.size:
            stream, length = HEADER.unpack_from(pending, at)
            if len(pending) - at - HEADER.size < length:
                break
            at += HEADER.size
            frames.append((stream, pending[at : at + length]))
            at += length
        self._pending = pending[at:]
        return frames
