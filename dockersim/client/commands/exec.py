"""``docker exec``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client import pairs
from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.client.streams import Session
from dockersim.client.transport import Failure
from dockersim.client.window import follow
from dockersim.userland import signals

Steps = Generator[Any, Any, int]


def exec_(cli: Cli) -> Steps:
    """Run one more command in a container; its exit status."""
    options, container = cli.options, cli.args[0]
    yield from cli.daemon.negotiate()
    request = _request(cli, _env(cli))
    detach, tty = bool(options["detach"]), bool(options["tty"])
    yield from cli.daemon.get(path_of("container", container, "json"))
    if not detach and tty and options["interactive"] and not cli.p.isatty(0):
        raise Failure("the input device is not a TTY")
    made = yield from cli.daemon.post(path_of("container", container, "exec"), body=request)
    identity = made["Id"]
    if not identity:
        raise Failure("exec ID empty")
    start: dict[str, Any] = {"Detach": detach, "Tty": tty}
    if tty:
        start["ConsoleSize"] = request["ConsoleSize"]
    if detach:
        yield from cli.daemon.post(f"/exec/{identity}/start", body=start)
        return 0
    return (yield from _attached(cli, identity, start))


def _attached(cli: Cli, identity: str, start: dict[str, Any]) -> Steps:
    options, tty = cli.options, bool(cli.options["tty"])
    response = yield from cli.daemon.hijack(f"/exec/{identity}/start", body=start)
    session = Session(cli, response, stdin=bool(options["interactive"]), tty=tty, keys=cli.detach_keys)
    interrupted = []

    def let_go(number: int) -> None:
        interrupted.append(number)
        session.end()

    for number in (signals.INT, signals.TERM):
        cli.p.handlers[number] = let_go
    if tty and cli.p.isatty(0):
        yield from follow(cli, f"/exec/{identity}")
    yield from session.show()
    if session.detached:
        raise Failure("read escape sequence")
    if interrupted:
        return 0
    return int((yield from cli.daemon.get(f"/exec/{identity}/json"))["ExitCode"])


def _env(cli: Cli) -> list[str]:
    try:
        return pairs.env(cli.p, cli.options["env-file"], cli.options["env"])
    except ValueError as error:
        raise Failure(str(error)) from None


def _request(cli: Cli, env: list[str]) -> dict[str, Any]:
    options = cli.options
    shown = not options["detach"]
    size = [cli.p.tty.rows, cli.p.tty.columns] if cli.p.isatty(1) else [0, 0]
    request: dict[str, Any] = {
        "User": options["user"],
        "Privileged": options["privileged"],
        "Tty": options["tty"],
    }
    if options["tty"]:
        request["ConsoleSize"] = size
    request |= {
        "AttachStdin": bool(shown and options["interactive"]),
        "AttachStderr": shown,
        "AttachStdout": shown,
        "Detach": options["detach"],
        "DetachKeys": cli.detach_keys,
        "Env": env or None,
        "WorkingDir": options["workdir"],
        "Cmd": cli.args[1:],
    }
    return request
