"""What words are made of: quotes, and expansions as they are written (XCU 2.2, 2.6)."""

from __future__ import annotations

import re

from dockersim.userland.shell.syntax import parameters
from dockersim.userland.shell.syntax.ast import Arith, CmdSub, Dq, List, Lit, Param, Part, Quo
from dockersim.userland.shell.syntax.source import Source
from dockersim.userland.shell.syntax.words import NAME

_DQ_PLAIN = re.compile(r"[^$`\"\\]+")
_SINGLE = re.compile(r"[^']*")
_NAME = re.compile(NAME)


class Quoting(Source):
    """Reads the parts of words."""

    def program_until(self, end: str) -> List:
        """A program up to the operator ``end``, which is consumed; the parser's part."""
        raise NotImplementedError

    def sub_program(self, text: str, line: int) -> List:
        """The program in ``text``; the parser's part."""
        raise NotImplementedError

    def special(self, char: str, parts: list[Part]) -> None:
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
            parts.append(self.dollar(False))

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
                parts.append(self.dollar(True))
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
                self.special(self.source[self.at], parts)
            else:
                parts.append(Lit(self.source[self.at]))
                self.at += 1
        return tuple(parts)

    def dollar(self, quoted: bool) -> Part:
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
                return parameters.braced(self, quoted, start)
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
