"""One conversation with one registry about one repository: the ping, the challenge, the token, the requests."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, Protocol

from dockersim.engine import version
from dockersim.engine.distribution.endpoints import Endpoint
from dockersim.engine.distribution.errors import (
    NO_CREDENTIALS,
    RegistryError,
    TransportError,
    connect_reason,
    header,
    refusal,
)
from dockersim.errors import InvalidParameter, System, Unauthorized
from dockersim.sim import ConnectFailed, WireCut, exchange, read_all
from dockersim.trace import events as e
from dockersim.wire import Request, Response, with_query

if TYPE_CHECKING:
    from dockersim.sim import Link, Net, Simulation, Stack
    from dockersim.userland.computer import Computer, Kernel
    from dockersim.wire import Headers, Steps

PING_PATIENCE, DIAL_PATIENCE = 15.0, 30.0
"""Seconds until the ping, and any other connection, is given up."""

MINIMUM_TOKEN_LIFE = 60
_PARAMETER = re.compile(r'([A-Za-z_]+)="([^"]*)"')


class Credentials:
    """Who asks: the ``X-Registry-Auth`` header's fields, all empty for nobody."""

    __slots__ = ("identity_token", "password", "registry_token", "server", "username")

    def __init__(self, value: dict[str, Any] | None = None) -> None:
        value = value or {}
        self.username = str(value.get("username") or "")
        self.password = str(value.get("password") or "")
        self.identity_token = str(value.get("identitytoken") or "")
        self.registry_token = str(value.get("registrytoken") or "")
        self.server = str(value.get("serveraddress") or "")

    @classmethod
    def of(cls, request: Request) -> Credentials:
        """Those of an Engine API request. Raises :class:`InvalidParameter`."""
        text = request.header("X-Registry-Auth")
        if not text:
            return cls()
        try:
            value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error) as error:
            raise InvalidParameter(f"invalid X-Registry-Auth header: {error}") from None
        if not isinstance(value, dict):
            raise InvalidParameter("invalid X-Registry-Auth header: not a JSON object")
        return cls(value)

    def basic(self) -> str:
        """The value of an ``Authorization`` header; empty for nobody."""
        if not self.username:
            return ""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


class Caller(Protocol):
    """Who talks to registries: a daemon, or a client that asks one itself."""

    name: str
    sim: Simulation
    net: Net

    @property
    def stack(self) -> Stack:
        """The network stack to connect through."""

    @property
    def kernel(self) -> Kernel:
        """The kernel of the machine that it runs on."""

    @property
    def host(self) -> Computer:
        """That machine."""


class Session:
    """Requests to ``endpoint`` in the name of ``credentials``, with ``actions`` on ``repository`` (a path)."""

    def __init__(
        self,
        engine: Caller,
        endpoint: Endpoint,
        credentials: Credentials,
        repository: str = "",
        actions: str = "pull",
        upstream: str = "",
    ) -> None:
        self._engine = engine
        self.endpoint = endpoint
        self._credentials = credentials
        self._scope = f"repository:{repository}:{actions}" if repository else ""
        self._scheme = ""
        self._challenge: dict[str, str] = {}
        self._token = ""
        self._token_ends = 0.0
        self._agent = user_agent(engine.kernel.release, upstream)
        self.link: Link | None = None

    # ---- talking

    def ping(self) -> Steps:
        """``GET /v2/``: is a registry there, and what does it want to see? Raises :class:`TransportError`."""
        response = yield from self._exchange(self.endpoint, Request("GET", "/v2/", self._headers("GET")), ping=True)
        yield from read_all(response.body)
        challenge = header(response, "WWW-Authenticate")
        if response.status == 401 and challenge:
            self._scheme = challenge.partition(" ")[0].lower()
            self._challenge = dict(_PARAMETER.findall(challenge))

    def request(self, method: str, target: str, headers: Headers | None = None, body: bytes = b"") -> Steps:
        """One authorized request; its response, whatever its status. Raises :class:`DockersimError`."""
        url = self.url(target)
        try:
            authorization = yield from self._authorize()
        except (RegistryError, TransportError) as error:
            raise TransportError(method, url, error.message) from None
        if authorization is None:
            raise TransportError(method, url, NO_CREDENTIALS)
        sent = self._headers(method, headers or {}, len(body))
        if authorization:
            sent["Authorization"] = authorization
        return (yield from self._exchange(self.endpoint, Request(method, target, sent, body)))

    def fetch(self, target: str, headers: Headers | None = None) -> Steps:
        """``GET`` a whole body: ``(response, bytes)``. Raises :class:`DockersimError` for what is no success."""
        response = yield from self.request("GET", target, headers)
        body = yield from self.read(target, response)
        if response.status >= 400:
            raise refusal(response, body)
        return response, body

    def read(self, target: str, response: Response) -> Steps:
        """All of a response's body. Raises :class:`TransportError` when the wire breaks."""
        try:
            return (yield from read_all(response.body))
        except WireCut:
            raise TransportError("GET", self.url(target), "unexpected EOF") from None

    def url(self, target: str) -> str:
        """A path of this registry, or an absolute URL, as an absolute URL."""
        return target if "://" in target else self.endpoint.url + target

    def _exchange(self, endpoint: Endpoint, request: Request, *, ping: bool = False) -> Steps:
        engine = self._engine
        url = endpoint.url + request.target
        try:
            listener, link, _ = yield from engine.net.find(
                engine.stack, endpoint.host, endpoint.port, engine.name, PING_PATIENCE if ping else DIAL_PATIENCE
            )
        except ConnectFailed as failed:
            raise TransportError(request.method, url, connect_reason(failed, endpoint, engine, ping=ping)) from None
        if listener.service is None or (endpoint.secure and endpoint.port != 443):
            reason = "http: server gave HTTP response to HTTPS client" if listener.service is not None else "EOF"
            raise TransportError(request.method, url, reason)
        if endpoint is self.endpoint:
            self.link = link
        request.peer = engine.stack.addresses()[0] if engine.stack.interfaces else "127.0.0.1"
        try:
            return (yield from exchange(engine.sim, engine.name, link, listener.service, request))
        except WireCut:
            raise TransportError(request.method, url, "EOF") from None

    def _headers(self, method: str, more: Headers | None = None, length: int | None = None) -> Headers:
        headers = {"Host": self.endpoint.authority, "User-Agent": self._agent}
        if length or method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = str(length or 0)
        headers |= more or {}
        if method != "HEAD":
            headers["Accept-Encoding"] = "gzip"
        headers["Connection"] = "close"
        return headers

    # ---- who one is

    def _authorize(self) -> Steps:
        """The ``Authorization`` header's value; empty where none is wanted, ``None`` where there is nothing to show."""
        if self._credentials.registry_token:
            return f"Bearer {self._credentials.registry_token}"
        if self._scheme == "basic":
            return self._credentials.basic() or None
        if self._scheme != "bearer":
            return ""
        if self._engine.sim.now >= self._token_ends:
            yield from self._fetch_token()
        return f"Bearer {self._token}"

    def _fetch_token(self, **more: str) -> Steps:
        realm, _, path = self._challenge.get("realm", "").partition("://")
        host, _, path = path.partition("/")
        endpoint = Endpoint(f"{realm}://{host}")
        query = {"service": self._challenge.get("service", ""), **more}
        if self._scope:
            query["scope"] = self._scope
        headers = {"Host": endpoint.authority, "User-Agent": self._agent, "Accept-Encoding": "gzip"}
        basic = self._credentials.basic()
        if basic:
            query["account"] = self._credentials.username
            headers["Authorization"] = basic
        target = with_query(f"/{path}", query)
        response = yield from self._exchange(endpoint, Request("GET", target, headers))
        body = yield from read_all(response.body)
        if response.status >= 400:
            raise refusal(response, body)
        try:
            value = json.loads(body)
            self._token = str(value.get("token") or value["access_token"])
            life = max(MINIMUM_TOKEN_LIFE, int(value.get("expires_in") or 0))
        except (ValueError, KeyError, AttributeError, TypeError):
            raise RegistryError(
                "UNAUTHORIZED", "authorization server did not include a token in the response"
            ) from None
        self._token_ends = self._engine.sim.now + life
        self._engine.sim.trace.record(
            e.Decided, self._engine.name, self._scope or host, "token kept", f"it is good for {life} seconds"
        )

    def login(self) -> Steps:
        """Show the credentials once. Raises :class:`Unauthorized`, :class:`System`, and what :meth:`ping` raises."""
        yield from self.ping()
        url = self.url("/v2/")
        try:
            if self._scheme == "bearer":
                yield from self._fetch_token(client_id="docker", offline_token="true")
        except RegistryError as error:
            raise Unauthorized(f'Get "{url}": {error.message}') from None
        response = yield from self.request("GET", "/v2/")
        yield from self.read("/v2/", response)
        if response.status != 200:
            raise System(f"login attempt to {url} failed with status: {response.status} {response.reason}")


def user_agent(kernel: str, upstream: str) -> str:
    """The daemon's ``User-Agent``, with that of the client that it works for inside."""
    text = f"docker/{version.ENGINE} go/{version.GO} git-commit/{version.COMMIT} kernel/{kernel} os/linux arch/amd64"
    if not upstream:
        return text
    escaped = upstream.replace("(", r"\(").replace(")", r"\)")
    return f"{text} UpstreamClient({escaped})"
