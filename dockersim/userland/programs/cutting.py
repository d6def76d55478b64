"""split, cut, fold: pieces of files and of lines."""

from __future__ import annotations

import re

from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted
from dockersim.userland.programs.support import Inputs, Steps, blocks, size_suffix, split_lines
from dockersim.userland.programs.usage import try_help


def split(p: Process) -> Steps:
    p.argv[1:] = [f"-l{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in p.argv[1:]]
    options = parse(
        p, "l:b:a:dn:C:x", "lines:=l bytes:=b suffix-length:=a numeric-suffixes?=d number:=n additional-suffix: verbose"
    )
    source = options.operands[0] if options.operands else "-"
    prefix = options.operands[1] if len(options.operands) > 1 else "x"
    inputs = Inputs(p, [source], gnu="cannot open 'NAME' for reading: WHY")
    data = yield from inputs.content()
    if inputs.status:
        return inputs.status
    pieces: list[bytes]
    if options.any("b n C"):
        size = size_suffix(options.get("b") or options.get("C")) if not options.get("n") else None
        if options.get("n"):
            count = int(options.get("n")) if options.get("n").isdigit() else 0
            if not count:
                return p.fail(f"invalid number of chunks: {quoted(options.get('n'))}")
            size = len(data) // count or 1
            pieces = [data[i * size : (i + 1) * size if i < count - 1 else None] for i in range(count)]
        else:
            if not size:
                return p.fail(f"invalid number of bytes: {quoted(options.get('b') or options.get('C'))}")
            pieces = [data[at : at + size] for at in range(0, len(data), size)]
    else:
        per = size_suffix(options.get("l", "1000"))
        if not per:
            return p.fail(f"invalid number of lines: {quoted(options.get('l'))}")
        lines = re.findall(rb"[^\n]*\n|[^\n]+", data)
        pieces = [b"".join(lines[at : at + per]) for at in range(0, len(lines), per)]
    width = int(options.get("a") or 2)
    alphabet = "0123456789" if "d" in options else "abcdefghijklmnopqrstuvwxyz"
    for number, piece in enumerate(pieces):
        suffix = ""
        for _ in range(width):
            number, digit = divmod(number, len(alphabet))
            suffix = alphabet[digit] + suffix
        if number:
            return p.fail("output file suffixes exhausted")
        p.write_file(prefix + suffix + options.get("additional-suffix"), piece)
    return 0


class _Ranges:
    """``1,3-5,7-`` as positions counted from 0."""

    def __init__(self, text: str) -> None:
        spans = []
        for part in re.split("[, ]", text):
            found = re.fullmatch(r"(\d*)(-?)(\d*)", part)
            if not found or not (found[1] or found[3]):
                raise ValueError(part)
            low = int(found[1] or 1)
            high = int(found[3]) if found[3] else (low if not found[2] else 1 << 60)
            if low < 1 or high < low:
                raise ValueError(part)
            spans.append((low - 1, high))
        self.asked = spans
        merged: list[tuple[int, int]] = []
        for low, high in sorted(spans):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        self.spans = merged

    def inverted(self) -> list[tuple[int, int]]:
        out = []
        at = 0
        for low, high in self.spans:
            if low > at:
                out.append((at, low))
            at = high
        out.append((at, 1 << 60))
        return out


def cut(p: Process) -> Steps:
    """``cut -b|-c|-f list [options] [file ...]``"""
    options = parse(
        p,
        "b:c:f:d:sn" + ("D" if is_busybox(p) else "z"),
        "bytes:=b characters:=c fields:=f delimiter:=d only-delimited=s complement output-delimiter: zero-terminated=z",
    )
    kinds = [key for key, _ in options.given if key in "bcf"]
    if not kinds:
        if is_busybox(p):
            return p.fail("expected a list of bytes, characters, or fields")
        p.fail("you must specify a list of bytes, characters, or fields")
        try_help(p)
    if len(kinds) > 1:
        p.fail("only one list may be specified" if not is_busybox(p) else "only one type of list may be specified")
        try_help(p)
    kind = kinds[0]
    try:
        ranges = _Ranges(options.get(kind))
    except ValueError as error:
        return _bad_list(p, kind, str(error))
    delimiter = _delimiter(p, options)
    if ("d" in options or "s" in options) and kind != "f":
        return _not_fields(p, options)
    spans = ranges.inverted() if "complement" in options else ranges.spans
    out_mark = encode(options.get("output-delimiter")) if "output-delimiter" in options else None
    inputs = Inputs(p, options.operands)

    def pick(block: bytes) -> None:
        lines = split_lines(block)
        if kind == "f":
            glue = delimiter if out_mark is None else out_mark
            p.out(_fields(lines, spans, delimiter, glue, "s" in options))
        else:
            glue = out_mark or b""
            p.out(
                b"".join(glue.join(line[low:high] for low, high in spans if low < len(line)) + b"\n" for line in lines)
            )

    yield from inputs.each(lambda name, file: blocks(p, file, pick))
    return inputs.status


def _bad_list(p: Process, kind: str, bad: str) -> int:
    """What is wrong with a list of ranges."""
    if is_busybox(p):
        return p.fail(f"invalid number '{bad}'" if not bad else f"invalid range {bad}")
    number = re.fullmatch(r"0|0-.*|.*-0", bad)
    what = "fields are numbered from 1" if kind == "f" else "byte/character positions are numbered from 1"
    if re.fullmatch(r"\d+-\d+", bad) and not number:
        what = "invalid decreasing range"
    elif not number:
        what = f"invalid {'field' if kind == 'f' else 'byte/character position'} value {quoted(bad)}"
    p.fail(what)
    return try_help(p)


def _delimiter(p: Process, options: Options) -> bytes:
    delimiter = encode(options.get("d", "\t"))
    if len(delimiter) == 1:
        return delimiter
    if not delimiter:
        return b"\0"
    if not is_busybox(p):
        p.fail("the delimiter must be a single character")
        try_help(p)
    return delimiter[:1]


def _not_fields(p: Process, options: Options) -> int:
    """``-d`` or ``-s`` without ``-f``."""
    if is_busybox(p):
        return p.fail("-d DELIM makes sense only with -f" if "d" in options else "-s makes sense only with -f")
    words = "an input delimiter may be specified only when operating on fields"
    if "d" not in options:
        words = "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
    p.fail(words)
    return try_help(p)


def _fields(lines: list[bytes], spans: list[tuple[int, int]], mark: bytes, glue: bytes, only: bool) -> bytes:
    out = []
    for line in lines:
        if mark not in line:
            if not only:
                out.append(line)
            continue
        fields = line.split(mark)
        if len(spans) == 1:
            out.append(glue.join(fields[spans[0][0] : spans[0][1]]))
        else:
            out.append(glue.join(field for low, high in spans for field in fields[low:high]))
    out.append(b"")
    return b"\n".join(out)


def fold(p: Process) -> Steps:
    p.argv[1:] = [f"-w{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in p.argv[1:]]
    options = parse(p, "bsw:", "bytes=b spaces=s width:=w")
    if not options.get("w", "80").isdigit() or not int(options.get("w", "80")):
        return p.fail(f"invalid number of columns: {quoted(options.get('w'))}")
    width = int(options.get("w", "80"))
    inputs = Inputs(p, options.operands)

    def wrap(block: bytes) -> None:
        lines = block.split(b"\n")
        p.out(b"\n".join(_wrapped(line, width, "s" in options, "b" in options) for line in lines))

    yield from inputs.each(lambda name, file: blocks(p, file, wrap))
    return inputs.status


def _wrapped(line: bytes, width: int, spaces: bool, count_bytes: bool) -> bytes:
    if len(line) <= width and b"\t" not in line and b"\b" not in line:
        return line
    out: list[bytes] = []
    start = column = at = 0
    while at < len(line):
        after = _advance(column, line[at], count_bytes)
        if after > width and at > start:
            cut_at = at
            if spaces:
                blank = max(line.rfind(b" ", start, at), line.rfind(b"\t", start, at))
                cut_at = blank + 1 if blank >= start else at
            out.append(line[start:cut_at])
            start = at = cut_at
            column = 0
            continue
        column = after
        at += 1
    out.append(line[start:])
    return b"\n".join(out)


def _advance(column: int, byte: int, count_bytes: bool) -> int:
    if count_bytes:
        return column + 1
    if byte == 9:
        return column + 8 - column % 8
    if byte == 8:
        return max(0, column - 1)
    return 0 if byte == 13 else column + 1
