"""Text in columns: Go's ``tabwriter`` as Docker sets it, at least 10 wide and 3 spaces apart."""

from __future__ import annotations


def columns(text: str, minimum: int = 10, padding: int = 3) -> str:
    """Turn tabs into columns. A cell ends with a tab; what follows the last tab of a line belongs to no column.

    A column is a run of neighbouring lines that have a cell there; its width is that of its widest cell. `docker top`
    and `docker search` use other settings than the defaults.
    """
    lines = [line.split("\t") for line in text.split("\n")]
    out: list[str] = []
    _block(lines, 0, len(lines), [], out, minimum, padding)
    return "\n".join(out)


def _block(
    lines: list[list[str]], start: int, end: int, widths: list[int], out: list[str], minimum: int, padding: int
) -> None:
    column = len(widths)
    at = start
    while at < end:
        if len(lines[at]) - 1 <= column:
            at += 1
            continue
        _print(lines[start:at], widths, out)
        start = at
        width = minimum
        while at < end and len(lines[at]) - 1 > column:
            width = max(width, _width(lines[at][column]) + padding)
            at += 1
        _block(lines, start, at, [*widths, width], out, minimum, padding)
        start = at
    _print(lines[start:end], widths, out)


def _print(lines: list[list[str]], widths: list[int], out: list[str]) -> None:
    for *cells, last in lines:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=False))
        out.append("".join((*padded, *cells[len(widths) :], last)))


def _width(text: str) -> int:
    """Columns that a terminal gives a text."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    import unicodedata

    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def ellipsis(text: str, width: int) -> str:
    """At most ``width`` columns of a text, the last of them an ellipsis if something is cut."""
    if width <= 0 or not text:
        return ""
    if width == 1:
        return text[0]
    if text.isascii():
        return text if len(text) <= width else text[: width - 1] + "…"
    if sum(map(_char_width, text)) <= width:
        return text
    used = 0
    for at, char in enumerate(text):
        used += _char_width(char)
        if used > width - 1:
            return text[:at] + "…"
    return text
