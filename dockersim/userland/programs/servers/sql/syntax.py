"""SQL: its tokens, and the statements that tutorials use, as values."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dockersim.userland.programs.servers.sql.errors import SqlError


class Token(NamedTuple):
    """A piece of a statement: ``kind`` is word, name (quoted), text, number, mark or end."""

    kind: str
    text: str
    place: int


PATTERN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|\#[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|''|\\.)*')|(?P<name>"[^"]*"|`[^`]*`)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w$]*(?:\.[A-Za-z_]\w*)*)"""
    r"""|(?P<mark><>|!=|<=|>=|\|\||::|@@|[-+*/%=<>(),;.@:])""",
    re.S,
)


def tokens(text: str) -> list[Token]:
    """The tokens of ``text``, ended by one of kind ``end``."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None:
            raise SqlError("syntax", text[at], text[at:], place=at)
        kind, value = match.lastgroup or "", match.group()
        if kind == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1].replace("''", "'"))
        elif kind == "name":
            value = value[1:-1]
        if kind != "space":
            found.append(Token(kind, value, at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def split(text: str) -> tuple[list[str], str]:
    """The whole statements of ``text`` without their semicolons, and the unfinished rest."""
    statements: list[str] = []
    begin = at = 0
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None:
            if text[at] in "'\"`" or text.startswith("/*", at):
                return statements, text[begin:]
            at += 1
            continue
        at = match.end()
        if match.group() == ";":
            statements.append(text[begin : at - 1])
            begin = at
    return statements, text[begin:]


class Column(NamedTuple):
    """A column as CREATE TABLE gives it."""

    name: str
    type: str
    not_null: bool = False
    unique: bool = False
    primary: bool = False
    serial: bool = False
    default: Any = None


Item = tuple[Any, str, str]
"""What a query selects: the expression, its alias or ``""``, and its own text."""


class Select(NamedTuple):
    items: list[Item]
    table: Token | None
    where: Any
    order: list[tuple[Any, bool]]
    limit: int | None
    offset: int
    group: list[Any]


class Insert(NamedTuple):
    table: Token
    columns: list[Token]
    rows: list[list[Any]]
    returning: list[Item]


class Update(NamedTuple):
    table: Token
    changes: list[tuple[Token, Any]]
    where: Any


class Delete(NamedTuple):
    table: Token
    where: Any
    truncate: bool


class CreateTable(NamedTuple):
    table: Token
    columns: list[Column]
    lenient: bool


class Drop(NamedTuple):
    what: str
    name: Token
    lenient: bool


class Create(NamedTuple):
    what: str
    name: Token
    lenient: bool
    password: str


class Show(NamedTuple):
    what: str
    name: str


class Use(NamedTuple):
    name: str


class Accepted(NamedTuple):
    """A statement that is taken and has no effect here; ``tag`` is what the server answers."""

    tag: str
