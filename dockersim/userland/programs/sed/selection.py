"""Addresses: whether a command is for the line that is being edited.

A range is active from the line that its first address chose: ``editor.active`` holds its last line, -1 where that is
not known yet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dockersim.userland.programs.sed.script import Address, BadScript, Command
from dockersim.userland.programs.support import Steps

if TYPE_CHECKING:
    from dockersim.userland.programs.sed.editor import Editor


def selects(editor: Editor, command: Command) -> Steps:
    """Whether the addresses of ``command``, which has some, choose the current line."""
    first, second = command.first, command.second
    assert first is not None
    if second is None:
        return (yield from _matches(editor, first))
    key = id(command)
    if key in editor.active:
        return (yield from _goes_on(editor, key, second))
    if first.kind == "0":
        return _from_the_start(editor, key, second)
    if not (yield from _matches(editor, first)):
        return False
    number = editor.input.number
    if second.kind == "line":
        last = second.number
    elif second.kind == "+":
        last = number + second.number
    elif second.kind == "~":
        last = -(-number // second.number) * second.number if second.number else number
    elif second.kind == "$" and (yield from editor.input.is_last()):
        return True
    else:
        editor.active[key] = -1
        return True
    if last > number:
        editor.active[key] = last
    return True


def _goes_on(editor: Editor, key: int, second: Address) -> Steps:
    """Whether an active range reaches this line, and whether it goes beyond."""
    number, last = editor.input.number, editor.active[key]
    if second.kind == "regex":
        if regex(editor, second).search(editor.space):
            del editor.active[key]
        return True
    if second.kind == "$":
        if (yield from editor.input.is_last()):
            del editor.active[key]
        return True
    if number >= last:
        del editor.active[key]
    return number <= last


def _from_the_start(editor: Editor, key: int, second: Address) -> bool:
    """``0,/regex/``: a range that may end on the first line."""
    started = editor.input.number == 1 and key not in editor.started
    editor.started.add(key)
    if started and not regex(editor, second).search(editor.space):
        editor.active[key] = -1
    return started


def _matches(editor: Editor, address: Address) -> Steps:
    if address.kind == "line":
        return editor.input.number == address.number
    if address.kind == "$":
        return (yield from editor.input.is_last())
    if address.kind == "step":
        first, step = address.number, address.step
        number = editor.input.number
        return number == first if step <= 0 else number >= first and (number - first) % step == 0
    return regex(editor, address).search(editor.space) is not None


def regex(editor: Editor, holder: Address | Command) -> re.Pattern[bytes]:
    """The pattern of ``holder``, or the last one used for an empty one. Raises :class:`BadScript`."""
    if holder.regex is None:
        if editor.last_regex is None:
            raise BadScript("no previous regular expression")
        return editor.last_regex
    editor.last_regex = holder.regex
    return holder.regex
