""".dockerignore: its lines to patterns, patterns to a matcher, with moby's rules (``**``, ``!``, last match wins)."""

from __future__ import annotations

import posixpath
import re

from .errors import DockerfileError


def read_patterns(text: str) -> list[str]:
    """The patterns of a .dockerignore file, cleaned; comments and blank lines left out."""
    patterns = []
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("#"):
            continue
        line = line.strip()
        if not line:
            continue
        invert = line.startswith("!")
        if invert:
            line = line[1:].strip()
        if line:
            line = _clean(line)
            if len(line) > 1 and line.startswith("/"):
                line = line[1:]
        patterns.append("!" + line if invert else line)
    return patterns


def _clean(path: str) -> str:
    path = posixpath.normpath(path)
    return path[1:] if path.startswith("//") else path


class PatternMatcher:
    """Which paths of a context a list of patterns leaves out. Raises :class:`DockerfileError` for a bad pattern."""

    def __init__(self, patterns: list[str]) -> None:
        self._rules: list[tuple[bool, re.Pattern[str]]] = []
        for pattern in patterns:
            pattern = pattern.strip()
            if not pattern:
                continue
            pattern = _clean(pattern)
            exclusion = pattern.startswith("!")
            if exclusion:
                pattern = pattern[1:]
                if not pattern:
                    raise DockerfileError('illegal exclusion pattern: "!"')
            glob_regex(pattern)  # refuses what the file name matcher refuses
            self._rules.append((exclusion, re.compile(_regex(pattern), re.DOTALL)))

    def matches(self, path: str) -> bool:
        """Whether ``path`` (relative, ``/`` between names) or a directory above it is left out."""
        path = _clean(path)
        if path == ".":
            return False
        parts = path.split("/")
        ancestors = ["/".join(parts[:i]) for i in range(1, len(parts))]
        matched = False
        for exclusion, rule in self._rules:
            if exclusion == matched and (rule.match(path) or any(rule.match(above) for above in ancestors)):
                matched = not exclusion
        return matched


def _regex(pattern: str) -> str:
    if pattern.startswith("**") and not re.search(r"[*?\[\]\\]", pattern[2:]):
        # "**" before plain text is any text: "**file" takes dir/myfile too, "**/file" whole names only
        suffix = pattern[2:]
        return f"^(.*/)?{re.escape(suffix[1:])}$" if suffix.startswith("/") else f"^.*{re.escape(suffix)}$"
    out, i = "^", 0
    while i < len(pattern):
        if not pattern.startswith("**", i):
            piece, i = _piece(pattern, i)
            out += piece
            continue
        i += 3 if pattern.startswith("/", i + 2) else 2
        out += ".*" if i == len(pattern) else "(.*/)?"
    return out + "$"


def glob_regex(pattern: str) -> re.Pattern[str]:
    """A file name pattern (Go's ``path/filepath.Match``) as a regular expression for ``fullmatch``.

    Raises :class:`DockerfileError` "syntax error in pattern".
    """
    out, i = "", 0
    while i < len(pattern):
        piece, i = _piece(pattern, i)
        out += piece
    return re.compile(out, re.DOTALL)


def _piece(pattern: str, i: int) -> tuple[str, int]:
    char = pattern[i]
    i += 1
    if char == "*":
        return "[^/]*", i
    if char == "?":
        return "[^/]", i
    if char == "[":
        return _class(pattern, i)
    if char == "\\":
        if i == len(pattern):
            raise DockerfileError("syntax error in pattern")
        return re.escape(pattern[i]), i + 1
    return re.escape(char), i


def _class(pattern: str, i: int) -> tuple[str, int]:
    negated = pattern.startswith("^", i)
    i += negated
    ranges = ""
    start = i
    while i == start or not pattern.startswith("]", i):
        low, i = _member(pattern, i)
        high = low
        if pattern.startswith("-", i):
            high, i = _member(pattern, i + 1)
        if low <= high:
            ranges += re.escape(low) + "-" + re.escape(high)
    if not ranges:
        return ("[^/]" if negated else "(?!)"), i + 1
    return (f"(?!/)[^{ranges}]" if negated else f"[{ranges}]"), i + 1


def _member(pattern: str, i: int) -> tuple[str, int]:
    if i >= len(pattern) or pattern[i] in "-]":
        raise DockerfileError("syntax error in pattern")
    if pattern[i] == "\\":
        i += 1
        if i >= len(pattern):
            raise DockerfileError("syntax error in pattern")
    if i + 1 >= len(pattern):
        raise DockerfileError("syntax error in pattern")
    return pattern[i], i + 1
