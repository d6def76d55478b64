"""Flask, FastAPI and ``http.server``: applications whose functions the interpreter runs."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Generator
from typing import Any
from urllib.parse import quote

from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.making import module as make_module
from dockersim.userland.programs.languages.python.modules.making import plain, version_of
from dockersim.userland.programs.languages.python.values import Native, Object, Raised, Unsimulated
from dockersim.userland.programs.servers import static
from dockersim.userland.programs.servers.core import Server, http_date, stamp
from dockersim.userland.programs.servers.files import Manner, answer
from dockersim.wire import Request, Response

TITLES = {404: "Not Found", 405: "Method Not Allowed", 500: "Internal Server Error"}
TEXTS = {
    404: "The requested URL was not found on the server. If you entered the URL manually please check your spelling "
    "and try again.",
    405: "The method is not allowed for the requested URL.",
    500: "The server encountered an internal error and was unable to complete your request. Either the server is "
    "overloaded or there is an error in the application.",
}
DEVELOPMENT = (
    "\x1b[31m\x1b[1mWARNING: This is a development server. Do not use it in a production deployment. "
    "Use a production WSGI server instead.\x1b[0m"
)


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


def module(interpreter: Interpreter, name: str) -> Any:
    """``flask``, ``fastapi``, ``uvicorn`` or ``http``."""
    if name == "flask":
        return _flask(interpreter)
    if name == "fastapi":
        return make_module("fastapi", FastAPI=lambda one, arguments, keywords: _make(one, "fastapi"))
    if name == "uvicorn":

        def run(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Steps:
            target = arguments[0]
            if not isinstance(target, Object):
                raise Unsimulated("uvicorn.run with a name")
            host = str(keywords.get("host", "127.0.0.1"))
            yield from serve_uvicorn(one, target.attributes["application"], host, int(keywords.get("port", 8000)))

        return make_module("uvicorn", run=run)
    raise Unsimulated(f"the module {name}")


def _make(one: Interpreter, kind: str) -> Object:
    found = Application(one, kind, posixpath.basename(one.__dict__.get("script", "app")).removesuffix(".py"))
    if kind == "flask":
        found.request = one.modules["flask"].attributes["request"] if "flask" in one.modules else None
    made = found.object()
    one.__dict__.setdefault("applications", []).append(found)
    return made


def _flask(interpreter: Interpreter) -> Object:
    def jsonify(value: Any = None, **more: Any) -> Object:
        data = json.dumps(more if value is None else value, separators=(",", ":")).encode() + b"\n"
        return Object("response", {"type": "application/json", "body": data})

    def render(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> str:
        path = f"{one.p.cwd.rstrip('/')}/templates/{arguments[0]}"
        if not one.p.vfs.exists(path, cwd="/", cred=one.p.cred):
            raise Raised("OSError", str(arguments[0]))
        text = one.p.read_file(path).decode(errors="replace")
        if "{%" in text:
            raise Unsimulated("templates with statements")
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(keywords.get(found[1], "")), text)

    return make_module(
        "flask",
        Flask=lambda one, arguments, keywords: _make(one, "flask"),
        jsonify=plain(jsonify),
        render_template=render,
        request=Object("Request", dict.fromkeys(("method", "path", "args", "form"), None)),
    )


# ---- serving


def _output(server: Server) -> Any:
    return lambda fd, text: server.log(text, fd)


def _respond(application: Application, server: Server, request: Request, one: Interpreter) -> Steps:
    try:
        status, kind, body = yield from application.answer(request, one)
    except Raised as raised:
        from dockersim.userland.programs.languages.python.main import traceback

        server.log(traceback(one, raised), 2)
        status, kind, body = application.failed(500)
    except Unsimulated as unsimulated:
        server.log(f"{one.__dict__.get('script', '')}:{unsimulated.line}: {unsimulated.what} is not simulated\n", 2)
        status, kind, body = application.failed(500)
    return status, kind, body


def serve_flask(one: Interpreter, application: Application, host: str, port: int, debug: bool) -> Steps:
    """Werkzeug's development server."""
    p = one.p
    with Server(p) as server:
        other = one.behind(_output(server))

        def handle(request: Request) -> Generator[Any, Any, Response]:
            status, kind, body = yield from _respond(application, server, request, other)
            at = stamp(p, "%d/%b/%Y %H:%M:%S")
            line = f'"{request.method} {request.target} HTTP/1.1" {status} -'
            if status == 404:
                line = f'"\x1b[33m{request.method} {request.target} HTTP/1.1\x1b[0m" {status} -'
            elif status >= 500:
                line = f'"\x1b[35m\x1b[1m{request.method} {request.target} HTTP/1.1\x1b[0m" {status} -'
            server.log(f"{request.peer} - - [{at}] {line}\n", 2)
            headers = {
                "Server": f"Werkzeug/3.1.4 Python/{version_of(p)}",
                "Date": http_date(p.sim.nanoseconds()),
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Connection": "close",
            }
            return Response(status, headers, b"" if request.method == "HEAD" else body)

        try:
            server.http(port, handle, host)
        except PortTaken:
            p.err(f"Address already in use\nPort {port} is in use by another program. Either identify and stop that "
                  "program, or start the server with a different port.\n")  # fmt: skip
            p.exit(1)
        p.err(f"{DEVELOPMENT}\n")
        address = (p.computer.net.addresses() or ["127.0.0.1"])[0] if p.computer.net is not None else "127.0.0.1"
        if host == "0.0.0.0":
            p.err(f" * Running on all addresses (0.0.0.0)\n * Running on http://127.0.0.1:{port}\n"
                  f" * Running on http://{address}:{port}\n")  # fmt: skip
        else:
            p.err(f" * Running on http://{host}:{port}\n")
        p.err("\x1b[33mPress CTRL+C to quit\x1b[0m\n")
        if debug:
            p.err(" * Restarting with stat\n * Debugger is active!\n * Debugger PIN: 123-456-789\n")
        p.allocate(28 << 20)
        yield from server.run((signals.INT,))


def serve_uvicorn(one: Interpreter, application: Application, host: str, port: int) -> Steps:
    """Uvicorn."""
    p = one.p
    with Server(p) as server:
        other = one.behind(_output(server))

        def handle(request: Request) -> Generator[Any, Any, Response]:
            status, kind, body = yield from _respond(application, server, request, other)
            number = p.sim.rng.randrange(32768, 60999)
            title = Response(status).reason
            server.log(
                f'INFO:     {request.peer}:{number} - "{request.method} {request.target} HTTP/1.1" {status} {title}\n'
            )
            headers = {
                "date": http_date(p.sim.nanoseconds()),
                "server": "uvicorn",
                "content-length": str(len(body)),
                "content-type": kind,
            }
            return Response(status, headers, b"" if request.method == "HEAD" else body)

        p.err(f"INFO:     Started server process [{p.pid}]\nINFO:     Waiting for application startup.\n"
              "INFO:     Application startup complete.\n")  # fmt: skip
        try:
            server.http(port, handle, host)
        except PortTaken:
            p.err(f"ERROR:    [Errno 98] error while attempting to bind on address ('{host}', {port}): ")
            p.err("address already in use\nINFO:     Waiting for application shutdown.\n")
            p.err("INFO:     Application shutdown complete.\n")
            p.exit(1)
        p.err(f"INFO:     Uvicorn running on http://{host}:{port} (Press CTRL+C to quit)\n")
        p.allocate(40 << 20)
        yield from server.run((signals.INT, signals.TERM))
        p.err("INFO:     Shutting down\nINFO:     Waiting for application shutdown.\n"
              f"INFO:     Application shutdown complete.\nINFO:     Finished server process [{p.pid}]\n")  # fmt: skip


def serve_gunicorn(one: Interpreter, application: Application, host: str, port: int) -> Steps:
    """Gunicorn, with one worker."""
    p = one.p

    def say(text: str, pid: int = 0) -> None:
        p.err(f"[{stamp(p, '%Y-%m-%d %H:%M:%S +0000')}] [{pid or p.pid}] [INFO] {text}\n")

    with Server(p) as server:
        other = one.behind(_output(server))

        def handle(request: Request) -> Generator[Any, Any, Response]:
            status, kind, body = yield from _respond(application, server, request, other)
            headers = {
                "Server": "gunicorn",
                "Date": http_date(p.sim.nanoseconds()),
                "Connection": "close",
                "Content-Type": kind,
                "Content-Length": str(len(body)),
            }
            return Response(status, headers, b"" if request.method == "HEAD" else body)

        say("Starting gunicorn 23.0.0")
        try:
            server.http(port, handle, host)
        except PortTaken:
            p.err(f"[{stamp(p, '%Y-%m-%d %H:%M:%S +0000')}] [{p.pid}] [ERROR] Connection in use: ('{host}', {port})\n")
            p.exit(1)
        say(f"Listening at: http://{host}:{port} ({p.pid})")
        say("Using worker: sync")
        worker = p.fork(_wait)
        say(f"Booting worker with pid: {worker.pid}", worker.pid)
        number = yield from server.run((signals.INT, signals.TERM))
        say(f"Handling signal: {signals.name_of(number)[3:].lower()}")
        worker.signal(signals.KILL)
        say("Shutting down: Master")


def _wait(p: Process) -> Steps:
    yield from p.block(p.sim.event())
    return 0


# ---- python -m http.server


def http_server(p: Process, words: list[str]) -> Steps:
    """``python -m http.server [port] [-b address] [-d directory]``."""
    port, address, root = "8000", "0.0.0.0", p.cwd
    while words:
        word = words.pop(0)
        if word in ("-b", "--bind") and words:
            address = words.pop(0)
        elif word in ("-d", "--directory") and words:
            root = posixpath.join(p.cwd, words.pop(0))
        else:
            port = word
    if not port.isdigit():
        p.err("usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [port]\n")
        p.err(f"server.py: error: argument port: invalid int value: '{port}'\n")
        return 2
    manner = Manner(
        ("index.html", "index.htm"),
        _error_page,
        lambda path, uri: _listing(p, path, uri),
        lambda: {"Server": f"SimpleHTTP/0.6 Python/{version_of(p)}", "Date": http_date(p.sim.nanoseconds())},
        lambda path: static.TYPES.get(static.extension(path), "application/octet-stream"),
        "text/html;charset=utf-8",
    )
    with Server(p) as server:

        def handle(request: Request) -> Response:
            response = answer(p, root, request, manner)
            response.headers.pop("ETag", None)
            response.headers.pop("Accept-Ranges", None)
            at = stamp(p, "%d/%b/%Y %H:%M:%S")
            if response.status == 404:
                server.log(f"{request.peer} - - [{at}] code 404, message File not found\n", 2)
            server.log(
                f'{request.peer} - - [{at}] "{request.method} {request.target} HTTP/1.1" {response.status} -\n', 2
            )
            return response

        try:
            server.http(int(port), handle, address)
        except PortTaken:
            p.err('Traceback (most recent call last):\n  File "<frozen runpy>", line 198, in _run_module_as_main\n')
            p.err('  File "<frozen runpy>", line 88, in _run_code\nOSError: [Errno 98] Address already in use\n')
            return 1
        p.out(f"Serving HTTP on {address} port {port} (http://{address}:{port}/) ...\n")
        yield from server.run((signals.INT,))
        p.out("\nKeyboard interrupt received, exiting.\n")
    return 0


def _error_page(status: int, request: Request) -> bytes:
    title = {404: "File not found"}.get(status, Response(status).reason)
    meaning = {404: "Nothing matches the given URI"}.get(status, Response(status).reason)
    return (
        '<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <style type="text/css">\n            :root {\n'
        '                color-scheme: light dark;\n            }\n        </style>\n        <meta charset="utf-8">\n'
        "        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n"
        f"        <p>Error code: {status}</p>\n        <p>Message: {title}.</p>\n"
        f"        <p>Error code explanation: {status} - {meaning}.</p>\n    </body>\n</html>\n"
    ).encode()


def _listing(p: Process, path: str, uri: str) -> bytes:
    title = f"Directory listing for {uri}"
    rows = []
    for name in sorted(p.vfs.listdir(path, cwd="/", cred=p.cred), key=str.lower):
        slash = "/" if p.vfs.is_dir(f"{path.rstrip('/')}/{name}", cwd="/", cred=p.cred) else ""
        rows.append(f'<li><a href="{quote(name)}{slash}">{name}{slash}</a></li>\n')
    return (
        '<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<style type="text/css">\n:root {\n'
        f"color-scheme: light dark;\n}}\n</style>\n<title>{title}</title>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n<hr>\n<ul>\n{''.join(rows)}</ul>\n<hr>\n</body>\n</html>\n"
    ).encode()
