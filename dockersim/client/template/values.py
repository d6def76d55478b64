"""Values inside a template: Go's kinds, truth and type names for Python data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any


class TemplateError(ValueError):
    """A template that does not parse or does not run; the message is Go's."""


class Struct(dict[str, Any]):
    """A Go struct: fields in order; ``type_name`` is what errors call it. ``methods`` take the template's arguments.

    ``omit_empty`` are fields that JSON leaves out where they are nil or zero.
    """

    def __init__(
        self,
        fields: Mapping[str, Any],
        type_name: str = "struct {}",
        methods: Mapping[str, Callable[..., Any]] | None = None,
        omit_empty: Collection[str] = (),
    ) -> None:
        super().__init__(fields)
        self.type_name = type_name
        self.methods = methods or {}
        self.omit_empty = omit_empty


class Row(Struct):
    """A row of a list. It writes its JSON itself, by Go's default: ``<``, ``>`` and ``&`` are escaped in it."""


class MethodMap(dict[str, Any]):
    """A Go map of a named type with methods: a missing key is no error, a method takes arguments."""

    def __init__(self, items: Mapping[str, Any], methods: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(items)
        self.methods = methods


class Nil:
    """A nil pointer of a named type: prints ``<nil>``, has no fields, is false."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __bool__(self) -> bool:
        return False


class NilSlice(list[Any]):
    """A nil slice: prints ``[]`` and is ``null`` in JSON."""


class NilMap(dict[str, Any]):
    """A nil map: prints ``map[]`` and is ``null`` in JSON."""


def type_name(value: Any) -> str:
    """Go's name for the type of a Python value."""
    if isinstance(value, Struct | Nil):
        return value.type_name
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float64"), (str, "string")):
        if isinstance(value, kind):
            return name
    if isinstance(value, dict):
        return "map[string]string" if is_string_map(value) else "map[string]interface {}"
    if isinstance(value, list | tuple):
        return "[]string" if all(isinstance(item, str) for item in value) else "[]interface {}"
    return "<nil>" if value is None else type(value).__name__


def is_string_map(value: Mapping[str, Any]) -> bool:
    return not isinstance(value, Struct) and all(isinstance(item, str) for item in value.values())


def truth(value: Any) -> bool:
    """Go's ``IsTrue``: not zero, not nil, not empty; a struct is always true."""
    return True if isinstance(value, Struct) else bool(value)


def is_map(value: Any) -> bool:
    return isinstance(value, dict) and not isinstance(value, Struct)
