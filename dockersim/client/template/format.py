"""Go's default forms of the values of a template: ``Sprint``, ``Sprintln``, ``%v``; and docker/cli's ``json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

from dockersim.client.template.values import Int, Nil, Pointer, Row, Struct, is_nil, target
from dockersim.wire.gojson import escape_html


def show(value: Any, nested: bool = False) -> str:
    """``%v``. What a pointer points to is shown only if it is a struct, and not ``nested`` in another value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Struct | Int) and value.text is not None:
        return value.text
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, complex):
        return f"({float_text(value.real)}{'+' * (value.imag >= 0)}{float_text(value.imag)}i)"
    if value is None or isinstance(value, Nil):
        return "<nil>"
    if isinstance(value, Pointer):
        return address(value)
    if isinstance(value, Struct):
        if value.pointer and nested:
            return address(value)
        return f"{'&' * value.pointer}{{{' '.join(shown(value.values()))}}}"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{show(key)}:{show(value[key], True)}' for key in sorted(value))}]"
    if isinstance(value, list | tuple):
        return f"[{' '.join(shown(value))}]"
    return str(value)


def shown(values: Iterable[Any]) -> Iterable[str]:
    """The values inside another one."""
    return (show(value, True) for value in values)


def printed(value: Any) -> str:
    """What an action prints: pointers are followed."""
    if isinstance(value, Struct) and value.pointer:
        return show(value).removeprefix("&")
    return show(target(value))


def address(value: Any) -> str:
    """Where a pointer points to, which nobody can foresee; the same for equal things."""
    return f"0xc000{crc32(to_json(target(value)).encode(errors='replace')) & 0x7FFFF0:06x}"


def float_text(value: float) -> str:
    """``%v`` of a float64: the shortest text, with an exponent below 1e-4 and from 1e6 on."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return _float(value, 1e-4, 1e6)


def _float(value: float, least: float, most: float) -> str:
    """The shortest text, without an exponent from ``least`` up to ``most``."""
    from decimal import Decimal

    exact = Decimal(repr(value)).normalize()
    if not value or least <= abs(value) < most:
        return format(exact, "f")
    mantissa, _, exponent = format(exact, "e").partition("e")
    return f"{mantissa}e{int(exponent):+03d}"


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


def to_json(value: Any) -> str:
    """``json.Marshal`` without HTML escapes: maps by key, structs in the order of their fields."""
    value = target(value)
    if isinstance(value, str):
        return _json_string(value)
    if is_nil(value):
        return "null"
    if isinstance(value, bool):
        return show(value)
    if isinstance(value, Struct):
        if value.json is not None:
            return _json_string(value.json)
        text = f"{{{','.join(_json_fields(value))}}}"
        return escape_html(text) if isinstance(value, Row) else text
    if isinstance(value, dict):
        return f"{{{','.join(f'{to_json(str(key))}:{to_json(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(to_json, value))}]"
    if isinstance(value, float):
        return _float(value, 1e-6, 1e21).replace("e-0", "e-")
    return int.__repr__(value) if isinstance(value, int) else str(value)


def _json_string(text: str) -> str:
    import json

    return json.dumps(str(text), ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _json_fields(value: Struct) -> Iterable[str]:
    for name, item in value.items():
        tag = value.tags.get(name, name)
        if name in value.embedded:
            yield from _json_fields(item)
        elif tag != "-" and not (name in value.omitted and _is_empty(item)):
            yield f"{_json_string(tag)}:{to_json(item)}"


def _is_empty(value: Any) -> bool:
    """What ``omitempty`` leaves out: a struct is never empty, a pointer only if it is nil."""
    return not isinstance(value, Struct | Pointer) and not value
