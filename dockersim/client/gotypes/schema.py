"""Types by their Go notation: ``*container.State``, ``map[nat.Port][]nat.PortBinding``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Field(NamedTuple):
    """A field of a struct. ``tag`` is what JSON calls it, "-" if it does not show it."""

    name: str
    type: str
    tag: str
    omitted: bool
    embedded: bool


class Type(NamedTuple):
    """A type: ``name`` is what ``%T`` prints, ``kind`` is string, int, uint, bool, struct, pointer, slice, map,
    interface, error, time, duration or text (what JSON writes as a string, though it is none). ``element`` and
    ``key`` are the types inside, as they are written here; ``size`` is an array's, which is a slice otherwise;
    ``fields`` are a struct's."""

    name: str
    kind: str
    element: str = ""
    key: str = ""
    size: int = 0
    fields: tuple[Field, ...] = ()


_PLAIN = {
    "string": "string",
    "bool": "bool",
    "int": "int",
    "int64": "int",
    "uint": "uint",
    "uint8": "uint",
    "uint16": "uint",
    "uint32": "uint",
    "uint64": "uint",
    "time.Time": "time",
    "time.Duration": "duration",
    "text": "text",
}
_NAMELESS = {
    "any": Type("interface {}", "interface"),
    "error": Type("error", "error"),
    "struct{}": Type("struct {}", "struct"),
}
_ANONYMOUS = {"types.Platform": "struct { Name string }"}


@cache
def lookup(written: str) -> Type:
    """The type that is written so. ``any(T)`` is an ``any`` that holds a ``T``. Raises ``KeyError``."""
    if written in _PLAIN:
        return Type(written, _PLAIN[written])
    if written in _NAMELESS:
        return _NAMELESS[written]
    if written.startswith("any("):
        return Type("interface {}", "interface", written[4:-1])
    if written[0] == "*":
        return Type("*" + lookup(written[1:]).name, "pointer", written[1:])
    if written[0] == "[":
        size, _, element = written.partition("]")
        return Type(f"{size}]{lookup(element).name}", "slice", element, size=int(size[1:] or 0))
    if written.startswith("map["):
        key, _, element = written.removeprefix("map[").partition("]")
        return Type(f"map[{key}]{lookup(element).name}", "map", element, key)
    same, *fields = _tables()[written]
    if same:
        return lookup(same)._replace(name=written)
    return Type(_ANONYMOUS.get(written, written), "struct", fields=tuple(map(_field, fields)))


@cache
def _tables() -> dict[str, list[str]]:
    """Each named type's lines: what it is another name for ("" for a struct), and its fields."""
    from dockersim.client.gotypes.tables import ALL

    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in "".join(ALL).split("\n"):
        if line.startswith("  "):
            lines.append(line.strip())
        elif line:
            name, _, same = line.partition(" = ")
            lines = found[name] = [same]
    return found


def _field(line: str) -> Field:
    words = line.removesuffix(" ?").split(" ")
    if len(words) == 1:
        return Field(words[0].rpartition(".")[2], words[0], "", False, True)
    name, kind, *tag = words
    return Field(name, kind, tag[0] if tag else name, line.endswith(" ?"), False)
