"""What generated code calls by name; nothing else of Python is in its reach."""

from __future__ import annotations

import math
from typing import Any

from dockersim.userland.programs.awk.runtime.flow import Exit, Next, NextFile
from dockersim.userland.programs.awk.runtime.values import UNINIT, Array, strnum, to_num, truth


def put(array: Array, key: str, value: Any) -> Any:
    array[key] = value
    return value


def copy(value: Any) -> Any:
    return value


def power(left: float, right: float) -> float:
    try:
        result = left**right
        return result if isinstance(result, float) else math.nan
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return math.inf


def integer(value: float) -> float:
    return float(int(value)) if math.isfinite(value) else value


HELPERS: dict[str, Any] = {
    "__builtins__": {"len": len, "float": float, "list": list},
    "UNINIT": UNINIT,
    "Array": Array,
    "Next": Next,
    "NextFile": NextFile,
    "Exit": Exit,
    "strnum": strnum,
    "to_num": to_num,
    "truth": truth,
    "put": put,
    "copy": copy,
    "power": power,
    "integer": integer,
}
