"""``docker login``, ``logout`` and ``search``: what the client says to registries through its daemon."""

from __future__ import annotations

import base64
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.credentials import INDEX, forget, host_of, keep, stored
from dockersim.client.formatting import filters_json, print_list
from dockersim.client.notes import note
from dockersim.client.prompt import ask, ask_secret
from dockersim.client.table import ellipsis, row
from dockersim.client.transport import Failure, Refused
from dockersim.errors import DockersimError

Steps = Generator[Any, Any, int]
NO_TERMINAL = "Error: Cannot perform an interactive login from a non TTY device"
INSECURE = "WARNING! Using --password via the CLI is insecure. Use --password-stdin."
ANOTHER = "To login with a different account, run 'docker logout' followed by 'docker login'"
HUB_ACCOUNT = (
    "Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't have a Docker "
    "ID, head over to https://hub.docker.com/ to create one.\nYou can log in with your password or a Personal Access "
    "Token (PAT). Using a limited-scope PAT grants better security and is required for organizations using SSO. "
    "Learn more at https://docs.docker.com/go/access-tokens/\n"
)
HUB_TOKEN = (
    "A Personal Access Token (PAT) can be used instead.\nTo create a PAT, visit https://app.docker.com/settings\n"
)
DESCRIPTION_WIDTH = 45


def login(cli: Cli) -> Steps:
    """Check a user's password with a registry, and keep it."""
    user, password = yield from _given(cli)
    server = host_of(cli.args[0]) if cli.args and cli.args[0] != "docker.io" else INDEX
    known_user, known_password = stored(cli, server)
    message = None
    if not (user or password) and known_user and known_password:
        message = yield from _again(cli, server, known_user, known_password)
    if message is None:
        message = yield from _anew(cli, server, user, password, known_user)
    cli.print(message)
    return 0


def _given(cli: Cli) -> Generator[Any, Any, tuple[str, str]]:
    options = cli.options
    user, password = options["username"], options["password"]
    if options.changed("password") and options["password-stdin"]:
        raise Failure("conflicting options: cannot specify both --password and --password-stdin")
    if options.changed("username") and not user:
        raise Failure("username is empty")
    if options.changed("password") and not password:
        raise Failure("password is empty")
    if options["password-stdin"]:
        if not user:
            raise Failure("the --password-stdin option requires --username to be set")
        data = yield from cli.p.read_all(0)
        password = data.decode(errors="replace").removesuffix("\n").removesuffix("\r")
    elif password:
        cli.warn(INSECURE)
    return user.strip(), password


def _again(cli: Cli, server: str, user: str, password: str) -> Generator[Any, Any, str | None]:
    """With what is known already; ``None`` if the registry wants it no more."""
    cli.warn(f"Authenticating with existing credentials... [Username: {user}]")
    cli.p.err(note(cli, ANOTHER, 2) + "\n\n")
    try:
        return (yield from _check(cli, server, user, password))
    except Refused as refused:
        if refused.code == 401:
            cli.warn("Stored credentials invalid or expired")
        else:
            cli.warn(f"Login did not succeed, error: {refused}")
        return None


def _anew(cli: Cli, server: str, user: str, password: str, known: str) -> Generator[Any, Any, str]:
    if not (user and password) and not cli.p.isatty(0):
        raise Failure(NO_TERMINAL)
    if not user:
        if server == INDEX:
            cli.print(HUB_ACCOUNT)
        user = (yield from ask(cli, f"Username ({known}): " if known else "Username: ")) or known
        if not user:
            raise Failure("Error: Non-null Username Required")
    if not password:
        if server == INDEX:
            cli.print(HUB_TOKEN)
        password = yield from ask_secret(cli, "Password: ")
        if not password:
            raise Failure("Error: Password Required")
    return (yield from _check(cli, server, user, password))


def _check(cli: Cli, server: str, user: str, password: str) -> Generator[Any, Any, str]:
    """Ask the daemon; keep what it accepts; its words."""
    yield from cli.p.flush()
    body = {"username": user, "password": password, "serveraddress": server}
    answer = yield from cli.daemon.post("/auth", body=body)
    keep(cli, server, user, password)
    return str(answer["Status"])


def logout(cli: Cli) -> int:
    """Forget a registry's password."""
    server = cli.args[0] if cli.args else INDEX
    cli.print(f"Removing login credentials for {host_of(server)}")
    forget(cli, server)
    return 0


def search(cli: Cli) -> Steps:
    """Look for images on Docker Hub."""
    from dockersim.client.commands.run import auth
    from dockersim.oci import Reference

    options, term = cli.options, cli.args[0]
    query = {"term": term}
    if int(options["limit"] or 0) > 0:
        query["limit"] = str(options["limit"])
    if options["filter"]:
        query["filters"] = filters_json(options["filter"])
    try:
        header = auth(cli, Reference.normalized(term))
    except DockersimError:
        header = base64.urlsafe_b64encode(b"{}").decode()
    response = yield from cli.daemon.call("GET", "/images/search", query, headers={"X-Registry-Auth": header})
    plain = options["format"] == "json"
    rows = []
    for found in response.json():
        text = found["description"].replace("\n", " ").replace("\r", " ")
        fields = {
            "Description": text if options["no-trunc"] else ellipsis(text, DESCRIPTION_WIDTH),
            "IsAutomated": _mark(found.get("is_automated", False), plain),
            "IsOfficial": _mark(found["is_official"], plain),
            "Name": found["name"],
            "StarCount": str(found["star_count"]),
        }
        rows.append(row("search", fields))
    print_list(cli, "search", rows)
    return 0


def _mark(value: bool, plain: bool) -> str:
    if plain:
        return "true" if value else "false"
    return "[OK]" if value else ""
