"""cmp and diff."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.options import Options, extra_operand, is_busybox, missing_operand, parse
from dockersim.userland.programs.support import Files, Steps, base, join, open_input


def cmp(p: Process) -> Steps:
    options = parse(p, "blsn:i:", "print-bytes=b verbose=l quiet=s silent=s bytes:=n ignore-initial:=i", status=2)
    names = options.operands
    if not names:
        missing_operand(p, p.name, 2)
    names = [*names, "-"][: max(2, len(names))]
    both = []
    for name in names[:2]:
        try:
            file = open_input(p, name)
        except FsError as error:
            if "s" not in options:
                p.fail(f"{name}: {error.strerror}")
            return 2
        both.append((yield from p.read_all(file)))
        file.release()
    limit = int(options.get("n")) if options.get("n").isdigit() else None
    one, two = (data[:limit] for data in both)
    if one == two:
        return 0
    if "s" in options:
        return 1
    size = min(len(one), len(two))
    places = [at for at in range(size) if one[at] != two[at]] if one[:size] != two[:size] else []
    if "l" in options:
        width = 1 if is_busybox(p) else len(str(size))
        for at in places:
            p.out(f"{at + 1:>{width}} {one[at]:>3o} {two[at]:>3o}\n")
    elif places:
        at = places[0]
        line = one.count(b"\n", 0, at) + 1
        word = "char"
        p.out(f"{names[0]} {names[1]} differ: {word} {at + 1}, line {line}\n")
        return 1
    if len(one) != len(two):
        shorter = names[0] if len(one) < len(two) else names[1]
        where = ""
        if not is_busybox(p):
            lines = one.count(b"\n", 0, size)
            ends = one[size - 1 : size] == b"\n"
            where = f" after byte {size}" + (
                "" if "l" in options else f", line {lines}" if ends else f", in line {lines + 1}"
            )
            if not size:
                where = " which is empty"
        p.err(f"cmp: EOF on {shorter}{where}\n")
    return 1


class _Differ:
    """One run of diff over a pair of trees or files."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.options = options
        self.files = Files(p)
        self.status = 0
        context = options.get("U") or ("3" if options.any("u") or is_busybox(p) else "")
        self.unified = int(context) if context.isdigit() else None

    def trees(self, one: str, two: str, shown: str) -> Steps:
        names = sorted({*self.files.listdir(one), *self.files.listdir(two)})
        for name in names:
            a, b = join(one, name), join(two, name)
            if not self.files.present(a) or not self.files.present(b):
                there, missing = (one, b) if self.files.present(a) else (two, a)
                if "N" in self.options and not self.files.is_dir(join(there, name)):
                    yield from self.pair(a, b, True)
                    continue
                self.p.out(f"Only in {there}: {name}\n")
                self.status = max(self.status, 1)
                del missing
            elif self.files.is_dir(a) and self.files.is_dir(b):
                if "r" in self.options:
                    yield from self.trees(a, b, shown)
                else:
                    self.p.out(f"Common subdirectories: {a} and {b}\n")
            else:
                yield from self.pair(a, b, True)

    def pair(self, one: str, two: str, headed: bool) -> Steps:
        p = self.p
        data = []
        for name in (one, two):
            if "N" in self.options and name != "-" and not self.files.exists(name):
                data.append(b"")
                continue
            try:
                file = open_input(p, name)
            except FsError as error:
                p.fail(f"{name}: {error.strerror}" if not is_busybox(p) else f"can't stat '{name}': {error.strerror}")
                self.status = 2
                return
            data.append((yield from p.read_all(file)))
            file.release()
        if data[0] == data[1]:
            if "s" in self.options:
                p.out(f"Files {one} and {two} are identical\n")
            return
        if "q" in self.options:
            p.out(f"Files {one} and {two} differ\n")
            self.status = max(self.status, 1)
            return
        if b"\0" in data[0][:8192] + data[1][:8192] and "a" not in self.options:
            p.out(f"{'Binary files' if not is_busybox(p) else 'Files'} {one} and {two} differ\n")
            self.status = max(self.status, 1)
            return
        self._lines(one, two, data[0], data[1], headed)
        yield from p.flush()

    def _lines(self, one: str, two: str, first: bytes, second: bytes, headed: bool) -> None:
        a, b = (re.findall(rb"[^\n]*\n|[^\n]+", data) for data in (first, second))
        groups = self._groups([self._key(line) for line in a], [self._key(line) for line in b])
        if not groups:
            return
        self.status = max(self.status, 1)
        if headed and not is_busybox(self.p):
            flags = " ".join(word for word in self.p.argv[1:] if word.startswith("-"))
            self.p.out(f"diff {flags} {one} {two}\n".replace("diff  ", "diff "))
        if self.unified is None:
            self._normal(a, b, groups)
        else:
            self._unified(one, two, a, b, groups)

    def _key(self, line: bytes) -> bytes:
        options = self.options
        if "w" in options:
            line = re.sub(rb"\s+", b"", line)
        elif "b" in options:
            line = re.sub(rb"[ \t]+", b" ", line).replace(b" \n", b"\n")
        return line.lower() if "i" in options else line

    def _groups(self, a: list[bytes], b: list[bytes]) -> list[tuple[str, int, int, int, int]]:
        start = 0
        while start < min(len(a), len(b)) and a[start] == b[start]:
            start += 1
        matcher = SequenceMatcher(None, a[start:], b[start:], autojunk=False)
        codes: list[tuple[str, int, int, int, int]] = [
            (tag, i1 + start, i2 + start, j1 + start, j2 + start)
            for tag, i1, i2, j1, j2 in matcher.get_opcodes()
            if tag != "equal"
        ]
        if "B" in self.options:
            codes = [c for c in codes if any(line.strip() for line in [*a[c[1] : c[2]], *b[c[3] : c[4]]])]
        return codes

    def _put(self, mark: bytes, line: bytes) -> None:
        self.p.out(mark + line + (b"" if line.endswith(b"\n") else b"\n\\ No newline at end of file\n"))

    def _normal(self, a: list[bytes], b: list[bytes], groups: list[tuple[str, int, int, int, int]]) -> None:
        def span(low: int, high: int) -> str:
            return str(low + 1) if high - low == 1 else f"{low + 1},{high}"

        for tag, i1, i2, j1, j2 in groups:
            letter = {"replace": "c", "delete": "d", "insert": "a"}[tag]
            left = str(i1) if tag == "insert" else span(i1, i2)
            right = str(j1) if tag == "delete" else span(j1, j2)
            self.p.out(f"{left}{letter}{right}\n")
            for line in a[i1:i2]:
                self._put(b"< ", line)
            if tag == "replace":
                self.p.out("---\n")
            for line in b[j1:j2]:
                self._put(b"> ", line)

    def _header(self, mark: str, name: str, label: str) -> str:
        if label:
            return f"{mark} {label}\n"
        if is_busybox(self.p):
            return f"{mark} {name}\n"
        stat = self.files.stat(name) if name != "-" and self.files.exists(name) else None
        ns = stat.mtime_ns if stat is not None else self.p.sim.nanoseconds() if name == "-" else 0
        return f"{mark} {name}\t{strftime('%Y-%m-%d %H:%M:%S.%N %z', ns)}\n"

    def _unified(
        self, one: str, two: str, a: list[bytes], b: list[bytes], groups: list[tuple[str, int, int, int, int]]
    ) -> None:
        labels = [*self.options.all("L"), "", ""]
        self.p.out(self._header("---", one, labels[0]) + self._header("+++", two, labels[1]))
        size = self.unified or 0
        hunks: list[list[tuple[str, int, int, int, int]]] = []
        for group in groups:
            if hunks and group[1] - hunks[-1][-1][2] <= 2 * size:
                hunks[-1].append(group)
            else:
                hunks.append([group])

        def span(low: int, high: int) -> str:
            count = high - low
            return f"{low + 1 if count else low}" + ("" if count == 1 else f",{count}")

        for hunk in hunks:
            low, high = max(0, hunk[0][1] - size), min(len(a), hunk[-1][2] + size)
            other_low = hunk[0][3] - (hunk[0][1] - low)
            other_high = hunk[-1][4] + (high - hunk[-1][2])
            self.p.out(f"@@ -{span(low, high)} +{span(other_low, other_high)} @@\n")
            at = low
            for _, i1, i2, j1, j2 in hunk:
                for line in a[at:i1]:
                    self._put(b" ", line)
                for line in a[i1:i2]:
                    self._put(b"-", line)
                for line in b[j1:j2]:
                    self._put(b"+", line)
                at = i2
            for line in a[at:high]:
                self._put(b" ", line)


def diff(p: Process) -> Steps:
    options = parse(
        p,
        "abBdiL:NqrsTtuU:wy" + ("" if is_busybox(p) else "cC:e"),
        "unified?=u brief=q recursive=r new-file=N ignore-case=i ignore-all-space=w ignore-space-change=b "
        "ignore-blank-lines=B text=a report-identical-files=s label:=L color? strip-trailing-cr normal",
        status=2,
    )
    names = options.operands
    if len(names) < 2:
        missing_operand(p, names[-1] if names else p.name, 2)
    if len(names) > 2:
        extra_operand(p, names[2], 2)
    run = _Differ(p, options)
    one, two = names
    missing = [name for name in names if name != "-" and not run.files.exists(name)]
    if missing and "N" not in options:
        for name in missing:
            p.fail(
                f"{name}: No such file or directory"
                if not is_busybox(p)
                else f"can't stat '{name}': No such file or directory"
            )
            if is_busybox(p):
                break
        return 2
    if run.files.is_dir(one) and run.files.is_dir(two):
        yield from run.trees(one, two, "")
        return run.status
    if run.files.is_dir(one):
        one = join(one, base(two))
    elif run.files.is_dir(two):
        two = join(two, base(one))
    yield from run.pair(one, two, False)
    return run.status
