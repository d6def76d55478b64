"""tar."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from dockersim.fs import FsError, Stat, TarError
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.compression import BZIP2, GZIP, XZ, BadData, Codec, compress, decompress
from dockersim.userland.programs.formats import mode_string, strftime
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.support import Files, Steps, join, open_input
from dockersim.userland.programs.usage import busybox_usage

LONG = (
    "create=c extract=x get=x list=t append=r update=u file:=f verbose=v gzip=z gunzip=z bzip2=j xz=J directory:=C "
    "files-from:=T exclude-from:=X exclude: strip-components: to-stdout=O keep-old-files=k overwrite "
    "same-permissions=p preserve-permissions=p no-same-owner=o same-owner same-permissions numeric-owner touch=m "
    "dereference=h absolute-names=P auto-compress=a owner: group: mtime: mode: sort: wildcards no-same-permissions "
    "transform: one-file-system recursion no-recursion totals checkpoint? warning: format: null zstd"
)


class Archiver:
    """One run of tar."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.options = options
        self.files = Files(p)
        self.busybox = is_busybox(p)
        self.status = 0
        self.warned: set[str] = set()
        self.excluded = options.all("exclude")
        self.seen: dict[tuple[int, int], str] = {}
        self.verbose = sum(key == "v" for key, _ in options.given)

    def fail(self, words: str, status: int = 2) -> int:
        self.p.err(f"tar: {words}\n")
        self.status = 1 if self.busybox else status
        return self.status

    def fatal(self, words: str) -> int:
        self.fail(words)
        if not self.busybox:
            self.p.err("tar: Error is not recoverable: exiting now\n")
        return self.status

    def codec(self, name: str) -> Codec | None:
        how = self.options.last("z j J")
        if how:
            return {"z": GZIP, "j": BZIP2, "J": XZ}[how]
        if "a" in self.options:
            endings = {".gz": GZIP, ".tgz": GZIP, ".bz2": BZIP2, ".xz": XZ}
            return next((codec for ending, codec in endings.items() if name.endswith(ending)), None)
        return None

    def skips(self, name: str) -> bool:
        return any(
            fnmatchcase(name, pattern)
            or fnmatchcase(name.rpartition("/")[2], pattern)
            or name.startswith(pattern + "/")
            for pattern in self.excluded
        )

    # ---- making

    def create(self, archive: str, names: list[str], before: list[Member]) -> Steps:
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

    # ---- reading

    def load(self, archive: str) -> Steps:
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
            return list(read_members(data)) if data else []
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
                self.p.err("tar: Exiting with failure status due to previous errors\n")
            return None

    def chosen(self, members: list[Member], names: list[str]) -> list[Member]:
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
        if self.status and not self.busybox:
            self.p.err("tar: Exiting with failure status due to previous errors\n")
        return result

    def line(self, one: Member, long: bool) -> str:
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
        if self.status and not self.busybox:
            self.p.err("tar: Exiting with failure status due to previous errors\n")
        return self.status

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
    run = Archiver(p, options)
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
        return run.status
    return (yield from run.extract(members))
