"""bc: numbers with a scale, variables, if, while and for, functions of the standard library."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Context, Decimal, DecimalException, InvalidOperation
from typing import Any

from dockersim.userland.process import Process
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.support import Inputs, Steps

TOKEN = re.compile(
    r'(?:(\d+\.?\d*|\.\d+)|([A-Za-z_]\w*)|("[^"]*")|(\+\+|--|[-+*/%^]=|[<>=!]=|&&|\|\||[-+*/%^=<>(){};,!\n]))'
)
CONTEXT = Context(prec=400, rounding=ROUND_DOWN)
OPERATORS = {
    "||": 1,
    "&&": 2,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "==": 4,
    "!=": 4,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
    "^": 9,
}


class BadInput(Exception):
    """What bc cannot read or do."""


class Calculator:
    """Runs statements; results go to ``show``."""

    def __init__(self, scale: int, show: Any) -> None:
        self.variables: dict[str, Decimal] = {
            "scale": Decimal(scale),
            "ibase": Decimal(10),
            "obase": Decimal(10),
            "last": Decimal(0),
        }
        self.show = show
        self.tokens: list[str] = []
        self.at = 0

    @property
    def scale(self) -> int:
        return int(self.variables["scale"])

    def run(self, text: str) -> None:
        text = re.sub(r"/\*.*?\*/|#[^\n]*", "", text, flags=re.DOTALL).replace("\\\n", "")
        self.tokens = []
        at = 0
        while at < len(text):
            if text[at] in " \t\r":
                at += 1
                continue
            found = TOKEN.match(text, at)
            if found is None:
                raise BadInput("syntax error")
            self.tokens.append(found[0])
            at = found.end()
        self.at = 0
        while self.at < len(self.tokens):
            if self.peek() in ("\n", ";"):
                self.at += 1
                continue
            self.statement(True)

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, token: str) -> bool:
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def need(self, token: str) -> None:
        if not self.take(token):
            raise BadInput("syntax error")

    def statement(self, active: bool) -> None:
        token = self.peek()
        if token.startswith('"'):
            self.at += 1
            if active:
                self.show(token[1:-1])
        elif token == "{":
            self.at += 1
            while not self.take("}"):
                if not self.peek():
                    raise BadInput("syntax error")
                if self.peek() in ("\n", ";"):
                    self.at += 1
                else:
                    self.statement(active)
        elif token == "if":
            self.at += 1
            self.need("(")
            chosen = bool(self.expression())
            self.need(")")
            self.statement(active and chosen)
            while self.peek() in ("\n", ";") and "else" in self.tokens[self.at : self.at + 2]:
                self.at += 1
            if self.take("else"):
                self.statement(active and not chosen)
        elif token in ("while", "for"):
            self.loop(token, active)
        elif token in ("quit", "halt"):
            if active:
                raise EOFError
            self.at += 1
        else:
            bare = not (
                re.match(r"[A-Za-z_]", token)
                and self.tokens[self.at + 1 : self.at + 2] in (["="], ["+="], ["-="], ["*="], ["/="], ["%="], ["^="])
            )
            value = self.expression()
            if active and bare:
                self.variables["last"] = value
                self.show(self.text(value) + "\n")

    def loop(self, word: str, active: bool) -> None:
        self.at += 1
        self.need("(")
        if word == "for":
            self.expression()
            self.need(";")
        start = self.at
        for _ in range(100_000):
            self.at = start
            chosen = bool(self.expression())
            step = 0
            if word == "for":
                self.need(";")
                step = self.at
                depth = 1
                while depth:
                    depth += {"(": 1, ")": -1}.get(self.peek(), 0)
                    if not self.peek():
                        raise BadInput("syntax error")
                    self.at += 1
            else:
                self.need(")")
            self.statement(active and chosen)
            if not (active and chosen):
                return
            if step:
                end, self.at = self.at, step
                self.expression()
                self.at = end
        raise BadInput("too many rounds")

    def expression(self, least: int = 0) -> Decimal:
        left = self.unary()
        while True:
            operator = self.peek()
            level = OPERATORS.get(operator, 0)
            if not level or level <= least:
                return left
            self.at += 1
            right = self.expression(level if operator != "^" else level - 1)
            left = self.apply(left, operator, right)

    def unary(self) -> Decimal:
        if self.take("-"):
            return -self.expression(8)
        if self.take("!"):
            return Decimal(0 if self.expression(3) else 1)
        token = self.peek()
        self.at += 1
        if token == "(":
            value = self.expression()
            self.need(")")
            return value
        if re.match(r"[\d.]", token):
            return Decimal(token)
        if token in ("++", "--"):
            name = self.peek()
            self.at += 1
            return self.store(name, self.variables.get(name, Decimal(0)) + (1 if token == "++" else -1))
        if re.match(r"[A-Za-z_]", token):
            return self.name(token)
        raise BadInput("syntax error")

    def store(self, name: str, value: Decimal) -> Decimal:
        if name in ("ibase", "obase") and not 2 <= value <= 16:
            raise BadInput(f"{name} must be from 2 to 16")
        self.variables[name] = value
        return value

    def name(self, name: str) -> Decimal:
        if self.take("("):
            value = self.expression()
            self.need(")")
            return self.function(name, value)
        if self.take("="):
            return self.store(name, self.expression())
        for operator in ("+=", "-=", "*=", "/=", "%=", "^="):
            if self.take(operator):
                return self.store(
                    name, self.apply(self.variables.get(name, Decimal(0)), operator[0], self.expression())
                )
        value = self.variables.get(name, Decimal(0))
        for operator, step in (("++", 1), ("--", -1)):
            if self.take(operator):
                self.variables[name] = value + step
        return value

    def function(self, name: str, value: Decimal) -> Decimal:
        digits = self.scale
        if name == "sqrt":
            if value < 0:
                raise BadInput("square root of a negative number")
            return self.cut(CONTEXT.sqrt(value), max(digits, self.places(value)))
        if name == "length":
            return Decimal(len(value.as_tuple().digits))
        if name == "scale":
            return Decimal(self.places(value))
        import math

        calls = {"s": math.sin, "c": math.cos, "a": math.atan, "l": math.log, "e": math.exp}
        if name == "l":
            return self.cut(CONTEXT.ln(value), digits)
        if name == "e":
            return self.cut(CONTEXT.exp(value), digits)
        if name in calls:
            if name == "a" and value == 1:
                return self.cut(_quarter_pi(digits + 5), digits)
            return self.cut(Decimal(calls[name](float(value))), digits)
        raise BadInput(f"Function {name} not defined.")

    @staticmethod
    def places(value: Decimal) -> int:
        return max(0, -int(value.as_tuple().exponent))

    @staticmethod
    def cut(value: Decimal, digits: int) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN, context=CONTEXT)

    def apply(self, left: Decimal, operator: str, right: Decimal) -> Decimal:
        digits = self.scale
        if operator in ("+", "-"):
            return CONTEXT.add(left, right if operator == "+" else -right)
        if operator == "*":
            a, b = self.places(left), self.places(right)
            return self.cut(CONTEXT.multiply(left, right), min(a + b, max(digits, a, b)))
        if operator in ("/", "%"):
            if not right:
                raise BadInput("Divide by zero")
            quotient = self.cut(CONTEXT.divide(left, right), digits)
            if operator == "/":
                return quotient
            return self.cut(left - quotient * right, max(digits + self.places(right), self.places(left)))
        if operator == "^":
            power = int(right)
            if abs(power) > 5000:
                raise BadInput("exponent too large")
            value = CONTEXT.power(left, abs(power))
            if power < 0:
                return self.cut(CONTEXT.divide(Decimal(1), value), digits)
            a = self.places(left)
            return self.cut(value, min(a * power, max(digits, a)))
        truth = {
            "<": left < right,
            ">": left > right,
            "<=": left <= right,
            ">=": left >= right,
            "==": left == right,
            "!=": left != right,
            "&&": bool(left and right),
            "||": bool(left or right),
        }
        return Decimal(int(truth[operator]))

    def text(self, value: Decimal) -> str:
        base = int(self.variables["obase"])
        if base != 10:
            whole = int(value)
            digits = ""
            rest = abs(whole)
            while rest or not digits:
                rest, digit = divmod(rest, base)
                digits = "0123456789ABCDEF"[digit] + digits
            return ("-" if whole < 0 else "") + digits
        text = f"{value:f}"
        if not value:
            return "0"
        text = re.sub(r"^(-?)0\.", r"\1.", text)
        return "\\\n".join(text[at : at + 68] for at in range(0, len(text), 68)) if len(text) > 69 else text


def _quarter_pi(digits: int) -> Decimal:
    """Machin: pi/4 = 4 atan(1/5) - atan(1/239)."""
    unity: int = 10 ** (digits + 5)

    def arctan(inverse: int) -> int:
        term: int = unity // inverse
        total = term
        number, sign = 3, -1
        while term:
            term //= inverse * inverse
            total += sign * (term // number)
            number, sign = number + 2, -sign
        return total

    return Decimal(4 * arctan(5) - arctan(239)).scaleb(-(digits + 5), CONTEXT)


def bc(p: Process) -> Steps:
    options = parse(p, "lqsiwe:", "mathlib=l quiet=q standard=s interactive=i warn=w expression:=e")
    calculator = Calculator(20 if "l" in options else 0, p.out)
    texts = options.all("e")
    if options.operands:
        inputs = Inputs(p, options.operands, gnu="File NAME is unavailable.")
        texts.append((yield from inputs.content()).decode("utf-8", "replace"))
    lines = p.lines(0)
    held = ""
    while True:
        if texts:
            held += texts.pop(0) + "\n"
        else:
            line = yield from lines.next()
            if not line:
                break
            held += line.decode("utf-8", "replace")
        if held.count("{") > held.count("}") or held.endswith("\\\n"):
            continue
        text, held = held, ""
        try:
            calculator.run(text)
        except EOFError:
            return 0
        except BadInput as error:
            kind = "standard_in" if "syntax" in str(error) else "Runtime error (func=(main), adr=3)"
            p.err(f"({kind}) 1: {error}\n" if "syntax" in str(error) else f"{kind}: {error}\n")
        except (DecimalException, InvalidOperation, RecursionError, ValueError, OverflowError):
            p.err("Runtime error (func=(main), adr=3): out of range\n")
        yield from p.flush()
        if p.charge(1e-4):
            yield from p.pay()
    return 0
