"""``docker attach``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.exits import status_of, wait_for
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
    try:
        waiting = yield from wait_for(cli, name)
    except Failure:
        pass  # what is wrong with the container, the next request tells
    found = yield from _inspect_running(cli, name)
    tty = bool(found["Config"]["Tty"])
    stdin = bool(not options["no-stdin"] and found["Config"]["OpenStdin"])
    if tty and not options["no-stdin"] and not cli.p.isatty(0):
        raise Failure("the input device is not a TTY")
    proxy = SignalProxy(cli, name, forward=bool(options["sig-proxy"]) and not tty)
    query = {"stream": "1", "stdout": "1", "stderr": "1"}
    if stdin:
        query["stdin"] = "1"
    if options["detach-keys"]:
        query["detachKeys"] = options["detach-keys"]
    response = yield from cli.daemon.hijack(f"/containers/{name}/attach", query)
    session = Session(cli, response, stdin=stdin, tty=tty, keys=options["detach-keys"])
    try:
        yield from _inspect_running(cli, name)
        unfollow = (yield from _redraw(cli, name)) if tty and cli.p.isatty(1) else None
    except BaseException:
        session.end()
        raise
    yield from session.show()
    if unfollow is not None:
        unfollow()
    if session.detached:
        raise Failure("read escape sequence")
    status = (yield from status_of(cli, waiting.body)) if waiting is not None else 0
    proxy.end()
    return status


def _inspect_running(cli: Cli, name: str) -> Generator[Any, Any, dict[str, Any]]:
    found: dict[str, Any] = yield from cli.daemon.get(f"/containers/{name}/json")
    state = found["State"]
    if not state["Running"]:
        raise Failure("You cannot attach to a stopped container, start it first")
    for key, value, words in STATES:
        if state[key] is value:
            raise Failure(words)
    return found


def _redraw(cli: Cli, name: str) -> Generator[Any, Any, Any]:
    """A larger size first, then the right one, so that what runs there draws its screen anew."""
    path = f"/containers/{name}"
    yield from send_size(cli, path, larger=1)
    return (yield from follow(cli, path))
