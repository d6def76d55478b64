"""cp, mv, install."""

from __future__ import annotations

import posixpath
from contextlib import suppress

from dockersim.fs import FsError, Stat
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.modes import change_mode
from dockersim.userland.programs.options import Options, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import CHUNK, Files, Steps, base, join


class Copier:
    """Copies files and trees; what fails is told and gives ``status`` 1."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.files = Files(p)
        self.options = options
        self.busybox = is_busybox(p)
        archive = "a" in options
        self.recursive = archive or options.any("r R")
        self.keep_links = archive or options.any("d P") or (self.recursive and not options.any("L H"))
        self.keep_all = archive or "p" in options or "preserve" in options
        self.status = 0
        self.made: dict[tuple[int, int], str] = {}
        self.answers = p.lines(0) if 0 in p.fds else None

    def complain(self, gnu: str, busybox: str) -> None:
        self.status = 1
        self.p.fail(busybox if self.busybox else gnu)

    def copy(self, source: str, target: str, top: bool = True) -> Steps:
        files = self.files
        try:
            follow = not self.keep_links or (top and "H" in self.options)
            stat = files.stat(source) if follow else files.lstat(source)
        except FsError as error:
            self.complain(f"cannot stat {quoted(source)}: {error.strerror}", f"can't stat '{source}': {error.strerror}")
            return
        if stat.kind == "directory":
            yield from self._directory(source, target, stat, top)
            return
        if files.is_dir(target):
            self.complain(
                f"cannot overwrite directory {quoted(target)} with non-directory",
                f"can't create '{target}': Is a directory",
            )
            return
        if self._same(stat, target):
            self.complain(
                f"{quoted(source)} and {quoted(target)} are the same file",
                f"'{source}' and '{target}' are the same file",
            )
            return
        if not (yield from self._may_replace(target, stat)):
            return
        try:
            yield from self._one(source, target, stat)
        except FsError as error:
            self.complain(
                f"{self._verb(target, error)} {quoted(error.path if error.path == source else target)}"
                f"{' for reading' if error.path == source else ''}: {error.strerror}",
                f"can't {'open' if error.path == source else 'create'} "
                f"'{source if error.path == source else target}': {error.strerror}",
            )
            return
        if "v" in self.options:
            self.p.out(f"{quoted(source)} -> {quoted(target)}\n")

    def _verb(self, target: str, error: FsError) -> str:
        if error.path != target:
            return "cannot open"
        return "cannot create regular file"

    def _same(self, stat: Stat, target: str) -> bool:
        if not self.files.present(target):
            return False
        there = self.files.stat(target) if self.files.exists(target) else self.files.lstat(target)
        return (there.dev, there.ino) == (stat.dev, stat.ino)

    def _may_replace(self, target: str, stat: Stat) -> Steps:
        options = self.options
        if not self.files.present(target):
            return True
        how = options.last("f i n")
        if how == "n":
            return False
        if "u" in options and self.files.lstat(target).mtime_ns >= stat.mtime_ns:
            return False
        if how == "i":
            self.p.err(f"{self.p.name}: overwrite {quoted(target)}? ")
            yield from self.p.flush()
            answer = (yield from self.answers.next()) if self.answers is not None else b""
            return answer[:1] in (b"y", b"Y")
        return True

    def _one(self, source: str, target: str, stat: Stat) -> Steps:
        files = self.files
        options = self.options
        if options.any("b") and files.present(target):
            files.rename(target, target + "~")
        if "l" in options or "s" in options:
            if files.present(target) and "f" in options:
                files.unlink(target)
            (files.link if "l" in options else files.symlink)(source, target)
            return
        key = stat.dev, stat.ino
        if stat.nlink > 1 and key in self.made and "a" in options:
            if files.present(target):
                files.unlink(target)
            files.link(self.made[key], target)
            return
        if stat.kind == "symlink":
            if files.present(target):
                files.unlink(target)
            files.symlink(files.readlink(source), target)
        elif stat.kind in ("file",) or not self.recursive:
            yield from self._data(source, target, stat)
        else:
            if files.present(target):
                files.unlink(target)
            files.mknod(target, stat.kind, stat.mode, stat.rdev)
        self.made[key] = target
        self.keep(target, stat)

    def _data(self, source: str, target: str, stat: Stat) -> Steps:
        p = self.p
        reader = p.open(source)
        if self.files.present(target) and not self.files.exists(target) and "f" not in self.options:
            reader.release()
            raise FsError("ENOENT", target)
        try:
            try:
                writer = p.open(target, "w", stat.mode & 0o777)
            except FsError:
                if "f" not in self.options or not self.files.present(target):
                    raise
                self.files.unlink(target)
                writer = p.open(target, "w", stat.mode & 0o777)
        except FsError:
            reader.release()
            raise
        left = stat.size
        honest = 0
        while chunk := (yield from p.read(reader, CHUNK)):
            if left > 64 << 20 and honest > 64 << 20 and not chunk.strip(b"\0"):
                break
            honest += len(chunk)
            yield from p.write(writer, chunk)
        reader.release()
        writer.release()
        if honest < left:
            self.files.truncate(target, left)

    def keep(self, target: str, stat: Stat) -> None:
        """Give the copy what -p or -a keep."""
        if not self.keep_all:
            return
        files = self.files
        link = stat.kind == "symlink"
        with suppress(FsError):  # the owner is kept only where that is allowed
            files.chown(target, stat.uid, stat.gid, follow=False)
        if not link:
            files.chmod(target, stat.mode)
        files.utimens(target, stat.atime_ns, stat.mtime_ns, follow=not link)

    def _directory(self, source: str, target: str, stat: Stat, top: bool) -> Steps:
        files = self.files
        if not self.recursive:
            self.complain(f"-r not specified; omitting directory {quoted(source)}", f"omitting directory '{source}'")
            return
        inside = posixpath.normpath(posixpath.join(self.p.cwd, target)) + "/"
        if top and inside.startswith(posixpath.normpath(posixpath.join(self.p.cwd, source)).rstrip("/") + "/"):
            self.complain(
                f"cannot copy a directory, {quoted(source)}, into itself, {quoted(target)}",
                f"recursion detected, omitting directory '{source}'",
            )
            return
        created = False
        try:
            if not files.exists(target):
                files.mkdir(target, stat.mode & 0o777 | 0o700)
                created = True
            elif not files.is_dir(target):
                self.complain(
                    f"cannot overwrite non-directory {quoted(target)} with directory {quoted(source)}",
                    f"target '{target}' is not a directory",
                )
                return
            names = files.listdir(source)
        except FsError as error:
            word = "create" if error.path == target else "access"
            self.complain(
                f"cannot {word} {'directory ' if word == 'create' else ''}{quoted(error.path or target)}: "
                f"{error.strerror}",
                f"can't {'create directory' if word == 'create' else 'open'} "
                f"'{error.path or target}': {error.strerror}",
            )
            return
        if "v" in self.options and created:
            self.p.out(f"{quoted(source)} -> {quoted(target)}\n")
        for name in names:
            yield from self.copy(join(source, name), join(target, name), False)
            if self.p.charge(2e-5):
                yield from self.p.pay()
        if created:
            files.chmod(target, stat.mode & ~self.p.umask if not self.keep_all else stat.mode)
            self.keep(target, stat)


def _operands(p: Process, options: Options) -> tuple[list[str], str, bool]:
    """Sources, target, and whether the target is a directory to put them in. Ends the process on nonsense."""
    operands = list(options.operands)
    if not operands:
        missing_operand(p, word="missing file operand")
    if "t" in options and not is_busybox(p):
        return operands, options.get("t"), True
    if len(operands) == 1:
        missing_operand(p, operands[0], word="missing destination file operand")
    target = operands.pop()
    files = Files(p)
    into = files.is_dir(target) and "T" not in options
    if not into and len(operands) > 1:
        if is_busybox(p):
            p.fail(f"{target}: {'Not a directory' if files.present(target) else 'No such file or directory'}")
        else:
            p.fail(
                f"target {quoted(target)}: "
                f"{'Not a directory' if files.present(target) else 'No such file or directory'}"
            )
        p.exit(1)
    if not into and target.endswith("/") and not files.exists(target) and not files.is_dir(operands[0]):
        word = f"cannot create regular file {quoted(target)}: Not a directory"
        p.fail(word if not is_busybox(p) else f"can't create '{target}': Is a directory")
        p.exit(1)
    return operands, target, into


def cp(p: Process) -> Steps:
    options = parse(
        p,
        "arPLHpfinlsTuvdRt:b" if not is_busybox(p) else "arPLHpfinlsTuvdRct:",
        "archive=a recursive=r force=f interactive=i no-clobber=n "
        "link=l symbolic-link=s no-target-directory=T update?=u "
        "verbose=v dereference=L no-dereference=P preserve? no-preserve: parents target-directory:=t backup?=b "
        "reflink? sparse: one-file-system attributes-only remove-destination strip-trailing-slashes",
    )
    sources, target, into = _operands(p, options)
    copier = Copier(p, options)
    for source in sources:
        if "parents" in options:
            path = join(target, source.strip("/"))
            copier.files.makedirs(posixpath.dirname(path))
        else:
            path = join(target, base(source)) if into and base(source) not in (".", "..") else target
        yield from copier.copy(source.rstrip("/") or "/" if source.endswith("/") else source, path)
    return copier.status


def mv(p: Process) -> Steps:
    options = parse(
        p,
        "finTt:" + ("v" if is_busybox(p) else "uvb"),
        "force=f interactive=i no-clobber=n no-target-directory=T update?=u verbose=v target-directory:=t backup?=b "
        "strip-trailing-slashes",
    )
    sources, target, into = _operands(p, options)
    mover = Copier(p, Options([*options.given, ("a", "")], options.operands))
    files = mover.files
    for source in sources:
        path = join(target, base(source)) if into else target
        try:
            stat = files.lstat(source)
        except FsError as error:
            mover.complain(
                f"cannot stat {quoted(source)}: {error.strerror}", f"can't rename '{source}': {error.strerror}"
            )
            continue
        if files.present(path) and (files.lstat(path).ino, files.lstat(path).dev) == (stat.ino, stat.dev):
            mover.complain(
                f"{quoted(source)} and {quoted(path)} are the same file", f"'{source}' and '{path}' are the same file"
            )
            continue
        if not (yield from mover._may_replace(path, stat)):
            continue
        if files.is_dir(path) and stat.kind != "directory":
            mover.complain(
                f"cannot overwrite directory {quoted(path)} with non-directory",
                f"can't rename '{source}': Is a directory",
            )
            continue
        if "b" in options and files.present(path):
            files.rename(path, path + "~")
        yield from _move(mover, source, path)
        if "v" in options and not mover.status:
            p.out(f"renamed {quoted(source)} -> {quoted(path)}\n" if not is_busybox(p) else f"'{source}' -> '{path}'\n")
    return mover.status


def _move(mover: Copier, source: str, path: str) -> Steps:
    files = mover.files
    try:
        files.rename(source, path)
        return
    except FsError as error:
        if error.code != "EXDEV":
            if error.code == "EINVAL":
                gnu = f"cannot move {quoted(source)} to a subdirectory of itself, {quoted(path)}"
            else:
                gnu = f"cannot move {quoted(source)} to {quoted(path)}: {error.strerror}"
            mover.complain(gnu, f"can't rename '{source}': {error.strerror}")
            return
    before = mover.status
    options, mover.options = mover.options, Options([("a", "")], [])
    yield from mover.copy(source, path)
    mover.options = options
    if mover.status == before:
        _delete(files, source)


def _delete(files: Files, path: str) -> None:
    if files.lstat(path).kind != "directory":
        files.unlink(path)
        return
    for name in files.listdir(path):
        _delete(files, join(path, name))
    files.rmdir(path)


def install(p: Process) -> Steps:
    """``install [options] source ... target``, or ``-d directory ...``"""
    options = parse(
        p,
        "cdDsvpCm:o:g:t:T",
        "directory=d mode:=m owner:=o group:=g target-directory:=t strip=s verbose=v preserve-timestamps=p compare=C "
        "no-target-directory=T",
    )
    files = Files(p)
    mode = change_mode(options.get("m", "755"), 0, False, 0)
    if mode is None:
        return p.fail(f"invalid mode {quoted(options.get('m'))}")
    ids = _owners(p, options)
    if isinstance(ids, str):
        return p.fail(ids)
    if "d" in options:
        for path in options.operands:
            files.makedirs(path)
            files.chmod(path, mode)
            if ids != (-1, -1):
                files.chown(path, *ids)
        return 0
    if "D" in options and len(options.operands) == 2 and "t" not in options:
        parent = posixpath.dirname(options.operands[1])
        if parent:
            files.makedirs(parent)
    if "D" in options and "t" in options:
        files.makedirs(options.get("t"))
    sources, target, into = _operands(p, options)
    copier = Copier(p, Options([("f", ""), *([("v", "")] if "v" in options else [])], []))
    for source in sources:
        path = join(target, base(source)) if into else target
        if files.is_dir(source):
            copier.complain(f"omitting directory {quoted(source)}", f"omitting directory '{source}'")
            continue
        if files.present(path):
            files.unlink(path)
        before = copier.status
        yield from copier.copy(source, path)
        if copier.status == before and files.exists(path):
            files.chmod(path, mode)
            if ids != (-1, -1):
                files.chown(path, *ids)
    return copier.status


def _owners(p: Process, options: Options) -> tuple[int, int] | str:
    """The numbers that ``-o`` and ``-g`` mean, -1 for what stays; or what is wrong."""
    ids = [-1, -1]
    for index, (key, ask) in enumerate((("o", users.account), ("g", users.group))):
        if key in options:
            found = ask(p.vfs, options.get(key))
            if found is None and not options.get(key).isdigit():
                return f"invalid {'user' if key == 'o' else 'group'} {quoted(options.get(key))}"
            ids[index] = found[1] if found is not None else int(options.get(key))
    return ids[0], ids[1]
