"""``format`` and ``str.format``."""

from __future__ import annotations

import re
from typing import Any

from dockersim.userland.programs.languages.python.operators import guarded
from dockersim.userland.programs.languages.python.values import Raised, Unsimulated


def formatted(value: Any, form: str) -> str:
    """``format(value, form)``."""
    if re.search(r"\d{6}", form):
        raise Raised("MemoryError")
    return str(guarded(lambda: format(value, form)))


def format_text(text: str, arguments: list[Any], keywords: dict[str, Any]) -> str:
    """``str.format`` with plain fields; no attributes and no items."""
    count = [0]

    def put(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        name = found[1]
        if not re.fullmatch(r"\w*", name):
            raise Unsimulated(f"the format field {found[0]}")
        if not name:
            name, count[0] = str(count[0]), count[0] + 1
        try:
            value = arguments[int(name)] if name.isdigit() else keywords[name]
        except (IndexError, KeyError):
            raise Raised("IndexError", f"Replacement index {name} out of range for positional args tuple") from None
        return formatted(value, found[2] or "")

    return re.sub(r"\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}", put, text)
