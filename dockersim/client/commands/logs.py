"""``docker logs``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.client.transport import Failure, receive
from dockersim.units.layouts import timestamp
from dockersim.wire.frames import Decoder

Steps = Generator[Any, Any, int]


def logs(cli: Cli) -> Steps:
    """Print what a container wrote; with ``--follow`` also what it goes on to write."""
    options = cli.options
    container = yield from cli.daemon.get(path_of("container", cli.args[0], "json"))
    query = {"stdout": "1", "stderr": "1", "tail": options["tail"]}
    for flag in ("since", "until"):
        if options[flag]:
            query[flag] = _instant(cli, flag)
    for flag in ("timestamps", "details", "follow"):
        if options[flag]:
            query[flag] = "1"
    response = yield from cli.daemon.call("GET", path_of("container", container["Id"], "logs"), query)
    yield from _show(cli, response.body, bool(container["Config"]["Tty"]))
    return 0


def _instant(cli: Cli, flag: str) -> str:
    try:
        return timestamp(cli.options[flag], cli.p.sim.nanoseconds())
    except ValueError as error:
        raise Failure(f'invalid value for "{flag}": {error}') from None


def _show(cli: Cli, body: Any, tty: bool) -> Generator[Any, Any, None]:
    decoder = Decoder()
    try:
        while data := (yield from receive(cli.p, body)):
            if tty:
                yield from cli.p.write(1, data)
                continue
            for stream, payload in decoder.feed(data):
                yield from cli.p.write(1 if stream == 1 else 2, payload)
    finally:
        body.cancel()
