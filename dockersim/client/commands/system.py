"""``docker version``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client import version as me
from dockersim.client.cli import Cli
from dockersim.client.template import Struct, Template, TemplateError
from dockersim.client.transport import Failure, NoDaemon
from dockersim.units.time import ansic, parse_rfc3339

Json = dict[str, Any]
_CLIENT = {
    "Version": me.CLIENT,
    "ApiVersion": me.API,
    "DefaultAPIVersion": me.API,
    "GitCommit": me.COMMIT,
    "GoVersion": me.GO,
    "Os": "linux",
    "Arch": "amd64",
    "BuildTime": me.BUILT,
    "Context": "default",
}


def version(cli: Cli) -> Generator[Any, Any, int]:
    """Show the versions of client and daemon; the client's also where no daemon answers."""
    failure, server = None, None
    try:
        server = yield from cli.daemon.get("/version")
    except NoDaemon as error:
        failure = error
    client = {**_CLIENT, "ApiVersion": cli.daemon.api or me.API, "Context": cli.context}
    source = cli.options["format"]
    if source:
        _print_formatted(cli, source, client, server)
    else:
        cli.p.out(_client_text(client) + (_server_text(server) if server else ""))
    if failure is not None:
        raise failure
    return 0


def _print_formatted(cli: Cli, source: str, client: Json, server: Json | None) -> None:
    both = Struct({"Client": _named(client, "system.clientVersion"), "Server": _typed(server)}, "system.versionInfo")
    try:
        cli.print(Template("{{json .}}" if source == "json" else source, "version").execute(both))
    except TemplateError as error:
        cli.print()
        raise Failure(str(error)) from None


def _typed(server: Json | None) -> Struct | None:
    if server is None:
        return None
    components = [Struct(component, "types.ComponentVersion") for component in server["Components"]]
    engine = components[0]["Details"]
    components[0] = Struct({**components[0], "Details": {**engine, "BuildTime": _built(engine["BuildTime"])}})
    platform = Struct(server["Platform"], "struct { Name string }")
    return _named({**server, "Platform": platform, "Components": components}, "types.Version")


def _named(fields: Json, type_name: str) -> Struct:
    """With Go's names beside those of JSON: ``APIVersion`` is ``ApiVersion``."""
    version = fields["ApiVersion"]
    return Struct(fields, type_name, {"APIVersion": lambda: version})


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
