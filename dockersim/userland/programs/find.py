"""find: the expression becomes a function of one file."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from fnmatch import translate
from typing import Any, NamedTuple

from dockersim.fs import FsError, Stat
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import mode_string, strftime
from dockersim.userland.programs.modes import change_mode
from dockersim.userland.programs.options import is_busybox, quoted
from dockersim.userland.programs.regex import BadPattern, compile_posix
from dockersim.userland.programs.running import start
from dockersim.userland.programs.support import Files, Steps, base, join

KINDS = {"f": "file", "d": "directory", "l": "symlink", "p": "fifo", "c": "char", "b": "block", "s": "socket"}
DAY = 86_400 * 10**9


class Found(NamedTuple):
    """A file that is being looked at."""

    path: str
    top: str
    depth: int
    stat: Stat


Test = Callable[[Found], Generator[Any, Any, bool]]


class BadExpression(Exception):
    """An expression that find refuses, in its words."""


def _sure(check: Callable[[Found], bool]) -> Test:
    def test(one: Found) -> Generator[Any, Any, bool]:
        return check(one)
        yield

    return test


class Finder:
    """One run: options, the compiled expression, what -exec ... + gathered."""

    def __init__(self, p: Process, words: list[str]) -> None:
        self.p = p
        self.words = words
        self.at = 0
        self.files = Files(p)
        self.min, self.max = 0, 1 << 30
        self.depth_first = False
        self.one_device = False
        self.follow = False
        self.acts = False
        self.pruned = False
        self.status = 0
        self.batches: list[tuple[list[str], list[str]]] = []
        self.open: dict[str, Any] = {}

    # ---- the expression

    def word(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def argument(self, name: str) -> str:
        if self.at >= len(self.words):
            raise BadExpression(f"missing argument to `{name}'")
        self.at += 1
        return self.words[self.at - 1]

    def expression(self) -> Test:
        test = self.either()
        if self.at < len(self.words):
            word = self.word()
            raise BadExpression("you have too many ')'" if word == ")" else f"paths must precede expression: `{word}'")
        return test

    def either(self) -> Test:
        left = self.both()
        while self.word() in ("-o", "-or"):
            self.at += 1
            left = _or(left, self.both())
        return left

    def both(self) -> Test:
        left = self.negated()
        while self.word() and self.word() not in ("-o", "-or", ")", ","):
            if self.word() in ("-a", "-and"):
                self.at += 1
            left = _and(left, self.negated())
        return left

    def negated(self) -> Test:
        if self.word() in ("!", "-not"):
            self.at += 1
            inner = self.negated()

            def test(one: Found) -> Generator[Any, Any, bool]:
                return not (yield from inner(one))

            return test
        if self.word() == "(":
            self.at += 1
            inner = self.either()
            if self.word() != ")":
                raise BadExpression("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
            self.at += 1
            return inner
        if not self.word():
            raise BadExpression("invalid expression")
        return self.primary()

    def primary(self) -> Test:
        name = self.word()
        self.at += 1
        method = getattr(self, "p_" + name[1:].replace("-", "_"), None) if name.startswith("-") else None
        if method is None:
            if is_busybox(self.p):
                raise BadExpression(f"unrecognized: {name}")
            if not name.startswith("-"):
                raise BadExpression(f"paths must precede expression: `{name}'")
            raise BadExpression(f"unknown predicate `{name}'")
        test: Test = method(name)
        return test

    # ---- tests

    def _glob(self, name: str, fold: bool, what: Callable[[Found], str]) -> Test:
        pattern = re.compile(translate(self.argument(name)), re.I if fold else 0)
        return _sure(lambda one: pattern.match(what(one)) is not None)

    def p_name(self, name: str) -> Test:
        return self._glob(name, False, lambda one: base(one.path))

    def p_iname(self, name: str) -> Test:
        return self._glob(name, True, lambda one: base(one.path))

    def p_path(self, name: str) -> Test:
        return self._glob(name, False, lambda one: one.path)

    p_wholename = p_path

    def p_ipath(self, name: str) -> Test:
        return self._glob(name, True, lambda one: one.path)

    def p_lname(self, name: str) -> Test:
        return self._glob(name, False, lambda one: self.files.readlink(one.path) if one.stat.kind == "symlink" else "")

    def p_regex(self, name: str, fold: bool = False) -> Test:
        try:
            pattern = compile_posix(self.argument(name).encode(), False, fold)
        except BadPattern as error:
            raise BadExpression(str(error)) from None
        return _sure(lambda one: pattern.fullmatch(one.path.encode("utf-8", "surrogateescape")) is not None)

    def p_iregex(self, name: str) -> Test:
        return self.p_regex(name, True)

    def p_regextype(self, name: str) -> Test:
        self.argument(name)
        return _sure(lambda one: True)

    def p_type(self, name: str) -> Test:
        letters = self.argument(name)
        for letter in letters.split(","):
            if letter not in KINDS:
                raise BadExpression(
                    f"Unknown argument to -type: {letter[:1]}"
                    if not is_busybox(self.p)
                    else f"invalid argument '{letters}' to '-type'"
                )
        kinds = [KINDS[letter] for letter in letters.split(",")]
        return _sure(lambda one: one.stat.kind in kinds)

    def _number(self, name: str, value: Callable[[Found], int], text: str | None = None) -> Test:
        text = self.argument(name) if text is None else text
        digits = text.lstrip("+-")
        if not digits.isdigit():
            raise BadExpression(
                f"invalid argument `{text}' to `{name}'" if not is_busybox(self.p) else f"invalid number '{text}'"
            )
        wanted = int(digits)
        if text[0] == "+":
            return _sure(lambda one: value(one) > wanted)
        if text[0] == "-":
            return _sure(lambda one: value(one) < wanted)
        return _sure(lambda one: value(one) == wanted)

    def p_size(self, name: str) -> Test:
        text = self.argument(name)
        units = {"c": 1, "w": 2, "b": 512, "k": 1024, "M": 1 << 20, "G": 1 << 30}
        unit = units.get(text[-1:], 512)
        if text[-1:] in units:
            text = text[:-1]
        return self._number(name, lambda one: -(-one.stat.size // unit), text or "x")

    def p_links(self, name: str) -> Test:
        return self._number(name, lambda one: one.stat.nlink)

    def p_inum(self, name: str) -> Test:
        return self._number(name, lambda one: one.stat.ino)

    def p_uid(self, name: str) -> Test:
        return self._number(name, lambda one: one.stat.uid)

    def p_gid(self, name: str) -> Test:
        return self._number(name, lambda one: one.stat.gid)

    def _age(self, name: str, unit: int, which: str) -> Test:
        now = self.p.sim.nanoseconds()
        return self._number(name, lambda one: (now - getattr(one.stat, which)) // unit)

    def p_mtime(self, name: str) -> Test:
        return self._age(name, DAY, "mtime_ns")

    def p_atime(self, name: str) -> Test:
        return self._age(name, DAY, "atime_ns")

    def p_ctime(self, name: str) -> Test:
        return self._age(name, DAY, "ctime_ns")

    def p_mmin(self, name: str) -> Test:
        return self._age(name, 60 * 10**9, "mtime_ns")

    def p_amin(self, name: str) -> Test:
        return self._age(name, 60 * 10**9, "atime_ns")

    def p_cmin(self, name: str) -> Test:
        return self._age(name, 60 * 10**9, "ctime_ns")

    def p_newer(self, name: str) -> Test:
        path = self.argument(name)
        try:
            limit = self.files.stat(path).mtime_ns
        except FsError as error:
            raise BadExpression(f"'{path}': {error.strerror}") from None
        return _sure(lambda one: one.stat.mtime_ns > limit)

    def p_perm(self, name: str) -> Test:
        text = self.argument(name)
        kind = text[0] if text[0] in "-/+" else ""
        mode = change_mode(text[len(kind) :], 0, False, 0)
        if mode is None:
            raise BadExpression(f"invalid mode {quoted(text)}")
        if kind == "-":
            return _sure(lambda one: one.stat.mode & mode == mode)
        if kind:
            return _sure(lambda one: bool(one.stat.mode & mode) or not mode)
        return _sure(lambda one: one.stat.mode == mode)

    def p_user(self, name: str) -> Test:
        who = self.argument(name)
        found = users.account(self.p.vfs, who)
        if found is None and not who.isdigit():
            raise BadExpression(
                f"{quoted(who)} is not the name of a known user" if not is_busybox(self.p) else f"unknown user {who}"
            )
        uid = found.uid if found is not None else int(who)
        return _sure(lambda one: one.stat.uid == uid)

    def p_group(self, name: str) -> Test:
        which = self.argument(name)
        found = users.group(self.p.vfs, which)
        if found is None and not which.isdigit():
            raise BadExpression(
                f"{quoted(which)} is not the name of an existing group"
                if not is_busybox(self.p)
                else f"unknown group {which}"
            )
        gid = found.gid if found is not None else int(which)
        return _sure(lambda one: one.stat.gid == gid)

    def p_nouser(self, name: str) -> Test:
        return _sure(lambda one: users.account(self.p.vfs, one.stat.uid) is None)

    def p_nogroup(self, name: str) -> Test:
        return _sure(lambda one: users.group(self.p.vfs, one.stat.gid) is None)

    def p_empty(self, name: str) -> Test:
        def check(one: Found) -> bool:
            if one.stat.kind == "directory":
                try:
                    return not self.files.listdir(one.path)
                except FsError:
                    return False
            return one.stat.kind == "file" and one.stat.size == 0

        return _sure(check)

    def _access(self, bit: int) -> Test:
        def check(one: Found) -> bool:
            try:
                self.files.access(one.path, bit)
            except FsError:
                return False
            return True

        return _sure(check)

    def p_readable(self, name: str) -> Test:
        return self._access(4)

    def p_writable(self, name: str) -> Test:
        return self._access(2)

    def p_executable(self, name: str) -> Test:
        return self._access(1)

    def p_true(self, name: str) -> Test:
        return _sure(lambda one: True)

    def p_false(self, name: str) -> Test:
        return _sure(lambda one: False)

    # ---- options that count for the whole run

    def _level(self, name: str) -> int:
        text = self.argument(name)
        if not text.isdigit():
            raise BadExpression(
                f"Expected a positive decimal integer argument to {name}, but got {quoted(text)}"
                if not is_busybox(self.p)
                else f"invalid number '{text}'"
            )
        return int(text)

    def p_maxdepth(self, name: str) -> Test:
        self.max = self._level(name)
        return _sure(lambda one: True)

    def p_mindepth(self, name: str) -> Test:
        self.min = self._level(name)
        return _sure(lambda one: True)

    def p_depth(self, name: str) -> Test:
        self.depth_first = True
        return _sure(lambda one: True)

    def p_xdev(self, name: str) -> Test:
        self.one_device = True
        return _sure(lambda one: True)

    p_mount = p_xdev

    def p_follow(self, name: str) -> Test:
        self.follow = True
        return _sure(lambda one: True)

    # ---- actions

    def _put(self, make: Callable[[Found], str]) -> Test:
        self.acts = True

        def test(one: Found) -> Generator[Any, Any, bool]:
            self.p.out(make(one))
            yield from self.p.flush()
            return True

        return test

    def p_print(self, name: str) -> Test:
        return self._put(lambda one: one.path + "\n")

    def p_print0(self, name: str) -> Test:
        return self._put(lambda one: one.path + "\0")

    def p_printf(self, name: str) -> Test:
        form = self.argument(name)
        return self._put(lambda one: self._formatted(form, one))

    def _formatted(self, form: str, one: Found) -> str:
        stat = one.stat
        values = {
            "p": one.path,
            "f": base(one.path),
            "h": one.path.rpartition("/")[0] if "/" in one.path.rstrip("/") else ".",
            "P": one.path[len(one.top) :].lstrip("/"),
            "H": one.top,
            "s": str(stat.size),
            "k": str(stat.blocks // 2),
            "b": str(stat.blocks),
            "m": f"{stat.mode:o}",
            "M": mode_string(stat.kind, stat.mode),
            "u": users.user_name(self.p.vfs, stat.uid),
            "g": users.group_name(self.p.vfs, stat.gid),
            "U": str(stat.uid),
            "G": str(stat.gid),
            "n": str(stat.nlink),
            "i": str(stat.ino),
            "d": str(one.depth),
            "y": next(letter for letter, kind in KINDS.items() if kind == stat.kind),
            "l": self.files.readlink(one.path) if stat.kind == "symlink" else "",
            "t": strftime("%a %b %e %H:%M:%S.%N %Y", stat.mtime_ns),
            "%": "%",
        }

        def directive(found: re.Match[str]) -> str:
            if found[0][0] == "\\":
                return {"n": "\n", "t": "\t", "0": "\0", "\\": "\\"}.get(found[4], found[0])
            if found[2] == "T":
                if found[3] == "@":
                    return f"{stat.mtime_ns // 10**9}.{stat.mtime_ns % 10**9:09d}0"
                return strftime("%" + found[3], stat.mtime_ns)
            return ("%" + found[1] + "s") % values.get(found[2], found[0])

        return re.sub(r"%([-0-9.]*)(T(?=.)|[A-Za-z%])((?<=T).)?|\\(.)", directive, form)

    def p_ls(self, name: str) -> Test:
        def line(one: Found) -> str:
            stat = one.stat
            owner, group = users.user_name(self.p.vfs, stat.uid), users.group_name(self.p.vfs, stat.gid)
            when = strftime("%b %e %H:%M", stat.mtime_ns)
            mode = mode_string(stat.kind, stat.mode)
            return (
                f"{stat.ino:>9} {stat.blocks // 2:>6} {mode} {stat.nlink:>3} "
                f"{owner:<8} {group:<8} {stat.size:>8} {when} {one.path}\n"
            )

        return self._put(line)

    def p_delete(self, name: str) -> Test:
        self.acts = self.depth_first = True

        def remove(one: Found) -> bool:
            try:
                (self.files.rmdir if one.stat.kind == "directory" else self.files.unlink)(one.path)
            except FsError as error:
                self.status = self.p.fail(
                    f"cannot delete {quoted(one.path)}: {error.strerror}"
                    if not is_busybox(self.p)
                    else f"{one.path}: {error.strerror}"
                )
                return False
            return True

        return _sure(lambda one: one.path in (".", "..") or remove(one))

    def p_prune(self, name: str) -> Test:
        def prune(one: Found) -> bool:
            self.pruned = True
            return True

        return _sure(prune)

    def p_quit(self, name: str) -> Test:
        def quit_(one: Found) -> Generator[Any, Any, bool]:
            yield from self.finish()
            self.p.exit(self.status)

        return quit_

    def p_exec(self, name: str) -> Test:
        self.acts = True
        argv: list[str] = []
        while True:
            if self.at >= len(self.words):
                raise BadExpression(f"missing argument to `{name}'")
            word = self.argument(name)
            if word == ";":
                break
            if word == "+" and argv and argv[-1] == "{}":
                gathered: list[str] = []
                self.batches.append((argv[:-1], gathered))

                return _gatherer(gathered)
            argv.append(word)

        def test(one: Found) -> Generator[Any, Any, bool]:
            status = yield from self._run([word.replace("{}", one.path) for word in argv])
            return bool(status == 0)

        return test

    p_execdir = p_exec

    def p_ok(self, name: str) -> Test:
        inner = self.p_exec(name)

        def test(one: Found) -> Generator[Any, Any, bool]:
            self.p.err(f"< {self.words[self.at - 2]} ... {one.path} > ? ")
            yield from self.p.flush()
            answer = yield from self.p.read(0, 1024)
            return answer[:1] in (b"y", b"Y") and (yield from inner(one))

        return test

    def _run(self, argv: list[str]) -> Steps:
        yield from self.p.flush()
        try:
            child = start(self.p, argv)
        except FsError as error:
            self.status = 1 if is_busybox(self.p) else self.status
            self.p.fail(f"{quoted(argv[0]) if not is_busybox(self.p) else argv[0]}: {error.strerror}")
            return 127
        return (yield from self.p.wait(child))

    def finish(self) -> Steps:
        for argv, paths in self.batches:
            for at in range(0, len(paths), 1000):
                if (yield from self._run(argv + paths[at : at + 1000])):
                    self.status = 1
        yield from self.p.flush()

    # ---- the walk

    def walk(self, path: str, top: str, depth: int, test: Test, device: int | None) -> Steps:
        try:
            stat = self._stat(path, depth)
        except FsError as error:
            self.status = 1
            self.p.fail(f"{quoted(path) if not is_busybox(self.p) else path}: {error.strerror}")
            return
        one = Found(path, top, depth, stat)
        self.pruned = False
        if not self.depth_first and depth >= self.min:
            yield from test(one)
        descend = stat.kind == "directory" and depth < self.max and not (self.pruned and not self.depth_first)
        if descend and not (self.one_device and device is not None and stat.dev != device):
            try:
                names = self.files.listdir(path)
            except FsError as error:
                names = []
                self.status = 1
                self.p.fail(f"{quoted(path) if not is_busybox(self.p) else path}: {error.strerror}")
            for name in names:
                yield from self.walk(join(path, name), top, depth + 1, test, stat.dev if device is None else device)
        if self.depth_first and depth >= self.min:
            yield from test(one)
        if self.p.charge(1e-5):
            yield from self.p.pay()

    def _stat(self, path: str, depth: int) -> Stat:
        if self.follow and self.files.exists(path):
            return self.files.stat(path)
        return self.files.lstat(path)


def _gatherer(paths: list[str]) -> Test:
    def gather(one: Found) -> bool:
        paths.append(one.path)
        return True

    return _sure(gather)


def _and(left: Test, right: Test) -> Test:
    def test(one: Found) -> Generator[Any, Any, bool]:
        return (yield from left(one)) and (yield from right(one))

    return test


def _or(left: Test, right: Test) -> Test:
    def test(one: Found) -> Generator[Any, Any, bool]:
        return (yield from left(one)) or (yield from right(one))

    return test


def find(p: Process) -> Steps:
    words = p.argv[1:]
    follow = False
    while words and words[0] in ("-H", "-L", "-P"):
        follow = words.pop(0) == "-L"
    at = next((i for i, word in enumerate(words) if word.startswith("-") or word in ("!", "(", ")")), len(words))
    paths, expression = words[:at] or ["."], words[at:]
    finder = Finder(p, expression)
    finder.follow = follow
    try:
        test = finder.expression() if expression else _sure(lambda one: True)
    except BadExpression as error:
        return p.fail(str(error))
    if not finder.acts:
        show = finder.p_print("-print")
        test = _and(test, show)
    for path in paths:
        yield from finder.walk(path, path, 0, test, None)
    yield from finder.finish()
    return finder.status
