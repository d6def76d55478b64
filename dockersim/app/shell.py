"""``python -m dockersim sh``: lines, scripts or a dialogue with the shell of the simulated laptop."""

from __future__ import annotations

import argparse
import sys

from dockersim.world import World


def shell(options: argparse.Namespace) -> int:
    """Run what was asked for; the exit status of the last command."""
    world = World(seed=options.seed)
    if options.line is not None:
        return run_text(world, options.line)
    if options.script is not None:
        try:
            with open(options.script, encoding="utf-8", errors="surrogateescape") as file:
                text = file.read()
        except OSError as error:
            print(f"dockersim: cannot read {options.script}: {error.strerror}", file=sys.stderr)
            return 2
        return run_text(world, text)
    return run_text(world, sys.stdin.read())


def run_text(world: World, text: str) -> int:
    """Run a script; its output goes where ours goes, as it comes."""
    result = world.sh(text)
    sys.stdout.buffer.write(result.stdout_bytes)
    sys.stdout.flush()
    sys.stderr.buffer.write(result.stderr_bytes)
    sys.stderr.flush()
    return result.exit_code if result.exit_code is not None else 0
