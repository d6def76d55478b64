"""Databases, tables and rows. Pure; kept as JSON on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.errors import SqlError


class Result(NamedTuple):
    """What a statement gave: ``tag`` as PostgreSQL's command tag, and for a query its columns and rows."""

    tag: str
    columns: list[tuple[str, str]] | None = None
    rows: list[list[Any]] | None = None
    affected: int = 0
    notice: str = ""


class Table:
    """Columns and rows, and the next number of a serial column."""

    def __init__(self, columns: list[s.Column], rows: list[list[Any]] | None = None, next_number: int = 1) -> None:
        self.columns = columns
        self.rows = rows if rows is not None else []
        self.next_number = next_number

    def place(self, name: str) -> int:
        """Which column is called ``name``; -1 for none."""
        for at, column in enumerate(self.columns):
            if column.name == name:
                return at
        return -1


class Store:
    """All databases of one server. ``roles`` maps users to password hashes (``""``: none).

    ``now`` gives the present as ``2026-01-12 09:00:00`` for ``now()``.
    """

    def __init__(self, dialect: str, version: str, now: Callable[[], str]) -> None:
        self.dialect = dialect
        self.version = version
        self.now = now
        self.databases: dict[str, dict[str, Table]] = {}
        self.roles: dict[str, str] = {}

    # ---- on disk

    def dump(self) -> bytes:
        """Everything as JSON."""
        databases = {
            name: {
                table: {"columns": [list(column) for column in one.columns], "rows": one.rows, "next": one.next_number}
                for table, one in tables.items()
            }
            for name, tables in self.databases.items()
        }
        return json.dumps({"roles": self.roles, "databases": databases}, separators=(",", ":")).encode()

    def load(self, data: bytes) -> None:
        """Take over what :meth:`dump` wrote; ``ValueError`` for anything else."""
        try:
            found = json.loads(data)
            self.roles = dict(found["roles"])
            self.databases = {
                name: {
                    table: Table([s.Column(*column) for column in one["columns"]], one["rows"], one["next"])
                    for table, one in tables.items()
                }
                for name, tables in found["databases"].items()
            }
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError("not a database") from error

    # ---- what a session sees

    def tables(self, session: Session) -> dict[str, Table]:
        """The tables of the session's database. Raises :class:`SqlError` where it has none."""
        found = self.databases.get(session.database)
        if found is None:
            raise SqlError("no database selected")
        return found

    def table(self, name: s.Token, session: Session) -> Table:
        """The table that ``name`` means to the session. Raises :class:`SqlError`."""
        found = self.tables(session).get(name.text)
        if found is None:
            raise SqlError("no table", name.text, session.database, place=name.place)
        return found


class Session:
    """Who asks, and in which database."""

    def __init__(self, user: str, database: str) -> None:
        self.user = user
        self.database = database


def hashed(password: str) -> str:
    """What is kept of a password."""
    return sha256(password.encode()).hexdigest() if password else ""
