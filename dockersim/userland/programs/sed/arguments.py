"""What follows a command's letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.regex import ESCAPES
from dockersim.userland.programs.sed.replacement import BadReference, replacement
from dockersim.userland.programs.sed.script import Command

if TYPE_CHECKING:
    from dockersim.userland.programs.sed.reader import Reader

_OPEN_ENDED = "{aicrwWe"
"""Commands behind which another may follow at once, or whose argument takes the whole line."""


def arguments(reader: Reader, command: Command) -> None:
    """Read the arguments of ``command``, and enter it into the reader's list. Raises :class:`BadScript`."""
    if command.name == "#":
        reader.line()
        return
    reader.commands.append(command)
    if (read := _READ.get(command.name)) is not None:
        read(reader, command)
    if command.name not in _OPEN_ENDED:
        reader.end()


def _opened(reader: Reader, command: Command) -> None:
    reader.open.append(len(reader.commands) - 1)


def _closed(reader: Reader, command: Command) -> None:
    if not reader.open:
        raise reader.bad("unexpected `}'")
    reader.commands[reader.open.pop()].jump = len(reader.commands) - 1


def _shell_command(reader: Reader, command: Command) -> None:
    reader.spaces()
    command.text = reader.line()


def _file(reader: Reader, command: Command) -> None:
    reader.spaces()
    command.file = reader.line()
    if not command.file:
        raise reader.bad("missing filename in r/R/w/W commands", "empty filename")


def _label(reader: Reader, command: Command) -> None:
    reader.spaces()
    start = reader.at
    stop = "\n; " if command.name == ":" else "\n;}"
    while reader.peek() and reader.peek() not in stop:
        reader.at += 1
    command.text = reader.text[start : reader.at].strip()
    if command.name == ":" and not command.text:
        raise reader.bad('":" lacks a label')


def _number(reader: Reader, command: Command) -> None:
    reader.spaces()
    start = reader.at
    reader.number()
    command.text = reader.text[start : reader.at]


def _inserted(reader: Reader, command: Command) -> None:
    reader.spaces()
    if reader.at >= len(reader.text):
        raise reader.bad("expected \\ after `a', `c' or `i'")
    if reader.peek() == "\\":
        reader.at += 1
        reader.spaces()
        if reader.peek() == "\n":
            reader.at += 1
        if not reader.peek():
            raise reader.bad("incomplete command")
    out: list[str] = []
    while reader.at < len(reader.text):
        character = reader.text[reader.at]
        reader.at += 1
        if character == "\\" and reader.at < len(reader.text):
            after = reader.text[reader.at]
            out.append(ESCAPES[after] if after in "t" else after)
            reader.at += 1
        elif character == "\n":
            break
        else:
            out.append(character)
    command.text = "".join(out)


def _transliteration(reader: Reader, command: Command) -> None:
    mark = reader.peek()
    reader.at += 1
    sides = []
    for _ in range(2):
        text = reader.until(mark, "unterminated `y' command", False)
        sides.append(
            encode(re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1] if m[1] == "\\" else m[0]), text))
        )
    if len(sides[0]) != len(sides[1]):
        raise reader.bad("strings for `y' command are different lengths")
    table = bytearray(range(256))
    for one, other in zip(*sides, strict=True):
        table[one] = other
    command.table = bytes(table)


def _substitution(reader: Reader, command: Command) -> None:
    mark = reader.peek()
    if not mark or mark in "\n\\":
        raise reader.bad("unterminated `s' command")
    reader.at += 1
    pattern = reader.until(mark, "unterminated `s' command", True)
    by = reader.until(mark, "unterminated `s' command", False)
    flags = ""
    while reader.peek() and reader.peek() in "gpiIeMm0123456789w":
        flag = reader.peek()
        if flag.isdigit():
            command.number = reader.number()
            if not command.number:
                raise reader.bad("number option to `s' command may not be zero")
            continue
        reader.at += 1
        if flag == "w":
            reader.spaces()
            command.file = reader.line()
            break
        if flag == "g" and command.everywhere:
            raise reader.bad("multiple `g' options to `s' command")
        if flag == "p" and command.prints:
            raise reader.bad("multiple `p' options to `s' command")
        command.everywhere |= flag == "g"
        command.prints |= flag == "p"
        command.evaluate |= flag == "e"
        flags += flag.upper()
    if reader.peek() and reader.peek() not in " \t;\n}#":
        reader.at += 1
        raise reader.bad("unknown option to `s'", "bad option in substitution expression")
    command.regex = reader.compile(pattern, flags)
    groups = command.regex.groups if command.regex is not None else 9
    try:
        command.replacement = replacement(by, groups)
    except BadReference as error:
        raise reader.bad(f"invalid reference \\{error} on `s' command's RHS", f"bad regex '{by}'") from None


_READ: dict[str, Callable[[Reader, Command], None]] = {
    "{": _opened,
    "}": _closed,
    "s": _substitution,
    "y": _transliteration,
    "e": _shell_command,
    **dict.fromkeys("aic", _inserted),
    **dict.fromkeys("rwW", _file),
    **dict.fromkeys("bTt:", _label),
    **dict.fromkeys("qQlL", _number),
}
