"""Redirections (POSIX XCU 2.7): descriptors of the shell's own process, changed and put back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.files import BytesReader, OpenFile
from dockersim.userland.shell import netfile
from dockersim.userland.shell.syntax.ast import Redirect

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Undo = list[tuple[int, "OpenFile | None"]]
_FLAGS = {"<": "r", ">": "w", ">|": "w", ">>": "a", "<>": "r+"}
_CREATE = {"ENOENT": "nonexistent directory", "ENOTDIR": "nonexistent directory"}
_OPEN = {"ENOENT": "no such file"}
_DASH = {"nonexistent directory": "Directory nonexistent", "no such file": "No such file"}


class RedirectError(Exception):
    """A redirection that failed; the message is complete but for the shell's name."""


def apply(shell: Shell, redirects: Sequence[Redirect]) -> Generator[Any, Any, Undo]:
    """Carry out ``redirects`` from left to right; what :func:`restore` needs. Raises :class:`RedirectError`."""
    if not shell.p.flush_now():
        yield from shell.p.flush()
    undo: Undo = []
    try:
        for redirect in redirects:
            yield from _one(shell, redirect, undo)
    except BaseException:
        restore(shell, undo)
        raise
    return undo


def refused(shell: Shell, error: RedirectError) -> int:
    """Report a redirection that failed; the exit status of its command."""
    return shell.complain(str(error), status=2 if shell.flavour == "dash" else 1)


def restore(shell: Shell, undo: Undo) -> None:
    """Put the descriptors back as they were."""
    fds = shell.p.fds
    for fd, before in reversed(undo):
        now = fds.pop(fd, None)
        if before is not None:
            fds[fd] = before
        if now is not None:
            now.release()


def keep(undo: Undo) -> None:
    """The redirections stay (``exec``): let go of the former files."""
    for _, before in undo:
        if before is not None:
            before.release()


def _put(shell: Shell, fd: int, file: OpenFile | None, undo: Undo) -> None:
    """``fd`` is ``file`` from now on, or closed."""
    undo.append((fd, shell.p.fds.pop(fd, None)))
    if file is not None:
        shell.p.fds[fd] = file


def _one(shell: Shell, redirect: Redirect, undo: Undo) -> Generator[Any, Any, None]:
    operator, fd = redirect.op, redirect.fd
    if fd == -1:
        fd = 0 if operator[0] == "<" else 1
    if redirect.here is not None:
        text = yield from shell.document(redirect.here.parts)
        _put(shell, fd, BytesReader(text.encode("utf-8", "surrogateescape")).acquire(), undo)
        return
    target = yield from _target(shell, redirect)
    if operator == "<<<":
        _put(shell, fd, BytesReader((target + "\n").encode("utf-8", "surrogateescape")).acquire(), undo)
    elif operator in ("<&", ">&") and (target == "-" or target.rstrip("-").isdigit()):
        _duplicate(shell, fd, target, undo)
    elif operator in ("<&", ">&"):
        if not shell.bash or operator == "<&" or redirect.fd != -1:
            raise RedirectError(_ambiguous(shell, target))
        _both(shell, ">", target, undo)
    elif fd == -2:
        _both(shell, operator, target, undo)
    elif netfile.names_one(shell, target):
        connected = yield from netfile.connect(shell, target)
        if isinstance(connected, str):
            raise RedirectError(connected)
        _put(shell, fd, connected, undo)
    else:
        _put(shell, fd, _open(shell, operator, target), undo)


def _ambiguous(shell: Shell, target: str) -> str:
    if shell.bash:
        return f"{target}: ambiguous redirect"
    return "Syntax error: Bad fd number" if shell.flavour == "dash" else "syntax error: bad fd number"


def _target(shell: Shell, redirect: Redirect) -> Generator[Any, Any, str]:
    if not shell.bash or redirect.op == "<<<":
        text = yield from shell.text(redirect.word)
        return text
    fields = yield from shell.fields((redirect.word,))
    if len(fields) != 1:
        source = "".join(getattr(part, "source", getattr(part, "text", "")) for part in redirect.word.parts)
        raise RedirectError(f"{source}: ambiguous redirect")
    return fields[0]


def _both(shell: Shell, operator: str, target: str, undo: Undo) -> None:
    file = _open(shell, operator, target)
    _put(shell, 1, file, undo)
    _put(shell, 2, file.acquire(), undo)


def _duplicate(shell: Shell, fd: int, target: str, undo: Undo) -> None:
    if target == "-":
        _put(shell, fd, None, undo)
        return
    move = target.endswith("-")
    source = int(target.rstrip("-"))
    file = shell.p.fds.get(source)
    if file is None:
        raise RedirectError(f"{source}: Bad file descriptor")
    if source != fd:
        _put(shell, fd, file.acquire(), undo)
    if move and source != fd:
        _put(shell, source, None, undo)


def _open(shell: Shell, operator: str, path: str) -> OpenFile:
    process = shell.p
    try:
        if operator == ">" and "C" in shell.options and process.vfs.exists(path, cwd=process.cwd, cred=process.cred):
            if process.vfs.stat(path, cwd=process.cwd, cred=process.cred).kind == "file":
                raise FsError("EEXIST", path)
        elif operator == "<>" and not process.vfs.exists(path, cwd=process.cwd, cred=process.cred):
            return process.open(path, "w+")
        return process.open(path, _FLAGS[operator])
    except FsError as error:
        raise RedirectError(_failed(shell, operator, path, error)) from None


def _failed(shell: Shell, operator: str, path: str, error: FsError) -> str:
    reading = operator == "<"
    if shell.bash:
        if error.code == "EEXIST":
            return f"{path}: cannot overwrite existing file"
        return f"{path}: {error.strerror}"
    words = (_OPEN if reading else _CREATE).get(error.code, error.strerror)
    if shell.flavour == "dash":
        return f"cannot {'open' if reading else 'create'} {path}: {_DASH.get(words, words)}"
    return f"can't {'open' if reading else 'create'} {path}: {words}"
