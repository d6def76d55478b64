"""Tests: words that look at a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

from dockersim.fs import FsError
from dockersim.userland import users
from dockersim.userland.programs.find.found import KINDS, BadExpression, Found, Test, sure
from dockersim.userland.programs.find.search import Search
from dockersim.userland.programs.modes import change_mode
from dockersim.userland.programs.options import is_busybox, quoted
from dockersim.userland.programs.regex import BadPattern, compile_posix
from dockersim.userland.programs.support import base

DAY = 86_400 * 10**9


class Tests(Search):
    """``-name`` is the method ``p_name``: it takes its arguments from the words and returns the test."""

    def _glob(self, name: str, fold: bool, what: Callable[[Found], str]) -> Test:
        pattern = re.compile(translate(self.argument(name)), re.I if fold else 0)
        return sure(lambda one: pattern.match(what(one)) is not None)

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
        return sure(lambda one: pattern.fullmatch(one.path.encode("utf-8", "surrogateescape")) is not None)

    def p_iregex(self, name: str) -> Test:
        return self.p_regex(name, True)

    def p_regextype(self, name: str) -> Test:
        self.argument(name)
        return sure(lambda one: True)

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
        return sure(lambda one: one.stat.kind in kinds)

    def _number(self, name: str, value: Callable[[Found], int], text: str | None = None) -> Test:
        text = self.argument(name) if text is None else text
        digits = text.lstrip("+-")
        if not digits.isdigit():
            raise BadExpression(
                f"invalid argument `{text}' to `{name}'" if not is_busybox(self.p) else f"invalid number '{text}'"
            )
        wanted = int(digits)
        if text[0] == "+":
            return sure(lambda one: value(one) > wanted)
        if text[0] == "-":
            return sure(lambda one: value(one) < wanted)
        return sure(lambda one: value(one) == wanted)

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
        return sure(lambda one: one.stat.mtime_ns > limit)

    def p_perm(self, name: str) -> Test:
        text = self.argument(name)
        kind = text[0] if text[0] in "-/+" else ""
        mode = change_mode(text[len(kind) :], 0, False, 0)
        if mode is None:
            raise BadExpression(f"invalid mode {quoted(text)}")
        if kind == "-":
            return sure(lambda one: one.stat.mode & mode == mode)
        if kind:
            return sure(lambda one: bool(one.stat.mode & mode) or not mode)
        return sure(lambda one: one.stat.mode == mode)

    def p_user(self, name: str) -> Test:
        who = self.argument(name)
        found = users.account(self.p.vfs, who)
        if found is None and not who.isdigit():
            raise BadExpression(
                f"{quoted(who)} is not the name of a known user" if not is_busybox(self.p) else f"unknown user {who}"
            )
        uid = found.uid if found is not None else int(who)
        return sure(lambda one: one.stat.uid == uid)

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
        return sure(lambda one: one.stat.gid == gid)

    def p_nouser(self, name: str) -> Test:
        return sure(lambda one: users.account(self.p.vfs, one.stat.uid) is None)

    def p_nogroup(self, name: str) -> Test:
        return sure(lambda one: users.group(self.p.vfs, one.stat.gid) is None)

    def p_empty(self, name: str) -> Test:
        def check(one: Found) -> bool:
            if one.stat.kind == "directory":
                try:
                    return not self.files.listdir(one.path)
                except FsError:
                    return False
            return one.stat.kind == "file" and one.stat.size == 0

        return sure(check)

    def _access(self, bit: int) -> Test:
        def check(one: Found) -> bool:
            try:
                self.files.access(one.path, bit)
            except FsError:
                return False
            return True

        return sure(check)

    def p_readable(self, name: str) -> Test:
        return self._access(4)

    def p_writable(self, name: str) -> Test:
        return self._access(2)

    def p_executable(self, name: str) -> Test:
        return self._access(1)

    def p_true(self, name: str) -> Test:
        return sure(lambda one: True)

    def p_false(self, name: str) -> Test:
        return sure(lambda one: False)
