"""Images and containers as archives: ``docker save``, ``load``, ``import``, ``export``; and ``docker commit``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.commands.images import platform_json
from dockersim.client.files import check_output, read_input
from dockersim.client.messages import Display
from dockersim.client.paths import named, path_of
from dockersim.client.transport import Failure
from dockersim.errors import DockersimError
from dockersim.oci import Reference
from dockersim.sim import read_all
from dockersim.wire import Response

Steps = Generator[Any, Any, int]
CHUNKED = {"Transfer-Encoding": "chunked"}


def save(cli: Cli) -> Steps:
    """Write images to an archive."""
    query = [("names", name) for name in cli.args]
    if cli.options["platform"]:
        yield from cli.daemon.negotiate()
        query.append(("platform", platform_json(cli.options["platform"])))
    check_output(cli, cli.options["output"], "failed to save image")
    response = yield from cli.daemon.call("GET", "/images/get", query)
    return (yield from _write(cli, response))


def export(cli: Cli) -> Steps:
    """Write a container's file system to an archive."""
    check_output(cli, cli.options["output"], "failed to export container")
    response = yield from cli.daemon.call("GET", path_of("container", cli.args[0], "export"))
    return (yield from _write(cli, response))


def _write(cli: Cli, response: Response) -> Steps:
    if cli.options["output"]:
        cli.p.write_file(cli.options["output"], (yield from read_all(response.body)), mode=0o600)
        return 0
    body = response.body
    if isinstance(body, bytes):
        yield from cli.p.write(1, body)
        return 0
    while chunk := (yield from body.receive()):
        yield from cli.p.write(1, chunk)
    return 0


def load(cli: Cli) -> Steps:
    """Read images from an archive."""
    path = cli.options["input"]
    if path:
        data = read_input(cli, path)
    elif cli.p.isatty(0):
        raise Failure("requested load from stdin, but stdin is empty")
    else:
        data = yield from cli.p.read_all(0)
    quiet = bool(cli.options["quiet"]) or not cli.p.isatty(1)
    query = {"quiet": "1" if quiet else "0"}
    if cli.options["platform"]:
        query["platform"] = platform_json(cli.options["platform"])
    headers = {"Content-Type": "application/x-tar", **CHUNKED}
    response = yield from cli.daemon.call("POST", "/images/load", query, data, headers)
    yield from Display(cli.p, 1).show(response.body)
    return 0


def import_(cli: Cli) -> Steps:
    """Make an image of a file system in an archive."""
    source, *names = cli.args
    query = [("changes", change) for change in cli.options["change"]]
    if cli.options["message"]:
        query.append(("message", cli.options["message"]))
    if cli.options["platform"]:
        query.append(("platform", cli.options["platform"].lower()))
    remote = source.startswith(("http://", "https://"))
    data = None if remote else (yield from _archive(cli, source))
    if names and names[0]:
        try:
            Reference.normalized(names[0])
        except DockersimError as error:
            raise Failure(error.message) from None
        query.append(("repo", names[0]))
    query.append(("fromSrc", source if remote else "-"))
    headers = {} if remote else {"Content-Type": "text/plain", **CHUNKED}
    response = yield from cli.daemon.call("POST", "/images/create", query, data, headers)
    yield from Display(cli.p, 1).show(response.body)
    return 0


def _archive(cli: Cli, source: str) -> Generator[Any, Any, bytes]:
    return (yield from cli.p.read_all(0)) if source == "-" else read_input(cli, source)


def commit(cli: Cli) -> Steps:
    """Make an image of what a container changed."""
    options, (container, *names) = cli.options, cli.args
    yield from cli.daemon.negotiate()
    query = [("author", options["author"]), *(("changes", change) for change in options["change"])]
    query += [("comment", options["message"]), ("container", named("container", container))]
    if not options["pause"]:
        query.append(("pause", "0"))
    name, tag = "", ""
    if names and names[0]:
        try:
            reference = Reference.normalized(names[0])
        except DockersimError as error:
            raise Failure(error.message) from None
        if reference.digest:
            raise Failure("refusing to create a tag with a digest reference")
        reference = reference.tagged_or_latest()
        name, tag = reference.name, reference.tag
    answer = yield from cli.daemon.post("/commit", [*query, ("repo", name), ("tag", tag)])
    cli.print(answer["Id"])
    return 0
