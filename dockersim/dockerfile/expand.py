"""Quotes off and variables in: ``$name``, ``${name}`` and its modifiers, as BuildKit's word lexer does it.

Modifiers: ``:-  -  :+  +  :?  ?  #  ##  %  %%  /  //``. There is no command substitution in a Dockerfile.
"""

from __future__ import annotations

from collections.abc import Mapping

from .errors import DockerfileError
from .words import quote

_SPECIAL = "@*#?-$!0"


def expand(word: str, env: Mapping[str, str], escape: str = "\\", *, quotes: bool = True) -> str:
    """``word`` without quotes and with its variables replaced; unset ones are empty.

    ``quotes=False``: quotes are ordinary characters (the contents of here-documents).
    """
    if "$" not in word and escape not in word and "'" not in word and '"' not in word:
        return word
    return Lexer(env, escape, quotes=quotes).process(word)[0]


def expand_words(word: str, env: Mapping[str, str], escape: str = "\\") -> list[str]:
    """Like :func:`expand`, then parted at the blanks that were not quoted (EXPOSE's ports, for one)."""
    return Lexer(env, escape).process(word)[1]


class _Words:
    """Collects words: blanks part them, raw text never does."""

    __slots__ = ("done", "inside", "word")

    def __init__(self) -> None:
        self.done: list[str] = []
        self.word = ""
        self.inside = False

    def text(self, text: str) -> None:
        for char in text:
            if not char.isspace():
                self.raw(char)
            elif self.inside:
                self.close()

    def raw(self, text: str) -> None:
        self.word += text
        self.inside = True

    def close(self) -> None:
        if self.word:
            self.done.append(self.word)
            self.word = ""
            self.inside = False


class Lexer:
    """One environment's expansion. ``matched`` and ``unmatched`` collect the names that were and were not set.

    ``raw``: quotes and escapes stay in the result; ``keep_unset``: an unset variable stays as written.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        escape: str = "\\",
        *,
        quotes: bool = True,
        raw: bool = False,
        keep_unset: bool = False,
    ) -> None:
        self.env = env
        self.escape = escape
        self.quotes = quotes
        self.raw_quotes = raw
        self.raw_escapes = raw
        self.keep_unset = keep_unset
        self.matched: set[str] = set()
        self.unmatched: set[str] = set()
        self.source = ""
        self.at = 0

    def process(self, word: str) -> tuple[str, list[str]]:
        """The expanded text and its words. Raises :class:`DockerfileError` for a bad substitution or open quote."""
        self.source, self.at = word, 0
        try:
            return self._until("", self.raw_escapes)
        except DockerfileError as error:
            raise DockerfileError(f"failed to process {quote(word)}: {error.message}") from None
        except RecursionError:
            raise DockerfileError(f"failed to process {quote(word)}: nested too deeply") from None

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _next(self) -> str:
        char = self.source[self.at : self.at + 1]
        self.at += 1
        return char

    def _until(self, stop: str, raw_escapes: bool) -> tuple[str, list[str]]:
        outer, self.raw_escapes = self.raw_escapes, raw_escapes
        try:
            return self._scan(stop)
        finally:
            self.raw_escapes = outer

    def _scan(self, stop: str) -> tuple[str, list[str]]:
        out = ""
        words = _Words()
        while char := self._peek():
            if char == stop:
                self._next()
                words.close()
                return out, words.done
            if char == "$":
                text = self._dollar()
                words.text(text)
            elif self.quotes and char in "'\"":
                text = self._single() if char == "'" else self._double()
                words.raw(text)
            else:
                text = self._next()
                if char == self.escape:
                    text = (char if self.raw_escapes else "") + self._next()
                    if text:
                        words.raw(text)
                else:
                    words.text(text)
            out += text
        if stop:
            raise DockerfileError(f"unexpected end of statement while looking for matching {stop}")
        words.close()
        return out, words.done

    def _single(self) -> str:
        end = self.source.find("'", self.at + 1)
        if end < 0:
            self.at = len(self.source)
            raise DockerfileError("unexpected end of statement while looking for matching single-quote")
        text = self.source[self.at + 1 : end]
        self.at = end + 1
        return f"'{text}'" if self.raw_quotes else text

    def _double(self) -> str:
        self._next()
        out = ""
        while (char := self._peek()) != '"':
            if not char:
                raise DockerfileError("unexpected end of statement while looking for matching double-quote")
            if char == "$":
                out += self._dollar()
                continue
            self._next()
            if char == self.escape:
                if self.raw_escapes:
                    out += char
                following = self._peek()
                if not following:
                    continue
                if following in ('"', "$", self.escape):
                    char = self._next()
            out += char
        self._next()
        return f'"{out}"' if self.raw_quotes else out

    def _lookup(self, name: str) -> str | None:
        value = self.env.get(name)
        (self.unmatched if value is None else self.matched).add(name)
        return value

    def _name(self) -> str:
        first = self._peek()
        if first and (first in _SPECIAL and not first.isdigit()):
            return self._next()
        start = self.at
        digits = first.isdigit()
        while (char := self._peek()) and (char.isdigit() if digits else char == "_" or char.isalnum()):
            self.at += 1
        return self.source[start : self.at]

    def _dollar(self) -> str:
        self._next()
        if self._peek() != "{":
            name = self._name()
            if not name:
                return "$"
            value = self._lookup(name)
            return ("$" + name if self.keep_unset else "") if value is None else value
        self._next()
        following = self._peek()
        if not following:
            raise DockerfileError("syntax error: missing '}'")
        if following in "{}:":
            raise DockerfileError("syntax error: bad substitution")
        name = self._name()
        modifier = self._next()
        if modifier == "}":
            value = self._lookup(name)
            return ("${" + name + "}" if self.keep_unset else "") if value is None else value
        if modifier == "/":
            return self._replace(name)
        if modifier == ":":
            modifier += self._next()
        elif modifier not in ("+", "-", "?", "#", "%"):
            raise DockerfileError(f"unsupported modifier ({modifier}) in substitution")
        return self._modify(name, modifier)

    def _closed(self, stop: str, raw_escapes: bool, missing: str) -> str:
        try:
            return self._until(stop, raw_escapes)[0]
        except DockerfileError:
            if not self._peek():
                raise DockerfileError(missing) from None
            raise

    def _modify(self, name: str, modifier: str) -> str:
        word = self._closed("}", modifier[-1:] in ("#", "%"), "syntax error: missing '}'")
        value = self._lookup(name)
        if value is None and self.keep_unset:
            return "${" + name + modifier + word + "}"
        missing = value is None or (modifier[0] == ":" and value == "")
        kind = modifier[1:] if modifier[0] == ":" else modifier
        if kind == "-":
            return word if missing else value or ""
        if kind == "+":
            return "" if missing else word
        if kind == "?":
            if missing:
                state = "unset" if value is None else "empty"
                raise DockerfileError(f"{name}: {word or f'is not allowed to be {state}'}")
            return value or ""
        if modifier in ("#", "%"):
            return _trim(value or "", word, modifier)
        raise DockerfileError(f"unsupported modifier ({modifier}) in substitution")

    def _replace(self, name: str) -> str:
        every = self._peek() == "/"
        if every:
            self._next()
        pattern = self._closed("/", True, "syntax error: missing '/' in ${}")
        replacement = self._closed("}", True, "syntax error: missing '}'")
        value = self._lookup(name)
        if value is None and self.keep_unset:
            return "${" + f"{name}/{'/' if every else ''}{pattern}/{replacement}" + "}"
        import re

        return re.sub(_regex(pattern, greedy=True), lambda _: replacement, value or "", count=0 if every else 1)


def _trim(value: str, pattern: str, modifier: str) -> str:
    import re

    greedy = pattern.startswith(modifier)
    regex = _regex(pattern[1:] if greedy else pattern, greedy=greedy)
    if modifier == "#":
        found = re.match(regex, value)
        return value[found.end() :] if found else value
    starts = range(len(value) + 1) if greedy else range(len(value), -1, -1)
    return next((value[:i] for i in starts if re.fullmatch(regex, value[i:])), value)


def _regex(pattern: str, *, greedy: bool) -> str:
    """A shell pattern of ``*``, ``?`` and escapes as a regular expression."""
    try:
        return pattern_to_regex(pattern, greedy=greedy)
    except ValueError as error:
        raise DockerfileError(f"invalid pattern ({pattern}) in substitution: {error}") from None


def pattern_to_regex(pattern: str, *, greedy: bool) -> str:
    """The regular expression of a shell pattern. Raises ``ValueError`` for an escape of anything but ``* ? \\ } /``."""
    out = ""
    chars = iter(range(len(pattern)))
    for i in chars:
        char = pattern[i]
        if char == "*":
            out += ".*" if greedy else ".*?"
        elif char == "?":
            out += "."
        elif char == "\\":
            following = pattern[i + 1 : i + 2]
            if following in ("}", "/"):
                continue
            if following not in ("*", "?", "\\"):
                raise ValueError(f"invalid escape '\\{following}'")
            out += "\\" + following
            next(chars)
        else:
            out += "\\" + char if char in "[]{}.+()|^$" else char
    return out
