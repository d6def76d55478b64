"""INSERT, UPDATE, DELETE."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.queries import expanded, type_of
from dockersim.userland.programs.servers.sql.scope import Scope, holds
from dockersim.userland.programs.servers.sql.store import Result, Session, Store, Table
from dockersim.userland.programs.servers.sql.values import tuples, typed


def insert(store: Store, statement: s.Insert, session: Session) -> Result:
    table = store.table(statement.table, session)
    names = [token.text for token in statement.columns] or [column.name for column in table.columns]
    for token in statement.columns:
        if table.place(token.text) < 0:
            if store.dialect == "postgres":
                raise SqlError("no column", f'{token.text}" of relation "{statement.table.text}', place=token.place)
            raise SqlError("no column", token.text, place=token.place)
    added: list[list[Any]] = []
    for values in statement.rows:
        if len(values) > len(names) or (statement.columns and len(values) != len(names)):
            raise SqlError("count")
        scope = Scope(store, session, None, None, [])
        given = {
            name: None if node == ("column", "default", node[-1]) else scope.value(node)
            for name, node in zip(names, values, strict=False)
        }
        row = [_filled(store, session, table, column, given) for column in table.columns]
        _constraints(table, statement.table.text, [*table.rows, *added], row)
        added.append(row)
    table.rows += added
    if statement.returning:
        items = expanded(statement.returning, table, store.dialect)
        rows = [[Scope(store, session, table, row, []).value(node) for node, _ in items] for row in added]
        columns = [(title, type_of(node, table)) for node, title in items]
        return Result(f"INSERT 0 {len(added)}", columns, rows, len(added))
    return Result(f"INSERT 0 {len(added)}", affected=len(added))


def _filled(store: Store, session: Session, table: Table, column: s.Column, given: dict[str, Any]) -> Any:
    value = given.get(column.name)
    if value is None and column.serial:
        value, table.next_number = table.next_number, table.next_number + 1
        return value
    if value is None and column.name not in given and column.default is not None:
        value = Scope(store, session, None, None, []).value(tuples(column.default))
    value = typed(column, value)
    if column.serial and isinstance(value, int) and store.dialect == "mysql":
        table.next_number = max(table.next_number, value + 1)
    return value


def _constraints(table: Table, name: str, rows: list[list[Any]], row: list[Any]) -> None:
    for at, column in enumerate(table.columns):
        if column.not_null and row[at] is None:
            raise SqlError("null", column.name, name)
        if (column.primary or column.unique) and row[at] is not None and any(other[at] == row[at] for other in rows):
            rule = "pkey" if column.primary else f"{column.name}_key"
            raise SqlError("duplicate", name, rule, str(row[at]), "PRIMARY" if column.primary else column.name)


def update(store: Store, statement: s.Update, session: Session) -> Result:
    table = store.table(statement.table, session)
    places = []
    for token, node in statement.changes:
        at = table.place(token.text)
        if at < 0:
            raise SqlError("no column", token.text, place=token.place)
        places.append((at, node))
    rows, count = [], 0
    for row in table.rows:
        changed = list(row)
        if holds(store, session, table, row, statement.where):
            count += 1
            scope = Scope(store, session, table, row, [])
            for at, node in places:
                changed[at] = typed(table.columns[at], scope.value(node))
            _constraints(table, statement.table.text, [other for other in table.rows if other is not row], changed)
        rows.append(changed)
    table.rows = rows
    return Result(f"UPDATE {count}", affected=count)


def delete(store: Store, statement: s.Delete, session: Session) -> Result:
    table = store.table(statement.table, session)
    kept = [row for row in table.rows if not holds(store, session, table, row, statement.where)]
    count, table.rows = len(table.rows) - len(kept), kept
    if statement.truncate:
        return Result("TRUNCATE TABLE")
    return Result(f"DELETE {count}", affected=count)
