"""readlink, realpath, basename, dirname, which, pwd: names of files."""

from __future__ import annotations

import posixpath

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.options import extra_operand, is_busybox, missing_operand, parse
from dockersim.userland.programs.running import DEFAULT_PATH
from dockersim.userland.programs.support import Files, base


def resolve(files: Files, path: str, cwd: str, missing: str) -> str:
    """The canonical path. ``missing``: ``all`` components may lack, only the ``last``, or ``none``."""
    if missing == "none":
        found: str = files.realpath(path)
        return found
    at = "/" if path.startswith("/") else cwd
    parts = [part for part in path.split("/") if part]
    links = 0
    while parts:
        part = parts.pop(0)
        if part == ".":
            continue
        if part == "..":
            at = posixpath.dirname(at)
            continue
        here = posixpath.join(at, part)
        try:
            stat = files.lstat(here)
        except FsError as error:
            if error.code != "ENOENT" and missing != "all":
                raise FsError(error.code, path) from None
            if parts and missing == "last":
                raise FsError("ENOENT", path) from None
            at = here
            continue
        if stat.kind == "symlink":
            links += 1
            if links > 40:
                raise FsError("ELOOP", path)
            target = files.readlink(here)
            parts = [piece for piece in target.split("/") if piece] + parts
            at = "/" if target.startswith("/") else at
        elif parts and stat.kind != "directory" and missing != "all":
            raise FsError("ENOTDIR", path)
        else:
            at = here
    return at


def readlink(p: Process) -> int:
    options = parse(
        p, "fnv" if is_busybox(p) else "femnqsvz",
        "canonicalize=f canonicalize-existing=e canonicalize-missing=m no-newline=n quiet=q silent=s verbose=v zero=z",
    )  # fmt: skip
    if not options.operands:
        missing_operand(p)
    files = Files(p)
    status = 0
    end = "" if "n" in options else "\0" if "z" in options else "\n"
    for path in options.operands:
        try:
            how = options.last("f e m")
            if how:
                p.out(resolve(files, path, p.cwd, {"f": "last", "e": "none", "m": "all"}[how]) + end)
            else:
                p.out(files.readlink(path) + end)
        except FsError as error:
            status = 1
            if "v" in options:
                p.fail(f"{path}: {error.strerror}")
    return status


def realpath(p: Process) -> int:
    options = parse(
        p, "" if is_busybox(p) else "emqszLP",
        "canonicalize-existing=e canonicalize-missing=m quiet=q strip=s no-symlinks=s zero=z relative-to: "
        "relative-base: logical=L physical=P",
    )  # fmt: skip
    if not options.operands:
        missing_operand(p)
    files = Files(p)
    status = 0
    for path in options.operands:
        try:
            if "s" in options:
                made = posixpath.normpath(posixpath.join(p.cwd, path))
            else:
                how = "none" if "e" in options else "all" if "m" in options else "last"
                made = resolve(files, path, p.cwd, how)
            if "relative-to" in options:
                made = posixpath.relpath(made, resolve(files, options.get("relative-to"), p.cwd, "all"))
            p.out(made + ("\0" if "z" in options else "\n"))
        except FsError as error:
            status = 1
            if "q" not in options:
                p.fail(f"{path}: {error.strerror}")
    return status


def basename(p: Process) -> int:
    options = parse(p, "as:" + ("" if is_busybox(p) else "z"), "multiple=a suffix:=s zero=z", early=True)
    operands = options.operands
    if not operands:
        missing_operand(p)
    suffix = options.get("s")
    if not options.any("a s"):
        if len(operands) > 2:
            extra_operand(p, operands[2])
        suffix = operands[1] if len(operands) > 1 else ""
        operands = operands[:1]
    for name in operands:
        made = base(name)
        if suffix and made != suffix:
            made = made.removesuffix(suffix)
        p.out(made + ("\0" if "z" in options else "\n"))
    return 0


def dirname(p: Process) -> int:
    options = parse(p, "" if is_busybox(p) else "z", "zero=z", early=True)
    if not options.operands:
        missing_operand(p)
    if is_busybox(p) and len(options.operands) > 1:
        missing_operand(p)
    for name in options.operands:
        stripped = name.rstrip("/")
        head = stripped.rpartition("/")[0].rstrip("/")
        made = head or "/" if "/" in stripped else "/" if name.startswith("/") else "."
        p.out(made + ("\0" if "z" in options else "\n"))
    return 0


def which(p: Process) -> int:
    options = parse(p, "as", "all=a", early=True)
    files = Files(p)
    status = 0 if options.operands else 1
    for name in options.operands:
        directories = [""] if "/" in name else p.env.get("PATH", DEFAULT_PATH).split(":")
        found = False
        for directory in directories:
            path = posixpath.join(directory, name) if directory else name
            try:
                if files.stat(path).kind != "file":
                    continue
                files.access(path, 1)
            except FsError:
                continue
            found = True
            p.out(path + "\n")
            if "a" not in options:
                break
        status = status if found else 1
    return status


def pwd(p: Process) -> int:
    options = parse(p, "LP", "logical=L physical=P")
    logical = p.env.get("PWD", "")
    if options.last("L P") == "L" and logical.startswith("/"):
        files = Files(p)
        try:
            if files.stat(logical).ino == files.stat(p.cwd).ino:
                p.out(logical + "\n")
                return 0
        except FsError:
            pass  # PWD is out of date: what is true is printed
    p.out(p.cwd + "\n")
    return 0
