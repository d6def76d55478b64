"""Builtins that run or look up commands: eval, source, exec, command, type, hash, aliases, getopts, traps."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import IGNORE
from dockersim.userland.shell.builtins import SPECIAL, builtin, names
from dockersim.userland.shell.builtins.core import bad_name
from dockersim.userland.shell.commands.programs import find, start
from dockersim.userland.shell.state import Flow, ShellError
from dockersim.userland.shell.syntax.program import program
from dockersim.userland.shell.syntax.words import is_name
from dockersim.userland.shell.xtrace import single_quoted

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def eval_(shell: Shell, argv: Sequence[str]) -> Run:
    args = list(argv[1:])
    if args[:1] == ["--"]:
        args.pop(0)
    text = " ".join(args)
    problem = program(text, shell.flavour).problem
    if problem is not None and not shell.aliases:
        yield from _before_problem(shell, text)
        status = shell.syntax_error(problem, "eval")
        if not shell.bash:
            yield from shell.flush()
            raise Flow("exit", status)
        return status
    if not text.strip():
        return 0
    line, inside = shell.line, shell.inside
    shell.inside = "eval"
    try:
        return (yield from shell.run(text, 1 if shell.flavour == "dash" else line))
    finally:
        shell.line, shell.inside = line, inside


def _before_problem(shell: Shell, text: str) -> Generator[Any, Any, None]:
    for commands, _ in program(text, shell.flavour).lines:
        yield from shell.execute(commands)


def source_(shell: Shell, argv: Sequence[str]) -> Run:
    if len(argv) < 2:
        if not shell.bash:
            raise ShellError("filename argument required", 2, argv[0]) if shell.flavour == "dash" else Flow("exit", 2)
        shell.complain("filename argument required", argv[0])
        shell.p.err(f"{argv[0]}: usage: {argv[0]} filename [arguments]\n")
        return 2
    name = argv[1]
    path = _source_path(shell, name)
    try:
        data = shell.p.read_file(path)
    except FsError as error:
        if shell.bash:
            return shell.complain(f"{name}: {error.strerror}")
        if shell.flavour == "dash":
            words = "No such file" if error.code == "ENOENT" else error.strerror
            found = f"cannot open {name}: {words}" if "/" in name else f"{name}: not found"
            raise ShellError(found, 2, argv[0]) from None
        found = f"can't open '{name}': {error.strerror}" if "/" in name else f"{name}: not found"
        raise ShellError(found, 2, argv[0]) from None
    params = shell.params
    if len(argv) > 2:
        shell.params = list(argv[2:])
    shell.sourced += 1
    line = shell.line
    try:
        return (yield from shell.run(data.decode("utf-8", "surrogateescape")))
    except Flow as flow:
        if flow.kind != "return":
            raise
        shell.status = flow.count
        return flow.count
    finally:
        shell.sourced -= 1
        shell.line = line
        if len(argv) > 2:
            shell.params = params


def _source_path(shell: Shell, name: str) -> str:
    if "/" in name:
        return name
    for directory in (shell.get("PATH") or "").split(":"):
        candidate = f"{directory or '.'}/{name}"
        if shell.p.vfs.exists(candidate, cwd=shell.p.cwd, cred=shell.p.cred):
            return candidate
    return name


def exec_(shell: Shell, argv: Sequence[str]) -> Run:
    args = list(argv[1:])
    name = None
    while args and args[0].startswith("-") and shell.bash:
        option = args.pop(0)
        if option == "--":
            break
        if option == "-a" and args:
            name = args.pop(0)
    if not args:
        return 0
    yield from shell.flush()
    if name is not None:
        file, _ = find(shell, args[0])
        if file is not None:
            shell.p.exec([name, *args[1:]], path=file, env=shell.environment())
    shell.traps.pop("EXIT", None)
    inside, shell.inside = shell.inside, "exec"
    status = yield from start(shell, args, shell.environment(), replace=True)
    shell.inside = inside
    if shell.interactive:
        return status
    yield from shell.flush()
    raise Flow("exit", status)


def builtin_(shell: Shell, argv: Sequence[str]) -> Run:
    if len(argv) < 2:
        return 0
    found = builtin(shell, argv[1])
    if found is None:
        return shell.complain(f"{argv[1]}: not a shell builtin", "builtin")
    result = found(shell, argv[1:])
    return result if isinstance(result, int) else (yield from result)


def command_(shell: Shell, argv: Sequence[str]) -> Run:
    args = list(argv[1:])
    flags = ""
    while args and args[0].startswith("-") and len(args[0]) > 1:
        option = args.pop(0)
        if option == "--":
            break
        flags += option[1:]
    if not args:
        return 0
    if "v" in flags or "V" in flags:
        status = 0
        for name in args:
            status = _describe(shell, name, "v" in flags, "command") or status
        return status
    found = builtin(shell, args[0])
    if found is not None:
        try:
            result = found(shell, args)
            return result if isinstance(result, int) else (yield from result)
        except ShellError as error:
            return shell.complain(error.message, error.builtin, error.status)
    yield from shell.flush()
    path = "/bin:/usr/bin:/sbin:/usr/sbin" if "p" in flags else None
    return (yield from start(shell, args, shell.environment(), path))


_KEYWORDS = frozenset("if then elif else fi for while until do done case esac in { } !".split())


def _describe(shell: Shell, name: str, short: bool, builtin_name: str) -> int:
    """What ``name`` is, as ``command -v`` (``short``), ``command -V`` and ``type`` say it."""
    out = shell.p.out
    keywords = _KEYWORDS | {"[[", "]]", "function", "select", "time"} if shell.bash else _KEYWORDS
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
            status = _describe(shell, name, False, "type") or status
    return status


def _kind(shell: Shell, name: str) -> str:
    if name in shell.aliases:
        return "alias"
    if name in _KEYWORDS or name in ("[[", "function", "select", "time"):
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


# ---- aliases


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
    if argv[1:] == ["-a"] or list(argv[1:]) == ["-a"]:
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


# ---- getopts


def getopts_(shell: Shell, argv: Sequence[str]) -> int:
    if len(argv) < 3:
        if shell.bash:
            shell.p.err("getopts: usage: getopts optstring name [arg ...]\n")
            return 2
        usage = "Usage: getopts optstring var [arg...]"
        raise ShellError(usage if shell.flavour == "dash" else "usage: getopts optstring var [arg]", 2, "getopts")
    options, name = argv[1], argv[2]
    if not is_name(name):
        return bad_name(shell, "getopts", name)
    args = list(argv[3:]) if len(argv) > 3 else shell.params
    index, at = shell.getopts_at
    letter, argument, status = _next_option(shell, options, args, index, at)
    shell.set(name, letter)
    if argument is None:
        shell.vars.pop("OPTARG", None)
    else:
        shell.set("OPTARG", argument)
    return status


def _next_option(shell: Shell, options: str, args: Sequence[str], index: int, at: int) -> tuple[str, str | None, int]:
    silent = options.startswith(":")

    def stand(index: int, at: int) -> None:
        shell.vars["OPTIND"] = str(index)
        shell.getopts_at = (index, at)

    if at == 0:
        word = args[index - 1] if index <= len(args) else ""
        if not word.startswith("-") or word == "-" or word == "--":
            stand(index + (word == "--"), 0)
            return "?", None, 1
        at = 1
    word = args[index - 1]
    letter = word[at]
    following = (index, at + 1) if at + 1 < len(word) else (index + 1, 0)
    where = options.find(letter)
    if letter == ":" or where < 0:
        stand(*following)
        if silent:
            return "?", letter, 0
        _option_error(shell, "illegal option", letter)
        return "?", None, 0
    if options[where + 1 : where + 2] != ":":
        stand(*following)
        return letter, None if shell.bash else "", 0
    if at + 1 < len(word):
        stand(index + 1, 0)
        return letter, word[at + 1 :], 0
    if index < len(args):
        stand(index + 2, 0)
        return letter, args[index], 0
    stand(index + 1, 0)
    if silent:
        return ":", letter, 0
    _option_error(shell, "option requires an argument", letter)
    return "?", None, 0


def _option_error(shell: Shell, words: str, letter: str) -> None:
    if shell.bash:
        shell.p.err(f"{shell.arg0}: {words} -- {letter}\n")
    elif shell.flavour == "dash":
        shell.p.err(f"Illegal option -{letter}\n" if words.startswith("ill") else f"No arg for -{letter} option\n")
    else:
        words = words if words.startswith("ill") else "no arg for"
        shell.p.err(f"{words} -{letter}{'' if words.startswith('ill') else ' option'}\n")


# ---- traps


def trap_(shell: Shell, argv: Sequence[str]) -> int:
    args = list(argv[1:])
    if args[:1] == ["--"]:
        args.pop(0)
    if args[:1] == ["-l"]:
        from dockersim.userland.shell.builtins.process import list_signals

        return list_signals(shell)
    if not args or args[0] == "-p":
        wanted = [_trap_name(arg) for arg in args[1:]]
        for name in sorted(shell.traps, key=_order):
            if not wanted or name in wanted:
                shown = name if name in ("EXIT", "ERR", "DEBUG", "RETURN") or not shell.bash else f"SIG{name}"
                shell.p.out(f"trap -- {single_quoted(shell.traps[name])} {shown}\n")
        return 0
    action: str | None = args[0]
    conditions = args[1:]
    if len(args) == 1 or (args[0].isdigit() and _trap_name(args[0])):
        action, conditions = None, args
    elif action == "-":
        action = None
    status = 0
    for condition in conditions:
        known = _trap_name(condition)
        if known is None:
            status = _bad_trap(shell, condition)
        else:
            _set_trap(shell, known, action)
    return status


def _order(name: str) -> int:
    return signals.NUMBERS.get(name, 0 if name == "EXIT" else 99)


def _trap_name(text: str) -> str | None:
    upper = text.upper()
    if upper in ("0", "EXIT"):
        return "EXIT"
    if upper in ("ERR", "DEBUG", "RETURN"):
        return upper
    number = signals.number_of(text)
    return signals.name_of(number).removeprefix("SIG") if number else None


def _bad_trap(shell: Shell, text: str) -> int:
    if shell.flavour == "dash":
        shell.p.err(f"trap: {text}: bad trap\n")
        return 1
    return shell.complain(f"{text}: invalid signal specification", "trap")


def _set_trap(shell: Shell, name: str, action: str | None) -> None:
    number = signals.NUMBERS.get(name)
    if action is None:
        shell.traps.pop(name, None)
        if number is not None:
            shell.p.handlers.pop(number, None)
        return
    shell.traps[name] = action
    if number is not None:
        shell.p.handlers[number] = shell.arriving if action else IGNORE


def all_names(shell: Shell) -> list[str]:
    """Everything that may stand where a command does, but for files."""
    return sorted({*names(shell.flavour), *shell.functions, *shell.aliases, *_KEYWORDS})
