"""tree."""

from __future__ import annotations

from fnmatch import fnmatchcase

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import human, mode_string
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.support import Files, Steps, join


def tree(p: Process) -> Steps:  # noqa: C901 (its options are many)
    options = parse(p, "adfL:hsFI:P:nCpugDrt", "noreport dirsfirst")
    files = Files(p)
    depth = int(options.get("L")) if options.get("L").isdigit() else 1 << 30
    counts = [0, 0]

    def shown(path: str, name: str) -> str:
        stat = files.lstat(path)
        details = []
        if "p" in options:
            details.append(mode_string(stat.kind, stat.mode))
        if options.any("h s"):
            details.append(f"{human(stat.size):>4}" if "h" in options else f"{stat.size:>11}")
        text = (f"[{' '.join(details)}]  " if details else "") + (path if "f" in options else name)
        if "F" in options and stat.kind == "directory":
            text += "/"
        return text + (f" -> {files.readlink(path)}" if stat.kind == "symlink" else "")

    def wanted(path: str, name: str) -> bool:
        if name.startswith(".") and "a" not in options:
            return False
        if any(fnmatchcase(name, part) for pattern in options.all("I") for part in pattern.split("|")):
            return False
        is_dir = files.lstat(path).kind == "directory"
        if "d" in options and not is_dir:
            return False
        patterns = [part for pattern in options.all("P") for part in pattern.split("|")]
        return is_dir or not patterns or any(fnmatchcase(name, part) for part in patterns)

    def walk(path: str, indent: str, level: int) -> Steps:
        try:
            names = [name for name in files.listdir(path) if wanted(join(path, name), name)]
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
            p.out(f"{indent}{'└── ' if last else '├── '}{shown(child, name)}\n")
            is_dir = files.lstat(child).kind == "directory"
            counts[0 if is_dir or files.is_dir(child) else 1] += 1
            if is_dir and level < depth:
                yield from walk(child, indent + ("    " if last else "│   "), level + 1)
        yield from p.flush()
        if p.charge(1e-5 * len(names)):
            yield from p.pay()

    for top in options.operands or ["."]:
        if not files.is_dir(top):
            p.out(f"{top}  [error opening dir]\n")
            continue
        p.out(top + "\n")
        yield from walk(top, "", 1)
    if "noreport" not in options:
        directories = counts[0]
        text = f"\n{directories} director{'y' if directories == 1 else 'ies'}"
        if "d" not in options:
            text += f", {counts[1]} file{'' if counts[1] == 1 else 's'}"
        p.out(text + "\n")
    return 0
