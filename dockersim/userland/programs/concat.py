"""cat, tac, rev, nl, tee: files written out again, one after another."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.files import OpenFile
from dockersim.userland.process import IGNORE, Process
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.support import CHUNK, PER_BYTE, Inputs, Steps, blocks, split_lines


def cat(p: Process) -> Steps:
    options = parse(
        p,
        "AbenTtuv" if is_busybox(p) else "AbeEnstTuv",
        "show-all=A number-nonblank=b show-ends=E number=n squeeze-blank=s show-tabs=T show-nonprinting=v",
    )
    style = Style(
        ends=options.any("A e E"),
        tabs=options.any("A t T"),
        visible=options.any("A e t v"),
        number="b" if "b" in options else "n" if "n" in options else "",
        squeeze="s" in options,
    )
    inputs = Inputs(p, options.operands, busybox="can't open 'NAME': WHY")

    def copy(name: str, file: OpenFile) -> Steps:
        while chunk := (yield from p.read(file, CHUNK)):
            yield from p.write(1, chunk if style.plain else style.apply(chunk))
        if is_busybox(p) and style.number:
            yield from p.write(1, style.close())

    yield from inputs.each(copy)
    return inputs.status


class Style:
    """How cat shows what it copies; it remembers where the last chunk ended."""

    def __init__(self, *, ends: bool, tabs: bool, visible: bool, number: str, squeeze: bool) -> None:
        self.ends, self.tabs, self.visible, self.number, self.squeeze = ends, tabs, visible, number, squeeze
        self.plain = not (ends or tabs or visible or number or squeeze)
        self._at_start = True
        self._count = 0
        self._blank = False

    def apply(self, chunk: bytes) -> bytes:
        out = []
        for line in chunk.splitlines(keepends=True) if b"\r" not in chunk else re.findall(rb"[^\n]*\n|[^\n]+", chunk):
            blank = line == b"\n" and self._at_start
            if blank and self._blank and self.squeeze:
                continue
            if self._at_start:
                self._blank = blank
                if self.number == "n" or (self.number == "b" and not blank):
                    self._count += 1
                    out.append(b"%6d\t" % self._count)
            self._at_start = line.endswith(b"\n")
            body = line[:-1] if self._at_start else line
            out.append(self._shown(body))
            if self._at_start:
                out.append(b"$\n" if self.ends else b"\n")
        return b"".join(out)

    def close(self) -> bytes:
        """The newline that busybox adds to a numbered last line without one."""
        missing = not self._at_start
        self._at_start = True
        return b"\n" * missing

    def _shown(self, body: bytes) -> bytes:
        if not (self.visible or self.tabs):
            return body
        return b"".join(self._byte(byte) for byte in body)

    def _byte(self, byte: int) -> bytes:
        if byte == 9:
            return b"^I" if self.tabs else b"\t"
        if not self.visible:
            return bytes((byte,))
        prefix = b""
        if byte >= 128:
            prefix, byte = b"M-", byte - 128
        if byte < 32:
            return prefix + b"^" + bytes((byte + 64,))
        return prefix + (b"^?" if byte == 127 else bytes((byte,)))


def tac(p: Process) -> Steps:
    options = parse(p, "brs:", "before=b regex=r separator:=s")
    inputs = Inputs(p, options.operands, gnu="failed to open 'NAME' for reading: WHY")
    mark = encode(options.get("s")) if "s" in options else b"\n"

    def turn(name: str, file: OpenFile) -> Steps:
        data = yield from p.read_all(file)
        pieces = data.split(mark)
        last = pieces.pop()
        whole = [piece + mark for piece in pieces]
        if last:
            whole.append(last)
        p.out(b"".join(reversed(whole)))
        yield from p.flush()

    yield from inputs.each(turn)
    return inputs.status


def rev(p: Process) -> Steps:
    inputs = Inputs(p, parse(p, "").operands, gnu="cannot open NAME: WHY")

    def turn(block: bytes) -> None:
        lines = block.decode("utf-8", "surrogateescape").split("\n")
        p.out("\n".join(line[::-1] for line in lines))

    yield from inputs.each(lambda name, file: blocks(p, file, turn))
    return inputs.status


def nl(p: Process) -> Steps:
    options = parse(
        p,
        "b:w:s:v:n:i:",
        "body-numbering:=b number-width:=w number-separator:=s starting-line-number:=v number-format:=n "
        "line-increment:=i",
    )
    which = options.get("b", "t")
    if which[:1] not in tuple("atnp"):
        return p.fail(f"invalid body numbering style: '{which}'")
    width = int(options.get("w", "6"))
    separator = encode(options.get("s", "\t"))
    form = {"ln": b"%-*d", "rz": b"%0*d"}.get(options.get("n", "rn"), b"%*d")
    number = int(options.get("v", "1"))
    increment = int(options.get("i", "1"))
    pattern = re.compile(encode(which[1:])) if which[0] == "p" else None
    inputs = Inputs(p, options.operands)

    def count(block: bytes) -> None:
        nonlocal number
        for line in split_lines(block):
            wanted = which == "a" or (which == "t" and line) or (pattern is not None and pattern.search(line))
            if wanted:
                p.out(form % (width, number) + separator + line + b"\n")
                number += increment
            else:
                p.out(b" " * (width + len(separator)) + line + b"\n")

    yield from inputs.each(lambda name, file: blocks(p, file, count))
    return inputs.status


def tee(p: Process) -> Steps:
    options = parse(p, "aip", "append=a ignore-interrupts=i")
    if "i" in options:
        p.handlers[signals.INT] = IGNORE
    status = 0
    files: list[OpenFile] = []
    for name in options.operands:
        try:
            files.append(p.file(1).acquire() if name == "-" else p.open(name, "a" if "a" in options else "w"))
        except FsError as error:
            status = p.fail(f"{name}: {error.strerror}")
    yield from p.flush()
    while chunk := (yield from p.read(0, CHUNK)):
        yield from p.write(1, chunk)
        for file in files:
            yield from p.write(file, chunk)
        if p.charge(len(chunk) * PER_BYTE):
            yield from p.pay()
    for file in files:
        file.release()
    return status
