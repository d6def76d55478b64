"""The border of the daemon: versions, standard headers, errors to statuses; then to the handler that the path names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from dockersim.engine import times, version
from dockersim.errors import DockersimError, InvalidParameter, MethodNotAllowed, NotFound, System
from dockersim.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

_VERSION = re.compile(r"/v([0-9.]+)(/.*)")
STANDARD = {
    "Api-Version": version.API,
    "Docker-Experimental": "false",
    "Ostype": "linux",
    "Server": version.SERVER,
}
"""Headers of every answer of a handler."""
_UNVERSIONED = {key: value for key, value in STANDARD.items() if key != "Docker-Experimental"}
_RESOURCES = {
    "containers": "containers",
    "exec": "execs",
    "networks": "networks",
    "volumes": "volumes",
    **dict.fromkeys(("images", "commit", "auth", "distribution", "build"), "images"),
}
"""By the first segment of a path, the module with its operations; all else is the system's."""
_VERBS = {"exec": "execs", "archive": "archive", "export": "archive", "changes": "archive"}
"""By the last segment, where the operation has a module of its own."""


class Server:
    """Answers the Engine API for one daemon; :meth:`handle` is what its socket is given."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.router = Router()
        self._known: set[str] = set()

    def handle(self, request: Request) -> Response | Generator[Any, Any, Response]:
        """One request; never raises. A plain response where the handler takes no time."""
        path = request.path
        if clean(path) != path:
            return _finish(Response(301, {"Location": clean(path) + request.target[len(path) :]}), {}, self._date())
        refusal, path = self._strip_version(path)
        if refusal is not None:
            return refusal
        if request.method == "OPTIONS":
            return _finish(Response(200), STANDARD, self._date())
        try:
            self._learn(path)
            handler = self.router.match(request, unquote(path))
        except (NotFound, MethodNotAllowed):
            return _finish(json_response({"message": "page not found"}, 404), {}, self._date())
        try:
            _parse_form(request)
            answer = handler(request)
        except DockersimError as error:
            return self._refuse(error)
        if isinstance(answer, Response):
            return _finish(answer, STANDARD, self._date())
        return self._later(answer)

    def _learn(self, path: str) -> None:
        """Register the operations that ``path`` may mean: each module is imported when it is first asked for."""
        parts = path.split("/")
        for name in ("system", _RESOURCES.get(parts[1] if parts[1:] else ""), _VERBS.get(parts[-1])):
            if name is not None and name not in self._known:
                self._known.add(name)
                _routes(name)(self._engine, self.router)

    def _later(self, steps: Generator[Any, Any, Response]) -> Generator[Any, Any, Response]:
        try:
            response = yield from steps
        except DockersimError as error:
            return self._refuse(error)
        return _finish(response, STANDARD, self._date())

    def _refuse(self, error: DockersimError) -> Response:
        if error.status == 304:
            return _finish(Response(304), STANDARD, self._date())
        return _finish(json_response({"message": error.message}, error.status), STANDARD, self._date())

    def _date(self) -> str:
        return times.http_date(self._engine.sim.nanoseconds() // times.SECOND)

    def _strip_version(self, path: str) -> tuple[Response | None, str]:
        found = _VERSION.fullmatch(path)
        if found is None:
            return None, path
        asked = _parts(found[1])
        if asked > _NEWEST:
            text = f"client version {found[1]} is too new. Maximum supported API version is {version.API}"
            return _finish(json_response({"message": text}, 400), _UNVERSIONED, self._date()), path
        if asked < _OLDEST:
            text = (
                f"client version {found[1]} is too old. Minimum supported API version is {version.API_MINIMUM}, "
                "please upgrade your client to a newer version"
            )
            headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
            refusal = Response(400, headers, text.encode() + b"\n")
            return _finish(refusal, _UNVERSIONED, self._date()), path
        return None, found[2]


def _routes(name: str) -> Callable[[Engine, Router], None]:
    from importlib import import_module

    routes: Callable[[Any, Router], None] = import_module(f"dockersim.engine.api.{name}").routes
    return routes


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part or 0) for part in text.split("."))


_NEWEST, _OLDEST = _parts(version.API), _parts(version.API_MINIMUM)


def asked_version(request: Request) -> tuple[int, ...]:
    """The API version that the request names; the newest where it names none."""
    found = _VERSION.fullmatch(request.path)
    return _parts(found[1]) if found else _NEWEST


def clean(path: str) -> str:
    """``path`` without empty segments and dots: the daemon sends clients of another one there."""
    if "//" not in path and "/." not in path:
        return path
    end = "/" if path.endswith("/") else ""
    return posixpath.normpath("/" + path.lstrip("/")).rstrip("/") + end or "/"


def _parse_form(request: Request) -> None:
    try:
        request.parse_form()
    except ValueError as error:
        raise InvalidParameter(str(error)) from None


def integer(text: str, wrong: type[DockersimError] = System) -> int:
    """A number in a query, as Go's ``Atoi`` reads it; ``wrong`` for what is none."""
    try:
        if not text.lstrip("+-").isdigit():
            raise ValueError(text)
        return int(text)
    except ValueError:
        raise wrong(f'strconv.Atoi: parsing "{text}": invalid syntax') from None


BUFFER = 2048
"""Bytes that Go's server keeps back: a body that is no longer has its length told, a longer one is chunked."""


def _finish(response: Response, standard: dict[str, str], date: str) -> Response:
    """Complete the headers in the order of Go's server: the handler's sorted by name, then what it adds itself."""
    if response.raw:
        return response
    own = {**standard, **response.headers}
    flushed = own.pop("Transfer-Encoding", "")
    if response.body:
        own.pop("Content-Length", None)
    headers = dict(sorted(own.items()))
    headers["Date"] = date
    if flushed or not isinstance(response.body, bytes) or len(response.body) > BUFFER:
        headers["Transfer-Encoding"] = "chunked"
    elif response.status not in (204, 304):
        headers.setdefault("Content-Length", str(len(response.body)))
        if response.body and "Content-Type" not in headers:
            headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers = headers
    return response
