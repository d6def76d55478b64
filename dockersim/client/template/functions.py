"""The functions of a template: Go's own and docker/cli's. ``ValueError`` holds what follows "error calling X: "."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dockersim.client.template.format import printed, sprint, sprintln, to_json
from dockersim.client.template.sprintf import sprintf
from dockersim.client.template.values import (
    Map,
    Nil,
    Pointer,
    Slice,
    Struct,
    bare_type,
    is_map,
    is_nil,
    is_string_map,
    target,
    truth,
    type_name,
)


def _split(text: str, separator: str) -> list[str]:
    if not separator:
        return list(text)
    return text.split(separator)


def _title(text: str) -> str:
    out, start = "", True
    for char in text:
        out += char.title() if start else char
        start = not (char.isalnum() or char in "_'")
    return out


def _lower(text: str) -> str:
    return "".join(char.lower()[0] for char in text)


def _upper(text: str) -> str:
    """Letter by letter: what has no single capital stays as it is."""
    return "".join(raised if len(raised := char.upper()) == 1 else char for char in text)


def _pad(text: str, before: int, after: int) -> str:
    if text and min(before, after) < 0:
        raise ValueError("strings: negative Repeat count")
    return " " * before + text + " " * after if text else text


def _truncate(text: str, length: int) -> str:
    raw = text.encode(errors="surrogateescape")
    if length < 0:
        raise ValueError(f"runtime error: slice bounds out of range [:{length}]")
    return text if len(raw) < length else raw[:length].decode(errors="replace")


def _length(value: Any) -> int:
    if value is None:
        raise ValueError("reflect: call of reflect.Value.Type on zero Value")
    if isinstance(value, Nil):
        raise ValueError("len of nil pointer")
    value = target(value)
    if isinstance(value, str):
        return len(value.encode(errors="surrogateescape"))
    if isinstance(value, list | tuple) or is_map(value):
        return len(value)
    raise ValueError(f"len of type {bare_type(value)}")


def _place(index: Any, most: int) -> int:
    if index is None:
        raise ValueError("cannot index slice/array with nil")
    if not isinstance(index, int) or isinstance(index, bool):
        raise ValueError(f"cannot index slice/array with type {type_name(index)}")
    if not 0 <= index <= most:
        raise ValueError(f"index out of range: {index}")
    return index


def _index(value: Any, *indexes: Any) -> Any:
    if value is None:
        raise ValueError("index of untyped nil")
    for index in indexes:
        if value is None or isinstance(value, Nil):
            raise ValueError("index of nil pointer")
        if isinstance(value, str):
            value = _at_place(value.encode(errors="surrogateescape"), index, "string")
        elif isinstance(value, list | tuple):
            value = _at_place(value, index, "array" if type_name(value)[1] != "]" else "slice")
        elif is_map(value):
            value = _at_key(value, index)
        else:
            raise ValueError(f"can't index item of type {bare_type(value)}")
    return value


def _at_place(value: Sequence[Any], index: Any, kind: str) -> Any:
    place = _place(index, len(value))
    if place == len(value):
        raise ValueError(f"reflect: {kind} index out of range")
    return value[place]


def _at_key(value: dict[Any, Any], index: Any) -> Any:
    wanted = value.key if isinstance(value, Map) else "string"
    if index is None:
        raise ValueError(f"value is nil; should be of type {wanted}")
    if type_name(index) != wanted:
        raise ValueError(f"value has type {type_name(index)}; should be {wanted}")
    if index in value:
        return value[index]
    return value.zero() if isinstance(value, Map) else "" if is_string_map(value) else None


def _slice(value: Any, *indexes: Any) -> Any:
    if value is None:
        raise ValueError("slice of untyped nil")
    if len(indexes) > 3:
        raise ValueError(f"too many slice indexes: {len(indexes)}")
    if isinstance(value, str):
        if len(indexes) == 3:
            raise ValueError("cannot 3-index slice a string")
        raw: Any = value.encode(errors="surrogateescape")
    elif isinstance(value, list | tuple):
        raw = value
    else:
        raise ValueError(f"can't slice item of type {bare_type(value)}")
    places = [_place(index, len(raw)) for index in indexes]
    first = places[0] if places else 0
    last = places[1] if len(places) > 1 else len(raw)
    if first > last:
        raise ValueError(f"invalid slice index: {first} > {last}")
    cut = raw[first:last]
    if isinstance(value, str):
        return cut.decode(errors="replace")
    return Slice(cut, value.type_name) if isinstance(value, Slice) else cut


def _kind(value: Any) -> str:
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "string")):
        if isinstance(value, kind):
            return name
    return ""


def _equal(first: Any, *others: Any) -> bool:
    if not others:
        raise ValueError("missing argument for comparison")
    return any(_same(first, other) for other in others)


def _same(first: Any, other: Any) -> bool:
    if _kind(first) != _kind(other):
        if first is not None and other is not None:
            raise ValueError("incompatible types for comparison")
        return False
    if _kind(first):
        return bool(first == other)
    if is_nil(first) or is_nil(other):
        return is_nil(first) == is_nil(other)
    if _shape(first) != _shape(other):
        raise ValueError(
            f"non-comparable types {sprintf('%s', [first])}: {type_name(first)}, {type_name(other)}: "
            f"{sprintf('%v', [other])}"
        )
    if _is_pointer(other):
        return first is other
    if not _comparable(other):
        raise ValueError(f"non-comparable type {sprintf('%s', [other])}: {type_name(other)}")
    return type_name(first) == type_name(other) and first == other


def _shape(value: Any) -> str:
    if _is_pointer(value):
        return "pointer"
    return "struct" if isinstance(value, Struct) else "map" if is_map(value) else "slice"


def _comparable(value: Any) -> bool:
    return bool(_kind(value)) or (isinstance(value, Struct) and all(map(_comparable, value.values())))


def _less(first: Any, second: Any) -> bool:
    for value in (first, second):
        if not _kind(value):
            raise ValueError("invalid type for comparison")
    if _kind(first) != _kind(second):
        raise ValueError("incompatible types for comparison")
    if _kind(first) == "bool":
        raise ValueError("invalid type for comparison")
    return bool(first < second)


def _less_or_equal(first: Any, second: Any) -> bool:
    return _less(first, second) or _equal(first, second)


def _greater(first: Any, second: Any) -> bool:
    return not _less_or_equal(first, second)


def _greater_or_equal(first: Any, second: Any) -> bool:
    return not _less(first, second)


def _text(values: tuple[Any, ...]) -> str:
    return sprint([_printable(value) for value in values])


def _printable(value: Any) -> Any:
    return "<no value>" if value is None else printed(value) if _is_pointer(value) else value


def _is_pointer(value: Any) -> bool:
    return isinstance(value, Pointer) or (isinstance(value, Struct) and value.pointer)


def _html(*values: Any) -> str:
    text = _text(values)
    for char, name in (("&", "&amp;"), ("'", "&#39;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("\0", "\ufffd")):
        text = text.replace(char, name)
    return text


def _js(*values: Any) -> str:
    known = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    return "".join(known.get(char) or (char if char.isprintable() else f"\\u{ord(char):04X}") for char in _text(values))


def _urlquery(*values: Any) -> str:
    from urllib.parse import quote_plus

    return quote_plus(_text(values), safe="~").replace("%7E", "~")


def _printf(layout: str, *values: Any) -> str:
    return sprintf(layout, values)


# Name to the function, the types of its arguments, and the type of any further ones ("" where there are none).
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[str, ...], str]] = {
    "json": (to_json, ("any",), ""),
    "split": (_split, ("string", "string"), ""),
    "join": (lambda items, separator: separator.join(items), ("[]string", "string"), ""),
    "title": (_title, ("string",), ""),
    "lower": (_lower, ("string",), ""),
    "upper": (_upper, ("string",), ""),
    "pad": (_pad, ("string", "int", "int"), ""),
    "truncate": (_truncate, ("string", "int"), ""),
    "len": (_length, ("any",), ""),
    "index": (_index, ("any",), "any"),
    "slice": (_slice, ("any",), "any"),
    "not": (lambda value: not truth(value), ("any",), ""),
    "print": (lambda *values: sprint(values), (), "any"),
    "println": (lambda *values: sprintln(values), (), "any"),
    "printf": (_printf, ("string",), "any"),
    "html": (_html, (), "any"),
    "js": (_js, (), "any"),
    "urlquery": (_urlquery, (), "any"),
    "eq": (_equal, ("any",), "any"),
    "ne": (lambda first, second: not _equal(first, second), ("any", "any"), ""),
    "lt": (_less, ("any", "any"), ""),
    "le": (_less_or_equal, ("any", "any"), ""),
    "gt": (_greater, ("any", "any"), ""),
    "ge": (_greater_or_equal, ("any", "any"), ""),
}
# `and` and `or` stop at the argument that decides; `call` needs a function, which no data has.
NAMES = frozenset((*FUNCTIONS, "and", "or", "call"))
