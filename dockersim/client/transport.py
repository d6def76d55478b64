"""How the client reaches its daemon: by the socket that the laptop's file system has, or over TCP."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Generator, Mapping
from posixpath import normpath
from typing import Any

from dockersim.client import version
from dockersim.fs import FsError
from dockersim.sim import Channel, ConnectFailed, Service, WireCut, exchange, read_all
from dockersim.userland.process import Process
from dockersim.wire import Request, Response, with_query

DEFAULT_HOST = "unix:///var/run/docker.sock"
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
AGENT = f"Docker-Client/{version.CLIENT} (linux)"

_BY_VERSION = re.compile(
    "POST /containers/create|POST /containers/[^/]+/wait|POST /networks/create|POST /[a-z]+/prune|GET /images/json"
    "|GET /secrets|GET /configs"
)
"""Requests that depend on the version so much that the client does not send them without one."""
NOBODY = "Cannot connect to the Docker daemon at {}. Is the docker daemon running?"

Steps = Generator[Any, Any, Any]


class Failure(Exception):
    """What ends a command: ``str`` is Docker's message, ``status`` the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class NoDaemon(Failure):
    """Nobody answers at the daemon's address."""


class Refused(Failure):
    """The daemon answered with an error; ``code`` is the HTTP status."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(f"Error response from daemon: {message}")
        self.code = code
        self.plain = message


class Daemon:
    """A client's view of one daemon. The API version is negotiated by the first request, with ``HEAD /_ping``."""

    def __init__(self, process: Process, host: str, headers: Mapping[str, str] | None = None) -> None:
        self.process = process
        self._headers = headers or {}
        self.host = host
        self.api = process.env.get("DOCKER_API_VERSION", "").strip().removeprefix("v")
        self.pinned = bool(self.api)
        self.server: dict[str, str] = {}
        self._service: Service | None = None
        self._source = "client" if process.computer.name == "laptop" else process.computer.name

    # ---- requests

    def call(
        self,
        method: str,
        path: str,
        query: dict[str, str] | list[tuple[str, str]] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Generator[Any, Any, Response]:
        """One request under the negotiated version; its response. :class:`Refused` for a status from 400 on."""
        yield from self._meet(method, path)
        response = yield from self._send(_request(method, self._target(path, query), body, headers, self.host))
        if response.status >= 400:
            raise Refused(_message((yield from read_all(response.body)), response), response.status)
        return response

    def hijack(self, path: str, query: dict[str, str] | None = None, body: Any = None) -> Generator[Any, Any, Response]:
        """POST that turns the connection into a raw stream. :class:`Failure` where the daemon will not."""
        yield from self.negotiate()
        headers = {"Connection": "Upgrade", "Upgrade": "tcp"}
        if body is None:
            headers["Content-Type"] = "text/plain"
        response = yield from self._send(_request("POST", self._target(path, query), body, headers, self.host))
        if response.upgrade is None:
            raise Failure(f"unable to upgrade to tcp, received {response.status}")
        return response

    def _target(self, path: str, query: dict[str, str] | list[tuple[str, str]] | None) -> str:
        """The path under the version, without the empty and dotted parts that a name may bring along."""
        return with_query(normpath(f"/v{self.api}{path}"), query or {})

    def get(self, path: str, query: dict[str, str] | None = None) -> Generator[Any, Any, Any]:
        """The JSON at ``path``."""
        response = yield from self.call("GET", path, query)
        return json.loads((yield from read_all(response.body)))

    def post(
        self, path: str, query: dict[str, str] | list[tuple[str, str]] | None = None, body: Any = None
    ) -> Generator[Any, Any, Any]:
        """POST; the answer's JSON, or ``None`` where it has no body."""
        response = yield from self.call("POST", path, query, body)
        data = yield from read_all(response.body)
        return json.loads(data) if data else None

    def delete(
        self, path: str, query: dict[str, str] | list[tuple[str, str]] | None = None
    ) -> Generator[Any, Any, Any]:
        """DELETE; the answer's JSON, or ``None`` where it has no body."""
        response = yield from self.call("DELETE", path, query)
        data = yield from read_all(response.body)
        return json.loads(data) if data else None

    def ping(self) -> Steps:
        """Ask the daemon who it is, and agree on an API version."""
        response = yield from self._send(_request("HEAD", "/_ping", None, None, self.host))
        self.server = response.headers
        if not self.pinned:
            offered = self.server.get("Api-Version")
            self.api = min(version.API, offered or "1.24", key=_number)

    def negotiate(self) -> Steps:
        """:meth:`ping` unless that is settled; who does not answer is noticed at the next request."""
        if not self.server:
            with contextlib.suppress(NoDaemon):
                yield from self.ping()
            self.api = self.api or version.API

    def _meet(self, method: str, path: str) -> Steps:
        """Agree on the version before a request; some need an answer to know what to ask for."""
        if self.server or not _BY_VERSION.fullmatch(f"{method} {path}"):
            yield from self.negotiate()
        else:
            yield from self.ping()

    def _send(self, request: Request) -> Generator[Any, Any, Response]:
        process = self.process
        request.headers.update(self._headers)
        try:
            if self.host.startswith("unix://"):
                path = self.host.removeprefix("unix://")
                if self._service is None:
                    self._service = process.computer.unix_service(path, process.cwd, process.cred)
                link = process.computer.net.net.link(self._source, self._service.name)
                steps = exchange(process.sim, self._source, link, self._service, request)
                response: Response = yield from process.through(steps)
                return response
            name, port = self._address()
            stack = process.computer.net
            steps = stack.net.request(stack, name, port, request, self._source)
            answer: Response = yield from process.through(steps)
            return answer
        except FsError as error:
            raise self._unreachable(error, request) from None
        except ConnectFailed as failed:
            raise self._not_dialled(failed, request) from None
        except WireCut:
            raise NoDaemon(NOBODY.format(self.host)) from None

    def _address(self) -> tuple[str, int]:
        name, _, port = self.host.removeprefix("tcp://").partition("/")[0].rpartition(":")
        return name.strip("[]"), int(port)

    def _not_dialled(self, failed: ConnectFailed, request: Request) -> NoDaemon:
        """Go's words for what keeps it from the daemon's host; the client's own where just nobody is there."""
        if failed.kind in ("refused", "timeout"):
            return NoDaemon(NOBODY.format(self.host))
        from dockersim.sim.dial import dial_failure, resolv_conf

        computer, (name, port) = self.process.computer, self._address()
        why = dial_failure(failed, "tcp", name, port, computer.net, resolv_conf(computer.vfs))
        url = f"http://{self.host.removeprefix('tcp://')}{request.target}"
        return NoDaemon(f'error during connect: {request.method.capitalize()} "{url}": {why}')

    def _unreachable(self, error: FsError, request: Request) -> NoDaemon:
        path = self.host.removeprefix("unix://")
        if error.code == "EACCES":
            url = f"http://{path.replace('/', '%2F')}{request.target}"
            return NoDaemon(
                f"permission denied while trying to connect to the Docker daemon socket at {self.host}: "
                f'{request.method.capitalize()} "{url}": dial unix {path}: connect: permission denied'
            )
        return NoDaemon(NOBODY.format(self.host))


def _request(method: str, target: str, body: Any, headers: dict[str, str] | None, host: str) -> Request:
    fields = {"Host": "api.moby.localhost", "User-Agent": AGENT}
    if body is None:
        payload: Any = b""
        if method in ("POST", "PUT"):
            fields["Content-Length"] = "0"
    elif isinstance(body, dict):
        payload = _COMPACT(body).encode() + b"\n"
        fields["Content-Length"] = str(len(payload))
        fields["Content-Type"] = "application/json"
    else:
        payload = body
        if isinstance(body, bytes) and "Transfer-Encoding" not in (headers or {}):
            fields["Content-Length"] = str(len(body))
    if headers:
        fields.update(headers)
    return Request(method, target, fields, payload)


def _message(data: bytes, response: Response) -> str:
    try:
        message = json.loads(data)["message"]
    except (ValueError, KeyError, TypeError):
        message = data.decode(errors="replace").strip() or f"{response.status} {response.reason}"
    return str(message).strip()


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def receive(process: Process, body: Any) -> Generator[Any, Any, bytes]:
    """The next chunk of a stream, ``b""`` at its end; waits as a process waits, so that signals reach it.

    A large body that comes at the pace of its size (``PacedBody``) is waited for in one piece.
    """
    if not isinstance(body, Channel):
        data: bytes = yield from body.receive()
        return data
    while (chunk := body.receive_now()) is None:
        yield from process.block(body.readable())
        delay = body.arrives_in()
        if delay > 0:
            yield from process.block(process.sim.timeout(delay))
    return chunk
