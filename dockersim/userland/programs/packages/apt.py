"""apt-get, apt and apt-cache."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.packages.dpkg import Database
from dockersim.userland.programs.packages.index import Package, closure, packages
from dockersim.userland.programs.packages.install import ROOT, install, kilobytes, put, remove
from dockersim.userland.programs.packages.mirrors import Unreachable, fetch
from dockersim.userland.programs.packages.sources import Source, sources

LISTS = "/var/lib/apt/lists"
LIBRARY = "/usr/lib/x86_64-linux-gnu"
IN_RELEASE, INDEX = 151_000, 8_792_000
"""Bytes of a signed release file, and of the package index of a distribution's main part."""
VALUES = ("-o", "-t", "-c", "--option", "--target-release")
HELPLESS = "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n"
UNSTABLE = "\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n"


def apt_get(p: Process) -> Steps:
    """``apt-get update|install|remove|purge|upgrade|autoremove|clean ...``."""
    return (yield from Apt(p, stable=True).run())


def apt(p: Process) -> Steps:
    """``apt``, the same for people, with ``list`` and ``search``."""
    return (yield from Apt(p, stable=False).run())


def apt_cache(p: Process) -> Steps:
    """``apt-cache search|policy|show``."""
    return (yield from Apt(p, stable=True).run())


def apt_key(p: Process) -> int:
    p.out("OK\n")
    return 0


def add_apt_repository(p: Process) -> int:
    return p.fail("other repositories are not simulated")


class Apt:
    """One run."""

    def __init__(self, p: Process, stable: bool) -> None:
        self.p = p
        self.stable = stable
        self.flags: set[str] = set()
        self.operands: list[str] = []
        words = p.argv[1:]
        while words:
            word = words.pop(0)
            if word in VALUES and words:
                words.pop(0)
            elif word.startswith("-"):
                self.flags.add(word)
                if re.fullmatch(r"-[a-z]{2,}", word):
                    self.flags |= {f"-{letter}" for letter in word[1:]}
            else:
                self.operands.append(word)
        self.database = Database(p)
        quiet = self.flags & {"-q", "-qq", "--quiet"}
        self.quiet = "-qq" in self.flags
        self.done = "" if not p.isatty(1) or quiet else " Done"

    @property
    def yes(self) -> bool:
        return bool(self.flags & {"-y", "--yes", "--assume-yes", "-qq"})

    def say(self, text: str) -> None:
        if not self.quiet:
            self.p.out(text)

    def run(self) -> Generator[Any, Any, int]:
        p = self.p
        command = self.operands.pop(0) if self.operands else ""
        actions = {
            "update": self._update,
            "install": self._install,
            "reinstall": self._install,
            "remove": self._remove,
            "purge": self._remove,
            "autoremove": self._nothing,
            "upgrade": self._nothing,
            "full-upgrade": self._nothing,
            "dist-upgrade": self._nothing,
        }
        if not self.stable and not p.isatty(1) and command:
            p.err(UNSTABLE)
        if command in actions:
            return (yield from actions[command]())
        plain = {"clean": self._clean, "autoclean": self._clean, "search": self._search, "list": self._list,
                 "show": self._show, "policy": self._policy}  # fmt: skip
        if command in plain:
            return plain[command]()
        if not command:
            p.out(f"{p.name} 3.0.3 (amd64)\nUsage: {p.name} [options] command\n")
            return 0 if self.flags & {"-h", "--help", "-v", "--version"} else 1
        p.err(f"E: Invalid operation {command}\n")
        return 100

    # ---- rights and state

    def _locked(self) -> bool:
        """Refuse to go on without root."""
        if self.p.cred.uid == 0:
            return False
        self.p.err(
            "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
            "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n"
        )
        return True

    def _updated(self) -> bool:
        try:
            names = self.p.vfs.listdir(LISTS, cwd="/", cred=ROOT)
        except FsError:
            return False
        return any(name.endswith(("_Packages", "_Packages.gz", "_InRelease")) for name in names)

    def _reading(self) -> None:
        self.say(f"Reading package lists...{self.done}\nBuilding dependency tree...{self.done}\n")
        self.say(f"Reading state information...{self.done}\n")

    # ---- update

    def _update(self) -> Generator[Any, Any, int]:
        p = self.p
        if p.cred.uid:
            p.out(f"Reading package lists...{self.done}\n")
            p.err("E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\n"
                  "E: Unable to lock directory /var/lib/apt/lists/\n")  # fmt: skip
            return 100
        number, total, begun = 0, 0, p.sim.now
        failures: list[tuple[Source, str]] = []
        got: list[Source] = []
        for source in sources(p):
            number += 1
            try:
                path = f"/dists/{source.suite}/InRelease"
                yield from self._get(source, path, IN_RELEASE)
                total += IN_RELEASE
                self.say(f"Get:{number} {source.url} {source.suite} InRelease [{kilobytes(IN_RELEASE)}]\n")
                put(p, f"{LISTS}/{source.list_name}_InRelease", b"", IN_RELEASE)
                got.append(source)
            except Unreachable as unreachable:
                reason = _reason(source, unreachable)
                self.say(f"Ign:{number} {source.url} {source.suite} InRelease\n")
                self.say(f"Err:{number} {source.url} {source.suite} InRelease\n  {reason}\n")
                failures.append((source, reason))
            yield from p.flush()
        for source in got:
            number += 1
            size = INDEX if "-" not in source.suite else 55_400
            yield from self._get(source, f"/dists/{source.suite}/main/binary-amd64/Packages.gz", size)
            total += size
            self.say(f"Get:{number} {source.url} {source.suite}/main amd64 Packages [{kilobytes(size)}]\n")
            put(p, f"{LISTS}/{source.list_name}_main_binary-amd64_Packages", b"", size * 4)
            yield from p.flush()
        if got:
            spent = max(1, round(p.sim.now - begun))
            rate = round(total / max(p.sim.now - begun, 0.1) / 1000)
            self.say(f"Fetched {kilobytes(total)} in {spent}s ({rate} kB/s)\n")
        p.cpu += 0.4
        yield from p.sleep(0.4)
        self.say(f"Reading package lists...{self.done}\n")
        for source, reason in failures:
            p.err(f"W: Failed to fetch {source.url}/dists/{source.suite}/InRelease  {reason}\n")
        if failures:
            p.err("W: Some index files failed to download. They have been ignored, or old ones used instead.\n")
        return 0

    def _get(self, source: Source, path: str, size: int) -> Steps:
        yield from fetch(self.p, source.host, "/" + source.url.partition("://")[2].partition("/")[2] + path, size)

    # ---- install

    def _install(self) -> Generator[Any, Any, int]:
        p = self.p
        if self._locked():
            return 100
        self._reading()
        known = packages("deb") if self._updated() else {}
        names = [name.partition("=")[0].partition("/")[0].partition(":")[0] for name in self.operands]
        if any(name.endswith(".deb") for name in self.operands):
            return p.fail("installing package files is not simulated", 100)
        have = self.database.names()
        wrong = [name for name in names if name not in known and name not in have]
        if wrong:
            p.err("".join(f"E: Unable to locate package {name}\n" for name in wrong))
            return 100
        installed = self.database.versions()
        for name in names:
            if name in have:
                self.say(f"{name} is already the newest version ({installed[name]}).\n")
        order = closure("deb", names, have)
        if not order:
            self.say("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
            return 0
        self._announce(order, names)
        alone = all(package.name in names for package in order)
        if not self.yes and not alone and not (yield from self._agreed()):
            return 1
        return (yield from self._bring(order))

    def _announce(self, order: list[Package], names: list[str]) -> None:
        extra = sorted(package.name for package in order if package.name not in names)
        if extra:
            self.say("The following additional packages will be installed:\n" + _columns(extra))
        self.say("The following NEW packages will be installed:\n" + _columns(sorted(one.name for one in order)))
        size, space = sum(one.download for one in order), sum(one.installed for one in order)
        self.say(f"0 upgraded, {len(order)} newly installed, 0 to remove and 0 not upgraded.\n")
        self.say(f"Need to get {kilobytes(size)} of archives.\n")
        self.say(f"After this operation, {kilobytes(space)} of additional disk space will be used.\n")

    def _agreed(self) -> Generator[Any, Any, bool]:
        p = self.p
        p.out("Do you want to continue? [Y/n] ")
        yield from p.flush()
        line = (yield from p.lines().next()).decode(errors="replace").strip().lower()
        if not line and not p.isatty(0):
            p.out("Abort.\n")
            return False
        if line and not line.startswith("y"):
            p.out("Abort.\n")
            return False
        return True

    def _bring(self, order: list[Package]) -> Generator[Any, Any, int]:
        p, begun = self.p, self.p.sim.now
        places = sources(p)
        source = next((one for one in places if "-" not in one.suite), places[0] if places else None)
        if source is None:
            p.err("E: Package sources are empty\n")
            return 100
        for number, package in enumerate(order, 1):
            path = f"/pool/main/{package.name[0]}/{package.name}/{package.name}_{package.version}_amd64.deb"
            where = f"{source.url} {source.suite}/main amd64 {package.name} amd64 {package.version}"
            try:
                yield from self._get(source, path, package.download)
            except Unreachable as unreachable:
                reason = _reason(source, unreachable)
                self.say(f"Err:{number} {where}\n  {reason}\n")
                p.err(f"E: Failed to fetch {source.url}{path}  {reason}\n{HELPLESS}")
                return 100
            self.say(f"Get:{number} {where} [{kilobytes(package.download)}]\n")
            yield from p.flush()
        size = sum(package.download for package in order)
        spent = p.sim.now - begun
        self.say(f"Fetched {kilobytes(size)} in {round(spent)}s ({round(size / max(spent, 0.05) / 1000):,} kB/s)\n")
        if "apt-utils" not in self.database.names() and p.env.get("DEBIAN_FRONTEND") != "noninteractive":
            p.err("debconf: delaying package configuration, since apt-utils is not installed\n")
        for package in order:
            yield from self._unpack(package)
        for package in order:
            p.out(f"Setting up {package.name} ({package.version}) ...\n")
        p.out("Processing triggers for libc-bin (2.41-12) ...\n")
        return 0

    def _unpack(self, package: Package) -> Steps:
        p = self.p
        before = 6089 + 40 * len(self.database.names())
        p.out(f"Selecting previously unselected package {package.name}.\n")
        p.out(f"(Reading database ... {before} files and directories currently installed.)\n")
        version = package.version.partition(":")[2] or package.version
        p.out(f"Preparing to unpack .../{package.name}_{version}_amd64.deb ...\n")
        p.out(f"Unpacking {package.name} ({package.version}) ...\n")
        p.cpu += package.installed / 4e8
        yield from p.sleep(0.05 + package.installed / 2e8)
        self.database.add(package, install(p, package, "deb", LIBRARY))
        yield from p.flush()

    # ---- remove, and what changes nothing

    def _remove(self) -> Generator[Any, Any, int]:
        p = self.p
        if self._locked():
            return 100
        self._reading()
        have = self.database.versions()
        unknown = [name for name in self.operands if name not in have and name not in packages("deb")]
        if unknown:
            p.err("".join(f"E: Unable to locate package {name}\n" for name in unknown))
            return 100
        for name in self.operands:
            if name not in have:
                self.say(f"Package '{name}' is not installed, so not removed\n")
        gone = [name for name in self.operands if name in have]
        if not gone:
            self.say("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
            return 0
        mark = "*" if "purge" in p.argv else ""
        self.say("The following packages will be REMOVED:\n" + _columns([name + mark for name in gone]))
        self.say(f"0 upgraded, 0 newly installed, {len(gone)} to remove and 0 not upgraded.\n")
        table = packages("deb")
        space = sum(table[name].installed for name in gone if name in table)
        self.say(f"After this operation, {kilobytes(space)} disk space will be freed.\n")
        if not self.yes and not (yield from self._agreed()):
            return 1
        for name in gone:
            p.out(f"Removing {name} ({have[name]}) ...\n")
            yield from p.sleep(0.05)
            remove(p, self.database.files(name))
            self.database.drop(name)
        return 0

    def _nothing(self) -> Generator[Any, Any, int]:
        if self._locked():
            return 100
        self._reading()
        if "upgrade" in self.p.argv or "dist-upgrade" in self.p.argv:
            self.say(f"Calculating upgrade...{self.done}\n")
        self.say("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
        yield from self.p.flush()
        return 0

    def _clean(self) -> int:
        return 100 if self._locked() else 0

    # ---- looking

    def _known(self) -> dict[str, Package]:
        return packages("deb") if self._updated() else {}

    def _search(self) -> int:
        wanted = [word.lower() for word in self.operands]
        if not self.stable:
            self.p.out("Sorting...\nFull Text Search...\n")
        for name, package in sorted(self._known().items()):
            if all(word in f"{name} {package.summary}".lower() for word in wanted):
                if self.stable:
                    self.p.out(f"{name} - {package.summary}\n")
                else:
                    self.p.out(f"{name}/stable {package.version} amd64\n  {package.summary}\n\n")
        return 0

    def _list(self) -> int:
        self.p.out("Listing...\n")
        have = self.database.versions()
        for name, version in sorted(have.items()):
            if not self.operands or name in self.operands:
                self.p.out(f"{name}/now {version} amd64 [installed,local]\n")
        if "--installed" not in self.flags:
            for name, package in sorted(self._known().items()):
                if name not in have and (not self.operands or name in self.operands):
                    self.p.out(f"{name}/stable {package.version} amd64\n")
        return 0

    def _show(self) -> int:
        for name in self.operands:
            package = self._known().get(name)
            if package is None:
                self.p.err(f"N: Unable to locate package {name}\nE: No packages found\n")
                return 100
            self.p.out(
                f"Package: {name}\nVersion: {package.version}\nInstalled-Size: {kilobytes(package.installed)}\n"
                f"Download-Size: {kilobytes(package.download)}\nDescription: {package.summary}\n\n"
            )
        return 0

    def _policy(self) -> int:
        have = self.database.versions()
        for name in self.operands:
            package = self._known().get(name)
            if package is not None or name in have:
                candidate = package.version if package is not None else have[name]
                self.p.out(f"{name}:\n  Installed: {have.get(name, '(none)')}\n  Candidate: {candidate}\n")
        return 0


def _reason(source: Source, unreachable: Unreachable) -> str:
    if unreachable.resolved:
        return f"Could not connect to {source.host}:80, connection timed out"
    return f"Temporary failure resolving '{source.host}'"


def _columns(names: list[str]) -> str:
    lines, line = [], " "
    for name in names:
        if len(line) + len(name) + 1 > 78:
            lines.append(line)
            line = " "
        line += f" {name}"
    return "".join(f"{text}\n" for text in [*lines, line])
