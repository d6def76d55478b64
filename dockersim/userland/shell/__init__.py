"""The shell of the little computers: one POSIX shell that is bash, busybox ash or dash, down to its error messages.

``lexer``, ``parser`` and ``ast`` are pure: text to tree. ``expand`` turns words into fields, ``interpreter`` is the
shell on its process, ``commands`` carries out each kind of command, ``builtins`` holds the commands that are part of
the shell, ``program`` is ``sh`` with its options, ``editing`` the line under the learner's fingers.
"""

from collections.abc import Generator
from typing import Any

from dockersim.userland.process import Process
from dockersim.userland.shell.interpreter import Shell
from dockersim.userland.shell.state import Flow
from dockersim.userland.shell.syntax.problems import Incomplete, SyntaxProblem
from dockersim.userland.shell.syntax.program import parse


def main(process: Process) -> Generator[Any, Any, int]:
    """The program that ``sh``, ``ash``, ``bash`` and ``dash`` are: by its name, and ``sh`` by whose system it is."""
    from dockersim.userland.shell.program import run

    return run(process)


__all__ = ["Flow", "Incomplete", "Shell", "SyntaxProblem", "main", "parse"]
