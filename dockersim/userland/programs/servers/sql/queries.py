"""SELECT."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.scope import AGGREGATES, Scope, holds
from dockersim.userland.programs.servers.sql.store import Result, Session, Store, Table


def select(store: Store, statement: s.Select, session: Session) -> Result:
    """The rows that a query asks for."""
    table = store.table(statement.table, session) if statement.table is not None else None
    rows = [
        row for row in (table.rows if table is not None else [[]]) if holds(store, session, table, row, statement.where)
    ]
    items = expanded(statement.items, table, store.dialect)
    if statement.group or any(_aggregates(node) for node, _ in items):
        output = _grouped(store, session, table, rows, items, statement.group)
    else:
        rows = _sorted(store, session, table, rows, statement.order)
        output = [[Scope(store, session, table, row, []).value(node) for node, _ in items] for row in rows]
    if statement.limit is not None or statement.offset:
        end = None if statement.limit is None else statement.offset + statement.limit
        output = output[statement.offset : end]
    if table is not None and not rows:
        for node, _ in items:
            _check(node, table)
    columns = [(title, type_of(node, table)) for node, title in items]
    return Result(f"SELECT {len(output)}", columns, output)


def expanded(items: list[s.Item], table: Table | None, dialect: str) -> list[tuple[Any, str]]:
    """The expressions with their titles, ``*`` as all columns."""
    found: list[tuple[Any, str]] = []
    for node, alias, source in items:
        if node == ("star",):
            if table is None:
                raise SqlError("syntax", "*", "*")
            found += [(("column", column.name, -1), column.name) for column in table.columns]
        elif alias or node[0] == "column":
            found.append((node, alias or node[1]))
        elif dialect == "mysql":
            found.append((node, source))
        else:
            found.append((node, node[1] if node[0] == "call" else "?column?"))
    return found


def _check(node: Any, table: Table) -> None:
    if isinstance(node, tuple) and node:
        if node[0] == "column":
            if table.place(node[1]) < 0:
                raise SqlError("no column", node[1], place=node[2])
        else:
            for part in node[1:]:
                _check(part, table)


def _aggregates(node: Any) -> bool:
    if not isinstance(node, tuple):
        return False
    return (node[:1] == ("call",) and node[1] in AGGREGATES) or any(_aggregates(part) for part in node[1:])


def _grouped(
    store: Store, session: Session, table: Table | None, rows: list[list[Any]], items: list[Any], by: list[Any]
) -> list[list[Any]]:
    groups: dict[tuple[Any, ...], list[list[Any]]] = {} if by else {(): rows}
    for row in rows if by else ():
        scope = Scope(store, session, table, row, [])
        groups.setdefault(tuple(scope.value(node) for node in by), []).append(row)
    return [
        [Scope(store, session, table, group[0] if group else None, group).value(node) for node, _ in items]
        for group in groups.values()
    ]


def _sorted(
    store: Store, session: Session, table: Table | None, rows: list[list[Any]], order: list[tuple[Any, bool]]
) -> list[list[Any]]:
    for node, down in reversed(order):

        def key(row: list[Any], node: Any = node) -> tuple[bool, Any]:
            value = Scope(store, session, table, row, []).value(node)
            return value is None, 0 if value is None else value

        rows = sorted(rows, key=key, reverse=down)
    return rows


def type_of(node: Any, table: Table | None) -> str:
    """The type of an expression, in PostgreSQL's words."""
    if node[0] == "column" and table is not None and table.place(node[1]) >= 0:
        return table.columns[table.place(node[1])].type
    if node[0] == "value":
        return "boolean" if isinstance(node[1], bool) else "integer" if isinstance(node[1], int | float) else "text"
    if node[0] == "call":
        return "bigint" if node[1] in ("count", "sum", "avg", "length", "abs", "round") else "text"
    return "integer" if node[0] in "+-*/%" else "boolean" if node[0] != "||" else "text"
