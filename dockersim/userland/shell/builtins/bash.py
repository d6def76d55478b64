"""Builtins that only bash has, or that most scripts do without: declare, local, let, shopt, history, directories."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.userland.shell.arrays import Declared, assign_other, set_text
from dockersim.userland.shell.builtins.core import bad_name, change_directory
from dockersim.userland.shell.state import Assoc, ShellError
from dockersim.userland.shell.syntax.ast import Assign
from dockersim.userland.shell.syntax.words import is_name
from dockersim.userland.shell.xtrace import double_quoted, reusable

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def local_(shell: Shell, argv: Sequence[str]) -> Run | int:
    if not shell.scopes:
        if shell.bash:
            return shell.complain("can only be used in a function", "local")
        raise ShellError("not in a function", 2, "local")
    if shell.bash:
        return declare_(shell, argv)
    for arg in argv[1:]:
        name, equals, value = arg.partition("=")
        if name == "-":
            continue
        if not is_name(name):
            return bad_name(shell, "local", name)
        shell.make_local(name)
        if equals:
            shell.set(name, value)
        elif shell.flavour == "ash":
            shell.vars.pop(name, None)
    return 0


def declare_(shell: Shell, argv: Sequence[str]) -> Run:
    on, off, args = set[str](), set[str](), list(argv[1:])
    while args and args[0][:1] in ("-", "+") and len(args[0]) > 1:
        option = args.pop(0)
        if option == "--":
            break
        (on if option[0] == "-" else off).update(option[1:])
        for letter in option[1:]:
            if letter not in "aAfFgilnprtuxI":
                shell.complain(f"{option}: invalid option", argv[0])
                return 2
    if "f" in on or "F" in on:
        return _show_functions(shell, args, "F" in on)
    if "p" in on or (not args and argv[0] != "local"):
        return _show(shell, args or sorted(shell.vars))
    for arg in args:
        name, equals, value = arg.partition("=")
        append = name.endswith("+")
        name = name.removesuffix("+")
        if not is_name(name):
            return bad_name(shell, argv[0], arg)
        if shell.scopes and "g" not in on:
            shell.make_local(name)
            if not equals and not isinstance(arg, Declared) and argv[0] == "local":
                shell.vars.pop(name, None)
        _attributes(shell, name, on, off)
        if isinstance(arg, Declared):
            yield from assign_other(shell, arg.assign)
        elif equals:
            _give(shell, name, value, append, "n" in on)
        if "r" in on:
            shell.readonly.add(name)
    return 0


def _give(shell: Shell, name: str, value: str, append: bool, reference: bool) -> None:
    if reference:
        shell.references[name] = value
        shell.vars.pop(name, None)
    else:
        set_text(shell, name, value, append)


def _attributes(shell: Shell, name: str, on: set[str], off: set[str]) -> None:
    if "A" in on and type(shell.vars.get(name)) is not Assoc:
        shell.vars[name] = Assoc()
    elif "a" in on and not isinstance(shell.vars.get(name), dict):
        shell.vars[name] = {0: shell.vars[name]} if name in shell.vars else {}
    for letter, names in (("x", shell.exported), ("i", shell.integer)):
        if letter in on:
            names.add(name)
        elif letter in off:
            names.discard(name)
    for letter in "ul":
        if letter in on:
            shell.casing[name] = letter


def assign_now(shell: Shell, assign: Assign) -> None:
    """``export name=(...)``: the values hold no command that could make anyone wait."""
    for _ in assign_other(shell, assign):
        raise ShellError(f"{assign.name}: cannot be assigned here", 1)


def array_text(value: dict[Any, str]) -> str:
    """An array as ``declare -p`` shows it."""
    keys = list(value) if type(value) is Assoc else sorted(value)
    shown = " ".join(f"[{key}]={double_quoted(value[key])}" for key in keys)
    return f"({shown}{' ' if type(value) is Assoc and shown else ''})"


def _show(shell: Shell, names: Sequence[str]) -> int:
    status = 0
    for name in names:
        if name not in shell.vars:
            status = shell.complain(f"{name}: not found", "declare")
            continue
        value = shell.vars[name]
        letters = "A" if type(value) is Assoc else "a" if isinstance(value, dict) else ""
        letters += "i" if name in shell.integer else ""
        letters += "r" if name in shell.readonly else ""
        letters += shell.casing.get(name, "")
        letters += "x" if name in shell.exported else ""
        shown = array_text(value) if isinstance(value, dict) else double_quoted(value)
        shell.p.out(f"declare -{letters or '-'} {name}={shown}\n")
    return status


def _show_functions(shell: Shell, names: Sequence[str], only_names: bool) -> int:
    status = 0
    for name in names or sorted(shell.functions):
        if name not in shell.functions:
            status = 1
        elif only_names:
            shell.p.out(f"{name}\n" if names else f"declare -f {name}\n")
        else:
            shell.p.out(shell.functions[name].source + "\n")
    return status


def backslashed(text: str) -> str:
    """``printf %q``"""
    if not text:
        return "''"
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        return reusable(text)
    return re.sub(r"([^A-Za-z0-9_@%+=:./^-])", r"\\\1", text) if text.isascii() else text


def let_(shell: Shell, argv: Sequence[str]) -> int:
    if len(argv) < 2:
        return shell.complain("expression expected" if shell.bash else "argument expected", "let")
    value = 0
    for text in argv[1:]:
        try:
            value = shell.calculate(text)
        except ShellError as error:
            if not shell.bash:
                raise
            return shell.complain(error.message, "let")
    return int(value == 0)


_SHOPTS = (
    "autocd cdspell checkwinsize cmdhist dotglob execfail expand_aliases extglob failglob globstar histappend "
    "inherit_errexit interactive_comments lastpipe login_shell nocaseglob nocasematch nullglob sourcepath xpg_echo"
).split()


def shopt_(shell: Shell, argv: Sequence[str]) -> int:
    flags = "".join(arg[1:] for arg in argv[1:] if arg.startswith("-"))
    names = [arg for arg in argv[1:] if not arg.startswith("-")]
    status = 0
    for name in names or ([] if "s" in flags or "u" in flags else _SHOPTS):
        if name not in _SHOPTS:
            status = shell.complain(f"{name}: invalid shell option name", "shopt")
        elif "s" in flags:
            shell.shopts.add(name)
        elif "u" in flags:
            shell.shopts.discard(name)
        else:
            on = name in shell.shopts
            status = int(not on) if names else 0
            if "q" not in flags:
                shell.p.out(f"{name:<15}\t{'on' if on else 'off'}\n")
    return status


def history_(shell: Shell, argv: Sequence[str]) -> int:
    if argv[1:2] == ["-c"] or list(argv[1:2]) == ["-c"]:
        shell.history.clear()
        return 0
    count = int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else len(shell.history)
    first = max(0, len(shell.history) - count)
    for number in range(first, len(shell.history)):
        if shell.bash:
            shell.p.out(f"{number + 1:5d}  {shell.history[number]}\n")
        else:
            shell.p.out(f"{number:4d} {shell.history[number]}\n")
    return 0


def enable_(shell: Shell, argv: Sequence[str]) -> int:
    from dockersim.userland.shell.builtins import names

    if len(argv) == 1:
        shell.p.out("".join(f"enable {name}\n" for name in names(shell.flavour)))
    return 0


def help_(shell: Shell, argv: Sequence[str]) -> int:
    from dockersim.userland.shell.builtins import names

    shell.p.out("Built-in commands:\n------------------\n")
    line = "\t"
    for name in names(shell.flavour):
        if len(line) + len(name) > 70:
            shell.p.out(line.rstrip() + "\n")
            line = "\t"
        line += name + " "
    shell.p.out(line.rstrip() + "\n")
    return 0


def _accept(shell: Shell, argv: Sequence[str]) -> int:
    """Line editing and programmable completion are the terminal's: their settings are taken and have no effect."""
    return 0


bind_ = complete_ = compgen_ = _accept


def caller_(shell: Shell, argv: Sequence[str]) -> int:
    if not shell.call_names:
        return 1
    name = shell.call_names[-2] if len(shell.call_names) > 1 else "main"
    shell.p.out(f"{shell.line} {name} {shell.arg0}\n" if len(argv) > 1 else f"{shell.line} {shell.arg0}\n")
    return 0


# ---- the directory stack


def dirs_(shell: Shell, argv: Sequence[str]) -> int:
    if "-c" in argv:
        shell.directories.clear()
        return 0
    home = shell.get("HOME") or ""
    shown = [
        "~" + path[len(home) :] if home and (path == home or path.startswith(home + "/")) and "-l" not in argv else path
        for path in (shell.p.cwd, *shell.directories)
    ]
    if "-v" in argv:
        shell.p.out("".join(f"{number:2d}  {path}\n" for number, path in enumerate(shown)))
    else:
        shell.p.out(("\n" if "-p" in argv else " ").join(shown) + "\n")
    return 0


def pushd_(shell: Shell, argv: Sequence[str]) -> int:
    here = shell.p.cwd
    if len(argv) < 2:
        if not shell.directories:
            return shell.complain("no other directory", "pushd")
        target = shell.directories.pop(0)
    elif match := re.fullmatch(r"([-+])([0-9]+)", argv[1]):
        stack = [here, *shell.directories]
        index = int(match.group(2))
        if index >= len(stack):
            return shell.complain(f"{argv[1]}: directory stack index out of range", "pushd")
        index = index if match.group(1) == "+" else len(stack) - 1 - index
        stack = stack[index:] + stack[:index]
        if change_directory(shell, stack[0], builtin="pushd"):
            return 1
        shell.directories = stack[1:]
        return dirs_(shell, ("dirs",))
    else:
        target = argv[1]
    if change_directory(shell, target, builtin="pushd"):
        return 1
    shell.directories.insert(0, here)
    return dirs_(shell, ("dirs",))


def popd_(shell: Shell, argv: Sequence[str]) -> int:
    if not shell.directories:
        return shell.complain("directory stack empty", "popd")
    if change_directory(shell, shell.directories[0], builtin="popd"):
        return 1
    del shell.directories[0]
    return dirs_(shell, ("dirs",))
