"""How a container's end reaches the client: the body of ``POST /containers/{id}/wait``."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.client.transport import Failure, receive
from dockersim.wire import Response

NO_STATUS = 125


def wait_for(cli: Cli, container: str, condition: str = "") -> Generator[Any, Any, Response]:
    """Ask the daemon to tell when the condition is met; the head of its answer comes at once."""
    query = {"condition": condition} if condition else {}
    return (yield from cli.daemon.call("POST", path_of("container", container, "wait"), query))


def status_of(cli: Cli, body: Any) -> Generator[Any, Any, int]:
    """The exit status, once the answer says it; 125 where the connection ends before that."""
    if isinstance(body, bytes):
        data = body
    else:
        data = yield from receive(cli.p, body)
    if not data:
        return NO_STATUS
    answer = json.loads(data)
    error = (answer.get("Error") or {}).get("Message")
    if error:
        raise Failure(error, NO_STATUS)
    return int(answer["StatusCode"])
