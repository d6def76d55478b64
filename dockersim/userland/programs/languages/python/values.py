"""What interpreted programs hold besides numbers, strings and containers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any


class Unsimulated(Exception):
    """Something that this interpreter does not run; ``line`` is where."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


class ExceptionClass:
    """A class of exceptions, with its parent."""

    __slots__ = ("name", "parent")

    def __init__(self, name: str, parent: ExceptionClass | None = None) -> None:
        self.name = name
        self.parent = parent

    def is_a(self, other: ExceptionClass) -> bool:
        one: ExceptionClass | None = self
        while one is not None:
            if one is other:
                return True
            one = one.parent
        return False

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


BASE = ExceptionClass("Exception")
_ARITHMETIC = ExceptionClass("ArithmeticError", BASE)
_LOOKUP = ExceptionClass("LookupError", BASE)
OS_ERROR = ExceptionClass("OSError", BASE)
CONNECTION_ERROR = ExceptionClass("ConnectionError", OS_ERROR)
EXCEPTIONS = {
    one.name: one
    for one in (
        BASE,
        _ARITHMETIC,
        _LOOKUP,
        OS_ERROR,
        CONNECTION_ERROR,
        ExceptionClass("ZeroDivisionError", _ARITHMETIC),
        ExceptionClass("KeyError", _LOOKUP),
        ExceptionClass("IndexError", _LOOKUP),
        ExceptionClass("ValueError", BASE),
        ExceptionClass("TypeError", BASE),
        ExceptionClass("NameError", BASE),
        ExceptionClass("AttributeError", BASE),
        ExceptionClass("RuntimeError", BASE),
        ExceptionClass("NotImplementedError", BASE),
        ExceptionClass("AssertionError", BASE),
        ExceptionClass("MemoryError", BASE),
        ExceptionClass("EOFError", BASE),
        ExceptionClass("ModuleNotFoundError", ExceptionClass("ImportError", BASE)),
        ExceptionClass("FileNotFoundError", OS_ERROR),
        ExceptionClass("PermissionError", OS_ERROR),
        ExceptionClass("ConnectionRefusedError", CONNECTION_ERROR),
        ExceptionClass("KeyboardInterrupt"),
    )
}
EXCEPTIONS["ImportError"] = EXCEPTIONS["ModuleNotFoundError"].parent or BASE


class Raised(Exception):
    """An exception of the interpreted program on its way; ``trail`` gathers (line, function) outwards."""

    def __init__(self, kind: ExceptionClass | str, *arguments: Any) -> None:
        super().__init__()
        self.kind = EXCEPTIONS[kind] if isinstance(kind, str) else kind
        self.arguments = arguments
        self.trail: list[tuple[int, str]] = []

    def __str__(self) -> str:
        if self.kind.name == "KeyError" and len(self.arguments) == 1:
            return repr(self.arguments[0])
        return ", ".join(map(str, self.arguments)) if len(self.arguments) < 2 else repr(self.arguments)

    def __repr__(self) -> str:
        return f"{self.kind.name}({', '.join(map(repr, self.arguments))})"


class Function:
    """A function that the program defined."""

    __slots__ = ("body", "defaults", "name", "names", "scope")

    def __init__(self, name: str, arguments: ast.arguments, body: list[ast.stmt], scope: Scope, defaults: list[Any]):
        self.name = name
        self.names = [argument.arg for argument in arguments.args]
        self.defaults = defaults
        self.body = body
        self.scope = scope

    def __repr__(self) -> str:
        return f"<function {self.name} at 0x7f1c2a3b4c50>"


class Native:
    """A function of ours: ``call(interpreter, arguments, keywords)`` gives the value, or steps that do."""

    __slots__ = ("call", "name")

    def __init__(self, name: str, call: Callable[[Any, list[Any], dict[str, Any]], Any]) -> None:
        self.name = name
        self.call = call

    def __repr__(self) -> str:
        return f"<built-in function {self.name}>"


class Object:
    """A thing with attributes: a module, an application, a client."""

    __slots__ = ("attributes", "kind", "text")

    def __init__(self, kind: str, attributes: dict[str, Any] | None = None, text: str = "") -> None:
        self.kind = kind
        self.attributes = attributes if attributes is not None else {}
        self.text = text

    def __repr__(self) -> str:
        return self.text or f"<{self.kind} object at 0x7f1c2a3b4c50>"


class Scope:
    """Names, with the scope around."""

    __slots__ = ("globals", "names", "outer")

    def __init__(self, outer: Scope | None = None) -> None:
        self.names: dict[str, Any] = {}
        self.outer = outer
        self.globals: set[str] = set()

    def find(self, name: str) -> Scope | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.outer
        return None

    def top(self) -> Scope:
        scope = self
        while scope.outer is not None and scope.outer.outer is not None:
            scope = scope.outer
        return scope

    def assign(self, name: str, value: Any) -> None:
        (self.top() if name in self.globals else self).names[name] = value


METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        "upper lower strip lstrip rstrip split rsplit join replace startswith endswith find count title capitalize "
        "isdigit isalpha isspace splitlines zfill ljust rjust center encode index swapcase partition".split()
    ),
    bytes: frozenset("decode strip split startswith endswith hex".split()),
    list: frozenset("append extend insert remove pop index count reverse clear copy".split()),
    dict: frozenset("get keys values items pop update setdefault clear copy".split()),
    set: frozenset("add remove discard union intersection difference clear copy".split()),
    tuple: frozenset("index count".split()),
    int: frozenset("bit_length".split()),
    float: frozenset("is_integer".split()),
}
MAX_SIZE = 1 << 24
"""Elements or characters that one value may have."""
