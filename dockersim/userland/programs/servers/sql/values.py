"""Values: what operators do to them, and what a column makes of them."""

from __future__ import annotations

import re
from typing import Any

from dockersim.userland.programs.servers.sql import syntax as s
from dockersim.userland.programs.servers.sql.errors import SqlError

INTEGERS = ("integer", "bigint", "smallint")
NUMBERS = (*INTEGERS, "numeric", "double precision", "real")


def operate(kind: str, left: Any, right: Any, dialect: str) -> Any:
    """``left kind right``, both of them not null. Raises :class:`SqlError`."""
    if kind in ("like", "ilike"):
        pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in str(right))
        flags = re.S | (re.I if kind == "ilike" or dialect == "mysql" else 0)
        return re.fullmatch(pattern, str(left), flags) is not None
    if kind == "||":
        return shown(left, dialect) + shown(right, dialect)
    if kind in ("=", "<>"):
        return equal(left, right) is (kind == "=")
    if kind in ("<", ">", "<=", ">="):
        left, right = _alike(left, right)
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[kind]
    left, right = number(left), number(right)
    if kind in "/%" and right == 0:
        if dialect == "mysql":
            return None
        raise SqlError("division")
    if kind == "/":
        whole = isinstance(left, int) and isinstance(right, int) and dialect == "postgres"
        return int(left / right) if whole else left / right
    return {"+": left + right, "-": left - right, "*": left * right, "%": left % right if right else None}[kind]


def number(value: Any) -> Any:
    """A value as a number. Raises :class:`SqlError`."""
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if "." in str(value) else int(value)
    except ValueError:
        raise SqlError("integer", str(value), "") from None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, str) != isinstance(right, str):
        return (number(left), right) if isinstance(left, str) else (left, number(right))
    return left, right


def equal(left: Any, right: Any) -> bool:
    """``left = right``, a number and its text alike."""
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


def typed(column: s.Column, value: Any) -> Any:
    """``value`` as ``column`` keeps it. Raises :class:`SqlError`."""
    kind = column.type.partition("(")[0]
    if value is None:
        return None
    if kind in INTEGERS:
        try:
            return int(value)
        except ValueError:
            raise SqlError("integer", str(value), column.name) from None
    if kind in NUMBERS:
        return number(value)
    if kind == "boolean" and not isinstance(value, bool):
        return str(value).lower() in ("1", "t", "true", "yes", "on")
    return value if isinstance(value, bool) else str(value) if not isinstance(value, str) else value


def tuples(node: Any) -> Any:
    """JSON keeps tuples as lists."""
    return tuple(tuples(part) for part in node) if isinstance(node, list | tuple) else node
