"""The servers that applications run behind: Werkzeug's, uvicorn, gunicorn."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.making import version_of
from dockersim.userland.programs.languages.python.values import Raised, Unsimulated
from dockersim.userland.programs.servers.core import Server, http_date, stamp
from dockersim.wire import Request, Response

if TYPE_CHECKING:
    from dockersim.userland.programs.languages.python.web.application import Application

DEVELOPMENT = (
    "\x1b[31m\x1b[1mWARNING: This is a development server. Do not use it in a production deployment. "
    "Use a production WSGI server instead.\x1b[0m"
)


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
