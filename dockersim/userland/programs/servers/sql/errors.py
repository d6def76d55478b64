"""What goes wrong in SQL, in the words of PostgreSQL and of MySQL."""

from __future__ import annotations


class SqlError(Exception):
    """A refused statement. ``kind`` is a key of :data:`WORDS`; ``place`` where in the statement, -1 for nowhere."""

    def __init__(self, kind: str, *details: str, place: int = -1) -> None:
        super().__init__(kind, *details)
        self.kind = kind
        self.details = details
        self.place = place

    def words(self, dialect: str) -> tuple[str, str]:
        """(SQLSTATE or MySQL's number with it, message)."""
        code, text = WORDS[self.kind][0 if dialect == "postgres" else 1]
        return code, text.format(*self.details)


SYNTAX_MYSQL = (
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the "
    "right syntax to use near '{1}' at line 1"
)
# kind -> (SQLSTATE, PostgreSQL's words), (number and SQLSTATE, MySQL's words)
WORDS = {
    "syntax": (("42601", 'syntax error at or near "{0}"'), ("1064 (42000)", SYNTAX_MYSQL)),
    "end": (("42601", "syntax error at end of input"), ("1064 (42000)", SYNTAX_MYSQL.replace("{1}", ""))),
    "unsimulated": (("0A000", "{0} is not simulated"), ("1235 (42000)", "{0} is not simulated")),
    "no table": (("42P01", 'relation "{0}" does not exist'), ("1146 (42S02)", "Table '{1}.{0}' doesn't exist")),
    "no table to drop": (("42P01", 'table "{0}" does not exist'), ("1051 (42S02)", "Unknown table '{1}.{0}'")),
    "table exists": (("42P07", 'relation "{0}" already exists'), ("1050 (42S01)", "Table '{0}' already exists")),
    "no column": (
        ("42703", 'column "{0}" does not exist'),
        ("1054 (42S22)", "Unknown column '{0}' in 'field list'"),
    ),
    "no database": (("3D000", 'database "{0}" does not exist'), ("1049 (42000)", "Unknown database '{0}'")),
    "no database to drop": (
        ("3D000", 'database "{0}" does not exist'),
        ("1008 (HY000)", "Can't drop database '{0}'; database doesn't exist"),
    ),
    "database exists": (
        ("42P04", 'database "{0}" already exists'),
        ("1007 (HY000)", "Can't create database '{0}'; database exists"),
    ),
    "no database selected": (("3D000", "no database selected"), ("1046 (3D000)", "No database selected")),
    "duplicate": (
        ("23505", 'duplicate key value violates unique constraint "{0}_{1}"'),
        ("1062 (23000)", "Duplicate entry '{2}' for key '{0}.{3}'"),
    ),
    "null": (
        ("23502", 'null value in column "{0}" of relation "{1}" violates not-null constraint'),
        ("1048 (23000)", "Column '{0}' cannot be null"),
    ),
    "count": (
        ("42601", "INSERT has more expressions than target columns"),
        ("1136 (21S01)", "Column count doesn't match value count at row 1"),
    ),
    "integer": (
        ("22P02", 'invalid input syntax for type integer: "{0}"'),
        ("1366 (HY000)", "Incorrect integer value: '{0}' for column '{1}' at row 1"),
    ),
    "division": (("22012", "division by zero"), ("1365 (22012)", "Division by 0")),
    "function": (
        ("42883", "function {0}() does not exist"),
        ("1305 (42000)", "FUNCTION {0} does not exist"),
    ),
    "role exists": (
        ("42710", 'role "{0}" already exists'),
        ("1396 (HY000)", "Operation CREATE USER failed for '{0}'@'%'"),
    ),
}
