"""bash's ``[[ ... ]]`` as it is written."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from dockersim.userland.shell.syntax.ast import Command, Cond, Lit, Word
from dockersim.userland.shell.syntax.lexer import Token
from dockersim.userland.shell.syntax.words import make_word

if TYPE_CHECKING:
    from dockersim.userland.shell.syntax.parser import Parser

BINARY = frozenset("= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef =~".split())
UNARY = frozenset(f"-{letter}" for letter in "abcdefghknoprstuvwxzGLNORS")
_REGEX_END = re.compile(r"[ \t\n]")


def condition(parser: Parser, token: Token) -> Command:
    """bash's ``[[``, as the flat row of its operators and words."""
    items: list[str | Word] = []
    while True:
        if items and items[-1] == "=~":
            items.append(_regex(parser))
            continue
        if parser.peek().kind == "nl":
            if items and items[-1] not in ("&&", "||", "("):
                raise parser.problem("other", "in conditional expression")
            parser.take()
            continue
        if parser.peek().kind == "eof":
            raise parser.incomplete("token", "end of file", "]]")
        one = parser.take()
        if one.kind == "word" or one.kind == "io":
            if one.text == "]]":
                break
            word = one.word or make_word([Lit(one.text)])
            operator = len(word.parts) == 1 and type(word.parts[0]) is Lit
            items.append(one.text if operator and one.text in ("!", "=~") else word)
        elif one.text in ("&&", "||", "(", ")", "<", ">"):
            items.append(one.text)
        else:
            parser.ahead = one
            parser.unexpected()
    if not items:
        raise parser.problem("token", "]]", at=parser.at - 2)
    _check(parser, items)
    return Cond(tuple(items), parser.line(token.start))


def _check(parser: Parser, items: list[str | Word]) -> None:
    """Two words side by side need an operator."""
    for before, after in itertools.pairwise(items):
        if not isinstance(before, Word) or not isinstance(after, Word):
            continue
        first = before.literal or ""
        if not (first in BINARY or first in UNARY or (after.literal or "") in BINARY):
            raise parser.problem("bare", "conditional binary operator expected")


def _regex(parser: Parser) -> Word:
    """The word after ``=~``, in which parentheses and bars are ordinary."""
    while parser.source.startswith((" ", "\t"), parser.at):
        parser.at += 1
    start, depth, text = parser.at, 0, parser.source
    while parser.at < len(text) and not (_REGEX_END.match(text, parser.at) and depth <= 0):
        char = text[parser.at]
        if char == "\\":
            parser.at += 1
        elif char in "'\"":
            end = text.find(char, parser.at + 1)
            parser.at = end if end >= 0 else len(text)
        elif char in "()":
            depth += 1 if char == "(" else -1
        parser.at += 1
    if parser.at >= len(text):
        raise parser.incomplete("token", "end of file", "]]")
    return make_word(list(parser.nested(text[start : parser.at], start).whole()))
