"""chmod, chown, chgrp."""

from __future__ import annotations

from collections.abc import Iterator

from dockersim.fs import FsError, Stat
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import mode_string
from dockersim.userland.programs.modes import change_mode
from dockersim.userland.programs.options import Options, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Files, join
from dockersim.userland.programs.usage import try_help


class _Tree:
    """The operands, and with -R all below them; what cannot be reached is told."""

    def __init__(self, p: Process, options: Options, verb: str) -> None:
        self.p = p
        self.files = Files(p)
        self.recursive = "R" in options
        self.quiet = "f" in options
        self.verb = verb
        self.status = 0

    def complain(self, path: str, error: FsError, gnu: str) -> None:
        self.status = 1
        if not self.quiet:
            self.p.fail(
                f"{path}: {error.strerror}" if is_busybox(self.p) else f"{gnu} {quoted(path)}: {error.strerror}"
            )

    def each(self, names: list[str]) -> Iterator[str]:
        for name in names:
            try:
                (self.files.stat if not self.files.present(name) else self.files.lstat)(name)
            except FsError as error:
                self.complain(name, error, "cannot access")
                continue
            yield name
            if self.recursive:
                yield from self._below(name)

    def _below(self, path: str) -> Iterator[str]:
        try:
            if self.files.lstat(path).kind != "directory":
                return
            names = self.files.listdir(path)
        except FsError as error:
            self.complain(path, error, "cannot read directory")
            return
        for name in names:
            yield join(path, name)
            yield from self._below(join(path, name))


def chmod(p: Process) -> int:
    """``chmod [options] mode file ...``"""
    _shield_mode(p)
    options = parse(
        p, "Rcvf", "recursive=R changes=c verbose=v silent=f quiet=f reference: preserve-root no-preserve-root"
    )
    operands = options.operands
    tree = _Tree(p, options, "mode")
    if "reference" in options:
        text = f"{tree.files.stat(options.get('reference')).mode:o}"
    else:
        if not operands:
            missing_operand(p)
        text, *operands = operands
    if not operands:
        missing_operand(p, text)
    if change_mode(text, 0, False, p.umask) is None:
        p.fail(f"invalid mode '{text}'" if is_busybox(p) else f"invalid mode: {quoted(text)}")
        if is_busybox(p):
            return 1
        try_help(p)
    for path in tree.each(operands):
        try:
            stat = tree.files.stat(path) if path in operands else tree.files.lstat(path)
            if stat.kind == "symlink":
                continue
            mode = change_mode(text, stat.mode, stat.is_dir, p.umask)
            assert mode is not None
            tree.files.chmod(path, mode)
            if "v" in options or ("c" in options and mode != stat.mode):
                p.out(_told(p, path, stat, mode))
        except FsError as error:
            dangling = error.code == "ENOENT" and tree.files.present(path)
            tree.complain(path, error, "cannot operate on dangling symlink" if dangling else "changing permissions of")
    return tree.status


def _shield_mode(p: Process) -> None:
    """A mode such as -w or -x looks like an option: put ``--`` before it."""
    for index, word in enumerate(p.argv[1:], 1):
        if word == "--":
            return
        if word[:1] == "-" and len(word) > 1 and all(letter in "rwxXst-+=,ugoa" for letter in word[1:]):
            p.argv.insert(index, "--")
            return


def _told(p: Process, path: str, stat: Stat, mode: int) -> str:
    """What ``-v`` and ``-c`` say."""
    before, after = mode_string(stat.kind, stat.mode)[1:], mode_string(stat.kind, mode)[1:]
    if is_busybox(p):
        return f"mode of '{path}' changed to {mode:04o} ({after})\n"
    if mode == stat.mode:
        return f"mode of {quoted(path)} retained as {mode:04o} ({after})\n"
    return f"mode of {quoted(path)} changed from {stat.mode:04o} ({before}) to {mode:04o} ({after})\n"


def _owner(p: Process, text: str) -> tuple[int, int] | str:
    """The numbers of ``user:group``, -1 for what stays; or the name that is unknown."""
    mark = ":" if ":" in text or "." not in text else "."
    who, separator, which = text.partition(mark)
    uid = gid = -1
    if who:
        account = users.account(p.vfs, who)
        if account is not None:
            uid = account.uid
            gid = account.gid if separator and not which else -1
        elif who.isdigit():
            uid = int(who)
        else:
            return "user"
    if which:
        group = users.group(p.vfs, which)
        if group is None and not which.isdigit():
            return "group"
        gid = group.gid if group is not None else int(which)
    return uid, gid


def _change(p: Process, options: Options, operands: list[str], uid: int, gid: int, verb: str) -> int:
    tree = _Tree(p, options, verb)
    for path in tree.each(operands):
        try:
            follow = "h" not in options and (path in operands or tree.files.lstat(path).kind != "symlink")
            if tree.files.lstat(path).kind == "symlink" and path not in operands:
                follow = False
            tree.files.chown(path, uid, gid, follow=follow)
            if "v" in options:
                names = (
                    users.user_name(p.vfs, uid) if uid >= 0 else "",
                    users.group_name(p.vfs, gid) if gid >= 0 else "",
                )
                p.out(f"changed ownership of {quoted(path)} to {':'.join(names).rstrip(':')}\n")
        except FsError as error:
            tree.complain(path, error, f"changing {verb} of")
    return tree.status


CHOWN_LONG = (
    "recursive=R changes=c verbose=v silent=f quiet=f no-dereference=h dereference reference: from: preserve-root "
    "no-preserve-root"
)


def chown(p: Process) -> int:
    options = parse(p, "RcvfhHLP", CHOWN_LONG)
    operands = options.operands
    if "reference" in options:
        stat = Files(p).stat(options.get("reference"))
        return _change(p, options, operands, stat.uid, stat.gid, "ownership")
    if not operands:
        missing_operand(p)
    if len(operands) < 2:
        missing_operand(p, operands[0])
    owner = _owner(p, operands[0])
    if isinstance(owner, str):
        if is_busybox(p):
            name = operands[0].partition(":")[2 if owner == "group" else 0]
            return p.fail(
                f"unknown {owner} {name}"
                if owner == "group"
                else f"unknown user/group {operands[0]}"
                if ":" in operands[0]
                else f"unknown user {name}"
            )
        return p.fail(f"invalid {owner}: {quoted(operands[0])}")
    return _change(p, options, operands[1:], *owner, "ownership")


def chgrp(p: Process) -> int:
    options = parse(p, "RcvfhHLP", CHOWN_LONG)
    operands = options.operands
    if not operands:
        missing_operand(p)
    if len(operands) < 2:
        missing_operand(p, operands[0])
    owner = _owner(p, ":" + operands[0])
    if isinstance(owner, str):
        return p.fail(f"unknown group {operands[0]}" if is_busybox(p) else f"invalid group: {quoted(operands[0])}")
    return _change(p, options, operands[1:], *owner, "group")
