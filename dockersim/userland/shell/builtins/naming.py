"""Builtins that say what a name means, or change it: type, hash, alias, unalias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dockersim.fs import FsError
from dockersim.userland.shell.builtins import SPECIAL, builtin, names
from dockersim.userland.shell.commands.programs import find
from dockersim.userland.shell.syntax.parser import BASH_RESERVED, RESERVED
from dockersim.userland.shell.xtrace import single_quoted

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell


def describe(shell: Shell, name: str, short: bool, builtin_name: str) -> int:
    """What ``name`` is, as ``command -v`` (``short``), ``command -V`` and ``type`` say it."""
    out = shell.p.out
    keywords = RESERVED | BASH_RESERVED | {"]]"} if shell.bash else RESERVED
    if name in shell.aliases:
        value = shell.aliases[name]
        if short:
            out(f"alias {name}={single_quoted(value)}\n")
        else:
            out(f"{name} is aliased to `{value}'\n" if shell.bash else f"{name} is an alias for {value}\n")
    elif name in keywords:
        out(f"{name}\n" if short else f"{name} is a shell keyword\n")
    elif name in shell.functions:
        if short:
            out(f"{name}\n")
        else:
            out(f"{name} is a shell function\n" if shell.flavour == "dash" else f"{name} is a function\n")
            if shell.bash:
                out(shell.functions[name].source + "\n")
    elif builtin(shell, name) is not None:
        special = "special " if name in SPECIAL and shell.flavour != "bash" else ""
        out(f"{name}\n" if short else f"{name} is a {special}shell builtin\n")
    else:
        return _describe_file(shell, name, short, builtin_name)
    return 0


def _describe_file(shell: Shell, name: str, short: bool, builtin_name: str) -> int:
    hashed = name in shell.hashed
    file, _ = find(shell, name)
    if file is not None and "/" in name:
        try:
            shell.p.vfs.access(file, 1, cwd=shell.p.cwd, cred=shell.p.cred)
        except FsError:
            file = None
    if file is not None:
        if short:
            shell.p.out(f"{file}\n")
        elif hashed and shell.bash:
            shell.p.out(f"{name} is hashed ({file})\n")
        else:
            shell.p.out(f"{name} is {file}\n")
            shell.hashed.pop(name, None)
        return 0
    if not short:
        if shell.bash:
            shell.complain(f"{name}: not found", builtin_name)
        else:
            shell.p.out(f"{name}: not found\n")
    return 1 if shell.bash else 127


def type_(shell: Shell, argv: Sequence[str]) -> int:
    args = list(argv[1:])
    flags = ""
    while args and shell.bash and args[0].startswith("-"):
        flags += args.pop(0)[1:]
    status = 0
    for name in args:
        if "t" in flags:
            kind = _kind(shell, name)
            if kind:
                shell.p.out(kind + "\n")
            status = status or int(not kind)
        elif "p" in flags or "P" in flags:
            file, _ = find(shell, name)
            if file is not None and (builtin(shell, name) is None or "P" in flags):
                shell.p.out(file + "\n")
            status = status or int(file is None)
        else:
            status = describe(shell, name, False, "type") or status
    return status


def _kind(shell: Shell, name: str) -> str:
    if name in shell.aliases:
        return "alias"
    if name in RESERVED or name in BASH_RESERVED:
        return "keyword"
    if name in shell.functions:
        return "function"
    if builtin(shell, name) is not None:
        return "builtin"
    return "file" if find(shell, name)[0] is not None else ""


def hash_(shell: Shell, argv: Sequence[str]) -> int:
    args = list(argv[1:])
    if args[:1] == ["-r"]:
        shell.hashed.clear()
        return 0
    status = 0
    for name in args:
        if "/" not in name and builtin(shell, name) is None and find(shell, name)[0] is None:
            status = shell.complain(f"{name}: not found", "hash")
    if not args:
        if shell.bash and not shell.hashed:
            shell.p.out("hash: hash table empty\n")
        elif shell.bash:
            shell.p.out("hits\tcommand\n")
        for file in shell.hashed.values():
            shell.p.out(f"   1\t{file}\n" if shell.bash else f"{file}\n")
    return status


def alias_(shell: Shell, argv: Sequence[str]) -> int:
    args = [arg for arg in argv[1:] if arg not in ("-p", "--")]
    if not args:
        for name in sorted(shell.aliases):
            _show_alias(shell, name)
        return 0
    status = 0
    for arg in args:
        name, equals, value = arg.partition("=")
        if equals and name:
            shell.aliases[name] = value
        elif arg in shell.aliases:
            _show_alias(shell, arg)
        elif shell.bash:
            status = shell.complain(f"{arg}: not found", "alias")
        else:
            shell.p.err(f"alias: {arg} not found\n")
            status = 1
    return status


def _show_alias(shell: Shell, name: str) -> None:
    shell.p.out(f"{'alias ' if shell.bash else ''}{name}={single_quoted(shell.aliases[name])}\n")


def unalias_(shell: Shell, argv: Sequence[str]) -> int:
    if list(argv[1:]) == ["-a"]:
        shell.aliases.clear()
        return 0
    status = 0
    for name in argv[1:]:
        if shell.aliases.pop(name, None) is None:
            if shell.bash:
                shell.complain(f"{name}: not found", "unalias")
            else:
                shell.p.err(f"unalias: {name} not found\n")
            status = 1
    return status


def all_names(shell: Shell) -> list[str]:
    """Everything that may stand where a command does, but for files."""
    return sorted({*names(shell.flavour), *shell.functions, *shell.aliases, *RESERVED})
