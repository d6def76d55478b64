"""Messages as a reader sees them: a request with its answer, and what was streamed after it."""

from __future__ import annotations

import json

from dockersim.trace import events as e


class Message:
    """One exchange. ``status`` is 0 while there is no answer; ``chunks`` are the pieces streamed either way."""

    def __init__(self, request: e.RequestSent) -> None:
        self.exchange = request.exchange
        self.source = request.source
        self.target = request.target
        self.method = request.method
        self.path = request.path
        self.request = request
        self.response: e.ResponseSent | None = None
        self.chunks: list[e.ChunkSent] = []

    @property
    def status(self) -> int:
        return self.response.status if self.response is not None else 0

    @property
    def reason(self) -> str:
        return self.response.reason if self.response is not None else ""

    @property
    def operation(self) -> str:
        """The path without its version and query, long names shortened: what the message is about."""
        return shortened(self.path.partition("?")[0])

    @property
    def remark(self) -> str:
        """What the answer says, in a few words."""
        if self.response is None:
            return "no answer yet"
        if self.status == 401:
            return "who are you? ask " + _realm(self.response.headers.get("Www-Authenticate", ""))
        if self.status >= 400:
            return _error(self.response.body)
        if self.status == 101:
            return "the connection is a stream from here on"
        if self.chunks:
            return f"{len(self.chunks)} message{'' if len(self.chunks) == 1 else 's'} streamed"
        return ""


def shortened(path: str) -> str:
    """A path with its 64-digit names cut to twelve."""
    return "/".join(_short(part) for part in path.split("/"))


def _short(part: str) -> str:
    head, colon, tail = part.rpartition(":")
    if len(tail) == 64 and all(letter in "0123456789abcdef" for letter in tail):
        return f"{head}{colon}{tail[:12]}…"
    return part


def _realm(challenge: str) -> str:
    return challenge.partition('realm="')[2].partition('"')[0] or "for a password"


def _error(body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return body.decode(errors="replace").strip()
    if "message" in value:
        return str(value["message"])
    errors = value.get("errors") or [{}]
    return str(errors[0].get("message", ""))
