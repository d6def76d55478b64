"""The language of awk (POSIX): text to a syntax tree.

Expressions are tuples whose first item names their kind; statements as well.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

TOKEN = re.compile(
    r"[ \t\r]*(?:\\\r?\n[ \t]*)*(?:#[^\n]*)?(?:"
    r"(?P<newline>\n)|(?P<number>(?:0[xX][0-9a-fA-F]+)|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r'|(?P<string>"(?:[^"\\\n]|\\[\s\S])*")|(?P<funcname>[A-Za-z_]\w*(?=\())|(?P<name>[A-Za-z_]\w*)'
    r"|(?P<op>\*\*=|\*\*|&&|\|\||\+\+|--|\+=|-=|\*=|/=|%=|\^=|==|<=|>=|!=|!~|>>|[{}()\[\];,+\-*/%^!<>|?:~$=])"
    r"|(?P<end>\Z))"
)
KEYWORDS = frozenset(
    "BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print "
    "printf".split()
)
FUNCTIONS = frozenset(
    "length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system "
    "close fflush gensub systime strftime strtonum and or xor lshift rshift compl".split()
)
ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "^=", "**=")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "/": "/", '"': '"', "\\": "\\"}

Node = tuple[Any, ...]


class BadProgram(Exception):
    """A program that is not awk."""

    def __init__(self, near: str, line: int) -> None:
        super().__init__(near)
        self.near = near
        self.line = line


def unescape(text: str) -> str:
    """A string constant's characters."""

    def one(found: re.Match[str]) -> str:
        body = found[1]
        if body == "\n":
            return ""
        if body[0] in "01234567":
            return chr(int(body, 8) & 0xFF)
        if body[0] == "x" and len(body) > 1:
            return chr(int(body[1:], 16))
        return ESCAPES.get(body, "\\" + body)

    return re.sub(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|[\s\S])", one, text)


class Parser:
    """Recursive descent, one method for each level of precedence."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = ""
        self.value = ""
        self.start = 0
        self.line = 1
        self.depth = 0
        self.no_in = False
        self.no_gt = False
        self.rules: list[tuple[str, Node | None, Node | None, list[Node] | None]] = []
        self.functions: dict[str, tuple[list[str], list[Node]]] = {}
        self.advance()

    # ---- tokens

    def advance(self) -> None:
        found = TOKEN.match(self.text, self.at)
        if found is None:
            self.value = self.text[self.at :].strip()[:1]
            raise BadProgram(self.value, self.line)
        self.line += self.text.count("\n", self.at, found.end())
        self.at = found.end()
        self.kind = found.lastgroup or "end"
        self.value = found[self.kind]
        self.start = found.start(self.kind)
        if self.kind in ("name", "funcname") and self.value in KEYWORDS:
            self.kind = "word"
        elif self.kind in ("name", "funcname") and self.value in FUNCTIONS:
            self.kind = "builtin"

    def fail(self) -> NoReturn:
        raise BadProgram({"newline": "end of line", "end": "end of program"}.get(self.kind, self.value), self.line)

    def has(self, *values: str) -> bool:
        return self.kind in ("op", "word") and self.value in values

    def take(self, value: str) -> bool:
        if self.has(value):
            self.advance()
            return True
        return False

    def need(self, value: str) -> None:
        if not self.take(value):
            self.fail()

    def newlines(self) -> None:
        while self.kind == "newline":
            self.advance()

    def ends(self) -> None:
        while self.kind == "newline" or self.has(";"):
            self.advance()

    # ---- program

    def program(self) -> Parser:
        self.ends()
        while self.kind != "end":
            self.item()
            self.ends()
        return self

    def item(self) -> None:
        if self.take("function") or self.take("func"):
            name = self.value
            if self.kind not in ("name", "funcname"):
                self.fail()
            self.advance()
            self.need("(")
            parameters = []
            while not self.has(")"):
                parameters.append(self.value)
                if self.kind != "name":
                    self.fail()
                self.advance()
                self.newlines()
                if not self.take(","):
                    break
                self.newlines()
            self.need(")")
            self.newlines()
            self.functions[name] = (parameters, self.block())
            return
        if self.has("BEGIN", "END"):
            which = self.value
            self.advance()
            if not self.has("{"):
                self.fail()
            self.rules.append((which, None, None, self.block()))
            return
        first = second = None
        if not self.has("{"):
            first = self.expression()
            if self.take(","):
                self.newlines()
                second = self.expression()
        body = self.block() if self.has("{") else None
        self.rules.append(("range" if second is not None else "rule", first, second, body))

    def block(self) -> list[Node]:
        self.need("{")
        body = []
        self.ends()
        while not self.has("}"):
            if self.kind == "end":
                self.fail()
            body.append(self.statement())
            self.ends()
        self.need("}")
        return body

    def body(self) -> list[Node]:
        """The statement that a condition or loop governs."""
        self.newlines()
        if self.take(";"):
            return []
        if self.has("{"):
            return self.block()
        return [self.statement()]

    # ---- statements

    def statement(self) -> Node:
        self.depth += 1
        if self.depth > 15:
            raise BadProgram("nesting too deep", self.line)
        try:
            return self._statement()
        finally:
            self.depth -= 1

    def _statement(self) -> Node:
        if self.has("{"):
            return ("block", self.block())
        if self.kind == "word":
            method = getattr(self, "st_" + self.value, None)
            if method is not None:
                self.advance()
                node: Node = method()
                return node
        return self.simple_end(self.simple())

    def simple_end(self, node: Node) -> Node:
        if not (self.kind in ("newline", "end") or self.has(";", "}")):
            self.fail()
        if self.kind == "newline" or self.has(";"):
            self.advance()
        return node

    def simple(self) -> Node:
        if self.take("delete"):
            name = self.value
            self.advance()
            return ("delete", name, self.subscript() if self.has("[") else None)
        if self.has("print", "printf"):
            return self.output()
        return ("expr", self.expression())

    def output(self) -> Node:
        word = self.value
        self.advance()
        self.no_gt = True
        arguments: list[Node] = []
        if not (self.kind in ("newline", "end") or self.has(";", "}", ">", ">>", "|")):
            arguments = [self.expression()]
            while self.take(","):
                self.newlines()
                arguments.append(self.expression())
            if len(arguments) == 1 and arguments[0][0] == "grouping":
                arguments = list(arguments[0][1])
        self.no_gt = False
        target: Node | None = None
        mode = ""
        if self.has(">", ">>", "|"):
            mode = self.value
            self.advance()
            self.no_gt = True
            target = self.concatenation(plain=True)
            self.no_gt = False
        return (word, arguments, mode, target)

    def st_if(self) -> Node:
        self.need("(")
        condition = self.expression()
        self.need(")")
        then = self.body()
        at, kind, value, line, start = self.at, self.kind, self.value, self.line, self.start
        self.ends()
        if self.take("else"):
            return ("if", condition, then, self.body())
        self.at, self.kind, self.value, self.line, self.start = at, kind, value, line, start
        return ("if", condition, then, [])

    def st_while(self) -> Node:
        self.need("(")
        condition = self.expression()
        self.need(")")
        return ("while", condition, self.body())

    def st_do(self) -> Node:
        body = self.body()
        self.ends()
        self.need("while")
        self.need("(")
        condition = self.expression()
        self.need(")")
        return self.simple_end(("do", body, condition))

    def st_for(self) -> Node:
        self.need("(")
        found = re.compile(r"\s*(\w+)\s+in\s+(\w+)\s*\)").match(self.text, self.start)
        if found is not None and self.kind == "name":
            self.at = found.end()
            self.advance()
            return ("forin", found[1], found[2], self.body())
        first = None if self.has(";") else self.simple()
        self.need(";")
        self.newlines()
        condition = None if self.has(";") else self.expression()
        self.need(";")
        self.newlines()
        step = None if self.has(")") else self.simple()
        self.need(")")
        return ("for", first, condition, step, self.body())

    def st_next(self) -> Node:
        return self.simple_end(("next",))

    def st_nextfile(self) -> Node:
        return self.simple_end(("nextfile",))

    def st_break(self) -> Node:
        return self.simple_end(("break",))

    def st_continue(self) -> Node:
        return self.simple_end(("continue",))

    def _optional(self, kind: str) -> Node:
        bare = self.kind in ("newline", "end") or self.has(";", "}")
        return self.simple_end((kind, None if bare else self.expression()))

    def st_exit(self) -> Node:
        return self._optional("exit")

    def st_return(self) -> Node:
        return self._optional("return")

    # ---- expressions, loosest first

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > 60:
            raise BadProgram("nesting too deep", self.line)
        try:
            return self.ternary()
        finally:
            self.depth -= 1

    def ternary(self) -> Node:
        condition = self.either()
        if self.take("?"):
            self.newlines()
            then = self.ternary()
            self.newlines()
            self.need(":")
            self.newlines()
            return ("?:", condition, then, self.ternary())
        if self.has(*ASSIGNMENTS) and condition[0] in ("var", "elem", "field"):
            operator = self.value.replace("**", "^")
            self.advance()
            self.newlines()
            return ("assign", operator[:-1], condition, self.ternary())
        return condition

    def either(self) -> Node:
        left = self.both()
        while self.take("||"):
            self.newlines()
            left = ("||", left, self.both())
        return left

    def both(self) -> Node:
        left = self.membership()
        while self.take("&&"):
            self.newlines()
            left = ("&&", left, self.membership())
        return left

    def membership(self) -> Node:
        left = self.matching()
        while self.has("in"):
            self.advance()
            left = ("in", list(left[1]) if left[0] == "grouping" else [left], self.value)
            self.advance()
        return left

    def matching(self) -> Node:
        left = self.comparison()
        while self.has("~", "!~"):
            operator = self.value
            self.advance()
            left = ("match", operator == "!~", left, self.comparison())
        return left

    def comparison(self) -> Node:
        left = self.concatenation()
        while self.has("<", "<=", "==", "!=", ">", ">=") and not (self.no_gt and self.value == ">"):
            operator = self.value
            self.advance()
            left = ("compare", operator, left, self.concatenation())
        return left

    def concatenation(self, plain: bool = False) -> Node:
        left = self.additive()
        while True:
            if self.has("|") and not plain and self.text[self.at :].lstrip().startswith("getline"):
                self.advance()
                self.advance()
                left = ("getline", "|", left, self.target())
            elif self._starts_operand():
                left = ("cat", left, self.additive())
            else:
                return left

    def _starts_operand(self) -> bool:
        if self.kind in ("number", "string", "name", "funcname", "builtin"):
            return True
        return self.has("$", "!", "(", "-", "+", "++", "--")

    def additive(self) -> Node:
        left = self.multiplicative()
        while self.has("+", "-"):
            operator = self.value
            self.advance()
            left = ("arith", operator, left, self.multiplicative())
        return left

    def multiplicative(self) -> Node:
        left = self.unary()
        while self.has("*", "/", "%"):
            operator = self.value
            self.advance()
            left = ("arith", operator, left, self.unary())
        return left

    def unary(self) -> Node:
        if self.has("!", "-", "+"):
            operator = self.value
            self.advance()
            return ("unary", operator, self.unary())
        return self.power()

    def power(self) -> Node:
        left = self.increment()
        if self.has("^", "**"):
            self.advance()
            right = ("unary", "-", self.power()) if self.take("-") else self.power()
            return ("arith", "^", left, right)
        return left

    def increment(self) -> Node:
        if self.has("++", "--"):
            operator = self.value
            self.advance()
            return ("incr", operator, True, self.lvalue())
        node = self.primary()
        if self.has("++", "--") and node[0] in ("var", "elem", "field"):
            operator = self.value
            self.advance()
            return ("incr", operator, False, node)
        return node

    def lvalue(self) -> Node:
        node = self.primary()
        if node[0] not in ("var", "elem", "field"):
            self.fail()
        return node

    def target(self) -> Node | None:
        """What getline reads into; ``None`` for the record."""
        return self.primary() if self.kind == "name" or self.has("$") else None

    def subscript(self) -> list[Node]:
        self.need("[")
        items = [self.expression()]
        while self.take(","):
            self.newlines()
            items.append(self.expression())
        self.need("]")
        return items

    def arguments(self) -> list[Node]:
        self.need("(")
        saved, self.no_gt = self.no_gt, False
        items = []
        self.newlines()
        while not self.has(")"):
            items.append(self.expression())
            self.newlines()
            if not self.take(","):
                break
            self.newlines()
        self.need(")")
        self.no_gt = saved
        return items

    def primary(self) -> Node:
        kind, value = self.kind, self.value
        if kind == "number":
            self.advance()
            return ("number", float(int(value, 16)) if value[:2] in ("0x", "0X") else float(value))
        if kind == "string":
            self.advance()
            return ("string", unescape(value[1:-1]))
        if kind == "name":
            self.advance()
            return ("elem", value, self.subscript()) if self.has("[") else ("var", value)
        if kind == "funcname":
            self.advance()
            return ("call", value, self.arguments())
        if kind == "builtin":
            self.advance()
            return ("builtin", value, self.arguments() if self.has("(") else None)
        if self.has("/", "/="):
            return self.regex()
        if self.take("$"):
            if self.has("++", "--"):
                return ("field", self.increment())
            if self.has("-", "+", "!"):
                return ("field", self.unary())
            return ("field", self.primary())
        if self.take("("):
            return self.group()
        if self.take("getline"):
            target = self.target()
            if self.take("<"):
                return ("getline", "<", self.power(), target)
            return ("getline", "", None, target)
        if self.has("-", "+", "!"):
            return self.unary()
        return self.fail()

    def group(self) -> Node:
        saved, self.no_gt = self.no_gt, False
        items = [self.expression()]
        while self.take(","):
            self.newlines()
            items.append(self.expression())
        self.newlines()
        self.need(")")
        self.no_gt = saved
        return ("grouping", items) if len(items) > 1 else ("group", items[0])

    def regex(self) -> Node:
        found = re.compile(r"((?:[^/\\\n\[]|\\.|\[\^?\]?(?:[^\]\n\\]|\\.|\[:\w+:\])*\]|\[)*)/").match(
            self.text, self.start + 1
        )
        if found is None:
            self.fail()
        self.at = found.end()
        self.advance()
        return ("regex", found[1].replace("\\/", "/"))


def parse_program(text: str) -> Parser:
    """The rules and functions of a program. Raises :class:`BadProgram`."""
    return Parser(text).program()
