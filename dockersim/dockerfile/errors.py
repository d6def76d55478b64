"""What is wrong with a Dockerfile, in BuildKit's words, and where."""

from __future__ import annotations

from dockersim.errors import InvalidParameter


class DockerfileError(InvalidParameter):
    """A Dockerfile that cannot be understood.

    ``lines`` is the first and the last line (from 1) of the offending instruction, ``None`` where the whole file is
    meant.
    """

    def __init__(self, message: str, lines: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.lines = lines

    def at(self, start: int, end: int) -> DockerfileError:
        """The same error with its place, unless it already has one."""
        if self.lines is None:
            self.lines = (start, end)
        return self


def suggest(message: str, word: str, known: list[str], *, fold: bool = False) -> str:
    """``message`` with "(did you mean X?)" when exactly one of ``known`` is the nearest, at most two edits away.

    ``fold``: letter case does not count; suggestions stay as spelled in ``known``.
    """
    best, distance = "", 3
    target = word.lower() if fold else word
    for option in known:
        candidate = option.lower() if fold else option
        if candidate == target:
            return message
        edits = _edit_distance(target, candidate)
        if edits < distance:
            best, distance = option, edits
        elif edits == distance:
            best = ""
    return f"{message} (did you mean {best}?)" if best else message


def _edit_distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
