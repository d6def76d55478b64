"""``docker attach``."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.exits import status_of, wait_for
from dockersim.client.paths import path_of
from dockersim.client.streams import Session, SignalProxy
from dockersim.client.transport import Failure
from dockersim.client.window import follow, send_size

Steps = Generator[Any, Any, int]
STATES = (
    ("Paused", True, "You cannot attach to a paused container, unpause it first"),
    ("Restarting", True, "You cannot attach to a restarting container, wait until it is running"),
)


def attach(cli: Cli) -> Steps:
    """Connect the terminal to a running container; its exit status."""
    name, options = cli.args[0], cli.options
    waiting = None
    with contextlib.suppress(Failure):  # what is wrong with the container, the next request tells
        waiting = yield from wait_for(cli, name)
    found = yield from _inspect_running(cli, name)
    tty = bool(found["Config"]["Tty"])
    stdin = bool(not options["no-stdin"] and found["Config"]["OpenStdin"])
    if tty and not options["no-stdin"] and not cli.p.isatty(0):
        raise Failure("the input device is not a TTY")
    proxy = SignalProxy(cli, name, forward=bool(options["sig-proxy"]) and not tty)
    query = {"stream": "1", "stdout": "1", "stderr": "1"}
    if stdin:
        query["stdin"] = "1"
    if cli.detach_keys:
        query["detachKeys"] = cli.detach_keys
    response = yield from cli.daemon.hijack(path_of("container", name, "attach"), query)
    session = Session(cli, response, stdin=stdin, tty=tty, keys=cli.detach_keys)
    try:
        yield from _inspect_running(cli, name)
        if tty and cli.p.isatty(1):
            yield from send_size(
                cli, path_of("container", name), larger=1
            )  # so that a program there draws its screen anew
            yield from follow(cli, path_of("container", name))
    except BaseException:
        session.end()
        raise
    yield from session.show()
    if session.detached:
        raise Failure("read escape sequence")
    status = (yield from status_of(cli, waiting.body)) if waiting is not None else 0
    proxy.end()
    return status


def _inspect_running(cli: Cli, name: str) -> Generator[Any, Any, dict[str, Any]]:
    found: dict[str, Any] = yield from cli.daemon.get(path_of("container", name, "json"))
    state = found["State"]
    if not state["Running"]:
        raise Failure("You cannot attach to a stopped container, start it first")
    for key, value, words in STATES:
        if state[key] is value:
            raise Failure(words)
    return found
