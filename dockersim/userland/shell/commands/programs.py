"""Programs: the file that a name means, and the process that it becomes (XCU 2.9.1.4)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.shell.jobs import Job
from dockersim.userland.shell.state import ShellError
from dockersim.userland.shell.xtrace import reusable

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


def find(shell: Shell, name: str, path: str | None = None) -> tuple[str | None, str]:
    """The file that ``name`` means, and what is wrong where there is none: ``""`` or an errno's name."""
    if "/" in name:
        return name, ""
    if path is None and name in shell.hashed:
        return shell.hashed[name], ""
    process, wrong = shell.p, ""
    for directory in (shell.get("PATH") or "" if path is None else path).split(":"):
        candidate = f"{directory.rstrip('/') or ('/' if directory else '.')}/{name}".replace("//", "/")
        try:
            if process.vfs.stat(candidate, cwd=process.cwd, cred=process.cred).kind != "file":
                continue
            process.vfs.access(candidate, 1, cwd=process.cwd, cred=process.cred)
        except FsError as error:
            if error.code == "EACCES":
                wrong = "EACCES"
            continue
        if path is None and candidate.startswith("/"):
            shell.hashed[name] = candidate
        return candidate, ""
    return None, wrong


def start(shell: Shell, argv: list[str], env: dict[str, str], path: str | None = None, replace: bool = False) -> Run:
    """Run a program and wait for it, or become it (``replace``). 126 and 127 where it does not start."""
    name = argv[0]
    file, wrong = find(shell, name, path)
    if file is None:
        return _not_started(shell, name, FsError(wrong or "ENOENT", name))
    if shell.bash:
        env["_"] = file
    try:
        if replace and "EXIT" not in shell.traps:
            shell.p.exec(argv, path=file, env=env)
        group = "new" if shell.jobs.controlled else None
        child = shell.p.spawn(argv, path=file, env=env, group=group)
    except FsError as error:
        if error.code == "EAGAIN":
            raise cannot_fork(shell, error) from None
        if error.code == "ENOEXEC" and not _looks_binary(shell, file):
            return (yield from _script_without_header(shell, argv, file, env))
        shell.hashed.pop(name, None)
        return _not_started(shell, name, error)
    return (yield from shell.jobs.foreground(Job([child], " ".join(map(reusable, argv)))))


def cannot_fork(shell: Shell, error: FsError) -> ShellError:
    """There is no room for one more process."""
    if shell.bash:
        return ShellError(f"fork: {error.strerror}", 254)
    return ShellError(f"can't fork: {error.strerror}", 2)


def _looks_binary(shell: Shell, file: str) -> bool:
    try:
        head = shell.p.read_file(file)[:128]
    except FsError:
        return True
    return b"\0" in head.split(b"\n", 1)[0]


def _script_without_header(shell: Shell, argv: list[str], file: str, env: dict[str, str]) -> Run:
    def main(process: Process) -> Run:
        process.env = env
        process.argv = list(argv)
        other = type(shell)(process, shell.flavour, file, argv[1:])
        other.named = True
        text = process.read_file(file).decode("utf-8", "surrogateescape")
        return other.to_the_end(other.run(text))

    child = shell.p.fork(main)
    return (yield from shell.jobs.foreground(Job([child], " ".join(argv))))


def _not_started(shell: Shell, name: str, error: FsError) -> int:
    if error.code in ("ENOENT", "ENOTDIR"):
        if shell.bash and shell.inside == "exec":
            return shell.complain(f"{name}: not found", "exec", 127)
        if shell.bash:
            wanted = "No such file or directory" if "/" in name else "command not found"
            if "/" in name and error.code == "ENOTDIR":
                return shell.complain(f"{name}: Not a directory", status=126)
            if "/" in name and shell.p.vfs.exists(name, cwd=shell.p.cwd, cred=shell.p.cred):
                return shell.complain(f"{name}: cannot execute: required file not found", status=127)
            return shell.complain(f"{name}: {wanted}", status=127)
        return shell.complain(f"{name}: not found", status=127)
    if shell.bash and shell.p.vfs.is_dir(name, cwd=shell.p.cwd, cred=shell.p.cred):
        return shell.complain(f"{name}: Is a directory", status=126)
    if shell.bash and error.code == "ENOEXEC":
        return shell.complain(f"{name}: cannot execute binary file: Exec format error", status=126)
    return shell.complain(f"{name}: {error.strerror}", status=126)
