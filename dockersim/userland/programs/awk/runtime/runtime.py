"""The state of a running program, with awk's functions: generated code calls ``rt.f_name`` for ``name``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from dockersim.userland.process import Process
from dockersim.userland.programs.awk.runtime.flow import Fatal
from dockersim.userland.programs.awk.runtime.streams import Streams
from dockersim.userland.programs.awk.runtime.values import Array, strnum, to_num
from dockersim.userland.programs.formats import strftime

NOT_A_NUMBER = math.copysign(math.nan, -1.0)
"""What the processor makes of 0/0: it is printed as ``-nan``."""


class Runtime(Streams):
    """The record, the special variables, open files; ``namespace`` holds the program's variables and functions."""

    def __init__(self, p: Process) -> None:
        super().__init__(p)
        self.ranges: set[int] = set()
        self.namespace: dict[str, Any] = {}
        self.seed = 0.0
        self._random = 0

    # ---- text

    def split(self, text: str, array: Array, mark: Any) -> float:
        array.clear()
        for number, piece in enumerate(self.cut(text, self.FS if mark is None else mark), 1):
            array[str(number)] = strnum(piece)
        return float(len(array))

    def match(self, text: str, pattern: re.Pattern[str]) -> float:
        found = pattern.search(text)
        self.RSTART = float(found.start() + 1) if found else 0.0
        self.RLENGTH = float(found.end() - found.start()) if found else -1.0
        return float(self.RSTART)

    def substitute(self, pattern: re.Pattern[str], by: str, text: str, everywhere: bool) -> tuple[float, str]:
        count = at = 0
        before = -1
        out = []
        parts = re.split(r"(\\\\&|\\&|&|\\\\)", by)
        for found in pattern.finditer(text):
            start, end = found.span()
            if start == end == before:
                continue
            before = end
            count += 1
            out.append(text[at:start])
            for part in parts:
                out.append({"&": found[0], "\\&": "&", "\\\\&": "\\" + found[0], "\\\\": "\\"}.get(part, part))
            at = end
            if not everywhere:
                break
        return float(count), "".join(out) + text[at:] if count else text

    def f_gensub(self, pattern: Any, by: Any, how: Any, text: Any = None) -> str:
        if not isinstance(pattern, re.Pattern):
            pattern = self.regex(self.to_str(pattern))
        target = self.record() if text is None else self.to_str(text)
        template = re.split(r"\\(\d|&|\\)|(&)", self.to_str(by))
        which = self.to_str(how)
        wanted = 0 if which[:1] in ("g", "G") else max(1, int(to_num(how)))
        count = 0

        def one(found: re.Match[str]) -> str:
            nonlocal count
            count += 1
            if wanted and count != wanted:
                return found[0]
            out = []
            for at, part in enumerate(template):
                if part is None or at % 3 == 0:
                    out.append(part or "")
                elif at % 3 == 2:
                    out.append(found[0])
                else:
                    out.append((found[int(part)] or "") if part.isdigit() else part)
            return "".join(out)

        return str(pattern.sub(one, target))

    def f_substr(self, text: Any, start: Any, length: Any = None) -> str:
        source = self.to_str(text)
        begin = _round(to_num(start))
        end = len(source) + 1 if length is None else begin + _round(to_num(length))
        return source[max(begin, 1) - 1 : max(end, 1) - 1]

    def f_index(self, text: Any, part: Any) -> float:
        return float(self.to_str(text).find(self.to_str(part)) + 1)

    def f_tolower(self, value: Any) -> str:
        return _cased(self.to_str(value), str.lower)

    def f_toupper(self, value: Any) -> str:
        return _cased(self.to_str(value), str.upper)

    def f_strftime(self, form: Any = "%a %b %e %H:%M:%S %Z %Y", when: Any = None, *utc: Any) -> str:
        seconds = self.p.sim.time() if when is None else to_num(when)
        return strftime(self.to_str(form), int(seconds) * 10**9)

    def f_strtonum(self, value: Any) -> float:
        text = self.to_str(value).strip()
        return float(int(text, 16)) if re.fullmatch("0[xX][0-9a-fA-F]+", text) else to_num(value)

    def f_systime(self) -> float:
        return float(int(self.p.sim.time()))

    # ---- numbers

    def divide(self, left: float, right: float) -> float:
        """``/``: by zero, infinite or no number, and a fault in busybox."""
        if right != 0.0:
            return left / right
        if self.busybox:
            raise Fatal("division by zero", "Division by zero")
        if left == 0.0 or left != left:
            return NOT_A_NUMBER
        return math.copysign(math.inf, left) * math.copysign(1.0, right)

    def modulo(self, left: float, right: float) -> float:
        """``%``, as fmod(3) has it."""
        if right != 0.0:
            return math.fmod(left, right)
        if self.busybox:
            raise Fatal("division by zero", "Division by zero")
        return NOT_A_NUMBER

    def undefined(self, line: int) -> float:
        """A function that busybox misses when it is called."""
        raise Fatal("function never defined", "Call to undefined function", line=line)

    def f_sin(self, value: Any) -> float:
        return math.sin(to_num(value))

    def f_cos(self, value: Any) -> float:
        return math.cos(to_num(value))

    def f_atan2(self, y: Any, x: Any) -> float:
        return math.atan2(to_num(y), to_num(x))

    def f_exp(self, value: Any) -> float:
        try:
            return math.exp(to_num(value))
        except OverflowError:
            return math.inf

    def f_log(self, value: Any) -> float:
        number = to_num(value)
        return math.log(number) if number > 0 else (-math.inf if number == 0 else NOT_A_NUMBER)

    def f_sqrt(self, value: Any) -> float:
        number = to_num(value)
        return math.sqrt(number) if number >= 0 else NOT_A_NUMBER

    def f_rand(self) -> float:
        self._random = (self._random * 1103515245 + 12345) & 0x7FFFFFFF
        return self._random / 0x80000000

    def f_srand(self, value: Any = None) -> float:
        before = self.seed
        self.seed = float(int(self.p.sim.time())) if value is None else to_num(value)
        self._random = int(self.seed) & 0x7FFFFFFF
        return before

    def f_and(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) & int(to_num(b)))

    def f_or(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) | int(to_num(b)))

    def f_xor(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) ^ int(to_num(b)))

    def f_lshift(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) << min(63, int(to_num(b))))

    def f_rshift(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) >> min(63, int(to_num(b))))

    def f_compl(self, a: Any) -> float:
        return float(~int(to_num(a)) & ((1 << 53) - 1))


def _cased(text: str, change: Callable[[str], str]) -> str:
    return change(text) if text.isascii() else "".join(change(c) if c.isascii() else c for c in text)


def _round(value: float) -> int:
    if not math.isfinite(value):
        return 1 << 40 if value > 0 else -(1 << 40)
    return round(value)
