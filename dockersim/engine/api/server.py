"""The border of the daemon: versions, standard headers, errors to statuses; then to the handler that the path names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from dockersim.engine import times, version
from dockersim.errors import DockersimError, InvalidParameter, MethodNotAllowed, NotFound
from dockersim.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

_VERSION = re.compile(r"/v(\d+)\.(\d+)(/.*)")
_RESOURCES = ("system", "containers", "execs", "images", "networks", "volumes", "archive")


class Server:
    """Answers the Engine API for one daemon; :meth:`handle` is what its socket is given."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.router = Router()
        self._standard = {
            "Api-Version": version.API,
            "Docker-Experimental": "false",
            "Ostype": "linux",
            "Server": version.SERVER,
        }
        for name in _RESOURCES:
            _routes(name)(engine, self.router)

    def handle(self, request: Request) -> Response | Generator[Any, Any, Response]:
        """One request; never raises. A plain response where the handler takes no time."""
        try:
            refusal, path = self._strip_version(request.path)
            if refusal is not None:
                return refusal
            handler = self.router.match(request, path)
        except (NotFound, MethodNotAllowed):
            return _finish(json_response({"message": "page not found"}, 404), {}, self._date())
        try:
            answer = handler(request)
        except DockersimError as error:
            return self._refuse(error)
        if isinstance(answer, Response):
            return _finish(answer, self._standard, self._date())
        return self._later(answer)

    def _later(self, steps: Generator[Any, Any, Response]) -> Generator[Any, Any, Response]:
        try:
            response = yield from steps
        except DockersimError as error:
            return self._refuse(error)
        return _finish(response, self._standard, self._date())

    def _refuse(self, error: DockersimError) -> Response:
        if error.status == 304:
            return _finish(Response(304), self._standard, self._date())
        return _finish(json_response({"message": error.message}, error.status), self._standard, self._date())

    def _date(self) -> str:
        return times.http_date(self._engine.sim.nanoseconds() // times.SECOND)

    def _strip_version(self, path: str) -> tuple[Response | None, str]:
        found = _VERSION.fullmatch(path)
        if found is None:
            return None, path
        asked = int(found[1]), int(found[2])
        if asked > _NEWEST:
            text = f"client version {found[1]}.{found[2]} is too new. Maximum supported API version is {version.API}"
            return _finish(json_response({"message": text}, 400), self._without_experimental(), self._date()), path
        if asked < _OLDEST:
            text = (
                f"client version {found[1]}.{found[2]} is too old. Minimum supported API version is "
                f"{version.API_MINIMUM}, please upgrade your client to a newer version"
            )
            headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
            refusal = Response(400, headers, text.encode() + b"\n")
            return _finish(refusal, self._without_experimental(), self._date()), path
        return None, found[3]

    def _without_experimental(self) -> dict[str, str]:
        return {key: value for key, value in self._standard.items() if key != "Docker-Experimental"}


def _routes(name: str) -> Callable[[Engine, Router], None]:
    from importlib import import_module

    routes: Callable[[Any, Router], None] = import_module(f"dockersim.engine.api.{name}").routes
    return routes


def _parts(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


_NEWEST, _OLDEST = _parts(version.API), _parts(version.API_MINIMUM)


def _finish(response: Response, standard: dict[str, str], date: str) -> Response:
    """Complete the headers in the order of Go's server: the handler's sorted by name, then what it adds itself."""
    if response.status == 101:
        return response
    own = {**standard, **response.headers}
    if response.body:
        own.pop("Content-Length", None)
    headers = dict(sorted(own.items()))
    headers["Date"] = date
    if isinstance(response.body, bytes):
        if response.status not in (204, 304):
            headers.setdefault("Content-Length", str(len(response.body)))
            if response.body and "Content-Type" not in headers:
                headers["Content-Type"] = "text/plain; charset=utf-8"
    else:
        headers["Transfer-Encoding"] = "chunked"
    response.headers = headers
    return response


def read_json(request: Request) -> dict[str, Any]:
    """The request's JSON object. InvalidParameter in Go's words for what is none."""
    kind = request.header("Content-Type")
    body = request.body
    assert isinstance(body, bytes)
    if kind.partition(";")[0].strip() != "application/json" and (kind or body):
        raise InvalidParameter(f"unsupported Content-Type header ({kind}): must be 'application/json'")
    if not body.strip():
        raise InvalidParameter("invalid JSON: got EOF while reading request body")
    try:
        value = json.loads(body)
    except ValueError as error:
        raise InvalidParameter(f"invalid JSON: {go_json_error(body.decode(errors='replace'), error)}") from None
    if not isinstance(value, dict):
        raise InvalidParameter(f"invalid JSON: json: cannot unmarshal {_go_kind(value)} into Go value")
    return value


def go_json_error(text: str, error: ValueError) -> str:
    """What Go's ``encoding/json`` says where Python's decoder said ``error``."""
    position = getattr(error, "pos", 0)
    if position >= len(text.rstrip()):
        return "unexpected EOF"
    wanted = str(error)
    if "property name" in wanted:
        place = "looking for beginning of object key string"
    elif "':'" in wanted:
        place = "after object key"
    elif "','" in wanted:
        place = "after object key:value pair"
    else:
        place = "looking for beginning of value"
    return f"invalid character '{text[position]}' {place}"


def _go_kind(value: Any) -> str:
    return {list: "array", str: "string", bool: "bool", int: "number", float: "number"}.get(type(value), "null")
