"""``--use-api-socket``: a container that may talk to the daemon, with the logins of whoever started it."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.fs import Node, Tree
from dockersim.fs.tar import pack

Json = dict[str, Any]
SOCKET = "/var/run/docker.sock"
PLACE = "/run/secrets/docker"


def ask(cli: Cli, body: Json) -> Json:
    """Add the mount of the socket to a create request; the logins that are to be put into the container."""
    host = body["HostConfig"]
    bind = {"Type": "bind", "Source": SOCKET, "Target": SOCKET, "BindOptions": {}}
    host["Mounts"] = [*(host.get("Mounts") or ()), bind]
    logins: Json = cli.config().get("auths") or {}
    if not logins or any(entry.startswith("DOCKER_CONFIG=") for entry in body["Env"] or ()):
        return {}
    body["Env"] = [*(body["Env"] or ()), f"DOCKER_CONFIG={PLACE}"]
    return logins


def inject(cli: Cli, container: str, logins: Json) -> Generator[Any, Any, None]:
    """Write a configuration with nothing but the logins into a new container."""
    text = json.dumps({"auths": logins}, indent="\t").encode()
    tree = Tree.of({f"{PLACE}/config.json": Node.file(text, 0o600)})
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "text/plain"}
    place = path_of("container", container, "archive")
    yield from cli.daemon.call("PUT", place, {"path": "/", "noOverwriteDirNonDir": "true"}, pack(tree), headers)
