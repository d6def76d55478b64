"""``python -m dockersim hello-world``: play the run on a fresh world, and tell it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dockersim.app.pages import Line, page
from dockersim.story import tell
from dockersim.world import World

LINE = "docker run hello-world"


def play(options: argparse.Namespace) -> int:
    """Play, then show what was asked for: the narration, the trace as JSON, the diagram as SVG."""
    world = World(seed=options.seed)
    runs = []
    for _ in range(2 if options.twice else 1):
        first = world.trace.end
        status = world.sh(LINE).exit_code
        runs.append(tell(world.trace.since(first), first))
    if options.svg and not _write_diagram(options.svg, world):
        return 1
    if options.json:
        for line in world.trace.json_lines():
            print(line)
    elif options.step:
        from dockersim.app.stepper import step

        step([(chapter, number) for number, chapters in enumerate(runs) for chapter in chapters], world, options.depth)
    elif not options.svg:
        show = printer()
        for number, chapters in enumerate(runs):
            show(opening(number))
            for chapter in chapters:
                show(page(chapter, options.depth))
    return status if status is not None else 1


def opening(number: int) -> list[Line]:
    """What stands before the first step of a run."""
    again = "" if number == 0 else "The same line again, in the same world.\n\n"
    return [Line("note", f"\n{again}"), Line("prompt", f"$ {LINE}\n")] if again else [Line("prompt", f"$ {LINE}\n")]


def printer() -> Any:
    """A function that writes lines: coloured on a terminal, plain where the output is piped or NO_COLOR is set."""
    import os

    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return lambda lines: sys.stdout.write("".join(line.text for line in lines))
    from dockersim.app.colours import write

    return write


def _write_diagram(path: str, world: World) -> bool:
    from dockersim.diagram import sequence

    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(sequence(world.trace))
    except OSError as error:
        print(f"dockersim: cannot write {path}: {error.strerror}", file=sys.stderr)
        return False
    return True
