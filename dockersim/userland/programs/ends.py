"""head and tail: the two ends of files."""

from __future__ import annotations

import re
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted
from dockersim.userland.programs.support import CHUNK, Inputs, Steps, size_suffix


def _obsolete(p: Process) -> None:
    """``head -5`` is ``head -n 5``; ``tail +3`` is ``tail -n +3``."""
    for index, word in enumerate(p.argv[1:], 1):
        found = re.fullmatch(r"-(\d+)([cnqvf]*)", word)
        before = p.argv[index - 1]
        if found and not (re.fullmatch(r"-[a-z]*[nc]", before) or before in ("--lines", "--bytes")):
            p.argv[index] = f"-{found[2]}n{found[1]}" if "c" not in found[2] else f"-c{found[1]}"
        if word == "--":
            return


def _amount(p: Process, options: Options) -> tuple[str, str, int]:
    """Unit (``n`` or ``c``), sign and number asked for."""
    unit = options.last("n c") or "n"
    text = options.get(unit, "10")
    sign = text[:1] if text[:1] in ("-", "+") else ""
    number = size_suffix(text[len(sign) :])
    if is_busybox(p) and not re.fullmatch("[0-9]+[bkm]?", text[len(sign) :]):
        number = None
    if number is None:
        if is_busybox(p):
            p.fail(f"invalid number '{text}'")
        else:
            p.fail(f"invalid number of {'lines' if unit == 'n' else 'bytes'}: {quoted(text)}")
        p.exit(1)
    return unit, sign, number


class _Headers:
    """``==> name <==`` between files."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        wanted = options.last("q v")
        self.shown = wanted == "v" or (wanted != "q" and len(options.operands) > 1)
        self.started = False

    def show(self, name: str) -> None:
        if self.shown:
            title = "standard input" if name == "-" else name
            self.p.out(("\n" if self.started else "") + f"==> {title} <==\n")
            self.started = True


def head(p: Process) -> Steps:
    _obsolete(p)
    options = parse(p, "n:c:qvz", "lines:=n bytes:=c quiet=q silent=q verbose=v zero-terminated=z")
    unit, sign, number = _amount(p, options)
    headers = _Headers(p, options)
    inputs = Inputs(p, options.operands, gnu="cannot open 'NAME' for reading: WHY")
    mark = b"\0" if "z" in options else b"\n"

    def show(name: str, file: OpenFile) -> Steps:
        headers.show(name)
        yield from p.flush()
        if sign == "-":
            data = yield from p.read_all(file)
            p.out(_all_but(data, unit, number, mark))
            yield from p.flush()
            return
        left = number
        while left > 0 and (chunk := (yield from p.read(file, CHUNK if unit == "n" else min(left, CHUNK)))):
            if unit == "c":
                left -= len(chunk)
            else:
                lines = chunk.count(mark)
                if lines >= left:
                    chunk = _first_lines(chunk, left, mark)
                left -= min(lines, left)
            yield from p.write(1, chunk)

    yield from inputs.each(show)
    return inputs.status


def _first_lines(data: bytes, count: int, mark: bytes = b"\n") -> bytes:
    at = 0
    for _ in range(count):
        at = data.find(mark, at) + 1
        if not at:
            return data
    return data[:at]


def _all_but(data: bytes, unit: str, number: int, mark: bytes) -> bytes:
    if unit == "c":
        return data[: max(0, len(data) - number)]
    return data[: len(data) - len(_last(data, "n", number, mark))]


def _last(data: bytes, unit: str, number: int, mark: bytes = b"\n") -> bytes:
    if not number:
        return b""
    if unit == "c":
        return data[-number:]
    at = len(data) - 1 if data.endswith(mark) else len(data)
    for _ in range(number):
        at = data.rfind(mark, 0, at)
        if at < 0:
            return data
    return data[at + 1 :]


def _from(data: bytes, unit: str, number: int) -> bytes:
    """From the ``number``-th line or byte on, counted from 1."""
    if number <= 1:
        return data
    if unit == "c":
        return data[number - 1 :]
    return data[len(_first_lines(data, number - 1)) :]


def tail(p: Process) -> Steps:
    _obsolete(p)
    if len(p.argv) > 1 and re.fullmatch(r"\+\d+", p.argv[1]):
        p.argv[1:2] = ["-n", p.argv[1]]
    options = parse(
        p,
        "n:c:qvfFs:z",
        "lines:=n bytes:=c quiet=q silent=q verbose=v follow?=f sleep-interval:=s retry=retry pid: zero-terminated=z",
    )
    unit, sign, number = _amount(p, options)
    headers = _Headers(p, options)
    inputs = Inputs(p, options.operands, gnu="cannot open 'NAME' for reading: WHY", busybox="can't open 'NAME': WHY")
    follow = options.any("f F")
    kept: list[tuple[str, OpenFile]] = []

    def show(name: str, file: OpenFile) -> Steps:
        headers.show(name)
        if follow:
            kept.append((name, file.acquire()))
        data = yield from _end_of(p, file, unit, sign, number)
        p.out(
            _from(data, unit, number) if sign == "+" else _last(data, unit, number, b"\0" if "z" in options else b"\n")
        )
        p.allocate(-min(len(data), p.memory))
        yield from p.flush()

    yield from inputs.each(show)
    if not kept:
        if is_busybox(p) and inputs.status and options.operands:
            p.fail("no files")
        elif follow and inputs.status:
            p.fail("no files remaining")
        return inputs.status
    yield from _follow(p, kept, headers, float(options.get("s") or 1.0), "F" in options)
    return inputs.status


def _end_of(p: Process, file: OpenFile, unit: str, sign: str, number: int) -> Steps:
    """What of the input may be shown; of a long stream only the end is kept in memory."""
    if sign == "+":
        return (yield from p.read_all(file))
    pieces: list[bytes] = []
    held = lines = 0
    while chunk := (yield from p.read(file, CHUNK)):
        pieces.append(chunk)
        held += len(chunk)
        p.keep(len(chunk))
        lines += chunk.count(b"\n")
        while len(pieces) > 1 and (
            held - len(pieces[0]) >= number if unit == "c" else lines - pieces[0].count(b"\n") > number
        ):
            gone = pieces.pop(0)
            held -= len(gone)
            lines -= gone.count(b"\n")
            p.allocate(-len(gone))
    return b"".join(pieces)


def _follow(p: Process, kept: list[tuple[str, OpenFile]], headers: _Headers, interval: float, by_name: bool) -> Steps:
    last = kept[-1][0]
    while True:
        for index, (name, file) in enumerate(kept):
            while True:
                chunk = file.read(CHUNK)
                if chunk is None:
                    if len(kept) == 1:
                        yield from p.block(file.readable())
                        continue
                    break
                if not chunk:
                    break
                if name != last:
                    headers.show(name)
                    last = name
                p.out(chunk)
                yield from p.flush()
            if by_name and name != "-":
                kept[index] = (name, _reopened(p, name, file))
        if len(kept) == 1 and kept[0][0] == "-" and not hasattr(kept[0][1], "file"):
            return
        yield from p.sleep(interval)


def _reopened(p: Process, name: str, file: OpenFile) -> OpenFile:
    """The file that now has that name, where it is another one or shorter."""
    held: Any = getattr(file, "file", None)
    try:
        there = p.vfs.stat(name, cwd=p.cwd, cred=p.cred)
        if held is None or (there.ino == held.stat().ino and there.size >= held.tell()):
            return file
        fresh = p.open(name)
    except FsError:
        return file
    file.release()
    return fresh
