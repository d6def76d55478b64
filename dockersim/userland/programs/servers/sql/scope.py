"""Expressions: what names and calls mean while a row is looked at."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.store import Session, Store, Table
from dockersim.userland.programs.servers.sql.values import equal, operate, shown

AGGREGATES = ("count", "sum", "min", "max", "avg")


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
        """The value of an expression; ``None`` is null. Raises :class:`SqlError`."""
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
            return None if left is None else any(equal(left, self.value(choice)) for choice in node[2:])
        left, right = self.value(node[1]), self.value(node[2])
        if left is None or right is None:
            return None
        return operate(kind, left, right, self.store.dialect)

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


def holds(store: Store, session: Session, table: Table | None, row: list[Any], where: Any) -> bool:
    """Whether a row is one that the condition ``where`` asks for."""
    return where is None or bool(Scope(store, session, table, row, []).value(where))
