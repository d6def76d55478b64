"""The types of a request's body, and how Go's decoder fits JSON into them.

Names are found in any case, unknown ones are passed over, ``null`` leaves a field as it is, and the keys of a map come
out sorted. What does not fit is told of the first misfit, in the words of Go 1.24: the struct that has the field, and
the way to it from the outermost one, over embedded structs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from dockersim.wire.gojson import Fraction


class Misfit(Exception):
    """A value that does not fit where it stands; the message is Go's."""


class Decoder:
    """One reading of a body: where it is, and the first misfit that was seen."""

    __slots__ = ("misfit", "path", "struct")

    def __init__(self) -> None:
        self.misfit = ""
        self.struct = ""
        self.path: tuple[str, ...] = ()

    def refuse(self, value: Any, go: str) -> None:
        """``value`` is no ``go``: remember it, if it is the first."""
        self.misfit = self.misfit or self.words(_kind(value), go)

    def words(self, kind: str, go: str) -> str:
        """Go's sentence for a value of ``kind`` at this place."""
        place = f"struct field {self.struct}.{'.'.join(self.path)}" if self.struct else "value"
        return f"json: cannot unmarshal {kind} into Go {place} of type {go}"


class Type(Protocol):
    """A type of Go's, by the name that its messages have for it."""

    go: str

    def read(self, value: Any, decoder: Decoder) -> Any:
        """``value``, which is not ``None``, as this type."""
        ...


class Scalar:
    """A string, a boolean, or a type of one's own that is one."""

    def __init__(self, go: str, kind: type) -> None:
        self.go = go
        self._kind = kind

    def read(self, value: Any, decoder: Decoder) -> Any:
        if type(value) is not self._kind:
            decoder.refuse(value, self.go)
        return value


class Integer:
    """An integer of so many bits."""

    def __init__(self, go: str, bits: int = 64, signed: bool = True) -> None:
        self.go = go
        self._range = range(-(1 << bits - 1), 1 << bits - 1) if signed else range(1 << bits)

    def read(self, value: Any, decoder: Decoder) -> Any:
        if type(value) is int and value in self._range:
            return value
        if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
            decoder.misfit = decoder.misfit or decoder.words(f"number {value}", self.go)
        else:
            decoder.refuse(value, self.go)
        return 0


class List:
    """A slice; with ``length`` an array, which takes what it has room for."""

    def __init__(self, item: Type, go: str = "", length: int | None = None) -> None:
        size = "" if length is None else str(length)
        self.go = go or f"[{size}]{item.go}"
        self._item = item
        self._length = length

    def read(self, value: Any, decoder: Decoder) -> Any:
        if not isinstance(value, list):
            decoder.refuse(value, self.go)
            return None
        items = [None if one is None else self._item.read(one, decoder) for one in value]
        if self._length is None:
            return items if None not in items else [_zero(self._item) if one is None else one for one in items]
        return [one or 0 for one in [*items, *[0] * self._length][: self._length]]


class Words:
    """``strslice.StrSlice``: a list of strings, or one string alone."""

    go = "strslice.StrSlice"

    def read(self, value: Any, decoder: Decoder) -> Any:
        if isinstance(value, str) and not isinstance(value, Fraction):
            return [value]
        if not isinstance(value, list) or not all(one is None or type(one) is str for one in value):
            raise Misfit(decoder.words(_kind(value), "string"))
        return [one or "" for one in value]


class Map:
    """A map from strings; one of pointers keeps a null."""

    def __init__(self, item: Type, go: str = "") -> None:
        self.go = go or f"map[string]{item.go}"
        self._item = item

    def read(self, value: Any, decoder: Decoder) -> Any:
        if not isinstance(value, dict):
            decoder.refuse(value, self.go)
            return None
        empty = None if "*" in self.go else _zero(self._item)
        return {key: empty if one is None else self._item.read(one, decoder) for key, one in sorted(value.items())}


class Struct:
    """A struct: ``fields`` are names, separated by spaces, by their type; ``embeds`` other structs, by their name.

    A ``whole`` one is shown with all its fields, however few were given.
    """

    def __init__(
        self,
        go: str,
        fields: Mapping[Type, str] | None = None,
        embeds: Mapping[str, Struct] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self.go = go
        self._whole = whole
        self.name = go.rpartition(".")[2]
        self.fields: dict[str, tuple[Type, tuple[str, ...]]] = {}
        for name, inner in (embeds or {}).items():
            self.fields |= {field: (type_, (name, *steps)) for field, (type_, steps) in inner.fields.items()}
        for type_, names in (fields or {}).items():
            self.fields |= {field: (type_, (field,)) for field in names.split()}
        self._folded = {field.lower(): field for field in self.fields}

    def read(self, value: Any, decoder: Decoder) -> Any:
        if not isinstance(value, dict):
            decoder.refuse(value, self.go)
            return {}
        struct, path = decoder.struct, decoder.path
        made = {name: _zero(type_) for name, (type_, _) in self.fields.items()} if self._whole else {}
        for key, one in value.items():
            field = key if key in self.fields else self._folded.get(key.lower())
            if field is None or one is None:
                continue
            type_, steps = self.fields[field]
            decoder.struct, decoder.path = self.name, (*path, *steps)
            made[field] = type_.read(one, decoder)
        decoder.struct, decoder.path = struct, path
        return {field: made[field] for field in self.fields if field in made}


def fit(type_: Type, value: Any) -> Any:
    """``value``, from JSON, as a ``type_``. Raises :class:`Misfit`."""
    decoder = Decoder()
    made = {} if value is None else type_.read(value, decoder)
    if decoder.misfit:
        raise Misfit(decoder.misfit)
    return made


def _zero(type_: Type) -> Any:
    """What a null is in a list or a map."""
    if isinstance(type_, Scalar):
        return "" if type_.go != "bool" else False
    return {"Integer": 0, "Struct": {}}.get(type(type_).__name__)


def _kind(value: Any) -> str:
    if isinstance(value, Fraction):
        return "number"
    return {list: "array", str: "string", bool: "bool", int: "number", dict: "object"}[type(value)]


STRING = Scalar("string", str)
BOOL = Scalar("bool", bool)
INT, INT64 = Integer("int"), Integer("int64")
UINT = Integer("uint", signed=False)
UINT16, UINT64 = (Integer(f"uint{bits}", bits, signed=False) for bits in (16, 64))
STRINGS = List(STRING)
TEXTS = Map(STRING)
"""A map of strings: labels, options."""
WORDS = Words()


def named(go: str) -> Scalar:
    """A string type with a name of its own."""
    return Scalar(go, str)
