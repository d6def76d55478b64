"""What is wrong with a text that is no shell program, in the words of each shell."""

from __future__ import annotations


class SyntaxProblem(Exception):
    """A syntax error.

    ``kind`` is ``token`` (an unexpected one), ``quote`` (an end of file inside ``token``), ``other`` (``token`` is the
    message itself) or ``bare`` (the same without "syntax error" before it); ``expecting`` is the word that would have
    been right; ``line`` counts from 1, ``text`` is that line as it was written.
    """

    def __init__(self, kind: str, token: str, expecting: str = "", line: int = 1, text: str = "") -> None:
        super().__init__(kind, token, expecting, line, text)
        self.kind = kind
        self.token = token
        self.expecting = expecting
        self.line = line
        self.text = text

    def __str__(self) -> str:
        return self.words("ash")

    def words(self, flavour: str) -> str:
        """The message without the shell's name and line: one line, or two for bash."""
        if flavour == "bash":
            return _bash(self)
        if self.kind == "token":
            token = self.token if self.token in _CLASSES else f'"{self.token}"'
            what = f"{token} unexpected" if flavour == "dash" else f"unexpected {token}"
            if self.expecting:
                expecting = self.expecting if self.expecting == "word" else f'"{self.expecting}"'
                what += f" (expecting {expecting})"
        else:
            what = _QUOTES.get(self.token, self.token) if self.kind == "quote" else self.token
            if flavour == "dash":
                what = what[0].upper() + what[1:]
        return f"Syntax error: {what}" if flavour == "dash" else f"syntax error: {what}"


class Incomplete(SyntaxProblem):
    """The text stops where more must follow: an interactive shell asks for another line."""


_CLASSES = ("end of file", "newline", "word", "redirection")
_QUOTES = {
    "'": "unterminated quoted string",
    '"': "unterminated quoted string",
    "`": "EOF in backquote substitution",
    "}": "missing '}'",
    "))": "missing '))'",
}


def _bash(problem: SyntaxProblem) -> str:
    if problem.kind == "quote":
        return f"unexpected EOF while looking for matching `{problem.token[0]}'"
    if problem.kind == "bare":
        return problem.token
    if problem.kind == "other":
        return f"syntax error: {problem.token}"
    if problem.token == "end of file":
        return "syntax error: unexpected end of file"
    return f"syntax error near unexpected token `{problem.token}'"
