"""Passwords of registries, in the configuration file or with a helper (docker/cli, ``config/credentials``)."""

from __future__ import annotations

import base64
import posixpath
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.transport import Failure

INDEX = "https://index.docker.io/v1/"
"""The name that Docker Hub has among registries."""
UNENCRYPTED = """
WARNING! Your credentials are stored unencrypted in '{}'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/
"""


def host_of(server: str) -> str:
    """A registry's host and port, of whatever URL; Docker Hub's is a name of its own."""
    return server if server == INDEX else server.rpartition("://")[2].partition("/")[0]


def stored(cli: Cli, server: str) -> tuple[str, str]:
    """User and password for a registry; empty for none, and where they are with a helper that is not there."""
    config = cli.config()
    if _helper(config, server):
        return "", ""
    auths: dict[str, dict[str, str]] = config.get("auths", {})
    entry = auths.get(server) or next((auths[name] for name in auths if host_of(name) == server), {})
    try:
        user, _, password = base64.b64decode(entry.get("auth") or "").decode().partition(":")
    except ValueError:
        return "", ""
    return user, password


def keep(cli: Cli, server: str, user: str, password: str) -> None:
    """Write them down. :class:`Failure` where a helper should."""
    config = cli.config()
    helper = _helper(config, server)
    if helper:
        reason = f'exec: "{helper}": executable file not found in $PATH'
        if _is_there(cli, helper):
            reason = "credential helpers are not simulated"
        raise Failure(f"Error saving credentials: error storing credentials - err: {reason}, out: ``")
    entry = {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}
    auths = config.setdefault("auths", {})
    if auths.get(server) == entry:
        return
    auths[server] = entry
    config["auths"] = dict(sorted(auths.items()))
    cli.save_config(config)
    cli.warn(UNENCRYPTED.format(cli.config_path()))


def forget(cli: Cli, server: str) -> None:
    """Take them away, under whatever spelling of the registry's name."""
    host = host_of(server)
    spellings = {server, host, f"http://{host}", f"https://{host}"}
    config = cli.config()
    auths = config.get("auths", {})
    if spellings & set(auths):
        config["auths"] = {name: entry for name, entry in auths.items() if name not in spellings}
        cli.save_config(config)


def _helper(config: dict[str, Any], server: str) -> str:
    name = (config.get("credHelpers") or {}).get(server) or config.get("credsStore") or ""
    return f"docker-credential-{name}" if name else ""


def _is_there(cli: Cli, program: str) -> bool:
    return any(
        cli.p.vfs.exists(posixpath.join(directory, program)) for directory in cli.p.env.get("PATH", "").split(":")
    )
