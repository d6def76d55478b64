"""Archives read, listed and unpacked."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase

from dockersim.fs import FsError, TarError
from dockersim.fs.archive import Member, read_members
from dockersim.userland import users
from dockersim.userland.programs.archives.making import Maker
from dockersim.userland.programs.compression import BZIP2, GZIP, XZ, BadData, decompress
from dockersim.userland.programs.formats import mode_string, strftime
from dockersim.userland.programs.support import Steps, open_input


class Tar(Maker):
    """Lists members, and makes files of them."""

    def load(self, archive: str) -> Steps:
        """The members of ``archive``; ``None``, reported, where it is none."""
        try:
            file = open_input(self.p, archive)
        except FsError as error:
            words = (
                f"can't open '{archive}': {error.strerror}"
                if self.busybox
                else f"{archive}: Cannot open: {error.strerror}"
            )
            self.fatal(words)
            return None
        data = yield from self.p.read_all(file)
        file.release()
        codec = self.codec("") if self.options.any("z j J") else None
        for magic, other in ((b"\x1f\x8b", GZIP), (b"BZh", BZIP2), (b"\xfd7zXZ", XZ)):
            if codec is None and data.startswith(magic) and (archive != "-" or self.options.any("z j J")):
                codec = other
        try:
            if codec is not None:
                data = decompress(codec, data)
            if not data:
                raise TarError("empty")
            return list(read_members(data))
        except BadData as error:
            if self.busybox:
                self.fail("invalid tar magic" if codec is None else "corrupted data")
            else:
                self.p.err(f"\n{codec.program if codec else 'gzip'}: stdin: {error}\n")
                self.p.err("tar: Child returned status 1\n")
                self.p.err("tar: Error is not recoverable: exiting now\n")
                self.status = 2
            return None
        except TarError:
            if self.busybox:
                self.fail("invalid tar magic" if len(data) >= 512 else "short read")
            else:
                self.fail("This does not look like a tar archive")
                return []
            return None

    def chosen(self, members: list[Member], names: list[str]) -> list[Member]:
        """The members that ``names`` ask for, all without names."""
        used = set()
        result = []
        for one in members:
            plain = one.name.rstrip("/")
            if self.skips(plain):
                continue
            if names:
                hits = [
                    n
                    for n in names
                    if plain == n.rstrip("/") or plain.startswith(n.rstrip("/") + "/") or fnmatchcase(plain, n)
                ]
                if not hits:
                    continue
                used.update(hits)
            result.append(one)
        for name in names:
            if name not in used:
                self.fail(f"{name}: not found in archive" if self.busybox else f"{name}: Not found in archive")
        return result

    def ended(self) -> int:
        """The status; GNU's tar says that there were errors."""
        if self.status and not self.busybox:
            self.p.err("tar: Exiting with failure status due to previous errors\n")
        return self.status

    def line(self, one: Member, long: bool) -> str:
        """A line of ``-t`` or ``-v``."""
        name = one.name + ("/" if one.type == "directory" and not one.name.endswith("/") else "")
        if not long:
            return name + "\n"
        kind = {"link": "file"}.get(one.type, one.type)
        mode = mode_string(kind, one.mode)
        if one.type == "link" and not self.busybox:
            mode = "h" + mode[1:]
        numeric = "numeric-owner" in self.options
        owner = f"{(not numeric and one.uname) or one.uid}/{(not numeric and one.gname) or one.gid}"
        arrow = (
            f" -> {one.linkname}" if one.type == "symlink" else f" link to {one.linkname}" if one.type == "link" else ""
        )
        if self.busybox:
            if one.type == "link":
                arrow = f" -> {one.linkname}"
            return f"{mode} {owner} {one.size:>9} {strftime('%Y-%m-%d %H:%M:%S', one.mtime_ns)} {name}{arrow}\n"
        size = str(one.size if one.type == "file" else 0)
        width = max(19 - len(owner), len(size) + 1)
        return f"{mode} {owner}{size:>{width}} {strftime('%Y-%m-%d %H:%M', one.mtime_ns)} {name}{arrow}\n"

    def extract(self, members: list[Member]) -> Steps:
        """Make files of ``members``; the status."""
        strip = int(self.options.get("strip-components") or 0)
        directories: list[tuple[str, Member]] = []
        for one in members:
            name = one.name.rstrip("/")
            if strip:
                name = "/".join(name.split("/")[strip:])
            if "P" not in self.options:
                if ".." in name.split("/"):
                    self.fail(
                        f"{one.name}: Member name contains '..'"
                        if not self.busybox
                        else f"name with '..': '{one.name}'"
                    )
                    continue
                name = name.lstrip("/")
            if not name:
                continue
            if "O" in self.options:
                yield from self.p.write(1, one.data)
                continue
            if self.verbose:
                self.p.out(self.line(one, self.verbose > 1))
            try:
                self._restore(name, one, strip)
            except FsError as error:
                self.fail(
                    f"can't create {one.type} {name}: {error.strerror}"
                    if self.busybox
                    else f"{name}: Cannot open: {error.strerror}"
                )
                continue
            if one.type == "directory":
                directories.append((name, one))
            if self.p.charge(2e-5 + len(one.data) * 1e-9):
                yield from self.p.pay()
        for name, one in reversed(directories):
            self._finish(name, one)
        return self.ended()

    def _restore(self, name: str, one: Member, strip: int) -> None:
        files = self.files
        parent = posixpath.dirname(name)
        if parent and not files.is_dir(parent):
            files.makedirs(parent)
        if one.type == "directory":
            if not files.is_dir(name):
                files.mkdir(name, 0o700 | one.mode)
            return
        if files.present(name):
            if "k" in self.options:
                self.fail(f"{name}: Cannot open: File exists")
                return
            if files.lstat(name).kind == "directory":
                files.rmdir(name)
            else:
                files.unlink(name)
        if one.type == "symlink":
            files.symlink(one.linkname, name)
        elif one.type == "link":
            target = one.linkname.lstrip("/")
            files.link("/".join(target.split("/")[strip:]) if strip else target, name)
            return
        elif one.type == "file":
            files.write_file(name, one.data, one.mode)
            if one.size > len(one.data):
                files.truncate(name, one.size)
        else:
            files.mknod(name, one.type, one.mode, one.rdev)
        self._finish(name, one)

    def _finish(self, name: str, one: Member) -> None:
        files, p = self.files, self.p
        link = one.type == "symlink"
        if p.cred.uid == 0 and "o" not in self.options:
            account, group = users.account(p.vfs, one.uname), users.group(p.vfs, one.gname)
            numeric = "numeric-owner" in self.options
            uid = account.uid if account is not None and one.uname and not numeric else one.uid
            gid = group.gid if group is not None and one.gname and not numeric else one.gid
            files.chown(name, uid, gid, follow=False)
        if not link:
            keep = p.cred.uid == 0 or "p" in self.options
            files.chmod(name, one.mode if keep else one.mode & ~p.umask)
        if "m" not in self.options:
            files.utimens(name, one.mtime_ns, one.mtime_ns, follow=not link)
