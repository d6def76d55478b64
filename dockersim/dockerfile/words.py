"""The arguments of one logical line: words, flags, name=value pairs, JSON arrays.

Quotes are kept: they are taken off when variables are expanded (see :mod:`dockersim.dockerfile.expand`).
"""

from __future__ import annotations

import re

from .errors import DockerfileError

_BLANK = re.compile(r"[\t\v\f\r ]+")


def split_words(rest: str, escape: str = "\\") -> list[str]:
    """Words parted by blanks; quoted stretches stay whole, quotes and escapes stay in the word."""
    words: list[str] = []
    word, quote, started = "", "", False
    i = 0
    while i < len(rest):
        char = rest[i]
        i += 1
        if not quote and char.isspace():
            if started:
                words.append(word)
            word, started = "", False
            continue
        if char == escape and quote != "'":
            if i == len(rest):
                break  # an escape at the very end escapes nothing
            char += rest[i]
            i += 1
        elif quote:
            if char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        word += char
        started = True
    if started:
        words.append(word)
    return words


def split_flags(rest: str) -> tuple[list[str], str]:
    """The leading ``--flags`` of an instruction, unquoted, and what follows them. ``--`` ends the flags."""
    flags: list[str] = []
    i = 0
    while True:
        while i < len(rest) and rest[i].isspace():
            i += 1
        if not rest.startswith("--", i):
            return flags, rest[i:].strip()
        word, quote = "", ""
        while i < len(rest) and (quote or not rest[i].isspace()):
            char = rest[i]
            i += 1
            if char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
            elif char == "\\" and i < len(rest):
                word += rest[i]
                i += 1
            elif char != "\\":
                word += char
        if word == "--":
            return flags, rest[i:].strip()
        flags.append(word)


def split_blanks(rest: str) -> list[str]:
    """Parted at runs of blanks, quotes meaning nothing (FROM, EXPOSE, and COPY, ADD and VOLUME without JSON)."""
    return _BLANK.split(rest) if rest else []


def name_values(rest: str, instruction: str, escape: str) -> list[str]:
    """ENV and LABEL: name, value, name, value ... of either ``NAME value`` or ``NAME=value ...``."""
    words = split_words(rest, escape)
    if not words:
        return []
    if "=" not in words[0]:
        parts = _BLANK.split(rest, maxsplit=1)
        if len(parts) < 2:
            raise DockerfileError(f"{instruction} must have two arguments")
        return parts
    result: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise DockerfileError(f"Syntax error - can't find = in {quote(word)}. Must be of the form: name=value")
        result += [name, value]
    return result


def json_array(rest: str) -> list[str] | None:
    """The strings of a JSON array; ``None`` if ``rest`` is not one (it is then shell form).

    Raises :class:`DockerfileError` if it is an array of anything but strings.
    """
    rest = rest.lstrip()
    if not rest.startswith("["):
        return None
    import json

    try:
        value = json.loads(rest)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in value):
        raise DockerfileError("when using JSON array syntax, arrays must be comprised of strings only")
    return list(value)


_QUOTED = {'"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_QUOTED["\v"] = "\\v"


def quote(text: str) -> str:
    """``text`` as Go's ``%q`` prints it: the engine's messages quote that way."""
    out = []
    for char in text:
        if char in _QUOTED:
            out.append(_QUOTED[char])
        elif char.isprintable():
            out.append(char)
        elif ord(char) < 0x80:
            out.append(f"\\x{ord(char):02x}")
        else:
            out.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
    return '"' + "".join(out) + '"'
