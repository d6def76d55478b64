"""A daemon's API without a client: requests straight to its handlers, the clock driven as far as they need."""

from __future__ import annotations

import json
from typing import Any

from dockersim.wire import Request, Response
from dockersim.world import World

Json = dict[str, Any]


class Answer:
    """``status``, and the decoded JSON ``body`` (``None`` for none)."""

    def __init__(self, status: int, body: Any) -> None:
        self.status = status
        self.body = body

    @property
    def message(self) -> str:
        """The words of a refusal."""
        return str(self.body["message"])

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.body}>"


class Api:
    """The daemon of ``world``, asked directly."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, method: str, path: str, body: Json | None = None) -> Answer:
        data = b"" if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        result = self.world.engine.service.handler(Request(method, f"/v1.51{path}", headers, data))
        if not isinstance(result, Response):
            done = self.world.sim.process(result)
            while not done.processed:
                self.world.sim.env.step()
            assert isinstance(done.value, Response)
            result = done.value
        assert isinstance(result.body, bytes)
        return Answer(result.status, json.loads(result.body) if result.body else None)

    def run(self, name: str, *command: str, **host: Any) -> Answer:
        """Create and start a container; ``networks`` are ``EndpointsConfig``, ``config`` more of the body."""
        networks: Json = host.pop("networks", {})
        body: Json = {"Image": "busybox", "Cmd": list(command) or ["sleep", "100000"], **host.pop("config", {})}
        body |= {"HostConfig": host, "NetworkingConfig": {"EndpointsConfig": networks}}
        made = self("POST", f"/containers/create?name={name}", body)
        return self("POST", f"/containers/{name}/start") if made.status == 201 else made
