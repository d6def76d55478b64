"""Which entries there are, and in what order."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.listing.names import Item, needs_quotes
from dockersim.userland.programs.listing.rows import Rows
from dockersim.userland.programs.options import quoted, shell_quoted
from dockersim.userland.programs.support import Steps, join


class Lister(Rows):
    """One run of ls."""

    def run(self, names: list[str]) -> Steps:
        options = self.options
        plain: list[Item] = []
        directories: list[Item] = []
        for name in names or ["."]:
            item = self._operand(name)
            if item is None:
                continue
            (directories if item.stat.is_dir and "d" not in options else plain).append(item)
        if plain:
            self._show(self._sorted(plain))
        headed = len(names) > 1 or "R" in options
        started = bool(plain)
        for item in self._sorted(directories):
            started = yield from self._directory(item.path, headed, started)
        return self.status

    def _operand(self, name: str) -> Item | None:
        follow = not self.options.any("d F") and not self.long
        try:
            if follow or self.options.any("L H"):
                try:
                    return Item(name, name, self.files.stat(name))
                except FsError as error:
                    if error.code not in ("ENOENT", "ELOOP"):
                        raise
            return Item(name, name, self.files.lstat(name))
        except FsError as error:
            self._complain(f"{name}: {error.strerror}", f"cannot access {quoted(name)}: {error.strerror}", 2)
            return None

    def _complain(self, busybox: str, gnu: str, status: int) -> None:
        self.p.fail(busybox if self.busybox else gnu)
        self.status = max(self.status, 1 if self.busybox else status)

    def _directory(self, path: str, headed: bool, started: bool) -> Steps:
        p, options = self.p, self.options
        try:
            names = self.files.listdir(path)
        except FsError as error:
            self._complain(
                f"can't open '{path}': {error.strerror}", f"cannot open directory {quoted(path)}: {error.strerror}", 2
            )
            return started
        if headed:
            heading = shell_quoted(path) if self.quotes and needs_quotes(path) else path
            p.out(("\n" if started else "") + f"{heading}:\n")
        items = []
        if "a" in options and options.last("a A") == "a":
            items = [self._child(path, name) for name in (".", "..")]
        hidden = options.any("a A")
        items += [self._child(path, name) for name in names if hidden or not name.startswith(".")]
        shown = self._sorted([item for item in items if item is not None])
        if self.long or "s" in options:
            blocks = sum(item.stat.blocks for item in shown)
            p.out(f"total {self._blocks(blocks)}\n")
        self._show(shown)
        yield from p.flush()
        if p.charge(2e-5 * (1 + len(shown))):
            yield from p.pay()
        if "R" in options:
            for item in shown:
                if item.stat.kind == "directory" and item.name not in (".", ".."):
                    yield from self._directory(item.path, True, True)
        return True

    def _child(self, directory: str, name: str) -> Item | None:
        path = join(directory, name)
        try:
            if "L" in self.options:
                try:
                    return Item(name, path, self.files.stat(path))
                except FsError:
                    pass
            return Item(name, path, self.files.lstat(path))
        except FsError as error:
            self._complain(f"{path}: {error.strerror}", f"cannot access {quoted(path)}: {error.strerror}", 1)
            return None

    def _sorted(self, items: list[Item]) -> list[Item]:
        options = self.options
        by = options.last("t S X v U f sort") or ("t" if options.any("c u") and not self.long else "")
        if by == "sort":
            by = {"time": "t", "size": "S", "extension": "X", "version": "v", "none": "U"}.get(options.get("sort"), "")
        if by in ("U", "f"):
            return items
        items = sorted(items, key=lambda item: encode(item.name))
        if by == "t":
            items.sort(key=lambda item: -self._time(item.stat))
        elif by == "S":
            items.sort(key=lambda item: -item.stat.size)
        elif by == "X":
            items.sort(key=lambda item: item.name[item.name.rfind(".") :] if "." in item.name else "")
        elif by == "v":
            items.sort(key=lambda item: version_key(item.name))
        if "r" in options:
            items.reverse()
        if "group-directories-first" in options:
            items.sort(key=lambda item: not item.stat.is_dir)
        return items


def version_key(name: str) -> list[tuple[int, int, str]]:
    """Sorts ``a2`` before ``a10``."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts]
