"""dnf, yum, microdnf and rpm."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.packages.index import Package, closure, packages
from dockersim.userland.programs.packages.install import ROOT, install, put, remove
from dockersim.userland.programs.packages.mirrors import Unreachable, fetch

DATABASE = "/var/lib/rpm/packages.txt"
MIRROR = "mirrors.rpm.example"
METADATA = 6_200_000
NO_HOST = f"Curl error (6): Couldn't resolve host name for https://{MIRROR}/ [Could not resolve host: {MIRROR}]"
NO_METADATA = (
    f"Errors during downloading metadata for repository 'baseos':\n  - {NO_HOST}\n"
    f"Error: Failed to download metadata for repo 'baseos': Cannot prepare internal mirrorlist: {NO_HOST}\n"
)


def dnf(p: Process) -> Steps:
    """``dnf install|remove|update|search|list|makecache|clean [-y]``."""
    words = p.argv[1:]
    flags = {word for word in words if word.startswith("-")}
    rest = [word for word in words if not word.startswith("-")]
    command = rest.pop(0) if rest else ""
    run = Dnf(p, flags, rest)
    actions = {"install": run.install, "remove": run.remove, "erase": run.remove, "update": run.update,
               "upgrade": run.update, "check-update": run.update, "makecache": run.update}  # fmt: skip
    if command in actions:
        if p.cred.uid:
            p.err(
                "Error: This command has to be run with superuser privileges (under the root user on most systems).\n"
            )
            return 1
        return (yield from actions[command]())
    if command == "clean":
        p.out("0 files removed\n")
        return 0
    if command == "search":
        for name, package in sorted(packages("rpm").items()):
            if all(word in f"{name} {package.summary}".lower() for word in rest):
                p.out(f"{name}.x86_64 : {package.summary}\n")
        return 0
    if command == "list":
        p.out("Installed Packages\n")
        for name, version in sorted(installed(p).items()):
            p.out(f"{name + '.x86_64':<40} {version:<30} @System\n")
        return 0
    if not command:
        p.out(f"usage: {p.name} [options] COMMAND\n")
        return 1
    p.err(f"No such command: {command}. Please use /usr/bin/{p.name} --help\n")
    return 1


def yum(p: Process) -> Steps:
    return (yield from dnf(p))


def microdnf(p: Process) -> Steps:
    return (yield from dnf(p))


def tdnf(p: Process) -> Steps:
    return (yield from dnf(p))


def installed(p: Process) -> dict[str, str]:
    """Installed packages and versions."""
    try:
        text = p.vfs.read_file(DATABASE, cwd="/", cred=ROOT).decode(errors="replace")
    except FsError:
        return {}
    return {line.split("\t")[0]: line.split("\t")[1] for line in text.splitlines() if "\t" in line}


def rpm(p: Process) -> int:
    """``rpm -qa``, ``rpm -q name``."""
    words = p.argv[1:]
    have = installed(p)
    if "-qa" in words:
        p.out("".join(f"{name}-{version}.x86_64\n" for name, version in sorted(have.items())))
        return 0
    if words[:1] == ["-q"]:
        status = 0
        for name in words[1:]:
            p.out(f"{name}-{have[name]}.x86_64\n" if name in have else f"package {name} is not installed\n")
            status = status if name in have else 1
        return status
    return p.fail("only queries (-q, -qa) are simulated")


class Dnf:
    """One run."""

    def __init__(self, p: Process, flags: set[str], operands: list[str]) -> None:
        self.p = p
        self.flags = flags
        self.operands = operands

    def _metadata(self) -> Generator[Any, Any, bool]:
        p = self.p
        if p.vfs.exists("/var/cache/dnf/metadata", cwd="/", cred=ROOT):
            p.out("Last metadata expiration check: 0:00:10 ago.\n")
            return True
        name = _system(p)
        try:
            yield from fetch(p, MIRROR, "/repodata/primary.xml.gz", METADATA, True)
        except Unreachable:
            p.err(NO_METADATA)
            return False
        p.out(f"{name:<50} 5.1 MB/s | 6.2 MB     00:01    \n")
        put(p, "/var/cache/dnf/metadata", b"", METADATA)
        yield from p.sleep(0.5)
        return True

    def update(self) -> Generator[Any, Any, int]:
        if not (yield from self._metadata()):
            return 1
        if "makecache" in self.p.argv:
            self.p.out("Metadata cache created.\n")
        else:
            self.p.out("Dependencies resolved.\nNothing to do.\nComplete!\n")
        return 0

    def install(self) -> Generator[Any, Any, int]:
        p = self.p
        if not (yield from self._metadata()):
            return 1
        table, have = packages("rpm"), installed(p)
        wrong = [name for name in self.operands if name not in table]
        for name in wrong:
            p.err(f"No match for argument: {name}\n")
        if wrong:
            p.err(f"Error: Unable to find a match: {' '.join(wrong)}\n")
            return 1
        order = closure("rpm", self.operands, set(have))
        if not order:
            for name in self.operands:
                p.out(f"Package {name}-{have[name]}.x86_64 is already installed.\n")
            p.out("Dependencies resolved.\nNothing to do.\nComplete!\n")
            return 0
        self._table(order)
        if not self.flags & {"-y", "--assumeyes", "-yq", "-qy"} and not (yield from self._agreed()):
            return 1
        p.out("Downloading Packages:\n")
        for number, package in enumerate(order, 1):
            try:
                yield from fetch(p, MIRROR, f"/Packages/{package.name}.rpm", package.download, True)
            except Unreachable:
                p.err(f"Error: Error downloading packages:\n  Cannot download {package.name}: All mirrors were tried\n")
                return 1
            label = f"{package.name}-{package.version}.x86_64.rpm"
            p.out(f"({number}/{len(order)}): {label:<50} {_size(package.download):>8}     00:00    \n")
            yield from p.flush()
        p.out("Running transaction check\nTransaction check succeeded.\nRunning transaction test\n"
              "Transaction test succeeded.\nRunning transaction\n")  # fmt: skip
        yield from self._bring(order, have)
        return 0

    def _bring(self, order: list[Package], have: dict[str, str]) -> Steps:
        p = self.p
        for number, package in enumerate(order, 1):
            paths = install(p, package, "rpm", "/usr/lib64")
            put(p, f"/var/lib/rpm/files/{package.name}", "\n".join(paths).encode())
            p.cpu += package.installed / 4e8
            yield from p.sleep(0.05 + package.installed / 2e8)
            have[package.name] = package.version
            label = f"{package.name}-{package.version}.x86_64"
            p.out(f"  Installing       : {label:<60} {number}/{len(order)} \n")
        put(p, DATABASE, "".join(f"{name}\t{version}\n" for name, version in sorted(have.items())).encode())
        p.out("\nInstalled:\n")
        p.out("".join(f"  {package.name}-{package.version}.x86_64\n" for package in order))
        p.out("\nComplete!\n")

    def _table(self, order: list[Package]) -> None:
        p, line = self.p, "=" * 80
        head = f" Package{'':<16} Architecture  Version{'':<18} Repository   Size"
        p.out(f"Dependencies resolved.\n{line}\n{head}\n{line}\n")
        p.out("Installing:\n")
        for package in order:
            size = _size(package.download)
            p.out(f" {package.name:<23} x86_64        {package.version:<25} baseos    {size:>7}\n")
        p.out(f"\nTransaction Summary\n{line}\nInstall  {len(order)} Package{'s' if len(order) > 1 else ''}\n\n")
        total, space = sum(one.download for one in order), sum(one.installed for one in order)
        p.out(f"Total download size: {_size(total)}\nInstalled size: {_size(space)}\n")

    def _agreed(self) -> Generator[Any, Any, bool]:
        p = self.p
        p.out("Is this ok [y/N]: ")
        yield from p.flush()
        line = yield from p.lines().next()
        if line.strip().lower() in (b"y", b"yes"):
            return True
        p.out("Operation aborted.\n")
        return False

    def remove(self) -> Generator[Any, Any, int]:
        p, have = self.p, installed(self.p)
        for name in self.operands:
            if name not in have:
                p.out(f"No match for argument: {name}\n")
                continue
            path = f"/var/lib/rpm/files/{name}"
            remove(p, p.vfs.read_file(path, cwd="/", cred=ROOT).decode().split("\n"))
            remove(p, [path])
            p.out(f"Removed:\n  {name}-{have.pop(name)}.x86_64\n\n")
            yield from p.sleep(0.05)
        put(p, DATABASE, "".join(f"{name}\t{version}\n" for name, version in sorted(have.items())).encode())
        p.out("Complete!\n")
        return 0


def _system(p: Process) -> str:
    try:
        text = p.read_file("/etc/os-release").decode(errors="replace")
    except FsError:
        return "BaseOS"
    found = re.search(r'^PRETTY_NAME="?([^"\n]*)', text, re.M)
    return f"{found[1]} - BaseOS" if found else "BaseOS"


def _size(size: int) -> str:
    value, unit = size / 1024, "k"
    if value >= 1000:
        value, unit = value / 1024, "M"
    return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
