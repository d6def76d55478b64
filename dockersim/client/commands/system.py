"""``docker version``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client import version as me
from dockersim.client.cli import Cli
from dockersim.client.gotypes import decode
from dockersim.client.inspection import parsed
from dockersim.client.template import TemplateError
from dockersim.client.transport import Failure, NoDaemon
from dockersim.units.time import ansic, parse_rfc3339

Json = dict[str, Any]


def version(cli: Cli) -> Generator[Any, Any, int]:
    """Show the versions of client and daemon; the client's also where no daemon answers."""
    failure: Failure | None = None
    server = None
    try:
        server = yield from cli.daemon.get("/version")
    except NoDaemon as error:
        failure = error
    client = {**me.view(cli.context), "ApiVersion": cli.daemon.api or me.API}
    source = cli.options["format"]
    if source:
        wrong = _print_formatted(cli, source, client, server)
        failure = failure or wrong
    else:
        cli.p.out(_client_text(client) + (_server_text(server) if server else ""))
    if failure is not None:
        raise failure
    return 0


def _print_formatted(cli: Cli, source: str, client: Json, server: Json | None) -> Failure | None:
    """Print what the template makes; what stops it comes back."""
    template = parsed(source, "version")
    try:
        cli.print(template.execute(decode({"Client": client, "Server": _dated(server)}, "system.versionInfo")))
    except TemplateError as error:
        cli.print(error.written)
        return Failure(str(error))
    return None


def _dated(server: Json | None) -> Json | None:
    """With the engine's time of build as people write it."""
    if server is None:
        return None
    engine, *others = server["Components"]
    details = {**engine["Details"], "BuildTime": _built(engine["Details"]["BuildTime"])}
    return {**server, "Components": [{**engine, "Details": details}, *others]}


def _client_text(client: Json) -> str:
    rows = [
        ("Version", client["Version"]),
        ("API version", _api(client)),
        ("Go version", client["GoVersion"]),
        ("Git commit", client["GitCommit"]),
        ("Built", client["BuildTime"]),
        ("OS/Arch", f"{client['Os']}/{client['Arch']}"),
        ("Context", client["Context"]),
    ]
    return "Client:\n" + "".join(f" {name + ':':<18} {value}\n" for name, value in rows)


def _api(client: Json) -> str:
    used, own = client["ApiVersion"], client["DefaultAPIVersion"]
    return str(used if used == own else f"{used} (downgraded from {own})")


def _server_text(server: Json) -> str:
    lines = ["\nServer:\n"]
    if server["Platform"]["Name"]:
        lines = [f"\nServer: {server['Platform']['Name']}\n"]
    for component in server["Components"]:
        details = component["Details"]
        lines.append(f" {component['Name']}:\n")
        rows = [("Version", component["Version"])]
        if component["Name"] == "Engine":
            rows += [
                ("API version", f"{details['ApiVersion']} (minimum version {details['MinAPIVersion']})"),
                ("Go version", details["GoVersion"]),
                ("Git commit", details["GitCommit"]),
                ("Built", _built(details["BuildTime"])),
                ("OS/Arch", f"{details['Os']}/{details['Arch']}"),
                ("Experimental", details["Experimental"]),
            ]
        else:
            rows.append(("GitCommit", details["GitCommit"]))
        lines += [f"  {name + ':':<17} {value}\n" for name, value in rows]
    return "".join(lines)


def _built(text: str) -> str:
    return ansic(parse_rfc3339(text))
