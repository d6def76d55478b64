"""Between archives and the file system of a little computer: what `docker cp`, `ADD` and `tar` do.

A whole container (`docker export`) needs none of this: `dockersim.fs.tar.pack(overlay.tree())` is its archive.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from dockersim.fs.archive import Member, member
from dockersim.fs.cred import ROOT, Cred
from dockersim.fs.errors import FsError, TarError
from dockersim.fs.tar import tree_path
from dockersim.fs.vfs import Vfs


def members_of(vfs: Vfs, path: str, name: str, *, cwd: str = "/", cred: Cred = ROOT) -> Iterator[Member]:
    """What is at `path` and below it, as members named `name` and below. Mounts are crossed, links not followed.

    A file's second name becomes a hard link; sockets are left out. FsError for what `cred` may not read.
    """
    first: dict[tuple[int, int], str] = {}
    for found, stat in vfs.walk(path, cwd=cwd, cred=cred):
        inside = found[len(path.rstrip("/")) :].lstrip("/")
        stored = f"{name.rstrip('/')}/{inside}" if inside and name else inside or name
        one = member(stored, vfs.node(found, cwd=cwd, cred=cred))
        if one is None:
            continue
        if stat.kind == "file" and stat.nlink > 1:
            original = first.setdefault((stat.dev, stat.ino), stored)
            if original != stored:
                one = one._replace(type="link", linkname=original, data=b"", nominal=None)
        yield one


def extract(
    vfs: Vfs,
    directory: str,
    members: Iterable[Member],
    *,
    cwd: str = "/",
    cred: Cred = ROOT,
    owner: tuple[int, int] | None = None,
    keep_kinds: bool = False,
) -> list[str]:
    """Make the members below `directory`, which must exist; returns the paths made.

    A file in the place of a member gives way; a directory stays if the member is one, else it gives way with all in
    it, or with `keep_kinds` raises, as `docker cp` refuses to turn a directory into a file or a file into a
    directory (EISDIR, ENOTDIR). Attributes are the member's, its owner only if `cred` may; `owner` overrides it.
    TarError for a name that leads out of `directory`.
    """
    times: list[tuple[str, int]] = []
    made: list[str] = []
    top = vfs.realpath(directory, cwd=cwd, cred=cred).rstrip("/")
    for one in members:
        path = top + tree_path(one.name)
        if path == top:
            if one.type != "directory":
                raise TarError(f"invalid path {one.name!r}: it is the directory itself")
            continue
        _make_room(vfs, path, one, cred, keep_kinds)
        if one.type == "link":
            vfs.link(top + tree_path(one.linkname), path, cred=cred)
        else:
            _make(vfs, path, one, cred)
            _dress(vfs, path, one, cred, owner)
            times.append((path, one.mtime_ns))
        made.append(path)
    for path, time in times:
        with suppress(FsError):  # a later member may have taken its place
            vfs.utimens(path, time, time, cred=cred, follow=False)
    return made


def _make_room(vfs: Vfs, path: str, one: Member, cred: Cred, keep_kinds: bool) -> None:
    vfs.makedirs(path[: path.rindex("/")] or "/", 0o755, cred=cred, umask=0)
    try:
        there = vfs.lstat(path, cred=cred)
    except FsError as error:
        if error.code == "ENOENT":
            return
        raise
    if there.is_dir == (one.type == "directory"):
        if not there.is_dir:
            vfs.unlink(path, cred=cred)
    elif keep_kinds:
        raise FsError("EISDIR" if there.is_dir else "ENOTDIR", path)
    else:
        remove_all(vfs, path, cred=cred)


def remove_all(vfs: Vfs, path: str, *, cwd: str = "/", cred: Cred = ROOT) -> None:
    """Remove what is at `path` with all below it; links are not followed. Stops at the first FsError."""
    for found, stat in reversed(list(vfs.walk(path, cwd=cwd, cred=cred))):
        if stat.is_dir:
            vfs.rmdir(found, cwd=cwd, cred=cred)
        else:
            vfs.unlink(found, cwd=cwd, cred=cred)


def _make(vfs: Vfs, path: str, one: Member, cred: Cred) -> None:
    if one.type == "directory":
        if not vfs.is_dir(path, cred=cred):
            vfs.mkdir(path, 0o700, cred=cred)
    elif one.type == "symlink":
        vfs.symlink(one.linkname, path, cred=cred)
    elif one.type == "file":
        vfs.write_file(path, one.data, 0o600, cred=cred)
        if one.nominal is not None:
            vfs.truncate(path, one.nominal, cred=cred)
    elif one.type != "link":
        vfs.mknod(path, one.type, 0o600, one.rdev, cred=cred)


def _dress(vfs: Vfs, path: str, one: Member, cred: Cred, owner: tuple[int, int] | None) -> None:
    uid, gid = owner or (one.uid, one.gid)
    if cred.privileged:
        vfs.lchown(path, uid, gid, cred=cred)
    if one.type != "symlink":
        vfs.chmod(path, one.mode, cred=cred)
