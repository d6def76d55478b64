"""The parser: from tokens to statements, by recursive descent."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.expressions import CLAUSES, TYPES, Expressions
from dockersim.userland.programs.servers.sql.syntax import (
    Accepted,
    Column,
    Create,
    CreateTable,
    Delete,
    Drop,
    Insert,
    Item,
    Select,
    Show,
    Token,
    Update,
    Use,
)

UNSIMULATED = "alter with explain analyze copy vacuum lock declare call do merge savepoint".split()
STATEMENTS = (
    "select insert update delete truncate create drop show describe desc use begin start commit rollback end set grant "
    "revoke flush comment"
).split()


def parse(text: str) -> Any:
    """The statement that ``text`` is; ``None`` for nothing but blanks and comments."""
    return Parser(text).statement()


class Parser(Expressions):
    """Reads one statement."""

    def statement(self) -> Any:
        if self.now.kind == "end":
            return None
        word = self.accept(*STATEMENTS)
        if not word:
            if self.is_word(*UNSIMULATED):
                raise SqlError("unsimulated", self.now.text.upper())
            raise self.fail()
        found = getattr(self, f"_{word}")()
        self.mark(";")
        if self.now.kind != "end":
            raise self.fail()
        return found

    def _select(self) -> Select:
        self.accept("distinct", "all")
        items = self._items()
        table, where, order, limit, offset, group = None, None, [], None, 0, []
        if self.accept("from"):
            table = self.name()
            self.accept("as")
            if self.now.kind == "word" and not self.is_word(*CLAUSES):
                self.at += 1
            if self.mark(",") or self.is_word("join", "inner", "left", "right", "cross", "full", "natural"):
                raise SqlError("unsimulated", "a query of several tables")
        if self.accept("where"):
            where = self.expression()
        if self.accept("group"):
            self.need("by")
            group = self.expression_list()
        if self.is_word("having", "union", "intersect", "except"):
            raise SqlError("unsimulated", self.now.text.upper())
        if self.accept("order"):
            self.need("by")
            order = self._order()
        while word := self.accept("limit", "offset"):
            number = self.integer()
            if word == "limit":
                limit = number
                if self.mark(","):
                    offset, limit = number, self.integer()
            else:
                offset = number
        return Select(items, table, where, order, limit, offset, group)

    def _items(self) -> list[Item]:
        items: list[Item] = []
        while True:
            if self.mark("*"):
                items.append((("star",), "", "*"))
            else:
                begin = self.now.place
                value = self.expression()
                source = self.text[begin : self.now.place].strip()
                alias = ""
                if self.accept("as") or (self.now.kind in ("word", "name") and not self.is_word(*CLAUSES)):
                    alias = self.name().text
                items.append((value, alias, source))
            if not self.mark(","):
                return items

    def _order(self) -> list[tuple[Any, bool]]:
        found = []
        while True:
            value = self.expression()
            found.append((value, self.accept("asc", "desc") == "desc"))
            if self.accept("nulls"):
                self.need("first", "last")
            if not self.mark(","):
                return found

    def _insert(self) -> Insert:
        self.accept("ignore")
        self.need("into")
        table = self.name()
        columns: list[Token] = []
        if self.mark("("):
            columns.append(self.name())
            while self.mark(","):
                columns.append(self.name())
            self.need_mark(")")
        if self.is_word("select"):
            raise SqlError("unsimulated", "INSERT with SELECT")
        if self.accept("default"):
            self.need("values")
            return Insert(table, [], [[]], [])
        self.need("values", "value")
        rows = []
        while True:
            self.need_mark("(")
            rows.append([] if self.now.text == ")" else self.expression_list())
            self.need_mark(")")
            if not self.mark(","):
                break
        if self.is_word("on"):
            raise SqlError("unsimulated", "INSERT with ON " + self.tokens[self.at + 1].text.upper())
        return Insert(table, columns, rows, self._items() if self.accept("returning") else [])

    def _update(self) -> Update:
        table = self.name()
        self.need("set")
        changes = []
        while True:
            column = self.name()
            self.need_mark("=")
            changes.append((column, self.expression()))
            if not self.mark(","):
                break
        return Update(table, changes, self.expression() if self.accept("where") else None)

    def _delete(self) -> Delete:
        self.need("from")
        return Delete(self.name(), self.expression() if self.accept("where") else None, False)

    def _truncate(self) -> Delete:
        self.accept("table")
        return Delete(self.name(), None, True)

    def _create(self) -> Any:
        if self.accept("or"):
            self.need("replace")
        self.accept("temp", "temporary")
        if self.accept("table"):
            return self._table()
        what = self.accept("database", "schema", "user", "role", "index", "unique", "extension", "view", "function")
        if not what:
            raise self.fail()
        if what in ("index", "unique", "extension"):
            self._skip()
            return Accepted(f"CREATE {'INDEX' if what == 'unique' else what.upper()}")
        if what in ("view", "function"):
            raise SqlError("unsimulated", f"CREATE {what.upper()}")
        lenient = self._lenient("not")
        name = self._account()
        password = ""
        while self.now.kind != "end" and self.now.text != ";":
            if self.accept("password", "by") and self.now.kind == "text":
                password = self.now.text
            self.at += 1
        return Create("role" if what in ("user", "role") else "database", name, lenient, password)

    def _account(self) -> Token:
        if self.now.kind == "text":
            name = Token("name", self.now.text, self.now.place)
            self.at += 1
        else:
            name = self.name()
        if self.mark("@"):
            self.at += 1
        return name

    def _lenient(self, word: str) -> bool:
        if not self.accept("if"):
            return False
        if word:
            self.need(word)
        self.need("exists")
        return True

    def _table(self) -> CreateTable:
        lenient = self._lenient("not")
        name = self.name()
        if self.is_word("as"):
            raise SqlError("unsimulated", "CREATE TABLE AS")
        self.need_mark("(")
        columns: list[Column] = []
        primary: list[str] = []
        while True:
            if self.is_word("primary", "foreign", "unique", "constraint", "check", "key", "index"):
                primary += self._constraint()
            else:
                columns.append(self._column())
            if not self.mark(","):
                break
        self.need_mark(")")
        self._skip()
        columns = [
            column._replace(primary=True, not_null=True) if primary == [column.name] else column for column in columns
        ]
        return CreateTable(name, columns, lenient)

    def _constraint(self) -> list[str]:
        primary = self.is_word("primary")
        names: list[str] = []
        while self.now.kind != "end" and self.now.text not in (",", ")"):
            if self.mark("("):
                depth = 1
                while depth and self.now.kind != "end":
                    names.append(self.now.text.lower())
                    depth += {"(": 1, ")": -1}.get(self.now.text, 0)
                    self.at += 1
                continue
            self.at += 1
        return [name for name in names if name not in (",", ")", "(")] if primary else []

    def _column(self) -> Column:
        name = self.name().text
        kind = self.name().text
        if kind not in TYPES:
            self.at -= 1
            raise SqlError("syntax", self.now.text, self.text[self.now.place :], place=self.now.place)
        shown = TYPES[kind]
        self.accept("precision", "varying", "unsigned")
        if self.mark("("):
            size = [self.now.text]
            self.at += 1
            while self.mark(","):
                size.append(self.now.text)
                self.at += 1
            self.need_mark(")")
            shown += f"({','.join(size)})"
        for word in ("with", "without"):
            if self.accept(word):
                self.need("time")
                self.need("zone")
        column = Column(name, shown, serial=kind.endswith("serial"), not_null=kind.endswith("serial"))
        while self.now.kind != "end" and self.now.text not in (",", ")"):
            column = self._option(column)
        return column

    def _option(self, column: Column) -> Column:
        if self.accept("not"):
            self.need("null")
            return column._replace(not_null=True)
        if self.accept("primary"):
            self.need("key")
            return column._replace(primary=True, not_null=True)
        if self.accept("unique"):
            return column._replace(unique=True)
        if self.accept("auto_increment", "autoincrement"):
            return column._replace(serial=True)
        if self.accept("default"):
            return column._replace(default=self._unary())
        if self.accept("generated"):
            while self.now.kind != "end" and not self.accept("identity"):
                self.at += 1
            return column._replace(serial=True, not_null=True)
        if self.mark("("):
            self.expression()
            self.need_mark(")")
            return column
        self.at += 1
        return column

    def _drop(self) -> Any:
        what = self.need("table", "database", "schema", "user", "role", "index", "view")
        lenient = self._lenient("")
        name = self._account()
        if self.mark(","):
            raise SqlError("unsimulated", "dropping several at once")
        self.accept("cascade", "restrict")
        kind = {"schema": "database", "user": "role"}.get(what, what)
        return Drop(kind, name, lenient) if kind in ("table", "database", "role") else Accepted(f"DROP {what.upper()}")

    def _show(self) -> Show:
        self.accept("full", "global", "session")
        what = self.name().text
        rest = []
        while self.now.kind != "end" and self.now.text != ";":
            rest.append(self.now.text)
            self.at += 1
        return Show(what, rest[-1] if rest else "")

    def _describe(self) -> Show:
        return Show("columns", self.name().text)

    _desc = _describe

    def _use(self) -> Use:
        return Use(self.name().text)

    def _skip(self) -> None:
        while self.now.kind != "end" and self.now.text != ";":
            self.at += 1

    def _accepted(self) -> Accepted:
        tag = self.tokens[0].text.upper()
        self._skip()
        return Accepted({"START": "START TRANSACTION", "END": "COMMIT"}.get(tag, tag))

    _begin = _start = _commit = _rollback = _end = _set = _grant = _revoke = _flush = _comment = _accepted
