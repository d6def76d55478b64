"""Commands of a swarm, of plugins of the daemon, of checkpoints and of content trust, as far as a plain daemon goes:
each sends the request that it begins with, and the daemon says why not."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.files import read_input
from dockersim.client.formatting import filters_json, print_list
from dockersim.client.transport import Failure, Refused

Steps = Generator[Any, Any, int]
NAMESPACE = "com.docker.stack.namespace"
NO_MANAGER = (
    'this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm '
    "and try again"
)
IN_BACKGROUND = (
    "Since --detach=false was not specified, tasks will be created in the background.\n"
    "In a future release, --detach=false will become the default."
)
_ASKED: dict[str, tuple[str, str]] = {
    "config create": ("POST", "/configs/create"),
    "config ls": ("GET", "/configs"),
    "node demote": ("GET", "/nodes/{0}"),
    "node ls": ("GET", "/nodes"),
    "node promote": ("GET", "/nodes/{0}"),
    "node update": ("GET", "/nodes/{0}"),
    "secret create": ("POST", "/secrets/create"),
    "secret ls": ("GET", "/secrets"),
    "service create": ("POST", "/services/create"),
    "service logs": ("GET", "/services/{0}?insertDefaults=false"),
    "service ls": ("GET", "/services?status=true"),
    "service rollback": ("GET", "/services/{0}?insertDefaults=false"),
    "service update": ("GET", "/services/{0}?insertDefaults=false"),
    "swarm ca": ("GET", "/swarm"),
    "swarm join-token": ("GET", "/swarm"),
    "swarm leave": ("POST", "/swarm/leave"),
    "swarm update": ("GET", "/swarm"),
    "plugin disable": ("POST", "/plugins/{0}/disable"),
    "plugin enable": ("POST", "/plugins/{0}/enable?timeout=30"),
    "plugin push": ("POST", "/plugins/{0}:latest/push"),
    "plugin set": ("POST", "/plugins/{0}/set"),
}
"""The first request of a command that ends with it, by the command's canonical path."""
_COLLECTIONS = {"config": "configs", "node": "nodes", "secret": "secrets", "service": "services", "plugin": "plugins"}


def ask(cli: Cli) -> Steps:
    """A command that a single request decides."""
    method, path = _ASKED[cli.command.canonical]
    if cli.command.name == "create" and len(cli.args) > 1 and cli.args[1] != "-" and "service" not in path:
        read_input(cli, cli.args[1])
    yield from cli.daemon.call(method, path.format(*cli.args), body={} if method == "POST" else None)
    return 0


def inspect(cli: Cli) -> Steps:
    """``inspect`` of what a daemon without a swarm, and without plugins, does not have."""
    kind = cli.command.canonical.partition(" ")[0]
    name = cli.args[0]
    path = {"service": f"/services/{name}?insertDefaults=true", "plugin": f"/plugins/{name}/json"}.get(kind)
    if kind == "node" and name == "self":
        path = "/nodes"
        yield from cli.daemon.get("/info")
    try:
        yield from cli.daemon.call("GET", path or f"/{_COLLECTIONS[kind]}/{name}")
    except Refused:
        if not cli.options.get("pretty", False):
            cli.print("[]" if not cli.options["format"] else "")
        raise
    return 0


def rm(cli: Cli) -> Steps:
    """``rm`` of one or more of them."""
    kind = cli.command.canonical.partition(" ")[0]
    failures = []
    for name in cli.args:
        try:
            yield from cli.daemon.call("DELETE", f"/{_COLLECTIONS[kind]}/{name}")
        except Refused as refused:
            failures.append(str(refused))
    if failures:
        raise Failure("\n".join(failures))
    return 0


def node_ps(cli: Cli) -> Steps:
    """List the tasks of nodes."""
    if cli.args and cli.args[0] != "self":
        yield from cli.daemon.call("GET", f"/nodes/{cli.args[0]}")
        return 0
    yield from cli.daemon.get("/info")
    yield from cli.daemon.call("GET", "/nodes")
    return 0


def service_ps(cli: Cli) -> Steps:
    """List the tasks of services."""
    yield from cli.daemon.call("GET", "/services", {"filters": filters_json({"id": cli.args})})
    return 0


def service_scale(cli: Cli) -> Steps:
    """Set how many tasks services have."""
    name = cli.args[0].partition("=")[0]
    try:
        yield from cli.daemon.call("GET", f"/services/{name}", {"insertDefaults": "false"})
    except Refused as refused:
        raise Failure(f"{name}: {refused}") from None
    return 0


def unlock(cli: Cli) -> Steps:
    """Unlock a manager."""
    yield from cli.daemon.get("/info")
    raise Failure("Error: This node is not part of a swarm")


def unlock_key(cli: Cli) -> Steps:
    """Show the key that unlocks a manager."""
    try:
        yield from cli.daemon.call("GET", "/swarm/unlockkey")
    except Refused as refused:
        raise Failure(f"could not fetch unlock key: {refused}") from None
    return 0


def stack(cli: Cli) -> Steps:
    """``ls``, ``ps``, ``rm`` and ``services`` of stacks."""
    name, resource, query = cli.command.name, "/services", {}
    label = NAMESPACE if name == "ls" else f"{NAMESPACE}={cli.args[0]}"
    query["filters"] = filters_json({"label": [label]})
    if name == "services":
        query["status"] = "true"
    if name == "ps":
        resource = "/tasks"
    yield from cli.daemon.call("GET", resource, query)
    return 0


def stack_deploy(cli: Cli) -> Steps:
    """Run a Compose file in a swarm."""
    files = cli.options["compose-file"]
    if not files:
        raise Failure("Specify a Compose file (with --compose-file)")
    for path in files:
        if path != "-":
            read_input(cli, path)
    if not cli.options.changed("detach"):
        cli.warn(IN_BACKGROUND)
    yield from cli.daemon.get("/info")
    raise Failure(NO_MANAGER)


def plugin_ls(cli: Cli) -> Steps:
    """List the daemon's plugins: there are none."""
    query = {"filters": filters_json(cli.options["filter"])} if cli.options["filter"] else {}
    yield from cli.daemon.get("/plugins", query)
    print_list(cli, "plugin", [])
    return 0


def plugin_upgrade(cli: Cli) -> Steps:
    """Take a newer version of a plugin."""
    try:
        yield from cli.daemon.call("GET", f"/plugins/{cli.args[0]}/json")
    except Refused as refused:
        raise Failure(f"error reading plugin data: {refused}") from None
    return 0


def trust_inspect(cli: Cli) -> int:
    """Nobody signs images here."""
    cli.print("[]")
    raise Failure("\n".join(f"no signatures or cannot access {name}" for name in cli.args[:1]))
