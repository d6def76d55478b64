"""How a module of ours is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.userland.process import Exited
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.values import ExceptionClass, Native, Object, Raised

VERSION = "3.13.11"


def version_of(p: Any) -> str:
    """The interpreter's version, from the image's ``PYTHON_VERSION``."""
    return str(p.env.get("PYTHON_VERSION", VERSION))


def module(title: str, /, **attributes: Any) -> Object:
    """A module of ours."""
    wrapped = {
        key: Native(key, value)
        if callable(value) and not isinstance(value, Native | Object | ExceptionClass)
        else value
        for key, value in attributes.items()
    }
    return Object("module", wrapped, title)


def plain(function: Callable[..., Any]) -> Callable[[Interpreter, list[Any], dict[str, Any]], Any]:
    """A function of values only."""

    def call(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            return function(*arguments, **keywords)
        except (TypeError, ValueError, OverflowError) as error:
            raise Raised("TypeError" if isinstance(error, TypeError) else "ValueError", str(error)) from None

    return call


def leave(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """``sys.exit``."""
    status = arguments[0] if arguments else 0
    if isinstance(status, str):
        interpreter.write(2, f"{status}\n")
        status = 1
    raise Exited(int(status or 0))
