"""One request and its answer, told about where ``-v`` asks for it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed, WireCut
from dockersim.sim.failure import RESET, TIMEOUT, UNRESOLVED
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import TimedOut, call, http, http_at, resolve, strerror
from dockersim.userland.programs.network.curl.message import Message
from dockersim.userland.programs.network.curl.options import Options
from dockersim.userland.programs.network.curl.report import head
from dockersim.userland.programs.network.url import Failure, Url
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

CONNECT_TIMEOUT = 300.0
"""Seconds."""


class Exchange(Message):
    """Sends requests; ``begun`` is when the first one was."""

    def __init__(self, p: Process, options: Options, url: Url) -> None:
        super().__init__(p, options, url)
        self.begun = p.sim.now
        self.size = 0
        self.connected = False

    def _exchange(self, request: Request, limit: float) -> Generator[Any, Any, Response]:
        before = self.p.sim.now
        verbose = self.options.has("verbose")
        try:
            left = limit - (self.p.sim.now - self.begun)
            response = yield from call(self.p, self._ask(request), left)
        except ConnectFailed as failed:
            raise self._failure(failed, before) from None
        except TimedOut:
            raise self._timeout() from None
        except WireCut:
            raise Failure(56, "Recv failure: Connection reset by peer") from None
        except ProtocolError as error:
            raise self._malformed(str(error)) from None
        if verbose:
            self._narrate_response(response)
        return response

    def _ask(self, request: Request) -> Generator[Any, Any, Response]:
        """The exchange itself, told about when verbose."""
        verbose = self.options.has("verbose")
        path = self.options.get("unix-socket")
        if path:
            try:
                service = self.p.computer.unix_service(path, self.p.cwd, self.p.cred)
            except FsError:
                place = f"{self.url.host} port {self.url.port}"
                raise Failure(7, f"Failed to connect to {place} after 0 ms: Couldn't connect to server") from None
            if verbose:
                self.p.err(f"*   Trying {path}:0...\n* Connected to {self.url.host} ({path}) port 0\n")
                self._narrate_request(request)
            return (yield from http_at(self.p, service, request))
        host, port = self._place()
        if verbose:
            try:
                address = resolve(self.p, host)
                self.p.err(f"*   Trying {f'[{address}]' if ':' in address else address}:{port}...\n")
            except ConnectFailed:
                address = host
        patience = (
            self.options.seconds("connect-timeout") if "connect-timeout" in self.options.values else CONNECT_TIMEOUT
        )
        response = yield from http(self.p, host, port, request, patience, self._met)
        if verbose:
            self.p.err(f"* Connected to {self.url.host} ({address}) port {port}\n")
            self._narrate_request(request)
        return response

    def _met(self) -> None:
        self.connected = True

    def _place(self) -> tuple[str, int]:
        for _, value in self.options.all("resolve"):
            host, port, address = [*value.split(":"), "", ""][:3]
            if (host, port) == (self.url.host, str(self.url.port)):
                return address, self.url.port
        return self.url.host, self.url.port

    def _failure(self, failed: ConnectFailed, before: float) -> Failure:
        host, port = self.url.host, self.url.port
        spent = max(0, round((self.p.sim.now - before) * 1000))
        if failed.kind == UNRESOLVED:
            if self.options.has("verbose"):
                self.p.err(f"* Could not resolve host: {host}\n* Closing connection\n")
            return Failure(6, f"Could not resolve host: {host}")
        if failed.kind == RESET:
            return Failure(56, "Recv failure: Connection reset by peer")
        if failed.kind == TIMEOUT and "connect-timeout" in self.options.values:
            return Failure(28, f"Failed to connect to {host} port {port} after {spent} ms: Timeout was reached")
        if failed.kind == TIMEOUT:
            return Failure(28, f"Failed to connect to {host} port {port} after {spent} ms: Couldn't connect to server")
        if self.options.has("verbose"):
            self.p.err(f"* connect to {host} port {port} failed: {strerror(self.p, failed.kind)}\n")
            self.p.err(
                f"* Failed to connect to {host} port {port} after {spent} ms: Couldn't connect to server\n"
                "* Closing connection\n"
            )
        return Failure(7, f"Failed to connect to {host} port {port} after {spent} ms: Couldn't connect to server")

    def _timeout(self) -> Failure:
        spent = round((self.p.sim.now - self.begun) * 1000)
        if not self.connected:
            return Failure(28, f"Connection timed out after {spent} milliseconds")
        return Failure(28, f"Operation timed out after {spent} milliseconds with {self.size} bytes received")

    def _malformed(self, message: str) -> Failure:
        if message == "empty reply":
            return Failure(52, "Empty reply from server")
        if message.startswith("malformed start line"):
            return Failure(1, "Received HTTP/0.9 when not allowed")
        return Failure(56, "Recv failure: Connection reset by peer")

    def _narrate_request(self, request: Request) -> None:
        lines = [f"> {request.method} {request.target} HTTP/1.1\n"]
        lines += [f"> {name}: {value}\n" for name, value in request.headers.items()]
        self.p.err("".join(lines) + "> \n")

    def _narrate_response(self, response: Response) -> None:
        lines = head(response).replace("\r\n", "\n").rstrip("\n").split("\n")
        self.p.err("".join(f"< {line}\n" for line in lines) + "< \n")
