"""Numbers as text, and ``printf``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from dockersim.userland.programs.awk.runtime.values import UNINIT, StrNum, to_num

FORMAT = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])")


def number_text(value: float, form: str) -> str:
    """A number as text: integers plainly, others by CONVFMT or OFMT."""
    if value == value and abs(value) < 1e16 and value == int(value):
        return str(int(value))
    if value != value:
        return "-nan" if math.copysign(1.0, value) < 0 else "nan"
    if value in (math.inf, -math.inf):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e53:
        return str(int(value))
    return sprintf(form, [value])


class TooFew(Exception):
    """A directive without a value; ``before`` is the text up to it."""

    def __init__(self, before: str) -> None:
        super().__init__(before)
        self.before = before


def sprintf(form: str, values: list[Any], convert: Callable[[Any], str] = str, lenient: bool = True) -> str:
    """``printf`` of awk. ``lenient``: what has no value is empty; else :class:`TooFew`."""
    out: list[str] = []
    at = 0
    rest = iter(values)

    def value() -> Any:
        found = next(rest, None)
        if found is None and not lenient:
            raise TooFew("".join(out))
        return UNINIT if found is None else found

    for found in FORMAT.finditer(form):
        out.append(form[at : found.start()])
        at = found.end()
        flags, width, precision, kind = found[1], found[2], found[3], found[4]
        if kind == "%":
            out.append("%")
            continue
        if width == "*":
            width = str(int(to_num(value())))
        if precision == "*":
            precision = str(int(to_num(value())))
        if kind not in "diouxXeEfFgGcs":
            out.append(found[0])
            continue
        spec = flags + (width or "") + ("" if precision is None else f".{precision}")
        out.append(_formatted(kind, spec, value(), convert))
    out.append(form[at:])
    return "".join(out)


def _formatted(kind: str, spec: str, value: Any, convert: Callable[[Any], str]) -> str:
    if kind == "s":
        return ("%" + spec.replace("0", "", 1) + "s" if spec.startswith("0") else "%" + spec + "s") % convert(value)
    if kind == "c":
        if type(value) is float or (isinstance(value, StrNum) and value != ""):
            code = int(to_num(value))
            text = chr(code & 0xFF)
        else:
            text = convert(value)[:1]
        return ("%" + spec.partition(".")[0] + "s") % text
    number = to_num(value)
    if kind in "diouxX":
        if not math.isfinite(number):
            return ("%" + spec.replace("0", "").partition(".")[0] + "s") % number_text(number, "%g")
        whole = int(number)
        if kind in "ouxX" and whole < 0:
            whole &= (1 << 64) - 1
        return ("%" + spec + ("d" if kind in "iu" else kind)) % whole
    return ("%" + spec + kind) % number
