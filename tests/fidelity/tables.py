"""Docker's tables, so that a cell whose value varies does not shift the columns: cells joined by bars.

Only a table that is laid out exactly as Go's tabwriter lays it out is taken apart; any other stays as it is, so that
a wrong layout is still a difference.
"""

from __future__ import annotations

import re

_HEADING = re.compile(r"[A-Z][A-Z0-9%/ ]*(?:\s{3,}[A-Z%][A-Z0-9%/ ]*)+\s*$")
_CELL = re.compile(r"\S+(?: \S+)*")
PADDING = 3
WIDTHS = (10, 20)
"""The least widths that the client gives columns: tables, and ``docker top``."""


VARYING = {
    "PID": "numbers of processes on the host",
    "PPID": "numbers of processes on the host",
    "STIME": "the time of day at which a process began",
    "START": "the time of day at which a process began",
    "%CPU": "the share of the CPU so far",
    "C": "the share of the CPU so far",
    "VSZ": "memory in use",
    "RSS": "memory in use",
}
"""Columns of ``docker top`` whose values vary, by heading, and why."""


def take_apart(text: str) -> str:
    """``text`` with the rows of its tables as ``| cell | cell |``."""
    lines = text.split("\n")
    made: list[str] = []
    place = 0
    while place < len(lines):
        rows = _table(lines, place) if _HEADING.fullmatch(lines[place].rstrip("\r")) else []
        made += rows or [lines[place]]
        place += max(1, len(rows))
    return "\n".join(made)


def _table(lines: list[str], start: int) -> list[str]:
    """The rows of the table that begins at ``start``: as many lines as are laid out together."""
    end = start + 1
    while end < len(lines) and lines[end].strip():
        end += 1
    while end > start:
        rows = _rows(lines[start:end])
        if rows:
            return rows
        end -= 1
    return []


def _rows(lines: list[str]) -> list[str]:
    """The table's rows; none where the layout is not the tabwriter's."""
    ending = "\r" if lines[0].endswith("\r") else ""
    plain = [line.removesuffix("\r") for line in lines]
    starts = [found.start() for found in _CELL.finditer(re.sub(r"(?<=\S) (?=\S)", "_", plain[0]))]
    cells = [_cut(line, starts) for line in plain]
    for least in WIDTHS:
        if [_draw(row, cells, least) for row in cells] == [line.rstrip() for line in plain]:
            shown = [cells[0], *(_without_varying(row, cells[0]) for row in cells[1:])]
            return ["| " + " | ".join(row) + " |" + ending for row in shown]
    return []


def _without_varying(row: list[str], headings: list[str]) -> list[str]:
    return ["<n>" if heading in VARYING else cell for cell, heading in zip(row, headings, strict=True)]


def _cut(line: str, starts: list[int]) -> list[str]:
    return [line[start:end].rstrip() for start, end in zip(starts, [*starts[1:], len(line)], strict=True)]


def _draw(row: list[str], cells: list[list[str]], least: int) -> str:
    columns = list(zip(*cells, strict=True))
    widths = [max(least, max(map(len, column)) + PADDING) for column in columns[:-1]]
    return ("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[-1]).rstrip()
