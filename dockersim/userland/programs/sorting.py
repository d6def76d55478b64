"""sort, in the C locale."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key
from typing import Any, NamedTuple

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.formats import MONTHS
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted
from dockersim.userland.programs.support import Inputs, Steps

NUMBER = re.compile(rb"[ \t\n]*(-?)(\d*)(?:\.(\d*))?")
GENERAL = re.compile(rb"[ \t\n]*([+-]?(?:0x[0-9a-f]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf|nan))", re.I)
HUMAN = re.compile(rb"[ \t\n]*(-?)(\d*\.?\d*)([KkMGTPEZY]?)")
BLANKS = b" \t"


class Key(NamedTuple):
    """``-k F.C[opts],F.C[opts]``; fields and characters counted from 1, 0 for "to the end"."""

    field: int
    char: int
    end_field: int
    end_char: int
    flags: str


class BadKey(Exception):
    """A key specification that makes no sense."""


def parse_key(text: str) -> Key:
    """A key of the ``-k`` option."""
    found = re.fullmatch(r"(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghiMnRrV]*))?", text)
    if found is None:
        raise BadKey(text)
    field, char = int(found[1]), int(found[2] or 1)
    if field == 0 or char == 0:
        raise BadKey(text)
    flags = found[3] + ("" if not found[6] else found[6].replace("b", "B"))
    return Key(field, char, int(found[4] or 0), int(found[5] or 0), flags)


def _extractor(key: Key, mark: bytes | None, all_flags: str) -> Callable[[bytes], bytes]:
    """The part of a line that ``key`` means, as a function of the line."""
    skip = "b" in all_flags
    if key == Key(1, 1, 0, 0, key.flags) and not skip:
        return lambda line: line
    if mark is not None and key.char == 1 and not key.end_char and key.end_field == key.field and not skip:
        return _field(mark, key.field - 1)
    skip_end = "B" in all_flags or ("b" in all_flags and "b" not in key.flags)
    begin_of = _position(key.field, key.char - 1, skip, mark)
    if not key.end_field:
        return lambda line: line[begin_of(line) :]
    if key.end_char:
        end_of = _position(key.end_field, key.end_char, skip_end, mark)
    else:
        end_of = _end_of_field(key.end_field, mark)

    def extract(line: bytes) -> bytes:
        begin = begin_of(line)
        return line[begin : max(begin, end_of(line))]

    return extract


def _field(mark: bytes, number: int) -> Callable[[bytes], bytes]:
    """A whole field, by its number from 0."""

    def extract(line: bytes) -> bytes:
        fields = line.split(mark, number + 1)
        return fields[number] if number < len(fields) else b""

    return extract


def _start(line: bytes, field: int, mark: bytes | None) -> int:
    """The offset at which ``field`` begins; without a mark, its blanks included."""
    at = 0
    for _ in range(field - 1):
        if mark is not None:
            at = line.find(mark, at) + 1
            if not at:
                return len(line)
        else:
            at = _blanks(line, at)
            while at < len(line) and line[at] not in BLANKS:
                at += 1
    return at


def _blanks(line: bytes, at: int) -> int:
    """The offset behind the blanks at ``at``."""
    while at < len(line) and line[at] in BLANKS:
        at += 1
    return at


def _position(field: int, more: int, skip: bool, mark: bytes | None) -> Callable[[bytes], int]:
    """The offset ``more`` characters behind the beginning of ``field``, or behind its first blanks (``skip``)."""

    def position(line: bytes) -> int:
        at = _start(line, field, mark)
        return min(len(line), (_blanks(line, at) if skip else at) + more)

    return position


def _end_of_field(field: int, mark: bytes | None) -> Callable[[bytes], int]:
    """The offset behind ``field``."""
    if mark is None:
        return lambda line: _start(line, field + 1, None)

    def end(line: bytes) -> int:
        stop = line.find(mark, _start(line, field, mark))
        return stop if stop >= 0 else len(line)

    return end


def numeric(text: bytes) -> Any:
    """The number at the start, 0 for none; exact."""
    found = NUMBER.match(text)
    assert found is not None
    whole, part = found[2] or b"0", (found[3] or b"").rstrip(b"0")
    if not part:
        value = int(whole[:4000])
        return -value if found[1] else value
    from fractions import Fraction

    exact = Fraction(int((whole + part)[:4000]), 10 ** len(part))
    return -exact if found[1] else exact


def _general(text: bytes) -> tuple[int, float]:
    found = GENERAL.match(text)
    if found is None:
        return (0, 0.0)
    if found[1][:3].lower() in (b"nan", b"+na", b"-na"):
        return (1, 0.0)
    if b"x" in found[1].lower():
        return (2, float(int(found[1], 16)))
    return (2, float(found[1]))


def _human(text: bytes) -> tuple[int, float]:
    found = HUMAN.match(text)
    assert found is not None
    digits = found[2] if found[2] not in (b"", b".") else b"0"
    value = float(digits)
    rank = " KMGTPEZY".find(found[3].decode().upper()) if found[3] else 0
    rank = 0 if value == 0 else rank
    sign = -1 if found[1] else 1
    return (sign * rank if value else 0, sign * value)


def version_key(text: bytes) -> list[Any]:
    """Runs of text and numbers in turn; letters come before other characters, ``~`` before the end (GNU)."""
    parts = re.split(rb"(\d+)", text)
    key: list[Any] = []
    for at, part in enumerate(parts):
        if at % 2:
            key.append(int(part))
        else:
            key.append([-1 if c == 126 else c if chr(c).isalpha() else c + 256 for c in part] + [0])
    return key


def _strverscmp(text: bytes) -> list[tuple[int, int, bytes]]:
    parts = re.findall(rb"\d+|\D+", text)
    return [(48, int(part), b"") if part.isdigit() else (part[0], 0, part) for part in parts]


def _strtod(text: bytes) -> float:
    rank, value = _general(text)
    return value if rank == 2 else 0.0


def _month(text: bytes) -> int:
    name = text.lstrip(BLANKS)[:3].decode("latin-1").capitalize()
    return next((number for number, month in enumerate(MONTHS, 1) if month.startswith(name) and len(name) == 3), 0)


def _transform(flags: str, busybox: bool) -> Callable[[bytes], Any]:
    if "n" in flags:
        return _strtod if busybox else numeric
    if "g" in flags:
        return _general
    if "h" in flags:
        return _human
    if "V" in flags:
        return _strverscmp if busybox else version_key
    if "M" in flags:
        return _month
    fold, dictionary, printing = "f" in flags, "d" in flags, "i" in flags
    if not (fold or dictionary or printing):
        return lambda text: text

    def change(text: bytes) -> bytes:
        if dictionary:
            text = re.sub(rb"[^A-Za-z0-9 \t]", b"", text)
        if printing:
            text = re.sub(rb"[^ -~]", b"", text)
        return text.upper() if fold else text

    return change


class Order:
    """What the options say about the order of two lines."""

    def __init__(self, options: Options, mark: bytes | None, busybox: bool) -> None:
        self.own = "".join(flag for flag in "bdfghiMnRVr" if flag in options)
        self.stable = "s" in options
        self.unique = "u" in options
        keys = [parse_key(text) for text in options.all("k")] or [Key(1, 1, 0, 0, "")]
        self.keys = []
        for key in keys:
            flags = key.flags if key.flags.strip("B") or "B" in key.flags else self.own
            take = _extractor(key, mark, flags)
            change = _transform(flags, busybox)
            self.keys.append((take, change, "r" in flags))

    def value(self, line: bytes) -> Any:
        """The values of all keys, for lines that need no mixture of directions."""
        if len(self.keys) == 1:
            take, change, _ = self.keys[0]
            return change(take(line))
        return tuple(change(take(line)) for take, change, _ in self.keys)

    def sort(self, lines: list[bytes]) -> list[bytes]:
        last = "r" in self.own
        if not self.stable and not self.unique:
            lines.sort(reverse=last)
        if all(not reverse for _, _, reverse in self.keys):
            lines.sort(key=self.value)
            return lines
        for take, change, reverse in reversed(self.keys):
            lines.sort(key=lambda line: change(take(line)), reverse=reverse)
        return lines

    def compare(self, one: bytes, other: bytes) -> int:
        for take, change, reverse in self.keys:
            a, b = change(take(one)), change(take(other))
            if a != b:
                return (1 if a > b else -1) * (-1 if reverse else 1)
        if self.stable or self.unique or one == other:
            return 0
        return (1 if one > other else -1) * (-1 if "r" in self.own else 1)


def sort(p: Process) -> Steps:
    p.argv[1:] = [word for old in p.argv[1:] for word in _old_key(old)]
    options = parse(
        p,
        "bcCdfghik:mMno:rRsS:t:T:uVz",
        "ignore-leading-blanks=b check?=c dictionary-order=d ignore-case=f general-numeric-sort=g ignore-nonprinting=i "
        "month-sort=M human-numeric-sort=h numeric-sort=n random-sort=R reverse=r version-sort=V key:=k merge=m "
        "output:=o stable=s buffer-size:=S field-separator:=t temporary-directory:=T unique=u zero-terminated=z "
        "parallel: sort: random-source:",
        status=2,
    )
    mark = None
    if "t" in options:
        text = options.get("t")
        mark = b"\0" if text == "\\0" else (unescape(text)[0] if len(text) == 2 and is_busybox(p) else encode(text))
        if len(mark) != 1:
            if is_busybox(p):
                return p.fail("bad -t parameter", 2)
            return p.fail(f"multi-character tab {quoted(text)}" if mark else "empty tab", 2)
    try:
        order = Order(options, mark, is_busybox(p))
    except BadKey as error:
        return _bad_key(p, str(error))
    inputs = Inputs(p, options.operands, gnu="cannot read: NAME: WHY", failure=2)
    data = yield from _gather(p, inputs)
    if inputs.status:
        return 2
    end = b"\0" if "z" in options else b"\n"
    lines = data.split(end)
    if not lines[-1]:
        lines.pop()
    if p.charge(1e-6 * len(lines)):
        yield from p.pay()
    if options.any("c C"):
        return _check(p, order, lines, options, inputs.names[0])
    if "R" in options:
        p.sim.rng.shuffle(lines)
    else:
        lines = order.sort(lines)
    if order.unique:
        lines = _unique(order, lines)
    result = b"".join([line + end for line in lines]) if lines else b""
    if "o" in options:
        try:
            p.write_file(options.get("o"), result)
        except FsError as error:
            return p.fail(f"open failed: {options.get('o')}: {error.strerror}", 2)
        return 0
    yield from p.write(1, result)
    return 0


def _gather(p: Process, inputs: Inputs) -> Steps:
    pieces: list[bytes] = []
    for name in inputs.names:
        file = inputs.open(name)
        if file is None:
            return b""
        data = yield from p.read_all(file)
        file.release()
        pieces.append(data if not data or data.endswith(b"\n") else data + b"\n")
    return b"".join(pieces)


def _old_key(word: str) -> list[str]:
    """``+1 -2`` of old is ``-k 2,2``."""
    found = re.fullmatch(r"\+(\d+)(\.\d+)?([bdfinr]*)", word)
    return [f"-k{int(found[1]) + 1}{found[2] or ''}{found[3]}"] if found else [word]


def _bad_key(p: Process, text: str) -> int:
    if is_busybox(p):
        return p.fail("bad field specification", 2)
    if text.startswith("0"):
        p.fail(f"field number is zero: invalid field specification {quoted(text)}")
    elif re.match(r"\d+\.0", text):
        p.fail(f"character offset is zero: invalid field specification {quoted(text)}")
    elif not text[:1].isdigit():
        p.fail(f"invalid number at field start: invalid count at start of {quoted(text)}")
    else:
        p.fail(f"stray character in field spec: invalid field specification {quoted(text)}")
    return 2


def _unique(order: Order, lines: list[bytes]) -> list[bytes]:
    kept: list[bytes] = []
    last: Any = None
    for line in lines:
        value = order.value(line)
        if not kept or value != last:
            kept.append(line)
            last = value
    return kept


def _check(p: Process, order: Order, lines: list[bytes], options: Options, name: str) -> int:
    compare = cmp_to_key(order.compare)
    for number in range(1, len(lines)):
        before, line = compare(lines[number - 1]), compare(lines[number])
        if line < before or (order.unique and not before < line):
            if is_busybox(p):
                p.err(f"Check line {number}\n")
            elif "C" not in options:
                shown = lines[number].decode("utf-8", "surrogateescape")
                p.fail(f"{name}:{number + 1}: disorder: {shown}")
            return 1
    return 0
