"""Expressions, as nested tuples whose first item names their kind."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.reader import Reader
from dockersim.userland.programs.servers.sql.syntax import Token

TYPES = {
    "serial": "integer",
    "bigserial": "bigint",
    "smallserial": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "integer": "integer",
    "bigint": "bigint",
    "smallint": "smallint",
    "tinyint": "integer",
    "mediumint": "integer",
    "bool": "boolean",
    "boolean": "boolean",
    "varchar": "character varying",
    "char": "character",
    "character": "character",
    "text": "text",
    "numeric": "numeric",
    "decimal": "numeric",
    "float": "double precision",
    "double": "double precision",
    "real": "real",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "json": "json",
    "jsonb": "jsonb",
    "uuid": "uuid",
}
LITERALS = {"true": True, "false": False, "null": None}
CLAUSES = (
    "from where group order limit offset having union as returning asc desc join inner left right cross full natural"
).split()
RESERVED = frozenset("select from where order group having limit into values set table create drop and or".split())


class Expressions(Reader):
    """Reads expressions, the loosest operators first."""

    def expression(self) -> Any:
        left = self._and()
        while self.accept("or"):
            left = ("or", left, self._and())
        return left

    def expression_list(self) -> list[Any]:
        found = [self.expression()]
        while self.mark(","):
            found.append(self.expression())
        return found

    def _and(self) -> Any:
        left = self._not()
        while self.accept("and"):
            left = ("and", left, self._not())
        return left

    def _not(self) -> Any:
        return ("not", self._not()) if self.accept("not") else self._comparison()

    def _comparison(self) -> Any:
        left = self._sum()
        while True:
            mark = self.mark("=", "<>", "!=", "<", ">", "<=", ">=")
            if mark:
                left = ("<>" if mark == "!=" else mark, left, self._sum())
            elif self.accept("is"):
                negated = bool(self.accept("not"))
                self.need("null")
                left = ("null", left)
                left = ("not", left) if negated else left
            else:
                negated = self.is_word("not") and self.tokens[self.at + 1].text.lower() in (
                    "like",
                    "in",
                    "between",
                    "ilike",
                )
                if negated:
                    self.at += 1
                found = self._special(left)
                if found is None:
                    return left
                left = ("not", found) if negated else found

    def _special(self, left: Any) -> Any:
        word = self.accept("like", "ilike", "in", "between")
        if word in ("like", "ilike"):
            return (word, left, self._sum())
        if word == "in":
            self.need_mark("(")
            if self.is_word("select"):
                raise SqlError("unsimulated", "a subquery")
            choices = self.expression_list()
            self.need_mark(")")
            return ("in", left, *choices)
        if word == "between":
            low = self._sum()
            self.need("and")
            return ("and", (">=", left, low), ("<=", left, self._sum()))
        return None

    def _sum(self) -> Any:
        left = self._product()
        while mark := self.mark("+", "-", "||"):
            left = (mark, left, self._product())
        return left

    def _product(self) -> Any:
        left = self._unary()
        while mark := self.mark("*", "/", "%"):
            left = (mark, left, self._unary())
        return left

    def _unary(self) -> Any:
        if self.mark("-"):
            return ("-", ("value", 0), self._unary())
        value = self._primary()
        while self.mark("::"):
            self.name()
        return value

    def _primary(self) -> Any:
        token = self.now
        self.at += 1
        if token.kind == "number":
            return ("value", float(token.text) if "." in token.text else int(token.text))
        if token.kind == "text":
            return ("value", token.text)
        if token.text == "(" and token.kind == "mark":
            if self.is_word("select"):
                raise SqlError("unsimulated", "a subquery")
            inner = self.expression()
            self.need_mark(")")
            return inner
        if token.text == "@@":
            return ("call", self.name().text)
        if token.kind in ("word", "name"):
            return self._named(token)
        self.at -= 1
        raise self.fail()

    def _named(self, token: Token) -> Any:
        word = token.text.lower()
        if token.kind == "word" and word in LITERALS:
            return ("value", LITERALS[word])
        if token.kind == "word" and word in RESERVED:
            self.at -= 1
            raise self.fail()
        if self.mark("("):
            arguments: list[Any] = []
            if self.mark("*"):
                arguments = [("star",)]
            elif self.now.text != ")":
                self.accept("distinct")
                arguments = self.expression_list()
            self.need_mark(")")
            return ("call", word, *arguments)
        if token.kind == "word" and word in ("current_user", "current_timestamp", "current_date", "session_user"):
            return ("call", word)
        name = token.text if token.kind == "name" else word.rsplit(".", 1)[-1]
        return ("column", name, token.place)
