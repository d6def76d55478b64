"""The line editor of busybox: fewer keys than readline, and another way to draw (libbb/lineedit.c)."""

from __future__ import annotations

from dockersim.userland.shell.editing import BELL, LineEditor, shown

FEW = 4
"""So many steps back are made by as many backspaces."""


class AshEditor(LineEditor):
    """Steps forward by writing the characters again; shows the whole line anew where more than a character changes."""

    WRAP = "\r\n"

    def kill_to_start(self) -> None:
        if self.cursor:
            self.text, self.cursor = self.text[self.cursor :], 0
            self._anew()

    def kill_word(self) -> None:
        """Ctrl-W: character by character."""
        for blank in (True, False):
            while self.cursor and self.text[self.cursor - 1].isspace() is blank:
                self.backspace()

    def clear(self) -> None:
        self._put("\x1b[H\x1b[J")
        self._at = 0
        self._anew()

    def up(self) -> None:
        if self._past == 0:
            self._put(BELL)
        super().up()

    def down(self) -> None:
        if self._past == len(self.shell.history):
            self._put(BELL)
        super().down()

    # ---- drawing

    def _insert_completed(self, text: str) -> None:
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)
        self._anew()

    def _show_instead(self, text: str) -> None:
        self.text, self.cursor = text, len(text)
        self._anew()

    def _anew(self) -> None:
        self._back_to_prompt()
        self._put_prompt()
        self._write(shown(self.text))
        self._drawn = self._at
        self._put("\x1b[J")
        self._go(self.cursor)

    def _resized(self, number: int) -> None:
        self._anew()

    def _ring_unless(self, possible: bool) -> None:
        """Nobody is told of keys that can do nothing."""

    def _draw(self, start: int) -> None:
        self._move(self._offset(start))
        self._write(shown(self.text[start:]))
        if self._drawn > self._at:
            self._put("\x1b[J")
        self._drawn = self._at
        self._move(self._offset(self.cursor))

    def _write(self, text: str) -> None:
        while text.isascii() and text:
            room = max(1, self._tty.columns) - self._at % max(1, self._tty.columns)
            super()._write(text[:room])
            text = text[room:]
        super()._write(text)

    def _move(self, to: int) -> None:
        text = shown(self.text)
        if not text.isascii():
            super()._move(to)
            return
        if to > self._at:
            self._write(text[self._at - self._start : to - self._start])
            return
        columns, steps = max(1, self._tty.columns), self._at - to
        rows = self._at // columns - to // columns
        if rows:
            self._put(f"\r\x1b[{rows}A" + (f"\x1b[{to % columns}C" if to % columns else ""))
        elif steps:
            self._put("\b" * steps if steps <= FEW else f"\x1b[{steps}D")
        self._at = to
