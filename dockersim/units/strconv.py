"""Go's ``strconv``: what the client's flags accept, and the errors in Go's words (as ``ValueError``)."""

from __future__ import annotations

import re
from typing import NoReturn

_TRUE = frozenset(("1", "t", "T", "true", "TRUE", "True"))
_FALSE = frozenset(("0", "f", "F", "false", "FALSE", "False"))
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
# Compiled on first use: start-up waits for this module.
_INT = r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?[0-9])*)"
_FLOAT = (
    r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+"
    r"|inf(?:inity)?|nan)"
)


def quote(text: str) -> str:
    """``strconv.Quote``, which ``%q`` prints: a double-quoted Go string; surrogates are bytes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def quote_rune(char: str) -> str:
    """``%q`` of a rune: ``'x'``."""
    return "'\\''" if char == "'" else "'\"'" if char == '"' else f"'{_escaped(char)}'"


def _escaped(char: str) -> str:
    code = ord(char)
    if code in _ESCAPES:
        return _ESCAPES[code]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if char.isprintable():
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _fail(function: str, text: str, why: str = "invalid syntax") -> NoReturn:
    raise ValueError(f"strconv.{function}: parsing {quote(text)}: {why}")


def parse_bool(text: str) -> bool:
    """``strconv.ParseBool``: 1, t, T, true, TRUE, True and their opposites."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    _fail("ParseBool", text)


def _integer(text: str, base: int) -> int | None:
    if base:
        return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) and base == 10 else _in_base(text, base)
    if not re.fullmatch(_INT, text):
        return None
    digits = text.lstrip("+-").lower().replace("_", "")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    value = int(digits, 8) if octal else int(digits, 0)
    return -value if text[0] == "-" else value


def _in_base(text: str, base: int) -> int | None:
    if not re.fullmatch(r"[+-]?[0-9a-zA-Z]+", text):
        return None
    try:
        return int(text, base)
    except ValueError:
        return None


def parse_int(text: str, bits: int = 64, base: int = 0, function: str = "ParseInt") -> int:
    """``strconv.ParseInt``; base 0 takes Go's prefixes (0x, 0o, 0b, a leading 0) and underscores."""
    value = _integer(text, base)
    if value is None:
        _fail(function, text)
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        _fail(function, text, "value out of range")
    return value


def parse_uint(text: str, bits: int = 64, base: int = 0) -> int:
    """``strconv.ParseUint``: no sign at all."""
    value = None if text[:1] in ("+", "-") else _integer(text, base)
    if value is None:
        _fail("ParseUint", text)
    if value >= 1 << bits:
        _fail("ParseUint", text, "value out of range")
    return value


def parse_float(text: str) -> float:
    """``strconv.ParseFloat``."""
    if not re.fullmatch(_FLOAT, text, re.IGNORECASE | re.ASCII):
        _fail("ParseFloat", text)
    if "x" in text.lower():
        try:
            return float.fromhex(text)
        except OverflowError:
            _fail("ParseFloat", text, "value out of range")
    value = float(text)
    if value in (float("inf"), float("-inf")) and "inf" not in text.lower():
        _fail("ParseFloat", text, "value out of range")
    return value
