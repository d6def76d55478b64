"""The Engine API's exec operations."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import bodies
from dockersim.engine.api.containers import dimensions
from dockersim.engine.api.server import STANDARD
from dockersim.engine.containers.attach import upgraded
from dockersim.engine.containers.execs import Exec, Execs
from dockersim.engine.containers.launch import StartFailed
from dockersim.errors import Conflict, InvalidParameter
from dockersim.sim import connection_pair
from dockersim.wire import Request, Response, Router, json_response
from dockersim.wire.frames import encode

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

Steps = Generator[Any, Any, Response]


def routes(engine: Engine, router: Router) -> None:
    """Register every operation under ``/exec``, and the making of one."""
    api = ExecsApi(engine)
    router.add("POST", "/containers/{id:path}/exec", api.create)
    router.add("POST", "/exec/{id}/start", api.start)
    router.add("POST", "/exec/{id}/resize", api.resize)
    router.add("GET", "/exec/{id}/json", api.inspect)


class ExecsApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def _execs(self) -> Execs:
        return self._engine.execs

    def create(self, request: Request) -> Response:
        """ContainerExec."""
        body = bodies.read_json(request, bodies.EXEC)
        if not body.get("Cmd"):
            raise InvalidParameter("No exec command specified")
        name = request.params["id"]
        made = self._execs.create(self._engine.containers.get(name), body, name)
        return json_response({"Id": made.id}, 201)

    def inspect(self, request: Request) -> Response:
        """ExecInspect."""
        return json_response(self._execs.get(request.params["id"]).json())

    def start(self, request: Request) -> Response | Steps:
        """ExecStart: a raw stream at once; what goes wrong after that is told in the stream."""
        body = bodies.read_json(request, bodies.EXEC_START)
        made = self._execs.active(request.params["id"])
        size = body.get("ConsoleSize") or made.request.get("ConsoleSize") or (0, 0)
        if body.get("Detach"):
            return self._start_detached(made, (size[0], size[1]))
        here, there = connection_pair(self._engine.sim)
        try:
            self._execs.check_startable(made)
        except Conflict as refused:
            text = f"{refused.message}\r\n".encode()
            there.send_now(text if body.get("Tty") else encode(1, text))
            there.close()
            return upgraded(request, here, made.tty, STANDARD)
        streams = self._execs.open(made, (size[0], size[1]))
        streams.attach(
            there,
            stdin=made.wants("Stdin"),
            stdout=made.wants("Stdout"),
            stderr=made.wants("Stderr"),
            detach_keys=made.detach_keys,
            on_detach=lambda: self._execs.detached(made),
        )
        self._engine.sim.process(self._run(made))
        return upgraded(request, here, made.tty, STANDARD)

    def _run(self, made: Exec) -> Generator[Any, Any, None]:
        with contextlib.suppress(StartFailed):
            yield from self._execs.run(made)

    def _start_detached(self, made: Exec, size: tuple[int, int]) -> Steps:
        yield from self._execs.start(made, size)
        return Response(200)

    def resize(self, request: Request) -> Steps:
        """ExecResize."""
        size = dimensions(request)
        yield from self._execs.resize(self._execs.get(request.params["id"]), *size)
        return Response(200)
