"""The tokens of one statement, looked at and taken."""

from __future__ import annotations

from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.syntax import Token, tokens


class Reader:
    """Stands at one token of ``text``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0

    @property
    def now(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def is_word(self, *words: str) -> bool:
        """Whether one of these keywords comes next."""
        return self.now.kind == "word" and self.now.text.lower() in words

    def accept(self, *words: str) -> str:
        """Take a keyword if it is there."""
        if not self.is_word(*words):
            return ""
        self.at += 1
        return self.tokens[self.at - 1].text.lower()

    def mark(self, *marks: str) -> str:
        """Take a mark if it is there."""
        if self.now.kind != "mark" or self.now.text not in marks:
            return ""
        self.at += 1
        return self.tokens[self.at - 1].text

    def fail(self) -> SqlError:
        """What is wrong where the reader stands."""
        token = self.now
        if token.kind == "end":
            return SqlError("end", place=-1)
        shown = f"'{token.text}'" if token.kind == "text" else token.text
        return SqlError("syntax", shown, self.text[token.place :].strip(), place=token.place)

    def need(self, *words: str) -> str:
        """Take a keyword that must be there."""
        found = self.accept(*words)
        if not found:
            raise self.fail()
        return found

    def need_mark(self, mark: str) -> None:
        """Take a mark that must be there."""
        if not self.mark(mark):
            raise self.fail()

    def name(self) -> Token:
        """Take a name; a word that is not quoted counts in lower case, without what it is qualified by."""
        token = self.now
        if token.kind not in ("word", "name"):
            raise self.fail()
        self.at += 1
        text = token.text if token.kind == "name" else token.text.lower()
        return Token("name", text.rsplit(".", 1)[-1] if token.kind == "word" else text, token.place)

    def integer(self) -> int:
        token = self.now
        if token.kind != "number" or "." in token.text:
            raise self.fail()
        self.at += 1
        return int(token.text)
