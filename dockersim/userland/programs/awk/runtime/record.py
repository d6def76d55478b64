"""The special variables, and the record with its fields."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from dockersim.userland.process import Process
from dockersim.userland.programs.awk.runtime.flow import Fatal
from dockersim.userland.programs.awk.runtime.formats import number_text
from dockersim.userland.programs.awk.runtime.values import UNINIT, Array, StrNum, strnum, to_num
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import is_busybox
from dockersim.userland.programs.regex import BadPattern, compile_posix


@lru_cache(256)
def _regex(text: str) -> re.Pattern[str]:
    compiled = compile_posix(text.encode("latin-1", "replace"), True, escapes=True)
    return re.compile(compiled.pattern.decode("latin-1"), re.DOTALL | re.ASCII)


class _Plain(str):
    """Text assigned to a field: not a number, whatever it looks like."""

    __slots__ = ()


def latin(text: str) -> str:
    """``text`` with one character for each byte, as awk's values are here."""
    return encode(text).decode("latin-1")


class Record:
    """The record, its fields as they are asked for, and the variables that rule both."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.NR: Any = 0.0
        self.FNR: Any = 0.0
        self.FS: Any = " "
        self.OFS: Any = " "
        self.ORS: Any = "\n"
        self.RS: Any = "\n"
        self.SUBSEP: Any = "\x1c"
        self.CONVFMT: Any = "%.6g"
        self.OFMT: Any = "%.6g"
        self.RSTART: Any = 0.0
        self.RLENGTH: Any = -1.0
        self.FILENAME: Any = UNINIT
        self.ARGC: Any = 0.0
        self.ARGV = Array()
        self.ENVIRON = Array({name: strnum(latin(value)) for name, value in p.env.items()})
        self.busybox = is_busybox(p)
        self._record = ""
        self._fields: list[Any] | None = []
        self._stale = False

    # ---- conversions

    def to_str(self, value: Any) -> str:
        return number_text(value, self.CONVFMT) if type(value) is float else value

    def compare(self, left: Any, right: Any) -> int:
        numbers = (type(left) is float or isinstance(left, StrNum)) and (
            type(right) is float or isinstance(right, StrNum)
        )
        if numbers and not (left is UNINIT and not isinstance(right, float | StrNum)):
            a, b = to_num(left), to_num(right)
            return (a > b) - (a < b)
        x, y = self.to_str(left), self.to_str(right)
        return (x > y) - (x < y)

    def SUBSEP_(self) -> str:
        return self.to_str(self.SUBSEP)

    def regex(self, text: str) -> re.Pattern[str]:
        try:
            return _regex(text)
        except BadPattern as error:
            why = {"Unmatched ( or \\(": "missing ')'"}.get(str(error), str(error))
            words = f"line 1: regular expression compile failed ({why})\n{text}"
            raise Fatal(words, f"bad regex '{text}': {error}", placed=False) from None

    # ---- the record and its fields

    def set_record(self, text: str) -> None:
        self._record = text
        self._fields = None
        self._stale = False

    def record(self) -> str:
        if self._stale:
            assert self._fields is not None
            self._record = self.to_str(self.OFS).join(self.to_str(field) for field in self._fields)
            self._stale = False
        return self._record

    def fields(self) -> list[Any]:
        if self._fields is None:
            self._fields = self.cut(self._record, self.FS)
        return self._fields

    def cut(self, text: str, mark: Any) -> list[Any]:
        """The pieces of ``text`` between separators."""
        if isinstance(mark, re.Pattern):
            return cut_regex(text, mark) if text else []
        mark = self.to_str(mark)
        if mark == " ":
            return text.split()
        if not text:
            return []
        if mark == "":
            return list(text)
        if self.RS == "" and mark == "\n":
            return text.split("\n")
        pieces = text.split(mark) if len(mark) == 1 and mark != "\\" else cut_regex(text, self.regex(mark))
        if self.RS == "" and len(mark) == 1:
            return [part for piece in pieces for part in piece.split("\n")]
        return pieces

    def index(self, value: Any) -> int:
        number = int(to_num(value))
        if number < 0:
            raise Fatal(f"negative field index ${number}", "Access to negative field", runtime=True)
        return number

    def field(self, number: int) -> Any:
        if not number:
            return strnum(self.record())
        fields = self.fields()
        if number > len(fields):
            return UNINIT
        value = fields[number - 1]
        return strnum(value) if type(value) is str else value

    def set_field(self, number: Any, value: Any) -> Any:
        place = self.index(number)
        if not place:
            self.set_record(self.to_str(value))
            return value
        fields = self.fields()
        if place > 1_000_000:
            raise Fatal("field index too large")
        fields.extend([""] * (place - len(fields)))
        fields[place - 1] = value if type(value) is not str else _Plain(value)
        self._stale = True
        return value

    def get_NF(self) -> float:
        return float(len(self.fields()))

    def set_special(self, name: str, value: Any) -> Any:
        if name == "NF":
            count = int(to_num(value))
            if count < 0:
                raise Fatal("negative value assigned to NF", "NF set to negative value", runtime=True)
            fields = self.fields()
            del fields[count:]
            fields.extend([""] * (count - len(fields)))
            self._stale = True
            return value
        if name == "FS":
            self.fields()
        setattr(self, name, value)
        return value


def cut_regex(text: str, mark: re.Pattern[str]) -> list[str]:
    """The pieces of ``text`` between matches of ``mark`` that are not empty."""
    out = []
    at = 0
    for found in mark.finditer(text):
        if found.end() > found.start():
            out.append(text[at : found.start()])
            at = found.end()
    out.append(text[at:])
    return out
