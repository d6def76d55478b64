"""pip, Python's package installer."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.binary import executable
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.packages.index import Package, closure, packages
from dockersim.userland.programs.packages.install import ROOT, put, remove
from dockersim.userland.programs.packages.mirrors import PYPI, Unreachable, fetch

AS_ROOT = (
    "WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour with the "
    "system package manager, possibly rendering your system unusable. It is recommended to use a virtual environment "
    "instead: https://pip.pypa.io/warnings/venv. Use the --root-user-action option if you know what you are doing and "
    "want to suppress this warning.\n"
)
NO_NAME = (
    "NameResolutionError(\"HTTPSConnection(host='{0}', port=443): Failed to resolve '{0}' "
    '([Errno -3] Temporary failure in name resolution)")'
)
MANAGED = """error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. \
You can override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.
hint: See PEP 668 for the detailed specification.
"""
REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?\s*((?:[<>=!~]=?=?\s*[\w.*]+\s*,?\s*)*)(?:;.*)?$")
VALUED = ("-r", "--requirement", "-i", "--index-url", "-t", "--target", "--root-user-action", "--timeout", "-c",
          "--extra-index-url", "--trusted-host", "--prefix", "--progress-bar")  # fmt: skip


def pip(p: Process) -> Steps:
    """``pip install|uninstall|list|freeze|show|--version``."""
    return (yield from Pip(p).run())


def site_packages(p: Process) -> str:
    """Where Python looks for packages."""
    for base in ("/usr/local/lib", "/usr/lib"):
        try:
            names = p.vfs.listdir(base, cwd="/", cred=ROOT)
        except FsError:
            continue
        for name in sorted(names, reverse=True):
            folder = f"{base}/{name}/site-packages"
            if re.fullmatch(r"python3\.\d+", name) and p.vfs.exists(folder, cwd="/", cred=ROOT):
                return folder
    return "/usr/lib/python3/dist-packages"


def normal(name: str) -> str:
    """A project's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(p: Process) -> dict[str, str]:
    """Installed projects and versions, by their names as they call themselves."""
    folder, found = site_packages(p), {}
    try:
        names = p.vfs.listdir(folder, cwd="/", cred=ROOT)
    except FsError:
        return {}
    for name in names:
        match = re.fullmatch(r"(.+)-([^-]+)\.dist-info", name)
        if match:
            found[match[1].replace("_", "-")] = match[2]
        elif name == "pip":
            text = p.vfs.read_file(f"{folder}/pip/__init__.py", cwd="/", cred=ROOT).decode()
            version = re.search(r'"([\d.]+)"', text)
            found["pip"] = version[1] if version else "25.3"
    return found


class Pip:
    """One run."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.flags: set[str] = set()
        self.values: dict[str, list[str]] = {}
        self.operands: list[str] = []
        words = p.argv[1:]
        while words:
            word = words.pop(0)
            name, equals, value = word.partition("=")
            if name in VALUED:
                self.values.setdefault(name, []).append(value if equals else words.pop(0) if words else "")
            elif word.startswith("-r") and len(word) > 2:
                self.values.setdefault("-r", []).append(word[2:])
            elif word.startswith("-"):
                self.flags.add(word)
            else:
                self.operands.append(word)

    @property
    def quiet(self) -> bool:
        return bool(self.flags & {"-q", "--quiet", "-qq"})

    def say(self, text: str) -> None:
        if not self.quiet:
            self.p.out(text)

    def run(self) -> Generator[Any, Any, int]:
        p = self.p
        command = self.operands.pop(0) if self.operands else ""
        if command in ("install", "download"):
            return (yield from self._install())
        if command == "uninstall":
            return self._uninstall()
        have = installed(p)
        if command == "freeze":
            p.out("".join(f"{name}=={version}\n" for name, version in sorted(have.items()) if name not in TOOLS))
            return 0
        if command == "list":
            wide = max([7, *map(len, have)])
            tall = max([7, *map(len, have.values())])
            p.out(f"{'Package':<{wide}} Version\n{'-' * wide} {'-' * tall}\n")
            p.out("".join(f"{name:<{wide}} {version}\n" for name, version in sorted(have.items())))
            return 0
        if command == "show":
            return self._show(have)
        if self.flags & {"--version", "-V"}:
            folder = site_packages(p)
            minor = re.search(r"python(3\.\d+)", folder)
            p.out(f"pip {have.get('pip', '25.3')} from {folder}/pip (python {minor[1] if minor else '3.13'})\n")
            return 0
        if command and command != "help":
            p.err(f'ERROR: unknown command "{command}"\n')
            return 1
        p.out("\nUsage:   \n  pip <command> [options]\n\nCommands:\n  install     Install packages.\n  uninstall   "
              "Uninstall packages.\n  freeze      Output installed packages in requirements format.\n"
              "  list        List installed packages.\n")  # fmt: skip
        return 0

    # ---- install

    def _requirements(self) -> list[tuple[str, str, str]] | int:
        """(name, version asked for with ``==``, the words), or a status."""
        texts = [(word, "") for word in self.operands]
        for name in self.values.get("-r", []) + self.values.get("--requirement", []):
            try:
                data = self.p.read_file(name).decode(errors="replace")
            except FsError as error:
                self.p.err(
                    f"ERROR: Could not open requirements file: [Errno {error.number}] {error.strerror}: '{name}'\n"
                )
                return 1
            for line in data.splitlines():
                text = re.sub(r"(^|\s)#.*", "", line).strip()
                if text and not text.startswith("-"):
                    texts.append((text, name))
        found = []
        for text, place in texts:
            match = REQUIREMENT.match(text)
            if text in (".", "-e") or "/" in text:
                self.p.err("ERROR: installing from source trees is not simulated\n")
                return 1
            if match is None:
                where = f" (from -r {place})" if place else ""
                self.p.err(f"ERROR: Invalid requirement: '{text}'{where}\n")
                return 1
            pinned = re.search(r"==\s*([\w.]+)", match[2])
            found.append((normal(match[1]), pinned[1] if pinned else "", text))
        return found

    def _install(self) -> Generator[Any, Any, int]:
        p = self.p
        wanted = self._requirements()
        if isinstance(wanted, int):
            return wanted
        if not wanted:
            p.err('ERROR: You must give at least one requirement to install (see "pip help install")\n')
            return 1
        managed = p.vfs.exists("/usr/lib/python3/EXTERNALLY-MANAGED") and site_packages(p).startswith("/usr/lib/")
        if managed and "--break-system-packages" not in self.flags:
            p.err(MANAGED)
            return 1
        table = packages("pip")
        have = {normal(name): version for name, version in installed(p).items()}
        for name, pinned, text in wanted:
            known = table.get(name)
            if known is None or (pinned and not _plausible(pinned)):
                return (yield from self._unknown(text, known))
            if name in have:
                self.say(f"Requirement already satisfied: {text} in {site_packages(p)} ({have[name]})\n")
        order = [self._pinned(package, wanted) for package in closure("pip", [name for name, *_ in wanted], set(have))]
        if not order:
            return 0
        texts = {name: text for name, _, text in wanted}
        return (yield from self._bring(order, texts))

    def _pinned(self, package: Package, wanted: list[tuple[str, str, str]]) -> Package:
        version = next((pinned for name, pinned, _ in wanted if name == package.name and pinned), package.version)
        return package._replace(version=version)

    def _unknown(self, text: str, known: Package | None) -> Generator[Any, Any, int]:
        p = self.p
        try:
            yield from fetch(p, PYPI, f"/simple/{normal(text)}/", 400, True)
        except Unreachable:
            yield from self._offline(normal(text))
        versions = known.version if known is not None else "none"
        p.err(f"ERROR: Could not find a version that satisfies the requirement {text} (from versions: {versions})\n")
        p.err(f"ERROR: No matching distribution found for {text}\n")
        return 1

    def _offline(self, name: str) -> Steps:
        reason = NO_NAME.format(PYPI)
        for left, pause in enumerate((0.5, 1, 2, 4, 8)):
            self.p.err(
                f"WARNING: Retrying (Retry(total={4 - left}, connect=None, read=None, redirect=None, status=None)) "
                f"after connection broken by '{reason}': /simple/{name}/\n"
            )
            yield from self.p.flush()
            yield from self.p.sleep(pause)

    def _bring(self, order: list[Package], texts: dict[str, str]) -> Generator[Any, Any, int]:
        p = self.p
        parents = {dependency: package.name for package in order for dependency in package.depends}
        for package in reversed(order):
            parent = parents.get(package.name)
            label = texts.get(package.name) or f"{package.name} (from {parent})"
            self.say(f"Collecting {label}\n")
            yield from p.flush()
            try:
                yield from fetch(p, PYPI, f"/packages/{_wheel(package)}", package.download, True)
            except Unreachable:
                yield from self._offline(package.name)
                p.err(f"ERROR: Could not find a version that satisfies the requirement {label} (from versions: none)\n")
                p.err(f"ERROR: No matching distribution found for {label}\n")
                return 1
            self.say(f"  Downloading {_wheel(package)} ({_amount(package.download)})\n")
        self.say(f"Installing collected packages: {', '.join(one.name for one in order)}\n")
        folder = self.values.get("-t", self.values.get("--target", [site_packages(p)]))[0]
        try:
            for package in order:
                self._write(package, folder)
                p.cpu += package.installed / 2e8
                yield from p.sleep(0.05 + package.installed / 1e8)
        except FsError as error:
            p.err(f"ERROR: Could not install packages due to an OSError: [Errno {error.number}] {error.strerror}: "
                  f"'{error.path}'\n")  # fmt: skip
            return 1
        names = sorted(f"{package.name}-{package.version}" for package in order)
        self.say(f"\nSuccessfully installed {' '.join(names)}\n")
        if p.cred.uid == 0 and "--root-user-action" not in self.values and "PIP_ROOT_USER_ACTION" not in p.env:
            p.err(AS_ROOT)
        return 0

    def _write(self, package: Package, folder: str) -> None:
        p = self.p
        if p.cred.uid:
            p.vfs.access(folder, 2, cwd=p.cwd, cred=p.cred)
        module = package.name.replace("-", "_")
        info = f"{folder}/{module}-{package.version}.dist-info"
        paths = [f"{folder}/{module}/__init__.py"]
        put(p, paths[0], f'__version__ = "{package.version}"\n'.encode(), package.installed)
        for path, program in package.programs:
            script = f"/usr/local/bin/{path.rsplit('/', 1)[-1]}"
            put(p, script, executable(program), 230, 0o755)
            paths.append(script)
        text = f"Metadata-Version: 2.4\nName: {package.name}\nVersion: {package.version}\nSummary: {package.summary}\n"
        put(p, f"{info}/METADATA", text.encode())
        put(
            p,
            f"{info}/RECORD",
            "".join(f"{path}\n" for path in [*paths, f"{info}/METADATA", f"{info}/RECORD"]).encode(),
        )

    # ---- the rest

    def _uninstall(self) -> int:
        p, folder = self.p, site_packages(self.p)
        have = {normal(name): version for name, version in installed(p).items()}
        for word in self.operands:
            name = normal(word)
            if name not in have:
                p.err(f"WARNING: Skipping {word} as it is not installed.\n")
                continue
            record = f"{folder}/{name.replace('-', '_')}-{have[name]}.dist-info/RECORD"
            p.out(f"Found existing installation: {name} {have[name]}\nUninstalling {name}-{have[name]}:\n")
            remove(p, p.vfs.read_file(record, cwd="/", cred=ROOT).decode().split("\n"))
            p.out(f"  Successfully uninstalled {name}-{have[name]}\n")
        return 0

    def _show(self, have: dict[str, str]) -> int:
        names = {normal(name): version for name, version in have.items()}
        for word in self.operands:
            package = packages("pip").get(normal(word))
            if package is None or package.name not in names:
                self.p.err(f"WARNING: Package(s) not found: {word}\n")
                return 1
            self.p.out(f"Name: {package.name}\nVersion: {names[package.name]}\nSummary: {package.summary}\n"
                       f"Location: {site_packages(self.p)}\nRequires: {', '.join(package.depends)}\n")  # fmt: skip
        return 0


TOOLS = ("pip", "setuptools", "wheel")


def _plausible(version: str) -> bool:
    """Whether a version that the index lacks may have been: it is a number, and not a monster."""
    parts = version.split(".")
    return all(re.fullmatch(r"\d+(?:[a-z]+\d+)?", part) for part in parts) and int(re.sub(r"\D.*", "", parts[0])) < 90


def _wheel(package: Package) -> str:
    return f"{package.name.replace('-', '_')}-{package.version}-py3-none-any.whl"


def _amount(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{size // 1000} kB"
