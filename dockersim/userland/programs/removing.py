"""rm, rmdir, unlink."""

from __future__ import annotations

import posixpath

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.options import extra_operand, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Files, Steps, base, join


class _Remover:
    def __init__(self, p: Process, force: bool, recursive: bool, ask: bool, verbose: bool) -> None:
        self.p = p
        self.files = Files(p)
        self.force, self.recursive, self.ask, self.verbose = force, recursive, ask, verbose
        self.answers = p.lines(0) if 0 in p.fds else None
        self.status = 0

    def complain(self, path: str, why: str) -> None:
        self.status = 1
        self.p.fail(f"can't remove '{path}': {why}" if is_busybox(self.p) else f"cannot remove {quoted(path)}: {why}")

    def remove(self, path: str, top: bool = True) -> Steps:
        files = self.files
        try:
            stat = files.lstat(path)
        except FsError as error:
            if not (self.force and error.code in ("ENOENT", "ENOTDIR")):
                self.complain(path, error.strerror)
            return
        if stat.kind != "directory":
            if self.ask and not (
                yield from self.agreed(
                    f"remove {self._kind(stat.kind, stat.size)} {quoted(path)}? ", f"remove '{path}'? "
                )
            ):
                return
            self._do(path, files.unlink, "removed")
            return
        if not self.recursive:
            if is_busybox(self.p):
                self.status = 1
                self.p.fail(f"'{path}' is a directory")
            else:
                self.complain(path, "Is a directory")
            return
        if base(path) in (".", "..") and top:
            self.status = 1
            if is_busybox(self.p):
                self.p.fail("can't remove '.' or '..'")
            else:
                self.p.fail(f"refusing to remove '.' or '..' directory: skipping {quoted(path)}")
            return
        if self.ask and not (
            yield from self.agreed(f"descend into directory {quoted(path)}? ", f"descend into directory '{path}'? ")
        ):
            return
        try:
            names = files.listdir(path)
        except FsError as error:
            self.complain(path, error.strerror)
            return
        for name in names:
            yield from self.remove(join(path, name), False)
        if self.p.charge(1e-5):
            yield from self.p.pay()
        if self.ask and not (
            yield from self.agreed(f"remove directory {quoted(path)}? ", f"remove directory '{path}'? ")
        ):
            return
        self._do(path, files.rmdir, "removed directory")

    @staticmethod
    def _kind(kind: str, size: int) -> str:
        if kind == "file":
            return "regular file" if size else "regular empty file"
        return {"symlink": "symbolic link"}.get(kind, kind)

    def _do(self, path: str, call: object, word: str) -> None:
        try:
            call(path)  # type: ignore[operator]
        except FsError as error:
            self.complain(path, error.strerror)
            return
        if self.verbose:
            self.p.out(f"{word} {quoted(path)}\n" if not is_busybox(self.p) else f"removed '{path}'\n")

    def agreed(self, gnu: str, busybox: str) -> Steps:
        self.p.err(f"{self.p.name}: {busybox if is_busybox(self.p) else gnu}")
        yield from self.p.flush()
        if self.answers is None:
            return False
        answer = yield from self.answers.next()
        return answer[:1] in (b"y", b"Y")


def rm(p: Process) -> Steps:
    options = parse(
        p,
        "fiRrv" + ("" if is_busybox(p) else "dI"),
        "force=f interactive? recursive=r verbose=v dir=d one-file-system no-preserve-root preserve-root?",
    )
    last = options.last("f i I")
    if not options.operands and last != "f":
        missing_operand(p)
    remover = _Remover(p, last == "f", options.any("r R"), last == "i", "v" in options)
    for path in options.operands:
        if remover.recursive and not path.strip("/") and "no-preserve-root" not in options and not is_busybox(p):
            p.fail("it is dangerous to operate recursively on '/'")
            return p.fail("use --no-preserve-root to override this failsafe")
        if "d" in options and not remover.recursive and remover.files.is_dir(path):
            remover._do(path, remover.files.rmdir, "removed directory")
            continue
        yield from remover.remove(path)
    return remover.status


def rmdir(p: Process) -> int:
    options = parse(p, "p" if is_busybox(p) else "pv", "parents=p verbose=v ignore-fail-on-non-empty=e")
    if not options.operands:
        missing_operand(p)
    files = Files(p)
    status = 0
    for given in options.operands:
        path = given
        while True:
            try:
                if "v" in options:
                    p.out(f"rmdir: removing directory, {quoted(path)}\n")
                files.rmdir(path)
            except FsError as error:
                if error.code == "ENOTEMPTY" and "e" in options:
                    break
                if is_busybox(p):
                    status = p.fail(f"'{path}': {error.strerror}")
                else:
                    what = "directory " if "p" in options and path != given else ""
                    status = p.fail(f"failed to remove {what}{quoted(path)}: {error.strerror}")
                break
            path = posixpath.dirname(path.rstrip("/"))
            if "p" not in options or path in ("", "/", "."):
                break
    return status


def unlink(p: Process) -> int:
    operands = parse(p, "").operands
    if not operands:
        missing_operand(p)
    if len(operands) > 1:
        extra_operand(p, operands[1])
    try:
        p.vfs.unlink(operands[0], cwd=p.cwd, cred=p.cred)
    except FsError as error:
        return p.fail(
            f"can't remove file '{operands[0]}': {error.strerror}"
            if is_busybox(p)
            else f"cannot unlink {quoted(operands[0])}: {error.strerror}"
        )
    return 0
