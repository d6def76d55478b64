"""How results are printed."""

from __future__ import annotations

from typing import Any

from dockersim.userland.process import Process
from dockersim.userland.programs.jq.settings import Settings
from dockersim.userland.programs.jq.values import kind, shown

RESET = "\x1b[0m"
KEY = "\x1b[34;1m"
COLOURS = {"null": "1;30", "false": "0;39", "true": "0;39", "number": "0;39", "string": "0;32", "array": "1;39",
           "object": "1;39"}  # fmt: skip


class Style:
    """The options that decide how a value looks."""

    def __init__(self, settings: Settings, p: Process) -> None:
        flags = settings.flags
        self._raw = bool(flags & {"r", "j", "0"})
        self._end = "" if "j" in flags else "\0" if "0" in flags else "\n"
        self._indent = settings.indent
        self._sort = "S" in flags
        self._ascii = "a" in flags
        wanted = p.isatty(1) and not p.env.get("NO_COLOR") and p.env.get("TERM", "dumb") != "dumb"
        self._coloured = "C" in flags or (wanted and "M" not in flags)

    def text(self, value: Any) -> str:
        """One result, with its end."""
        if self._raw and isinstance(value, str):
            return value + self._end
        if self._coloured:
            indent = " " * self._indent if isinstance(self._indent, int) else self._indent
            return coloured(value, indent, self._sort, self._ascii) + self._end
        return shown(value, self._indent, self._sort, self._ascii) + self._end


def coloured(value: Any, indent: str | None, sort: bool = False, ascii_only: bool = False, depth: int = 0) -> str:
    """A value in the colours of a terminal."""

    def line(level: int) -> str:
        return "" if indent is None else "\n" + indent * level

    word = ("true" if value else "false") if isinstance(value, bool) else kind(value)
    colour = f"\x1b[{COLOURS[word]}m"
    if not isinstance(value, (list, dict)) or not value:
        return colour + shown(value, None, sort, ascii_only) + RESET
    if isinstance(value, list):
        items = [line(depth + 1) + coloured(one, indent, sort, ascii_only, depth + 1) for one in value]
        return f"{colour}[" + f"{colour},".join(items) + f"{colour}{line(depth)}{colour}]{RESET}"
    entries = []
    for key in sorted(value) if sort else value:
        text = shown(key, None, False, ascii_only)
        colon = ":" if indent is None else ": "
        inner = coloured(value[key], indent, sort, ascii_only, depth + 1)
        entries.append(f"{line(depth + 1)}{RESET}{KEY}{text}{RESET}{colour}{colon}{RESET}{inner}")
    return f"{colour}{{" + f"{colour},".join(entries) + f"{colour}{line(depth)}{colour}}}{RESET}"
