"""CREATE, DROP, SHOW, USE."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.store import Result, Session, Store, Table, hashed
from dockersim.userland.programs.servers.sql.values import shown, tuples

MYSQL_TYPES = {
    "integer": "int",
    "character varying": "varchar",
    "character": "char",
    "boolean": "tinyint(1)",
    "numeric": "decimal",
    "timestamp without time zone": "timestamp",
    "double precision": "double",
}


def create_table(store: Store, statement: s.CreateTable, session: Session) -> Result:
    tables = store.tables(session)
    name = statement.table.text
    if name in tables:
        if not statement.lenient:
            raise SqlError("table exists", name)
        return Result("CREATE TABLE", notice=f'relation "{name}" already exists, skipping')
    tables[name] = Table(statement.columns)
    return Result("CREATE TABLE")


def create(store: Store, statement: s.Create, session: Session) -> Result:
    name = statement.name.text
    if statement.what == "role":
        if name in store.roles:
            if not statement.lenient:
                raise SqlError("role exists", name)
        else:
            store.roles[name] = hashed(statement.password)
        return Result("CREATE ROLE")
    if name in store.databases:
        if not statement.lenient:
            raise SqlError("database exists", name)
        return Result("CREATE DATABASE")
    store.databases[name] = {}
    return Result("CREATE DATABASE", affected=1)


def drop(store: Store, statement: s.Drop, session: Session) -> Result:
    name = statement.name.text
    if statement.what == "table":
        tables = store.tables(session)
        if name not in tables and not statement.lenient:
            raise SqlError("no table to drop", name, session.database)
        tables.pop(name, None)
        return Result("DROP TABLE")
    if statement.what == "role":
        store.roles.pop(name, None)
        return Result("DROP ROLE")
    if name not in store.databases and not statement.lenient:
        raise SqlError("no database to drop", name)
    store.databases.pop(name, None)
    if name == session.database and store.dialect == "mysql":
        session.database = ""
    return Result("DROP DATABASE")


def show(store: Store, statement: s.Show, session: Session) -> Result:
    what = statement.what
    if what in ("databases", "schemas"):
        return Result("SHOW", [("Database", "text")], [[name] for name in sorted(store.databases)])
    if what == "tables":
        rows = [[name] for name in sorted(store.tables(session))]
        return Result("SHOW", [(f"Tables_in_{session.database}", "text")], rows)
    if what in ("columns", "fields"):
        table = store.table(s.Token("name", statement.name, -1), session)
        names = ("Field", "Type", "Null", "Key", "Default", "Extra")
        described: list[list[Any]] = [
            [
                column.name,
                MYSQL_TYPES.get(column.type.partition("(")[0], column.type.partition("(")[0])
                + (f"({column.type.partition('(')[2]}" if "(" in column.type else ""),
                "NO" if column.not_null else "YES",
                "PRI" if column.primary else "UNI" if column.unique else "",
                None if column.default is None else shown(tuples(column.default)[-1], "mysql"),
                "auto_increment" if column.serial else "",
            ]
            for column in table.columns
        ]
        return Result("SHOW", [(name, "text") for name in names], described)
    if store.dialect == "postgres":
        values = {"server_version": store.version.split()[1], "server_encoding": "UTF8", "max_connections": "100"}
        return Result("SHOW", [(what, "text")], [[values.get(what, "")]])
    raise SqlError("unsimulated", f"SHOW {what.upper()}")


def use(store: Store, statement: s.Use, session: Session) -> Result:
    if statement.name not in store.databases:
        raise SqlError("no database", statement.name)
    session.database = statement.name
    return Result("USE")


def accepted(store: Store, statement: s.Accepted, session: Session) -> Result:
    return Result(statement.tag)
