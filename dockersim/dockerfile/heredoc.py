"""Here-documents: ``<<EOF``, ``<<-EOF``, ``3<<'EOF'`` in RUN, COPY and ADD."""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import DockerfileError
from .expand import Lexer

_OPERATOR = re.compile(r"^\d*<<(-?)\s*([^<]*)$")


class Heredoc(NamedTuple):
    """One here-document. ``expand``: variables in it are replaced; ``chomp``: leading tabs are taken off."""

    name: str
    content: str = ""
    expand: bool = True
    chomp: bool = False

    @property
    def text(self) -> str:
        """The content without the tabs that ``<<-`` drops."""
        if not self.chomp:
            return self.content
        return re.sub(r"(?m)^\t+", "", self.content)


def parse_heredoc(word: str) -> Heredoc | None:
    """The here-document that ``word`` announces; ``None`` if it announces none. Raises for an open quote."""
    found = _OPERATOR.match(word)
    if not found or not found[2]:
        return None
    names = Lexer({}, keep_unset=True).process(found[2])[1]
    if len(names) != 1:
        return None
    raw = Lexer({}, keep_unset=True, raw=True).process(found[2])[1]
    return Heredoc(names[0], "", names == raw, found[1] == "-")


def heredocs_of(line: str) -> list[Heredoc]:
    """The here-documents announced in a logical line, in order; quoted ``<<`` announce none."""
    words = Lexer({}, keep_unset=True, raw=True).process(line)[1]
    found: list[Heredoc] = []
    for i, word in enumerate(words):
        if re.fullmatch(r"\d*<<-?", word) and i + 1 < len(words):
            word += " " + words[i + 1]
        heredoc = parse_heredoc(word)
        if heredoc:
            found.append(heredoc)
    return found


def announces(word: str) -> Heredoc | None:
    """Like :func:`parse_heredoc`, but a malformed announcement is no announcement."""
    try:
        return parse_heredoc(word)
    except DockerfileError:
        return None
