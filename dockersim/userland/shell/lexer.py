"""Characters to words: quoting, expansions as they are written, here-documents (POSIX XCU 2.2 to 2.6).

What is a token depends on where it stands, so the parser asks for one token at a time.
"""

from __future__ import annotations

import re

from dockersim.userland.shell.ast import (
    Arith,
    Array,
    CmdSub,
    Dq,
    HereDoc,
    List,
    Lit,
    Param,
    Part,
    Quo,
    Target,
    Word,
)
from dockersim.userland.shell.problems import Incomplete, SyntaxProblem

MAX_DEPTH = 60
"""Nested constructs that are followed; more is a syntax error, so that no input exhausts the stack."""

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN = re.compile(r"[^ \t\n|&;<>()$`\"'\\]+")
_BRACE_PLAIN = re.compile(r"[^$`\"'\\}]+")
_DQ_PLAIN = re.compile(r"[^$`\"\\]+")
_SINGLE = re.compile(r"[^']*")
_BLANKS = re.compile(r"(?:[ \t]|\\\n)+")
_COMMENT = re.compile(r"[^\n]*")
_NUMBER = re.compile(r"[0-9]+(?=[<>])")
_NAME = re.compile(NAME)
_ARRAY = re.compile(rf"({NAME})(\+?)=\(")
_TARGET = re.compile(rf"{NAME}\[")
_PARAMETER = re.compile(rf"{NAME}|[0-9]+|[@*#?$!-]")
_LENGTH = re.compile(rf"#({NAME}|[0-9]+|[@*#?$!-])(?=[}}\[])")
_OPERATOR = re.compile(r":?[-=?+]|##?|%%?")
_BASH_OPERATOR = re.compile(r":[-=?+]|[-=?+]|##?|%%?|//|/[#%](?!\})|/|\^\^?|,,?|@(?=[A-Za-z]\})|:")
_ASH_OPERATOR = re.compile(r":[-=?+]|[-=?+]|##?|%%?|//?|:")
OPERATORS = {
    "dash": re.compile(r"&&|\|\||;;|<<-|<<|>>|<&|>&|<>|>\||[|&;<>()]"),
    "ash": re.compile(r"&&|\|\||;;|<<-|<<|&>>|&>|>>|<&|>&|<>|>\||[|&;<>()]"),
    "bash": re.compile(r"&&|\|\||;;&|;;|;&|<<<|<<-|<<|&>>|&>|>>|<&|>&|<>|>\||\|&|[|&;<>()]"),
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


class Lexer:
    """Reads ``source`` from ``at`` on. ``line`` is the number of the first line."""

    def __init__(self, source: str, flavour: str, line: int = 1, depth: int = 0) -> None:
        self.source = source
        self.flavour = flavour
        self.at = 0
        self.depth = depth
        self.pending: list[HereDoc] = []
        self.unended: list[tuple[str, int, int]] = []
        self._operators = OPERATORS[flavour]
        self._first_line = line
        self._counted = (0, line)

    # ---- where we are

    def line(self, at: int) -> int:
        """The line number at offset ``at``."""
        where, line = self._counted
        if at < where:
            where, line = 0, self._first_line
        line += self.source.count("\n", where, at)
        self._counted = (at, line)
        return line

    def problem(self, kind: str, token: str, expecting: str = "", at: int | None = None) -> SyntaxProblem:
        at = min(self.at if at is None else at, len(self.source))
        begin = self.source.rfind("\n", 0, at) + 1
        text = self.source[begin:].split("\n", 1)[0]
        return SyntaxProblem(kind, token, expecting, self.line(at), text)

    def incomplete(self, kind: str, token: str, expecting: str = "", at: int | None = None) -> Incomplete:
        at = len(self.source) if at is None else at
        return Incomplete(kind, token, expecting, self.line(at))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.problem("other", "nested too deeply")

    def program_until(self, end: str) -> List:
        """A program up to the operator ``end``, which is consumed; the parser's part."""
        raise NotImplementedError

    def sub_program(self, text: str, line: int) -> List:
        """The program in ``text``; the parser's part."""
        raise NotImplementedError

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
        if match:
            if self.flavour == "bash" and source.startswith(("<(", ">("), start):
                raise self.problem("other", "process substitution is not simulated")
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
                break
            self._special(char, parts)
        return make_word(parts)

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
        end = self._closing_bracket(match.end())
        after = re.compile(r"\](\+?)=").match(self.source, end) if end >= 0 else None
        if after:
            index = self.nested(self.source[match.end() : end], match.end()).whole()
            parts.append(Target(match.group()[:-1], make_word(list(index)), bool(after.group(1))))
            self.at = after.end()

    def _closing_bracket(self, at: int) -> int:
        """Offset of the ``]`` that closes a subscript; -1 where there is none on this line."""
        depth = 1
        while at < len(self.source) and self.source[at] != "\n":
            char = self.source[at]
            if char == "\\":
                at += 1
            elif char in "'\"":
                at = self.source.find(char, at + 1)
                if at < 0:
                    return -1
            elif char in "[]":
                depth += 1 if char == "[" else -1
                if not depth:
                    return at
            at += 1
        return -1

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
        index: list[Part] = [Lit(_text(word.parts[0])[1:])]
        for number, part in enumerate(word.parts[1:], 1):
            if type(part) is Lit and "]=" in part.text:
                before, _, after = part.text.partition("]=")
                return make_word([*index, Lit(before)]), make_word([Lit(after), *word.parts[number + 1 :]])
            index.append(part)
        return None, word

    # ---- inside words

    def _special(self, char: str, parts: list[Part]) -> None:
        """What begins with ``char`` (a quote, ``\\``, ``$`` or a backquote) outside double quotes."""
        if char == "'":
            parts.append(self._single())
        elif char == '"':
            self.at += 1
            parts.append(Dq(self.double_quoted('"')))
        elif char == "\\":
            after = self.source[self.at + 1 : self.at + 2]
            self.at += 2
            if after != "\n":
                parts.append(Quo(after or "\\"))
        elif char == "`":
            parts.append(self._backquoted(False))
        else:
            parts.append(self._dollar(False))

    def _single(self) -> Quo:
        match = _SINGLE.match(self.source, self.at + 1)
        assert match is not None
        if match.end() >= len(self.source):
            raise self.incomplete("quote", "'", at=self.at)
        self.at = match.end() + 1
        return Quo(match.group())

    def double_quoted(self, end: str) -> tuple[Part, ...]:
        """Up to ``end`` (consumed), or to the end of the text where ``end`` is empty."""
        source = self.source
        start = self.at
        parts: list[Part] = []
        while self.at < len(source):
            match = _DQ_PLAIN.match(source, self.at)
            if match:
                parts.append(Quo(match.group()))
                self.at = match.end()
                continue
            char = source[self.at]
            if char == '"':
                self.at += 1
                if end:
                    return tuple(parts)
                parts.append(Quo('"'))
            elif char == "\\":
                after = source[self.at + 1 : self.at + 2]
                self.at += 2
                special = after and (after in "$`\\" or (after == '"' and end))
                if after != "\n":
                    parts.append(Quo(after if special else "\\" + after))
            elif char == "`":
                parts.append(self._backquoted(bool(end)))
            else:
                parts.append(self._dollar(True))
        if end:
            raise self.incomplete("quote", '"', at=start - 1)
        return tuple(parts)

    def whole(self) -> tuple[Part, ...]:
        """The whole text as one word, blanks included."""
        parts: list[Part] = []
        while self.at < len(self.source):
            match = _DQ_PLAIN.match(self.source, self.at)
            if match and "'" not in match.group():
                parts.append(Lit(match.group()))
                self.at = match.end()
            elif self.source[self.at] in "'\"\\$`":
                self._special(self.source[self.at], parts)
            else:
                parts.append(Lit(self.source[self.at]))
                self.at += 1
        return tuple(parts)

    def nested(self, text: str, at: int) -> Lexer:
        """A lexer over a piece of this text that begins at ``at``."""
        return type(self)(text, self.flavour, self.line(at), self.depth)

    def _dollar(self, quoted: bool) -> Part:
        source = self.source
        start = self.at
        after = source[start + 1 : start + 2]
        match = _NAME.match(source, start + 1)
        if match:
            self.at = match.end()
            return Param(match.group(), "", None, None, None, source[start : self.at])
        if after and after in "0123456789@*#?$!-":
            self.at += 2
            return Param(after, "", None, None, None, "$" + after)
        self.deeper()
        try:
            if after == "{":
                self.at += 2
                return self._braced(quoted, start)
            if after == "(":
                if source.startswith("((", start + 1) and (arith := self.arithmetic(start + 3)) is not None:
                    return arith
                self.at = start + 2
                return CmdSub(self.program_until(")"))
            if not quoted and self.flavour != "dash" and after == "'":
                from dockersim.userland.shell.text import ansi_c_quoted

                text, self.at = ansi_c_quoted(source, start + 2)
                if self.at < 0:
                    raise self.incomplete("quote", "'", at=start)
                return Quo(text)
            if not quoted and self.flavour == "bash" and after == '"':
                self.at += 2
                return Dq(self.double_quoted('"'))
        finally:
            self.depth -= 1
        self.at += 1
        return Quo("$") if quoted else Lit("$")

    def arithmetic(self, start: int) -> Arith | None:
        """The expression from ``start`` to ``))``; ``None`` where the parentheses do not close that way."""
        source, at, depth = self.source, start, 0
        while at < len(source):
            char = source[at]
            if char == "\\":
                at += 1
            elif char == "(":
                depth += 1
            elif char == ")":
                if depth == 0:
                    if not source.startswith("))", at):
                        return None
                    text = source[start:at].replace('"', "")
                    self.at = at + 2
                    return Arith(self.nested(text, start).double_quoted(""))
                depth -= 1
            at += 1
        raise self.incomplete("quote", "))", at=start)

    def _backquoted(self, quoted: bool) -> CmdSub:
        source, start = self.source, self.at
        at, text = start + 1, []
        while at < len(source) and source[at] != "`":
            if source[at] == "\\" and at + 1 < len(source):
                at += 1
                if source[at] not in "$`\\" and not (quoted and source[at] == '"'):
                    text.append("\\")
            text.append(source[at])
            at += 1
        if at >= len(source):
            raise self.incomplete("quote", "`", at=start)
        self.at = at + 1
        self.deeper()
        program = self.sub_program("".join(text), self.line(start))
        self.depth -= 1
        return CmdSub(program)

    # ---- ${...}

    def _braced(self, quoted: bool, start: int) -> Param:
        source = self.source
        bash = self.flavour == "bash"
        op, index = "", None
        match = _LENGTH.match(source, self.at)
        if match:
            name, op, self.at = match.group(1), "len", match.end()
        elif bash and (match := re.compile(rf"!({NAME}|[0-9]+|[@*#])(?=[^A-Za-z0-9_])").match(source, self.at)):
            name, op, self.at = match.group(1), "!", match.end()
        elif match := _PARAMETER.match(source, self.at):
            name, self.at = match.group(), match.end()
        else:
            return self._bad(start)
        if bash and source.startswith("[", self.at):
            end = self._closing_bracket(self.at + 1)
            if end < 0:
                return self._bad(start)
            index = make_word(list(self.nested(source[self.at + 1 : end], self.at).whole()))
            self.at = end + 1
        if op == "!" and (end_of := re.compile(r"[@*]?\}").match(source, self.at)):
            self.at = end_of.end()
            keys = index is not None and subscript_of_all(index)
            op = "!keys" if keys else "!*" if end_of.end() - end_of.start() > 1 else "!"
            return Param(name, op, None, None, index, source[start : self.at])
        if source.startswith("}", self.at):
            self.at += 1
            return Param(name, op, None, None, index, source[start : self.at])
        if self.at >= len(source):
            raise self.incomplete("quote", "}", at=start)
        if op:
            return self._bad(start)
        operators = _BASH_OPERATOR if bash else _ASH_OPERATOR if self.flavour == "ash" else _OPERATOR
        match = operators.match(source, self.at)
        if not match:
            return self._bad(start)
        op, self.at = match.group(), match.end()
        literal_quotes = quoted and (op[-1] in "-=?+" or op == ":")
        word = self._operand(literal_quotes, ":" if op == ":" else "/" if op[0] == "/" else "", start)
        word2 = None
        if source[self.at - 1] != "}":
            word2 = self._operand(literal_quotes, "", start)
        return Param(name, op, word, word2, index, source[start : self.at])

    def _operand(self, literal_quotes: bool, separator: str, start: int) -> Word:
        """A word up to ``}`` or ``separator``, which is consumed."""
        source = self.source
        parts: list[Part] = []
        while self.at < len(source):
            char = source[self.at]
            if char == "}" or (char == separator and not (separator == "/" and not parts)):
                self.at += 1
                return make_word(parts)
            match = _BRACE_PLAIN.match(source, self.at)
            if match:
                text = match.group()
                cut = text.find(separator, 0 if parts else 1) if separator else -1
                if cut >= 0:
                    text = text[:cut]
                parts.append(Lit(text))
                self.at += len(text)
            elif literal_quotes and char == "'":
                parts.append(Lit("'"))
                self.at += 1
            elif literal_quotes and char == "\\":
                after = source[self.at + 1 : self.at + 2]
                self.at += 2
                if after != "\n":
                    parts.append(Quo(after if after and after in '$`\\"}' else "\\" + after))
            elif literal_quotes and char == "$":
                parts.append(self._dollar(True))
            else:
                self._special(char, parts)
        raise self.incomplete("quote", "}", at=start)

    def _bad(self, start: int) -> Param:
        """A substitution that no shell can make sense of is an error when it is reached, not before."""
        end = self.source.find("}", self.at)
        if end < 0:
            raise self.incomplete("quote", "}", at=start)
        self.at = end + 1
        return Param("", "bad", None, None, None, self.source[start : self.at])

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


def _text(part: Part) -> str:
    return part.text if isinstance(part, Lit | Quo) else ""


def subscript_of_all(index: Word) -> str:
    """``@`` or ``*`` where the subscript is one of these, else nothing."""
    text = _text(index.parts[0]) if len(index.parts) == 1 else ""
    return text if text in ("@", "*") else ""


def make_word(parts: list[Part]) -> Word:
    """A word of ``parts``, with its literal text where it has one."""
    if len(parts) == 1 and type(parts[0]) is Lit:
        text = parts[0].text
        special = "*" in text or "?" in text or "[" in text or "~" in text
        return Word(tuple(parts), None if special else text)
    pieces: list[str] = []
    for part in parts:
        inner = part.parts if type(part) is Dq else (part,)
        for piece in inner:
            if type(piece) is Quo or (type(piece) is Lit and not set(piece.text) & set("*?[~")):
                pieces.append(piece.text)
            else:
                return Word(tuple(parts), None)
    return Word(tuple(parts), "".join(pieces))


def brace_words(word: Word) -> list[Word]:
    """bash's brace expansion of ``word``."""
    if not any(type(part) is Lit and "{" in part.text for part in word.parts):
        return [word]
    from dockersim.userland.shell.braces import expand

    return [make_word(parts) for parts in expand(list(word.parts))]
