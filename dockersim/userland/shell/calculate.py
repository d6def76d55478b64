"""Arithmetic on a shell's variables (XCU 2.6.4), its errors in the words of the flavour."""

from __future__ import annotations

import re
from typing import Any

from dockersim.userland.shell.state import Assoc, ShellError, State

_ASH_ARITHMETIC = {"zero": "divide by zero", "exponent": "exponent less than 0"}
_BASH_ARITHMETIC = {
    "zero": "division by 0",
    "base": "value too great for base",
    "exponent": "exponent less than 0",
    "depth": "expression recursion level exceeded",
}


class Calculator(State):
    """A shell's memory that expressions can read and change (:class:`arith.Memory`)."""

    def unbound(self, name: str) -> None:
        """Refuse an unset parameter. Raises :class:`ShellError`."""
        message = "unbound variable" if self.bash else "parameter not set"
        raise ShellError(f"{name}: {message}", self.unset_status(), fatal=True)

    def unset_status(self) -> int:
        """The exit status of a shell that met an unset parameter: bash has 127 for the main shell of ``-c``."""
        if not self.bash:
            return 2
        return 127 if "c" in self.options and "e" not in self.options and self.p.pid == self.main_pid else 1

    def calculate(self, text: str) -> int:
        """The value of an arithmetic expression, its errors in the words of the flavour."""
        from dockersim.userland.shell import arith

        try:
            return arith.evaluate(text, self, self.flavour == "dash")
        except arith.ArithError as error:
            raise ShellError(self._arithmetic_words(error, text), 1 if self.bash else 2) from None

    def _arithmetic_words(self, error: Any, text: str) -> str:
        what, rest = error.what, error.rest
        if self.flavour == "ash":
            return _ASH_ARITHMETIC.get(what, "arithmetic syntax error")
        if self.flavour == "dash":
            words = {"zero": "division by zero", "base": "expecting EOF"}.get(what, "")
            words = words or ("expecting EOF" if rest.strip() else "expecting primary")
            return f'arithmetic expression: {words}: "{text}"'
        text = text.lstrip()
        if what == "syntax":
            if not rest.strip():
                rest = re.search(r"(?:\W\s*)?$", text).group()  # type: ignore[union-attr]
            if rest[:1].isalnum() or rest[:1] == "_":
                return f'{text}: syntax error in expression (error token is "{rest}")'
            if not rest or rest[0] in "+-*/%&|^<>=!?:), ":
                return f'{text}: syntax error: operand expected (error token is "{rest}")'
            return f'{text}: syntax error: invalid arithmetic operator (error token is "{rest}")'
        return f'{text}: {_BASH_ARITHMETIC[what]} (error token is "{rest}")'

    def number(self, name: str, key: str | None, depth: int) -> int:
        """A variable as a number, as arithmetic reads it (:class:`arith.Memory`)."""
        from dockersim.userland.shell import arith

        if key is not None:
            value = self._cell(name, key)
        else:
            value = self.get(name)
            if value is None and self.bash and "u" in self.options:
                self.unbound(name)
        if not value:
            return 0
        digits = value[1:] if value[0] == "-" else value
        if digits.isdigit() and digits[0] != "0" and len(digits) < 19:
            return int(value)
        if self.flavour == "dash":
            try:
                return arith.evaluate(value, _NoNames(), True, depth + 1)
            except arith.ArithError:
                raise ShellError(f"Illegal number: {value}") from None
        return arith.evaluate(value, self, False, depth + 1)

    def _cell(self, name: str, key: str) -> str | None:
        value = self.vars.get(name)
        if type(value) is Assoc:
            return value.get(key)
        index = self.calculate(key)
        if isinstance(value, dict):
            item: str | None = value.get(index)
            return item
        return self.get(name) if index == 0 else None

    def assign(self, name: str, key: str | None, value: int) -> None:
        """``name = value``, or an element of an array."""
        if key is None:
            self.set(name, str(value))
            return
        array = self.element(name)
        array[key if type(array) is Assoc else self.calculate(key)] = str(value)


class _NoNames:
    """dash does not follow names that are found in variables."""

    def number(self, name: str, key: str | None, depth: int) -> int:
        from dockersim.userland.shell.arith import ArithError

        raise ArithError("syntax", name)

    def assign(self, name: str, key: str | None, value: int) -> None:
        raise NotImplementedError
