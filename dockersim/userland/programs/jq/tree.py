"""A jq program as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class BadFilter(Exception):
    """A filter that cannot be compiled; the message is what jq says after ``jq: error: ``."""


class Node:
    """A filter."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """``.``"""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, ``null``, ``true``, ``false``, or a string without parts."""

    value: Any


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string with parts: texts, and filters whose results a format turns into text."""

    parts: tuple[str | Node, ...]
    form: str


@dataclass(frozen=True, slots=True)
class Format(Node):
    """``@base64`` and its like, alone."""

    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``term.key``, ``term[key]``."""

    term: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """``term[from:to]``."""

    term: Node
    start: Node | None
    end: Node | None


@dataclass(frozen=True, slots=True)
class Iterate(Node):
    """``term[]``."""

    term: Node


@dataclass(frozen=True, slots=True)
class Array(Node):
    """``[body]``."""

    body: Node | None


@dataclass(frozen=True, slots=True)
class Object(Node):
    """``{key: value}``."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """``-term``."""

    term: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two filters and what joins them: ``|``, ``,``, ``//``, ``and``, ``or``, a comparison or arithmetic."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """``left = right``, ``|=``, ``+=`` and their like."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then yes else no end``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Try(Node):
    """``try body catch handler``, and ``body?``."""

    body: Node
    handler: Node | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a value is taken apart by: a variable, a list of patterns, or patterns by key."""

    name: str = ""
    items: tuple[Pattern, ...] | None = None
    fields: tuple[tuple[Node, str, Pattern | None], ...] | None = None


@dataclass(frozen=True, slots=True)
class Bind(Node):
    """``source as pattern | body``, with other patterns after ``?//``."""

    source: Node
    patterns: tuple[Pattern, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Reduce(Node):
    """``reduce source as pattern (start; step)``."""

    source: Node
    pattern: Pattern
    start: Node
    step: Node


@dataclass(frozen=True, slots=True)
class Foreach(Node):
    """``foreach source as pattern (start; step; extract)``."""

    source: Node
    pattern: Pattern
    start: Node
    step: Node
    extract: Node


@dataclass(frozen=True, slots=True)
class Define(Node):
    """``def name(parameters): body; rest``."""

    name: str
    parameters: tuple[str, ...]
    body: Node
    rest: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function with its arguments, which are filters."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``$name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Label(Node):
    """``label $name | body``."""

    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Break(Node):
    """``break $name``."""

    name: str
