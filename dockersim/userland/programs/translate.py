"""tr, expand, unexpand."""

from __future__ import annotations

import re

from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import OCTAL, encode
from dockersim.userland.programs.options import extra_operand, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import CHUNK, PER_BYTE, Inputs, Steps, blocks
from dockersim.userland.programs.usage import try_help

SETS = {
    "alpha": b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "digit": b"0123456789",
    "alnum": b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "upper": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": b"abcdefghijklmnopqrstuvwxyz",
    "space": b"\t\n\v\f\r ",
    "blank": b"\t ",
    "punct": bytes(b for b in range(33, 127) if not chr(b).isalnum()),
    "print": bytes(range(32, 127)),
    "graph": bytes(range(33, 127)),
    "cntrl": bytes([*range(32), 127]),
    "xdigit": b"0123456789ABCDEFabcdef",
}
NAMED = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}


class BadSet(Exception):
    """A set that tr refuses, in its words."""


def _character(text: bytes, at: int) -> tuple[int, int]:
    """One character of a set, escapes resolved, and where the next begins."""
    if text[at] != 92 or at + 1 >= len(text):
        return text[at], at + 1
    letter = chr(text[at + 1])
    if letter in OCTAL:
        end = at + 1
        while end < min(len(text), at + 4) and chr(text[end]) in OCTAL:
            end += 1
        value = int(text[at + 1 : end], 8)
        if value > 255:
            end -= 1
            value = int(text[at + 1 : end], 8)
        return value, end
    return NAMED.get(letter, text[at + 1]), at + 2


def expand_set(text: bytes, length: int | None = None) -> tuple[bytes, list[str]]:
    """The bytes of a set, and the names of classes in it. ``length`` is what ``[c*]`` fills up to."""
    out = bytearray()
    classes: list[str] = []
    fill: tuple[int, int] | None = None
    at = 0
    while at < len(text):
        found = re.match(rb"\[:([a-z]*):\]", text[at:])
        if found:
            name = found[1].decode()
            if name not in SETS:
                raise BadSet(f"invalid character class {quoted(name)}")
            classes.append(name)
            out += SETS[name]
            at += found.end()
            continue
        found = re.match(rb"\[=(.)=\]", text[at:], re.DOTALL)
        if found:
            out += found[1]
            at += found.end()
            continue
        found = re.match(rb"\[(\\.|[^\\])\*(\d*)\]", text[at:], re.DOTALL) if length is not None else None
        if found:
            byte = _character(found[1], 0)[0]
            digits = found[2]
            count = int(digits, 8 if digits.startswith(b"0") else 10) if digits else 0
            if count:
                out += bytes((byte,)) * count
            else:
                fill = (len(out), byte)
            at += found.end()
            continue
        low, at = _character(text, at)
        if text[at : at + 1] == b"-" and at + 1 < len(text):
            high, after = _character(text, at + 1)
            if high < low:
                shown = text[at - 1 : after].decode("latin-1")
                raise BadSet(f"range-endpoints of {quoted(shown)} are in reverse collating sequence order")
            out += bytes(range(low, high + 1))
            at = after
        else:
            out.append(low)
    if fill is not None and length is not None:
        place, byte = fill
        out[place:place] = bytes((byte,)) * max(0, length - len(out))
    return bytes(out), classes


def tr(p: Process) -> Steps:
    """``tr [-cdst] set1 [set2]``"""
    options = parse(p, "cCdst", "complement=c delete=d squeeze-repeats=s truncate-set1=t", early=True)
    sets = options.operands
    delete, squeeze = "d" in options, "s" in options
    _check_count(p, sets, delete, squeeze)
    try:
        first, classes = expand_set(encode(sets[0]))
        if options.any("c C"):
            first = bytes(byte for byte in range(256) if byte not in first)
        second, others = expand_set(encode(sets[1]), len(first)) if len(sets) > 1 else (b"", [])
        if not delete and not is_busybox(p):
            _check_classes(classes, others)
    except BadSet as error:
        return p.fail(str(error))
    table: bytes | None = None
    if not delete and len(sets) > 1:
        if not second and "t" not in options:
            return p.fail("when not truncating set1, string2 must be non-empty")
        if "t" in options:
            first = first[: len(second)]
        mapped = second[: len(first)] + second[-1:] * (len(first) - len(second))
        table = _table(first, mapped)
    squeezed = (second if len(sets) > 1 else first) if squeeze else b""
    yield from _translate(p, table, first if delete else b"", squeezed)
    return 0


def _check_count(p: Process, sets: list[str], delete: bool, squeeze: bool) -> None:
    """End the program where there are too few sets or too many."""
    needed = 1 if delete != squeeze else 2
    if not sets:
        missing_operand(p)
    if len(sets) < needed:
        if is_busybox(p):
            try_help(p)
        p.fail(f"missing operand after {quoted(sets[-1])}")
        what = "both deleting and squeezing repeats" if squeeze else "translating"
        p.err(f"Two strings must be given when {what}.\n")
        try_help(p)
    limit = 1 if delete and not squeeze else 2
    if len(sets) > limit:
        if limit == 1 and not is_busybox(p):
            p.fail(f"extra operand {quoted(sets[1])}")
            p.err("Only one string may be given when deleting without squeezing repeats.\n")
            try_help(p)
        extra_operand(p, sets[limit])


def _translate(p: Process, table: bytes | None, gone: bytes, squeezed: bytes) -> Steps:
    """Copy standard input, translated by ``table``, without ``gone``, runs of what is in ``squeezed`` cut to one."""
    runs = re.compile(rb"([" + re.escape(squeezed) + rb"])\1+", re.DOTALL) if squeezed else None
    last = b""
    while chunk := (yield from p.read(0, CHUNK)):
        data = chunk.translate(table, gone) if table is not None or gone else chunk
        if runs is not None and data:
            if last and data[:1] == last and last in squeezed:
                data = data.lstrip(last)
            data = runs.sub(rb"\1", data)
            last = data[-1:] or last
        yield from p.write(1, data)
        if p.charge(len(chunk) * PER_BYTE):
            yield from p.pay()


def _check_classes(first: list[str], second: list[str]) -> None:
    """GNU lets classes stand in the second set only to change case."""
    if not set(second) <= {"upper", "lower"}:
        words = "when translating, the only character classes that may appear in"
        raise BadSet(f"{words}\nstring2 are 'upper' and 'lower'")
    if second and not {"upper", "lower"} & set(first):
        raise BadSet("misaligned [:upper:] and/or [:lower:] construct")


def _table(source: bytes, target: bytes) -> bytes:
    """The last of several mappings of one byte counts."""
    table = bytearray(range(256))
    for one, other in zip(source, target, strict=False):
        table[one] = other
    return bytes(table)


def _stops(p: Process, text: str) -> list[int]:
    parts = re.split("[ ,]", text)
    if not all(part.isdigit() and int(part) for part in parts):
        bad = next(part for part in parts if not part.isdigit() or not int(part))
        p.fail("tab size cannot be 0" if bad.isdigit() else f"tab size contains invalid character(s): {quoted(bad)}")
        p.exit(1)
    return [int(part) for part in parts]


def _next_stop(column: int, stops: list[int]) -> int:
    if len(stops) == 1:
        return column + stops[0] - column % stops[0]
    return next((stop for stop in stops if stop > column), column + 1)


def expand(p: Process) -> Steps:
    p.argv[1:] = [f"-t{word[1:]}" if re.fullmatch(r"-\d[\d,]*", word) else word for word in p.argv[1:]]
    options = parse(p, "it:", "initial=i tabs:=t")
    stops = _stops(p, options.get("t", "8"))
    inputs = Inputs(p, options.operands)

    def widen(block: bytes) -> None:
        p.out(b"\n".join(one(line) for line in block.split(b"\n")))

    def one(line: bytes) -> bytes:
        if b"\t" not in line:
            return line
        out = bytearray()
        column = 0
        initial = True
        for byte in line:
            if byte == 9 and (initial or "i" not in options):
                to = _next_stop(column, stops)
                out += b" " * (to - column)
                column = to
                continue
            initial = initial and byte == 32
            out.append(byte)
            column = max(0, column - 1) if byte == 8 else column + 1
        return bytes(out)

    yield from inputs.each(lambda name, file: blocks(p, file, widen))
    return inputs.status


def unexpand(p: Process) -> Steps:
    options = parse(p, "aft:", "all=a first-only=f tabs:=t")
    stops = _stops(p, options.get("t", "8"))
    everywhere = ("a" in options or "t" in options) and "f" not in options
    inputs = Inputs(p, options.operands)

    def narrow(block: bytes) -> None:
        p.out(b"\n".join(one(line) for line in block.split(b"\n")))

    def one(line: bytes) -> bytes:
        out = bytearray()
        column = at = 0
        while at < len(line):
            end = at
            to = column
            while end < len(line) and line[end] in b" \t":
                to = _next_stop(to, stops) if line[end] == 9 else to + 1
                end += 1
            if end > at:
                out += _blanks(column, to, stops, line[at:end])
                column, at = to, end
                continue
            out.append(line[at])
            column += 1
            at += 1
            if not everywhere:
                return bytes(out) + line[at:]
        return bytes(out)

    yield from inputs.each(lambda name, file: blocks(p, file, narrow))
    return inputs.status


def _blanks(column: int, to: int, stops: list[int], given: bytes) -> bytes:
    if given == b" ":
        return given
    out = bytearray()
    while (stop := _next_stop(column, stops)) <= to:
        out += b"\t"
        column = stop
    return bytes(out) + b" " * (to - column)
