"""Dockerfile text to logical lines: directives, comments, continuation, here-documents, arguments by instruction.

The rules are those of the Dockerfile reference; odd corners follow BuildKit's parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import DockerfileError
from .heredoc import Heredoc
from .words import json_array, name_values, split_blanks, split_flags, split_words

_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_DIRECTIVES = ("syntax", "escape", "check")
_LONGEST_LINE = 65535


class Line(NamedTuple):
    """One logical line. ``args`` are split as ``instruction`` wants them, quotes kept; ``start`` and ``end`` from 1."""

    instruction: str
    """As written; ``run``, ``Run`` and ``RUN`` are the same instruction."""
    args: tuple[str, ...]
    flags: tuple[str, ...]
    json: bool
    original: str
    start: int
    end: int
    heredocs: tuple[Heredoc, ...] = ()
    child: Line | None = None
    """ONBUILD's own instruction."""


class Source(NamedTuple):
    """A Dockerfile's lines with its ``escape`` character and its parser ``directives`` (syntax, escape, check)."""

    lines: tuple[Line, ...]
    escape: str
    directives: dict[str, str]


def parse_lines(text: str) -> Source:
    """The logical lines of ``text``. Raises :class:`DockerfileError`."""
    if not text:
        raise DockerfileError("the Dockerfile cannot be empty")
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.physical = text.removeprefix("\ufeff").split("\n")
        if self.physical[-1] == "":
            self.physical.pop()
        self.at = 0  # physical lines consumed
        self.escape = "\\"
        self.directives: dict[str, str] = {}
        self.directives_done = False
        self._set_escape("\\")

    def _set_escape(self, char: str) -> None:
        if char not in ("\\", "`"):
            raise DockerfileError(f"invalid escape token '{char}' does not match ` or \\")
        self.escape = char
        escape = re.escape(char)
        self.continued = re.compile(rf"(^|[^{escape}]){escape}[ \t]*$")

    def parse(self) -> Source:
        lines: list[Line] = []
        while self.at < len(self.physical):
            text = self._physical().lstrip()
            start = self.at
            if text.startswith("#"):
                self._directive(text)
                continue
            self.directives_done = True
            text, more = self._cut_escape(text)
            if not more and not text:
                continue
            text += "".join(self._continuation(more))
            try:
                lines.append(self._line(text, start))
            except DockerfileError as error:
                raise error.at(start, self.at) from None
        if not lines:
            raise DockerfileError("file with no instructions", (self.at, self.at))
        return Source(tuple(lines), self.escape, self.directives)

    def _physical(self) -> str:
        line = self.physical[self.at]
        if len(line) > _LONGEST_LINE:
            raise DockerfileError(
                f"dockerfile line greater than max allowed size of {_LONGEST_LINE}", (self.at, self.at)
            )
        self.at += 1
        return line.rstrip("\r")

    def _directive(self, text: str) -> None:
        found = None if self.directives_done else _DIRECTIVE.match(text)
        key = found[1].lower() if found else ""
        if not found or key not in _DIRECTIVES:
            self.directives_done = True
            return
        try:
            if key in self.directives:
                raise DockerfileError(f"only one {key} parser directive can be used")
            self.directives[key] = found[2]
            if key == "escape":
                self._set_escape(found[2])
        except DockerfileError as error:
            raise error.at(self.at, self.at) from None

    def _cut_escape(self, text: str) -> tuple[str, bool]:
        found = self.continued.search(text)
        return (text[: found.end(1)], True) if found else (text, False)

    def _continuation(self, more: bool) -> Iterator[str]:
        while more and self.at < len(self.physical):
            text = self._physical()
            if text.lstrip().startswith("#") or not text.strip():
                continue  # comments and (deprecated) empty lines do not end an instruction
            text, more = self._cut_escape(text)
            yield text

    def _line(self, text: str, start: int) -> Line:
        line = _split(text, self.escape)
        found: list[Heredoc] = []
        inner = line.child or line
        if inner.instruction.upper() in ("RUN", "COPY", "ADD") and not inner.json and "<<" in text:
            from .heredoc import heredocs_of

            found = [self._fill(heredoc, start) for heredoc in heredocs_of(text)]
        return line._replace(start=start, end=self.at, heredocs=tuple(found))

    def _fill(self, heredoc: Heredoc, start: int) -> Heredoc:
        content: list[str] = []
        while self.at < len(self.physical):
            text = self._physical()
            if (text.lstrip("\t") if heredoc.chomp else text) == heredoc.name:
                return heredoc._replace(content="".join(content))
            content.append(text + "\n")
        raise DockerfileError("unterminated heredoc", (start, self.at))


def _split(text: str, escape: str) -> Line:
    instruction, *rest = re.split(r"[\t\v\f\r ]+", text.strip(), maxsplit=1)
    flags, arguments = split_flags(rest[0]) if rest else ([], "")
    name = instruction.upper()
    child = None
    array: list[str] | None = None
    if name == "ONBUILD":
        child = _split(arguments, escape) if arguments else None
        args = [child.instruction, *child.args] if child else []
    elif name in ("ENV", "LABEL"):
        args = name_values(arguments, name, escape)
    elif name == "ARG":
        args = split_words(arguments, escape)
    elif name in ("FROM", "EXPOSE"):
        args = split_blanks(arguments)
    elif name == "HEALTHCHECK":
        kind, *command = arguments.split(None, 1)[:2] if arguments else [""]
        array = json_array(command[0]) if command else None
        args = [kind, *(command if array is None else array)] if kind else []
    elif name in ("RUN", "CMD", "ENTRYPOINT", "SHELL", "COPY", "ADD", "VOLUME"):
        array = json_array(arguments)
        plain = split_blanks(arguments) if name in ("COPY", "ADD", "VOLUME") else [arguments] * bool(arguments)
        args = plain if array is None else array
    else:
        args = [arguments] if arguments else []
    return Line(instruction, tuple(args), tuple(flags), array is not None, text, 0, 0, child=child)
