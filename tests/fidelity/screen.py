"""What a terminal shows in the end: redrawn progress lines as their last state."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b[()][A-Z0-9]|.", re.S)
_REDRAWN = re.compile(r"\x1b\[\d*[AH]")


def is_redrawn(text: str) -> bool:
    """Whether the output moves the cursor up, or home, to draw over what is there."""
    return _REDRAWN.search(text) is not None


def final(text: str) -> str:
    """The lines that are left on a screen of endless height, without what was drawn over."""
    screen = _Screen()
    for token in _TOKEN.finditer(text):
        if token[2]:
            screen.control(token[1], token[2])
        elif len(token[0]) == 1:
            screen.put(token[0])
    return "\n".join("".join(line).rstrip() for line in screen.lines)


class _Screen:
    def __init__(self) -> None:
        self.lines: list[list[str]] = [[]]
        self.row = self.column = 0

    def put(self, letter: str) -> None:
        if letter == "\n":
            self._down(1)
        elif letter == "\r":
            self.column = 0
        elif letter == "\t":
            self.column += 8 - self.column % 8
        elif letter == "\b":
            self.column = max(0, self.column - 1)
        elif letter >= " ":
            line = self.lines[self.row]
            line.extend(" " * (self.column + 1 - len(line)))
            line[self.column] = letter
            self.column += 1

    def control(self, argument: str, action: str) -> None:
        count = int(argument) if argument.isdigit() else 0
        if action == "A":
            self.row = max(0, self.row - max(1, count))
        elif action == "B":
            self._down(max(1, count))
        elif action == "C":
            self.column += max(1, count)
        elif action == "D":
            self.column = max(0, self.column - max(1, count))
        elif action == "G":
            self.column = max(0, count - 1)
        elif action == "H":
            self.row = self.column = 0
        elif action == "K":
            self._erase_line(count)
        elif action == "J":
            self._erase_line(0)
            del self.lines[self.row + 1 :]

    def _down(self, count: int) -> None:
        self.row += count
        while len(self.lines) <= self.row:
            self.lines.append([])

    def _erase_line(self, part: int) -> None:
        line = self.lines[self.row]
        if part == 2:
            line.clear()
        elif part == 0:
            del line[self.column :]
        else:
            line[: self.column] = " " * min(self.column, len(line))
