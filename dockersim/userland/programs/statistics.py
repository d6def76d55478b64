"""stat, du, df."""

from __future__ import annotations

import re

from dockersim.fs import FsError, Stat
from dockersim.userland import users
from dockersim.userland.kernelfs.process import mount_lines
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import TYPE_BITS, human, human_busybox, mode_string, strftime
from dockersim.userland.programs.options import Options, is_busybox, missing_operand, parse, quoted, shell_quoted
from dockersim.userland.programs.support import Files, Steps, join, size_suffix

WORDS = {
    "file": "regular file",
    "directory": "directory",
    "symlink": "symbolic link",
    "fifo": "fifo",
    "char": "character special file",
    "block": "block special file",
    "socket": "socket",
}


def _device(stat: Stat) -> str:
    return f"{stat.dev >> 8},{stat.dev & 255}"


def _kind(stat: Stat) -> str:
    return "regular empty file" if stat.kind == "file" and not stat.size else WORDS[stat.kind]


class _Status:
    """The directives of ``stat -c``."""

    def __init__(self, p: Process, path: str, stat: Stat) -> None:
        self.p = p
        self.path = path
        self.stat = stat

    def directive(self, letter: str, busybox: bool) -> str | None:
        p, stat, path = self.p, self.stat, self.path
        major, minor = stat.rdev or (0, 0)
        times = {"x": stat.atime_ns, "y": stat.mtime_ns, "z": stat.ctime_ns, "w": stat.ctime_ns}
        if letter in times:
            if letter == "w" and busybox:
                return "-"
            return strftime("%Y-%m-%d %H:%M:%S.%N" + ("" if busybox else " %z"), times[letter])
        if letter in ("X", "Y", "Z", "W"):
            return str(times[letter.lower()] // 10**9)
        if letter == "N":
            target = Files(p).readlink(path) if stat.kind == "symlink" else ""
            names = [path, target] if target else [path]
            return " -> ".join(f"'{name}'" if busybox else shell_quoted(name) for name in names)
        plain: dict[str, object] = {
            "a": f"{stat.mode:o}",
            "A": mode_string(stat.kind, stat.mode),
            "b": stat.blocks,
            "B": 512,
            "d": stat.dev,
            "D": f"{stat.dev:x}",
            "f": f"{TYPE_BITS[stat.kind] | stat.mode:x}",
            "F": _kind(stat),
            "g": stat.gid,
            "G": users.group_name(p.vfs, stat.gid),
            "h": stat.nlink,
            "i": stat.ino,
            "m": p.vfs.mount_of(path, cwd=p.cwd, cred=p.cred).path,
            "n": path,
            "o": 4096,
            "s": stat.size,
            "t": f"{major:x}",
            "T": f"{minor:x}",
            "u": stat.uid,
            "U": users.user_name(p.vfs, stat.uid),
            "%": "%",
        }
        value = plain.get(letter)
        return None if value is None else str(value)

    def format(self, form: str, escapes: bool) -> str:
        busybox = is_busybox(self.p)
        out = []
        at = 0
        for found in re.finditer(r"%([-0#+ ]*)(\d*)(?:\.(\d+))?([A-Za-z%])", form):
            out.append(form[at : found.start()])
            at = found.end()
            value = self.directive(found[4], busybox)
            if value is None:
                out.append("?")
                continue
            width = int(found[2] or 0)
            out.append(value.ljust(width) if "-" in found[1] else value.rjust(width, "0" if "0" in found[1] else " "))
        text = "".join(out) + form[at:]
        if escapes:
            text = re.sub(
                r"\\([ntr0\\])", lambda m: {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\"}[m[1]], text
            )
        return text


def stat(p: Process) -> int:
    options = parse(p, "Lfc:t", "dereference=L file-system=f format:=c printf: terse=t cached:")
    if not options.operands:
        missing_operand(p)
    files = Files(p)
    status = 0
    for path in options.operands:
        try:
            found = files.stat(path) if "L" in options else files.lstat(path)
            if "f" in options:
                p.out(_file_system(p, path, options))
                continue
        except FsError as error:
            status = p.fail(
                f"can't stat '{path}': {error.strerror}"
                if is_busybox(p)
                else f"cannot statx {quoted(path)}: {error.strerror}"
            )
            continue
        shown = _Status(p, path, found)
        if "printf" in options:
            p.out(shown.format(options.get("printf"), True))
        elif "c" in options:
            p.out(shown.format(options.get("c"), False) + "\n")
        elif "t" in options:
            p.out(shown.format("%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o", False) + "\n")
        else:
            p.out(_long(p, shown, found))
    return status


def _long(p: Process, shown: _Status, stat: Stat) -> str:
    busybox = is_busybox(p)
    name = "%N" if stat.kind == "symlink" else "%n"
    device = f"{stat.dev:x}h/{stat.dev}d" if busybox else _device(stat)
    special = stat.kind in ("char", "block")
    extra = ""
    if special:
        extra = f"     Device type: {'%t,%T'}" if not busybox else "     Device type: %t,%T"
    lines = [
        f"  File: {name}",
        "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F",
        f"Device: {device}\tInode: %-11i Links: " + ("%-5h" + extra if special else "%h"),
        "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)",
        "Access: %x",
        "Modify: %y",
        "Change: %z",
    ]
    if not busybox:
        lines.append(" Birth: %w")
    return "".join(shown.format(line, False) + "\n" for line in lines)


def _file_system(p: Process, path: str, options: Options) -> str:
    found = p.vfs.statfs(path, cwd=p.cwd, cred=p.cred)
    if "c" in options:
        values = {
            "T": found.type,
            "n": path,
            "s": found.block_size,
            "b": found.blocks,
            "f": found.blocks_free,
            "a": found.blocks_free,
        }
        return re.sub("%([A-Za-z])", lambda m: str(values.get(m[1], "?")), options.get("c")) + "\n"
    return (
        f'  File: "{path}"\n    ID: 0        Namelen: 255     Type: {found.type}\n'
        f"Block size: {found.block_size:<10} Fundamental block size: {found.block_size}\n"
        f"Blocks: Total: {found.blocks:<10} Free: {found.blocks_free:<10} Available: {found.blocks_free}\n"
        f"Inodes: Total: {found.files:<10} Free: {found.files_free}\n"
    )


class _Usage:
    """One run of du."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.options = options
        self.files = Files(p)
        self.seen: set[tuple[int, int]] = set()
        self.status = 0
        self.total = 0
        depth = options.get("d")
        self.depth = int(depth) if depth.isdigit() else (0 if "s" in options else 1 << 30)

    def show(self, size: int, path: str) -> None:
        options = self.options
        if options.any("h"):
            text = human_busybox(size) if is_busybox(self.p) else human(size)
        else:
            unit = {"b": 1, "m": 1 << 20}.get(options.last("b m k"), 1024)
            text = str(-(-size // unit))
        self.p.out(f"{text}\t{path}\n")

    def measure(self, path: str, level: int) -> Steps:
        try:
            stat = (
                self.files.stat(path)
                if "L" in self.options or (level == 0 and self.options.any("D H"))
                else self.files.lstat(path)
            )
        except FsError as error:
            self.status = self.p.fail(
                f"{path}: {error.strerror}" if is_busybox(self.p) else f"cannot access {quoted(path)}: {error.strerror}"
            )
            return 0
        apparent = self.options.any("b apparent-size")
        size = stat.size if apparent else stat.blocks * 512
        if stat.kind != "directory":
            key = stat.dev, stat.ino
            if stat.nlink > 1 and key in self.seen and "l" not in self.options:
                return 0
            self.seen.add(key)
            if ("a" in self.options and level <= self.depth) or level == 0:
                self.show(size, path)
            return size
        names: list[str] = []
        try:
            names = self.files.listdir(path)
        except FsError as error:
            self.status = self.p.fail(
                f"can't open '{path}': {error.strerror}"
                if is_busybox(self.p)
                else f"cannot read directory {quoted(path)}: {error.strerror}"
            )
        below = 0
        excluded = self.options.all("exclude")
        for name in names:
            if name in excluded:
                continue
            child = join(path, name)
            part = yield from self.measure(child, level + 1)
            if not ("S" in self.options and self.files.lstat(child).kind == "directory"):
                below += part
        size += below
        if level <= self.depth:
            self.show(size, path)
        if self.p.charge(1e-5):
            yield from self.p.pay()
        return size


def du(p: Process) -> Steps:
    options = parse(
        p,
        "aHLd:clsxhmk" if is_busybox(p) else "abcd:DHhklLmPsSxX:",
        "all=a bytes=b total=c max-depth:=d human-readable=h summarize=s one-file-system=x apparent-size exclude: "
        "count-links=l dereference=L separate-dirs=S block-size: si time",
    )
    run = _Usage(p, options)
    total = 0
    for path in options.operands or ["."]:
        total += yield from run.measure(path, 0)
        yield from p.flush()
    if "c" in options:
        run.show(total, "total")
    return run.status


def df(p: Process) -> int:
    """``df [options] [file ...]``; 1 where a file is not there."""
    options = parse(
        p,
        "PkmhTait:" if is_busybox(p) else "aB:hHiklmPTt:x:",
        "all=a human-readable=h si=H inodes=i portability=P print-type=T "
        "type:=t exclude-type:=x block-size:=B output? total local=l",
    )
    rows = []
    places = {place: (source, kind) for source, place, kind, _ in mount_lines(p)}
    wanted, status = _mount_points(p, options.operands) if options.operands else (list(places), 0)
    for place in wanted:
        source, kind = places[place]
        found = p.vfs.statfs(place)
        if ("t" in options and kind not in options.all("t")) or kind in options.all("x"):
            continue
        if not found.blocks and "a" not in options and not options.operands:
            continue
        rows.append((source, kind, found, place))
    table = [_df_header(p, options)]
    for source, _, found, place in rows:
        total, free = (found.files, found.files_free) if "i" in options else (
            found.blocks * found.block_size, found.blocks_free * found.block_size)  # fmt: skip
        used = total - free
        percent = f"{-(-used * 100 // total)}%" if total else "-"
        table.append([source, *(_amount(p, options, value) for value in (total, used, free)), percent, place])
    if "T" in options:
        for line, kind in zip(table, ["Type", *(row[1] for row in rows)], strict=True):
            line.insert(1, kind)
    if rows or not options.operands or not status:
        p.out(_table(p, table, "T" in options))
    return status


def _mount_points(p: Process, paths: list[str]) -> tuple[list[str], int]:
    """Where the file systems that hold ``paths`` are mounted, and the status."""
    found, status, files = [], 0, Files(p)
    for path in paths:
        try:
            files.stat(path)
            found.append(p.vfs.mount_of(path, cwd=p.cwd, cred=p.cred).path)
        except FsError as error:
            status = p.fail(f"{path}: can't find mount point" if is_busybox(p) else f"{path}: {error.strerror}")
    return found, status


def _df_header(p: Process, options: Options) -> list[str]:
    busybox = is_busybox(p)
    if "i" in options:
        names = "Used Available Use%" if busybox else "IUsed IFree IUse%"
        return ["Filesystem", "Inodes", *names.split(), "Mounted on"]
    if options.any("h H") and not (busybox and "P" in options):
        unit = "Size"
    elif options.last("m k") == "m" and not (busybox and "P" in options):
        unit = "1M-blocks"
    else:
        unit = "1024-blocks" if "P" in options else "1K-blocks"
    available = "Available" if busybox or not options.any("h H") else "Avail"
    return ["Filesystem", unit, "Used", available, "Capacity" if "P" in options else "Use%", "Mounted on"]


def _amount(p: Process, options: Options, value: int) -> str:
    if "i" in options:
        return str(value)
    if options.any("h H"):
        return human_busybox(value) if is_busybox(p) else human(value, 1000 if options.last("h H") == "H" else 1024)
    unit = size_suffix(options.get("B", "1K")) or 1024
    unit = {"m": 1 << 20, "k": 1024}.get(options.last("m k"), unit)
    return str(-(-value // unit))


def _table(p: Process, table: list[list[str]], typed: bool) -> str:
    if is_busybox(p):
        out = []
        for line in table:
            first = f"{line[0]:<20}"
            if len(line[0]) > 20 and line is not table[0]:
                first = line[0] + "\n" + " " * 20
            rest = line[1:]
            kind = ""
            if typed:
                kind = f" {rest.pop(0):<10}"
            out.append(f"{first}{kind} {rest[0]:>9} {rest[1]:>9} {rest[2]:>9} {rest[3]:>4} {rest[4]}\n")
        return "".join(out)
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    widths[0] = max(widths[0], 14)
    out = []
    for line in table:
        cells = []
        for column, text in enumerate(line[:-1]):
            left = column == 0 or (typed and column == 1)
            least = (
                widths[column]
                if column in (0,) or (typed and column == 1)
                else max(widths[column], 5 if column < len(line) - 2 else 4)
            )
            cells.append(text.ljust(least) if left else text.rjust(least))
        out.append(" ".join([*cells, line[-1]]) + "\n")
    return "".join(out)
