"""HTTP/1.1 as bytes (RFC 9112): requests and responses written, and read from any split of the stream. No I/O.

A :class:`Reader` is fed bytes and gives events: a :class:`RequestHead` or :class:`ResponseHead`, then pieces of the
body as ``bytes``, then :data:`END`; then the next message of the connection.
"""

from __future__ import annotations

from typing import NamedTuple

from dockersim.wire.message import Headers, Request, Response

MAX_HEAD = 65_536
"""Bytes that a start line with its headers may have."""

BODILESS = frozenset((204, 304))


class ProtocolError(Exception):
    """The bytes are no HTTP/1.1; the message says why."""


class RequestHead(NamedTuple):
    """A request up to its body. ``keep_alive``: the client would send another one on this connection."""

    method: str
    target: str
    headers: Headers
    version: str
    keep_alive: bool


class ResponseHead(NamedTuple):
    """A response up to its body."""

    status: int
    reason: str
    headers: Headers
    version: str
    keep_alive: bool


class _End:
    def __repr__(self) -> str:
        return "END"


END = _End()
"""The end of one message."""

Event = RequestHead | ResponseHead | bytes | _End


# ---- writing


def request_head(request: Request) -> bytes:
    """The start line and headers of ``request``; a body that is here gets its length, a stream is to be chunked."""
    headers = dict(request.headers)
    _frame(headers, request.body if request.body or request.method in ("POST", "PUT", "PATCH") else None)
    return _head(f"{request.method} {request.target} HTTP/1.1", headers)


def request_bytes(request: Request) -> bytes:
    """All of a request whose body is bytes."""
    assert isinstance(request.body, bytes)
    return request_head(request) + request.body


def response_head(response: Response, method: str = "GET", keep_alive: bool = True) -> bytes:
    """The status line and headers of ``response`` to a request with ``method``."""
    headers = dict(response.headers)
    if response.upgrade is None and not response.raw and response.status not in BODILESS and response.status >= 200:
        _frame(headers, response.body)
    if not keep_alive:
        headers.setdefault("Connection", "close")
    return _head(f"HTTP/1.1 {response.status} {response.reason}".rstrip(), headers)


def response_bytes(response: Response, method: str = "GET", keep_alive: bool = True) -> bytes:
    """All of a response whose body is bytes; a HEAD request's answer has none."""
    assert isinstance(response.body, bytes)
    bare = method == "HEAD" or response.status in BODILESS or response.status < 200
    return response_head(response, method, keep_alive) + (b"" if bare else response.body)


def chunk(data: bytes) -> bytes:
    """One piece of a chunked body; must not be empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def _frame(headers: Headers, body: object) -> None:
    if body is None or "Content-Length" in headers or "Transfer-Encoding" in headers:
        return
    if isinstance(body, bytes):
        headers["Content-Length"] = str(len(body))
    else:
        headers["Transfer-Encoding"] = "chunked"


def _head(start: str, headers: Headers) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


# ---- reading


class Reader:
    """Reads one direction of a connection: a server's side with ``requests``, else a client's.

    ``answer_to`` is the method of the request that the next response answers: a HEAD has no body.
    """

    def __init__(self, requests: bool) -> None:
        self._requests = requests
        self._buffer = bytearray()
        self._left: int | None = None
        self._state = self._head
        self._ended = False
        self.answer_to = "GET"

    def feed(self, data: bytes) -> None:
        """More bytes have arrived; ``b""`` is the end of the connection."""
        if data:
            self._buffer += data
        else:
            self._ended = True

    def next(self) -> Event | None:
        """The next event; ``None`` when more bytes are needed, or after the end of the connection.

        Raises :class:`ProtocolError` for what is no HTTP and for an end within a message.
        """
        return self._state()

    @property
    def rest(self) -> bytes:
        """What has arrived after the last event: the first bytes of an upgraded connection."""
        return bytes(self._buffer)

    def _need_more(self) -> None:
        if self._ended and (self._buffer or self._state != self._head):
            raise ProtocolError("unexpected end of the connection")

    def _line(self) -> bytes | None:
        cut = self._buffer.find(b"\n")
        if cut < 0:
            if len(self._buffer) > MAX_HEAD:
                raise ProtocolError("line too long")
            self._need_more()
            return None
        line = bytes(self._buffer[:cut]).removesuffix(b"\r")
        del self._buffer[: cut + 1]
        return line

    def _head(self) -> Event | None:
        buffer = self._buffer
        while buffer.startswith((b"\r", b"\n")):
            del buffer[:1]
        end = _head_end(buffer)
        if end is None:
            if len(buffer) > MAX_HEAD:
                raise ProtocolError("head too long")
            if b"\n" in buffer:
                self._check_start(bytes(buffer).split(b"\n", 1)[0].decode("latin-1").rstrip("\r"))
            self._need_more()
            return None
        lines = bytes(buffer[:end]).decode("latin-1").replace("\r\n", "\n").split("\n")
        del buffer[:end]
        while lines and not lines[-1]:
            lines.pop()
        self._check_start(lines[0])
        headers = _headers(lines[1:])
        return self._request(lines[0], headers) if self._requests else self._response(lines[0], headers)

    def _check_start(self, line: str) -> None:
        parts = line.split(" ", 2)
        if self._requests:
            good = len(parts) == 3 and parts[2].startswith("HTTP/1.") and parts[0].isalpha()
        else:
            good = len(parts) > 1 and parts[0].startswith("HTTP/1.") and len(parts[1]) == 3 and parts[1].isdigit()
        if not good:
            raise ProtocolError(f"malformed start line {line!r}")

    def _request(self, line: str, headers: Headers) -> RequestHead:
        method, target, version = line.split(" ", 2)
        self._choose_body(headers, bodiless=False, to_end=False)
        return RequestHead(method, target, headers, version, _keeps(version, headers))

    def _response(self, line: str, headers: Headers) -> ResponseHead:
        version, status, *reason = line.split(" ", 2)
        code = int(status)
        bodiless = self.answer_to == "HEAD" or code in BODILESS or code < 200
        self._choose_body(headers, bodiless, to_end=True)
        return ResponseHead(code, reason[0] if reason else "", headers, version, _keeps(version, headers))

    def _choose_body(self, headers: Headers, bodiless: bool, to_end: bool) -> None:
        if bodiless:
            self._state = self._finish
        elif headers.get("Transfer-Encoding", "").lower().endswith("chunked"):
            self._state = self._chunk_size
        elif "Content-Length" in headers:
            length = headers["Content-Length"].split(",")[0].strip()
            if not (length.isascii() and length.isdigit()):
                raise ProtocolError(f"invalid Content-Length {length!r}")
            self._left = int(length)
            self._state = self._sized
        else:
            self._state = self._until_end if to_end else self._finish

    def _finish(self) -> Event:
        self._state = self._head
        return END

    def _take(self, limit: int) -> bytes:
        data = bytes(self._buffer[:limit])
        del self._buffer[: len(data)]
        return data

    def _sized(self) -> Event | None:
        assert self._left is not None
        if not self._left:
            return self._finish()
        data = self._take(self._left)
        if not data:
            self._need_more()
            return None
        self._left -= len(data)
        return data

    def _until_end(self) -> Event | None:
        if self._buffer:
            return self._take(len(self._buffer))
        return self._finish() if self._ended else None

    def _chunk_size(self) -> Event | None:
        line = self._line()
        if line is None:
            return None
        digits = line.split(b";", 1)[0].strip()
        try:
            self._left = int(digits.decode("ascii"), 16)
        except ValueError:
            raise ProtocolError(f"invalid chunk size {digits!r}") from None
        self._state = self._chunk_data if self._left else self._trailer
        return self._state()

    def _chunk_data(self) -> Event | None:
        if self._left:
            return self._sized()
        line = self._line()
        if line is None:
            return None
        if line:
            raise ProtocolError("malformed chunk")
        self._state = self._chunk_size
        return self._state()

    def _trailer(self) -> Event | None:
        while (line := self._line()) is not None:
            if not line:
                return self._finish()
        return None


def _head_end(buffer: bytearray) -> int | None:
    ends = [at + len(mark) for mark in (b"\r\n\r\n", b"\n\n", b"\n\r\n") if (at := buffer.find(mark)) >= 0]
    return min(ends) if ends else None


def _headers(lines: list[str]) -> Headers:
    headers: Headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise ProtocolError(f"malformed header {line!r}")
        name = "-".join(part.capitalize() for part in name.split("-"))
        value = value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _keeps(version: str, headers: Headers) -> bool:
    wish = headers.get("Connection", "").lower()
    return wish == "keep-alive" if version == "HTTP/1.0" else "close" not in wish
