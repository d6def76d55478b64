"""Words of a filter to a tree."""

from __future__ import annotations

from dockersim.userland.programs.jq import tree as t
from dockersim.userland.programs.jq.tokens import KEYWORDS, Token, syntax, tokens

LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("==", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)
"""Operators that bind ever closer; those of the third group do not chain."""
ASSIGNMENTS = ("=", "|=", "+=", "-=", "*=", "/=", "%=", "//=")
CALLABLE = KEYWORDS - {"and", "or"}


def parse(text: str) -> t.Node:
    """The tree of a filter. Raises :class:`~.tree.BadFilter`."""
    parser = Parser(text, tokens(text))
    if parser.sees("end"):
        return t.Identity()
    tree = parser.pipe()
    parser.take_end()
    return tree


def definitions(text: str) -> t.Define:
    """``def ...;`` alone, as in the library."""
    tree = parse(f"{text} .")
    assert isinstance(tree, t.Define)
    return tree


class Parser:
    """Reads one list of words."""

    def __init__(self, text: str, words: list[Token]) -> None:
        self._text = text
        self._words = words
        self._at = 0

    # ---- words

    @property
    def _here(self) -> Token:
        return self._words[self._at]

    def sees(self, kind: str, *values: str) -> bool:
        """Whether the next word is of this kind, and one of these."""
        return self._here.kind == kind and (not values or self._here.value in values)

    def _take(self) -> Token:
        word = self._here
        self._at += 1
        return word

    def _skip(self, kind: str, value: str) -> bool:
        if self.sees(kind, value):
            self._at += 1
            return True
        return False

    def _need(self, kind: str, *values: str) -> Token:
        if not self.sees(kind, *values):
            self._refuse()
        return self._take()

    def _refuse(self) -> None:
        raise t.BadFilter(syntax(self._text, self._here.said))

    def take_end(self) -> None:
        """Nothing may follow."""
        if not self.sees("end"):
            self._refuse()

    # ---- filters, from what binds loosest

    def pipe(self) -> t.Node:
        """A whole filter."""
        if self.sees("name", "def"):
            name, parameters, body = self._definition()
            return t.Define(name, parameters, body, self.pipe())
        if self._skip("name", "label"):
            name = str(self._need("variable").value)
            self._need("sign", "|")
            return t.Label(name, self.pipe())
        left = self._comma()
        return t.Binary("|", left, self.pipe()) if self._skip("sign", "|") else left

    def _bound(self, source: t.Node) -> t.Node:
        patterns = [self._pattern()]
        while self._skip("sign", "?//"):
            patterns.append(self._pattern())
        self._need("sign", "|")
        return t.Bind(source, tuple(patterns), self.pipe())

    def _definition(self) -> tuple[str, tuple[str, ...], t.Node]:
        self._need("name", "def")
        name = str(self._need("name").value)
        parameters: list[str] = []
        if self._skip("sign", "("):
            while True:
                word = self._take()
                parameters.append(f"${word.value}" if word.kind == "variable" else str(word.value))
                if not self._skip("sign", ";"):
                    break
            self._need("sign", ")")
        self._need("sign", ":")
        body = self.pipe()
        self._need("sign", ";")
        return name, tuple(parameters), body

    def _comma(self) -> t.Node:
        left = self._alternative()
        while self._skip("sign", ","):
            left = t.Binary(",", left, self._alternative())
        return left

    def _alternative(self) -> t.Node:
        """``//`` binds to the right, and looser than an assignment."""
        left = self._assignment()
        return t.Binary("//", left, self._alternative()) if self._skip("sign", "//") else left

    def _assignment(self) -> t.Node:
        left = self._level(0)
        if self.sees("sign", *ASSIGNMENTS):
            operator = str(self._take().value)
            return t.Assign(operator, left, self._level(0))
        return left

    def _level(self, number: int) -> t.Node:
        if number == len(LEVELS):
            return self._postfix()
        left = self._level(number + 1)
        kind = "name" if number < 2 else "sign"
        while self.sees(kind, *LEVELS[number]):
            operator = str(self._take().value)
            left = t.Binary(operator, left, self._level(number + 1))
            if number == 2 and self.sees(kind, *LEVELS[number]):
                self._refuse()
        return left

    # ---- terms

    def _postfix(self) -> t.Node:
        if self._skip("sign", "-"):
            return t.Negation(self._postfix())
        if self._skip("name", "try"):
            body = self._postfix_try()
            return t.Try(body, self._postfix_try() if self._skip("name", "catch") else None)
        if self.sees("name", "reduce", "foreach"):
            return self._loop()
        if self.sees("name", "def"):
            name, parameters, body = self._definition()
            return t.Define(name, parameters, body, self.pipe())
        term = self._suffixed(self._term())
        if self._skip("name", "as"):
            return self._bound(term)
        return term

    def _postfix_try(self) -> t.Node:
        return self._suffixed(self._term())

    def _suffixed(self, term: t.Node) -> t.Node:
        while True:
            if self.sees("field"):
                term = t.Index(term, t.Literal(self._take().value))
            elif self.sees("sign", ".") and self._words[self._at + 1].kind == "string":
                self._take()
                term = t.Index(term, self._string(self._take(), "text"))
            elif self.sees("sign", ".") and self._words[self._at + 1].value == "[":
                self._take()
            elif self._skip("sign", "["):
                term = self._bracket(term)
            elif self._skip("sign", "?"):
                term = t.Try(term, None)
            else:
                return term

    def _bracket(self, term: t.Node) -> t.Node:
        if self._skip("sign", "]"):
            return t.Iterate(term)
        if self._skip("sign", ":"):
            end = self.pipe()
            self._need("sign", "]")
            return t.Slice(term, None, end)
        start = self.pipe()
        if self._skip("sign", ":"):
            last = None if self.sees("sign", "]") else self.pipe()
            self._need("sign", "]")
            return t.Slice(term, start, last)
        self._need("sign", "]")
        return t.Index(term, start)

    def _term(self) -> t.Node:
        word = self._take()
        if word.kind == "number":
            return t.Literal(word.value)
        if word.kind == "string":
            return self._string(word, "text")
        if word.kind == "format":
            return self._string(self._take(), word.value[1:]) if self.sees("string") else t.Format(word.value[1:])
        if word.kind == "field":
            return t.Index(t.Identity(), t.Literal(word.value))
        if word.kind == "variable":
            return t.Variable(str(word.value))
        if word.kind == "name":
            return self._named(word)
        if word.kind == "sign":
            made = self._sign(str(word.value))
            if made is not None:
                return made
        self._at -= 1
        self._refuse()
        raise AssertionError

    def _sign(self, sign: str) -> t.Node | None:
        if sign == ".":
            if self.sees("string"):
                return t.Index(t.Identity(), self._string(self._take(), "text"))
            return t.Identity()
        if sign == "..":
            return t.Call("recurse", ())
        if sign == "(":
            inner = self.pipe()
            self._need("sign", ")")
            return inner
        if sign == "[":
            if self._skip("sign", "]"):
                return t.Array(None)
            body = self.pipe()
            self._need("sign", "]")
            return t.Array(body)
        if sign == "{":
            return self._object()
        return None

    def _named(self, word: Token) -> t.Node:
        name = str(word.value)
        if name == "if":
            return self._if()
        if name in ("true", "false", "null"):
            return t.Literal({"true": True, "false": False}.get(name))
        if name == "break":
            return t.Break(str(self._need("variable").value))
        if name in CALLABLE:
            self._at -= 1
            self._refuse()
        arguments: list[t.Node] = []
        if self._skip("sign", "("):
            arguments.append(self.pipe())
            while self._skip("sign", ";"):
                arguments.append(self.pipe())
            self._need("sign", ")")
        return t.Call(name, tuple(arguments))

    def _if(self) -> t.Node:
        condition = self.pipe()
        self._need("name", "then")
        yes = self.pipe()
        if self._skip("name", "elif"):
            return t.If(condition, yes, self._if())
        no: t.Node = self.pipe() if self._skip("name", "else") else t.Identity()
        self._need("name", "end")
        return t.If(condition, yes, no)

    def _loop(self) -> t.Node:
        kind = self._take().value
        source = self._postfix_try()
        self._need("name", "as")
        pattern = self._pattern()
        self._need("sign", "(")
        start = self.pipe()
        self._need("sign", ";")
        step = self.pipe()
        made: t.Node
        if kind == "reduce":
            made = t.Reduce(source, pattern, start, step)
        else:
            made = t.Foreach(source, pattern, start, step, self.pipe() if self._skip("sign", ";") else t.Identity())
        self._need("sign", ")")
        return self._suffixed(made)

    def _string(self, word: Token, form: str) -> t.Node:
        if all(isinstance(part, str) for part in word.value):
            return t.Literal("".join(word.value))
        parts: list[str | t.Node] = []
        for part in word.value:
            if isinstance(part, str):
                parts.append(part)
                continue
            inner = Parser(self._text, part)
            parts.append(inner.pipe())
            inner.take_end()
        return t.Text(tuple(parts), form)

    # ---- objects and patterns

    def _object(self) -> t.Node:
        entries: list[tuple[t.Node, t.Node]] = []
        while not self._skip("sign", "}"):
            entries.append(self._entry())
            if not self._skip("sign", ","):
                self._need("sign", "}")
                break
        return t.Object(tuple(entries))

    def _entry(self) -> tuple[t.Node, t.Node]:
        word = self._take()
        key: t.Node
        short: t.Node | None = None
        if word.kind == "variable":
            return t.Literal(word.value), t.Variable(str(word.value))
        if word.kind in ("name", "number"):
            key = t.Literal(word.value if word.kind == "name" else str(word.value))
            short = t.Index(t.Identity(), key)
        elif word.kind == "string" or (word.kind == "format" and self.sees("string")):
            form = "text" if word.kind == "string" else str(word.value)[1:]
            key = self._string(word if word.kind == "string" else self._take(), form)
            short = t.Index(t.Identity(), key)
        elif word.kind == "sign" and word.value == "(":
            key = self.pipe()
            self._need("sign", ")")
        else:
            self._at -= 1
            self._refuse()
            raise AssertionError
        if self._skip("sign", ":"):
            return key, self._entry_value()
        if short is None:
            self._refuse()
            raise AssertionError
        return key, short

    def _entry_value(self) -> t.Node:
        """Terms, joined by ``|`` only: a comma ends the entry."""
        left = self._level(0) if not self.sees("name", "reduce", "foreach") else self._loop()
        while self._skip("sign", "//"):
            left = t.Binary("//", left, self._level(0))
        return t.Binary("|", left, self._entry_value()) if self._skip("sign", "|") else left

    def _pattern(self) -> t.Pattern:
        if self.sees("variable"):
            return t.Pattern(str(self._take().value))
        if self._skip("sign", "["):
            items = [self._pattern()]
            while self._skip("sign", ","):
                items.append(self._pattern())
            self._need("sign", "]")
            return t.Pattern(items=tuple(items))
        self._need("sign", "{")
        fields = [self._field_pattern()]
        while self._skip("sign", ","):
            fields.append(self._field_pattern())
        self._need("sign", "}")
        return t.Pattern(fields=tuple(fields))

    def _field_pattern(self) -> tuple[t.Node, str, t.Pattern | None]:
        word = self._take()
        name = ""
        key: t.Node
        if word.kind == "variable":
            name, key = str(word.value), t.Literal(word.value)
            if not self.sees("sign", ":"):
                return key, name, None
        elif word.kind == "string":
            key = self._string(word, "text")
        elif word.kind == "sign" and word.value == "(":
            key = self.pipe()
            self._need("sign", ")")
        else:
            key = t.Literal(word.value)
        self._need("sign", ":")
        return key, name, self._pattern()
