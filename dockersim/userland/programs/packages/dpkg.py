"""dpkg: the database of installed packages, and asking it."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.packages.index import Package
from dockersim.userland.programs.packages.install import ROOT, put, remove

STATUS = "/var/lib/dpkg/status"
INFO = "/var/lib/dpkg/info"


class Database:
    """``/var/lib/dpkg``: a status file with a stanza for each package, and lists of files."""

    def __init__(self, p: Process) -> None:
        self.p = p

    def _text(self) -> str:
        try:
            data: bytes = self.p.vfs.read_file(STATUS, cwd="/", cred=ROOT)
        except FsError:
            return ""
        return data.decode(errors="replace")

    def stanzas(self) -> dict[str, str]:
        """The stanzas of installed packages by name."""
        found = {}
        for stanza in re.split(r"\n\s*\n", self._text()):
            name = re.search(r"^Package:\s*(\S+)", stanza, re.M)
            if name and "deinstall" not in stanza:
                found[name[1]] = stanza.strip()
        return found

    def versions(self) -> dict[str, str]:
        """Installed packages and their versions."""
        found = {}
        for name, stanza in self.stanzas().items():
            version = re.search(r"^Version:\s*(\S+)", stanza, re.M)
            found[name] = version[1] if version else ""
        return found

    def names(self) -> set[str]:
        return set(self.stanzas())

    def _write(self, stanzas: dict[str, str]) -> None:
        put(self.p, STATUS, "".join(f"{stanza}\n\n" for stanza in stanzas.values()).encode())

    def add(self, package: Package, paths: list[str]) -> None:
        """Enter a package with its files."""
        stanza = (
            f"Package: {package.name}\nStatus: install ok installed\nPriority: optional\nSection: utils\n"
            f"Installed-Size: {package.installed // 1000}\nArchitecture: amd64\nVersion: {package.version}\n"
        )
        if package.depends:
            stanza += f"Depends: {', '.join(package.depends)}\n"
        self._write(self.stanzas() | {package.name: f"{stanza}Description: {package.summary}"})
        put(self.p, f"{INFO}/{package.name}.list", "".join(f"{path}\n" for path in paths).encode())

    def files(self, name: str) -> list[str]:
        """The files of an installed package."""
        try:
            data: bytes = self.p.vfs.read_file(f"{INFO}/{name}.list", cwd="/", cred=ROOT)
        except FsError:
            return []
        return data.decode().split("\n")[:-1]

    def drop(self, name: str) -> None:
        """Strike a package out."""
        self._write({other: stanza for other, stanza in self.stanzas().items() if other != name})
        remove(self.p, [f"{INFO}/{name}.list"])


def dpkg(p: Process) -> int:
    """``dpkg -l [name]``, ``-s name``, ``-L name``, ``-S path``, ``--print-architecture``."""
    words = p.argv[1:]
    database = Database(p)
    if not words:
        p.err("dpkg: error: need an action option\n\nType dpkg --help for help about installing packages.\n")
        return 2
    action, rest = words[0], words[1:]
    if action == "--print-architecture":
        p.out("amd64\n")
        return 0
    if action in ("-l", "--list"):
        return _list(p, database, rest)
    if action in ("-i", "--install"):
        return p.fail("installing package files is not simulated", 2)
    if action in ("-s", "--status", "-L", "--listfiles"):
        for name in rest:
            stanza = database.stanzas().get(name)
            if stanza is None:
                p.err(f"dpkg-query: package '{name}' is not installed" + (
                    " and no information is available\n" if action in ("-s", "--status") else "\n"))  # fmt: skip
                p.err("Use dpkg --info (= dpkg-deb --info) to examine archive files.\n")
                return 1
            p.out(f"{stanza}\n" if action in ("-s", "--status") else "".join(
                f"{path}\n" for path in ["/.", *database.files(name)]))  # fmt: skip
        return 0
    if action in ("-S", "--search"):
        for path in rest:
            owners = [name for name in sorted(database.names()) if path in database.files(name)]
            if not owners:
                p.err(f"dpkg-query: no path found matching pattern {path}\n")
                return 1
            p.out(f"{', '.join(owners)}: {path}\n")
        return 0
    p.err(f"dpkg: error: unknown option {action}\n\nType dpkg --help for help about installing packages.\n")
    return 2


def dpkg_query(p: Process) -> int:
    return dpkg(p)


def _list(p: Process, database: Database, names: list[str]) -> int:
    have = database.stanzas()
    chosen = {name: stanza for name, stanza in sorted(have.items()) if not names or name in names}
    if not chosen:
        p.err("".join(f"dpkg-query: no packages found matching {name}\n" for name in names))
        return 1 if names else 0
    wide = max(14, *(len(name) for name in chosen))
    p.out("Desired=Unknown/Install/Remove/Purge/Hold\n"
          "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
          "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
          f"||/ {'Name':<{wide}} {'Version':<16} Architecture Description\n"
          f"+++-{'=' * wide}-{'=' * 16}-============-=================================\n")  # fmt: skip
    versions = database.versions()
    for name, stanza in chosen.items():
        summary = re.search(r"^Description:\s*(.*)$", stanza, re.M)
        p.out(f"ii  {name:<{wide}} {versions[name]:<16} amd64        {summary[1] if summary else ''}\n")
    return 0
