"""Attributes and calls."""

from __future__ import annotations

import ast
from collections.abc import Generator
from typing import Any

from dockersim.userland.process import Steps
from dockersim.userland.programs.languages.python.expressions import Expressions
from dockersim.userland.programs.languages.python.formatting import format_text
from dockersim.userland.programs.languages.python.operators import check_size, guarded, type_name
from dockersim.userland.programs.languages.python.values import (
    METHODS,
    ExceptionClass,
    Function,
    Native,
    Object,
    Raised,
    Scope,
)

DEPTH = 60
"""Calls within calls that are followed; each takes several of the host's."""


class Return(Exception):
    """``return``"""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Calls(Expressions):
    """Finds what a name behind a dot means, and calls functions."""

    def run(self, body: list[ast.stmt], scope: Scope) -> Steps:
        """Run statements one after the other; the statements' part."""
        raise NotImplementedError

    def attribute(self, holder: Any, name: str) -> Any:
        """``holder.name``."""
        if isinstance(holder, Object):
            if name in holder.attributes:
                return holder.attributes[name]
            if holder.kind == "module":
                raise Raised("AttributeError", f"module '{holder.text}' has no attribute '{name}'")
        if isinstance(holder, str) and name == "format":
            return Native("format", lambda interpreter, arguments, keywords: format_text(holder, arguments, keywords))
        if isinstance(holder, list) and name == "sort":
            return Native("sort", lambda interpreter, arguments, keywords: interpreter.sort(holder, keywords))
        for kind, names in METHODS.items():
            if type(holder) is kind and name in names:
                return Native(name, lambda interpreter, arguments, keywords: _method(holder, name, arguments, keywords))
        if isinstance(holder, Function | ExceptionClass) and name == "__name__":
            return holder.name
        raise Raised("AttributeError", f"'{type_name(holder)}' object has no attribute '{name}'")

    def sort(self, items: list[Any], keywords: dict[str, Any]) -> Steps:
        """``list.sort``."""
        items[:] = yield from self.in_order(items, keywords)

    def in_order(self, items: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, list[Any]]:
        """``sorted``."""
        keys = []
        for item in items:
            keys.append((yield from self.invoke(keywords["key"], [item], {})) if keywords.get("key") else item)
        order = guarded(lambda: sorted(range(len(items)), key=keys.__getitem__, reverse=bool(keywords.get("reverse"))))
        return [items[at] for at in order]

    def invoke(self, function: Any, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, Any]:
        """Call anything that can be called."""
        if isinstance(function, Native):
            result = function.call(self, arguments, keywords)
            return (yield from result) if isinstance(result, Generator) else result
        if isinstance(function, ExceptionClass):
            text = ", ".join(map(str, arguments))
            return thrown(function, tuple(arguments), text)
        if not isinstance(function, Function):
            raise Raised("TypeError", f"'{type_name(function)}' object is not callable")
        scope = _bound(function, arguments, keywords)
        if self.depth >= DEPTH:
            raise Raised("RuntimeError", "maximum recursion depth exceeded (the simulator follows 60 calls)")
        self.depth += 1
        try:
            yield from self.run(function.body, scope)
        except Return as returned:
            return returned.value
        except Raised as raised:
            if raised.trail:
                line, _ = raised.trail[-1]
                raised.trail[-1] = line, function.name
            raise
        finally:
            self.depth -= 1
        return None


def thrown(kind: ExceptionClass, arguments: tuple[Any, ...], text: str) -> Object:
    """An exception as a value."""
    return Object(kind.name, {"class": kind, "args": arguments}, text)


def _method(holder: Any, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if name in ("ljust", "rjust", "center", "zfill") and arguments and isinstance(arguments[0], int):
        check_size(arguments[0])
    if name in ("replace", "join") and len(holder) > 1 << 16:
        raise Raised("MemoryError")
    result = guarded(lambda: getattr(holder, name)(*arguments, **keywords))
    return list(result) if type(result).__name__ in ("dict_keys", "dict_values", "dict_items") else result


def _bound(function: Function, arguments: list[Any], keywords: dict[str, Any]) -> Scope:
    """The parameters of a call, as the names of a new scope."""
    scope = Scope(function.scope)
    names = function.names
    if len(arguments) > len(names):
        count = f"{len(names)} positional argument{'' if len(names) == 1 else 's'} but {len(arguments)}"
        were = "was" if len(arguments) == 1 else "were"
        raise Raised("TypeError", f"{function.name}() takes {count} {were} given")
    tail = names[len(names) - len(function.defaults) :] if function.defaults else []
    scope.names = dict(zip(tail, function.defaults, strict=True))
    scope.names |= dict(zip(names, arguments, strict=False)) | keywords
    missing = [name for name in names if name not in scope.names]
    if missing:
        shown = " and ".join(f"'{name}'" for name in missing)
        plural = "" if len(missing) == 1 else "s"
        words = f"{function.name}() missing {len(missing)} required positional argument{plural}: {shown}"
        raise Raised("TypeError", words)
    return scope
