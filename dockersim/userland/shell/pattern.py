"""Patterns (POSIX XCU 2.13): a pattern string, in which a backslash quotes, against text and against file names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.classes import CLASSES

_ACTIVE = re.compile(r"[*?\[]")
_QUOTE = re.compile(r"[*?\[\]\\!^-]")
_CLASSES = CLASSES | {"word": "a-zA-Z0-9_"}


def quote(text: str) -> str:
    """``text`` as a pattern that matches just that."""
    return _QUOTE.sub(r"\\\g<0>", text) if _QUOTE.search(text) else text


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """The regular expression of the bracket expression whose ``[`` is before ``at``, and the offset behind it."""
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    pieces: list[str] = []
    first = True
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and not first:
            body = "".join(pieces)
            if not body:
                return ("." if negated else r"(?!)"), at + 1
            return f"[{'^' if negated else ''}{body}]", at + 1
        first = False
        if pattern.startswith("[:", at) and (end := pattern.find(":]", at + 2)) >= 0:
            pieces.append(_CLASSES.get(pattern[at + 2 : end], ""))
            at = end + 2
            continue
        char, at = _member(pattern, at)
        if pattern.startswith("-", at) and pattern[at + 1 : at + 2] not in ("", "]"):
            last, at = _member(pattern, at + 1)
            if char <= last:
                pieces.append(f"{re.escape(char)}-{re.escape(last)}")
        else:
            pieces.append(re.escape(char))
    return None


def _member(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return pattern[at + 1], at + 2
    return pattern[at], at + 1


@lru_cache(maxsize=2048)
def regex(pattern: str, lazy: bool = False) -> re.Pattern[str]:
    """``pattern`` as a compiled regular expression; ``lazy`` lets it prefer the shortest match."""
    star = ".*?" if lazy else ".*"
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            if not pieces or pieces[-1] != star:
                pieces.append(star)
        elif char == "?":
            pieces.append(".")
        elif char == "[" and (bracket := _bracket(pattern, at)):
            pieces.append(bracket[0])
            at = bracket[1]
        elif char == "\\" and at < len(pattern):
            pieces.append(re.escape(pattern[at]))
            at += 1
        else:
            pieces.append(re.escape(char))
    return re.compile("".join(pieces), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    return regex(pattern).fullmatch(text) is not None


def trim(value: str, pattern: str, operator: str) -> str:
    """``${value#pattern}`` and its three relatives."""
    if operator[0] == "#":
        found = regex(pattern, lazy=operator == "#").match(value)
        return value[found.end() :] if found else value
    compiled = regex(pattern)
    places = range(len(value) + 1) if operator == "%%" else range(len(value), -1, -1)
    for start in places:
        if compiled.fullmatch(value, start):
            return value[:start]
    return value


def substitute(value: str, pattern: str, replacement: str, operator: str) -> str:
    """``${value/pattern/replacement}``: ``/`` the first, ``//`` every, ``/#`` at the start, ``/%`` at the end."""
    if not pattern:
        return value
    compiled = regex(pattern)
    if operator == "/#":
        found = compiled.match(value)
        return replacement + value[found.end() :] if found else value
    if operator == "/%":
        short = trim(value, pattern, "%%")
        return short + replacement if len(short) < len(value) or compiled.fullmatch("") else value
    pieces, at = [], 0
    while at < len(value):
        found = compiled.search(value, at)
        if not found or found.end() == found.start():
            break
        pieces += [value[at : found.start()], replacement]
        at = found.end()
        if operator == "/":
            break
    return "".join(pieces) + value[at:]


# ---- file names


def _unquoted(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)


def glob(pattern: str, process: Any, hidden: bool = False) -> list[str]:
    """The names that ``pattern`` matches, in order; none where it matches nothing."""
    components = re.split(r"(/+)", pattern)
    found = [""]
    for number in range(0, len(components), 2):
        component = components[number]
        slash = components[number + 1] if number + 1 < len(components) else ""
        if not component:
            found = [base + slash for base in found]
        elif _ACTIVE.search(component):
            found = [
                base + name + slash
                for base in found
                for name in _names(component, base, process, hidden)
                if not slash or _kind(base + name, process) == "directory"
            ]
        else:
            plain = _unquoted(component)
            found = [base + plain + slash for base in found if _exists(base + plain + slash, process)]
        if not found:
            return []
    return sorted(found)


def _names(component: str, base: str, process: Any, hidden: bool) -> list[str]:
    try:
        names = process.vfs.listdir(base or ".", cwd=process.cwd, cred=process.cred)
    except FsError:
        return []
    compiled = regex(component)
    if component.startswith((".", "\\.")):
        names = [".", "..", *names]
    elif not hidden:
        names = [name for name in names if not name.startswith(".")]
    return [name for name in names if compiled.fullmatch(name)]


def _kind(path: str, process: Any) -> str:
    try:
        kind: str = process.vfs.stat(path, cwd=process.cwd, cred=process.cred).kind
    except FsError:
        return ""
    return kind


def _exists(path: str, process: Any) -> bool:
    try:
        process.vfs.lstat(path, cwd=process.cwd, cred=process.cred)
    except FsError:
        return False
    return True
