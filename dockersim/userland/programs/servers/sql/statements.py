"""Statements carried out: one function for each kind that the parser makes."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql import changes, definitions, queries
from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.parser import parse
from dockersim.userland.programs.servers.sql.store import Result, Session, Store

ACTIONS: dict[type, Any] = {
    s.Select: queries.select,
    s.Insert: changes.insert,
    s.Update: changes.update,
    s.Delete: changes.delete,
    s.CreateTable: definitions.create_table,
    s.Create: definitions.create,
    s.Drop: definitions.drop,
    s.Show: definitions.show,
    s.Use: definitions.use,
    s.Accepted: definitions.accepted,
}
CHANGES = (s.Insert, s.Update, s.Delete, s.CreateTable, s.Create, s.Drop)
"""Statements after which the store is written to its file."""


def run(store: Store, text: str, session: Session) -> Result | None:
    """The result of one statement; ``None`` for an empty one. Raises :class:`SqlError`."""
    statement = parse(text)
    if statement is None:
        return None
    result: Result = ACTIONS[type(statement)](store, statement, session)
    return result
