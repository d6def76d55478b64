"""The builtins of every script: output, directory, flow, options, variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.shell.state import OPTIONS, Flow, ShellError
from dockersim.userland.shell.syntax.words import is_name

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_ECHO_OPTION = re.compile(r"-[neE]+")


def true_(shell: Shell, argv: Sequence[str]) -> int:
    return 0


def false_(shell: Shell, argv: Sequence[str]) -> int:
    return 1


def echo_(shell: Shell, argv: Sequence[str]) -> int:
    """``echo``: -n -e -E in bash and busybox; dash knows -n and always interprets escapes."""
    if (len(argv) > 1 and argv[1][:1] == "-") or shell.flavour == "dash":
        return _echo_with_options(shell, argv)
    shell.p.out(" ".join(argv[1:]) + "\n")
    return 0


def _echo_with_options(shell: Shell, argv: Sequence[str]) -> int:
    from dockersim.userland.shell.text import unescape

    first, newline, escapes = 1, "\n", shell.flavour == "dash"
    if escapes:
        if len(argv) > 1 and argv[1] == "-n":
            first, newline = 2, ""
    else:
        while first < len(argv) and _ECHO_OPTION.fullmatch(argv[first]):
            for letter in argv[first][1:]:
                if letter == "n":
                    newline = ""
                else:
                    escapes = letter == "e"
            first += 1
    text = " ".join(argv[first:])
    if escapes:
        text, ended = unescape(text, "echo")
        if ended:
            newline = ""
    shell.p.out(text + newline)
    return 0


# ---- directories


def pwd_(shell: Shell, argv: Sequence[str]) -> int:
    where = shell.p.cwd if "-P" not in argv[1:] else shell.p.vfs.realpath(shell.p.cwd)
    shell.p.out(where + "\n")
    return 0


def cd_(shell: Shell, argv: Sequence[str]) -> int:
    args, physical = list(argv[1:]), False
    while args and args[0] in ("-L", "-P", "--"):
        option = args.pop(0)
        if option == "--":
            break
        physical = option == "-P"
    if len(args) > 1 and shell.bash:
        return shell.complain("too many arguments", "cd")
    target = args[0] if args else shell.get("HOME")
    if target is None:
        return shell.complain("HOME not set", "cd") if shell.bash else 0
    if target == "-":
        previous = shell.get("OLDPWD")
        if previous is None and shell.bash:
            return shell.complain("OLDPWD not set", "cd")
        target = previous or shell.p.cwd
        status = change_directory(shell, target, physical)
        if status == 0:
            shell.p.out(shell.p.cwd + "\n")
        return status
    return change_directory(shell, target, physical)


def change_directory(shell: Shell, target: str, physical: bool = False, builtin: str = "cd") -> int:
    """Make ``target`` the working directory: 0, or 1 with a message."""
    process = shell.p
    logical = posixpath.normpath(posixpath.join(process.cwd, target)) if target else process.cwd
    if logical.startswith("//"):
        logical = logical[1:]
    try:
        if process.vfs.stat(target or ".", cwd=process.cwd, cred=process.cred).kind != "directory":
            raise FsError("ENOTDIR", target)
        process.vfs.access(target or ".", 1, cwd=process.cwd, cred=process.cred)
        where = process.vfs.realpath(logical, cwd=process.cwd, cred=process.cred) if physical else logical
    except FsError as error:
        if shell.bash:
            return shell.complain(f"{target}: {error.strerror}", builtin)
        why = f": {error.strerror}" if shell.flavour == "ash" else ""
        return shell.complain(f"can't cd to {target}{why}", builtin, 2)
    shell.set("OLDPWD", process.cwd)
    process.cwd = where
    shell.set("PWD", where)
    if shell.bash:
        shell.exported.add("OLDPWD")
    return 0


# ---- flow


def number(shell: Shell, argv: Sequence[str], default: int) -> int:
    """The operand of exit, return, break, continue and shift. Raises :class:`ShellError` for none."""
    if len(argv) < 2:
        return default
    text = argv[1]
    if re.fullmatch(r"[-+]?[0-9]{1,18}" if shell.bash else r"[0-9]{1,10}", text):
        return int(text)
    if shell.bash:
        raise ShellError(f"{text}: numeric argument required", 2, argv[0])
    raise ShellError(f"Illegal number: {text}", 2, argv[0])


def exit_(shell: Shell, argv: Sequence[str]) -> int:
    if shell.interactive:
        shell.p.err(shell.farewell)
    if shell.bash and len(argv) > 2 and argv[1].isdigit():
        return shell.complain("too many arguments", "exit")
    if shell.jobs.keep_shell():
        return 1 if shell.bash else 0
    try:
        status = number(shell, argv, shell.status)
    except ShellError as error:
        if not shell.bash:
            raise
        status = shell.complain(error.message, "exit", 2)
    raise Flow("exit", status & 0xFF)


def return_(shell: Shell, argv: Sequence[str]) -> int:
    if shell.bash and not shell.scopes and not shell.sourced:
        return shell.complain("can only `return' from a function or sourced script", "return", 2)
    raise Flow("return", number(shell, argv, shell.status) & 0xFF)


def _loop(shell: Shell, argv: Sequence[str]) -> int:
    count = number(shell, argv, 1)
    if count < 1:
        if shell.bash:
            return shell.complain(f"{argv[1]}: loop count out of range", argv[0])
        raise ShellError(f"Illegal number: {argv[1]}", 2, argv[0])
    if not shell.loops:
        if shell.bash:
            shell.complain("only meaningful in a `for', `while', or `until' loop", argv[0])
        return 0
    raise Flow(argv[0], min(count, shell.loops))


break_ = continue_ = _loop


def shift_(shell: Shell, argv: Sequence[str]) -> int:
    count = number(shell, argv, 1)
    if count > len(shell.params) or count < 0:
        if shell.flavour == "dash":
            raise ShellError("can't shift that many", 2, "shift")
        return 1
    del shell.params[:count]
    return 0


# ---- options


def set_(shell: Shell, argv: Sequence[str]) -> int:
    if len(argv) == 1:
        _show_variables(shell)
        return 0
    at = 1
    while at < len(argv):
        arg = argv[at]
        if arg == "--" or arg == "-":
            shell.params = list(argv[at + 1 :])
            return 0
        if arg[0] not in "-+" or len(arg) < 2:
            break
        at += 1
        for letter in arg[1:]:
            if letter == "o":
                if at >= len(argv):
                    _show_options(shell, arg[0] == "+")
                    return 0
                status = set_option(shell, argv[at], arg[0] == "-")
                if status:
                    return status
                at += 1
            elif letter in OPTIONS and letter not in "-ics":
                turn(shell, letter, arg[0] == "-")
            elif shell.bash:
                shell.complain(f"{arg[0]}{letter}: invalid option", "set")
                shell.p.err("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n")
                return 2
            else:
                words = "Illegal option" if shell.flavour == "dash" else "illegal option"
                raise ShellError(f"{words} {arg[0]}{letter}", 2, "set")
    if at < len(argv):
        shell.params = list(argv[at:])
    return 0


def turn(shell: Shell, letter: str, on: bool) -> None:
    """Set or clear the option ``letter``."""
    if on:
        shell.options.add(letter)
    else:
        shell.options.discard(letter)
    if letter == "m":
        shell.jobs.controlled = on and shell.p.tty is not None


def set_option(shell: Shell, name: str, on: bool) -> int:
    """``set -o name``"""
    for letter, known in OPTIONS.items():
        if known == name and name and (letter != "-" or shell.flavour != "dash"):
            turn(shell, letter, on)
            return 0
    if shell.bash and name in ("posix", "vi", "emacs", "history", "noglob", "nolog", "interactive-comments"):
        return 0
    if name in ("vi", "emacs", "nolog"):
        return 0
    if shell.bash:
        return shell.complain(f"{name}: invalid option name", "set", 2)
    if shell.flavour == "dash":
        raise ShellError(f"Illegal option -o {name}", 2, "set")
    return shell.complain(f"illegal option {'-' if on else '+'}o {name}", "set")


def _show_options(shell: Shell, commands: bool) -> None:
    if not shell.bash and not commands:
        shell.p.out("Current option settings\n")
    for letter, name in sorted(OPTIONS.items(), key=lambda item: item[1]):
        if not name:
            continue
        on = letter in shell.options
        if commands:
            shell.p.out(f"set {'-' if on else '+'}o {name}\n")
        else:
            shell.p.out(f"{name:<15}{chr(9) if shell.bash else ' '}{'on' if on else 'off'}\n")


def _show_variables(shell: Shell) -> None:
    from dockersim.userland.shell.xtrace import reusable, single_quoted

    for name in sorted(shell.vars):
        value = shell.vars[name]
        if isinstance(value, str):
            shell.p.out(f"{name}={(reusable(value) if value else '') if shell.bash else single_quoted(value)}\n")
        else:
            from dockersim.userland.shell.builtins.bash import array_text

            shell.p.out(f"{name}={array_text(value)}\n")


# ---- variables


def export_(shell: Shell, argv: Sequence[str]) -> int:
    return _mark(shell, argv, shell.exported)


def readonly_(shell: Shell, argv: Sequence[str]) -> int:
    return _mark(shell, argv, shell.readonly)


def _mark(shell: Shell, argv: Sequence[str], marked: set[str]) -> int:
    name, args, remove, status = argv[0], list(argv[1:]), False, 0
    while args and args[0].startswith("-") and len(args[0]) > 1:
        option = args.pop(0)
        if option == "--":
            break
        if "p" in option:
            args = []
        remove = remove or "n" in option
        if "f" in option and shell.bash:
            return 0
    if not args:
        _show_marked(shell, name, marked)
        return 0
    for arg in args:
        word, equals, value = arg.partition("=")
        append = shell.bash and word.endswith("+")
        word = word[:-1] if append else word
        if not is_name(word):
            status = bad_name(shell, name, arg if shell.bash else word)
            continue
        if hasattr(arg, "assign"):
            from dockersim.userland.shell.builtins.bash import assign_now

            assign_now(shell, arg.assign)
        elif equals:
            shell.set(word, (shell.get(word) or "") + value if append else value)
        if remove:
            marked.discard(word)
        else:
            marked.add(word)
    return status


def bad_name(shell: Shell, builtin: str, name: str) -> int:
    """``name`` is no name: bash goes on, the others stop."""
    if shell.bash:
        return shell.complain(f"`{name}': not a valid identifier", builtin)
    raise ShellError(f"{name}: bad variable name", 2, builtin)


def _show_marked(shell: Shell, name: str, marked: set[str]) -> None:
    from dockersim.userland.shell.xtrace import double_quoted, single_quoted

    for word in sorted(marked):
        value: Any = shell.vars.get(word)
        if shell.bash:
            letter = ("r" if word in shell.readonly else "") + ("x" if word in shell.exported else "")
            shown = f"={double_quoted(value)}" if isinstance(value, str) else ""
            shell.p.out(f"declare -{letter} {word}{shown}\n")
        else:
            shown = f"={single_quoted(value)}" if isinstance(value, str) else ""
            shell.p.out(f"{name} {word}{shown}\n")


def unset_(shell: Shell, argv: Sequence[str]) -> int:
    args, functions, variables = list(argv[1:]), False, False
    while args and args[0] in ("-f", "-v", "-n", "--"):
        option = args.pop(0)
        functions = functions or option == "-f"
        variables = variables or option == "-v"
    status = 0
    for arg in args:
        name, bracket, key = arg.partition("[")
        if functions:
            shell.functions.pop(arg, None)
        elif bracket and shell.bash:
            _unset_element(shell, name, key.rstrip("]"))
        elif not is_name(arg):
            status = bad_name(shell, "unset", arg)
        elif arg in shell.readonly:
            if not shell.bash:
                raise ShellError(f"{arg}: is read only", 2, "unset")
            status = shell.complain(f"{arg}: cannot unset: readonly variable", "unset")
        elif shell.bash and not variables and arg not in shell.vars and arg in shell.functions:
            shell.functions.pop(arg)
        else:
            shell.unset(arg)
            if arg == "PATH":
                shell.hashed.clear()
    return status


def _unset_element(shell: Shell, name: str, key: str) -> None:
    from dockersim.userland.shell.state import Assoc

    value = shell.vars.get(name)
    if not isinstance(value, dict):
        return
    if key in ("@", "*") and type(value) is not Assoc:
        shell.unset(name)
    elif type(value) is Assoc:
        value.pop(key.strip("'\""), None)
    else:
        index = shell.calculate(key)
        value.pop(index + max(value, default=-1) + 1 if index < 0 else index, None)
