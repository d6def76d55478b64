"""Notes that the client prints beside its answers (docker/cli, ``internal/tui``)."""

from __future__ import annotations

from dockersim.client.cli import Cli

INDENT = "\n" + " " * 9


def note(cli: Cli, text: str, fd: int) -> str:
    """What the client would have its reader know, with an empty line before it, in colours where ``fd`` has them."""
    if not cli.p.isatty(fd) or cli.p.env.get("NO_COLOR"):
        return f"\n Info -> {INDENT.join(text.split(chr(10)))}\n"
    mark = "\x1b[1m\x1b[106m\x1b[30mi\x1b[0m\x1b[0m \x1b[96mInfo \u2192 \x1b[0m\x1b[0m"
    lines = INDENT.join(f"\x1b[3m{line}\x1b[0m" for line in text.split("\n"))
    return f"\n{mark}{lines}\n"
