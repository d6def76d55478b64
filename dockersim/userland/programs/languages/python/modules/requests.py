"""The module ``requests``: HTTP over the simulated network."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.sim import ConnectFailed, WireCut, exchange, read_all
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.making import module, plain
from dockersim.userland.programs.languages.python.values import EXCEPTIONS, ExceptionClass, Native, Object, Raised
from dockersim.userland.programs.network.connect import find, join, request_over
from dockersim.userland.programs.network.url import Failure, Url
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

REQUESTS_ERROR = ExceptionClass("requests.exceptions.RequestException", EXCEPTIONS["OSError"])
REQUESTS_CONNECTION = ExceptionClass("requests.exceptions.ConnectionError", REQUESTS_ERROR)


def requests() -> Object:
    """The module."""

    def method(verb: str) -> Native:
        return Native(verb.lower(), lambda one, arguments, keywords: _fetch(one, verb, arguments, keywords))

    errors = module("requests.exceptions", ConnectionError=REQUESTS_CONNECTION, RequestException=REQUESTS_ERROR)
    found = module("requests", exceptions=errors, ConnectionError=REQUESTS_CONNECTION)
    found.attributes |= {verb.lower(): method(verb) for verb in ("GET", "POST", "PUT", "DELETE", "HEAD")}
    return found


def _fetch(one: Interpreter, verb: str, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, Object]:
    try:
        url = Url(str(arguments[0]))
    except Failure:
        raise Raised(REQUESTS_ERROR, f"Invalid URL {arguments[0]!r}") from None
    headers = {"Host": url.authority, "User-Agent": "python-requests/2.32.5", "Accept": "*/*"}
    body = b""
    if keywords.get("json") is not None:
        body = json.dumps(keywords["json"]).encode()
        headers["Content-Type"] = "application/json"
    elif keywords.get("data") is not None:
        body = str(keywords["data"]).encode()
    request = Request(verb, url.target, headers | dict(keywords.get("headers") or {}), body)
    try:
        response, data = yield from one.do(_exchange(one, url.host, url.port, request))
    except ConnectFailed as failed:
        words = f"HTTPConnectionPool(host='{url.host}', port={url.port}): Max retries exceeded with url: {url.target}"
        raise Raised(REQUESTS_CONNECTION, f"{words} (Caused by: {failed.kind})") from None
    except (WireCut, ProtocolError):
        raise Raised(REQUESTS_CONNECTION, "('Connection aborted.', RemoteDisconnected())") from None
    text = data.decode(errors="replace")
    return Object(
        "Response",
        {
            "status_code": response.status,
            "text": text,
            "content": data,
            "ok": response.status < 400,
            "headers": dict(response.headers),
            "json": Native("json", plain(lambda: json.loads(text))),
            "raise_for_status": Native("raise_for_status", lambda *_: None),
        },
        f"<Response [{response.status}]>",
    )


def _exchange(one: Interpreter, host: str, port: int, request: Request) -> Generator[Any, Any, tuple[Response, bytes]]:
    listener, link, peer = yield from find(one.p, host, port)
    request.peer = peer
    if listener.service is not None:
        response = yield from exchange(one.p.sim, one.p.computer.name, link, listener.service, request)
    else:
        response = yield from request_over(join(one.p, listener, link, peer), request)
    return response, (yield from read_all(response.body))
