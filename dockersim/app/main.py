"""The commands of ``python -m dockersim``: ``hello-world`` tells the classical run, ``sh`` is a shell on the laptop."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

USAGE = """\
Docker with the lid off: a simulated laptop, daemon and Docker Hub. No Docker, no root, no network.

  python -m dockersim hello-world               what happens when you type `docker run hello-world`, told
  python -m dockersim hello-world --step        one step at a time
  python -m dockersim sh -c 'docker images'     a line in the shell of the simulated laptop
  python -m dockersim sh                        that shell, interactive
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Never a traceback for what a user can do."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = _parser().parse_args(arguments)
    try:
        if options.command == "hello-world":
            from dockersim.app.hello import play

            return play(options)
        if options.command == "sh":
            from dockersim.app.shell import shell

            return shell(options)
    except BrokenPipeError:  # the reader of our output went away, as in `| head`
        sys.stderr.close()
        return 141
    except KeyboardInterrupt:
        return 130
    _parser().print_help()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dockersim", description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"dockersim {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    hello = commands.add_parser("hello-world", help="tell what happens when you type `docker run hello-world`")
    hello.add_argument(
        "--depth", choices=("story", "messages", "storage"), default="messages", help="how far under the lid to look"
    )
    hello.add_argument("--step", action="store_true", help="wait for Enter between steps; b goes back, q leaves")
    hello.add_argument("--json", action="store_true", help="write the trace instead: one JSON object a line")
    hello.add_argument("--svg", metavar="FILE", help="write the sequence diagram to FILE")
    hello.add_argument("--seed", type=int, default=0, metavar="N", help="another world: other ids and names")
    hello.add_argument("--twice", action="store_true", help="run it again in the same world: what is skipped, and why")
    sh = commands.add_parser("sh", help="a shell on the simulated laptop")
    sh.add_argument("-c", dest="line", metavar="LINE", help="run LINE and exit with its status")
    sh.add_argument("words", nargs=argparse.REMAINDER, metavar="FILE [ARG]...", help="a script to run, its arguments")
    sh.add_argument("--seed", type=int, default=0, metavar="N", help="another world: other ids and names")
    return parser


def _version() -> str:
    from dockersim import __version__

    return __version__
