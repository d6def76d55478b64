"""Questions to whoever types: ``[y/N]`` before something is removed, user name and password before a login."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.userland import signals


def confirmed(cli: Cli, question: str) -> Generator[Any, Any, bool]:
    """Ask on standard output; only ``y`` or ``Y`` is a yes, the end of input is a no."""
    cli.p.out(f"{question} [y/N] ")
    answer = yield from _line(cli)
    return answer.lower() == "y"


def ask(cli: Cli, prompt: str) -> Generator[Any, Any, str]:
    """A line, without the blanks around it."""
    cli.p.out(prompt)
    return (yield from _line(cli))


def ask_secret(cli: Cli, prompt: str) -> Generator[Any, Any, str]:
    """A line that the terminal does not show."""
    terminal = cli.p.tty
    cli.p.out(prompt)
    before, terminal.echo = terminal.echo, False
    try:
        answer = yield from _line(cli)
    finally:
        terminal.echo = before
    cli.print()
    return answer


def _line(cli: Cli) -> Generator[Any, Any, str]:
    """A line; SIGINT and SIGTERM end the client on a line of its own, and successfully."""
    p = cli.p

    def give_up(number: int) -> None:
        cli.print()
        p.exit(0)

    yield from p.flush()
    p.handlers[signals.INT] = p.handlers[signals.TERM] = give_up
    try:
        line: bytes = yield from p.lines(0).next()
    finally:
        del p.handlers[signals.INT], p.handlers[signals.TERM]
    return line.decode(errors="replace").strip()
