"""What each command does, by its letter.

A command's outcome is ``None`` to go on with the next one, the place of another, ``delete`` to end the cycle without
printing, or ``restart`` to begin again without reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import is_busybox
from dockersim.userland.programs.sed.script import Command
from dockersim.userland.programs.sed.selection import regex
from dockersim.userland.programs.support import Steps

if TYPE_CHECKING:
    from dockersim.userland.programs.sed.editor import Editor


class Quit(Exception):
    """``q`` or ``Q``."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _nothing(editor: Editor, command: Command) -> Steps:
    """``{``: its commands follow."""
    return None
    yield


def _substitute(editor: Editor, command: Command) -> Steps:
    """``s``"""
    out: list[bytes] = []
    count = at = 0
    before = -1
    space = editor.space
    for found in regex(editor, command).finditer(space):
        start, end = found.span()
        if start == end == before:
            continue
        before = end
        count += 1
        if count >= command.number:
            out += [space[at:start], command.replacement(found)]
            at = end
            if not command.everywhere:
                break
    if not out:
        return None
    out.append(space[at:])
    editor.space = b"".join(out)
    editor.substituted = True
    if command.evaluate:
        yield from _evaluate(editor)
    if command.prints:
        editor.emit(editor.space)
    if command.file:
        yield from _write_to(editor, command.file, editor.space + editor.mark)
    return None


def _transliterate(editor: Editor, command: Command) -> Steps:
    """``y``"""
    editor.space = editor.space.translate(command.table)
    return None
    yield


def _delete(editor: Editor, command: Command) -> Steps:
    """``d``"""
    return "delete"
    yield


def _delete_first(editor: Editor, command: Command) -> Steps:
    """``D``: up to the first newline, and again without reading."""
    _, newline, rest = editor.space.partition(b"\n")
    if not newline:
        return "delete"
    editor.space = rest
    yield from editor.end_of_cycle()
    return "restart"


def _print(editor: Editor, command: Command) -> Steps:
    """``p``"""
    missing, editor.missing = editor.missing, editor.missing and not is_busybox(editor.p)
    editor.emit(editor.space)
    editor.missing = missing
    return None
    yield


def _print_first(editor: Editor, command: Command) -> Steps:
    """``P``: up to the first newline."""
    head, newline, _ = editor.space.partition(b"\n")
    missing, editor.missing = editor.missing, editor.missing and not newline
    editor.emit(head)
    editor.missing = missing
    return None
    yield


def _number(editor: Editor, command: Command) -> Steps:
    """``=``: the number of the line."""
    editor.put(b"%d\n" % editor.input.number)
    return None
    yield


def _list(editor: Editor, command: Command) -> Steps:
    """``l``: the line with nothing invisible in it."""
    width = int(command.text) if command.text else 70
    editor.put(unambiguous(editor.space, width) + b"\n")
    return None
    yield


def _next(editor: Editor, command: Command) -> Steps:
    """``n``"""
    if (yield from editor.input.is_last()) and not editor.input.separate:
        if not editor.quiet:
            editor.emit(editor.space)
        yield from editor.end_of_cycle()
        raise Quit(0)
    if not editor.quiet:
        editor.emit(editor.space)
    yield from editor.end_of_cycle()
    line = yield from editor.input.advance()
    if line is None:
        raise Quit(0)
    editor.space = line
    editor.missing = editor.input.missing_newline
    return None


def _append_next(editor: Editor, command: Command) -> Steps:
    """``N``: one more line into the pattern space."""
    if (yield from editor.input.is_last()):
        if not editor.quiet:
            editor.emit(editor.space)
        yield from editor.end_of_cycle()
        raise Quit(0)
    yield from editor.end_of_cycle()
    line = yield from editor.input.advance()
    editor.space = editor.space + b"\n" + line
    editor.missing = editor.input.missing_newline
    return None


def _hold(editor: Editor, command: Command) -> Steps:
    """``h``, ``H``, ``g``, ``G`` and ``x``: between the pattern space and the hold space."""
    name = command.name
    if name == "h":
        editor.hold = editor.space
    elif name == "H":
        editor.hold += b"\n" + editor.space
    elif name == "g":
        editor.space = editor.hold
    elif name == "G":
        editor.space += b"\n" + editor.hold
    else:
        editor.space, editor.hold = editor.hold, editor.space
    if name in "gGx" and not is_busybox(editor.p):
        editor.missing = False  # the hold space is a whole line
    return None
    yield


def _branch(editor: Editor, command: Command) -> Steps:
    """``b``, ``t`` and ``T``"""
    if command.name == "t":
        if not editor.substituted:
            return None
        editor.substituted = False
    elif command.name == "T" and editor.substituted:
        editor.substituted = False
        return None
    return editor.labels[command.text] + 1 if command.text else len(editor.script)
    yield


def _append(editor: Editor, command: Command) -> Steps:
    """``a``: text for the end of the cycle."""
    editor.appended.append(("text", encode(command.text) + b"\n"))
    return None
    yield


def _insert(editor: Editor, command: Command) -> Steps:
    """``i``"""
    editor.put(encode(command.text) + b"\n")
    return None
    yield


def _change(editor: Editor, command: Command) -> Steps:
    """``c``: text in place of the line, or of the whole range."""
    if command.second is None or command.negated or id(command) not in editor.active:
        editor.put(encode(command.text) + b"\n")
    return "delete"
    yield


def _read(editor: Editor, command: Command) -> Steps:
    """``r``: a file's text for the end of the cycle."""
    name = command.file
    if name == "/dev/stdin":
        editor.appended.append(("text", (yield from editor.p.read_all(0))))
    else:
        editor.appended.append(("file", encode(name)))
    return None


def _write(editor: Editor, command: Command) -> Steps:
    """``w`` and ``W``"""
    text = editor.space.partition(b"\n")[0] if command.name == "W" else editor.space
    yield from _write_to(editor, command.file, text + editor.mark)
    return None


def _quit(editor: Editor, command: Command) -> Steps:
    """``q`` and ``Q``"""
    if command.name == "q":
        editor.missing = editor.missing and is_busybox(editor.p)  # GNU's q ends even an unfinished line
        if not editor.quiet:
            editor.emit(editor.space)
        yield from editor.end_of_cycle()
    raise Quit(int(command.text or 0))


def _name(editor: Editor, command: Command) -> Steps:
    """``F``: the name of the file."""
    editor.put(encode(editor.input.current) + b"\n")
    return None
    yield


def _zap(editor: Editor, command: Command) -> Steps:
    """``z``: an empty pattern space."""
    editor.space = b""
    return None
    yield


def _execute(editor: Editor, command: Command) -> Steps:
    """``e``: a command's output, or the pattern space as a command."""
    before, editor.space = editor.space, encode(command.text) if command.text else editor.space
    yield from _evaluate(editor)
    if command.text:
        editor.put(editor.space + b"\n")
        editor.space = before
    return None


def _evaluate(editor: Editor) -> Steps:
    reader, writer = editor.p.pipe()
    reader.acquire()
    argv = ["sh", "-c", editor.space.decode("utf-8", "surrogateescape")]
    child = editor.p.spawn(argv, path="/bin/sh", fds={**editor.p.fds, 1: writer})
    data = yield from editor.p.read_all(reader)
    yield from editor.p.wait(child)
    editor.space = data.removesuffix(b"\n")


def _write_to(editor: Editor, name: str, data: bytes) -> Steps:
    if name == "/dev/stdout":
        editor.put(data)
        return
    if name == "/dev/stderr":
        editor.p.err(data)
        return
    yield from editor.p.write(editor.files[name], data)


def unambiguous(data: bytes, width: int) -> bytes:
    """What ``l`` shows: escapes for what is not printable, folded, and a ``$``."""
    pieces = []
    for byte in data:
        if byte == 92:
            pieces.append(b"\\\\")
        elif 32 <= byte < 127:
            pieces.append(bytes((byte,)))
        else:
            named = {7: b"\\a", 8: b"\\b", 12: b"\\f", 10: b"\\n", 13: b"\\r", 9: b"\\t", 11: b"\\v"}.get(byte)
            pieces.append(named or b"\\%03o" % byte)
    out: list[bytes] = []
    column = 0
    for piece in pieces:
        if width > 1 and column + len(piece) > width - 1:
            out.append(b"\\\n")
            column = 0
        out.append(piece)
        column += len(piece)
    return b"".join(out) + b"$"


EXECUTE: dict[str, Callable[[Editor, Command], Steps]] = {
    "{": _nothing,
    "s": _substitute,
    "y": _transliterate,
    "d": _delete,
    "D": _delete_first,
    "p": _print,
    "P": _print_first,
    "=": _number,
    "l": _list,
    "n": _next,
    "N": _append_next,
    "h": _hold,
    "H": _hold,
    "g": _hold,
    "G": _hold,
    "x": _hold,
    "b": _branch,
    "t": _branch,
    "T": _branch,
    "a": _append,
    "i": _insert,
    "c": _change,
    "r": _read,
    "w": _write,
    "W": _write,
    "q": _quit,
    "Q": _quit,
    "F": _name,
    "z": _zap,
    "e": _execute,
}
