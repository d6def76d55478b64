"""Answers as psql shows them."""

from __future__ import annotations

from dockersim.userland.programs.servers.sql.frontend import Answer
from dockersim.userland.programs.servers.sql.wire import RIGHT


def aligned(answer: Answer, tuples: bool) -> str:
    """A table as psql draws it, with its count of rows."""
    columns = answer.columns or []
    cells = [[("" if value is None else value).split("\n") for value in row] for row in answer.rows]
    widths = [
        max([len(name), *(len(line) for row in cells for line in row[at])]) for at, (name, _) in enumerate(columns)
    ]
    lines = []
    if not tuples:
        lines.append("|".join(f" {_centred(name, width)} " for (name, _), width in zip(columns, widths, strict=True)))
        lines.append("+".join("-" * (width + 2) for width in widths))
    for row in cells:
        for number in range(max((len(cell) for cell in row), default=1)):
            parts = []
            for at, cell in enumerate(row):
                text = cell[number] if number < len(cell) else ""
                right = columns[at][1] in RIGHT
                last = at == len(row) - 1
                parts.append(" " + (text.rjust(widths[at]) if right else text if last else text.ljust(widths[at])))
            lines.append(" |".join(parts))
    count = len(answer.rows)
    if not tuples:
        lines.append(f"({count} row{'' if count == 1 else 's'})")
    return "\n".join(lines) + "\n\n"


def _centred(text: str, width: int) -> str:
    left = (width - len(text)) // 2
    return " " * left + text + " " * (width - len(text) - left)


def unaligned(answer: Answer, tuples: bool) -> str:
    """A table with ``|`` between the values, for other programs to read."""
    lines = [] if tuples else ["|".join(name for name, _ in answer.columns or [])]
    lines += ["|".join("" if value is None else value for value in row) for row in answer.rows]
    if not tuples:
        lines.append(f"({len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'})")
    return "".join(line + "\n" for line in lines)


def expanded(answer: Answer) -> str:
    """One record after the other."""
    columns = [name for name, _ in answer.columns or []]
    width = max(map(len, columns), default=0)
    value_width = max((len(value or "") for row in answer.rows for value in row), default=0)
    lines = []
    for number, row in enumerate(answer.rows, 1):
        head = f"-[ RECORD {number} ]"
        lines.append(head + ("-" * max(0, width + 1 - len(head)) + "+").ljust(0) + "-" * (value_width + 1))
        lines += [f"{name.ljust(width)} | {value or ''}" for name, value in zip(columns, row, strict=True)]
    return "\n".join(lines or ["(0 rows)"]) + "\n\n"


def pointed(statement: str, at: int) -> str:
    """The line of a statement that an error is in, with a mark below the place ``at``."""
    lines = statement.split("\n")
    number = 0
    while number < len(lines) - 1 and at > len(lines[number]):
        at -= len(lines[number]) + 1
        number += 1
    tail = ";" if number == len(lines) - 1 and not statement.rstrip().endswith(";") else ""
    head = f"LINE {number + 1}: "
    return f"{head}{lines[number]}{tail}\n{' ' * (len(head) + at)}^\n"
