"""Connecting, for programs: waits that signals can end, HTTP over raw connections, raw clients of HTTP servers."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any, TypeVar, cast

from dockersim.fs import FsError
from dockersim.sim import (
    Channel,
    ConnectFailed,
    Connection,
    Listener,
    Service,
    Stack,
    WireCut,
    connection_pair,
    exchange,
)
from dockersim.sim.link import LOCAL, Link
from dockersim.sim.net import NO_ROUTE, UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.wire import Request, Response
from dockersim.wire.http1 import (
    END,
    LAST_CHUNK,
    ProtocolError,
    Reader,
    RequestHead,
    ResponseHead,
    chunk,
    request_head,
    response_head,
)

FOREVER = 1e9


class TimedOut(Exception):
    """The time that a program gave its task is over."""


T = TypeVar("T")


def call(p: Process, steps: Generator[Any, Any, T], patience: float = FOREVER) -> Generator[Any, Any, T]:
    """Let ``steps`` run and wait for their value in a way that signals reach ``p``.

    Raises what they raise, and :class:`TimedOut` after ``patience`` seconds.
    """
    task = p.sim.process(_caught(steps))
    if patience >= FOREVER:
        yield from p.block(task)
    else:
        yield from p.block(task | p.sim.timeout(max(0.0, patience)))
        if not task.triggered:
            raise TimedOut
    outcome: Any = task.value
    value, error = outcome
    if error is not None:
        raise error
    return cast(T, value)


def _caught(steps: Steps) -> Generator[Any, Any, tuple[Any, Exception | None]]:
    try:
        return (yield from steps), None
    except Exception as error:
        return None, error


def stack_of(p: Process) -> Stack:
    """The network stack of the computer; without one, nothing can be reached."""
    stack: Stack | None = p.computer.net
    if stack is None:
        raise ConnectFailed(NO_ROUTE, f"{p.computer.name} has no network")
    return stack


def resolve(p: Process, host: str) -> str:
    """The address of ``host``. Raises :class:`ConnectFailed` (unresolved)."""
    if host in ("localhost", "ip6-localhost"):
        return "127.0.0.1"
    found = _hosts_file(p, host)
    if found:
        return found
    if p.computer.net is None:
        raise ConnectFailed(UNRESOLVED, f"{p.computer.name} has no network to ask a name server")
    stack: Stack = p.computer.net
    address, reason = stack.resolve(host)
    if not address:
        raise ConnectFailed(UNRESOLVED, reason)
    return address


def _hosts_file(p: Process, host: str) -> str:
    try:
        text: str = p.vfs.read_file("/etc/hosts", cwd="/", cred=p.cred).decode(errors="replace")
    except FsError:
        return ""
    return _entry(text, host)


def _entry(text: str, host: str) -> str:
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if host in words[1:] and ":" not in words[0]:
            return words[0]
    return ""


def source_address(stack: Stack, target: Stack, address: str) -> str:
    """The address that ``target`` sees: the client's own on a shared network, else its gateway's there."""
    if target is stack:
        return "127.0.0.1" if address.startswith("127.") or not stack.interfaces else address
    for here in stack.interfaces:
        for there in target.interfaces:
            if here.segment is there.segment:
                return here.address
    for there in target.interfaces:
        if there.gateway:
            return there.gateway
    return stack.addresses()[0] if stack.interfaces else "127.0.0.1"


def find(
    p: Process, host: str, port: int, patience: float = FOREVER
) -> Generator[Any, Any, tuple[Listener, Link, str]]:
    """The listener there, the link to it, and the address that it sees. Raises :class:`ConnectFailed`."""
    stack = stack_of(p)
    address = host if p.computer.net is None else _from_hosts(p, host)
    listener, link, address = yield from stack.net.find(stack, address, port, p.computer.name, patience)
    return listener, link, source_address(stack, listener.stack, address)


def _from_hosts(p: Process, host: str) -> str:
    return "127.0.0.1" if host == "localhost" else _hosts_file(p, host) or host


def dial(p: Process, host: str, port: int, patience: float = FOREVER) -> Generator[Any, Any, Connection]:
    """A raw connection to whatever listens there, HTTP servers included. Raises :class:`ConnectFailed`."""
    listener, link, peer = yield from call(p, find(p, host, port, patience))
    return join(p, listener, link, peer)


def join(p: Process, listener: Listener, link: Link, peer: str) -> Connection:
    """Both ends of a connection to ``listener``; this is the client's."""
    here, there = connection_pair(p.sim)
    here.incoming.link = here.outgoing.link = link
    here.incoming.back = True
    if listener.accept is not None:
        listener.accept(there, peer)
    elif listener.service is not None:
        p.sim.process(speak_http(there, listener.service, peer))
    return here


def http(
    p: Process, host: str, port: int, request: Request, patience: float = FOREVER
) -> Generator[Any, Any, Response]:
    """One HTTP exchange. ``patience`` limits the connecting, in seconds.

    Raises :class:`ConnectFailed`, :class:`WireCut`, :class:`ProtocolError`.
    """
    listener, link, peer = yield from call(p, find(p, host, port, patience))
    request.peer = peer
    if listener.service is not None:
        return _own((yield from call(p, exchange(p.sim, p.computer.name, link, listener.service, request))))
    connection = join(p, listener, link, peer)
    return (yield from call(p, request_over(connection, request)))


def http_at(p: Process, service: Service, request: Request) -> Generator[Any, Any, Response]:
    """One HTTP exchange over a Unix socket."""
    return _own((yield from call(p, exchange(p.sim, p.computer.name, Link(*LOCAL), service, request))))


def _own(response: Response) -> Response:
    """The client's own value: :func:`body_of` uses its body up, the server may have kept it."""
    return Response(response.status, response.headers, response.body, response.upgrade, response.nominal, response.raw)


def body_of(p: Process, response: Response) -> Generator[Any, Any, bytes]:
    """The next piece of a response's body; ``b""`` at its end."""
    body = response.body
    if isinstance(body, bytes):
        response.body = b""
        return body
    data: bytes = yield from call(p, body.receive())
    return data


# ---- HTTP over a raw connection


class WireBody:
    """The body of a response that is being read from a connection."""

    def __init__(self, connection: Connection, reader: Reader) -> None:
        self._connection = connection
        self._reader = reader
        self._done = False

    def receive(self) -> Generator[Any, Any, bytes]:
        while not self._done:
            event = yield from _next(self._connection, self._reader)
            if isinstance(event, bytes):
                return event
            self._done = True
            self._connection.close()
        return b""

    def cancel(self) -> None:
        self._connection.close()


def _next(connection: Connection, reader: Reader) -> Steps:
    """The next event; ``None`` at the end of the connection between two messages."""
    while (event := reader.next()) is None:
        data = yield from connection.receive()
        reader.feed(data)
        if not data:
            return reader.next()
    return event


def request_over(connection: Connection, request: Request) -> Generator[Any, Any, Response]:
    """Speak HTTP to whatever is at the other end. Raises :class:`ProtocolError`: no HTTP, or an empty reply."""
    connection.send_now(request_head(request))
    if isinstance(request.body, bytes):
        connection.send_now(request.body)
    else:
        while piece := (yield from request.body.receive()):
            yield from connection.send(chunk(piece))
        connection.send_now(LAST_CHUNK)
    reader = Reader(requests=False)
    reader.answer_to = request.method
    head = yield from _next(connection, reader)
    if not isinstance(head, ResponseHead):
        raise ProtocolError("empty reply")
    return Response(head.status, head.headers, WireBody(connection, reader))


# ---- a raw client of an HTTP service


def speak_http(connection: Connection, service: Service, peer: str) -> Steps:
    """Serve HTTP on a raw connection until the client ends it."""
    reader = Reader(requests=True)
    try:
        while True:
            head = yield from _next(connection, reader)
            if head is None:
                break
            assert isinstance(head, RequestHead)
            body = b""
            while (event := (yield from _next(connection, reader))) is not END:
                body += event
            request = Request(head.method, head.target, head.headers, body)
            request.peer = peer
            answer = service.handler(request)
            response = answer if isinstance(answer, Response) else (yield from answer)
            yield from _answer(connection, response, head)
            if not head.keep_alive:
                break
    except ProtocolError:
        yield from _refuse(connection, service, peer)
    except WireCut:
        pass
    connection.close()


def _refuse(connection: Connection, service: Service, peer: str) -> Steps:
    """A request that is none: servers answer it with their own 400."""
    request = Request("", "")
    request.peer = peer
    answer = service.handler(request)
    response = answer if isinstance(answer, Response) else (yield from answer)
    connection.send_now(response_head(response, keep_alive=False))
    if isinstance(response.body, bytes):
        connection.send_now(response.body)


def _answer(connection: Connection, response: Response, head: RequestHead) -> Steps:
    connection.send_now(response_head(response, head.method, head.keep_alive))
    if isinstance(response.body, bytes):
        if head.method != "HEAD" and response.status not in (204, 304):
            chunked = "Transfer-Encoding" in response.headers
            yield from connection.send(chunk(response.body) + LAST_CHUNK if chunked else response.body)
        return
    chunked = "Content-Length" not in response.headers
    while piece := (yield from response.body.receive()):
        yield from connection.send(chunk(piece) if chunked else piece)
    if chunked:
        connection.send_now(LAST_CHUNK)


# ---- both directions at once


def receive(p: Process, channel: Channel) -> Generator[Any, Any, bytes]:
    """The next chunk of a raw connection, in a wait that signals reach."""
    data = channel.receive_now()
    if data is None:
        data = yield from call(p, channel.receive())
    return data


class Inbox:
    """What arrives on a connection, for a program that waits for other things as well."""

    def __init__(self, p: Process, connection: Connection) -> None:
        self._sim = p.sim
        self._connection = connection
        self._chunks: deque[bytes] = deque()
        self._event: Any = None
        self.error: Exception | None = None
        p.sim.process(self._pump())

    def _pump(self) -> Steps:
        try:
            while data := (yield from self._connection.receive()):
                self._put(data)
        except WireCut as error:
            self.error = error
        self._put(b"")

    def _put(self, data: bytes) -> None:
        self._chunks.append(data)
        if self._event is not None and not self._event.triggered:
            self._event.succeed()

    def take(self) -> bytes | None:
        """The next chunk, ``b""`` for the end, ``None`` while there is nothing."""
        if not self._chunks:
            return None
        return self._chunks.popleft() if self._chunks[0] else b""

    def arrived(self) -> Any:
        """An event for the next chunk or the end."""
        if self._event is None or self._event.triggered:
            self._event = self._sim.event()
            if self._chunks:
                self._event.succeed()
        return self._event


def has_capability(p: Process, name: str) -> bool:
    """Whether the process may do what ``NET_RAW`` or another capability stands for."""
    return p.cred.uid == 0 and name in p.capabilities
