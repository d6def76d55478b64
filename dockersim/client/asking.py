"""When the client speaks to the daemon before it does anything: where an old daemon lacks flags or whole commands."""

from __future__ import annotations

from dockersim.client.grammar import Command

_PAGES = frozenset(
    "docker container image system network plugin volume swarm create exec logs run start update history import load "
    "images pull push rmi save".split()
) | {"container prune", "image inspect", "image prune", "system df", "system prune"}
_GROUPS = frozenset("network plugin volume swarm config secret service stack node".split())


def for_any(meant: Command) -> bool:
    """Whether it asks whatever is typed after the command: old daemons lack the whole group."""
    group, space, _ = meant.canonical.partition(" ")
    return bool(space) and group in _GROUPS


def for_page(shown: Command, called: str) -> bool:
    """Whether it asks before it shows the command's page, typed as ``called``: to hide what the daemon lacks."""
    if shown.canonical.partition(" ")[0] == "buildx":
        return not called.startswith("buildx")
    return shown.canonical in _PAGES or for_any(shown)
