"""Words to commands: the grammar of POSIX XCU 2.10, with bash's and busybox's additions where the flavour has them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from dockersim.userland.shell.ast import (
    AndOr,
    Arith,
    ArithCommand,
    Assign,
    Async,
    Case,
    CFor,
    Command,
    Cond,
    For,
    Function,
    HereDoc,
    If,
    List,
    Lit,
    Pipeline,
    Quo,
    Redirect,
    Redirected,
    Simple,
    Subshell,
    Target,
    While,
    Word,
)
from dockersim.userland.shell.lexer import NAME, REDIRECTIONS, Lexer, Token, brace_words, make_word
from dockersim.userland.shell.problems import Incomplete, SyntaxProblem

RESERVED = frozenset("if then elif else fi for while until do done case esac in { } !".split())
_CLOSING = frozenset("then elif else fi do done esac }".split())
_BASH_RESERVED = frozenset(("[[", "function", "select", "time"))
_ASSIGNMENT = re.compile(rf"({NAME})(\+?)=")
_FUNCTION_NAME = re.compile(rf"{NAME}$")
_REGEX_END = re.compile(r"[ \t\n]")


class Parser(Lexer):
    """Reads commands from ``source``, one complete line at a time (:meth:`next_line`)."""

    def __init__(
        self,
        source: str,
        flavour: str,
        line: int = 1,
        depth: int = 0,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(source, flavour, line, depth)
        self.aliases = {} if aliases is None else aliases
        self.reserved = RESERVED | (
            _BASH_RESERVED if flavour == "bash" else {"function"} if flavour == "ash" else set()
        )
        self._token: Token | None = None

    # ---- tokens

    def peek(self) -> Token:
        if self._token is None:
            self._token = self.token()
        return self._token

    def take(self) -> Token:
        token = self.peek()
        self._token = None
        return token

    def is_op(self, *texts: str) -> bool:
        token = self.peek()
        return token.kind == "op" and token.text in texts

    def keyword(self) -> str:
        """The reserved word that comes next, or nothing."""
        word = self.peek().word
        if word is None or len(word.parts) != 1 or type(word.parts[0]) is not Lit:
            return ""
        text = word.parts[0].text
        return text if text in self.reserved else ""

    def expect(self, text: str) -> None:
        """The reserved word or operator ``text`` must come next."""
        if self.keyword() != text and not self.is_op(text):
            self.unexpected(text)
        self.take()

    def unexpected(self, expecting: str = "") -> None:
        """The next token is wrong here."""
        token = self.peek()
        text = token.text
        if self.flavour != "bash":
            if token.kind == "word":
                text = (self.keyword() if expecting != ")" else "") or "word"
            elif token.kind == "io" or (token.kind == "op" and text in REDIRECTIONS):
                text = "redirection"
        if token.kind == "eof":
            raise self.incomplete("token", text, expecting)
        raise self.problem("token", text, expecting, at=token.start)

    def newlines(self) -> None:
        while self.peek().kind == "nl":
            self.take()

    # ---- lists

    def next_line(self) -> List | None:
        """The commands of the next complete line; ``None`` at the end."""
        self.newlines()
        if self.peek().kind == "eof":
            return None
        commands: list[Command] = []
        while True:
            commands.append(self.item())
            token = self.peek()
            if token.kind in ("nl", "eof"):
                if token.kind == "nl":
                    self.take()
                return List(tuple(commands))

    def item(self) -> Command:
        """One and-or list with the separator behind it."""
        start = self.peek().start
        command = self.and_or()
        if self.is_op("&"):
            source = self.source[start : self.peek().start].strip()
            self.take()
            return Async(command, source)
        if self.is_op(";"):
            self.take()
        elif self.peek().kind not in ("nl", "eof") and not self.closing():
            self.unexpected()
        return command

    def closing(self) -> bool:
        """Whether the next token ends the list that it stands in (the enclosing construct will judge it)."""
        return self.depth > 0 and (self.is_op(")", ";;", ";&", ";;&"))

    def compound_list(self, *ends: str) -> List:
        """Commands up to one of the reserved words or operators ``ends``, which is left; at least one command."""
        commands: list[Command] = []
        while True:
            self.newlines()
            if self.keyword() in _CLOSING or self.is_op(")", ";;", ";&", ";;&") or self.peek().kind == "eof":
                if commands and (self.keyword() in ends or self.is_op(*ends)):
                    return List(tuple(commands))
                if not commands and ends[0] in (";;", "esac") and (self.keyword() in ends or self.is_op(*ends)):
                    return List(())
                self.unexpected(ends[0] if commands or self.peek().kind == "eof" else "")
            commands.append(self.item())

    def program_until(self, end: str) -> List:
        token, self._token = self._token, None
        commands: list[Command] = []
        while True:
            self.newlines()
            if self.is_op(end):
                self._token = token
                return List(tuple(commands))
            if self.peek().kind == "eof":
                if self.flavour == "bash":
                    raise self.incomplete("quote", end)
                self.unexpected(end)
            commands.append(self.item())

    def sub_program(self, text: str, line: int) -> List:
        parser = Parser(text, self.flavour, line, self.depth, self.aliases)
        commands: list[Command] = []
        while (one := parser.next_line()) is not None:
            commands += one.commands
        return List(tuple(commands))

    def and_or(self) -> Command:
        first = self.pipeline()
        rest: list[tuple[str, Command]] = []
        while self.is_op("&&", "||"):
            operator = self.take().text
            self.newlines()
            rest.append((operator, self.pipeline()))
        return AndOr(first, tuple(rest)) if rest else first

    def pipeline(self) -> Command:
        start = self.peek().start
        bang = timed = False
        while self.keyword() in ("!", "time"):
            if self.take().text == "time":
                timed = True
                if self.peek().text == "-p":
                    self.take()
            else:
                bang = not bang
        if (timed or (bang and self.flavour == "bash")) and (self.peek().kind in ("nl", "eof") or self.is_op(";")):
            return Pipeline((List(()),), bang, timed, "")
        commands = [self.command()]
        while self.is_op("|", "|&"):
            both = self.take().text == "|&"
            if both:
                commands[-1] = _with_stderr(commands[-1])
            self.newlines()
            commands.append(self.command())
        if len(commands) == 1 and not bang and not timed:
            return commands[0]
        end = self._token.start if self._token else self.at
        return Pipeline(tuple(commands), bang, timed, self.source[start:end].strip())

    # ---- commands

    def command(self) -> Command:
        token = self.peek()
        if token.kind == "op" and token.text == "(":
            self.deeper()
            command = self.parenthesis(token)
        else:
            keyword = self.keyword()
            if not keyword or keyword == "in" or keyword == "!":
                if keyword == "!":
                    self.unexpected()
                return self.simple()
            if keyword in _CLOSING:
                self.unexpected()
            self.deeper()
            self.take()
            command = _COMPOUND[keyword](self, token)
        self.depth -= 1
        redirects = self.redirects()
        return Redirected(command, redirects) if redirects else command

    def redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while self.peek().kind == "io" or (self.peek().kind == "op" and self.peek().text in REDIRECTIONS):
            found.append(self.redirect())
        return tuple(found)

    def redirect(self) -> Redirect:
        token = self.take()
        fd = -1
        if token.kind == "io":
            fd = int(token.text) if len(token.text) < 6 else 99_999
            token = self.take()
        operator = token.text
        if self.peek().kind != "word":
            self.unexpected()
        target = self.take()
        word = target.word
        assert word is not None
        if operator in ("<<", "<<-"):
            quoted = not all(type(part) is Lit for part in word.parts)
            delimiter = word.literal if word.literal is not None and quoted else _unquoted(target.text, quoted)
            document = HereDoc(delimiter, operator == "<<-", quoted)
            self.pending.append(document)
            return Redirect(fd, operator, word, document)
        if operator in ("&>", "&>>"):
            fd, operator = -2, operator[1:]
        return Redirect(fd, operator, word, None)

    def parenthesis(self, token: Token) -> Command:
        if self.flavour == "bash" and self.source.startswith("((", token.start):
            arith = self.arithmetic(token.start + 2)
            if arith is not None:
                self._token = None
                return ArithCommand(arith, self.line(token.start))
            self.at = token.start + 1
        self.take()
        body = self.compound_list(")")
        self.expect(")")
        return Subshell(body)

    def brace(self, token: Token) -> Command:
        body = self.compound_list("}")
        self.expect("}")
        return body

    def if_(self, token: Token) -> Command:
        arms: list[tuple[List, List]] = []
        otherwise = None
        while True:
            condition = self.compound_list("then")
            self.expect("then")
            arms.append((condition, self.compound_list("fi", "elif", "else")))
            if self.keyword() != "elif":
                break
            self.take()
        if self.keyword() == "else":
            self.take()
            otherwise = self.compound_list("fi")
        self.expect("fi")
        return If(tuple(arms), otherwise)

    def while_(self, token: Token) -> Command:
        condition = self.compound_list("do")
        return While(condition, self.do_group(), token.text == "until")

    def do_group(self) -> List:
        self.expect("do")
        body = self.compound_list("done")
        self.expect("done")
        return body

    def for_(self, token: Token) -> Command:
        line = self.line(token.start)
        if self.flavour == "bash" and self.is_op("(") and self.source.startswith("((", self.peek().start):
            return self.c_for()
        if self.peek().kind != "word":
            if self.flavour == "bash":
                self.unexpected()
            raise self.problem("other", "bad for loop variable", at=self.peek().start)
        name = self.take().text
        if not _FUNCTION_NAME.match(name) and self.flavour != "bash":
            raise self.problem("other", "bad for loop variable")
        self.newlines()
        words: tuple[Word, ...] | None = None
        if self.keyword() == "in":
            self.take()
            words = tuple(self.words())
            if self.is_op(";") or self.peek().kind == "nl":
                self.take()
            else:
                self.unexpected()
        elif self.is_op(";"):
            self.take()
        self.newlines()
        if self.flavour == "bash" and self.keyword() == "{":
            return For(name, words, self.braced_body(), line, token.text == "select")
        return For(name, words, self.do_group(), line, token.text == "select")

    def braced_body(self) -> List:
        self.take()
        body = self.compound_list("}")
        self.expect("}")
        return body

    def c_for(self) -> Command:
        arith = self.arithmetic(self.peek().start + 2)
        if arith is None:
            self.unexpected()
        assert arith is not None
        self._token = None
        pieces = self.split_expressions(arith)
        if self.is_op(";"):
            self.take()
        self.newlines()
        body = self.braced_body() if self.keyword() == "{" else self.do_group()
        return CFor(pieces[0], pieces[1], pieces[2], body)

    def split_expressions(self, arith: Arith) -> list[Arith]:
        pieces: list[list[Quo | object]] = [[]]
        for part in arith.parts:
            if type(part) is not Quo:
                pieces[-1].append(part)
                continue
            first, *others = part.text.split(";")
            pieces[-1].append(Quo(first))
            pieces += [[Quo(other)] for other in others]
        if len(pieces) != 3:
            raise self.problem("other", "arithmetic expression required")
        return [Arith(tuple(piece)) for piece in pieces]  # type: ignore[arg-type]

    def words(self) -> Iterable[Word]:
        while self.peek().kind == "word":
            word = self.take().word
            assert word is not None
            yield from brace_words(word) if self.flavour == "bash" else (word,)

    def case(self, token: Token) -> Command:
        if self.peek().kind != "word":
            self.unexpected("word" if self.flavour != "bash" else "")
        word = self.take().word
        assert word is not None
        self.newlines()
        self.expect("in")
        arms: list[tuple[tuple[Word, ...], List, str]] = []
        self.newlines()
        while self.keyword() != "esac":
            arms.append(self.case_arm())
            self.newlines()
        self.take()
        return Case(word, tuple(arms), self.line(token.start))

    def case_arm(self) -> tuple[tuple[Word, ...], List, str]:
        if self.is_op("("):
            self.take()
        patterns: list[Word] = []
        while True:
            if self.peek().kind != "word":
                if self.flavour != "bash" and self.peek().kind != "nl":
                    self.take()
                    self.unexpected(")")
                self.unexpected()
            pattern = self.take().word
            assert pattern is not None
            patterns.append(pattern)
            if not self.is_op("|"):
                break
            self.take()
        self.expect(")")
        body = self.compound_list(";;", ";&", ";;&", "esac")
        end = ";;"
        if self.is_op(";;", ";&", ";;&"):
            end = self.take().text
        return tuple(patterns), body, end

    def function(self, token: Token) -> Command:
        if self.peek().kind != "word":
            self.unexpected("word" if self.flavour != "bash" else "")
        name = self.take().text
        if self.is_op("("):
            self.take()
            self.expect(")")
        return self.function_body(name, token.start)

    def function_body(self, name: str, start: int) -> Function:
        self.newlines()
        self.deeper()
        body = self.command()
        self.depth -= 1
        if self.flavour == "bash" and isinstance(body, Simple):
            raise self.problem("token", self.source[self.at : self.at + 1] or "newline", at=self.at)
        end = self._token.start if self._token else self.at
        return Function(name, body, self.source[start:end].rstrip())

    def condition(self, token: Token) -> Command:
        """bash's ``[[``, as the flat row of its operators and words."""
        items: list[str | Word] = []
        while True:
            if items and items[-1] == "=~":
                items.append(self.regex())
                continue
            if self.peek().kind == "nl":
                if items and items[-1] not in ("&&", "||", "("):
                    raise self.problem("other", "in conditional expression")
                self.take()
                continue
            if self.peek().kind == "eof":
                raise self.incomplete("token", "end of file", "]]")
            one = self.take()
            if one.kind == "word" or one.kind == "io":
                if one.text == "]]":
                    break
                word = one.word or make_word([Lit(one.text)])
                operator = len(word.parts) == 1 and type(word.parts[0]) is Lit
                items.append(one.text if operator and one.text in ("!", "=~") else word)
            elif one.text in ("&&", "||", "(", ")", "<", ">"):
                items.append(one.text)
            else:
                self._token = one
                self.unexpected()
        if not items:
            raise self.problem("token", "]]", at=self.at - 2)
        self.check_condition(items)
        return Cond(tuple(items), self.line(token.start))

    def check_condition(self, items: list[str | Word]) -> None:
        """Two words side by side need an operator."""
        for before, after in itertools.pairwise(items):
            if not isinstance(before, Word) or not isinstance(after, Word):
                continue
            first = before.literal or ""
            if not (first in BINARY or first in UNARY or (after.literal or "") in BINARY):
                raise self.problem("bare", "conditional binary operator expected")

    def regex(self) -> Word:
        """The word after ``=~``, in which parentheses and bars are ordinary."""
        while self.source.startswith((" ", "\t"), self.at):
            self.at += 1
        start, depth, text = self.at, 0, self.source
        while self.at < len(text) and not (_REGEX_END.match(text, self.at) and depth <= 0):
            char = text[self.at]
            if char == "\\":
                self.at += 1
            elif char in "'\"":
                end = text.find(char, self.at + 1)
                self.at = end if end >= 0 else len(text)
            elif char in "()":
                depth += 1 if char == "(" else -1
            self.at += 1
        if self.at >= len(text):
            raise self.incomplete("token", "end of file", "]]")
        return make_word(list(self.nested(text[start : self.at], start).whole()))

    # ---- simple commands and functions

    def simple(self) -> Command:
        self.expand_alias()
        first = self.peek()
        line = self.line(first.start)
        assigns: list[Assign] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            token = self.peek()
            if token.kind == "word" and token.word is not None:
                self.take()
                assign = None if words else assignment(token.word, self.flavour == "bash")
                if assign is not None:
                    assigns.append(assign)
                else:
                    words += brace_words(token.word) if self.flavour == "bash" else [token.word]
            elif token.kind == "io" or (token.kind == "op" and token.text in REDIRECTIONS):
                redirects += [self.redirect()]
            elif token.kind == "op" and token.text == "(" and len(words) == 1 and not assigns and not redirects:
                return self.definition(words[0], first)
            else:
                break
        if not words and not assigns and not redirects:
            self.unexpected()
        argv = tuple(w.literal for w in words if w.literal is not None)
        return Simple(tuple(assigns), tuple(words), tuple(redirects), line, argv if len(argv) == len(words) else None)

    def definition(self, word: Word, first: Token) -> Command:
        self.take()
        if not self.is_op(")"):
            self.unexpected(")")
        self.take()
        name = word.literal or ""
        if self.flavour != "bash" and not _FUNCTION_NAME.match(name):
            raise self.problem("other", "bad function name")
        return self.function_body(name, first.start)

    def expand_alias(self) -> None:
        """Put an alias's text in place of the command word that names it, each alias once."""
        seen: set[str] = set()
        while self.aliases:
            token = self.peek()
            if token.kind != "word" or token.text not in self.aliases or token.text in seen or self.keyword():
                return
            seen.add(token.text)
            value = self.aliases[token.text]
            self.source = self.source[: token.start] + value + self.source[token.start + len(token.text) :]
            self.at = token.start
            self._token = None


BINARY = frozenset("= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef =~".split())
UNARY = frozenset(f"-{letter}" for letter in "abcdefghknoprstuvwxzGLNORS")
_COMPOUND = {
    "{": Parser.brace,
    "if": Parser.if_,
    "while": Parser.while_,
    "until": Parser.while_,
    "for": Parser.for_,
    "select": Parser.for_,
    "case": Parser.case,
    "function": Parser.function,
    "[[": Parser.condition,
}


def assignment(word: Word, append: bool = True) -> Assign | None:
    """``word`` as an assignment, where it is one; ``append`` knows ``+=``."""
    if not word.parts:
        return None
    first = word.parts[0]
    if type(first) is Target:
        return Assign(first.name, first.index, first.append, make_word(list(word.parts[1:])))
    if type(first) is not Lit:
        return None
    match = _ASSIGNMENT.match(first.text)
    if not match or (match.group(2) and not append):
        return None
    rest = first.text[match.end() :]
    if len(word.parts) > 1 and not rest and type(array := word.parts[1]).__name__ == "Array":
        return Assign(match.group(1), None, bool(match.group(2)), array)  # type: ignore[arg-type]
    value = make_word([*([Lit(rest)] if rest else []), *word.parts[1:]])
    return Assign(match.group(1), None, bool(match.group(2)), value)


def _with_stderr(command: Command) -> Command:
    return Redirected(command, (Redirect(2, ">&", make_word([Lit("1")]), None),))


def _unquoted(text: str, quoted: bool) -> str:
    return text.replace("'", "").replace('"', "").replace("\\", "") if quoted else text


class Program:
    """A parsed text: its lines, each with the offset behind it, and the problem that ended it, if any."""

    __slots__ = ("lines", "problem", "unended")

    def __init__(
        self,
        lines: tuple[tuple[List, int], ...],
        problem: SyntaxProblem | None,
        unended: tuple[tuple[str, int, int], ...],
    ) -> None:
        self.lines = lines
        self.problem = problem
        self.unended = unended


@lru_cache(maxsize=1024)
def program(text: str, flavour: str, line: int = 1) -> Program:
    """Parse all of ``text``, never raising: what comes before a problem still runs, as in the real shells."""
    parser = Parser(text, flavour, line)
    lines: list[tuple[List, int]] = []
    problem: SyntaxProblem | None = None
    try:
        while (one := parser.next_line()) is not None:
            lines.append((one, parser.at))
    except SyntaxProblem as found:
        problem = found
    return Program(tuple(lines), problem, tuple(parser.unended))


def parse(text: str, flavour: str = "bash") -> List:
    """The tree of ``text``. Raises :class:`Incomplete` where more must follow, or :class:`SyntaxProblem`."""
    parsed = program(text, flavour)
    if parsed.problem is not None:
        raise parsed.problem
    if parsed.unended:
        raise Incomplete("quote", parsed.unended[0][0], "", parsed.unended[0][2])
    return List(tuple(command for one, _ in parsed.lines for command in one.commands))
