"""The program ``tar``."""

from __future__ import annotations

import posixpath

from dockersim.fs import FsError
from dockersim.fs.archive import Member
from dockersim.userland.process import Process
from dockersim.userland.programs.archives.reading import Tar
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.support import Files, Steps, open_input
from dockersim.userland.programs.usage import busybox_usage

LONG = (
    "create=c extract=x get=x list=t append=r update=u file:=f verbose=v gzip=z gunzip=z bzip2=j xz=J directory:=C "
    "files-from:=T exclude-from:=X exclude: strip-components: to-stdout=O keep-old-files=k overwrite "
    "same-permissions=p preserve-permissions=p no-same-owner=o same-owner same-permissions numeric-owner touch=m "
    "dereference=h absolute-names=P auto-compress=a owner: group: mtime: mode: sort: wildcards no-same-permissions "
    "transform: one-file-system recursion no-recursion totals checkpoint? warning: format: null zstd"
)


def _old_style(p: Process) -> None:
    """``tar xzf a.tgz`` is ``tar -x -z -f a.tgz``: letters first, then their values in turn."""
    if len(p.argv) < 2 or p.argv[1].startswith("-"):
        return
    letters, rest = p.argv[1], p.argv[2:]
    words = []
    for letter in letters:
        words.append("-" + letter)
        if letter in "fCTXbLNK":
            if not rest and not is_busybox(p):
                p.err(f"tar: Old option '{letter}' requires an argument.\n")
                p.err("Try 'tar --help' or 'tar --usage' for more information.\n")
                p.exit(2)
            words += rest[:1]
            rest = rest[1:]
    p.argv[1:] = words + rest


def _usage(p: Process, words: str) -> int:
    if is_busybox(p):
        p.err(busybox_usage(p))
        return 1
    p.err(f"tar: {words}\nTry 'tar --help' or 'tar --usage' for more information.\n")
    return 2


def tar(p: Process) -> Steps:
    _old_style(p)
    # -C counts for the names after it; one -C before all names is the common case and is done by going there.
    options = parse(p, "cxtruf:vzjJC:T:X:OkpomhPawWSb:" + ("" if is_busybox(p) else "N:"), LONG, status=2)
    run = Tar(p, options)
    mode = options.last("c x t r u")
    if not mode:
        return _usage(p, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options")
    archive = options.get("f", "-")
    if archive != "-":
        archive = posixpath.join(p.cwd, archive)
    names = list(options.operands)
    for path in options.all("X"):
        run.excluded += p.read_file(path).decode().split("\n")
    for path in options.all("T"):
        file = open_input(p, path)
        names += [line for line in (yield from p.read_all(file)).decode("utf-8", "surrogateescape").split("\n") if line]
        file.release()
    run.excluded = [pattern.rstrip("/") for pattern in run.excluded if pattern]
    shown = options.get("f", "-")
    members: list[Member] = []
    if mode in "xt" or (mode in "ru" and run.files.exists(archive)):
        if mode in "xt" and "f" not in options and p.isatty(0) and not is_busybox(p):
            p.err("tar: Refusing to read archive contents from terminal (missing -f option?)\n")
            p.err("tar: Error is not recoverable: exiting now\n")
            return 2
        loaded = yield from run.load(shown)
        if loaded is None:
            return run.status
        members = loaded
    try:
        for directory in options.all("C"):
            p.cwd = p.vfs.realpath(directory, cwd=p.cwd, cred=p.cred)
            run.files = Files(p)
    except FsError as error:
        return run.fatal(
            f"can't change directory to '{directory}': {error.strerror}"
            if is_busybox(p)
            else f"{directory}: Cannot open: {error.strerror}"
        )
    if mode in "cru":
        if not names and not options.any("T"):
            if is_busybox(p):
                return run.fail("empty archive")
            return _usage(p, "Cowardly refusing to create an empty archive")
        return (yield from run.create(archive, names, members))
    members = run.chosen(members, names)
    if mode == "t":
        p.out("".join(run.line(one, run.verbose > 0) for one in members))
        return run.ended()
    return (yield from run.extract(members))
