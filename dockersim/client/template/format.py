"""Go's ``fmt`` for the values of a template: ``Sprint``, ``Sprintln``, ``Sprintf``; and docker/cli's ``json``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dockersim.client.template.values import Nil, NilMap, NilSlice, Row, Struct, type_name
from dockersim.units.strconv import quote, quote_rune

_VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(.)?", re.DOTALL)


def show(value: Any, quoted: bool = False) -> str:
    """``%v``; with ``quoted``, texts inside it as ``%q`` has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value) if quoted else value
    if isinstance(value, float):
        return float_text(value)
    if value is None or isinstance(value, Nil):
        return "<nil>"
    if isinstance(value, Struct):
        return "{" + " ".join(show(item, quoted) for item in value.values()) + "}"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{show(k, quoted)}:{show(value[k], quoted)}" for k in sorted(value)) + "]"
    if isinstance(value, list | tuple):
        return "[" + " ".join(show(item, quoted) for item in value) + "]"
    return str(value)


def float_text(value: float) -> str:
    """``%v`` of a float64: the shortest text, with an exponent below 1e-4 and from 1e21 on."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    if value and not 1e-4 <= abs(value) < 1e21:
        digits = mantissa.removesuffix(".0")
        return f"{digits}e{int(exponent):+03d}" if exponent else text
    return f"{value:.{_places(value)}f}" if exponent else text.removesuffix(".0")


def _places(value: float) -> int:
    mantissa, _, exponent = repr(value).partition("e")
    return max(0, len(mantissa.partition(".")[2].removesuffix("0") or "") - int(exponent))


def sprint(values: Sequence[Any]) -> str:
    """A space between two values where neither is a text."""
    out = ""
    for at, value in enumerate(values):
        if at and not isinstance(value, str) and not isinstance(values[at - 1], str):
            out += " "
        out += show(value)
    return out


def sprintln(values: Sequence[Any]) -> str:
    """A space between all values, a newline at the end."""
    return " ".join(map(show, values)) + "\n"


def sprintf(layout: str, values: Sequence[Any]) -> str:
    """Go's ``Sprintf`` with its complaints, ``%!d(string=hi)``, in the text."""
    left = list(values)

    def one(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb is None:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        size, bad_size = _star(width, left, "WIDTH")
        exact, bad_exact = _star(precision if "." in match[0] else None, left, "PREC")
        if "." in match[0] and precision is None:
            exact = 0
        if size is not None and size < 0:
            flags, size = flags + "-", -size
        if not left:
            return f"{bad_size}{bad_exact}%!{verb}(MISSING)"
        return bad_size + bad_exact + _pad(_verb(verb, left.pop(0), flags, exact), flags, size, verb)

    out = _VERB.sub(one, layout)
    if left:
        extra = ", ".join("<nil>" if v is None else f"{type_name(v)}={show(v)}" for v in left)
        out += f"%!(EXTRA {extra})"
    return out


def _star(text: str | None, left: list[Any], what: str) -> tuple[int | None, str]:
    if text != "*":
        return (int(text) if text else None), ""
    if left and isinstance(left[0], int) and not isinstance(left[0], bool):
        return left.pop(0), ""
    if left:
        left.pop(0)
    return None, f"%!(BAD{what})"


def _pad(text: str, flags: str, width: int | None, verb: str) -> str:
    if width is None or len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and verb in "dfgeExXob":
        sign = text[0] if text[:1] in ("-", "+") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _verb(verb: str, value: Any, flags: str, precision: int | None) -> str:
    if verb == "v":
        return _go_syntax(value) if "#" in flags else _plus(value) if "+" in flags else show(value)
    if verb == "T":
        return type_name(value)
    if value is None:
        return f"%!{verb}(<nil>)"
    if isinstance(value, Struct):
        return "{" + " ".join(_verb(verb, item, flags, precision) for item in value.values()) + "}"
    if isinstance(value, dict):
        inside = (
            f"{_verb(verb, k, flags, precision)}:{_verb(verb, value[k], flags, precision)}" for k in sorted(value)
        )
        return "map[" + " ".join(inside) + "]"
    if isinstance(value, list | tuple):
        return "[" + " ".join(_verb(verb, item, flags, precision) for item in value) + "]"
    done = _scalar(verb, value, flags, precision)
    return f"%!{verb}({type_name(value)}={show(value)})" if done is None else done


def _scalar(verb: str, value: Any, flags: str, precision: int | None) -> str | None:
    if isinstance(value, bool):
        return show(value) if verb == "t" else None
    if isinstance(value, str):
        text = value if precision is None else value[:precision]
        return {"s": text, "q": quote(text), "x": text.encode().hex(), "X": text.encode().hex().upper()}.get(verb)
    if isinstance(value, int):
        return _int(verb, value, flags)
    if isinstance(value, float) and verb in "feEgG":
        exact = 6 if precision is None and verb in "feE" else precision
        text = float_text(value) if exact is None else format(value, f".{exact}{verb}")
        return _sign(text, flags)
    return None


def _int(verb: str, value: int, flags: str) -> str | None:
    if verb in "dobxX":
        prefix = {"o": "0", "x": "0x", "X": "0X", "b": "0b"}.get(verb, "") if "#" in flags else ""
        return _sign(("-" if value < 0 else "") + prefix + format(abs(value), verb), flags)
    char = chr(value) if 0 <= value < 0x110000 and not 0xD800 <= value < 0xE000 else "\ufffd"
    return {"c": char, "q": quote_rune(char), "U": f"U+{value & 0xFFFFFFFF:04X}"}.get(verb)


def _sign(text: str, flags: str) -> str:
    if text[:1] == "-":
        return text
    return f"+{text}" if "+" in flags else f" {text}" if " " in flags else text


def _plus(value: Any) -> str:
    if isinstance(value, Struct):
        return "{" + " ".join(f"{name}:{_plus(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + " ".join(map(_plus, value)) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{_plus(value[k])}" for k in sorted(value)) + "]"
    return _sign(show(value), "+") if isinstance(value, int | float) and not isinstance(value, bool) else show(value)


def _go_syntax(value: Any) -> str:
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Struct):
        return value.type_name + "{" + ", ".join(f"{k}:{_go_syntax(v)}" for k, v in value.items()) + "}"
    if isinstance(value, dict):
        inside = ", ".join(f"{_go_syntax(k)}:{_go_syntax(value[k])}" for k in sorted(value))
        return f"{type_name(value)}{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"{type_name(value)}{{{', '.join(map(_go_syntax, value))}}}"
    return show(value)


def escape_html(text: str) -> str:
    """JSON with the letters escaped that mean something in HTML, as Go does it by default."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def to_json(value: Any) -> str:
    """``json.Marshal`` without HTML escapes: maps by key, structs in the order of their fields."""
    import json

    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x7f", "\x7f")
    if value is None or isinstance(value, Nil | NilMap | NilSlice):
        return "null"
    if isinstance(value, bool):
        return show(value)
    if isinstance(value, dict):
        if isinstance(value, Struct):
            names = [name for name in value if value[name] or name not in value.omit_empty]
        else:
            names = sorted(value)
        text = "{" + ",".join(f"{to_json(str(name))}:{to_json(value[name])}" for name in names) + "}"
        return escape_html(text) if isinstance(value, Row) else text
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    if isinstance(value, float):
        text = repr(value).removesuffix(".0")
        return text if "e" not in text else float_text(value)
    return str(value)
