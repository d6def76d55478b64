"""An application: routes with their functions, and the answers that these give."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import Any

from dockersim.userland.process import Steps
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.values import Native, Object, Raised
from dockersim.userland.programs.languages.python.web.serving import serve_flask
from dockersim.wire import Request

TITLES = {404: "Not Found", 405: "Method Not Allowed", 500: "Internal Server Error"}
TEXTS = {
    404: "The requested URL was not found on the server. If you entered the URL manually please check your spelling "
    "and try again.",
    405: "The method is not allowed for the requested URL.",
    500: "The server encountered an internal error and was unable to complete your request. Either the server is "
    "overloaded or there is an error in the application.",
}


class Application:
    """What a program registered: routes with their functions."""

    def __init__(self, interpreter: Interpreter, kind: str, name: str) -> None:
        self.interpreter = interpreter
        self.kind = kind
        self.name = name
        self.routes: list[tuple[re.Pattern[str], tuple[str, ...], Any]] = []
        self.request: Object | None = None

    def object(self) -> Object:
        """The value that the program holds."""
        names = {"get": ("GET",), "post": ("POST",), "put": ("PUT",), "delete": ("DELETE",), "patch": ("PATCH",)}
        attributes: dict[str, Any] = {name: Native(name, self._registrar(verbs)) for name, verbs in names.items()}
        attributes["route"] = Native("route", self._registrar(("GET",)))
        attributes["run"] = Native("run", self._run)
        attributes |= {"config": {}, "application": self, "logger": _logger()}
        return Object("Flask" if self.kind == "flask" else "FastAPI", attributes)

    def _registrar(self, verbs: tuple[str, ...]) -> Any:
        return lambda one, arguments, keywords: self._route(arguments, keywords, verbs)

    def _route(self, arguments: list[Any], keywords: dict[str, Any], verbs: tuple[str, ...]) -> Native:
        path = str(arguments[0] if arguments else keywords.get("path", "/"))
        given = tuple(str(verb).upper() for verb in keywords.get("methods", verbs))
        pattern = ""
        for part in re.split(r"([<{][^>}]*[>}])", path):
            if part[:1] in ("<", "{"):
                name = part[1:-1].rpartition(":")[2] if part[0] == "<" else part[1:-1].partition(":")[0]
                pattern += f"(?P<{name}>[^/]+)"
            else:
                pattern += re.escape(part)

        def register(one: Interpreter, functions: list[Any], _: dict[str, Any]) -> Any:
            self.routes.append((re.compile(pattern), given, functions[0]))
            return functions[0]

        return Native("decorator", register)

    def _run(self, one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Steps:
        host = str(keywords.get("host", arguments[0] if arguments else "127.0.0.1"))
        port = int(keywords.get("port", arguments[1] if len(arguments) > 1 else 5000))
        debug = bool(keywords.get("debug"))
        one.write(1, f" * Serving Flask app '{self.name}'\n * Debug mode: {'on' if debug else 'off'}\n")
        yield from serve_flask(one, self, host, port, debug)

    # ---- answering

    def find(self, request: Request) -> tuple[Any, dict[str, str]] | int:
        """The function for a request and its path's values, or a status."""
        status = 404
        for pattern, verbs, function in self.routes:
            match = pattern.fullmatch(request.path)
            if match and (request.method in verbs or (request.method == "HEAD" and "GET" in verbs)):
                return function, match.groupdict()
            if match:
                status = 405
        return status

    def answer(self, request: Request, one: Interpreter) -> Generator[Any, Any, tuple[int, str, bytes]]:
        """(status, type, body) for a request. Raises :class:`Raised` from the function."""
        found = self.find(request)
        if isinstance(found, int):
            return self.failed(found)
        function, values = found
        if self.request is not None:
            self.request.attributes |= _request_attributes(request)
        arguments: dict[str, Any] = {key: int(value) if value.isdigit() else value for key, value in values.items()}
        if self.kind == "fastapi":
            names = getattr(function, "names", [])
            arguments |= {key: int(value) if value.isdigit() else value
                          for key, value in request.query.items() if key in names}  # fmt: skip
        value = yield from one.invoke(function, [], arguments)
        return self._shaped(value)

    def _shaped(self, value: Any) -> tuple[int, str, bytes]:
        status = 200
        if isinstance(value, tuple) and len(value) > 1 and isinstance(value[1], int) and self.kind == "flask":
            value, status = value[0], value[1]
        if isinstance(value, Object) and value.kind == "response":
            return status, value.attributes["type"], value.attributes["body"]
        if self.kind == "fastapi" or isinstance(value, dict | list):
            data = json.dumps(value, separators=(",", ":")).encode()
            return status, "application/json", data if self.kind == "fastapi" else data + b"\n"
        if not isinstance(value, str | bytes):
            raise Raised("TypeError", "The view function did not return a valid response.")
        return status, "text/html; charset=utf-8", value.encode() if isinstance(value, str) else value

    def failed(self, status: int) -> tuple[int, str, bytes]:
        """The page of an error."""
        title = TITLES[status]
        if self.kind == "fastapi":
            if status == 500:
                return status, "text/plain; charset=utf-8", title.encode()
            return status, "application/json", json.dumps({"detail": title}, separators=(",", ":")).encode()
        head = f"<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n"
        page = f"{head}<p>{TEXTS[status]}</p>\n"
        return status, "text/html; charset=utf-8", page.encode()


def _request_attributes(request: Request) -> dict[str, Any]:
    body = request.body if isinstance(request.body, bytes) else b""

    def parsed(*_: Any) -> Any:
        try:
            return json.loads(body)
        except ValueError:
            raise Raised("ValueError", "400 Bad Request") from None

    return {
        "method": request.method,
        "path": request.path,
        "args": request.query,
        "remote_addr": str(request.peer),
        "headers": dict(request.headers),
        "host": request.header("Host"),
        "data": body,
        "get_json": Native("get_json", parsed),
        "form": Request("GET", "/?" + body.decode(errors="replace")).query,
    }


def _logger() -> Object:
    def say(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> None:
        one.write(2, f"{arguments[0]}\n")

    return Object("Logger", {name: Native(name, say) for name in ("info", "warning", "error", "debug")})
