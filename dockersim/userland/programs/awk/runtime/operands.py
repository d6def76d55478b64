"""The records of a program's operands: files, with ``name=value`` among them."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.programs.awk.code.expressions import SPECIAL
from dockersim.userland.programs.awk.runtime.flow import Fatal
from dockersim.userland.programs.awk.runtime.record import cut_regex
from dockersim.userland.programs.awk.runtime.runtime import Runtime
from dockersim.userland.programs.awk.runtime.streams import native
from dockersim.userland.programs.awk.runtime.values import Array, strnum, to_num
from dockersim.userland.programs.awk.syntax.tokens import unescape
from dockersim.userland.programs.support import CHUNK, PER_BYTE, Steps, open_input


class Operands:
    """The records of the operands, with ``name=value`` among them."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.at = 1
        self.file: OpenFile | None = None
        self.used = False
        self.status = 0
        self._lines: list[str] = []
        self._rest = ""
        self._ended = False

    def next(self) -> Steps:
        """The next record, or ``None``."""
        while True:
            if self._lines:
                return self._lines.pop()
            if self.file is None:
                if not (yield from self._open()):
                    return None
                continue
            yield from self._fill()

    def skip_file(self) -> None:
        if self.file is not None:
            self.file.release()
        self.file = None
        self._lines = []

    def _open(self) -> Steps:
        rt = self.rt
        yield from rt.flush()
        while self.at < int(to_num(rt.ARGC)):
            name = rt.to_str(rt.ARGV.get(str(self.at), ""))
            self.at += 1
            if not name:
                continue
            found = re.fullmatch(r"([A-Za-z_]\w*)=(.*)", name, re.DOTALL)
            if found:
                assign(rt, found[1], unescape(found[2]))
                continue
            self.used = True
            try:
                self._start(open_input(rt.p, native(name)), name)
            except FsError as error:
                self.status = 2
                if rt.busybox:
                    rt.p.fail(f"{name}: {error.strerror}")
                    self.status = 1
                    continue
                raise Fatal(f"cannot open {name} ({error.strerror})") from None
            return True
        if self.used:
            return False
        self.used = True
        self._start(rt.p.file(0).acquire(), "")
        return True

    def _start(self, file: OpenFile, name: str) -> None:
        self.file = file
        self._rest = ""
        self._ended = False
        self.rt.FILENAME = name
        self.rt.FNR = 0.0

    def _fill(self) -> Steps:
        assert self.file is not None
        rt = self.rt
        yield from rt.flush()
        if not self._ended:
            data = yield from rt.p.read(self.file, CHUNK)
            self._ended = not data
            if rt.p.charge(len(data) * 20 * PER_BYTE):
                yield from rt.p.pay()
            self._rest += data.decode("latin-1")
        pieces, self._rest = self._split(self._rest)
        pieces.reverse()
        self._lines = pieces
        if self._ended:
            self.file.release()
            self.file = None

    def _split(self, text: str) -> tuple[list[str], str]:
        mark = self.rt.to_str(self.rt.RS)
        if mark == "\n" or len(mark) == 1:
            pieces = text.split(mark)
            rest = pieces.pop()
            if mark != "\n" and self._ended:
                rest = rest.removesuffix("\n")
        else:
            if not mark:
                text = text.lstrip("\n")
            pattern = self.rt.regex(mark) if mark else re.compile("\n\n+")
            if not self._ended:
                return [], text
            pieces = cut_regex(text, pattern)
            rest = pieces.pop().removesuffix("\n")
        if self._ended:
            return ([*pieces, rest] if rest else pieces), ""
        return pieces, rest


def assign(rt: Runtime, name: str, text: str) -> None:
    """A variable from the command line. Raises :class:`Fatal` where the name is an array's."""
    if name in SPECIAL:
        rt.set_special(name, strnum(text))
    else:
        place = f"v_{name}"
        if isinstance(rt.namespace.get(place), Array):
            if rt.busybox:
                return
            raise Fatal(f"cannot command line assign to {name}\n\ttype clash or keyword", runtime=True)
        rt.namespace[place] = strnum(text)
