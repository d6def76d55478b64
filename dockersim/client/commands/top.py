"""``docker top``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.client.table import columns


def top(cli: Cli) -> Generator[Any, Any, int]:
    """List the processes of a container, as ``ps`` on its host does."""
    name, *arguments = cli.args
    query = {"ps_args": " ".join(arguments)} if arguments else {}
    found = yield from cli.daemon.get(path_of("container", name, "top"), query)
    lines = [found["Titles"], *(found["Processes"] or ())]
    cli.p.out(columns("".join("\t".join(line) + "\n" for line in lines), 20))
    return 0
