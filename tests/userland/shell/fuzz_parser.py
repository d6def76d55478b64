"""Coverage-guided fuzzing of the parser: `python tests/userland/shell/fuzz_parser.py [-runs=N] [-max_total_time=S]`.

Needs the package atheris. No input may give anything but a tree, :class:`Incomplete` or :class:`SyntaxProblem`.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["dockersim.userland.shell"]):
    from dockersim.userland.shell import parse
    from dockersim.userland.shell.syntax.problems import SyntaxProblem

FLAVOURS = ("bash", "ash", "dash")
TOKENS = (
    "if then elif else fi for in do done while until case esac function { } ( ) (( )) [[ ]] ! && || ; ;; & | |& < > >> "
    "<< <<- <<< 2>&1 &> $( ` ${ } $(( )) \" ' $' \\ # ~ * ? [ ] = += x y 1 - : / % ^ , @ \n \t export local EOF"
).split(" ")


def text_of(data: bytes) -> str:
    """Half of the inputs are text as it comes, half are sequences of the shell's own tokens."""
    if data[:1] and data[0] & 1:
        return " ".join(TOKENS[byte % len(TOKENS)] for byte in data[1:])
    return data[1:].decode("utf-8", "surrogateescape")


def one_input(data: bytes) -> None:
    text = text_of(data)
    for flavour in FLAVOURS:
        try:
            parse(text, flavour)
        except SyntaxProblem:  # Incomplete is one of them
            continue


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
