"""``docker run`` and ``docker create``."""

from __future__ import annotations

import base64
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.credentials import INDEX, stored
from dockersim.client.exits import status_of, wait_for
from dockersim.client.messages import Display
from dockersim.client.paths import path_of
from dockersim.client.request import create_body
from dockersim.client.streams import Session, SignalProxy
from dockersim.client.transport import Failure, Refused
from dockersim.errors import DockersimError
from dockersim.fs import FsError
from dockersim.oci import Platform, Reference
from dockersim.userland.process import Process
from dockersim.wire.message import json_bytes

Steps = Generator[Any, Any, int]
DAEMON_FAILED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127


def run(cli: Cli) -> Steps:
    """``docker run``: create, attach, start, and the container's exit status."""
    body = yield from _body(cli, detach=bool(cli.options["detach"]))
    _check_streams(cli)
    try:
        return (yield from _run(cli, body))
    except Impossible:
        raise
    except Failure as failure:
        raise _as_run_failure(cli, failure) from None


def create(cli: Cli) -> Steps:
    """``docker create``: prints the id."""
    body = yield from _body(cli, detach=False)
    answer = yield from create_container(cli, body)
    cli.print(answer["Id"])
    return 0


def _body(cli: Cli, *, detach: bool) -> Generator[Any, Any, dict[str, Any]]:
    """The create request that the flags come to. Raises :class:`Failure` for those that do not go together."""
    pull = cli.options["pull"]
    try:
        if pull not in ("always", "missing", "never", ""):
            raise Failure(f'invalid pull option: \'{pull}\': must be one of "always", "missing" or "never"')
        yield from cli.daemon.negotiate()
        return create_body(cli, detach=detach)
    except Failure as failure:
        raise _with_help(cli, failure, DAEMON_FAILED) from None


def _check_streams(cli: Cli) -> None:
    o = cli.options
    if o["detach"]:
        if o["attach"]:
            raise Impossible("conflicting options: cannot specify both --attach and --detach")
    elif o["tty"] and (o["interactive"] or "stdin" in o["attach"]) and not cli.p.isatty(0):
        raise Impossible("the input device is not a TTY")


def _as_run_failure(cli: Cli, failure: Failure) -> Failure:
    """What the client tells by its status: a command that is not there, one that is none, or all the rest."""
    if failure.status == SILENT:
        return failure
    text = str(failure)
    if "executable file not found" in text or "no such file or directory" in text or "system cannot find" in text:
        return _with_help(cli, failure, NOT_FOUND)
    if "permission denied" in text or "is a directory" in text:
        return _with_help(cli, failure, NOT_EXECUTABLE)
    return _with_help(cli, failure, DAEMON_FAILED)


def _with_help(cli: Cli, failure: Failure, status: int) -> Failure:
    return Failure(
        f"docker: {failure}\n\nRun 'docker {cli.command.path.rpartition(' ')[2]} --help' for more information", status
    )


SILENT = -1


def _run(cli: Cli, body: dict[str, Any]) -> Steps:
    o, p = cli.options, cli.p
    answer = yield from create_container(cli, body)
    container = answer["Id"]
    yield from p.flush()
    if o["detach"]:
        return (yield from _run_detached(cli, container))
    proxy = SignalProxy(cli, container, forward=bool(o["sig-proxy"]))
    session = yield from _attach(cli, container, body)
    waiting = yield from wait_for(cli, container, _end_of(cli))
    try:
        yield from cli.daemon.call("POST", path_of("container", container, "start"))
    except Refused:
        session.end()
        if o["rm"]:
            yield from status_of(cli, waiting.body)
        raise
    if o["tty"]:
        from dockersim.client.window import follow

        yield from follow(cli, path_of("container", container))
    try:
        yield from session.show()
    except Failure as failure:
        raise Impossible(str(failure)) from None
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
        yield from cli.daemon.call("POST", path_of("container", container, "start"))
    except Refused:
        if cli.options["rm"]:
            yield from status_of(cli, waiting.body)
        raise
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
        response = yield from cli.daemon.hijack(path_of("container", container, "attach"), query)
    except Failure as failure:
        raise Impossible(str(failure)) from None
    return Session(cli, response, stdin=body["AttachStdin"], tty=body["Tty"], keys=keys)


# ---- creating


def create_container(cli: Cli, body: dict[str, Any]) -> Generator[Any, Any, dict[str, Any]]:
    """Create, pulling the image first where it is missing or where ``--pull`` says so, and tell of the warnings."""
    cidfile = CidFile(cli.p, cli.options["cidfile"])
    try:
        reference = _reference(body["Image"])
        logins = _ask_for_socket(cli, body) if cli.options["use-api-socket"] else {}
        _check_platform(cli.options["platform"])
        answer = yield from _pull_and_create(cli, body, reference)
    except BaseException:
        cidfile.remove()
        raise
    for warning in [*(answer.get("Warnings") or ()), *_about_name_servers(body["HostConfig"]["Dns"])]:
        cli.warn(f"WARNING: {warning}")
    cidfile.write(answer["Id"])
    if logins:
        from dockersim.client import apisocket

        yield from apisocket.inject(cli, answer["Id"], logins)
    return answer


def _ask_for_socket(cli: Cli, body: dict[str, Any]) -> dict[str, Any]:
    from dockersim.client import apisocket

    return apisocket.ask(cli, body)


def _pull_and_create(
    cli: Cli, body: dict[str, Any], reference: Reference | None
) -> Generator[Any, Any, dict[str, Any]]:
    o = cli.options
    if o["pull"] == "always" and reference is not None:
        yield from pull(cli, reference)
    try:
        return (yield from _post_create(cli, body))
    except Refused as refused:
        if refused.code != 404 or reference is None or o["pull"] != "missing":
            raise
        if not o["quiet"]:
            cli.warn(f"Unable to find image '{reference.tagged_or_latest().familiar}' locally")
        yield from pull(cli, reference)
        return (yield from _post_create(cli, body))


def _reference(image: str) -> Reference | None:
    """The image's name; ``None`` for an id. Raises :class:`Failure` for what is neither."""
    try:
        return Reference.normalized(image)
    except DockersimError as error:
        if not _is_id(image):
            raise Failure(error.message) from None
        return None


def _about_name_servers(servers: list[str]) -> list[str]:
    local = next((server for server in servers if server.startswith("127.") or server == "::1"), "")
    return [f"Localhost DNS ({local}) may fail in containers."] if local else []


class CidFile:
    """``--cidfile``: made before the container, so that nobody else takes it. Raises :class:`Failure`."""

    def __init__(self, p: Process, path: str) -> None:
        self._p = p
        self._path = path
        if not path:
            return
        if p.vfs.exists(path, cwd=p.cwd, cred=p.cred):
            raise Failure(f"container ID file found, make sure the other container isn't running or delete {path}")
        self.write("")

    def write(self, text: str) -> None:
        """Replace its content."""
        if not self._path:
            return
        try:
            self._p.write_file(self._path, text.encode())
        except FsError as error:
            from dockersim.client.files import go_error

            words = f"open {self._path}: {go_error(error)}"
            raise Failure(f"failed to create the container ID file: {words}") from None

    def remove(self) -> None:
        """There is no container after all."""
        if self._path:
            self._p.vfs.unlink(self._path, cwd=self._p.cwd, cred=self._p.cred)


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


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
    key = INDEX if reference.domain == "docker.io" else reference.domain
    username, password = stored(cli, key)
    if not username:
        return base64.urlsafe_b64encode(b"{}").decode()
    value = {"username": username, "password": password, "serveraddress": key}
    return base64.urlsafe_b64encode(json_bytes(value).strip()).decode()
