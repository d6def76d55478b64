"""Regular expressions of POSIX, basic and extended (re_format, with GNU's additions), as patterns of Python's ``re``.

Everything is bytes, as in the C locale of containers. Among alternatives of plain text the longest is tried first, as
POSIX wants; for other alternatives the first that matches wins.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dockersim.userland.classes import CLASSES

ESCAPES = {"t": "\t", "n": "\n", "f": "\f", "v": "\v", "a": "\a", "r": "\r"}
MAX_REPEAT = 32767


class BadPattern(Exception):
    """A pattern that regcomp(3) refuses, in its words."""


@lru_cache(512)
def compile_posix(
    pattern: bytes, extended: bool, ignore_case: bool = False, multiline: bool = False, escapes: bool = False
) -> re.Pattern[bytes]:
    """Compile a POSIX pattern. ``escapes``: ``\\t`` and its kind stand for control characters, as in sed and awk.

    ``multiline``: ``^`` and ``$`` match at every line. Raises :class:`BadPattern`.
    """
    try:
        body = translate(pattern.decode("latin-1"), extended, escapes)
        flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0) | (re.MULTILINE if multiline else 0)
        if multiline:
            body = body.replace("\\A(?#^)", "^").replace("\\Z(?#$)", "$")
        return re.compile(body.encode("latin-1"), flags)
    except BadPattern:
        raise
    except (RecursionError, OverflowError, MemoryError):
        raise BadPattern("Regular expression too big") from None
    except re.error as error:
        text = str(error)
        if "group reference" in text:
            raise BadPattern("Invalid back reference") from None
        raise BadPattern("Invalid regular expression") from None


def translate(pattern: str, extended: bool, escapes: bool = False) -> str:
    """The Python source of a POSIX pattern."""
    return _Translator(pattern, extended, escapes).whole()


class _Translator:
    def __init__(self, pattern: str, extended: bool, escapes: bool) -> None:
        self.text = pattern
        self.extended = extended
        self.escapes = escapes
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()

    def whole(self) -> str:
        out = self._alternatives(0)
        if self.at < len(self.text):
            raise BadPattern("Unmatched ) or \\)")
        return out

    # ---- tokens: the same operator is spelled with or without a backslash

    def _operator(self, name: str) -> bool:
        """Whether the operator ``name`` comes next; if so, it is taken."""
        token = name if self.extended else "\\" + name
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def _peek(self, name: str) -> bool:
        return self.text.startswith(name if self.extended else "\\" + name, self.at)

    def _alternatives(self, depth: int) -> str:
        if depth > 200:
            raise BadPattern("Regular expression too big")
        branches = [self._branch(depth)]
        while self._operator("|"):
            branches.append(self._branch(depth))
        if all(plain is not None for _, plain in branches):
            branches.sort(key=lambda branch: -len(branch[1] or ""))
        return "|".join(source for source, _ in branches)

    def _branch(self, depth: int) -> tuple[str, str | None]:
        """A branch's source, and its text where it is plain."""
        out: list[str] = []
        plain: str | None = ""
        start = True
        while self.at < len(self.text):
            if self._peek("|"):
                break
            if self._peek(")"):
                if depth or not self.extended:
                    break
                if self.extended and not depth:
                    self.at += 1
                    out.append("\\)")
                    start = False
                    continue
            before = self.at
            atom = self._atom(depth, start)
            repeated = self._repeat(atom, start and before == self.at - 1)
            if plain is not None and repeated == atom and len(atom.lstrip("\\")) == 1 and atom not in ("$", "^", "."):
                plain += atom[-1]
            else:
                plain = None
            out.append(repeated)
            start = atom == "\\A(?#^)"
        return "".join(out), plain

    def _atom(self, depth: int, start: bool) -> str:
        text = self.text
        character = text[self.at]
        if self._operator("("):
            self.groups += 1
            number = self.groups
            inner = self._alternatives(depth + 1)
            if not self._operator(")"):
                raise BadPattern("Unmatched ( or \\(")
            self.closed.add(number)
            return f"({inner})"
        if character == "\\":
            return self._escape()
        self.at += 1
        if character == ".":
            return "."
        if character == "[":
            return self._bracket()
        if character == "^" and (self.extended or start):
            return "\\A(?#^)"
        if character == "$" and (self.extended or self.at == len(text) or self._peek(")") or self._peek("|")):
            return "\\Z(?#$)"
        if character in "*+?{" and self.extended and start:
            if character == "{":
                return "\\{"
            if character == "*":
                return ""
            raise BadPattern("Invalid preceding regular expression")
        return re.escape(character)

    def _escape(self) -> str:
        self.at += 1
        if self.at == len(self.text):
            raise BadPattern("Trailing backslash")
        letter = self.text[self.at]
        self.at += 1
        known = {"w": "[A-Za-z0-9_]", "W": "[^A-Za-z0-9_]", "s": r"[ \t\n\r\f\v]", "S": r"[^ \t\n\r\f\v]"}
        if letter in known:
            return known[letter]
        anchors = {"b": r"\b", "B": r"\B", "<": r"\b(?=\w)", ">": r"\b(?<=\w)", "`": r"\A", "'": r"\Z"}
        if letter in anchors:
            return anchors[letter]
        if letter.isdigit() and letter != "0":
            if int(letter) not in self.closed:
                raise BadPattern("Invalid back reference")
            return f"(?:\\{letter})"
        if letter == "n" or (self.escapes and letter in ESCAPES):
            return re.escape(ESCAPES[letter])
        if not self.extended and letter == "{":
            raise BadPattern("Invalid preceding regular expression")
        return re.escape(letter)

    def _repeat(self, atom: str, lone: bool) -> str:
        """``atom`` with the repetitions that follow it."""
        out = atom
        while self.at < len(self.text):
            if self.text[self.at] == "*" and not (not self.extended and atom == "\\A(?#^)"):
                self.at += 1
                suffix = "*"
            elif self._operator("+"):
                suffix = "+"
            elif self._operator("?"):
                suffix = "?"
            elif self._peek("{") and (interval := self._interval()) is not None:
                suffix = interval
            else:
                return out
            if not out:
                continue
            single = out == atom and not out.startswith("\\A") and not out.startswith("\\b")
            out = (out if single else f"(?:{out})") + suffix
        return out

    def _interval(self) -> str | None:
        start = self.at + (1 if self.extended else 2)
        close = "}" if self.extended else "\\}"
        end = self.text.find(close, start)
        if end < 0:
            if self.extended and not re.match(r"\d", self.text[start:]):
                return None
            raise BadPattern("Unmatched \\{")
        found = re.fullmatch(r"(\d*)(,?)(\d*)", self.text[start:end])
        if found is None or not (found[1] or found[2]):
            if self.extended:
                return None
            raise BadPattern("Invalid content of \\{\\}")
        low = int(found[1] or 0)
        high = int(found[3]) if found[3] else None
        if low > MAX_REPEAT or (high or 0) > MAX_REPEAT:
            raise BadPattern("Regular expression too big")
        if high is not None and found[2] and high < low:
            raise BadPattern("Invalid content of \\{\\}")
        self.at = end + len(close)
        return f"{{{low}}}" if not found[2] else f"{{{low},{'' if high is None else high}}}"

    def _bracket(self) -> str:
        text = self.text
        negated = text.startswith("^", self.at)
        self.at += negated
        out: list[str] = []
        first = True
        while True:
            if self.at >= len(text):
                raise BadPattern("Unmatched [, [^, [:, [., or [=")
            if text[self.at] == "]" and not first:
                self.at += 1
                break
            first = False
            if text.startswith("[:", self.at):
                end = text.find(":]", self.at)
                if end < 0:
                    raise BadPattern("Unmatched [, [^, [:, [., or [=")
                name = text[self.at + 2 : end]
                if name not in CLASSES:
                    raise BadPattern("Invalid character class name")
                out.append(CLASSES[name])
                self.at = end + 2
                continue
            low = self._member()
            if text.startswith("-", self.at) and self.at + 1 < len(text) and text[self.at + 1] != "]":
                self.at += 1
                high = self._member()
                if ord(high) < ord(low):
                    raise BadPattern("Invalid range end")
                out.append(f"{_literal(low)}-{_literal(high)}")
            else:
                out.append(_literal(low))
        return f"[{'^' if negated else ''}{''.join(out)}]"

    def _member(self) -> str:
        text = self.text
        for mark in "=.":
            if text.startswith("[" + mark, self.at):
                end = text.find(mark + "]", self.at + 2)
                if end < 0:
                    raise BadPattern("Unmatched [, [^, [:, [., or [=")
                member = text[self.at + 2 : end]
                if len(member) != 1:
                    raise BadPattern("Invalid collation character")
                self.at = end + 2
                return member
        if self.escapes and text[self.at] == "\\" and text[self.at + 1 : self.at + 2] in tuple("tnfvar\\]"):
            letter = text[self.at + 1]
            if letter in ESCAPES:
                self.at += 2
                return ESCAPES[letter]
        self.at += 1
        return text[self.at - 1]


def _literal(character: str) -> str:
    return f"\\x{ord(character):02x}"
