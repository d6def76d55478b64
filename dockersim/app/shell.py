"""``python -m dockersim sh``: lines, scripts or a dialogue with the shell of the simulated laptop."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from dockersim.userland.process import Process, Program
from dockersim.world import World


def shell(options: argparse.Namespace) -> int:
    """Run what was asked for; the exit status of the last command."""
    line, words = options.line, list(options.words)
    main: Program | None = None
    if line is not None:
        main = _line(line, words)
    elif words:
        text = _read(words[0])
        if text is None:
            return 127
        main = _script(text, words[0], words[1:])
    world = World(seed=options.seed)
    run: Callable[[World, Program | None], int]
    if _on_terminal():
        from dockersim.app.terminal import run
    else:
        from dockersim.app.plain import run
    return run(world, main)


def _on_terminal() -> bool:
    """Whether there is a real terminal whose modes can be set."""
    try:
        import termios  # noqa: F401
    except ImportError:
        return False
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError as error:
        print(f"dockersim: cannot read {path}: {error.strerror}", file=sys.stderr)
        return None


def _line(line: str, words: list[str]) -> Program:
    """``bash -c LINE [NAME [ARG]...]``"""

    def main(p: Process) -> Any:
        p.exec(["bash", "-c", line, *words], path="/bin/bash")

    return main


def _script(text: str, name: str, arguments: list[str]) -> Program:
    """``bash FILE [ARG]...``, with a file that is not on the simulated laptop."""

    def main(p: Process) -> Any:
        from dockersim.userland.shell.interpreter import Shell

        p.argv = ["bash", name, *arguments]
        shell = Shell(p, "bash", name, arguments)
        return shell.to_the_end(shell.run(text))

    return main
