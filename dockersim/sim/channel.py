"""Streams between actors: chunks that keep their boundaries and arrive when the link lets them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import simpy

from dockersim.sim.clock import Simulation
from dockersim.sim.link import Link, WireCut


class Channel:
    """One direction of a stream. The writer sends, the reader receives; each can end it.

    ``capacity`` is how many bytes may be on the way before :meth:`send` waits. ``on_send`` is told of every chunk at
    the moment that it leaves (the transport records it). ``gone`` is triggered when the reader cancels. ``back`` tells
    that it goes from the far end of its link to the near one.
    """

    __slots__ = (
        "_arrival",
        "_chunks",
        "_closed",
        "_readers",
        "_size",
        "_writers",
        "back",
        "capacity",
        "gone",
        "link",
        "on_close",
        "on_send",
        "sim",
    )

    def __init__(self, sim: Simulation, capacity: int = 1 << 18) -> None:
        self.sim = sim
        self.capacity = capacity
        self.link: Link | None = None
        self.back = False
        self.on_send: Callable[[bytes], None] | None = None
        self.on_close: Callable[[], None] | None = None
        self.gone: simpy.Event = sim.event()
        self._chunks: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._arrival = 0.0
        self._closed = False
        self._readers: simpy.Event | None = None
        self._writers: simpy.Event | None = None

    @property
    def closed(self) -> bool:
        return self._closed

    def send_now(self, data: bytes) -> None:
        """Send without ever waiting; what nobody reads any more is dropped."""
        if not data or self._closed or self.gone.triggered:
            return
        if self.on_send is not None:
            self.on_send(data)
        now = self.sim.now
        link = self.link
        delay = 0.0
        if link is not None:
            delay = link.delay(len(data))
            if link.near is not None or link.far is not None:
                link.count(0 if self.back else len(data), len(data) if self.back else 0)
        self._arrival = max(self._arrival, now + delay)
        self._chunks.append((self._arrival, data))
        self._size += len(data)
        self._wake_reader()

    def send(self, data: bytes) -> Generator[Any, Any, None]:
        """Send, waiting while the stream is full. Raises :class:`WireCut` when the reader is gone."""
        while self._size >= self.capacity and not self.gone.triggered:
            if self._writers is None or self._writers.triggered:
                self._writers = self.sim.event()
            yield self._writers | self.gone
        if self.gone.triggered:
            raise WireCut("the reader went away")
        self.send_now(data)

    def close(self) -> None:
        """No more chunks from the writer."""
        if not self._closed:
            self._closed = True
            if self.on_close is not None:
                self.on_close()
            self._wake_reader()

    close_write = close

    def cancel(self) -> None:
        """No more interest from the reader."""
        if not self.gone.triggered:
            self.gone.succeed()
        self._chunks.clear()
        self._size = 0
        self._wake_reader()

    def receive(self) -> Generator[Any, Any, bytes]:
        """The next chunk when it has arrived; ``b""`` at the end; :class:`WireCut` on a broken link."""
        while not self._chunks:
            if self._ended:
                return b""
            yield self.readable()
        arrival, _ = self._chunks[0]
        if arrival > self.sim.now:
            yield self.sim.timeout(arrival - self.sim.now)
        if self.link is not None and self.link.down:
            raise WireCut("unexpected EOF")
        if not self._chunks:
            return b""
        return self._take()

    def receive_now(self) -> bytes | None:
        """What has arrived already: a chunk, ``b""`` at the end, ``None`` while there is nothing."""
        if self._chunks and self._chunks[0][0] <= self.sim.now:
            return self._take()
        return b"" if self._ended else None

    def arrives_in(self) -> float:
        """Seconds until the next chunk that was sent has arrived; 0 when there is none."""
        return self._chunks[0][0] - self.sim.now if self._chunks else 0.0

    def readable(self) -> simpy.Event:
        """An event for when a chunk is on its way (see :meth:`arrives_in`), or the end has come."""
        if self._readers is None or self._readers.triggered:
            self._readers = self.sim.event()
            if self._chunks or self._ended:
                self._readers.succeed()
        return self._readers

    @property
    def _ended(self) -> bool:
        """Whether nothing more comes: the writer has ended, or the reader has lost interest."""
        return not self._chunks and (self._closed or self.gone.triggered)

    def _take(self) -> bytes:
        _, data = self._chunks.popleft()
        self._size -= len(data)
        if self._writers is not None and not self._writers.triggered:
            self._writers.succeed()
        return data

    def _wake_reader(self) -> None:
        if self._readers is not None and not self._readers.triggered:
            self._readers.succeed()


class Connection:
    """Both directions: what an upgraded HTTP connection or a TCP connection is to one of its ends."""

    __slots__ = ("incoming", "outgoing")

    def __init__(self, incoming: Channel, outgoing: Channel) -> None:
        self.incoming = incoming
        self.outgoing = outgoing

    def receive(self) -> Generator[Any, Any, bytes]:
        return (yield from self.incoming.receive())

    def send(self, data: bytes) -> Generator[Any, Any, None]:
        yield from self.outgoing.send(data)

    def send_now(self, data: bytes) -> None:
        self.outgoing.send_now(data)

    def close_write(self) -> None:
        self.outgoing.close()

    def cancel(self) -> None:
        self.incoming.cancel()

    def close(self) -> None:
        """End both directions."""
        self.outgoing.close()
        self.incoming.cancel()


def connection_pair(sim: Simulation) -> tuple[Connection, Connection]:
    """The two ends of one connection."""
    there, back = Channel(sim), Channel(sim)
    return Connection(back, there), Connection(there, back)


class PacedBody:
    """A large body on its way: honest bytes in slices, at the pace of their nominal size.

    ``nominal`` is the whole size, ``received`` how much of it has arrived, both in nominal bytes.
    """

    STEPS = 24

    def __init__(self, sim: Simulation, link: Link, data: bytes, nominal: int) -> None:
        self._sim = sim
        self._link = link
        self._data = data
        self._step = 0
        self._cancelled = False
        self.nominal = nominal
        self.received = 0

    def receive(self) -> Generator[Any, Any, bytes]:
        """The next slice; ``b""`` at the end; :class:`WireCut` when the link breaks on the way."""
        while self._step < self.STEPS and not self._cancelled:
            begin = len(self._data) * self._step // self.STEPS
            self._step += 1
            end = len(self._data) * self._step // self.STEPS
            portion = self.nominal * self._step // self.STEPS - self.received
            yield self._sim.timeout(self._link.reserve(self._sim, portion))
            if self._link.down:
                raise WireCut("unexpected EOF")
            self.received += portion
            if end > begin:
                return self._data[begin:end]
        return b""

    def cancel(self) -> None:
        self._cancelled = True
