"""``docker inspect``, and the inspect commands of containers and images."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from urllib.parse import quote

from dockersim.client import inspection
from dockersim.client.cli import Cli
from dockersim.client.commands.images import parsed_platform
from dockersim.client.paths import named
from dockersim.client.transport import Failure, Refused

Steps = Generator[Any, Any, int]
PATHS = {
    "config": "/configs/{}",
    "container": "/containers/{}/json",
    "image": "/images/{}/json",
    "network": "/networks/{}",
    "node": "/nodes/{}",
    "plugin": "/plugins/{}/json",
    "secret": "/secrets/{}",
    "service": "/services/{}",
    "task": "/tasks/{}",
    "volume": "/volumes/{}",
}
"""Where the daemon tells of each type of object."""
LOCAL, SWARM = ("container", "image", "network", "volume"), ("service", "task", "node")
"""The types that are tried for a bare name, in order; those of a swarm only where there is one."""


_NO_NAME = ("not supported", "invalid reference format")
"""What a daemon says of a name that can be none of the type in question."""


def inspect(cli: Cli) -> Steps:
    """Show any objects whole: of the type that ``--type`` says, or of the first type that has the name."""
    kind = cli.options["type"]
    if kind not in PATHS and cli.options.changed("type"):
        known = ", ".join(f'"{name}"' for name in PATHS)
        wrong = f'unknown type: "{kind}"' if kind else "type is empty"
        raise Failure(f"{wrong}: must be one of {known}")
    if kind:
        return (yield from _show(cli, lambda name: _get(cli, kind, name)))
    return (yield from _show(cli, lambda name: _search(cli, name)))


def containers(cli: Cli) -> Steps:
    """Show containers whole."""
    return (yield from _show(cli, lambda name: _get(cli, "container", name)))


def images(cli: Cli) -> Steps:
    """Show images whole."""
    yield from cli.daemon.negotiate()
    wanted = cli.options["platform"]
    query = {"platform": parsed_platform(wanted)} if wanted else {}
    return (yield from _show(cli, lambda name: _get(cli, "image", name, query)))


def _show(cli: Cli, fetch: inspection.Fetch) -> Steps:
    return (yield from inspection.inspect(cli, cli.args, cli.options["format"], fetch))


def _get(cli: Cli, kind: str, name: str, query: dict[str, str] | None = None) -> Generator[Any, Any, inspection.Object]:
    sized = cli.options.get("size")
    path = PATHS[kind].format(quote(_named(kind, name), safe="/:@"))
    answer = yield from cli.daemon.get(path, query or ({"size": "1"} if sized and kind == "container" else {}))
    if sized and kind != "container":
        cli.warn(f"WARNING: --size ignored for {kind}")
    return inspection.Object(kind, answer)


def _named(kind: str, name: str) -> str:
    if kind in ("container", "network", "volume"):
        return named(kind, name)
    if kind == "image" and not name:
        raise Failure("Error: No such image: ")
    return name


def _search(cli: Cli, name: str) -> Generator[Any, Any, inspection.Object]:
    for kind in LOCAL:
        found = yield from _try(cli, kind, name)
        if found is not None:
            return found
    info = yield from cli.daemon.get("/info")
    manager = info.get("Swarm", {}).get("ControlAvailable", False)
    for kind in (*(SWARM if manager else ()), "plugin"):
        found = yield from _try(cli, kind, name)
        if found is not None:
            return found
    raise Failure(f"Error: No such object: {name}")


def _try(cli: Cli, kind: str, name: str) -> Generator[Any, Any, inspection.Object | None]:
    try:
        return (yield from _get(cli, kind, name))
    except Refused as refused:
        if refused.code == 404 or any(words in refused.plain for words in _NO_NAME):
            return None
        raise
