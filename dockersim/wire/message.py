"""Requests and responses as values, and the two stream shapes that a body can have.

A body is ``bytes`` or a :class:`Source`. Reading a source is a generator because bytes arrive in simulated
time; this floor knows no clock, so the sources themselves are made in :mod:`dockersim.sim`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from string import hexdigits
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl, urlencode

from dockersim.wire.gojson import escape_html

Headers: TypeAlias = dict[str, str]
Steps: TypeAlias = Generator[Any, Any, Any]
"""A generator that the simulated clock drives: it yields events and returns a value."""


class Source(Protocol):
    """Bytes that arrive over time."""

    def receive(self) -> Generator[Any, Any, bytes]:
        """The next chunk; ``b""`` at the end."""
        ...

    def cancel(self) -> None:
        """The reader goes away; the writer learns of it."""
        ...


class Duplex(Source, Protocol):
    """A connection after ``101 UPGRADED``: bytes both ways."""

    def send(self, data: bytes) -> Generator[Any, Any, None]:
        """Write one chunk, waiting while the other side is full."""
        ...

    def close_write(self) -> None:
        """Half-close: no more bytes from this side."""
        ...


class Request:
    """One HTTP request. ``target`` is the path with its query, as on the wire."""

    __slots__ = ("_pairs", "_query", "body", "headers", "method", "params", "peer", "target")

    def __init__(
        self,
        method: str,
        target: str,
        headers: Headers | None = None,
        body: bytes | Source = b"",
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers if headers is not None else {}
        self.body = body
        self.params: Mapping[str, str] = {}
        self.peer: Any = None
        self._query: dict[str, str] | None = None
        self._pairs: list[tuple[str, str]] | None = None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's keys and values, decoded; after :meth:`parse_form` those of a form in the body before them."""
        if self._pairs is None:
            text = self.target.partition("?")[2]
            self._pairs = parse_qsl(text, keep_blank_values=True) if text else []
        return self._pairs

    @property
    def query(self) -> dict[str, str]:
        """The query's first value for each key, decoded."""
        if self._query is None:
            self._query = dict(reversed(self.pairs))
        return self._query

    def query_all(self, key: str) -> list[str]:
        """All values of ``key``, in order."""
        return [value for name, value in self.pairs if name == key]

    def parse_form(self) -> None:
        """Read the query as Go's ``ParseForm`` does, and with it a body that is a form, which is used up by that.

        Raises ValueError, in Go's words, for what is no query.
        """
        query = self.target.partition("?")[2]
        if query:
            _check_query(query)
        kind = self.headers.get("Content-Type", "")
        if self.body and isinstance(self.body, bytes) and kind.startswith("application/x-www-form-urlencoded"):
            text = self.body.decode(errors="replace")
            _check_query(text)
            self._pairs, self._query = [*parse_qsl(text, keep_blank_values=True), *self.pairs], None
            self.body = b""

    def flag(self, key: str) -> bool:
        """A boolean query value as the engine reads it: absent, empty, 0, no, false and none are false."""
        return self.query.get(key, "").strip().lower() not in ("", "0", "no", "false", "none")

    def header(self, name: str, default: str = "") -> str:
        return self.headers.get(name, default)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.target}>"


class Response:
    """One HTTP response. With ``upgrade`` set, the connection is a raw two-way stream from here on.

    ``nominal`` is the size in bytes that the body has in life, where the honest bytes are fewer: the wire charges
    for it. A ``raw`` response was written by a handler that took the connection over: its headers are all there are,
    and the end of the connection is the end of its body.
    """

    __slots__ = ("body", "headers", "nominal", "raw", "status", "upgrade")

    def __init__(
        self,
        status: int,
        headers: Headers | None = None,
        body: bytes | Source = b"",
        upgrade: Duplex | None = None,
        nominal: int | None = None,
        raw: bool = False,
    ) -> None:
        self.status = status
        self.raw = raw
        self.nominal = nominal
        self.headers = headers if headers is not None else {}
        self.body = body
        self.upgrade = upgrade

    @property
    def reason(self) -> str:
        return REASONS.get(self.status, "")

    def json(self) -> Any:
        """The body as JSON; only for a body that is all here."""
        if not isinstance(self.body, bytes):
            raise TypeError("the body is a stream")
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


def _check_query(text: str) -> None:
    if ";" in text:
        raise ValueError("invalid semicolon separator in query")
    for part in text.split("%")[1:] if "%" in text else ():
        if len(part) < 2 or any(digit not in hexdigits for digit in part[:2]):
            raise ValueError(f'invalid URL escape "%{part[:2]}"')


Handler: TypeAlias = Callable[[Request], "Response | Generator[Any, Any, Response]"]
"""A plain function when it takes no simulated time, a generator function when it does."""


def json_bytes(value: Any) -> bytes:
    """JSON as Go writes it unless told otherwise: compact, ``<``, ``>`` and ``&`` escaped, one newline at the end."""
    text = _compact(value)
    if "<" in text or ">" in text or "&" in text:
        text = escape_html(text)
    return text.encode() + b"\n"


_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def json_response(value: Any, status: int = 200) -> Response:
    """A response that carries ``value`` as JSON, with its length; nothing in it is escaped, as in the engine's."""
    body = _compact(value).encode() + b"\n"
    return Response(status, {"Content-Type": "application/json", "Content-Length": str(len(body))}, body)


def with_query(path: str, pairs: Mapping[str, str] | list[tuple[str, str]]) -> str:
    """``path?a=1&b=2``, keys sorted as Go's ``url.Values.Encode`` sorts them."""
    items = list(pairs.items()) if isinstance(pairs, Mapping) else pairs
    return f"{path}?{urlencode(sorted(items, key=lambda item: item[0]))}" if items else path


REASONS = {
    101: "UPGRADED",
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    304: "Not Modified",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    416: "Requested Range Not Satisfiable",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

__all__ = [
    "REASONS",
    "Duplex",
    "Handler",
    "Headers",
    "Request",
    "Response",
    "Source",
    "Steps",
    "json_bytes",
    "json_response",
    "with_query",
]
