"""Where the daemon has what a command names: paths below ``/v1.50``."""

from __future__ import annotations

from urllib.parse import quote

from dockersim.client.transport import Failure


def named(kind: str, name: str) -> str:
    """The name of a ``container``, ``network`` or ``volume``; the client does not ask for what has none."""
    name = name.strip()
    if not name:
        raise Failure(f"invalid {kind} name or ID: value is empty")
    return name


def path_of(kind: str, name: str, *rest: str) -> str:
    """The path of such an object, or of what ``rest`` says of it."""
    return "/".join((f"/{kind}s", quote(named(kind, name), safe="/$&+,:;=@"), *rest))
