"""Words to commands: the grammar of POSIX XCU 2.10, with bash's and busybox's additions where the flavour has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dockersim.userland.shell.syntax.ast import (
    AndOr,
    Assign,
    Async,
    Command,
    HereDoc,
    List,
    Lit,
    Pipeline,
    Redirect,
    Redirected,
    Simple,
    Word,
)
from dockersim.userland.shell.syntax.compound import COMPOUND, definition
from dockersim.userland.shell.syntax.lexer import REDIRECTIONS, Lexer, Token
from dockersim.userland.shell.syntax.words import assignment, brace_words, make_word

RESERVED = frozenset("if then elif else fi for while until do done case esac in { } !".split())
_CLOSING = frozenset("then elif else fi do done esac }".split())
BASH_RESERVED = frozenset(("[[", "function", "select", "time"))


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
        self.reserved = RESERVED | (BASH_RESERVED if flavour == "bash" else {"function"} if flavour == "ash" else set())
        self.ahead: Token | None = None
        """The next token, where it has been looked at."""

    # ---- tokens

    def peek(self) -> Token:
        """The next token, left where it is."""
        if self.ahead is None:
            self.ahead = self.token()
        return self.ahead

    def take(self) -> Token:
        """The next token, consumed."""
        token = self.peek()
        self.ahead = None
        return token

    def reached(self) -> int:
        """Offset of what has not been consumed yet."""
        return self.ahead.start if self.ahead else self.at

    def is_op(self, *texts: str) -> bool:
        """Whether one of these operators comes next."""
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

    def words(self) -> Iterable[Word]:
        while self.peek().kind == "word":
            word = self.take().word
            assert word is not None
            yield from brace_words(word) if self.flavour == "bash" else (word,)

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
        token, self.ahead = self.ahead, None
        commands: list[Command] = []
        while True:
            self.newlines()
            if self.is_op(end):
                self.ahead = token
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
        end = self.reached()
        return Pipeline(tuple(commands), bang, timed, self.source[start:end].strip())

    # ---- commands

    def command(self) -> Command:
        token = self.peek()
        if token.kind == "op" and token.text == "(":
            self.deeper()
            command = COMPOUND["("](self, token)
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
            command = COMPOUND[keyword](self, token)
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
                return definition(self, words[0], first)
            else:
                break
        if not words and not assigns and not redirects:
            self.unexpected()
        argv = tuple(w.literal for w in words if w.literal is not None)
        return Simple(tuple(assigns), tuple(words), tuple(redirects), line, argv if len(argv) == len(words) else None)

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
            self.ahead = None


def _with_stderr(command: Command) -> Command:
    return Redirected(command, (Redirect(2, ">&", make_word([Lit("1")]), None),))


def _unquoted(text: str, quoted: bool) -> str:
    return text.replace("'", "").replace('"', "").replace("\\", "") if quoted else text
