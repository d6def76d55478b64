"""Cells, each with its width on the screen, laid out in lines."""

from __future__ import annotations


def commas(cells: list[tuple[str, int]], width: int) -> str:
    """``-m``"""
    out = []
    at = 0
    for index, (text, wide) in enumerate(cells):
        if index:
            if at + wide + 2 < width:
                out.append(", ")
                at += 2
            else:
                out.append(",\n")
                at = 0
        out.append(text)
        at += wide
    return "".join(out) + "\n"


def gnu_columns(cells: list[tuple[str, int]], line: int, across: bool) -> str:
    """As many columns as fit into ``line``, each as wide as it must be."""
    widths = [wide for _, wide in cells]
    count = len(cells)
    best, columns = 1, [max(widths) + 2]
    for number in range(min(count, max(1, line // 3)), 0, -1):
        rows = -(-count // number)
        tried = [0] * number
        for index, wide in enumerate(widths):
            column = index % number if across else index // rows
            tried[column] = max(tried[column], wide + (0 if column == number - 1 else 2))
        if sum(tried) < line or number == 1:
            best, columns = number, tried
            break
    rows = -(-count // best)
    out = []
    for row in range(rows):
        indexes = range(row * best, min(count, (row + 1) * best)) if across else range(row, count, rows)
        at = 0
        start = 0
        for column, index in enumerate(indexes):
            out.append(_indent(at, start))
            text, wide = cells[index]
            out.append(text)
            at = start + wide
            start += columns[column]
        out.append("\n")
    return "".join(out)


def _indent(at: int, to: int) -> str:
    out = []
    while at < to:
        if to // 8 > (at + 1) // 8:
            out.append("\t")
            at += 8 - at % 8
        else:
            out.append(" ")
            at += 1
    return "".join(out)


def busybox_columns(cells: list[tuple[str, int]], line: int, across: bool) -> str:
    """Columns of one width."""
    column = max(wide for _, wide in cells) + 2
    number = max(1, line // column) if line // column else 1
    count = len(cells)
    rows = -(-count // number)
    out = []
    for row in range(rows):
        indexes = range(row * number, min(count, (row + 1) * number)) if across else range(row, count, rows)
        pieces = [(cells[index][0], cells[index][1]) for index in indexes]
        for position, (text, wide) in enumerate(pieces):
            out.append(text)
            if position < len(pieces) - 1:
                out.append(" " * (column - wide))
        out.append("\n")
    return "".join(out)
