"""Databases, tables and rows, and what statements do to them. Pure; kept as JSON on disk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.parser import parse

INTEGERS = ("integer", "bigint", "smallint")
NUMBERS = (*INTEGERS, "numeric", "double precision", "real")
AGGREGATES = ("count", "sum", "min", "max", "avg")


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

    # ---- statements

    def run(self, text: str, session: Session) -> Result | None:
        """The result of one statement; ``None`` for an empty one. Raises :class:`SqlError`."""
        statement = parse(text)
        if statement is None:
            return None
        action = ACTIONS[type(statement)]
        result: Result = action(self, statement, session)
        return result

    def tables(self, session: Session) -> dict[str, Table]:
        found = self.databases.get(session.database)
        if found is None:
            raise SqlError("no database selected")
        return found

    def table(self, name: s.Token, session: Session) -> Table:
        found = self.tables(session).get(name.text)
        if found is None:
            raise SqlError("no table", name.text, session.database, place=name.place)
        return found


class Session:
    """Who asks, and in which database."""

    def __init__(self, user: str, database: str) -> None:
        self.user = user
        self.database = database


# ---- expressions


class Scope:
    """What names mean while a row is looked at. ``group`` are the rows that an aggregate looks at."""

    def __init__(
        self, store: Store, session: Session, table: Table | None, row: list[Any] | None, group: list[list[Any]]
    ) -> None:
        self.store = store
        self.session = session
        self.table = table
        self.row = row
        self.group = group

    def value(self, node: Any) -> Any:
        kind = node[0]
        if kind == "value":
            return node[1]
        if kind == "column":
            return self._column(node)
        if kind == "call":
            return self._call(node[1], list(node[2:]))
        if kind in ("and", "or"):
            return self._logic(kind, node[1], node[2])
        if kind == "not":
            inner = self.value(node[1])
            return None if inner is None else not inner
        if kind == "null":
            return self.value(node[1]) is None
        if kind == "in":
            left = self.value(node[1])
            return None if left is None else any(_equal(left, self.value(choice)) for choice in node[2:])
        left, right = self.value(node[1]), self.value(node[2])
        if left is None or right is None:
            return None
        return _operate(kind, left, right, self.store.dialect)

    def _column(self, node: Any) -> Any:
        at = self.table.place(node[1]) if self.table is not None else -1
        if at < 0:
            raise SqlError("no column", node[1], place=node[2])
        assert self.row is not None or not self.group
        return self.row[at] if self.row is not None else None

    def _logic(self, kind: str, left: Any, right: Any) -> Any:
        one, other = self.value(left), self.value(right)
        if kind == "and":
            if one is False or other is False:
                return False
            return None if one is None or other is None else bool(one and other)
        if one or other:
            return True
        return None if one is None or other is None else False

    def _call(self, name: str, arguments: list[Any]) -> Any:
        if name in AGGREGATES:
            return self._aggregate(name, arguments)
        values = [self.value(argument) for argument in arguments]
        store = self.store
        if name in ("version", "now", "current_timestamp", "current_database", "database", "current_user", "user",
                    "session_user", "current_date"):  # fmt: skip
            return {
                "version": store.version,
                "current_database": self.session.database,
                "database": self.session.database or None,
                "current_date": store.now()[:10],
                "current_user": self.session.user,
                "user": f"{self.session.user}@localhost",
                "session_user": self.session.user,
            }.get(name, store.now())
        if name == "coalesce":
            return next((value for value in values if value is not None), None)
        if name == "concat":
            return "".join(shown(value, store.dialect) for value in values if value is not None)
        simple = {"lower": str.lower, "upper": str.upper, "length": len, "trim": str.strip}
        if name in simple and values:
            return None if values[0] is None else simple[name](str(values[0]))
        if name in ("abs", "round") and values and isinstance(values[0], int | float):
            return abs(values[0]) if name == "abs" else round(values[0])
        raise SqlError("function", name)

    def _aggregate(self, name: str, arguments: list[Any]) -> Any:
        if name == "count" and arguments == [("star",)]:
            return len(self.group)
        values = [
            value
            for row in self.group
            if (value := Scope(self.store, self.session, self.table, row, []).value(arguments[0])) is not None
        ]
        if name == "count":
            return len(values)
        if not values:
            return None
        if name in ("min", "max"):
            return min(values) if name == "min" else max(values)
        total = sum(values)
        return total if name == "sum" else total / len(values)


def _operate(kind: str, left: Any, right: Any, dialect: str) -> Any:
    if kind in ("like", "ilike"):
        pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in str(right))
        flags = re.S | (re.I if kind == "ilike" or dialect == "mysql" else 0)
        return re.fullmatch(pattern, str(left), flags) is not None
    if kind == "||":
        return shown(left, dialect) + shown(right, dialect)
    if kind in ("=", "<>"):
        return _equal(left, right) is (kind == "=")
    if kind in ("<", ">", "<=", ">="):
        left, right = _alike(left, right)
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[kind]
    left, right = _number(left), _number(right)
    if kind in "/%" and right == 0:
        if dialect == "mysql":
            return None
        raise SqlError("division")
    if kind == "/":
        whole = isinstance(left, int) and isinstance(right, int) and dialect == "postgres"
        return int(left / right) if whole else left / right
    return {"+": left + right, "-": left - right, "*": left * right, "%": left % right if right else None}[kind]


def _number(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if "." in str(value) else int(value)
    except ValueError:
        raise SqlError("integer", str(value), "") from None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, str) != isinstance(right, str):
        return (_number(left), right) if isinstance(left, str) else (left, _number(right))
    return left, right


def _equal(left: Any, right: Any) -> bool:
    if right is None:
        return False
    if isinstance(left, str) != isinstance(right, str):
        return str(left).lower() == str(right).lower()
    return bool(left == right)


def shown(value: Any, dialect: str) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return ("t" if value else "f") if dialect == "postgres" else str(int(value))
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if value != int(value) else f"{value:.1f}"
    return str(value)


# ---- what each statement does


def _select(store: Store, statement: s.Select, session: Session) -> Result:
    table = store.table(statement.table, session) if statement.table is not None else None
    rows = [
        row
        for row in (table.rows if table is not None else [[]])
        if _holds(store, session, table, row, statement.where)
    ]
    items = _expanded(statement.items, table, store.dialect)
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
    columns = [(title, _type(node, table)) for node, title in items]
    return Result(f"SELECT {len(output)}", columns, output)


def _expanded(items: list[s.Item], table: Table | None, dialect: str) -> list[tuple[Any, str]]:
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


def _holds(store: Store, session: Session, table: Table | None, row: list[Any], where: Any) -> bool:
    return where is None or bool(Scope(store, session, table, row, []).value(where))


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


def _type(node: Any, table: Table | None) -> str:
    if node[0] == "column" and table is not None and table.place(node[1]) >= 0:
        return table.columns[table.place(node[1])].type
    if node[0] == "value":
        return "boolean" if isinstance(node[1], bool) else "integer" if isinstance(node[1], int | float) else "text"
    if node[0] == "call":
        return "bigint" if node[1] in ("count", "sum", "avg", "length", "abs", "round") else "text"
    return "integer" if node[0] in "+-*/%" else "boolean" if node[0] != "||" else "text"


def _insert(store: Store, statement: s.Insert, session: Session) -> Result:
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
        items = _expanded(statement.returning, table, store.dialect)
        rows = [[Scope(store, session, table, row, []).value(node) for node, _ in items] for row in added]
        columns = [(title, _type(node, table)) for node, title in items]
        return Result(f"INSERT 0 {len(added)}", columns, rows, len(added))
    return Result(f"INSERT 0 {len(added)}", affected=len(added))


def _filled(store: Store, session: Session, table: Table, column: s.Column, given: dict[str, Any]) -> Any:
    value = given.get(column.name)
    if value is None and column.serial:
        value, table.next_number = table.next_number, table.next_number + 1
        return value
    if value is None and column.name not in given and column.default is not None:
        value = Scope(store, session, None, None, []).value(_tuples(column.default))
    value = _typed(column, value)
    if column.serial and isinstance(value, int) and store.dialect == "mysql":
        table.next_number = max(table.next_number, value + 1)
    return value


def _tuples(node: Any) -> Any:
    """JSON keeps tuples as lists."""
    return tuple(_tuples(part) for part in node) if isinstance(node, list | tuple) else node


def _typed(column: s.Column, value: Any) -> Any:
    kind = column.type.partition("(")[0]
    if value is None:
        return None
    if kind in INTEGERS:
        try:
            return int(value)
        except ValueError:
            raise SqlError("integer", str(value), column.name) from None
    if kind in NUMBERS:
        return _number(value)
    if kind == "boolean" and not isinstance(value, bool):
        return str(value).lower() in ("1", "t", "true", "yes", "on")
    return value if isinstance(value, bool) else str(value) if not isinstance(value, str) else value


def _constraints(table: Table, name: str, rows: list[list[Any]], row: list[Any]) -> None:
    for at, column in enumerate(table.columns):
        if column.not_null and row[at] is None:
            raise SqlError("null", column.name, name)
        if (column.primary or column.unique) and row[at] is not None and any(other[at] == row[at] for other in rows):
            rule = "pkey" if column.primary else f"{column.name}_key"
            raise SqlError("duplicate", name, rule, str(row[at]), "PRIMARY" if column.primary else column.name)


def _update(store: Store, statement: s.Update, session: Session) -> Result:
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
        if _holds(store, session, table, row, statement.where):
            count += 1
            scope = Scope(store, session, table, row, [])
            for at, node in places:
                changed[at] = _typed(table.columns[at], scope.value(node))
            _constraints(table, statement.table.text, [other for other in table.rows if other is not row], changed)
        rows.append(changed)
    table.rows = rows
    return Result(f"UPDATE {count}", affected=count)


def _delete(store: Store, statement: s.Delete, session: Session) -> Result:
    table = store.table(statement.table, session)
    kept = [row for row in table.rows if not _holds(store, session, table, row, statement.where)]
    count, table.rows = len(table.rows) - len(kept), kept
    if statement.truncate:
        return Result("TRUNCATE TABLE")
    return Result(f"DELETE {count}", affected=count)


def _create_table(store: Store, statement: s.CreateTable, session: Session) -> Result:
    tables = store.tables(session)
    name = statement.table.text
    if name in tables:
        if not statement.lenient:
            raise SqlError("table exists", name)
        return Result("CREATE TABLE", notice=f'relation "{name}" already exists, skipping')
    tables[name] = Table(statement.columns)
    return Result("CREATE TABLE")


def _create(store: Store, statement: s.Create, session: Session) -> Result:
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


def hashed(password: str) -> str:
    """What is kept of a password."""
    from hashlib import sha256

    return sha256(password.encode()).hexdigest() if password else ""


def _drop(store: Store, statement: s.Drop, session: Session) -> Result:
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


def _show(store: Store, statement: s.Show, session: Session) -> Result:
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
                None if column.default is None else shown(_tuples(column.default)[-1], "mysql"),
                "auto_increment" if column.serial else "",
            ]
            for column in table.columns
        ]
        return Result("SHOW", [(name, "text") for name in names], described)
    if store.dialect == "postgres":
        values = {"server_version": store.version.split()[1], "server_encoding": "UTF8", "max_connections": "100"}
        return Result("SHOW", [(what, "text")], [[values.get(what, "")]])
    raise SqlError("unsimulated", f"SHOW {what.upper()}")


MYSQL_TYPES = {
    "integer": "int",
    "character varying": "varchar",
    "character": "char",
    "boolean": "tinyint(1)",
    "numeric": "decimal",
    "timestamp without time zone": "timestamp",
    "double precision": "double",
}


def _use(store: Store, statement: s.Use, session: Session) -> Result:
    if statement.name not in store.databases:
        raise SqlError("no database", statement.name)
    session.database = statement.name
    return Result("USE")


def _accepted(store: Store, statement: s.Accepted, session: Session) -> Result:
    return Result(statement.tag)


ACTIONS: dict[type, Any] = {
    s.Select: _select,
    s.Insert: _insert,
    s.Update: _update,
    s.Delete: _delete,
    s.CreateTable: _create_table,
    s.Create: _create,
    s.Drop: _drop,
    s.Show: _show,
    s.Use: _use,
    s.Accepted: _accepted,
}
CHANGES = (s.Insert, s.Update, s.Delete, s.CreateTable, s.Create, s.Drop)
