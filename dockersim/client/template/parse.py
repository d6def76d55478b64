"""The tree of a template: Go's ``text/template/parse`` parser, its errors word for word."""

from __future__ import annotations

from typing import Any

from dockersim.client.template.functions import NAMES
from dockersim.client.template.lex import Lexer, Token
from dockersim.client.template.literals import character, number, unquote
from dockersim.client.template.values import TemplateError
from dockersim.units.strconv import quote

_OPERANDS = frozenset(("bool", "char constant", "number", "string", "raw", "field", "variable", "word", ".", "("))


class Node:
    """One node: ``kind`` is list, text, action, if, range, with, template, break, continue, pipe, command, field,
    variable, word, chain, dot, nil, bool, number or string; ``args`` are what it is made of, ``value`` its constant,
    ``names`` a chain of fields or the variables that a pipeline declares."""

    __slots__ = ("args", "body", "kind", "names", "other", "pos", "text", "value")

    def __init__(self, kind: str, pos: int, text: str = "", value: Any = None, names: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.pos = pos
        self.text = text
        self.value = value
        self.names = names
        self.args: list[Node] = []
        self.body: list[Node] = []
        self.other: list[Node] = []

    def __str__(self) -> str:
        if self.kind == "pipe":
            declared = f"{', '.join(self.names)} {self.text} " if self.names else ""
            return declared + " | ".join(map(str, self.args))
        if self.kind == "command":
            return " ".join(f"({arg})" if arg.kind == "pipe" else str(arg) for arg in self.args)
        if self.kind == "field":
            return "".join(f".{name}" for name in self.names)
        if self.kind == "variable":
            return ".".join(self.names)
        if self.kind == "chain":
            inner = f"({self.args[0]})" if self.args[0].kind == "pipe" else str(self.args[0])
            return inner + "".join(f".{name}" for name in self.names)
        if self.kind == "template":
            return f"{{{{template {quote(self.text)}{''.join(f' {arg}' for arg in self.args)}}}}}"
        return self.text


class Parser:
    """Parses one text. ``defined`` holds the templates that ``define`` names; ``called`` is what errors call it."""

    def __init__(self, text: str, called: str = "") -> None:
        self._called = called
        self._tokens = Lexer(text).tokens
        self._at = 0
        self._variables = ["$"]
        self._action_line = 0
        self._ranges = 0
        self.defined: dict[str, list[Node]] = {}

    def parse(self) -> list[Node]:
        """The nodes of the whole text. Raises :class:`TemplateError`."""
        nodes: list[Node] = []
        while self._peek().kind != "eof":
            if self._peek().kind == "left" and self._is_define():
                continue
            node = self._text_or_action()
            if node.kind in ("end", "else"):
                raise self._fail(f"unexpected {node.text}")
            nodes.append(node)
        return nodes

    def _is_define(self) -> bool:
        start = self._at
        self._next()
        if self._next_word().text != "define" or self._tokens[self._at - 1].kind != "keyword":
            self._at = start
            return False
        name = self._next_word()
        if name.kind not in ("string", "raw"):
            raise self._unexpected(name, "define clause")
        self._expect("right", "define clause")
        held, self._variables = self._variables, ["$"]
        body, end = self._item_list()
        if end.kind != "end":
            raise self._fail(f"unexpected {end.text} in define clause")
        self._variables = held
        self.defined[self._string(name)] = body
        return True

    def _peek(self) -> Token:
        return self._tokens[min(self._at, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _peek_word(self) -> Token:
        while self._peek().kind == "space":
            self._at += 1
        return self._peek()

    def _next_word(self) -> Token:
        self._peek_word()
        return self._next()

    def _fail(self, message: str, line: int | None = None) -> TemplateError:
        at = self._tokens[max(0, min(self._at, len(self._tokens)) - 1)].line if line is None else line
        return TemplateError(f"template: {self._called}:{at}: {message}")

    def _unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind == "error":
            extra = ""
            if self._action_line not in (0, token.line):
                extra = f" in action started at {self._called}:{self._action_line}"
                extra = extra.removeprefix(" in action") if token.text.endswith(" action") else extra
            return self._fail(f"{token}{extra}", token.line)
        return self._fail(f"unexpected {token} in {context}", token.line)

    def _expect(self, kind: str, context: str) -> Token:
        token = self._next_word()
        if token.kind != kind:
            raise self._unexpected(token, context)
        return token

    def _text_or_action(self) -> Node:
        token = self._next_word()
        if token.kind == "text":
            return Node("text", token.pos, token.text)
        if token.kind == "left":
            self._action_line = token.line
            node = self._action()
            self._action_line = 0
            return node
        raise self._unexpected(token, "input")

    def _action(self) -> Node:
        token = self._next_word()
        if token.kind == "keyword" and token.text not in ("nil",):
            return self._keyword(token)
        self._at -= 1
        pos = self._peek().pos
        pipe = self._pipeline("command", "right")
        node = Node("action", pos)
        node.args = [pipe]
        return node

    def _keyword(self, token: Token) -> Node:
        word = token.text
        if word in ("if", "range", "with"):
            return self._control(word, token.pos)
        if word == "end":
            self._expect("right", "end")
            return Node("end", token.pos, "{{end}}")
        if word == "else":
            peek = self._peek_word()
            if peek.kind == "keyword" and peek.text in ("if", "with"):
                return Node("else", peek.pos, "{{else}}")
            self._expect("right", "else")
            return Node("else", token.pos, "{{else}}")
        if word in ("break", "continue"):
            after = self._next_word()
            if after.kind != "right":
                raise self._unexpected(after, f"{{{{{word}}}}}")
            if not self._ranges:
                raise self._fail(f"{{{{{word}}}}} outside {{{{range}}}}")
            return Node(word, token.pos, f"{{{{{word}}}}}")
        if word in ("template", "block"):
            return self._template(token)
        raise self._unexpected(token, "command")

    def _template(self, token: Token) -> Node:
        context = f"{token.text} clause"
        name = self._next_word()
        if name.kind not in ("string", "raw"):
            raise self._unexpected(name, context)
        node = Node("template", name.pos, self._string(name))
        if self._peek_word().kind != "right" or token.text == "block":
            node.args = [self._pipeline(context, "right")]
        else:
            self._next()
        if token.text == "block":
            held, self._variables = self._variables, ["$"]
            self.defined.setdefault(node.text, self._item_list()[0])
            self._variables = held
        return node

    def _control(self, word: str, pos: int) -> Node:
        held = len(self._variables)
        node = Node(word, pos)
        node.args = [self._pipeline(word, "right")]
        self._ranges += word == "range"
        node.body, end = self._item_list()
        self._ranges -= word == "range"
        if end.kind == "else":
            peek = self._peek()
            if peek.kind == "keyword" and word in ("if", "with") and peek.text == word:
                self._next()
                node.other = [self._control(word, peek.pos)]
                del self._variables[held:]
                return node
            if peek.kind == "keyword" and peek.text in ("if", "with"):
                raise self._unexpected(peek, "input" if word != "range" else "else")
            node.other, end = self._item_list()
            if end.kind != "end":
                raise self._fail(f"expected end; found {end.text}")
        del self._variables[held:]
        return node

    def _item_list(self) -> tuple[list[Node], Node]:
        nodes: list[Node] = []
        while self._peek_word().kind != "eof":
            node = self._text_or_action()
            if node.kind in ("end", "else"):
                return nodes, node
            nodes.append(node)
        raise self._fail("unexpected EOF", self._peek().line)

    def _pipeline(self, context: str, end: str) -> Node:
        token = self._peek_word()
        pipe = Node("pipe", token.pos, ":=")
        self._declare(pipe, context)
        while True:
            token = self._next_word()
            if token.kind == end:
                self._check(pipe, context)
                return pipe
            if token.kind in _OPERANDS or (token.kind == "keyword" and token.text == "nil"):
                self._at -= 1
                pipe.args.append(self._command())
            else:
                raise self._unexpected(token, context)

    def _declare(self, pipe: Node, context: str) -> None:
        while self._peek_word().kind == "variable":
            start = self._at
            variable = self._next()
            after = self._peek_word()
            if after.kind in ("declare", "assign"):
                self._next()
                pipe.names += (variable.text,)
                pipe.text = after.text
                self._variables.append(variable.text)
                return
            if after.kind == "," and len(pipe.names) < 2:
                self._next()
                pipe.names += (variable.text,)
                self._variables.append(variable.text)
                if context != "range" or len(pipe.names) == 2:
                    raise self._fail(f"too many declarations in {context}")
                if self._peek_word().kind != "variable":
                    raise self._fail("range can only initialize variables")
                continue
            self._at = start
            return

    def _check(self, pipe: Node, context: str) -> None:
        if not pipe.args:
            raise self._fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.args[1:], 2):
            if command.args[0].kind in ("bool", "dot", "nil", "number", "string"):
                raise self._fail(f"non executable command in pipeline stage {stage}")

    def _command(self) -> Node:
        command = Node("command", self._peek_word().pos)
        while True:
            self._peek_word()
            operand = self._operand()
            if operand is not None:
                command.args.append(operand)
            token = self._next()
            if token.kind == "space":
                continue
            if token.kind in ("right", ")"):
                self._at -= 1
            elif token.kind != "|":
                raise self._unexpected(token, "operand")
            break
        if not command.args:
            raise self._fail("empty command")
        return command

    def _operand(self) -> Node | None:
        node = self._term()
        if node is None or self._peek().kind != "field":
            return node
        pos = self._peek().pos
        names: tuple[str, ...] = ()
        while self._peek().kind == "field":
            names += (self._next().text[1:],)
        if node.kind in ("field", "variable"):
            return Node(node.kind, pos, names=node.names + names)
        if node.kind in ("bool", "string", "number", "nil", "dot"):
            raise self._fail(f"unexpected . after term {quote(str(node))}")
        chain = Node("chain", pos, names=names)
        chain.args = [node]
        return chain

    def _term(self) -> Node | None:
        token = self._next_word()
        kind = token.kind
        if kind == "word":
            if token.text not in NAMES:
                raise self._fail(f"function {quote(token.text)} not defined")
            return Node("word", token.pos, token.text)
        if kind == ".":
            return Node("dot", token.pos, ".")
        if kind == "keyword" and token.text == "nil":
            return Node("nil", token.pos, "nil")
        if kind == "variable":
            if token.text not in self._variables:
                raise self._fail(f"undefined variable {quote(token.text)}")
            return Node("variable", token.pos, names=(token.text,))
        if kind == "field":
            return Node("field", token.pos, names=(token.text[1:],))
        if kind == "bool":
            return Node("bool", token.pos, token.text, token.text == "true")
        if kind in ("number", "char constant"):
            return Node("number", token.pos, token.text, self._number(token))
        if kind in ("string", "raw"):
            return Node("string", token.pos, token.text, self._string(token))
        if kind == "(":
            return self._pipeline("parenthesized pipeline", ")")
        self._at -= 1
        return None

    def _number(self, token: Token) -> int | float | complex:
        try:
            return character(token.text) if token.kind == "char constant" else number(token.text)
        except ValueError as error:
            raise self._fail(str(error)) from None

    def _string(self, token: Token) -> str:
        try:
            return unquote(token.text)
        except ValueError as error:
            raise self._fail(str(error)) from None
