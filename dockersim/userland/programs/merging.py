"""uniq, comm, join, paste, shuf: lines that belong together."""

from __future__ import annotations

import re
from itertools import pairwise

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.options import Options, extra_operand, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Inputs, Steps, blocks, open_input, split_lines


def uniq(p: Process) -> Steps:
    """``uniq [options] [input [output]]``"""
    options = parse(
        p,
        "cduDif:s:w:z",
        "count=c repeated=d unique=u all-repeated?=D ignore-case=i skip-fields:=f skip-chars:=s check-chars:=w "
        "zero-terminated=z",
    )
    operands = options.operands
    if len(operands) > 2:
        extra_operand(p, operands[2])
    for key, what in (("f", "fields to skip"), ("s", "bytes to skip"), ("w", "bytes to compare")):
        if key in options and not options.get(key).isdigit():
            text = options.get(key)
            return p.fail(f"invalid number '{text}'" if is_busybox(p) else f"{text}: invalid number of {what}")
    groups = _Groups(options)
    inputs = Inputs(p, operands[:1], busybox="can't open 'NAME': WHY")
    out = p.open(operands[1], "w") if len(operands) > 1 and operands[1] != "-" else None

    def use(block: bytes) -> Steps | None:
        groups.take(block)
        data = groups.taken()
        return p.write(out if out is not None else 1, data) if data else None

    def whole(name: str, file: OpenFile) -> Steps:
        if "z" not in options:
            yield from blocks(p, file, use)
        else:
            groups.take((yield from p.read_all(file)))

    yield from inputs.each(whole)
    groups.end()
    yield from p.write(out if out is not None else 1, groups.taken())
    if out is not None:
        out.release()
    return inputs.status


class _Groups:
    """Lines that are alike, one group after the other."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.mark = b"\0" if "z" in options else b"\n"
        self.fields, self.chars = int(options.get("f") or 0), int(options.get("s") or 0)
        self.width = int(options.get("w")) if "w" in options else None
        self.plain = not (self.fields or self.chars or self.width is not None or "i" in options)
        self.written: list[bytes] = []
        self.current: list[bytes] = []
        self.value = b""
        self.count = 0

    def taken(self) -> bytes:
        """What is to be written by now."""
        data = b"".join(self.written)
        self.written.clear()
        return data

    def take(self, block: bytes) -> None:
        """More lines."""
        lines = block.split(self.mark)
        if not lines[-1]:
            lines.pop()
        every = "D" in self.options
        for line in lines:
            this = line if self.plain else self._key(line)
            if self.count and this == self.value:
                self.count += 1
                if every:
                    self.current.append(line)
                continue
            self.end()
            self.current[:] = [line]
            self.value, self.count = this, 1

    def end(self) -> None:
        """The group is complete, if there is one."""
        options, count = self.options, self.count
        if not count:
            return
        if "D" in options:
            if count > 1:
                self.written += [line + self.mark for line in self.current]
        elif not (count > 1 and "u" in options) and not (count == 1 and "d" in options):
            figure = b"%7d " % count if "c" in options else b""
            self.written.append(figure + self.current[0] + self.mark)

    def _key(self, line: bytes) -> bytes:
        if self.fields:
            found = re.match(rb"(?:[ \t]*[^ \t]+){0,%d}" % self.fields, line)
            line = line[found.end() :] if found else line
        line = line[self.chars :]
        line = line if self.width is None else line[: self.width]
        return line.upper() if "i" in self.options else line


def _two_files(p: Process, names: list[str]) -> Steps:
    """The lines of the two operands."""
    if len(names) < 2:
        missing_operand(p, names[-1] if names else "")
    if len(names) > 2:
        extra_operand(p, names[2])
    both = []
    for name in names:
        file = open_input(p, name)
        both.append(split_lines((yield from p.read_all(file))))
        file.release()
    return both


def comm(p: Process) -> Steps:
    options = parse(p, "123z", "output-delimiter: check-order nocheck-order total zero-terminated=z")
    one, two = yield from _two_files(p, options.operands)
    glue = encode(options.get("output-delimiter", "\t"))
    second = b"" if "1" in options else glue
    third = second + (b"" if "2" in options else glue)
    out: list[bytes] = []
    i = j = 0
    while i < len(one) or j < len(two):
        if j >= len(two) or (i < len(one) and one[i] < two[j]):
            if "1" not in options:
                out.append(one[i] + b"\n")
            i += 1
        elif i >= len(one) or two[j] < one[i]:
            if "2" not in options:
                out.append(second + two[j] + b"\n")
            j += 1
        else:
            if "3" not in options:
                out.append(third + one[i] + b"\n")
            i, j = i + 1, j + 1
    p.out(b"".join(out))
    for number, lines in enumerate((one, two), 1):
        if "nocheck-order" not in options and any(a > b for a, b in pairwise(lines)):
            p.fail(f"file {number} is not in sorted order")
            return p.fail("input is not in sorted order")
    return 0


def join(p: Process) -> Steps:
    """``join [options] file1 file2``"""
    options = parse(p, "a:e:i1:2:j:o:t:v:", "ignore-case=i check-order nocheck-order header zero-terminated=z")
    one, two = yield from _two_files(p, options.operands)
    form = _Joined(options)
    left, right = [form.cells(line) for line in one], [form.cells(line) for line in two]
    alone = options.all("a") + options.all("v")
    i = j = 0
    while i < len(left) or j < len(right):
        a = form.key(left[i], 0) if i < len(left) else None
        b = form.key(right[j], 1) if j < len(right) else None
        if b is None or (a is not None and a < b):
            if "1" in alone:
                p.out(form.line(left[i], None))
            i += 1
        elif a is None or b < a:
            if "2" in alone:
                p.out(form.line(None, right[j]))
            j += 1
        else:
            k, m = form.end_of(left, i, 0), form.end_of(right, j, 1)
            if "v" not in options:
                p.out(b"".join(form.line(first, second) for first in left[i:k] for second in right[j:m]))
            i, j = k, m
    return 0


class _Joined:
    """What the options say of fields: which ones are compared, and which are shown."""

    def __init__(self, options: Options) -> None:
        both = options.get("j") or "1"
        self.fields = [int(options.get(number) or both) - 1 for number in "12"]
        self.mark = encode(options.get("t")) if "t" in options else None
        self.glue = self.mark if self.mark is not None else b" "
        self.empty = encode(options.get("e"))
        self.fold = "i" in options
        wanted = options.all("o") if "o" in options and options.get("o") != "auto" else []
        self.shown = re.split("[ ,]", ",".join(wanted)) if wanted else []

    def cells(self, line: bytes) -> list[bytes]:
        """The fields of a line."""
        return line.split(self.mark) if self.mark is not None else line.split()

    def key(self, row: list[bytes], which: int) -> bytes:
        """The field that a row of file ``which`` is compared by."""
        value = row[self.fields[which]] if self.fields[which] < len(row) else b""
        return value.lower() if self.fold else value

    def end_of(self, rows: list[list[bytes]], at: int, which: int) -> int:
        """The place behind the rows from ``at`` on that have the same key."""
        key, end = self.key(rows[at], which), at
        while end < len(rows) and self.key(rows[end], which) == key:
            end += 1
        return end

    def line(self, first: list[bytes] | None, second: list[bytes] | None) -> bytes:
        """A pair of rows as one line; ``None`` for the row that there is not."""
        if self.shown:
            return self.glue.join(self._cell(part, first, second) for part in self.shown) + b"\n"
        row = first if first is not None else second
        assert row is not None
        which = 0 if first is not None else 1
        out = [row[self.fields[which]] if self.fields[which] < len(row) else b""]
        for number, cells in enumerate((first, second)):
            if cells is not None:
                out += [cell for at, cell in enumerate(cells) if at != self.fields[number]]
        return self.glue.join(out) + b"\n"

    def _cell(self, part: str, first: list[bytes] | None, second: list[bytes] | None) -> bytes:
        """What ``0``, ``1.2`` or ``2.3`` of ``-o`` means."""
        if part == "0":
            row, at = (first, self.fields[0]) if first is not None else (second, self.fields[1])
        else:
            row, at = (first if part[0] == "1" else second), int(part.partition(".")[2] or 1) - 1
        return row[at] if row is not None and at < len(row) else self.empty


def paste(p: Process) -> Steps:
    options = parse(p, "d:sz", "delimiters:=d serial=s zero-terminated=z")
    text = options.get("d", "\t")
    marks = [unescape(part)[0] if part != "\\0" else b"" for part in re.findall(r"\\.|.", text, re.DOTALL)] or [b""]
    inputs = Inputs(p, options.operands)
    columns: list[list[bytes]] = []
    shared: list[bytes] | None = None
    standard = [index for index, name in enumerate(inputs.names) if name == "-"]
    for name in inputs.names:
        if name == "-" and shared is not None:
            columns.append([])
            continue
        file = inputs.open(name)
        if file is None:
            return inputs.status
        lines = split_lines((yield from p.read_all(file)))
        file.release()
        if name == "-":
            shared = lines
        columns.append(lines)
    if shared is not None and len(standard) > 1 and "s" not in options:
        for offset, index in enumerate(standard):
            columns[index] = shared[offset :: len(standard)]
    rows = columns if "s" in options else _transposed(columns)
    for row in rows:
        pieces = []
        for index, cell in enumerate(row):
            pieces.append(cell)
            if index < len(row) - 1:
                pieces.append(marks[index % len(marks)])
        p.out(b"".join(pieces) + b"\n")
    return inputs.status


def _transposed(columns: list[list[bytes]]) -> list[list[bytes]]:
    height = max((len(column) for column in columns), default=0)
    return [[column[row] if row < len(column) else b"" for column in columns] for row in range(height)]


def shuf(p: Process) -> Steps:
    options = parse(
        p, "ei:n:o:rz", "echo=e input-range:=i head-count:=n output:=o repeat=r zero-terminated=z random-source:"
    )
    if "n" in options and not options.get("n").isdigit():
        return p.fail(f"invalid line count: {quoted(options.get('n'))}")
    if "i" in options:
        found = re.fullmatch(r"(\d+)-(\d+)", options.get("i"))
        if found is None or int(found[1]) > int(found[2]):
            return p.fail(f"invalid input range: {quoted(options.get('i'))}")
        if int(found[2]) - int(found[1]) > 10_000_000:
            return p.fail("memory exhausted")
        lines = [b"%d" % number for number in range(int(found[1]), int(found[2]) + 1)]
    elif "e" in options:
        lines = [encode(word) for word in options.operands]
    else:
        inputs = Inputs(p, options.operands)
        lines = split_lines((yield from inputs.content()))
        if inputs.status:
            return inputs.status
    count = int(options.get("n")) if "n" in options else len(lines)
    if "r" in options:
        chosen = [p.sim.rng.choice(lines) for _ in range(count if "n" in options else 1000)] if lines else []
    else:
        p.sim.rng.shuffle(lines)
        chosen = lines[:count]
    data = b"".join(line + (b"\0" if "z" in options else b"\n") for line in chosen)
    if "o" in options:
        try:
            p.write_file(options.get("o"), data)
        except FsError as error:
            return p.fail(f"{options.get('o')}: {error.strerror}")
        return 0
    yield from p.write(1, data)
    return 0
