"""The simulated index of packages, read when a package manager first needs it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Package(NamedTuple):
    """One package. Sizes in bytes; ``programs`` are paths and program names; npm adds ``together`` packages for it."""

    name: str
    version: str
    download: int
    installed: int
    depends: tuple[str, ...]
    programs: tuple[tuple[str, str], ...]
    summary: str
    together: int = 1


@cache
def packages(kind: str) -> dict[str, Package]:
    """All packages of ``deb``, ``apk``, ``rpm``, ``pip`` or ``npm`` by name."""
    text = files("dockersim.userland.programs.packages").joinpath("index.txt").read_text("utf-8")
    section = text.partition(f"\n[{kind}]\n")[2].partition("\n[")[0]
    found = {}
    for line in section.splitlines():
        fields, _, summary = line.partition(" | ")
        if fields:
            package = _package(fields.split(), summary)
            found[package.name] = package
    return found


def _package(fields: list[str], summary: str) -> Package:
    name, version, download, installed, depends, programs, *count = fields
    return Package(
        name,
        version,
        0 if download == "-" else int(download) * 1000,
        int(installed) * 1000,
        () if depends == "-" else tuple(depends.split(",")),
        () if programs == "-" else tuple(map(_program, programs.split(","))),
        summary,
        int(count[0]) if count else 1,
    )


def _program(text: str) -> tuple[str, str]:
    path, _, program = text.partition("=")
    if not path.startswith("/"):
        path = f"/usr/bin/{path}"
    return path, program or path.rsplit("/", 1)[-1]


def closure(kind: str, names: list[str], have: set[str]) -> list[Package]:
    """The packages to install for ``names``, dependencies first, without those in ``have``."""
    table = packages(kind)
    order: list[Package] = []
    seen = set(have)

    def visit(name: str) -> None:
        if name in seen or name not in table:
            return
        seen.add(name)
        for dependency in table[name].depends:
            visit(dependency)
        order.append(table[name])

    for name in names:
        visit(name)
    return order
