"""``@csv``, ``@base64`` and the other formats."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from dockersim.userland.programs.jq.values import JqError, number, shown, text_of, told


def formatted(name: str, value: Any) -> str:
    """``value`` as a format writes it. Raises :class:`JqError`."""
    made = FORMATS.get(name)
    if made is None:
        raise JqError(f"{name} is not a valid format")
    return made(value)


def _row(name: str, value: Any, word: Callable[[str], str], between: str) -> str:
    if not isinstance(value, list):
        raise JqError(f"{told(value)} cannot be {name}-formatted, only an array can be")
    return between.join(_cell(name, one, word) for one in value)


def _cell(name: str, value: Any, word: Callable[[str], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return word(value)
    raise JqError(f"{told(value)} is not valid in a {name} row")


def _csv(value: Any) -> str:
    return _row("csv", value, lambda text: '"' + text.replace('"', '""') + '"', ",")


def _tsv(value: Any) -> str:
    escapes = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return _row("tsv", value, lambda text: "".join(escapes.get(letter, letter) for letter in text), "\t")


def _html(value: Any) -> str:
    escapes = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", '"': "&quot;"}
    return "".join(escapes.get(letter, letter) for letter in text_of(value))


def _sh(value: Any) -> str:
    words = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, (list, dict)):
            raise JqError(f"{told(one)} can not be escaped for shell")
        words.append("'" + one.replace("'", "'\\''") + "'" if isinstance(one, str) else shown(one))
    return " ".join(words)


def _base64d(value: Any) -> str:
    text = text_of(value)
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)).decode(errors="replace")
    except binascii.Error:
        raise JqError(f"{told(text)} is not valid base64 data") from None


FORMATS: dict[str, Callable[[Any], str]] = {
    "text": text_of,
    "json": shown,
    "csv": _csv,
    "tsv": _tsv,
    "html": _html,
    "sh": _sh,
    "uri": lambda value: quote(text_of(value), safe="-_.~"),
    "base64": lambda value: base64.b64encode(text_of(value).encode()).decode(),
    "base64d": _base64d,
}
