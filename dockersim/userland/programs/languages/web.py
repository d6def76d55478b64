"""A program that only prints and serves: what a recognised source, or a binary built from one, comes down to."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.binary import executable
from dockersim.userland.process import Process
from dockersim.userland.programs.servers.core import Server, http_date
from dockersim.wire import Request, Response

MARK = b"\x00plan\x00"


class Plan:
    """``before`` is printed at the start; with a ``port``, ``routes`` (path to type and body) are served.

    ``ready`` is printed once it listens. A path that ends in ``*`` stands for all below it. ``missing`` is the body
    for other paths, with ``%s`` for the path; ``style`` names the server's manner.
    """

    def __init__(
        self,
        before: str = "",
        port: int = 0,
        routes: dict[str, list[str]] | None = None,
        ready: str = "",
        missing: str = "",
        style: str = "",
    ) -> None:
        self.before = before
        self.port = port
        self.routes = routes or {}
        self.ready = ready
        self.missing = missing
        self.style = style

    def binary(self) -> bytes:
        """An executable that carries the plan."""
        return executable("planned") + MARK + json.dumps(self.__dict__).encode()

    @classmethod
    def of(cls, data: bytes) -> Plan | None:
        """The plan in an executable's bytes."""
        _, mark, text = data.partition(MARK)
        try:
            return cls(**json.loads(text.partition(b"\x00")[0])) if mark else None
        except (ValueError, TypeError):
            return None

    def answer(self, p: Process, request: Request) -> Response:
        found = self.routes.get(request.path)
        if found is None:
            found = next((one for path, one in self.routes.items()
                          if path.endswith("*") and request.path.startswith(path[:-1])), None)  # fmt: skip
        status, (kind, body) = (200, found) if found else (404, ["text/html; charset=utf-8", self.missing])
        if status == 404 and "%s" in body:
            body = body.replace("%s", request.path)
        data = body.replace("{hostname}", p.computer.hostname).encode()
        headers = {"X-Powered-By": "Express"} if self.style == "express" else {}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"Content-Length": str(len(data)), "Date": http_date(p.sim.nanoseconds())}
        return Response(status, headers, b"" if request.method == "HEAD" else data)


def run(p: Process, plan: Plan, taken: str) -> Generator[Any, Any, int]:
    """Do what the plan says. ``taken`` is what a taken port makes it say, with ``{port}``."""
    p.out(plan.before)
    if not plan.port:
        return 0
    p.allocate(30 << 20)
    with Server(p) as server:
        try:
            server.http(plan.port, lambda request: plan.answer(p, request))
        except PortTaken:
            p.err(taken.replace("{port}", str(plan.port)))
            return 1
        p.out(plan.ready)
        number = yield from server.run((signals.INT, signals.TERM) if p.pid != 1 else (signals.INT,))
    return 128 + number


def planned(p: Process) -> Generator[Any, Any, int]:
    """A binary that a compiler here has made."""
    plan = Plan.of(p.read_file(p.argv[0]) if "/" in p.argv[0] else _found(p))
    if plan is None:
        return p.fail("this binary has lost its program", 126)
    return (yield from run(p, plan, "listen tcp :{port}: bind: address already in use\n"))


def _found(p: Process) -> bytes:
    for folder in p.env.get("PATH", "").split(":"):
        path = f"{folder}/{p.argv[0]}"
        if p.vfs.exists(path, cwd=p.cwd, cred=p.cred):
            return p.read_file(path)
    return b""
