"""Archives made."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.fs import FsError, Stat
from dockersim.fs.archive import Member, write_members
from dockersim.userland import users
from dockersim.userland.programs.archives.archiver import Archiver
from dockersim.userland.programs.compression import compress
from dockersim.userland.programs.support import Steps, join


class Maker(Archiver):
    """Gathers members from files."""

    def create(self, archive: str, names: list[str], before: list[Member]) -> Steps:
        """Make ``archive`` of the files ``names``, behind the members ``before``; the status."""
        members = before
        messages = self.p.err if archive == "-" else self.p.out
        for name in names:
            yield from self._add(members, name, messages)
        data = write_members(members)
        if not self.busybox:
            data = data.ljust(-(-len(data) // 10240) * 10240, b"\0")
        codec = self.codec(archive)
        if codec is not None:
            data = compress(codec, data, 6)
        if archive == "-":
            yield from self.p.write(1, data)
        else:
            try:
                self.p.write_file(archive, data)
            except FsError as error:
                words = (
                    f"can't open '{archive}': {error.strerror}"
                    if self.busybox
                    else f"{archive}: Cannot open: {error.strerror}"
                )
                return self.fatal(words)
        if self.status and not self.busybox:
            self.p.err("tar: Exiting with failure status due to previous errors\n")
        if self.status and self.busybox:
            self.p.err("tar: error exit delayed from previous errors\n")
        return self.status

    def _add(self, members: list[Member], name: str, messages: Callable[[str], None]) -> Steps:
        if self.skips(name.rstrip("/") or "/"):
            return
        try:
            follow = "h" in self.options
            stat = self.files.stat(name) if follow else self.files.lstat(name)
            stored = self._stored(name)
            member = self._member(name, stored, stat)
        except FsError as error:
            self.fail(
                f"{name}: {error.strerror}"
                if self.busybox
                else f"{name}: Cannot {'stat' if error.path == name else 'open'}: {error.strerror}"
            )
            return
        if stat.kind == "socket":
            return
        if stored or stat.kind == "directory":
            if stored:
                members.append(member)
            if self.verbose:
                messages((stored or name) + ("/" if stat.is_dir and not stored.endswith("/") else "") + "\n")
        if self.p.charge(1e-5 + len(member.data) * 1e-9):
            yield from self.p.pay()
        if stat.is_dir and "no-recursion" not in self.options:
            try:
                children = self.files.listdir(name)
            except FsError as error:
                self.fail(f"{name}: {error.strerror}" if self.busybox else f"{name}: Cannot open: {error.strerror}")
                return
            for child in children:
                yield from self._add(members, join(name, child), messages)

    def _stored(self, name: str) -> str:
        if "P" in self.options:
            return name.rstrip("/") or "/"
        found = re.match(r"(?:.*(?:^|/)\.\.(?=/|$))?/*", name)
        prefix = found[0] if found is not None else ""
        if prefix and prefix not in self.warned:
            self.warned.add(prefix)
            self.p.err(
                f"tar: removing leading '{prefix}' from member names\n"
                if self.busybox
                else f"tar: Removing leading `{prefix}' from member names\n"
            )
        return name[len(prefix) :].rstrip("/")

    def _member(self, name: str, stored: str, stat: Stat) -> Member:
        options = self.options
        uid, gid = stat.uid, stat.gid
        uname, gname = users.user_name(self.p.vfs, uid), users.group_name(self.p.vfs, gid)
        for which in ("owner", "group"):
            if which in options:
                who, _, number = options.get(which).partition(":")
                value = int(number or who) if (number or who).isdigit() else 0
                if which == "owner":
                    uid, uname = value, who
                else:
                    gid, gname = value, who
        if "numeric-owner" in options:
            uname = gname = ""
        base = Member(
            stored,
            mode=stat.mode,
            uid=uid,
            gid=gid,
            mtime_ns=stat.mtime_ns // 10**9 * 10**9,
            uname="" if uname.isdigit() else uname,
            gname="" if gname.isdigit() else gname,
        )
        key = stat.dev, stat.ino
        if stat.kind == "file" and stat.nlink > 1:
            if key in self.seen:
                return base._replace(type="link", linkname=self.seen[key])
            self.seen[key] = stored
        if stat.kind == "symlink":
            return base._replace(type="symlink", linkname=self.files.readlink(name))
        if stat.kind == "file":
            return base._replace(data=self.files.read_file(name))
        if stat.kind in ("directory", "char", "block"):
            return base._replace(type=stat.kind, rdev=stat.rdev)
        return base._replace(type="fifo")
