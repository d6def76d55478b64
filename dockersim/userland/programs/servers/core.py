"""What all servers have in common: listeners that end with their process, logs, and the wait for a signal."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import BrokenPipe, Connection, Listener, PortTaken, Service, WireCut
from dockersim.sim.plug import ANY4, ANY6
from dockersim.userland import signals
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Interrupted, Process, Steps
from dockersim.userland.programs.formats import strftime
from dockersim.wire import Request, Response

STOP = (signals.TERM, signals.INT, signals.QUIT)
PER_REQUEST = 5e-4
"""Seconds of CPU that answering costs."""

Handler = Callable[[Request], "Response | Generator[Any, Any, Response]"]
Session = Callable[[Connection, str], Steps]
Action = Callable[[], "Steps | None"]


class Server:
    """A process that listens. Use it as a context: at its end, however it comes, the ports are free again."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.listeners: list[Listener] = []
        self.connections: list[Connection] = []
        self._logs: dict[int, deque[bytes]] = {}

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and hang up."""
        for listener in self.listeners:
            listener.close()
        for connection in self.connections:
            connection.close()
        self.listeners, self.connections = [], []

    # ---- listening

    def http(self, port: int, handler: Handler, address: str = ANY6) -> None:
        """Answer HTTP on a port; at all addresses, where none is given. Raises :class:`PortTaken`."""
        service = Service(self.p.computer.name, lambda request: self._handled(handler, request))
        self._listen(port, address, service=service)

    def _listen(self, port: int, address: str, **who: Any) -> None:
        """Take a port. ``*`` stands for a socket of each family, ``[::]`` for one of IPv6 alone."""
        stack = self.p.computer.net
        if stack is None:
            return
        sockets = {"*": [(ANY4, False), (ANY6, True)], "[::]": [(ANY6, True)]}
        for own, only6 in sockets.get(address, [(address, False)]):
            self.listeners.append(stack.listen(port, own, only6=only6, owner=self.p, **who))

    def _handled(self, handler: Handler, request: Request) -> Generator[Any, Any, Response]:
        yield from self.ready()
        self.p.cpu += PER_REQUEST
        yield self.p.sim.timeout(PER_REQUEST)
        answer = handler(request)
        response = answer if isinstance(answer, Response) else (yield from answer)
        yield from self.ready()
        return response

    def raw(self, port: int, session: Session, address: str = ANY6) -> None:
        """Run ``session(connection, peer)`` for every connection. Raises :class:`PortTaken`."""

        def accept(connection: Connection, peer: str) -> None:
            self.connections.append(connection)
            self.p.sim.process(self._session(session, connection, peer))

        self._listen(port, address, accept=accept)

    def _session(self, session: Session, connection: Connection, peer: str) -> Steps:
        try:
            yield from session(connection, peer)
        except WireCut:
            pass
        except Exception as error:
            self.p.computer.kernel.crashes.append(error)
        connection.close()
        if connection in self.connections:
            self.connections.remove(connection)

    def ready(self) -> Steps:
        """Wait while the computer is paused or the process stopped. Raises :class:`WireCut` once it has ended."""
        while (gate := self.p.gate) is not None:
            yield gate
        if self.p.status is not None:
            raise WireCut("connection reset by peer")

    # ---- logging

    def log(self, text: str, fd: int = 1) -> None:
        """Write a line or more, from wherever; never waits, keeps the order."""
        if fd in self._logs:
            self._logs[fd].append(text.encode("utf-8", "surrogateescape"))
            return
        file = self.p.fds.get(fd)
        if file is None:
            return
        data = text.encode("utf-8", "surrogateescape")
        written = _write(file, data)
        if written < len(data):
            self._logs[fd] = deque((data[written:],))
            self.p.sim.process(self._drain(fd, file))

    def _drain(self, fd: int, file: OpenFile) -> Steps:
        queue = self._logs[fd]
        while queue and self.p.status is None:
            data = queue[0]
            written = _write(file, data)
            if written == len(data):
                queue.popleft()
                continue
            queue[0] = data[written:]
            yield file.writable()
        del self._logs[fd]

    # ---- waiting

    def run(self, stop: Iterable[int] = STOP, actions: dict[int, Action] | None = None) -> Generator[Any, Any, int]:
        """Serve until one of the signals ``stop`` comes; returns it. ``actions`` are for other signals."""
        caught: list[int] = []
        actions = actions or {}
        for number in (*stop, *actions):
            self.p.handlers[number] = caught.append
        while True:
            while caught:
                number = caught.pop(0)
                if number not in actions:
                    return number
                steps = actions[number]()
                if steps is not None:
                    yield from steps
            yield from self.p.flush()
            try:
                yield from self.p.block(self.p.sim.event(), interruptible=True)
            except Interrupted:
                continue


def _write(file: OpenFile, data: bytes) -> int:
    try:
        return file.write(data)
    except (BrokenPipe, FsError):
        return len(data)


def log_file(p: Process, path: str) -> int:
    """A descriptor that appends to ``path``; links to ``/dev/stdout`` and ``/dev/stderr`` lead to 1 and 2.

    Raises :class:`FsError`.
    """
    where = path
    for _ in range(10):
        if where in ("/dev/stdout", "/proc/self/fd/1", "/proc/1/fd/1"):
            return 1
        if where in ("/dev/stderr", "/proc/self/fd/2", "/proc/1/fd/2"):
            return 2
        try:
            where = posixpath.normpath(posixpath.join(posixpath.dirname(where), p.vfs.readlink(where, cred=p.cred)))
        except FsError:
            break
    file = p.open(path, "a")
    fd = max(p.fds, default=2) + 1
    p.install(fd, file)
    file.release()
    return fd


def stamp(p: Process, form: str) -> str:
    """The present time in a log's own form (strftime)."""
    return strftime(form, p.sim.nanoseconds())


def http_date(nanoseconds: int) -> str:
    """``Mon, 12 Jan 2026 09:00:00 GMT``."""
    return strftime("%a, %d %b %Y %H:%M:%S GMT", nanoseconds)


def ready_after(p: Process, seconds: float) -> Steps:
    """Start-up work that takes time and processor."""
    p.cpu += seconds / 4
    yield from p.sleep(seconds)


__all__ = ["STOP", "Handler", "PortTaken", "Server", "http_date", "log_file", "ready_after", "stamp"]
