"""Values inside a template: Go's kinds, truth and type names for Python data.

Python's own values stand for Go's plain types: ``str``, ``int``, ``bool``, ``float``, ``None`` (nil), ``list``
(``[]string`` or ``[]interface {}``) and ``dict`` (``map[string]string`` or ``map[string]interface {}``). The classes
here are those that know their Go type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Methods = Mapping[str, Callable[..., Any]]
_NO_METHODS: Methods = {}


class TemplateError(ValueError):
    """A template that does not parse or does not run; the message is Go's. ``written`` is what came before that."""

    written = ""


class Struct(dict[str, Any]):
    """A Go struct: fields in order; ``type_name`` is what errors call it. ``methods`` take strings.

    ``pointer`` is whether a pointer to it is meant, whose type has a star; ``text`` is what its ``String`` method
    gives, and ``json`` the string as which it writes itself. ``embedded`` are the fields whose own fields can be had
    without their name; ``tags`` say what JSON calls a field, and ``omitted`` are those that JSON leaves out where they
    are empty.
    """

    def __init__(
        self,
        fields: Mapping[str, Any],
        type_name: str = "struct {}",
        methods: Methods | None = None,
        *,
        pointer: bool = False,
        text: str | None = None,
        json: str | None = None,
        embedded: Iterable[str] = (),
        tags: Mapping[str, str] | None = None,
        omitted: Iterable[str] = (),
    ) -> None:
        super().__init__(fields)
        self.type_name = type_name
        self.methods = methods or _NO_METHODS
        self.pointer = pointer
        self.text = text
        self.json = json
        self.embedded = frozenset(embedded)
        self.tags = tags or {}
        self.omitted = frozenset(omitted)

    def holder(self, name: str) -> Struct | None:
        """The struct that has the field or method ``name``: this one, or one that is embedded in it."""
        if name in self or name in self.methods:
            return self
        inside = (self[each] for each in self.embedded)
        found = (each.holder(name) for each in inside if isinstance(each, Struct))
        return next((each for each in found if each is not None), None)


class Row(Struct):
    """A row of a list. It writes its JSON itself, by Go's default: ``<``, ``>`` and ``&`` are escaped in it."""


class Text(str):
    """A string of a named Go type."""

    type_name = "string"
    methods: Methods = _NO_METHODS

    @classmethod
    def of(cls, value: str, type_name: str, methods: Methods | None = None) -> Text:
        """``value`` as a ``type_name``."""
        made = cls(value)
        made.type_name = type_name
        made.methods = methods or _NO_METHODS
        return made


class Int(int):
    """An integer of another type than ``int``. ``text`` is what its ``String`` method gives."""

    type_name = "int"
    text: str | None = None
    methods: Methods = _NO_METHODS

    @classmethod
    def of(cls, value: int, type_name: str, text: str | None = None, methods: Methods | None = None) -> Int:
        """``value`` as a ``type_name``."""
        made = cls(value)
        made.type_name = type_name
        made.text = text
        made.methods = methods or _NO_METHODS
        return made


class Pointer:
    """A pointer to a plain value; one to a struct is the :class:`Struct` itself."""

    def __init__(self, target: Any, type_name: str) -> None:
        self.target = target
        self.type_name = type_name


class Slice(list[Any]):
    """A slice or an array that knows its type. Where it is ``nil`` it prints ``[]`` and is ``null`` in JSON."""

    def __init__(self, items: Iterable[Any], type_name: str, nil: bool = False) -> None:
        super().__init__(items)
        self.type_name = type_name
        self.nil = nil


class Map(dict[str, Any]):
    """A map that knows its type. Where it is ``nil`` it prints ``map[]`` and is ``null`` in JSON.

    ``key`` is the name of its keys' type; ``zero`` gives what ``index`` finds under a missing key.
    """

    def __init__(
        self,
        items: Mapping[Any, Any],
        type_name: str,
        *,
        key: str = "string",
        zero: Callable[[], Any] = lambda: None,
        nil: bool = False,
        methods: Methods | None = None,
    ) -> None:
        super().__init__(items)
        self.type_name = type_name
        self.key = key
        self.zero = zero
        self.nil = nil
        self.methods = methods or _NO_METHODS


class Nil:
    """A nil pointer of a named type: prints ``<nil>``, has no fields, is false."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __bool__(self) -> bool:
        return False


def type_name(value: Any) -> str:
    """Go's name for the type of a Python value."""
    if isinstance(value, Struct):
        return "*" * value.pointer + value.type_name
    if isinstance(value, Nil | Pointer | Text | Int | Slice | Map):
        return value.type_name
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float64"), (complex, "complex128"), (str, "string")):
        if isinstance(value, kind):
            return name
    if isinstance(value, dict):
        return "map[string]string" if is_string_map(value) else "map[string]interface {}"
    if isinstance(value, list | tuple):
        return "[]string" if all(isinstance(item, str) for item in value) else "[]interface {}"
    return "<nil>" if value is None else type(value).__name__


def bare_type(value: Any) -> str:
    """The name of the type that a pointer points to; of any other value, that of its own."""
    return type_name(value).removeprefix("*")


def element_type(value: Any, item: Any) -> str:
    """The static type of ``item``, an element of the slice or map ``value``: what it is declared to hold."""
    name = type_name(value)
    return name.rpartition("]")[2] if name.startswith(("[", "map[")) else type_name(item)


def target(value: Any) -> Any:
    """What a pointer points to; any other value itself."""
    return value.target if isinstance(value, Pointer) else value


def is_nil(value: Any) -> bool:
    """Whether a value is nil: nothing, a nil pointer, slice or map."""
    return value is None or isinstance(value, Nil) or (isinstance(value, Slice | Map) and value.nil)


def is_string_map(value: Mapping[str, Any]) -> bool:
    """Whether a map is a ``map[string]string``."""
    if isinstance(value, Map):
        return value.type_name == "map[string]string"
    return not isinstance(value, Struct) and all(isinstance(item, str) for item in value.values())


def truth(value: Any) -> bool:
    """Go's ``IsTrue``: not zero, not nil, not empty; a struct and a pointer to anything are always true."""
    return True if isinstance(value, Struct | Pointer) else bool(value)


def is_map(value: Any) -> bool:
    """Whether a value is a map, not a struct."""
    return isinstance(value, dict) and not isinstance(value, Struct)
