"""apk, Alpine's package manager."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.packages.index import Package, closure, packages
from dockersim.userland.programs.packages.install import ROOT, install, put, remove
from dockersim.userland.programs.packages.mirrors import Unreachable, fetch

INSTALLED = "/lib/apk/db/installed"
CACHE = "/var/cache/apk"
WORLD = "/etc/apk/world"
BASE, BASE_SIZE = 16, 8_400_000
"""Packages in the base image, and their bytes, which apk counts as well."""
INDEX_SIZE = 480_000
TRIGGERS = {"ca-certificates": "ca-certificates-20250911-r0.trigger"}


def apk(p: Process) -> Steps:
    """``apk add|del|update|upgrade|info|search|list [--no-cache] [-U] [-q] [-t name] ...``."""
    return (yield from Apk(p).run())


class Apk:
    """One run."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.flags: set[str] = set()
        self.operands: list[str] = []
        self.virtual = ""
        words = p.argv[1:]
        while words:
            word = words.pop(0)
            if word in ("-t", "--virtual", "--repository", "-X", "--root", "-p") and words:
                value = words.pop(0)
                self.virtual = value if word in ("-t", "--virtual") else self.virtual
            elif word.startswith("--virtual="):
                self.virtual = word.partition("=")[2]
            elif word.startswith("-"):
                self.flags.add(word)
            else:
                self.operands.append(word)

    def run(self) -> Generator[Any, Any, int]:
        p = self.p
        command = self.operands.pop(0) if self.operands else ""
        actions = {"add": self._add, "del": self._del, "update": self._update, "upgrade": self._upgrade}
        if command in actions:
            if p.cred.uid:
                p.err("ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: "
                      "Permission denied\n")  # fmt: skip
                return 99
            return (yield from actions[command]())
        plain = {"info": self._info, "search": self._search, "list": self._list}
        if command in plain:
            return plain[command]()
        if command == "cache":
            return 0
        if self.flags & {"--version", "-V"}:
            p.out("apk-tools 2.14.9, compiled for x86_64.\n")
            return 0
        if command:
            p.err(f"ERROR: '{command}' is not an apk command. See 'apk --help'.\n")
            return 1
        p.out("apk-tools 2.14.9, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n")
        return 1

    def say(self, text: str) -> None:
        if not self.flags & {"-q", "--quiet"}:
            self.p.out(text)

    # ---- the database

    def _versions(self) -> dict[str, str]:
        try:
            text = self.p.vfs.read_file(INSTALLED, cwd="/", cred=ROOT).decode(errors="replace")
        except FsError:
            return {}
        return dict(re.findall(r"^P:(.*)\nV:(.*)$", text, re.M))

    def _files(self, name: str) -> list[str]:
        text = self.p.vfs.read_file(INSTALLED, cwd="/", cred=ROOT).decode(errors="replace")
        for stanza in text.split("\n\n"):
            if re.search(rf"^P:{re.escape(name)}$", stanza, re.M):
                return re.findall(r"^F:(.*)$", stanza, re.M)
        return []

    def _rewrite(self, drop: set[str], add: list[tuple[Package, list[str]]]) -> None:
        try:
            text = self.p.vfs.read_file(INSTALLED, cwd="/", cred=ROOT).decode(errors="replace")
        except FsError:
            text = ""
        stanzas = [stanza for stanza in text.split("\n\n") if stanza.strip()]
        kept = [stanza for stanza in stanzas if not any(f"P:{name}\n" in stanza + "\n" for name in drop)]
        for package, paths in add:
            lines = [f"P:{package.name}", f"V:{package.version}", "A:x86_64", f"S:{package.download}",
                     f"I:{package.installed}", f"T:{package.summary}", *(f"F:{path}" for path in paths)]  # fmt: skip
            kept.append("\n".join(lines))
        put(self.p, INSTALLED, "".join(f"{stanza}\n\n" for stanza in kept).encode())

    def _world(self, add: list[str], drop: set[str]) -> None:
        try:
            names = self.p.vfs.read_file(WORLD, cwd="/", cred=ROOT).decode().split()
        except FsError:
            names = []
        names = sorted({name for name in names if name not in drop} | set(add))
        put(self.p, WORLD, "".join(f"{name}\n" for name in names).encode())

    def _total(self) -> str:
        table, have = packages("apk"), self._versions()
        size = BASE_SIZE + sum(table[name].installed for name in have if name in table)
        count = BASE + len([name for name in have if name in table])
        return f"OK: {round(size / (1 << 20))} MiB in {count} packages\n"

    # ---- the index

    def _repositories(self) -> list[str]:
        try:
            text = self.p.read_file("/etc/apk/repositories").decode(errors="replace")
        except FsError:
            return []
        return [line.strip() for line in text.splitlines() if line.strip().startswith("http")]

    def _cached(self) -> bool:
        try:
            return any(name.startswith("APKINDEX") for name in self.p.vfs.listdir(CACHE, cwd="/", cred=ROOT))
        except FsError:
            return False

    def _fetch_indexes(self, keep: bool) -> Generator[Any, Any, bool]:
        found = False
        for number, url in enumerate(self._repositories()):
            place = f"{url}/x86_64/APKINDEX.tar.gz"
            self.say(f"fetch {place}\n")
            yield from self.p.flush()
            host, _, path = place.partition("://")[2].partition("/")
            try:
                yield from fetch(self.p, host, f"/{path}", INDEX_SIZE, place.startswith("https"))
            except Unreachable:
                yield from self.p.sleep(5)
                self.p.err(f"WARNING: updating and opening {url}: temporary error (try again later)\n")
                continue
            found = True
            if keep:
                put(self.p, f"{CACHE}/APKINDEX.{number:08x}.tar.gz", b"", INDEX_SIZE)
        return found

    def _update(self) -> Generator[Any, Any, int]:
        found = yield from self._fetch_indexes(True)
        if not found:
            self.p.out(f"{len(self._repositories())} unavailable, 0 stale; {BASE} distinct packages available\n")
            return len(self._repositories()) or 1
        for url in self._repositories():
            self.say(f"v{url.rsplit('/', 2)[-2].lstrip('v')} [{url}]\n")
        self.say("OK: 26324 distinct packages available\n")
        return 0

    # ---- changes

    def _add(self) -> Generator[Any, Any, int]:
        p = self.p
        if self.flags & {"--no-cache", "-U", "--update-cache"}:
            reachable = yield from self._fetch_indexes("--no-cache" not in self.flags)
        else:
            reachable = self._cached()
            if not reachable:
                for url in self._repositories():
                    p.err(f"WARNING: opening from cache {url}: No such file or directory\n")
        names = [re.split(r"[=<>~@]", name)[0] for name in self.operands if not name.startswith("!")]
        table = packages("apk") if reachable else {}
        have = self._versions()
        wrong = [name for name in names if name not in table and name not in have and name not in BASE_NAMES]
        if wrong:
            p.err("ERROR: unable to select packages:\n")
            for name in wrong:
                p.err(f"  {name} (no such package):\n    required by: world[{name}]\n")
            return len(wrong)
        order = closure("apk", names, set(have))
        status = yield from self._bring(order)
        if status:
            return status
        self._world([f".{self.virtual.lstrip('.')}"] if self.virtual else names, set())
        if self.virtual:
            put(p, f"/lib/apk/db/virtual{self.virtual}", "\n".join(one.name for one in order).encode())
        self._trigger(order)
        self.say(self._total())
        return 0

    def _bring(self, order: list[Package]) -> Generator[Any, Any, int]:
        p = self.p
        place = (self._repositories() or [""])[0]
        host, _, path = place.partition("://")[2].partition("/")
        for number, package in enumerate(order, 1):
            file = f"/{path}/x86_64/{package.name}-{package.version}.apk"
            try:
                yield from fetch(p, host, file, package.download, place.startswith("https"))
            except Unreachable:
                p.err(f"ERROR: {package.name}-{package.version}: temporary error (try again later)\n")
                return 1
            self.say(f"({number}/{len(order)}) Installing {package.name} ({package.version})\n")
            yield from p.flush()
            p.cpu += package.installed / 4e8
            yield from p.sleep(0.01 + package.installed / 4e8)
            self._rewrite(set(), [(package, install(p, package, "apk", "/usr/lib"))])
        return 0

    def _trigger(self, order: list[Package]) -> None:
        if order:
            self.say("Executing busybox-1.37.0-r30.trigger\n")
        for package in order:
            if package.name in TRIGGERS:
                self.say(f"Executing {TRIGGERS[package.name]}\n")

    def _del(self) -> Generator[Any, Any, int]:
        p = self.p
        have = self._versions()
        names: list[str] = []
        for name in self.operands:
            virtual = f"/lib/apk/db/virtual{name}"
            if p.vfs.exists(virtual, cwd="/", cred=ROOT):
                names += p.vfs.read_file(virtual, cwd="/", cred=ROOT).decode().split()
                remove(p, [virtual])
            else:
                names.append(name)
        self._world([], set(self.operands) | {f".{name.lstrip('.')}" for name in self.operands})
        gone = [name for name in names if name in have]
        gone += [one for one in _orphans(gone, have) if one not in gone]
        for number, name in enumerate(gone, 1):
            self.say(f"({number}/{len(gone)}) Purging {name} ({have[name]})\n")
            yield from p.sleep(0.01)
            remove(p, self._files(name))
        if gone:
            self._rewrite(set(gone), [])
            self.say("Executing busybox-1.37.0-r30.trigger\n")
        self.say(self._total())
        return 0

    def _upgrade(self) -> Generator[Any, Any, int]:
        if self.flags & {"--no-cache", "-U", "--update-cache"}:
            yield from self._fetch_indexes(False)
        self.say(self._total())
        return 0

    # ---- looking

    def _info(self) -> int:
        have = self._versions()
        if not self.operands:
            self.p.out("".join(f"{name}\n" for name in sorted(BASE_NAMES | set(have))))
            return 0
        table, status = packages("apk"), 0
        for name in self.operands:
            if self.flags & {"-e", "--installed"}:
                found = name in have or name in BASE_NAMES
                self.p.out(f"{name}\n" if found else "")
                status = status or (0 if found else 1)
            elif name in table and name in have:
                one = table[name]
                label = f"{name}-{one.version}"
                self.p.out(f"{label} description:\n{one.summary}\n\n{label} installed size:\n"
                           f"{max(1, one.installed // 1024)} KiB\n\n")  # fmt: skip
            else:
                status = 1
        return status

    def _search(self) -> int:
        if not self._cached():
            for url in self._repositories():
                self.p.err(f"WARNING: opening from cache {url}: No such file or directory\n")
            return 0
        for name, package in sorted(packages("apk").items()):
            if not self.operands or any(word in name for word in self.operands):
                self.p.out(f"{name}-{package.version}\n")
        return 0

    def _list(self) -> int:
        for name, version in sorted(self._versions().items()):
            self.p.out(f"{name}-{version} x86_64 {{{name}}} (custom) [installed]\n")
        return 0


BASE_NAMES = frozenset(
    "alpine-baselayout alpine-baselayout-data alpine-keys alpine-release apk-tools busybox busybox-binsh "
    "ca-certificates-bundle libapk2 libcrypto3 libssl3 musl musl-utils scanelf ssl_client zlib".split()
)


def _orphans(gone: list[str], have: dict[str, str]) -> list[str]:
    """Dependencies of ``gone`` that nothing else needs."""
    table = packages("apk")
    left = [name for name in have if name not in gone and name in table]
    needed = {dependency for name in left for dependency in table[name].depends}
    candidates = [dependency for name in gone if name in table for dependency in table[name].depends]
    return [name for name in dict.fromkeys(candidates) if name in have and name not in needed]
