"""Compound commands, from their first word to their last (XCU 2.9.4), with bash's additions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dockersim.userland.shell.syntax.ast import (
    Arith,
    ArithCommand,
    Case,
    CFor,
    Command,
    For,
    Function,
    If,
    List,
    Quo,
    Simple,
    Subshell,
    While,
    Word,
)
from dockersim.userland.shell.syntax.conditions import condition
from dockersim.userland.shell.syntax.lexer import Token
from dockersim.userland.shell.syntax.words import is_name

if TYPE_CHECKING:
    from dockersim.userland.shell.syntax.parser import Parser


def parenthesis(parser: Parser, token: Token) -> Command:
    """``( ... )``, or bash's ``((expression))``."""
    if parser.flavour == "bash" and parser.source.startswith("((", token.start):
        arith = parser.arithmetic(token.start + 2)
        if arith is not None:
            parser.ahead = None
            return ArithCommand(arith, parser.line(token.start))
        parser.at = token.start + 1
    parser.take()
    body = parser.compound_list(")")
    parser.expect(")")
    return Subshell(body)


def brace(parser: Parser, token: Token) -> Command:
    """``{ ...; }``: the list itself."""
    return _up_to(parser, "}")


def if_(parser: Parser, token: Token) -> Command:
    """``if``, ``elif``, ``else``, ``fi``."""
    arms: list[tuple[List, List]] = []
    otherwise = None
    while True:
        condition = parser.compound_list("then")
        parser.expect("then")
        arms.append((condition, parser.compound_list("fi", "elif", "else")))
        if parser.keyword() != "elif":
            break
        parser.take()
    if parser.keyword() == "else":
        parser.take()
        otherwise = parser.compound_list("fi")
    parser.expect("fi")
    return If(tuple(arms), otherwise)


def while_(parser: Parser, token: Token) -> Command:
    """``while`` and ``until``."""
    condition = parser.compound_list("do")
    return While(condition, _do_group(parser), token.text == "until")


def _do_group(parser: Parser) -> List:
    parser.expect("do")
    return _up_to(parser, "done")


def for_(parser: Parser, token: Token) -> Command:
    """``for``, bash's ``for ((...))`` and ``select``."""
    line = parser.line(token.start)
    if parser.flavour == "bash" and parser.is_op("(") and parser.source.startswith("((", parser.peek().start):
        return _c_for(parser)
    if parser.peek().kind != "word":
        if parser.flavour == "bash":
            parser.unexpected()
        raise parser.problem("other", "bad for loop variable", at=parser.peek().start)
    name = parser.take().text
    if not is_name(name) and parser.flavour != "bash":
        raise parser.problem("other", "bad for loop variable")
    parser.newlines()
    words: tuple[Word, ...] | None = None
    if parser.keyword() == "in":
        parser.take()
        words = tuple(parser.words())
        if parser.is_op(";") or parser.peek().kind == "nl":
            parser.take()
        else:
            parser.unexpected()
    elif parser.is_op(";"):
        parser.take()
    parser.newlines()
    if parser.flavour == "bash" and parser.keyword() == "{":
        return For(name, words, _braced_body(parser), line, token.text == "select")
    return For(name, words, _do_group(parser), line, token.text == "select")


def _c_for(parser: Parser) -> Command:
    arith = parser.arithmetic(parser.peek().start + 2)
    if arith is None:
        parser.unexpected()
    assert arith is not None
    parser.ahead = None
    pieces = _split_expressions(parser, arith)
    if parser.is_op(";"):
        parser.take()
    parser.newlines()
    body = _braced_body(parser) if parser.keyword() == "{" else _do_group(parser)
    return CFor(pieces[0], pieces[1], pieces[2], body)


def _split_expressions(parser: Parser, arith: Arith) -> list[Arith]:
    pieces: list[list[Quo | object]] = [[]]
    for part in arith.parts:
        if type(part) is not Quo:
            pieces[-1].append(part)
            continue
        first, *others = part.text.split(";")
        pieces[-1].append(Quo(first))
        pieces += [[Quo(other)] for other in others]
    if len(pieces) != 3:
        raise parser.problem("other", "arithmetic expression required")
    return [Arith(tuple(piece)) for piece in pieces]  # type: ignore[arg-type]


def case(parser: Parser, token: Token) -> Command:
    """``case word in pattern) ... esac``."""
    if parser.peek().kind != "word":
        parser.unexpected("word" if parser.flavour != "bash" else "")
    word = parser.take().word
    assert word is not None
    parser.newlines()
    parser.expect("in")
    arms: list[tuple[tuple[Word, ...], List, str]] = []
    parser.newlines()
    while parser.keyword() != "esac":
        arms.append(_case_arm(parser))
        parser.newlines()
    parser.take()
    return Case(word, tuple(arms), parser.line(token.start))


def _case_arm(parser: Parser) -> tuple[tuple[Word, ...], List, str]:
    if parser.is_op("("):
        parser.take()
    patterns: list[Word] = []
    while True:
        if parser.peek().kind != "word":
            if parser.flavour != "bash" and parser.peek().kind != "nl":
                parser.take()
                parser.unexpected(")")
            parser.unexpected()
        pattern = parser.take().word
        assert pattern is not None
        patterns.append(pattern)
        if not parser.is_op("|"):
            break
        parser.take()
    parser.expect(")")
    body = parser.compound_list(";;", ";&", ";;&", "esac")
    end = ";;"
    if parser.is_op(";;", ";&", ";;&"):
        end = parser.take().text
    return tuple(patterns), body, end


def function(parser: Parser, token: Token) -> Command:
    """``function name``, with or without parentheses."""
    if parser.peek().kind != "word":
        parser.unexpected("word" if parser.flavour != "bash" else "")
    name = parser.take().text
    if parser.is_op("("):
        parser.take()
        parser.expect(")")
    return function_body(parser, name, token.start)


def function_body(parser: Parser, name: str, start: int) -> Function:
    """The body of the function ``name``, whose definition began at ``start``."""
    parser.newlines()
    parser.deeper()
    body = parser.command()
    parser.depth -= 1
    if parser.flavour == "bash" and isinstance(body, Simple):
        raise parser.problem("token", parser.source[parser.at : parser.at + 1] or "newline", at=parser.at)
    end = parser.reached()
    return Function(name, body, parser.source[start:end].rstrip())


def definition(parser: Parser, word: Word, first: Token) -> Command:
    """``word()`` and what follows it."""
    parser.take()
    if not parser.is_op(")"):
        parser.unexpected(")")
    parser.take()
    name = word.literal or ""
    if parser.flavour != "bash" and not is_name(name):
        raise parser.problem("other", "bad function name")
    return function_body(parser, name, first.start)


def _braced_body(parser: Parser) -> List:
    """A loop's body between braces, which bash takes, too."""
    parser.take()
    return _up_to(parser, "}")


def _up_to(parser: Parser, end: str) -> List:
    body = parser.compound_list(end)
    parser.expect(end)
    return body


COMPOUND: dict[str, Callable[[Parser, Token], Command]] = {
    "(": parenthesis,
    "{": brace,
    "if": if_,
    "while": while_,
    "until": while_,
    "for": for_,
    "select": for_,
    "case": case,
    "function": function,
    "[[": condition,
}
"""What begins with each reserved word or operator; for a reserved word, behind it."""
