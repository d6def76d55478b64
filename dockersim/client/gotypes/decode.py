"""From an answer's JSON to values of Go's types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.client.gotypes.methods import duration, instant, methods_of, permissions, text_of
from dockersim.client.gotypes.schema import Field, Type, lookup
from dockersim.client.template.values import Int, Map, Nil, Pointer, Slice, Struct, Text


def decode(value: Any, written: str) -> Any:
    """``value`` as the type that is written so: what JSON leaves out is zero, what it has besides is dropped."""
    kind = lookup(written)
    found = _DECODERS[kind.kind]
    return found(value, kind)


def untyped(value: Any) -> Any:
    """``value`` as Go decodes it without a type: numbers stay the text that they are."""
    if isinstance(value, dict):
        return Map({key: untyped(item) for key, item in value.items()}, "map[string]interface {}")
    if isinstance(value, list):
        return Slice(map(untyped, value), "[]interface {}")
    if isinstance(value, int) and not isinstance(value, bool):
        return Text.of(str(value), "json.Number")
    return value


def _string(value: Any, kind: Type) -> Any:
    text = value or ""
    return text if kind.name == "string" else Text.of(text, kind.name, methods_of(kind.name, text))


def _integer(value: Any, kind: Type) -> Any:
    number = value or 0
    if kind.name == "int":
        return number
    return Int.of(number, kind.name, permissions(number) if kind.name == "fs.FileMode" else None)


def _struct(value: Any, kind: Type) -> Struct:
    given = value or {}
    fields = {field.name: _field(given, field) for field in kind.fields}
    return Struct(
        fields,
        kind.name,
        methods_of(kind.name, fields),
        text=text_of(kind.name, fields),
        embedded=[field.name for field in kind.fields if field.embedded],
        tags={field.name: field.tag for field in kind.fields},
        omitted=[field.name for field in kind.fields if field.omitted],
    )


def _field(given: Any, field: Field) -> Any:
    if field.embedded:
        return decode(given, field.type)
    return decode(given.get(field.tag), field.type)


def _pointer(value: Any, kind: Type) -> Any:
    if value is None:
        return Nil(kind.name)
    found = decode(value, kind.element)
    if isinstance(found, Struct):
        found.pointer = True
        return found
    return Pointer(found, kind.name)


def _slice(value: Any, kind: Type) -> Slice:
    items = value if value is not None else [None] * kind.size
    return Slice([decode(item, kind.element) for item in items], kind.name, nil=value is None and not kind.size)


def _map(value: Any, kind: Type) -> Map:
    items = {decode(key, kind.key): decode(item, kind.element) for key, item in (value or {}).items()}
    return Map(items, kind.name, key=kind.key, zero=lambda: decode(None, kind.element), nil=value is None)


def _interface(value: Any, kind: Type) -> Any:
    return decode(value, kind.element) if kind.element else value


_DECODERS: dict[str, Callable[[Any, Type], Any]] = {
    "string": _string,
    "bool": lambda value, kind: bool(value),
    "int": _integer,
    "uint": _integer,
    "struct": _struct,
    "pointer": _pointer,
    "slice": _slice,
    "map": _map,
    "interface": _interface,
    "error": lambda value, kind: Nil(kind.name),
    "time": lambda value, kind: instant(value),
    "duration": lambda value, kind: duration(value or 0),
    "text": lambda value, kind: Struct({}, kind.name, text=value or "", json=value or ""),
}
