"""How entries are laid out: long lines, single ones, columns."""

from __future__ import annotations

from dockersim.fs import FsError, Stat
from dockersim.userland import users
from dockersim.userland.programs.formats import human, human_busybox, mode_string, strftime
from dockersim.userland.programs.listing.columns import busybox_columns, commas, gnu_columns
from dockersim.userland.programs.listing.names import Item, Names, needs_quotes
from dockersim.userland.programs.options import shell_quoted

HALF_A_YEAR = 31_556_952 // 2
"""Seconds; what is older shows its year."""


class Rows(Names):
    """Prints entries in the layout that the options ask for."""

    def _show(self, items: list[Item]) -> None:
        layout = self.options.last("l n g o full-time C x 1 m format") or ("C" if self.tty else "1")
        if layout == "format":
            names = {"across": "x", "horizontal": "x", "commas": "m", "long": "l", "verbose": "l", "vertical": "C"}
            layout = names.get(self.options.get("format"), "1")
        if self.long and layout in ("1",):
            layout = "l"
        if layout in ("C", "x", "m"):
            self._columns(items, layout)
            return
        lines = self._long(items) if self.long else self._single(items)
        self.p.out("".join(line + "\n" for line in lines))

    def _single(self, items: list[Item]) -> list[str]:
        prefixes = self._prefixes(items)
        pad = self._pad(items)
        return [prefix + self._name(item, pad)[0] for prefix, item in zip(prefixes, items, strict=True)]

    def _prefixes(self, items: list[Item]) -> list[str]:
        options = self.options
        numbers = [str(item.stat.ino) for item in items]
        blocks = [self._blocks(item.stat.blocks) for item in items]
        wide_i = 7 if self.busybox else max(map(len, numbers), default=0)
        wide_b = 6 if self.busybox else max(map(len, blocks), default=0)
        if self.busybox and self.human:
            wide_b = 5
        return [
            (f"{number:>{wide_i}} " if "i" in options else "") + (f"{size:>{wide_b}} " if "s" in options else "")
            for number, size in zip(numbers, blocks, strict=True)
        ]

    def _blocks(self, blocks: int) -> str:
        if self.human:
            return human_busybox(blocks * 512) if self.busybox else human(blocks * 512)
        return str((blocks + 1) // 2)

    def _columns(self, items: list[Item], layout: str) -> None:
        pad = self._pad(items)
        prefixes = self._prefixes(items)
        cells = []
        for prefix, item in zip(prefixes, items, strict=True):
            text, width = self._name(item, pad)
            cells.append((prefix + text, len(prefix) + width))
        if not cells:
            return
        if layout == "m":
            self.p.out(commas(cells, self.width))
        elif self.busybox:
            self.p.out(busybox_columns(cells, self.width, layout == "x"))
        else:
            self.p.out(gnu_columns(cells, self.width, layout == "x"))

    def _long(self, items: list[Item]) -> list[str]:
        pad = self._pad(items)
        rows = [self._fields(item) for item in items]
        prefixes = self._prefixes(items)
        lines = []
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
        major = max((len(row[4].partition(",")[0]) for row in rows if "," in row[4]), default=0)
        minor = max((len(row[4].partition(", ")[2]) for row in rows if "," in row[4]), default=0)
        if major:
            widths[4] = max(widths[4], major + 2 + minor)
        for prefix, row, item in zip(prefixes, rows, items, strict=True):
            mode, links, owner, group, size, when = row
            if "," in size and not self.busybox:
                first, _, second = size.partition(", ")
                size = f"{first:>{max(major, widths[4] - 2 - minor)}}, {second:>{minor}}"
            target = ""
            if item.stat.kind == "symlink":
                target = " -> " + self._target(item)
            owners = "".join(
                f"{text:<{wide}} "
                for text, wide, hide in ((owner, widths[2], "g"), (group, widths[3], "oG"))
                if not any(letter in self.options for letter in hide)
            )
            if self.busybox:
                line = f"{mode:<10} {links:>4} {self._busybox_owners(owner, group)}{size:>9} {when} "
            else:
                line = f"{mode} {links:>{widths[1]}} {owners}{size:>{widths[4]}} {when} "
            lines.append(prefix + line + self._name(item, pad)[0] + target)
        return lines

    def _busybox_owners(self, owner: str, group: str) -> str:
        options = self.options
        first = "" if "g" in options else f"{owner:<8.8} "
        second = "" if "o" in options else f"{group:<8.8} "
        return first + second

    def _target(self, item: Item) -> str:
        try:
            target = self.files.readlink(item.path)
        except FsError:
            return ""
        shown = shell_quoted(target) if self.quotes and needs_quotes(target) else target
        try:
            stat = self.files.stat(item.path)
        except FsError:
            return shown
        if self.color and not self.busybox:
            painted = self._gnu_color(Item(target, item.path, stat))
            shown = f"\033[{painted}m{shown}\033[0m" if painted else shown
        return shown + (self._indicator(stat) if "F" in self.options and not self.busybox else "")

    def _fields(self, item: Item) -> tuple[str, str, str, str, str, str]:
        stat = item.stat
        numeric = "n" in self.options
        owner = str(stat.uid) if numeric else self._who("user", stat.uid)
        group = str(stat.gid) if numeric else self._who("group", stat.gid)
        if stat.kind in ("char", "block"):
            first, second = stat.rdev or (0, 0)
            size = f"{first:>4}, {second:>3}" if self.busybox else f"{first}, {second}"
        elif self.human:
            size = human_busybox(stat.size) if self.busybox else human(stat.size, 1000 if self.human == "si" else 1024)
        else:
            size = str(stat.size)
        mode = mode_string(stat.kind, stat.mode)
        return mode, str(stat.nlink), owner, group, size, self._when(self._time(stat))

    def _who(self, kind: str, number: int) -> str:
        key = kind, number
        if key not in self._names:
            ask = users.user_name if kind == "user" else users.group_name
            self._names[key] = ask(self.p.vfs, number)
        return self._names[key]

    def _time(self, stat: Stat) -> int:
        by = self.options.last("c u")
        return stat.ctime_ns if by == "c" else stat.atime_ns if by == "u" else stat.mtime_ns

    def _when(self, ns: int) -> str:
        if "full-time" in self.options:
            return strftime("%Y-%m-%d %H:%M:%S %z" if self.busybox else "%Y-%m-%d %H:%M:%S.%N %z", ns)
        style = self.options.get("time-style")
        if style.startswith("+"):
            return strftime(style[1:], ns)
        if style in ("full-iso", "long-iso"):
            return strftime("%Y-%m-%d %H:%M:%S.%N %z" if style == "full-iso" else "%Y-%m-%d %H:%M", ns)
        age = self.p.sim.nanoseconds() // 10**9 - ns // 10**9
        newest = -15 * 60 if self.busybox else 0
        oldest = 365 * 86400 // 2 if self.busybox else HALF_A_YEAR
        recent = newest <= age < oldest
        if style == "iso":
            return strftime("%m-%d %H:%M" if recent else "%Y-%m-%d ", ns)
        return strftime("%b %e %H:%M" if recent else "%b %e  %Y", ns)
