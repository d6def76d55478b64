"""Console transcripts in Markdown, run against a simulated world and compared line by line.

A transcript is a fenced block marked ``console``. A line that begins with ``$ `` is typed; ``> `` continues it; what
follows, up to the next such line, is what the terminal shows. All blocks of one file run in one world, in order.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dockersim.trace import events as e
from dockersim.world import Result, World

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Exchange(NamedTuple):
    """One typed command, the text that follows it, and the line of the file that it stands on."""

    command: str
    expected: str
    line: int


def exchanges(markdown: str) -> list[Exchange]:
    """All typed commands of a file with what they show."""
    found: list[Exchange] = []
    for block in _BLOCK.finditer(markdown):
        number = markdown.count("\n", 0, block.start(1)) + 1
        for offset, line in enumerate(block[1].splitlines()):
            if line.startswith("$ "):
                found.append(Exchange(line[2:], "", number + offset))
            elif not found:
                raise ValueError(f"line {number + offset}: output before any command")
            elif line.startswith("> ") and not found[-1].expected:
                last = found[-1]
                found[-1] = last._replace(command=f"{last.command}\n{line[2:]}")
            else:
                last = found[-1]
                found[-1] = last._replace(expected=f"{last.expected}{line}\n")
    return found


def shown(result: Result) -> str:
    """What a terminal would have shown of a line: standard output and error in the order in which they came.

    Markdown has no carriage returns, so those at the ends of lines are dropped.
    """
    printed = (event.data for event in result.events if isinstance(event, e.Printed))
    return b"".join(printed).decode("utf-8", "replace").replace("\r\n", "\n")


def play(markdown: str, world: World) -> list[tuple[Exchange, str]]:
    """Run a file's commands in ``world``; each with what it really showed."""
    return [(exchange, shown(world.sh(exchange.command))) for exchange in exchanges(markdown)]


def rewritten(markdown: str, world: World) -> str:
    """The file with every output replaced by the real one: how a lesson is brought up to date."""

    def block(match: re.Match[str]) -> str:
        lines = []
        for exchange in exchanges(match[0]):
            first, *rest = exchange.command.split("\n")
            lines += [f"$ {first}", *(f"> {line}" for line in rest)]
            output = shown(world.sh(exchange.command))
            lines += output.splitlines()
        return "```console\n" + "".join(f"{line}\n" for line in lines) + "```"

    return _BLOCK.sub(block, markdown)
