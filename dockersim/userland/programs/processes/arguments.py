"""What the words after ``ps`` ask for: procps's three kinds of options, and how it takes one kind for another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dockersim.userland.programs.processes.columns import Wanted, parse_columns


class Wrong(Exception):
    """Words that make no sense; the message is procps's."""


@dataclass(slots=True)
class Asked:
    """A selection and a format. ``lists`` are attributes with the values that they may have, of which one is enough;
    ``styles`` are the letters of the format, ``bsd`` whether BSD's is the default."""

    bsd: bool = False
    every: bool = False
    with_terminal: bool = False
    without_terminal: bool = False
    running: bool = False
    negated: bool = False
    lists: list[tuple[str, list[str]]] = field(default_factory=list)
    columns: list[Wanted] = field(default_factory=list)
    styles: set[str] = field(default_factory=set)
    headers: bool = True
    forest: str = ""
    environment: bool = False
    sort: list[str] = field(default_factory=list)
    page: str = ""


UserExists = Callable[[str], bool]
_LISTS = {
    "p": ("pid", "process ID list syntax error"),
    "q": ("pid", "process ID list syntax error"),
    "C": ("comm", "list of command names must follow -C"),
    "u": ("user", "list of users must follow -u"),
    "U": ("user", "list of users must follow -U"),
    "G": ("group", "list of real groups must follow -G"),
    "g": ("pgid", "list of session leaders OR effective group names must follow -g"),
    "s": ("sid", "list of session IDs must follow -s"),
    "t": ("tty", "list of terminals (pty, tty...) must follow -t"),
}
_LONG = {
    "pid": "p", "quick-pid": "q", "user": "u", "User": "U", "group": "g", "Group": "G", "sid": "s", "tty": "t",
    "ppid": "ppid",
}  # fmt: skip
_IGNORED = frozenset("cols columns width rows lines".split())


def read(words: list[str], user_exists: UserExists) -> Asked:
    """Read ``words``. What makes no sense with dashes is read once more as if it had none. Raises :class:`Wrong`."""
    try:
        return _Reader(words, user_exists, False).read()
    except Wrong as first:
        try:
            return _Reader(words, user_exists, True).read()
        except Wrong:
            raise first from None


class _Reader:
    def __init__(self, words: list[str], user_exists: UserExists, forced: bool) -> None:
        self._left = list(words)
        self._user_exists = user_exists
        self._forced = forced
        self._asked = Asked(bsd=forced)

    def read(self) -> Asked:
        """All words."""
        while self._left:
            word = self._left.pop(0)
            if word.startswith("--"):
                self._long(word[2:])
            elif word.startswith("-") and not self._forced:
                self._letters(word[1:], self._dashed)
            elif re.fullmatch(r"-?\d[\d,]*", word):
                self._asked.lists.append(("pid", word.lstrip("-").split(",")))
                self._asked.bsd = True
            else:
                self._asked.bsd = True
                self._letters(word.lstrip("-"), self._bare)
        if "y" in self._asked.styles and "l" not in self._asked.styles:
            raise Wrong("modifier -y without format -l makes no sense")
        return self._asked

    def _letters(self, letters: str, one: Callable[[str, str], bool]) -> None:
        """Each letter; one that takes a value has the rest of the word, or the next one."""
        for at, letter in enumerate(letters):
            rest = letters[at + 1 :]
            if letter in "oO":
                self._format(self._value(rest, "format specification must follow -o"))
                return
            if one(letter, rest):
                return

    def _value(self, rest: str, missing: str) -> str:
        if rest:
            return rest
        if not self._left or not self._left[0]:
            raise Wrong(missing)
        return self._left.pop(0)

    def _dashed(self, letter: str, rest: str) -> bool:
        asked = self._asked
        if letter in _LISTS:
            self._list(letter, self._value(rest, _LISTS[letter][1]))
            return True
        if letter in "Ade":
            asked.every = True
        elif letter == "a":
            asked.with_terminal = True
        elif letter == "N":
            asked.negated = True
        elif letter == "H":
            asked.forest = "indent"
        elif letter == "V":
            asked.page = "version"
        elif letter in "fFljcyLTMZ":
            asked.styles.add("M" if letter == "Z" else letter)
        elif letter not in "w":
            raise Wrong("unsupported SysV option")
        return False

    def _bare(self, letter: str, rest: str) -> bool:
        asked = self._asked
        if letter in "ptU":
            self._list("u" if letter == "U" else letter, self._value(rest, _LISTS[letter][1]))
            return True
        if letter == "k":
            asked.sort += self._value(rest, "long sort specification must follow 'k'").split(",")
            return True
        if letter == "A":
            asked.every = True
        elif letter == "a":
            asked.with_terminal = True
        elif letter in "xg":
            asked.without_terminal = asked.without_terminal or letter == "x"
        elif letter == "r":
            asked.running = True
        elif letter == "h":
            asked.headers = False
        elif letter == "f":
            asked.forest = "lines"
        elif letter == "e":
            asked.environment = True
        elif letter in "ujlvZM":
            asked.styles.add("M" if letter == "Z" else letter)
        elif letter == "V":
            asked.page = "version"
        elif letter not in "cwnCST":
            raise Wrong("unsupported option (BSD syntax)")
        return False

    def _format(self, text: str) -> None:
        try:
            self._asked.columns += parse_columns(text.strip(", "))
        except KeyError as unknown:
            raise Wrong(f'unknown user-defined format specifier "{unknown.args[0]}"') from None

    def _list(self, letter: str, text: str) -> None:
        kind = "ppid" if letter == "ppid" else _LISTS[letter][0]
        values = [value for value in re.split("[ ,]", text) if value]
        if kind in ("pid", "ppid", "sid") and not all(value.isdigit() for value in values):
            raise Wrong("process ID list syntax error")
        if kind == "user" and not all(value.isdigit() or self._user_exists(value) for value in values):
            raise Wrong("user name does not exist")
        self._asked.lists.append((kind, values))

    def _long(self, text: str) -> None:
        asked, (name, equals, value) = self._asked, text.partition("=")
        rest = value if equals else ""
        if name in _LONG:
            letter = _LONG[name]
            missing = _LISTS[letter][1] if letter in _LISTS else "process ID list syntax error"
            self._list(letter, self._value(rest, missing))
        elif name == "format":
            self._format(self._value(rest, "format specification must follow --format"))
        elif name == "sort":
            asked.sort += self._value(rest, "long sort specification must follow --sort").split(",")
        elif name in _IGNORED:
            self._value(rest, f"number must follow --{name}")
        elif name in ("no-headers", "no-heading", "no-headings", "noheader", "noheaders", "noheading", "noheadings"):
            asked.headers = False
        elif name == "forest":
            asked.forest = "lines"
        elif name == "deselect":
            asked.negated = True
        elif name == "context":
            asked.styles.add("M")
        elif name in ("help", "version", "info"):
            asked.page = name
        elif name not in ("headers", "cumulative"):
            raise Wrong("unknown gnu long option")
