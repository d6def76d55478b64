"""Builtins that run commands: eval, source, exec, builtin, command."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.shell.builtins import builtin
from dockersim.userland.shell.builtins.naming import describe
from dockersim.userland.shell.commands.programs import find, start
from dockersim.userland.shell.state import Flow, ShellError
from dockersim.userland.shell.syntax.program import program

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
    for commands in program(text, shell.flavour).lines:
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
            status = describe(shell, name, "v" in flags, "command") or status
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
