"""Actions, which do something with a file, and options, which count for the whole run."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland import users
from dockersim.userland.programs.find.found import KINDS, BadExpression, Found, Test, sure
from dockersim.userland.programs.find.search import Search
from dockersim.userland.programs.find.tests import Tests
from dockersim.userland.programs.formats import mode_string, strftime
from dockersim.userland.programs.options import is_busybox, quoted
from dockersim.userland.programs.support import base


class Actions(Tests):
    """``-print`` is the method ``p_print``, as for tests."""

    # ---- options

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
        return sure(lambda one: True)

    def p_mindepth(self, name: str) -> Test:
        self.min = self._level(name)
        return sure(lambda one: True)

    def p_depth(self, name: str) -> Test:
        self.depth_first = True
        return sure(lambda one: True)

    def p_xdev(self, name: str) -> Test:
        self.one_device = True
        return sure(lambda one: True)

    p_mount = p_xdev

    def p_follow(self, name: str) -> Test:
        self.follow = True
        return sure(lambda one: True)

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
        return self._put(lambda one: _formatted(self, form, one))

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

        return sure(lambda one: one.path in (".", "..") or remove(one))

    def p_prune(self, name: str) -> Test:
        def prune(one: Found) -> bool:
            self.pruned = True
            return True

        return sure(prune)

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
            status = yield from self.run([word.replace("{}", one.path) for word in argv])
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


def _gatherer(paths: list[str]) -> Test:
    def gather(one: Found) -> bool:
        paths.append(one.path)
        return True

    return sure(gather)


def _formatted(search: Search, form: str, one: Found) -> str:
    """``-printf``: directives and escapes."""
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
        "u": users.user_name(search.p.vfs, stat.uid),
        "g": users.group_name(search.p.vfs, stat.gid),
        "U": str(stat.uid),
        "G": str(stat.gid),
        "n": str(stat.nlink),
        "i": str(stat.ino),
        "d": str(one.depth),
        "y": next(letter for letter, kind in KINDS.items() if kind == stat.kind),
        "l": search.files.readlink(one.path) if stat.kind == "symlink" else "",
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
