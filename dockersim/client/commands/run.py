"""``docker run`` and ``docker create``."""

from __future__ import annotations

import base64
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.exits import status_of, wait_for
from dockersim.client.messages import Display
from dockersim.client.request import create_body
from dockersim.client.streams import Session, SignalProxy
from dockersim.client.transport import Failure, Refused
from dockersim.errors import DockersimError
from dockersim.fs import FsError
from dockersim.oci import Platform, Reference
from dockersim.wire.message import json_bytes

Steps = Generator[Any, Any, int]
DAEMON_FAILED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127


def run(cli: Cli) -> Steps:
    """``docker run``: create, attach, start, and the container's exit status."""
    yield from cli.daemon.negotiate()
    try:
        return (yield from _run(cli))
    except Impossible:
        raise
    except Failure as failure:
        raise _as_run_failure(cli, failure) from None


def create(cli: Cli) -> Steps:
    """``docker create``: prints the id."""
    yield from cli.daemon.negotiate()
    try:
        body = create_body(cli.p, cli.options, cli.args[0], cli.args[1:], detach=False)
    except Failure as failure:
        raise _as_run_failure(cli, failure) from None
    answer = yield from create_container(cli, body)
    for warning in answer.get("Warnings") or ():
        cli.warn(f"WARNING: {warning}")
    cli.print(answer["Id"])
    return 0


def _as_run_failure(cli: Cli, failure: Failure) -> Failure:
    status = DAEMON_FAILED
    text = str(failure)
    if "executable file not found" in text or "no such file or directory" in text or "system cannot find" in text:
        status = NOT_FOUND
    elif "permission denied" in text or "is a directory" in text:
        status = NOT_EXECUTABLE
    if failure.status == SILENT:
        return failure
    if not isinstance(failure, StartRefused):
        status = DAEMON_FAILED
    return Failure(f"docker: {text}\n\nRun '{cli.full} --help' for more information", status)


class StartRefused(Failure):
    """The daemon could not start what it had created."""


SILENT = -1


def _run(cli: Cli) -> Steps:
    o, p = cli.options, cli.p
    detach = bool(o["detach"])
    if detach and o["attach"]:
        raise Impossible("conflicting options: cannot specify both --attach and --detach")
    body = create_body(p, o, cli.args[0], cli.args[1:], detach=detach)
    if o["tty"] and o["interactive"] and not detach and not p.isatty(0):
        raise Impossible("the input device is not a TTY")
    answer = yield from create_container(cli, body)
    container = answer["Id"]
    for warning in answer.get("Warnings") or ():
        cli.warn(f"WARNING: {warning}")
    yield from p.flush()
    if detach:
        return (yield from _run_detached(cli, container))
    proxy = SignalProxy(cli, container, forward=bool(o["sig-proxy"]) and not o["tty"])
    session = yield from _attach(cli, container, body)
    waiting = yield from wait_for(cli, container, _end_of(cli))
    try:
        yield from cli.daemon.call("POST", f"/containers/{container}/start")
    except Refused as refused:
        session.end()
        if o["rm"]:
            yield from status_of(cli, waiting.body)
        raise StartRefused(str(refused)) from None
    if o["tty"]:
        from dockersim.client.window import follow

        yield from follow(cli, f"/containers/{container}")
    yield from session.show()
    if session.detached:
        return 0
    status = yield from status_of(cli, waiting.body)
    proxy.end()
    return status


def _run_detached(cli: Cli, container: str) -> Steps:
    waiting = yield from wait_for(cli, container, _end_of(cli))
    cli.print(container)
    yield from cli.p.flush()
    try:
        yield from cli.daemon.call("POST", f"/containers/{container}/start")
    except Refused as refused:
        if cli.options["rm"]:
            yield from status_of(cli, waiting.body)
        raise StartRefused(str(refused)) from None
    return 0


def _end_of(cli: Cli) -> str:
    """Which end of the container the client waits for."""
    return "removed" if cli.options["rm"] else "next-exit"


class Impossible(Failure):
    """Options that do not go together, or not with this input: said as it is, without the way to the help page."""


def _attach(cli: Cli, container: str, body: dict[str, Any]) -> Generator[Any, Any, Session]:
    query = {"stream": "1"}
    for stream in ("stdin", "stdout", "stderr"):
        if body[f"Attach{stream.capitalize()}"]:
            query[stream] = "1"
    if cli.detach_keys:
        query["detachKeys"] = cli.detach_keys
    keys = cli.detach_keys
    try:
        response = yield from cli.daemon.hijack(f"/containers/{container}/attach", query)
    except Failure as failure:
        raise Impossible(str(failure)) from None
    return Session(cli, response, stdin=body["AttachStdin"], tty=body["Tty"], keys=keys)


# ---- creating


def create_container(cli: Cli, body: dict[str, Any]) -> Generator[Any, Any, dict[str, Any]]:
    """Create, pulling the image first where it is missing or where ``--pull`` says so."""
    o = cli.options
    image = body["Image"]
    try:
        reference = Reference.normalized(image)
    except DockersimError as error:
        if not _is_id(image):
            raise Failure(error.message) from None
        reference = None
    _check_cidfile(cli)
    _check_platform(o["platform"])
    if o["pull"] not in ("always", "missing", "never"):
        raise Failure(f'invalid pull option: \'{o["pull"]}\': must be one of "always", "missing" or "never"')
    if o["pull"] == "always" and reference is not None:
        yield from pull(cli, reference)
    try:
        answer = yield from _post_create(cli, body)
    except Refused as refused:
        if refused.code != 404 or reference is None or o["pull"] != "missing":
            raise
        if not o["quiet"]:
            cli.warn(f"Unable to find image '{reference.tagged_or_latest().familiar}' locally")
        yield from pull(cli, reference)
        answer = yield from _post_create(cli, body)
    if o["cidfile"]:
        cli.p.write_file(o["cidfile"], answer["Id"].encode())
    return answer


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


def _check_cidfile(cli: Cli) -> None:
    path = cli.options["cidfile"]
    if not path:
        return
    try:
        cli.p.vfs.stat(path, cwd=cli.p.cwd, cred=cli.p.cred)
    except FsError:
        return
    raise Failure(f"container ID file found, make sure the other container isn't running or delete {path}")


def _check_platform(text: str) -> None:
    try:
        if text:
            Platform.parse(text)
    except DockersimError as error:
        raise Failure(f"error parsing specified platform: {error.message}") from None


def _post_create(cli: Cli, body: dict[str, Any]) -> Generator[Any, Any, dict[str, Any]]:
    query = {}
    if cli.options["name"]:
        query["name"] = cli.options["name"]
    if cli.options["platform"]:
        query["platform"] = cli.options["platform"]
    answer: dict[str, Any] = yield from cli.daemon.post("/containers/create", query, body)
    return answer


def pull(cli: Cli, reference: Reference) -> Generator[Any, Any, None]:
    """Pull an image for a container, its progress on standard error."""
    full = reference.tagged_or_latest()
    query = {"fromImage": full.name, "tag": full.digest or full.tag}
    if cli.options["platform"]:
        query["platform"] = cli.options["platform"]
    yield from cli.p.flush()
    response = yield from cli.daemon.call("POST", "/images/create", query, headers={"X-Registry-Auth": auth(cli, full)})
    if cli.options["quiet"]:
        yield from _drain(response.body)
    else:
        yield from Display(cli.p, 2).show(response.body)


def _drain(body: Any) -> Generator[Any, Any, None]:
    while (yield from body.receive()):
        pass


def auth(cli: Cli, reference: Reference) -> str:
    """The header with the credentials for a reference's registry: base64url JSON, ``{}`` without any."""
    key = "https://index.docker.io/v1/" if reference.domain == "docker.io" else reference.domain
    entry = cli.config().get("auths", {}).get(key, {})
    if not entry.get("auth"):
        return base64.urlsafe_b64encode(b"{}").decode()
    username, _, password = base64.b64decode(entry["auth"]).decode().partition(":")
    value = {"username": username, "password": password, "serveraddress": key}
    return base64.urlsafe_b64encode(json_bytes(value).strip()).decode()
