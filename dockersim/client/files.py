"""Files of the laptop that commands read and write as a whole, with their errors as Go words them."""

from __future__ import annotations

import posixpath

from dockersim.client.cli import Cli
from dockersim.client.transport import Failure
from dockersim.fs import FsError

_ODD = {
    "directory": "cannot write to a directory",
    "symlink": "cannot write to a symbolic link directly",
    "fifo": "cannot write to a named pipe (FIFO)",
    "socket": "cannot write to a socket",
    "char": "cannot write to a character device file",
    "block": "cannot write to a block device file",
}
MAX_STEPS = 1_000
_TERMINAL = "cowardly refusing to save to a terminal. Use the -o flag or redirect"


def go_error(error: FsError) -> str:
    """``no such file or directory``: what Go calls an errno."""
    return error.strerror[:1].lower() + error.strerror[1:]


def resolved(cli: Cli, path: str) -> str:
    """``path`` without symbolic links, as ``filepath.EvalSymlinks`` finds it.

    :class:`Failure` names the first place on the way that is not there.
    """
    vfs, where = cli.p.vfs, {"cwd": cli.p.cwd, "cred": cli.p.cred}
    done, ahead = "/", [name for name in path.split("/") if name not in ("", ".")]
    for _ in range(MAX_STEPS):
        if not ahead:
            return done
        name = ahead.pop(0)
        here = posixpath.dirname(done) if name == ".." else posixpath.join(done, name)
        try:
            kind = vfs.lstat(here, **where).kind
        except FsError as error:
            raise Failure(f"lstat {here}: {go_error(error)}") from None
        if kind != "symlink":
            if ahead and kind != "directory":
                raise Failure("not a directory")
            done = here
            continue
        target = vfs.readlink(here, **where)
        done = "/" if target.startswith("/") else done
        ahead[:0] = [name for name in target.split("/") if name not in ("", ".")]
    raise Failure("EvalSymlinks: too many links")


def check_output(cli: Cli, path: str, doing: str) -> None:
    """Raise :class:`Failure` if ``path`` can be no output file, or if there is none and output is a terminal.

    ``doing`` says what fails: ``failed to save image``.
    """
    if not path:
        if cli.p.isatty(1):
            raise Failure(_TERMINAL)
        return
    vfs, where = cli.p.vfs, {"cwd": cli.p.cwd, "cred": cli.p.cred}
    directory = posixpath.dirname(posixpath.normpath(path)) or "."
    try:
        is_directory = vfs.stat(directory, **where).is_dir
    except FsError as error:
        raise Failure(f"{doing}: invalid output path: stat {directory}: {go_error(error)}") from None
    if not is_directory:
        raise Failure(f"{doing}: invalid output path: stat {directory}: not a directory")
    try:
        kind = vfs.lstat(path, **where).kind
    except FsError:
        return
    if kind in _ODD:
        raise Failure(f"{doing}: {_ODD[kind]}")


def read_input(cli: Cli, path: str) -> bytes:
    """A file of the client's, whole; :class:`Failure` in Go's words where it cannot be read."""
    try:
        return cli.p.read_file(path)
    except FsError as error:
        verb = "read" if error.code == "EISDIR" else "open"
        raise Failure(f"{verb} {path}: {go_error(error)}") from None
