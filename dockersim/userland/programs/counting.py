"""wc."""

from __future__ import annotations

from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.support import CHUNK, PER_BYTE, Inputs, Steps

SPACE = b" \t\n\r\f\v"


class Counts:
    """Lines, words, characters, bytes and the longest line of one file, counted chunk by chunk."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.l = self.w = self.m = self.c = self.L = 0
        self._inside = False
        self._column = 0

    def add(self, chunk: bytes) -> None:
        self.c += len(chunk)
        self.m += len(chunk)
        if "l" in self.wanted:
            self.l += chunk.count(b"\n")
        if "w" in self.wanted:
            words = len(chunk.split())
            if self._inside and chunk[0] not in SPACE:
                words -= 1
            self._inside = chunk[-1] not in SPACE
            self.w += words
        if "L" in self.wanted:
            self._widths(chunk)

    def _widths(self, chunk: bytes) -> None:
        for index, line in enumerate(chunk.split(b"\n")):
            if index:
                self._column = 0
            for byte in line:
                if byte == 9:
                    self._column += 8 - self._column % 8
                elif byte in (12, 13):
                    self._column = 0
                elif 32 <= byte < 127:
                    self._column += 1
                self.L = max(self.L, self._column)

    def row(self) -> list[int]:
        return [getattr(self, key) for key in "lwmcL" if key in self.wanted]


def wc(p: Process) -> Steps:
    options = parse(p, "lwcmL", "lines=l words=w bytes=c chars=m max-line-length=L files0-from:")
    wanted = "".join(key for key in "lwmcL" if key in options) or "lwc"
    rows: list[tuple[list[int], str]] = []
    inputs = Inputs(p, options.operands)
    named = bool(options.operands)
    total = [0] * len(wanted)
    regular = 0

    def count(name: str, file: OpenFile) -> Steps:
        nonlocal regular
        counts = Counts(wanted)
        while chunk := (yield from p.read(file, CHUNK)):
            counts.add(chunk)
            if p.charge(len(chunk) * PER_BYTE):
                yield from p.pay()
        rows.append((counts.row(), name if named else ""))
        disk = getattr(file, "file", None)
        regular = max(regular, 7) if disk is None or disk.kind != "file" else regular

    for name in inputs.names:
        file = inputs.open(name)
        if file is None:
            if p.vfs.is_dir(name, cwd=p.cwd, cred=p.cred):
                rows.append(([0] * len(wanted), name))
            continue
        yield from count(name, file)
        file.release()
    for row, _ in rows:
        total = [max(a, b) if key == "L" else a + b for key, a, b in zip(wanted, total, row, strict=True)]
    if len(inputs.names) > 1:
        rows.append((total, "total"))
    for row, name in rows:
        if is_busybox(p):
            figures = str(row[0]) if len(wanted) == 1 else " ".join(f"{value:>9}" for value in row)
        else:
            sizes = _size_total(p, inputs.names)
            width = 1 if len(wanted) == 1 and len(rows) == 1 else max(regular, len(str(sizes)))
            figures = " ".join(f"{value:>{width}}" for value in row)
        p.out(f"{figures} {name}".rstrip(" ") + "\n" if not name else f"{figures} {name}\n")
    return inputs.status


def _size_total(p: Process, names: list[str]) -> int:
    """What GNU wc makes its columns wide enough for: the sizes of all files together."""
    total = 0
    for name in names:
        if name != "-" and p.vfs.exists(name, cwd=p.cwd, cred=p.cred):
            stat = p.vfs.stat(name, cwd=p.cwd, cred=p.cred)
            if stat.kind != "file":
                return max(total, 1_000_000)
            total += stat.size
        elif name == "-":
            return 1_000_000
    return total
