"""The exchange of one request for its response, over a link, with every message in the trace."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from dockersim.sim.channel import Channel, Connection, PacedBody
from dockersim.sim.clock import Simulation
from dockersim.sim.link import Link, WireCut
from dockersim.trace import events as e
from dockersim.wire import Handler, Request, Response
from dockersim.wire.message import REASONS

PACED_FROM = 1 << 19
"""Bodies of this many nominal bytes or more arrive piece by piece."""


class Service:
    """A party that answers HTTP: its name in the trace, and its handler."""

    __slots__ = ("handler", "name")

    def __init__(self, name: str, handler: Handler) -> None:
        self.name = name
        self.handler = handler


def exchange(
    sim: Simulation, source: str, link: Link, service: Service, request: Request
) -> Generator[Any, Any, Response]:
    """Send ``request`` from ``source`` to ``service`` and return its response.

    A streamed body or an upgraded connection goes on after the return; its chunks are recorded as they leave.
    Raises :class:`WireCut` when the link is or goes down.
    """
    record = sim.trace.record
    number = sim.next_exchange()
    body = request.body
    if not isinstance(body, bytes):
        # A request's stream is read by the server when it likes; the record keeps its chunks one by one.
        _trace_stream(sim, body, number, source, service.name, "in", link)
        body = b""
    record(
        e.RequestSent, number, source, service.name, request.method, request.target, request.headers, body, len(body)
    )
    if link.down:
        raise WireCut("network is unreachable")
    yield sim.env.timeout(link.latency + len(body) / link.bandwidth)
    answer = service.handler(request)
    response = answer if isinstance(answer, Response) else (yield from answer)
    head = response.body
    if not isinstance(head, bytes) or response.upgrade is not None or response.nominal is not None:
        yield from _deliver(sim, number, source, link, service, response)
        return response
    # Nearly every answer: a whole body, delivered without another generator.
    size = len(head)
    if link.near is not None or link.far is not None:
        link.count(_size(request.target, request.headers) + len(body), _size("", response.headers) + size)
    status = response.status
    reason = REASONS.get(status, "")
    record(e.ResponseSent, number, service.name, source, status, reason, response.headers, head, size)
    yield sim.env.timeout(link.latency + size / link.bandwidth)
    if link.down:
        raise WireCut("unexpected EOF")
    return response


START_LINE = 20
"""Bytes of a start line besides the target."""


def _size(target: str, headers: Mapping[str, str]) -> int:
    """The bytes of a message's head."""
    return START_LINE + len(target) + sum(len(name) + len(value) + 4 for name, value in headers.items())


def _deliver(
    sim: Simulation, number: int, source: str, link: Link, service: Service, response: Response
) -> Generator[Any, Any, None]:
    """An answer that is a stream, an upgraded connection, or larger in life than its honest bytes."""
    body = response.body
    streamed = not isinstance(body, bytes)
    honest = b"" if streamed else body
    assert isinstance(honest, bytes)
    size = response.nominal if response.nominal is not None else len(honest)
    sim.trace.record(
        e.ResponseSent, number, service.name, source, response.status, response.reason, response.headers, honest, size
    )
    if link.near is not None or link.far is not None:
        link.count(0, _size("", response.headers) + size)
    if streamed:
        _trace_stream(sim, body, number, service.name, source, "out", link)
    elif response.upgrade is not None:
        assert isinstance(response.upgrade, Connection)
        _trace_stream(sim, response.upgrade.incoming, number, service.name, source, "out", link)
        _trace_stream(sim, response.upgrade.outgoing, number, source, service.name, "in", link)
    elif size >= PACED_FROM:
        response.body = PacedBody(sim, link, honest, size)
        size = 0
    yield sim.env.timeout(link.latency + (0 if streamed else size / link.bandwidth))
    if link.down:
        raise WireCut("unexpected EOF")


def _trace_stream(
    sim: Simulation, stream: Any, number: int, source: str, target: str, direction: str, link: Link
) -> None:
    if not isinstance(stream, Channel):
        return
    record = sim.trace.record
    stream.link = link
    for _, data in stream._chunks:  # what the server wrote before its response left
        record(e.ChunkSent, number, source, target, direction, data)
    if stream.closed:
        record(e.StreamClosed, number, source, target, direction)
    stream.on_send = lambda data: record(e.ChunkSent, number, source, target, direction, data)
    stream.on_close = lambda: record(e.StreamClosed, number, source, target, direction)


def read_all(body: Any) -> Generator[Any, Any, bytes]:
    """All bytes of a body, whatever its shape."""
    if isinstance(body, bytes):
        return body
    chunks = []
    while chunk := (yield from body.receive()):
        chunks.append(chunk)
    return b"".join(chunks)
