"""tree."""

from __future__ import annotations

from fnmatch import fnmatchcase

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import human, mode_string
from dockersim.userland.programs.options import Options, parse
from dockersim.userland.programs.support import Files, Steps, join


def tree(p: Process) -> Steps:
    """``tree [options] [directory ...]``"""
    options = parse(p, "adfL:hsFI:P:nCpugDrt", "noreport dirsfirst")
    run = _Tree(p, options)
    for top in options.operands or ["."]:
        if not run.files.is_dir(top):
            p.out(f"{top}  [error opening dir]\n")
            continue
        p.out(top + "\n")
        yield from run.walk(top, "", 1)
    if "noreport" not in options:
        text = f"\n{run.directories} director{'y' if run.directories == 1 else 'ies'}"
        if "d" not in options:
            text += f", {run.plain} file{'' if run.plain == 1 else 's'}"
        p.out(text + "\n")
    return 0


class _Tree:
    """One run: what is shown, and how many directories and other files there were."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.options = options
        self.files = Files(p)
        self.depth = int(options.get("L")) if options.get("L").isdigit() else 1 << 30
        self.directories = 0
        self.plain = 0

    def walk(self, path: str, indent: str, level: int) -> Steps:
        """Draw what is in ``path``."""
        p, files, options = self.p, self.files, self.options
        try:
            names = [name for name in files.listdir(path) if self._wanted(join(path, name), name)]
        except FsError:
            p.out(f"{indent}└── [error opening dir]\n")
            return
        if "dirsfirst" in options:
            names.sort(key=lambda name: files.lstat(join(path, name)).kind != "directory")
        if "r" in options:
            names.reverse()
        for number, name in enumerate(names):
            last = number == len(names) - 1
            child = join(path, name)
            p.out(f"{indent}{'└── ' if last else '├── '}{self._shown(child, name)}\n")
            is_dir = files.lstat(child).kind == "directory"
            if is_dir or files.is_dir(child):
                self.directories += 1
            else:
                self.plain += 1
            if is_dir and level < self.depth:
                yield from self.walk(child, indent + ("    " if last else "│   "), level + 1)
        yield from p.flush()
        if p.charge(1e-5 * len(names)):
            yield from p.pay()

    def _shown(self, path: str, name: str) -> str:
        options, stat = self.options, self.files.lstat(path)
        details = []
        if "p" in options:
            details.append(mode_string(stat.kind, stat.mode))
        if options.any("h s"):
            details.append(f"{human(stat.size):>4}" if "h" in options else f"{stat.size:>11}")
        text = (f"[{' '.join(details)}]  " if details else "") + (path if "f" in options else name)
        if "F" in options and stat.kind == "directory":
            text += "/"
        return text + (f" -> {self.files.readlink(path)}" if stat.kind == "symlink" else "")

    def _wanted(self, path: str, name: str) -> bool:
        options = self.options
        if name.startswith(".") and "a" not in options:
            return False
        if any(fnmatchcase(name, part) for pattern in options.all("I") for part in pattern.split("|")):
            return False
        is_dir = self.files.lstat(path).kind == "directory"
        if "d" in options and not is_dir:
            return False
        patterns = [part for pattern in options.all("P") for part in pattern.split("|")]
        return is_dir or not patterns or any(fnmatchcase(name, part) for part in patterns)
