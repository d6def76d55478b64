"""Commands that move containers from state to state: each takes several, goes on after a failure, and tells them all."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.transport import Failure

Steps = Generator[Any, Any, int]
Act = Callable[[str], Generator[Any, Any, Any]]


def each(cli: Cli, act: Act) -> Steps:
    """Do ``act`` for each argument and print it; what failed is told at the end, and makes the status 1."""
    failures = []
    for name in cli.args:
        try:
            yield from act(name)
        except Failure as failure:
            failures.append(str(failure))
            continue
        cli.print(name)
    if failures:
        raise Failure("\n".join(failures))
    return 0


def rm(cli: Cli) -> Steps:
    """Remove containers."""
    options = cli.options
    query = {key: "1" for key, flag in (("force", "force"), ("link", "link"), ("v", "volumes")) if options[flag]}
    return (yield from each(cli, lambda name: cli.daemon.call("DELETE", f"/containers/{name.strip('/')}", query)))
