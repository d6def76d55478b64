"""``docker start``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.exits import status_of, wait_for
from dockersim.client.paths import path_of
from dockersim.client.streams import Session, SignalProxy
from dockersim.client.transport import Failure
from dockersim.client.window import follow

Steps = Generator[Any, Any, int]


def start(cli: Cli) -> Steps:
    """Start containers; with ``-a`` or ``-i`` one, and connect to it."""
    options = cli.options
    if options["attach"] or options["interactive"]:
        if len(cli.args) > 1:
            raise Failure("you cannot start and attach multiple containers at once")
        return (yield from _start_attached(cli))
    failed = []
    for name in cli.args:
        try:
            yield from cli.daemon.call("POST", path_of("container", name, "start"))
        except Failure as failure:
            cli.warn(str(failure))
            failed.append(name)
            continue
        cli.print(name)
        yield from cli.p.flush()
    if failed:
        raise Failure(f"Error: failed to start containers: {', '.join(failed)}")
    return 0


def _start_attached(cli: Cli) -> Steps:
    options = cli.options
    found = yield from cli.daemon.get(path_of("container", cli.args[0], "json"))
    container, tty = found["Id"], bool(found["Config"]["Tty"])
    removed = bool(found["HostConfig"]["AutoRemove"])
    proxy = SignalProxy(cli, container, forward=not tty)
    stdin = bool(options["interactive"] and found["Config"]["OpenStdin"])
    query = {"stream": "1", "stdout": "1", "stderr": "1"}
    if stdin:
        query["stdin"] = "1"
    if cli.detach_keys:
        query["detachKeys"] = cli.detach_keys
    response = yield from cli.daemon.hijack(path_of("container", container, "attach"), query)
    session = Session(cli, response, stdin=stdin, tty=tty, keys=cli.detach_keys)
    waiting = yield from wait_for(cli, container, "removed" if removed else "next-exit")
    try:
        yield from cli.daemon.call("POST", path_of("container", container, "start"))
    except Failure:
        session.end()
        if removed:
            yield from status_of(cli, waiting.body)
        raise
    if tty:
        yield from follow(cli, path_of("container", container))
    yield from session.show()
    if session.detached:
        return 0
    status = yield from status_of(cli, waiting.body)
    proxy.end()
    return status
