"""What is simulated, what is accepted without effect, what is refused: the published table, made from the grammar.

``implemented`` holds the canonical paths of the commands that have code. A command without code is refused, whatever it
says; a flag of a command with code is simulated unless its line in the grammar says otherwise.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from dockersim.client.grammar import Command, Flag, every

NOT_YET = "not simulated yet"


def command_status(found: Command, implemented: Container[str]) -> tuple[str, str]:
    """``("simulated" | "refused", why)`` of one command."""
    if found.support.startswith("refused"):
        return "refused", found.support.removeprefix("refused").strip()
    return ("simulated", "") if found.canonical in implemented else ("refused", NOT_YET)


def flag_status(flag: Flag) -> tuple[str, str]:
    """``("simulated" | "accepted" | "refused", why)`` of one flag of a simulated command."""
    word, _, why = flag.support.partition(" ")
    return word, why


def rows(implemented: Container[str]) -> Iterator[tuple[str, str, str, str]]:
    """Command, flag ("" for the command itself), status and reason, in the order of the grammar."""
    for found in every():
        if found.group:
            continue
        status, why = command_status(found, implemented)
        yield found.full, "", status, why
        if status == "simulated":
            for flag in found.flags:
                if not flag.target:
                    yield (found.full, f"--{flag.name}", *flag_status(flag))


def markdown(implemented: Container[str]) -> str:
    """The table as Markdown: one line for each command, and one for each of its flags that is not simulated in full."""
    lines = ["| command | flag | status | why |", "|---|---|---|---|"]
    for full, flag, status, why in rows(implemented):
        if not flag or status != "simulated":
            lines.append(f"| `{full}` | {f'`{flag}`' if flag else ''} | {status} | {why} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page, as ``SUPPORT.md`` has it."""
    from dockersim.client.main import COMMANDS

    return _HEAD + markdown(COMMANDS)


_HEAD = """\
# What is simulated, what is accepted, what is refused

Made from the client's own table of commands and flags:

    python -c 'from dockersim.client.grammar.support import page; print(page(), end="")' > SUPPORT.md

A flag that is not listed is simulated. *Accepted* flags are read and have no effect; *refused* ones end the command
with a sentence that names them, and exit status 125.

"""
