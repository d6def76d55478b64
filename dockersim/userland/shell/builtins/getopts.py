"""The builtin getopts (XCU getopts)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dockersim.userland.shell.builtins.core import bad_name
from dockersim.userland.shell.state import ShellError
from dockersim.userland.shell.syntax.words import is_name

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell


def getopts_(shell: Shell, argv: Sequence[str]) -> int:
    if len(argv) < 3:
        if shell.bash:
            shell.p.err("getopts: usage: getopts optstring name [arg ...]\n")
            return 2
        usage = "Usage: getopts optstring var [arg...]"
        raise ShellError(usage if shell.flavour == "dash" else "usage: getopts optstring var [arg]", 2, "getopts")
    options, name = argv[1], argv[2]
    if not is_name(name):
        return bad_name(shell, "getopts", name)
    args = list(argv[3:]) if len(argv) > 3 else shell.params
    index, at = shell.getopts_at
    letter, argument, status = _next_option(shell, options, args, index, at)
    shell.set(name, letter)
    if argument is None:
        shell.vars.pop("OPTARG", None)
    else:
        shell.set("OPTARG", argument)
    return status


def _next_option(shell: Shell, options: str, args: Sequence[str], index: int, at: int) -> tuple[str, str | None, int]:
    silent = options.startswith(":")

    def stand(index: int, at: int) -> None:
        shell.vars["OPTIND"] = str(index)
        shell.getopts_at = (index, at)

    if at == 0:
        word = args[index - 1] if index <= len(args) else ""
        if not word.startswith("-") or word == "-" or word == "--":
            stand(index + (word == "--"), 0)
            return "?", None, 1
        at = 1
    word = args[index - 1]
    letter = word[at]
    following = (index, at + 1) if at + 1 < len(word) else (index + 1, 0)
    where = options.find(letter)
    if letter == ":" or where < 0:
        stand(*following)
        if silent:
            return "?", letter, 0
        _option_error(shell, "illegal option", letter)
        return "?", None, 0
    if options[where + 1 : where + 2] != ":":
        stand(*following)
        return letter, None if shell.bash else "", 0
    if at + 1 < len(word):
        stand(index + 1, 0)
        return letter, word[at + 1 :], 0
    if index < len(args):
        stand(index + 2, 0)
        return letter, args[index], 0
    stand(index + 1, 0)
    if silent:
        return ":", letter, 0
    _option_error(shell, "option requires an argument", letter)
    return "?", None, 0


def _option_error(shell: Shell, words: str, letter: str) -> None:
    if shell.bash:
        shell.p.err(f"{shell.arg0}: {words} -- {letter}\n")
    elif shell.flavour == "dash":
        shell.p.err(f"Illegal option -{letter}\n" if words.startswith("ill") else f"No arg for -{letter} option\n")
    else:
        words = words if words.startswith("ill") else "no arg for"
        shell.p.err(f"{words} -{letter}{'' if words.startswith('ill') else ' option'}\n")
