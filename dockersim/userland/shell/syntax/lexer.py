"""Characters to tokens: operators, words, arrays, here-documents (POSIX XCU 2.2 to 2.6).

What is a token depends on where it stands, so the parser asks for one token at a time.
"""

from __future__ import annotations

import re

from dockersim.userland.shell.syntax.ast import Array, HereDoc, Lit, Part, ProcSub, Quo, Target, Word
from dockersim.userland.shell.syntax.quoting import Quoting
from dockersim.userland.shell.syntax.words import NAME, brace_words, compiled, make_word, text_of

_PLAIN = re.compile(r"[^ \t\n|&;<>()$`\"'\\]+")
_BLANKS = re.compile(r"(?:[ \t]|\\\n)+")
_COMMENT = re.compile(r"[^\n]*")
_NUMBER = re.compile(r"[0-9]+(?=[<>])")
_ARRAY = re.compile(rf"({NAME})(\+?)=\(")
_TARGET = re.compile(rf"{NAME}\[")
_AFTER_TARGET = re.compile(r"\](\+?)=")
OPERATORS = {
    "dash": r"&&|\|\||;;|<<-|<<|>>|<&|>&|<>|>\||[|&;<>()]",
    "ash": r"&&|\|\||;;|<<-|<<|&>>|&>|>>|<&|>&|<>|>\||[|&;<>()]",
    "bash": r"&&|\|\||;;&|;;|;&|<<<|<<-|<<|&>>|&>|>>|<&|>&|<>|>\||\|&|[|&;<>()]",
}
REDIRECTIONS = frozenset("< > << <<- <<< >> <& >& <> >| &> &>>".split())


class Token:
    """``kind`` is ``op``, ``nl``, ``word``, ``io`` (a number before a redirection) or ``eof``."""

    __slots__ = ("kind", "start", "text", "word")

    def __init__(self, kind: str, text: str, start: int, word: Word | None = None) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.word = word


class Lexer(Quoting):
    """Cuts a text into tokens."""

    def __init__(self, source: str, flavour: str, line: int = 1, depth: int = 0) -> None:
        super().__init__(source, flavour, line, depth)
        self.pending: list[HereDoc] = []
        self.unended: list[tuple[str, int, int]] = []
        self._operators = compiled(OPERATORS[flavour])

    # ---- tokens

    def token(self) -> Token:
        """The next token, consumed."""
        source = self.source
        match = _BLANKS.match(source, self.at)
        if match:
            self.at = match.end()
        if source.startswith("#", self.at):
            comment = _COMMENT.match(source, self.at)
            assert comment is not None
            self.at = comment.end()
        start = self.at
        if start >= len(source):
            if self.pending:
                self._bodies()
            return Token("eof", "end of file", start)
        if source[start] == "\n":
            self.at += 1
            if self.pending:
                self._bodies()
            return Token("nl", "newline", start)
        match = self._operators.match(source, start)
        if match and not self._streams_here():
            self.at = match.end()
            return Token("op", match.group(), start)
        match = _NUMBER.match(source, start)
        if match:
            self.at = match.end()
            return Token("io", match.group(), start)
        word = self.word()
        return Token("word", source[start : self.at], start, word)

    def word(self) -> Word:
        """The word that begins here."""
        source = self.source
        parts: list[Part] = []
        if self.flavour == "bash":
            self._assignment_head(parts)
        while self.at < len(source):
            match = _PLAIN.match(source, self.at)
            if match:
                self.at = match.end()
                parts.append(Lit(match.group()))
                continue
            char = source[self.at]
            if char in " \t\n|&;<>()":
                if not self._streams_here():
                    break
                self.deeper()
                self.at += 2
                parts.append(ProcSub(self.program_until(")"), char == ">"))
                self.depth -= 1
                continue
            self.special(char, parts)
        return make_word(parts)

    def _streams_here(self) -> bool:
        """Whether bash's ``<(`` or ``>(`` begins here."""
        return self.flavour == "bash" and self.source.startswith(("<(", ">("), self.at)

    def _assignment_head(self, parts: list[Part]) -> None:
        match = _ARRAY.match(self.source, self.at)
        if match:
            self.at = match.end()
            self.deeper()
            parts += [Lit(f"{match.group(1)}{match.group(2)}="), self._array()]
            return
        match = _TARGET.match(self.source, self.at)
        if not match:
            return
        end = self.closing_bracket(match.end())
        after = _AFTER_TARGET.match(self.source, end) if end >= 0 else None
        if after:
            index = self.nested(self.source[match.end() : end], match.end()).whole()
            parts.append(Target(match.group()[:-1], make_word(list(index)), bool(after.group(1))))
            self.at = after.end()

    def _array(self) -> Array:
        items: list[tuple[Word | None, Word]] = []
        while True:
            token = self.token()
            if token.kind == "eof":
                raise self.incomplete("quote", ")")
            if token.kind == "op" and token.text == ")":
                self.depth -= 1
                return Array(tuple(items))
            if token.kind == "nl":
                continue
            if token.word is None:
                raise self.problem("token", token.text, at=token.start)
            for word in brace_words(token.word):
                index = None
                text = word.parts[0].text if word.parts and type(word.parts[0]) is Lit else ""
                end = text.find("]=")
                if text.startswith("[") and end > 0:
                    index = make_word([Lit(text[1:end])])
                    word = make_word([Lit(text[end + 2 :]), *word.parts[1:]])
                elif text.startswith("["):
                    index, word = self._computed_index(word)
                items.append((index, word))

    def _computed_index(self, word: Word) -> tuple[Word | None, Word]:
        """``[$i]=value``: the index ends in a later part."""
        index: list[Part] = [Lit(text_of(word.parts[0])[1:])]
        for number, part in enumerate(word.parts[1:], 1):
            if type(part) is Lit and "]=" in part.text:
                before, _, after = part.text.partition("]=")
                return make_word([*index, Lit(before)]), make_word([Lit(after), *word.parts[number + 1 :]])
            index.append(part)
        return None, word

    # ---- here-documents

    def _bodies(self) -> None:
        """Read the bodies of the here-documents that the line before announced."""
        pending, self.pending = self.pending, []
        for document in pending:
            start, lines, ended = self.at, [], False
            while self.at < len(self.source):
                end = self.source.find("\n", self.at)
                line = self.source[self.at : end if end >= 0 else len(self.source)]
                self.at = end + 1 if end >= 0 else len(self.source)
                if document.strip:
                    line = line.lstrip("\t")
                if line == document.delimiter:
                    ended = True
                    break
                lines.append(line + ("\n" if end >= 0 else ""))
            if not ended:
                self.unended.append((document.delimiter, self.line(start) - 1, self.line(self.at)))
            body = "".join(lines)
            if document.quoted:
                document.parts = (Quo(body),) if body else ()
            else:
                document.parts = self.nested(body, start).double_quoted("")
