"""``docker context``: which daemons there are, and which one is meant."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.contexts import DEFAULT, DESCRIPTION, Contexts, check_name, default_meta
from dockersim.client.files import go_error, read_input
from dockersim.client.formatting import print_list
from dockersim.client.gotypes import decode
from dockersim.client.inspection import parsed
from dockersim.client.table import ellipsis, row
from dockersim.client.template import Struct, TemplateError
from dockersim.client.transport import Failure
from dockersim.fs import FsError, TarError
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.units import parse_bool
from dockersim.units.order import natural

Json = dict[str, Any]
KEYS = ("from", "host", "ca", "cert", "key", "skip-tls-verify")
ERROR_WIDTH = 45
TYPE = "context.contextWithTLSListing"
OVERRIDES = (
    "Warning: DOCKER_HOST environment variable overrides the active context. To use {0}, "
    "either set the global --context flag, or unset DOCKER_HOST environment variable."
)


def show(cli: Cli) -> int:
    """Print the name of the context in use."""
    cli.print(cli.context)
    return 0


def ls(cli: Cli) -> int:
    """List contexts."""
    contexts = Contexts(cli)
    current = cli.context
    names = sorted({DEFAULT, current, *contexts.names()}, key=natural)
    print_list(cli, "context", [_row(contexts, name, current) for name in names])
    if not cli.options["quiet"]:
        _warn_of_overrides(cli)
    return 0


def _row(contexts: Contexts, name: str, current: str) -> Struct:
    error = ""
    try:
        meta = contexts.get(name)
    except Failure as failure:
        meta, error = {"Name": name, "Metadata": {}, "Endpoints": {}}, str(failure)
    description = DESCRIPTION if name == DEFAULT else meta["Metadata"].get("Description", "")
    fields = {
        "Current": name == current,
        "Description": description,
        "DockerEndpoint": meta["Endpoints"].get("docker", {}).get("Host", ""),
        "Error": ellipsis(error, ERROR_WIDTH),
        "Name": name,
    }
    return row("context", fields)


def _warn_of_overrides(cli: Cli) -> None:
    if cli.p.env.get("DOCKER_HOST"):
        cli.warn(OVERRIDES.format("a context"))


def use(cli: Cli) -> int:
    """Make a context the current one."""
    name = cli.args[0]
    if name != DEFAULT:
        check_name(name)
        Contexts(cli).get(name)
    config = cli.config()
    before = config.pop("currentContext", DEFAULT)
    if name != DEFAULT:
        config["currentContext"] = name
    if name != before:
        cli.save_config(config)
    cli.print(name)
    cli.warn(f'Current context is now "{name}"')
    if cli.p.env.get("DOCKER_HOST") and name != DEFAULT:
        cli.warn(OVERRIDES.format(f'"{name}"'))
    return 0


def inspect(cli: Cli) -> int:
    """Show everything known about contexts."""
    contexts = Contexts(cli)
    found, failures = [], []
    for name in cli.args or [cli.context]:
        try:
            found.append(_inspected(contexts, name))
        except Failure as failure:
            failures.append(str(failure))
    cli.p.out(_formatted(cli, cli.options["format"], found))
    if failures:
        raise Failure("\n".join(failures))
    return 0


def _formatted(cli: Cli, source: str, found: list[Json]) -> str:
    if not source:
        return json.dumps(found, indent=4).replace("<", "\\u003c").replace(">", "\\u003e") + "\n"
    if source == "json":
        return json.dumps(found, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e") + "\n"
    template = parsed(source)
    try:
        return "".join(f"{template.execute(decode(one, TYPE))}\n" for one in found) or "\n"
    except TemplateError as error:
        cli.print()
        raise Failure(f"template parsing error: {error}") from None


def _inspected(contexts: Contexts, name: str) -> Json:
    meta = contexts.get(name)
    memory = "<IN MEMORY>"
    return {
        "Name": name,
        "Metadata": meta["Metadata"],
        "Endpoints": meta["Endpoints"],
        "TLSMaterial": {},
        "Storage": {
            "MetadataPath": memory if name == DEFAULT else contexts.directory("meta", name),
            "TLSPath": memory if name == DEFAULT else contexts.directory("tls", name),
        },
    }


# ---- making


def create(cli: Cli) -> int:
    """Make a context."""
    name, options, contexts = cli.args[0], cli.options, Contexts(cli)
    check_name(name)
    if contexts.exists(name):
        raise Failure(f'context "{name}" already exists')
    if options["from"] and options["docker"]:
        raise Failure("cannot use --docker flag when --from is set")
    if options["from"] or not options["docker"]:
        meta = _copied(cli, contexts, options["from"] or DEFAULT)
    else:
        meta = {"Metadata": {}, "Endpoints": {"docker": _endpoint(cli, contexts, options["docker"])}}
    if options["description"]:
        meta["Metadata"] = {"Description": options["description"]}
    contexts.put(name, _ordered(name, meta))
    cli.print(name)
    cli.warn(f'Successfully created context "{name}"')
    return 0


def _copied(cli: Cli, contexts: Contexts, name: str) -> Json:
    if name == DEFAULT:
        return {**default_meta(cli.default_host()), "Metadata": {"Description": DESCRIPTION}}
    return contexts.get(name)


def _ordered(name: str, meta: Json) -> Json:
    return {"Name": name, "Metadata": meta["Metadata"], "Endpoints": meta["Endpoints"]}


def _endpoint(cli: Cli, contexts: Contexts, wanted: dict[str, str]) -> Json:
    """A Docker endpoint of ``--docker`` KEY=VALUE pairs."""
    try:
        for key in wanted:
            if key not in KEYS:
                raise Failure(f"unrecognized config key: {key}")
        if "from" in wanted:
            found: Json = _copied(cli, contexts, wanted["from"])["Endpoints"]["docker"]
            return found
        for key in ("ca", "cert", "key"):
            if key in wanted:
                read_input(cli, wanted[key])
        host = wanted.get("host", "")
        if host and "://" not in host:
            raise Failure(f"unable to apply docker endpoint options: unable to parse docker host `{host}`")
        skip = _boolean(wanted.get("skip-tls-verify", "false"))
        return {"Host": host, "SkipTLSVerify": skip}
    except Failure as failure:
        raise Failure(f"unable to create docker endpoint config: {failure}") from None


def _boolean(text: str) -> bool:
    try:
        return parse_bool(text)
    except ValueError as error:
        raise Failure(str(error).replace("strconv.ParseBool", "skip-tls-verify")) from None


def update(cli: Cli) -> int:
    """Change a context."""
    name, options, contexts = cli.args[0], cli.options, Contexts(cli)
    check_name(name)
    meta = contexts.get(name)
    if options["description"]:
        meta["Metadata"] = {**meta["Metadata"], "Description": options["description"]}
    if options["docker"]:
        meta["Endpoints"]["docker"] = _endpoint(cli, contexts, options["docker"])
    contexts.put(name, _ordered(name, meta))
    cli.print(name)
    cli.warn(f'Successfully updated context "{name}"')
    return 0


def rm(cli: Cli) -> int:
    """Remove contexts; goes on after a failure."""
    failures = []
    for name in cli.args:
        try:
            _remove(cli, name)
        except Failure as failure:
            failures.append(str(failure))
            continue
        cli.print(name)
    if failures:
        raise Failure("\n".join(failures))
    return 0


def _remove(cli: Cli, name: str) -> None:
    contexts, force = Contexts(cli), bool(cli.options["force"])
    if name == DEFAULT:
        raise Failure(f'context "{DEFAULT}" cannot be removed')
    if not contexts.exists(name) and not force:
        raise Failure(f'context "{name}" does not exist')
    if name == cli.context:
        if not force:
            raise Failure(f'context "{name}" is in use, set -f flag to force remove')
        config = cli.config()
        if config.pop("currentContext", None) == name:
            cli.save_config(config)
    contexts.remove(name)


# ---- to and from archives


def export(cli: Cli) -> int:
    """Write a context to an archive."""
    name = cli.args[0]
    if name != DEFAULT:
        check_name(name)
    meta = _ordered(name, _copied(cli, Contexts(cli), name))
    data = json.dumps(meta, separators=(",", ":")).encode()
    archive = write_members([Member("meta.json", data=data), Member("tls", "directory", 0o700)])
    path = cli.args[1] if len(cli.args) > 1 else f"{name}.dockercontext"
    if path == "-":
        if cli.p.isatty(1):
            raise Failure("cowardly refusing to export to a terminal, specify a file path")
        cli.p.out(archive)
        return 0
    if cli.p.vfs.exists(path, cwd=cli.p.cwd, cred=cli.p.cred):
        raise Failure(f"open {path}: file exists")
    try:
        cli.p.write_file(path, archive, 0o600)
    except FsError as error:
        raise Failure(f"open {path}: {go_error(error)}") from None
    cli.warn(f'Written file "{path}"')
    return 0


def import_(cli: Cli) -> Any:
    """Make a context of an archive."""
    name, path = cli.args
    contexts = Contexts(cli)
    check_name(name)
    if contexts.exists(name):
        raise Failure(f'context "{name}" already exists')
    data = (yield from cli.p.read_all(0)) if path == "-" else read_input(cli, path)
    meta = _imported(data, path)
    contexts.put(name, _ordered(name, meta))
    cli.print(name)
    cli.warn(f'Successfully imported context "{name}"')
    return 0


def _imported(data: bytes, path: str) -> Json:
    try:
        for member in _members(data):
            if posixpath.normpath(member.name) == "meta.json":
                meta: Json = json.loads(member.data)
                return {"Metadata": dict(meta["Metadata"]), "Endpoints": dict(meta["Endpoints"])}
    except TarError as error:
        raise Failure(str(error)) from None
    except (ValueError, KeyError, TypeError):
        raise Failure("invalid context: meta.json is malformed") from None
    raise Failure("invalid context: no metadata found")


def _members(data: bytes) -> Iterator[Member]:
    if data[:2] == b"PK":
        raise Failure("contexts in zip files are not simulated: use a tar file", 125)
    reader: Callable[[bytes], Iterator[Member]] = read_members
    return reader(data)
