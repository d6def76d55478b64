"""The line editor of an interactive shell on a terminal: readline, as bash has it.

While a line is read the terminal hands over every key at once, without echo, and the editor draws what there is to
see. A line may be longer than the terminal is wide. ``Terminal.editor`` is the editor for as long.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

from dockersim.userland import signals
from dockersim.userland.shell.state import LineBroken

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_INVISIBLE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x1f]")
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^\[O])", re.DOTALL)

BELL = "\a"


class LineEditor:
    """Reads one line after the other for ``shell``, whose history it shows and whose names it completes."""

    WRAP = " \r"
    """Terminals put off the step to the next line until there is a character for it."""

    def __init__(self, shell: Shell, terminal: Any) -> None:
        self.shell = shell
        self.prompt = ""
        self.text = ""
        self.cursor = 0
        self._tty = terminal
        self._start = 0
        self._at = 0
        self._drawn = 0
        self._past = 0
        self._kept = ""
        self._killed = ""
        self._sequence = ""
        self._quoted = self._tabbed = self._silent = False
        self._result: str | None = None

    def read(self, prompt: str) -> Generator[Any, Any, str]:
        """One line with its newline; ``""`` at the end of the input."""
        shell, tty = self.shell, self._tty
        self._begin(prompt)
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        restore = tty.raw, tty.echo, tty.canonical
        if tty.raw:  # a program that was killed left it so
            restore = (False, True, True)
        tty.set_mode(raw=False, echo=False, canonical=False)
        before = shell.p.handlers.get(signals.WINCH)
        shell.p.handlers[signals.WINCH] = self._resized
        tty.editor = self
        self._put(prompt)
        try:
            while self._result is None:
                data = yield from shell.p.read(0, 4096)
                if not data:
                    return self.text
                end = min((at for at in map(data.find, (b"\n", b"\r")) if at >= 0), default=len(data)) + 1
                tty.unread(data[end:])
                self._keys(decoder.decode(data[:end]))
            return self._result
        except LineBroken:
            self._move(self._end)
            self._put("^C")
            raise
        finally:
            tty.editor = None
            tty.set_mode(*restore)
            if before is None:
                shell.p.handlers.pop(signals.WINCH, None)
            else:
                shell.p.handlers[signals.WINCH] = before

    def answer(self, line: str) -> None:
        """Take ``line`` as what was typed, edited elsewhere: it is not drawn here."""
        self.text, self._silent = line, True
        self._tty.type(b"\r")

    def leave(self) -> None:
        """The end of the input, typed elsewhere."""
        self.text, self.cursor = "", 0
        self._tty.type(b"\x04")

    def _begin(self, prompt: str) -> None:
        self.prompt = prompt
        self.text, self.cursor = "", 0
        self._start = self._at = self._drawn = _columns(_INVISIBLE.sub("", prompt.rpartition("\n")[2]))
        self._past = len(self.shell.history)
        self._kept = self._sequence = ""
        self._quoted = self._tabbed = self._silent = False
        self._result = None

    # ---- keys

    def _keys(self, keys: str) -> None:
        for key in keys:
            if self._quoted:
                self._quoted = False
                self._insert(key)
            elif self._sequence or key == "\x1b":
                self._sequence += key
                if len(self._sequence) > 16 or _SEQUENCE.fullmatch(self._sequence):
                    sequence, self._sequence = self._sequence[1:], ""
                    self._act(_SEQUENCES.get(sequence))
            elif key >= " " and key != "\x7f":
                self._tabbed = False
                self._insert(key)
            else:
                self._act(_CONTROL.get(key))
            if self._result is not None:
                return

    def _act(self, action: str | None) -> None:
        self._tabbed = self._tabbed and action == "complete"
        if action is not None:
            getattr(self, action)()

    def accept(self) -> None:
        """Enter."""
        if not self._silent:
            self._move(self._end)
            self._put("\n")
        self._result = self.text + "\n"

    def delete_or_leave(self) -> None:
        """Ctrl-D: the character under the cursor; the end of the input on an empty line."""
        if self.text:
            self.delete()
        else:
            self._result = ""

    def delete(self) -> None:
        self._ring_unless(self.cursor < len(self.text))
        self._replace(self.cursor, self.cursor + 1, "")

    def backspace(self) -> None:
        self._ring_unless(self.cursor > 0)
        if self.cursor:
            self._replace(self.cursor - 1, self.cursor, "")

    def kill_to_end(self) -> None:
        self._kill(self.cursor, len(self.text))

    def kill_to_start(self) -> None:
        self._ring_unless(self.cursor > 0)
        self._kill(0, self.cursor)

    def kill_word(self) -> None:
        """Ctrl-W: back to the last blank."""
        self._ring_unless(self.cursor > 0)
        head = self.text[: self.cursor].rstrip()
        self._kill(len(head) - len(re.split(r"\s", head)[-1]), self.cursor)

    def kill_back(self) -> None:
        self._kill(self._word_start(), self.cursor)

    def kill_forward(self) -> None:
        self._kill(self.cursor, self._word_end())

    def yank(self) -> None:
        self._insert(self._killed)

    def quote(self) -> None:
        self._quoted = True

    def left(self) -> None:
        self._ring_unless(self.cursor > 0)
        self._go(max(0, self.cursor - 1))

    def right(self) -> None:
        self._ring_unless(self.cursor < len(self.text))
        self._go(min(len(self.text), self.cursor + 1))

    def home(self) -> None:
        self._go(0)

    def end(self) -> None:
        self._go(len(self.text))

    def word_left(self) -> None:
        self._go(self._word_start())

    def word_right(self) -> None:
        self._go(self._word_end())

    def up(self) -> None:
        self._recall(self._past - 1)

    def down(self) -> None:
        self._recall(self._past + 1)

    def clear(self) -> None:
        """Ctrl-L: an empty screen with the line on top."""
        self._put("\x1b[H\x1b[2J")
        self._redraw()

    def complete(self) -> None:
        """Tab: what there is only one of; a second Tab lists them. Where there is not one, both editors ring."""
        from dockersim.userland.shell.complete import OPEN, complete

        word, found = complete(self.shell, self.text, self.cursor)
        if len(found) != 1 and not self._tabbed:
            self._put(BELL)
        if len(found) == 1:
            self._insert_completed(found[0][len(word) :] + ("" if found[0].endswith(OPEN) else " "))
        elif found:
            common = _common(found)
            if self._tabbed and len(common) <= len(word):
                self._list(found)
            else:
                self._insert_completed(common[len(word) :])
            self._tabbed = True

    # ---- changes

    def _insert(self, text: str) -> None:
        self._replace(self.cursor, self.cursor, text)

    def _insert_completed(self, text: str) -> None:
        self._insert(text)

    def _kill(self, start: int, end: int) -> None:
        if start < end:
            self._killed = self.text[start:end]
            self._replace(start, end, "")

    def _replace(self, start: int, end: int, text: str) -> None:
        old = self.text
        self.text = old[:start] + text + old[end:]
        self.cursor = start + len(text)
        if self.text != old:
            self._draw(start)

    def _recall(self, number: int) -> None:
        history = self.shell.history
        if not 0 <= number <= len(history):
            self._ring_unless(number > 0)
            return
        if self._past == len(history):
            self._kept = self.text
        self._past = number
        self._show_instead(self._kept if number == len(history) else history[number])

    def _show_instead(self, text: str) -> None:
        self._replace(0, len(self.text), text)

    def _word_start(self) -> int:
        at = self.cursor
        while at and not self.text[at - 1].isalnum():
            at -= 1
        while at and self.text[at - 1].isalnum():
            at -= 1
        return at

    def _word_end(self) -> int:
        at = self.cursor
        while at < len(self.text) and not self.text[at].isalnum():
            at += 1
        while at < len(self.text) and self.text[at].isalnum():
            at += 1
        return at

    # ---- drawing

    @property
    def _end(self) -> int:
        return self._offset(len(self.text))

    def _offset(self, index: int) -> int:
        """Columns from the start of the prompt's last line to the character at ``index``."""
        return self._start + _columns(shown(self.text[:index]))

    def _ring_unless(self, possible: bool) -> None:
        """Ring where a key can do nothing."""
        if not possible:
            self._put(BELL)

    def _put(self, text: str) -> None:
        self._tty.write(text.encode("utf-8", "surrogateescape"))

    def _go(self, index: int) -> None:
        self.cursor = index
        self._move(self._offset(index))

    def _move(self, to: int) -> None:
        columns = max(1, self._tty.columns)
        rows, steps = to // columns - self._at // columns, to - self._at
        if rows:
            self._put(f"\x1b[{abs(rows)}{'A' if rows < 0 else 'B'}\r")
            steps = to % columns
        if steps > 0:
            self._put(f"\x1b[{steps}C")
        elif steps < 0:
            self._put("\b" * -steps if steps > -8 else f"\x1b[{-steps}D")
        self._at = to

    def _draw(self, start: int) -> None:
        """Show the line anew from index ``start``, and put the cursor where it belongs."""
        self._move(self._offset(start))
        self._write(shown(self.text[start:]))
        if self._drawn > self._at:
            columns = max(1, self._tty.columns)
            self._put("\x1b[K" if self._drawn // columns == self._at // columns else "\x1b[J")
        self._drawn = self._at
        self._move(self._offset(self.cursor))

    def _write(self, text: str) -> None:
        self._put(text)
        self._at += _columns(text)
        if text and self._at % max(1, self._tty.columns) == 0:
            self._put(self.WRAP)

    def _redraw(self) -> None:
        self._put(self.prompt)
        self._at = self._start
        self._drawn = 0
        self._draw(0)

    def _resized(self, number: int) -> None:
        """Another window size: the line is shown anew."""
        self._back_to_prompt()
        self._put("\x1b[K")
        self._put_prompt()
        self._draw(0)

    def _back_to_prompt(self) -> None:
        row = self._at // max(1, self._tty.columns)
        self._put((f"\x1b[{row}A" if row else "") + "\r")

    def _put_prompt(self) -> None:
        self._put(self.prompt.rpartition("\n")[2])
        self._at = self._start
        self._drawn = 0

    def _list(self, found: list[str]) -> None:
        names = [name.rstrip("/").rpartition("/")[2] + ("/" if name.endswith("/") else "") for name in found]
        width = max(map(_columns, names)) + 2
        across = max(1, self._tty.columns // width)
        down = -(-len(names) // across)
        self._move(self._end)
        self._put("\n")
        for row in range(down):
            self._put("".join(name + " " * (width - _columns(name)) for name in names[row::down]).rstrip() + "\n")
        self._redraw()


def shown(text: str) -> str:
    """``text`` as it is drawn: control characters as ``^X``, undecodable bytes as they are."""
    if text.isprintable():
        return text
    return "".join(f"^{chr(ord(char) ^ 0x40)}" if char < " " or char == "\x7f" else char for char in text)


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _common(found: list[str]) -> str:
    first, last = min(found), max(found)
    length = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first if length is None else first[:length]


_CONTROL: dict[str, str] = {
    "\x01": "home",
    "\x02": "left",
    "\x04": "delete_or_leave",
    "\x05": "end",
    "\x06": "right",
    "\x08": "backspace",
    "\x09": "complete",
    "\x0a": "accept",
    "\x0b": "kill_to_end",
    "\x0c": "clear",
    "\x0d": "accept",
    "\x0e": "down",
    "\x10": "up",
    "\x15": "kill_to_start",
    "\x16": "quote",
    "\x17": "kill_word",
    "\x19": "yank",
    "\x7f": "backspace",
}
_SEQUENCES: dict[str, str] = {
    "b": "word_left",
    "f": "word_right",
    "d": "kill_forward",
    "\x7f": "kill_back",
    "[3~": "delete",
    "[1;5C": "word_right",
    "[1;5D": "word_left",
    "[1~": "home",
    "[4~": "end",
    "[7~": "home",
    "[8~": "end",
}
for _letter, _action in (
    ("A", "up"),
    ("B", "down"),
    ("C", "right"),
    ("D", "left"),
    ("H", "home"),
    ("F", "end"),
):
    _SEQUENCES["[" + _letter] = _SEQUENCES["O" + _letter] = _action
