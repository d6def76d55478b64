"""How a name looks: quotes, indicators, colours."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockersim.fs import Stat
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, shell_quoted
from dockersim.userland.programs.support import Files


class Item(NamedTuple):
    """An entry to list: its name as shown, its path, its status."""

    name: str
    path: str
    stat: Stat


class Names:
    """What the options and the terminal say of names."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.options = options
        self.files = Files(p)
        self.busybox = is_busybox(p)
        self.tty = p.isatty(1)
        self.status = 0
        self.long = options.any("l n g o full-time") or options.get("format") in ("long", "verbose")
        self.color = self._wants_color()
        self.quotes = self.tty and not self.busybox and not options.any("N b Q")
        self.width = self._width()
        self.human = options.last("h si") if options.any("h si") else ""
        self._colored = False
        self._names: dict[tuple[str, int], str] = {}

    def _wants_color(self) -> bool:
        if "color" not in self.options:
            return self.busybox and self.tty and self.p.env.get("TERM", "dumb") != "dumb"
        if not self.busybox and not self.p.env.get("TERM") and not self.p.env.get("LS_COLORS"):
            return False
        return self.options.get("color") in ("", "always", "yes", "force") or (
            self.options.get("color") in ("auto", "tty", "if-tty") and self.tty
        )

    def _width(self) -> int:
        if "w" in self.options:
            return int(self.options.get("w") or 0) or 1 << 30
        if self.tty and self.p.tty is not None:
            return int(self.p.tty.columns)
        columns = self.p.env.get("COLUMNS", "")
        return int(columns) if columns.isdigit() and columns != "0" else 80

    def _name(self, item: Item, pad: bool = False) -> tuple[str, int]:
        """The name as shown, and its width on the screen."""
        name = item.name
        if self.quotes:
            name = shell_quoted(name) if needs_quotes(name) else (" " if pad else "") + name
        elif "Q" in self.options:
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        elif self.tty or "q" in self.options:
            name = re.sub(r"[\x00-\x1f\x7f]", "?", name)
        mark = self._indicator(item.stat)
        width = len(name) + len(mark)
        if self.color:
            name = self._paint(name, item)
        return name + mark, width

    def _pad(self, items: list[Item]) -> bool:
        return self.quotes and any(needs_quotes(item.name) for item in items)

    def _indicator(self, stat: Stat) -> str:
        how = self.options.last("F p")
        if not how:
            return ""
        marks = {"directory": "/"}
        if how == "F" or "file-type" in self.options:
            marks |= {"symlink": "@", "fifo": "|", "socket": "="}
            if stat.kind == "symlink" and self.long and not self.busybox:
                return ""
        if how == "F" and stat.kind == "file" and stat.mode & 0o111:
            return "*"
        if self.busybox and how == "p":
            return marks["directory"] if stat.kind == "directory" else ""
        return marks.get(stat.kind, "")

    def _paint(self, name: str, item: Item) -> str:
        if self.busybox:
            code = {"directory": "1;34", "symlink": "1;36", "fifo": "40;33", "socket": "1;35"}.get(item.stat.kind, "")
            if item.stat.kind in ("char", "block"):
                code = "1;33"
            if item.stat.kind == "file" and item.stat.mode & 0o111:
                code = "1;32"
            return f"\033[{code}m{name}\033[m" if code else name
        code = self._gnu_color(item)
        if not code:
            return name
        start = "" if self._colored else "\033[0m"
        self._colored = True
        bare = name.lstrip(" ")
        return " " * (len(name) - len(bare)) + f"{start}\033[{code}m{bare}\033[0m"

    def _gnu_color(self, item: Item) -> str:
        stat = item.stat
        if stat.kind == "symlink":
            return "01;36" if self.files.exists(item.path) or not self.long else "40;31;01"
        if stat.kind == "directory":
            sticky, others = stat.mode & 0o1000, stat.mode & 0o002
            return "30;42" if sticky and others else "34;42" if others else "37;44" if sticky else "01;34"
        if stat.kind == "file":
            if stat.mode & 0o4000:
                return "37;41"
            if stat.mode & 0o2000:
                return "30;43"
            return "01;32" if stat.mode & 0o111 else _by_extension(item.name)
        return {"fifo": "40;33", "socket": "01;35", "char": "40;33;01", "block": "40;33;01"}[stat.kind]


def _by_extension(name: str) -> str:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in ("tar", "tgz", "gz", "xz", "bz2", "zip", "zst", "deb", "rpm", "jar", "7z"):
        return "01;31"
    return "01;35" if extension in ("jpg", "jpeg", "gif", "png", "svg", "bmp", "mp4", "webm") else ""


def needs_quotes(name: str) -> bool:
    """Whether a shell would not read ``name`` as it stands."""
    return not re.fullmatch(r"[\w./+,:@%=^\]{}-][\w./+,:@%=^\]{}#~-]*", name)
