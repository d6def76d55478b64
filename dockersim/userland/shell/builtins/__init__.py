"""The builtin commands. A module is imported when one of its builtins is first used.

A builtin is a function of the shell and its argument vector, name included; it returns the exit status, or it is a
generator function where it may have to wait.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Builtin = Callable[..., Any]

SPECIAL = frozenset(
    "break : continue . eval exec exit export readonly return set shift times trap unset source".split()
)
"""The special builtins (XCU 2.14): found before functions, their errors end a script."""

_MODULES = {
    "core": ": true false echo cd chdir pwd exit return break continue shift set export readonly unset",
    "run": "eval . source exec command builtin",
    "naming": "type hash alias unalias",
    "getopts": "getopts",
    "traps": "trap",
    "text": "read printf mapfile readarray",
    "process": "wait jobs fg bg kill umask ulimit times disown suspend",
    "bash": "local declare typeset let shopt history dirs pushd popd caller help enable bind complete compgen logout",
}
_ASH_LACKS = frozenset(
    "readarray mapfile caller shopt dirs pushd popd enable bind complete compgen logout builtin disown suspend declare "
    "typeset".split()
)
_DASH_LACKS = _ASH_LACKS | frozenset(("source", "let", "history", "help", "[["))
_NAMES = {name: module for module, names in _MODULES.items() for name in names.split()}
_FUNCTIONS = {
    ":": "true",
    ".": "source",
    "chdir": "cd",
    "typeset": "declare",
    "readarray": "mapfile",
    "logout": "exit",
}
_loaded: dict[str, dict[str, Builtin]] = {"bash": {}, "ash": {}, "dash": {}}


def names(flavour: str) -> list[str]:
    """The builtins of ``flavour``."""
    lacking = _ASH_LACKS if flavour == "ash" else _DASH_LACKS if flavour == "dash" else frozenset(("chdir",))
    found = {name for name in _NAMES if name not in lacking} | {"test", "["}
    return sorted(found | {"[["} if flavour == "ash" else found)


def builtin(shell: Shell, name: str) -> Builtin | None:
    """The builtin ``name`` of the shell's flavour."""
    loaded = _loaded[shell.flavour]
    if name in loaded:
        return loaded[name]
    if name in ("test", "[") or (name == "[[" and shell.flavour == "ash"):
        from dockersim.userland.shell.condition import test

        loaded[name] = test
        return test
    module = _NAMES.get(name)
    if module is None or name not in names(shell.flavour):
        return None
    function = _FUNCTIONS.get(name, name)
    found: Builtin = getattr(import_module(f"{__name__}.{module}"), f"{function}_")
    loaded[name] = found
    return found
