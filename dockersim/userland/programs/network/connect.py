"""Connecting, for programs: waits that signals can end, HTTP over raw connections, raw clients of HTTP servers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any, TypeVar, cast

from dockersim.fs import FsError
from dockersim.sim import (
    Answer,
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
from dockersim.sim.address import family_of
from dockersim.sim.failure import NO_ADDRESS, NO_ROUTE, NO_WAY, RESET, TIMEOUT, UNREACHABLE, UNRESOLVED
from dockersim.sim.link import LOCAL, Link
from dockersim.sim.names import hosts_entry
from dockersim.trace import events as e
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.options import is_busybox, uses_musl
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
LOOPBACK = ("localhost", "ip6-localhost")


_WORDS = {
    UNREACHABLE: ("No route to host", "Host is unreachable"),
    NO_ROUTE: ("Network is unreachable", "Network unreachable"),
    NO_WAY: ("Network is unreachable", "Network unreachable"),
    NO_ADDRESS: ("Cannot assign requested address", "Address not available"),
    TIMEOUT: ("Connection timed out", "Operation timed out"),
    RESET: ("Connection reset by peer", "Connection reset by peer"),
}


def strerror(p: Process, kind: str) -> str:
    """What the computer's C library calls a failure to connect (``strerror``)."""
    return _WORDS[kind][uses_musl(p)] if kind in _WORDS else "Connection refused"


def unresolved(p: Process) -> str:
    """What a program says of a name that it found no address for (``gai_strerror``)."""
    lost = p.computer.net is None or not p.computer.net.interfaces
    return "Temporary failure in name resolution" if lost else "Name or service not known"


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


def look_up(p: Process, host: str) -> Answer:
    """The addresses of ``host``: an address, a line of ``/etc/hosts``, or what name servers say. Empty for none."""
    stack: Stack | None = p.computer.net
    if not family_of(host):
        found = hosts_entry(_hosts_file(p), host)
        if found is not None or host in LOOPBACK:
            return found or Answer("127.0.0.1", "it is the computer itself")
    if stack is None:
        return Answer("", f"{p.computer.name} has no network to ask a name server")
    return stack.look_up(host)


def addresses_of(p: Process, host: str, family: int = 0) -> list[str]:
    """The addresses of ``host`` in the order in which a program tries them, of one family only where it is given.

    Raises :class:`ConnectFailed` (unresolved). Busybox takes the first of IPv4 and no other.
    """
    answer = look_up(p, host)
    stack: Stack | None = p.computer.net
    found = answer.addresses
    if not is_busybox(p) and stack is not None:
        found = answer.of(6) + answer.of(4) if host in LOOPBACK else stack.preferred(answer)
    chosen = [address for address in found if family in (0, 6 if ":" in address else 4)]
    if not chosen:
        raise ConnectFailed(UNRESOLVED, answer.reason if not found else f"{host} has no IPv{family} address")
    return chosen[:1] if is_busybox(p) else chosen


def resolve(p: Process, host: str, family: int = 0) -> str:
    """The address of ``host`` that is tried first. Raises :class:`ConnectFailed` (unresolved)."""
    return addresses_of(p, host, family)[0]


def _hosts_file(p: Process) -> str:
    try:
        text: str = p.vfs.read_file("/etc/hosts", cwd="/", cred=p.cred).decode(errors="replace")
    except FsError:
        return ""
    return text


def find(
    p: Process, host: str, port: int, patience: float = FOREVER
) -> Generator[Any, Any, tuple[Listener, Link, str]]:
    """The listener there, the link to it, and the address that it sees. Raises :class:`ConnectFailed`.

    A name's addresses are tried one after the other.
    """
    stack = stack_of(p)
    try:
        addresses = addresses_of(p, host)
    except ConnectFailed as failed:
        stack.net.failed(p.computer.name, host, port, failed)
        raise
    listener, link, address = yield from stack.net.find_any(stack, addresses, host, port, p.computer.name, patience)
    return listener, link, stack.seen_by(listener.stack, address)


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
        _trace(p, here, listener)
        listener.accept(there, peer)
    elif listener.service is not None:
        p.sim.process(speak_http(there, listener.service, peer))
    return here


def _trace(p: Process, here: Connection, listener: Listener) -> None:
    """Record that a connection was opened, and all that passes over it."""
    record, number = p.sim.trace.record, p.sim.next_exchange()
    own, other = p.computer.name, listener.stack.name
    record(e.ConnectionOpened, number, own, other, listener.port, listener.protocol)
    here.outgoing.on_send = lambda data: record(e.DataSent, number, own, other, data)
    here.incoming.on_send = lambda data: record(e.DataSent, number, other, own, data)


def http(
    p: Process,
    host: str,
    port: int,
    request: Request,
    patience: float = FOREVER,
    met: Callable[[], None] = lambda: None,
) -> Generator[Any, Any, Response]:
    """One HTTP exchange. ``patience`` limits the connecting, in seconds; ``met`` is called when that is done.

    Raises :class:`ConnectFailed`, :class:`WireCut`, :class:`ProtocolError`.
    """
    listener, link, peer = yield from call(p, find(p, host, port, patience))
    met()
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


def relay(
    p: Process,
    connection: Connection,
    patience: float = FOREVER,
    *,
    half_close: bool = True,
    linger: float = FOREVER,
) -> Steps:
    """Standard input to the connection and the connection to standard output, until the other side ends.

    ``patience`` is how long nothing may happen, in seconds. At the end of standard input the other side is told so
    with ``half_close``, and is heard for ``linger`` seconds more.
    """
    inbox = Inbox(p, connection)
    try:
        source: Any = p.file(0)
    except FsError:
        source = None
    until = FOREVER
    while True:
        moved = False
        while (data := inbox.take()) is not None:
            if not data:
                return
            yield from p.write(1, data)
            moved = True
        if source is not None and (typed := source.read(65_536)) is not None:
            moved = True
            if typed:
                connection.send_now(typed)
            else:
                source, until = None, p.sim.now + linger
                if half_close:
                    connection.close_write()
        if moved:
            continue
        events = inbox.arrived()
        if source is not None:
            events = events | source.readable()
        limit = min(patience, until - p.sim.now)
        if limit >= FOREVER / 2:
            yield from p.block(events)
            continue
        timer = p.sim.timeout(max(0.0, limit))
        yield from p.block(events | timer)
        if timer.processed and not events.triggered:
            return


def has_capability(p: Process, name: str) -> bool:
    """Whether the process may do what ``NET_RAW`` or another capability stands for."""
    return p.cred.uid == 0 and name in p.capabilities
