"""Byte pipes between processes: bounded, with back-pressure, never blocking by themselves.

Nothing here is a generator: :meth:`Pipe.read` gives ``None`` and :meth:`Pipe.write` 0 where a real call would
block, and the process layer waits on :meth:`Pipe.readable` or :meth:`Pipe.writable`.
"""

from __future__ import annotations

import simpy

CAPACITY = 65_536
"""Bytes that a pipe holds before its writer waits (Linux, pipe(7))."""


class BrokenPipe(Exception):
    """Nobody is left to read."""


class Pipe:
    """A pipe's buffer. ``readers`` and ``writers`` count the open ends."""

    __slots__ = ("_buffer", "_env", "_readable", "_writable", "capacity", "readers", "writers")

    def __init__(self, env: simpy.Environment, capacity: int = CAPACITY) -> None:
        self._env = env
        self._buffer = bytearray()
        self.capacity = capacity
        self.readers = 0
        self.writers = 0
        self._readable: simpy.Event | None = None
        self._writable: simpy.Event | None = None

    def __len__(self) -> int:
        return len(self._buffer)

    def read(self, size: int) -> bytes | None:
        """Up to ``size`` bytes; ``b""`` when all writers are gone; ``None`` when there is nothing yet."""
        buffer = self._buffer
        if not buffer:
            return None if self.writers else b""
        if size < 0 or size >= len(buffer):
            data = bytes(buffer)
            buffer.clear()
        else:
            data = bytes(buffer[:size])
            del buffer[:size]
        if self._writable is not None:
            self._wake("_writable")
        return data

    def write(self, data: bytes | memoryview) -> int:
        """How many bytes were taken: 0 when full. Raises :class:`BrokenPipe` without readers."""
        if not self.readers:
            raise BrokenPipe
        room = self.capacity - len(self._buffer)
        if room <= 0:
            return 0
        taken = data if len(data) <= room else data[:room]
        self._buffer += taken
        if self._readable is not None:
            self._wake("_readable")
        return len(taken)

    def readable(self) -> simpy.Event:
        """An event for when reading would not block."""
        if self._readable is None or self._readable.triggered:
            self._readable = self._env.event()
            if self._buffer or not self.writers:
                self._readable.succeed()
        return self._readable

    def writable(self) -> simpy.Event:
        """An event for when writing would not block (or would fail)."""
        if self._writable is None or self._writable.triggered:
            self._writable = self._env.event()
            if len(self._buffer) < self.capacity or not self.readers:
                self._writable.succeed()
        return self._writable

    def drop_reader(self) -> None:
        self.readers -= 1
        if not self.readers:
            self._buffer.clear()
            self._wake("_writable")

    def drop_writer(self) -> None:
        self.writers -= 1
        if not self.writers:
            self._wake("_readable")

    def _wake(self, which: str) -> None:
        event: simpy.Event | None = getattr(self, which)
        if event is not None:
            setattr(self, which, None)
            if not event.triggered:
                event.succeed()
