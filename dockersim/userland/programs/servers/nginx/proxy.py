"""nginx as a reverse proxy: upstreams, and what it says when they don't answer."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.sim import ConnectFailed, WireCut, exchange
from dockersim.sim.failure import NO_ROUTE, REFUSED, RESET, TIMEOUT, UNREACHABLE
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import find, join, request_over, resolve
from dockersim.userland.programs.servers.nginx.config import ConfigError, Directive
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

if TYPE_CHECKING:
    from dockersim.userland.programs.servers.nginx.site import Visit

FAILURES = {
    REFUSED: "connect() failed (111: Connection refused) while connecting to upstream",
    RESET: "recv() failed (104: Connection reset by peer) while reading response header from upstream",
    UNREACHABLE: "connect() failed (113: Host is unreachable) while connecting to upstream",
    NO_ROUTE: "connect() failed (101: Network is unreachable) while connecting to upstream",
    TIMEOUT: "upstream timed out (110: Operation timed out) while connecting to upstream",
}
CONNECT_TIMEOUT = 60.0


class Upstreams:
    """Where proxied requests go, resolved when the configuration is read, as nginx does; and the open log files."""

    def __init__(self, p: Process, http: Directive) -> None:
        self.p = p
        self.groups: dict[str, list[tuple[str, int]]] = {}
        self.turns: dict[str, int] = {}
        self.logs: dict[str, int] = {}
        for group in http.find("upstream"):
            self.groups[group.words[0]] = [
                self._resolved(one.words[0], one) for one in group.find("server") if "down" not in one.words
            ]
        for server in http.find("server"):
            for location in server.find("location"):
                for one in location.find("proxy_pass"):
                    self._known(one)

    def _known(self, one: Directive) -> None:
        scheme, separator, rest = one.words[0].partition("://")
        if not separator or scheme not in ("http", "https"):
            raise ConfigError(f"invalid URL prefix in {one.place}")
        host = rest.partition("/")[0]
        if "$" not in host and host not in self.groups:
            self.groups[host] = [self._resolved(host, one, 443 if scheme == "https" else 80)]

    def _resolved(self, text: str, one: Directive, default: int = 80) -> tuple[str, int]:
        host, _, port = text.partition(":")
        try:
            return resolve(self.p, host), int(port or default)
        except ConnectFailed:
            raise ConfigError(f'host not found in upstream "{text}" in {one.place}') from None

    def pick(self, name: str) -> tuple[str, int]:
        """The next server of a group, in turn. Raises :class:`ConnectFailed` for a name that nobody knows."""
        group = self.groups.get(name)
        if group is None:
            host, _, port = name.partition(":")
            return resolve(self.p, host), int(port or 80)
        turn = self.turns.get(name, 0)
        self.turns[name] = turn + 1
        return group[turn % len(group)]

    def size(self, name: str) -> int:
        return len(self.groups.get(name, ("",)))


def forward(visit: Visit, target: str) -> Generator[Any, Any, Response]:
    """Pass the request on to ``target`` and its answer back."""
    from dockersim.userland.programs.servers.nginx.site import Stop

    upstreams = visit.site.upstreams
    scheme, _, rest = visit.expand(target).partition("://")
    name, slash, path = rest.partition("/")
    uri = visit.request.target
    if slash and visit.location is not None:
        prefix = visit.location.words[-1]
        uri = "/" + path + uri[len(prefix) :] if uri.startswith(prefix) else uri
    status = 502
    for _ in range(upstreams.size(name)):
        try:
            address, port = upstreams.pick(name)
        except ConnectFailed:
            visit.site.error(visit, "error", f"{name} could not be resolved (3: Host not found)")
            raise Stop(502) from None
        visit.upstream = f"{scheme}://{address}:{port}{uri}"
        try:
            return (yield from _ask(visit, name, address, port, uri))
        except ConnectFailed as failed:
            visit.site.error(visit, "error", FAILURES.get(failed.kind, FAILURES[REFUSED]))
            status = 504 if failed.kind == TIMEOUT else 502
        except (WireCut, ProtocolError):
            visit.site.error(
                visit, "error", "upstream prematurely closed connection while reading response header from upstream"
            )
    raise Stop(status)


def _ask(visit: Visit, name: str, address: str, port: int, uri: str) -> Generator[Any, Any, Response]:
    p = visit.site.p
    skip = ("Connection", "Host", "Keep-Alive", "Transfer-Encoding")
    headers = {"Host": name, "Connection": "close"}
    headers |= {key: value for key, value in visit.request.headers.items() if key not in skip}
    for words in visit.inherited("proxy_set_header"):
        if len(words) == 2:
            headers[words[0]] = visit.expand(words[1])
    request = Request(visit.request.method, uri, headers, visit.request.body)
    listener, link, request.peer = yield from find(p, address, port, CONNECT_TIMEOUT)
    if listener.service is not None:
        response = yield from exchange(p.sim, p.computer.name, link, listener.service, request)
    else:
        response = yield from request_over(join(p, listener, link, request.peer), request)
    hidden = ("Server", "Date", "Connection", "Keep-Alive", "Transfer-Encoding")
    kept = {key: value for key, value in response.headers.items() if key not in hidden}
    response.headers = kept | {"Connection": "keep-alive"}
    return response
