"""uniq, comm, join, paste, shuf: lines that belong together."""

from __future__ import annotations

import re
from itertools import pairwise

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.options import extra_operand, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Inputs, Steps, blocks, open_input, split_lines


def uniq(p: Process) -> Steps:  # noqa: C901 (its options are many)
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
    fields, chars = int(options.get("f") or 0), int(options.get("s") or 0)
    width = int(options.get("w")) if "w" in options else None
    mark = b"\0" if "z" in options else b"\n"

    def key_of(line: bytes) -> bytes:
        if fields:
            found = re.match(rb"(?:[ \t]*[^ \t]+){0,%d}" % fields, line)
            line = line[found.end() :] if found else line
        line = line[chars:]
        line = line if width is None else line[:width]
        return line.upper() if "i" in options else line

    inputs = Inputs(p, operands[:1], busybox="can't open 'NAME': WHY")
    out = p.open(operands[1], "w") if len(operands) > 1 and operands[1] != "-" else None
    written: list[bytes] = []

    def emit(line: bytes, count: int) -> None:
        if not (count > 1 and "u" in options) and not (count == 1 and "d" in options):
            figure = b"%7d " % count if "c" in options else b""
            written.append(figure + line + mark)

    current: list[bytes] = []
    value = b""
    count = 0

    def take(block: bytes) -> None:
        nonlocal value, count
        lines = block.split(mark)
        if not lines[-1]:
            lines.pop()
        plain = not (fields or chars or width is not None or "i" in options)
        for line in lines:
            this = line if plain else key_of(line)
            if count and this == value:
                count += 1
                if "D" in options:
                    current.append(line)
                continue
            if count:
                flush_group()
            current[:] = [line]
            value, count = this, 1

    def flush_group() -> None:
        if "D" in options:
            if count > 1:
                written.extend(line + mark for line in current)
        else:
            emit(current[0], count)

    def use(block: bytes) -> Steps | None:
        take(block)
        if not written:
            return None
        data = b"".join(written)
        written.clear()
        return p.write(out if out is not None else 1, data)

    def whole(name: str, file: OpenFile) -> Steps:
        if mark == b"\n":
            yield from blocks(p, file, use)
        else:
            take((yield from p.read_all(file)))

    yield from inputs.each(whole)
    if count:
        flush_group()
    yield from p.write(out if out is not None else 1, b"".join(written))
    if out is not None:
        out.release()
    return inputs.status


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


def join(p: Process) -> Steps:  # noqa: C901 (one merge)
    options = parse(p, "a:e:i1:2:j:o:t:v:", "ignore-case=i check-order nocheck-order header zero-terminated=z")
    one, two = yield from _two_files(p, options.operands)
    both = options.get("j") or "1"
    fields = [int(options.get(number) or both) - 1 for number in "12"]
    mark = encode(options.get("t")) if "t" in options else None
    glue = mark if mark is not None else b" "
    empty = encode(options.get("e"))
    fold = "i" in options

    def cells(line: bytes) -> list[bytes]:
        return line.split(mark) if mark is not None else line.split()

    def key(row: list[bytes], which: int) -> bytes:
        value = row[fields[which]] if fields[which] < len(row) else b""
        return value.lower() if fold else value

    def combined(first: list[bytes] | None, second: list[bytes] | None) -> bytes:
        if "o" in options and options.get("o") != "auto":
            out = []
            for part in re.split("[ ,]", ",".join(options.all("o"))):
                if part == "0":
                    row, at = (first, fields[0]) if first is not None else (second, fields[1])
                else:
                    row, at = (first if part[0] == "1" else second), int(part.partition(".")[2] or 1) - 1
                out.append(row[at] if row is not None and at < len(row) else empty)
            return glue.join(out) + b"\n"
        row = first if first is not None else second
        assert row is not None
        which = 0 if first is not None else 1
        out = [row[fields[which]] if fields[which] < len(row) else b""]
        for number, cells_of in enumerate((first, second)):
            if cells_of is not None:
                out += [cell for at, cell in enumerate(cells_of) if at != fields[number]]
        return glue.join(out) + b"\n"

    rows = [[cells(line) for line in one], [cells(line) for line in two]]
    alone = options.all("a") + options.all("v")
    pairs = "v" not in options
    i = j = 0
    while i < len(rows[0]) or j < len(rows[1]):
        a = key(rows[0][i], 0) if i < len(rows[0]) else None
        b = key(rows[1][j], 1) if j < len(rows[1]) else None
        if b is None or (a is not None and a < b):
            if "1" in alone:
                p.out(combined(rows[0][i], None))
            i += 1
        elif a is None or b < a:
            if "2" in alone:
                p.out(combined(None, rows[1][j]))
            j += 1
        else:
            k = i
            while k < len(rows[0]) and key(rows[0][k], 0) == a:
                k += 1
            m = j
            while m < len(rows[1]) and key(rows[1][m], 1) == a:
                m += 1
            if pairs:
                for first in rows[0][i:k]:
                    for second in rows[1][j:m]:
                        p.out(combined(first, second))
            i, j = k, m
    return 0


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
