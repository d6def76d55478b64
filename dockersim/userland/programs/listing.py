"""ls, as GNU and as busybox list."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockersim.fs import FsError, Stat
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.formats import human, human_busybox, mode_string, strftime
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted, shell_quoted
from dockersim.userland.programs.support import Files, Steps, join
from dockersim.userland.programs.usage import try_help

HALF_A_YEAR = 31_556_952 // 2
LONG_OPTIONS = (
    "all=a almost-all=A escape=b directory=d classify?=F human-readable=h inode=i kibibytes=k dereference=L "
    "numeric-uid-gid=n literal=N hide-control-chars=q quote-name=Q reverse=r recursive=R size=s width:=w no-group=G "
    "color? full-time group-directories-first file-type=p sort: time: time-style: format: ignore:=I si "
    "author context=Z show-control-chars zero block-size: indicator-style: quoting-style:"
)


class Item(NamedTuple):
    """An entry to list: its name as shown, its path, its status."""

    name: str
    path: str
    stat: Stat


class Lister:
    """One run of ls."""

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

    # ---- what is listed

    def run(self, names: list[str]) -> Steps:
        options = self.options
        plain: list[Item] = []
        directories: list[Item] = []
        for name in names or ["."]:
            item = self._operand(name)
            if item is None:
                continue
            (directories if item.stat.is_dir and "d" not in options else plain).append(item)
        if plain:
            self._show(self._sorted(plain))
        headed = len(names) > 1 or "R" in options
        started = bool(plain)
        for item in self._sorted(directories):
            started = yield from self._directory(item.path, headed, started)
        return self.status

    def _operand(self, name: str) -> Item | None:
        follow = not self.options.any("d F") and not self.long
        try:
            if follow or self.options.any("L H"):
                try:
                    return Item(name, name, self.files.stat(name))
                except FsError as error:
                    if error.code not in ("ENOENT", "ELOOP"):
                        raise
            return Item(name, name, self.files.lstat(name))
        except FsError as error:
            self._complain(f"{name}: {error.strerror}", f"cannot access {quoted(name)}: {error.strerror}", 2)
            return None

    def _complain(self, busybox: str, gnu: str, status: int) -> None:
        self.p.fail(busybox if self.busybox else gnu)
        self.status = max(self.status, 1 if self.busybox else status)

    def _directory(self, path: str, headed: bool, started: bool) -> Steps:
        p, options = self.p, self.options
        try:
            names = self.files.listdir(path)
        except FsError as error:
            self._complain(
                f"can't open '{path}': {error.strerror}", f"cannot open directory {quoted(path)}: {error.strerror}", 2
            )
            return started
        if headed:
            heading = shell_quoted(path) if self.quotes and _needs_quotes(path) else path
            p.out(("\n" if started else "") + f"{heading}:\n")
        items = []
        if "a" in options and options.last("a A") == "a":
            items = [self._child(path, name) for name in (".", "..")]
        hidden = options.any("a A")
        items += [self._child(path, name) for name in names if hidden or not name.startswith(".")]
        shown = self._sorted([item for item in items if item is not None])
        if self.long or "s" in options:
            blocks = sum(item.stat.blocks for item in shown)
            p.out(f"total {self._blocks(blocks)}\n")
        self._show(shown)
        yield from p.flush()
        if p.charge(2e-5 * (1 + len(shown))):
            yield from p.pay()
        if "R" in options:
            for item in shown:
                if item.stat.kind == "directory" and item.name not in (".", ".."):
                    yield from self._directory(item.path, True, True)
        return True

    def _child(self, directory: str, name: str) -> Item | None:
        path = join(directory, name)
        try:
            if "L" in self.options:
                try:
                    return Item(name, path, self.files.stat(path))
                except FsError:
                    pass
            return Item(name, path, self.files.lstat(path))
        except FsError as error:
            self._complain(f"{path}: {error.strerror}", f"cannot access {quoted(path)}: {error.strerror}", 1)
            return None

    def _sorted(self, items: list[Item]) -> list[Item]:
        options = self.options
        by = options.last("t S X v U f sort") or ("t" if options.any("c u") and not self.long else "")
        if by == "sort":
            by = {"time": "t", "size": "S", "extension": "X", "version": "v", "none": "U"}.get(options.get("sort"), "")
        if by in ("U", "f"):
            return items
        items = sorted(items, key=lambda item: encode(item.name))
        if by == "t":
            items.sort(key=lambda item: -self._time(item.stat))
        elif by == "S":
            items.sort(key=lambda item: -item.stat.size)
        elif by == "X":
            items.sort(key=lambda item: item.name[item.name.rfind(".") :] if "." in item.name else "")
        elif by == "v":
            items.sort(key=lambda item: version_key(item.name))
        if "r" in options:
            items.reverse()
        if "group-directories-first" in options:
            items.sort(key=lambda item: not item.stat.is_dir)
        return items

    def _time(self, stat: Stat) -> int:
        by = self.options.last("c u")
        return stat.ctime_ns if by == "c" else stat.atime_ns if by == "u" else stat.mtime_ns

    # ---- how it is shown

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

    def _pad(self, items: list[Item]) -> bool:
        return self.quotes and any(_needs_quotes(item.name) for item in items)

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

    def _name(self, item: Item, pad: bool = False) -> tuple[str, int]:
        """The name as shown, and its width on the screen."""
        name = item.name
        if self.quotes:
            name = shell_quoted(name) if _needs_quotes(name) else (" " if pad else "") + name
        elif "Q" in self.options:
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        elif self.tty or "q" in self.options:
            name = re.sub(r"[\x00-\x1f\x7f]", "?", name)
        mark = self._indicator(item.stat)
        width = len(name) + len(mark)
        if self.color:
            name = self._paint(name, item)
        return name + mark, width

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
            self.p.out(_commas(cells, self.width))
        elif self.busybox:
            self.p.out(_busybox_columns(cells, self.width, layout == "x"))
        else:
            self.p.out(_gnu_columns(cells, self.width, layout == "x"))

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
        shown = shell_quoted(target) if self.quotes and _needs_quotes(target) else target
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


def _by_extension(name: str) -> str:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in ("tar", "tgz", "gz", "xz", "bz2", "zip", "zst", "deb", "rpm", "jar", "7z"):
        return "01;31"
    return "01;35" if extension in ("jpg", "jpeg", "gif", "png", "svg", "bmp", "mp4", "webm") else ""


def _needs_quotes(name: str) -> bool:
    return not re.fullmatch(r"[\w./+,:@%=^\]{}-][\w./+,:@%=^\]{}#~-]*", name)


def version_key(name: str) -> list[tuple[int, int, str]]:
    """Sorts ``a2`` before ``a10``."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts]


def _commas(cells: list[tuple[str, int]], width: int) -> str:
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


def _gnu_columns(cells: list[tuple[str, int]], line: int, across: bool) -> str:
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


def _busybox_columns(cells: list[tuple[str, int]], line: int, across: bool) -> str:
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


def ls(p: Process) -> Steps:
    if is_busybox(p):
        options = parse(
            p,
            "CadlFpgnosiurtSXvcuxALHhRk1Qw:T:",
            "full-time color? group-directories-first",
        )
    else:
        options = parse(p, "aAbcCdfFgGhHiI:klLmnNopqQrRsStT:uUvw:xX1Z", LONG_OPTIONS, status=2)
    colors = ("", "always", "yes", "force", "never", "no", "none", "auto", "tty", "if-tty")
    if options.get("color") not in colors:
        p.fail(f"invalid argument {quoted(options.get('color'))} for '--color'")
        try_help(p, 2)
    if "w" in options and not options.get("w").isdigit():
        p.fail(f"invalid line width: {quoted(options.get('w'))}")
        try_help(p, 2)
    return (yield from Lister(p, options).run(options.operands))


def dir(p: Process) -> Steps:
    p.argv = [p.argv[0], "-C", "-b", *p.argv[1:]]
    return (yield from ls(p))


def vdir(p: Process) -> Steps:
    p.argv = [p.argv[0], "-l", "-b", *p.argv[1:]]
    return (yield from ls(p))
