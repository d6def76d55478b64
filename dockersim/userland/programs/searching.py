"""grep and its kin."""

from __future__ import annotations

import re
from collections import deque
from fnmatch import fnmatchcase

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.regex import BadPattern, compile_posix
from dockersim.userland.programs.support import (
    Enough,
    Files,
    Steps,
    blocks,
    join,
    open_input,
    split_lines,
)
from dockersim.userland.programs.usage import try_help

LONG = (
    "extended-regexp=E fixed-strings=F basic-regexp=G perl-regexp=P regexp:=e file:=f ignore-case=i no-ignore-case "
    "invert-match=v word-regexp=w line-regexp=x count=c color? colour?=color files-without-match=L "
    "files-with-matches=l max-count:=m only-matching=o quiet=q silent=q no-messages=s byte-offset=b with-filename=H "
    "no-filename=h line-number=n initial-tab=T null=Z after-context:=A before-context:=B context:=C text=a "
    "binary-files: recursive=r dereference-recursive=R include: exclude: exclude-dir: line-buffered null-data=z "
    "label: directories:=d"
)


class Grep:
    """One run: the pattern, what to print, and what was found."""

    def __init__(self, p: Process, options: Options, patterns: list[bytes]) -> None:
        self.p = p
        self.options = options
        self.busybox = is_busybox(p)
        self.regexes = self._compile(patterns)
        self.regex = self.regexes[0] if len(self.regexes) == 1 else None
        self.invert = "v" in options
        self.quiet = options.any("q") or options.any("l L") or "c" in options
        self.limit = int(options.get("m")) if options.get("m").isdigit() else -1
        context = options.get("C") or "0"
        self.before = int(options.get("B") or context)
        self.after = int(options.get("A") or context)
        # GNU marks gaps even with a context of no lines.
        self.gaps = bool(self.before or self.after) or (options.any("A B C") and not self.busybox)
        self.only = "o" in options
        self.names = False
        color = options.get("color") if "color" in options else "never"
        self.color = not self.busybox and (color in ("always",) or (color in ("", "auto") and p.isatty(1)))
        self.found = False
        self.failed = False

    def _compile(self, patterns: list[bytes]) -> list[re.Pattern[bytes]]:
        options = self.options
        kind = options.last("E F G P") or {"egrep": "E", "fgrep": "F"}.get(self.p.name, "G")
        fold = "i" in options
        sources = []
        for pattern in patterns:
            if kind == "F":
                source = re.escape(pattern)
            elif kind == "P":
                source = pattern
            else:
                source = compile_posix(pattern, kind == "E").pattern
            if "x" in options:
                source = rb"\A(?:" + source + rb")\Z"
            elif "w" in options:
                source = rb"(?<![A-Za-z0-9_])(?:" + source + rb")(?![A-Za-z0-9_])"
            sources.append(source)
        flags = re.DOTALL | (re.IGNORECASE if fold else 0)
        try:
            if not any(re.search(rb"\\[1-9]", source) for source in sources) and sources:
                sources.sort(key=lambda source: -len(source) if kind == "F" else 0)
                joined = sources[0] if len(sources) == 1 else b"|".join(b"(?:" + s + b")" for s in sources)
                return [re.compile(joined, flags)]
            return [re.compile(source, flags) for source in sources]
        except (re.error, RecursionError, OverflowError) as error:
            raise BadPattern(str(error)) from None

    def search(self, line: bytes) -> bool:
        if self.regex is not None:
            return self.regex.search(line) is not None
        return any(regex.search(line) for regex in self.regexes)

    def matches(self, line: bytes) -> list[tuple[int, int]]:
        """The non-empty matches in a line, from left to right."""
        spans = []
        at = 0
        while at <= len(line):
            hits = [hit for regex in self.regexes if (hit := regex.search(line, at))]
            if not hits:
                break
            hit = min(hits, key=lambda found: (found.start(), -found.end()))
            if hit.end() > hit.start():
                spans.append(hit.span())
                at = hit.end()
            else:
                at = hit.end() + 1
        return spans

    # ---- a file

    def file(self, name: str, file: OpenFile) -> Steps:
        shown = self.options.get("label", "(standard input)") if name == "-" else name
        one = _OneFile(self, shown)
        if self.limit == 0:
            return
        try:
            if "z" in self.options:
                data = yield from self.p.read_all(file)
                one.lines(data.split(b"\0")[: -1 if data.endswith(b"\0") else None])
                yield from self.p.flush()
            else:
                yield from blocks(self.p, file, one.block)
        except Enough:
            pass
        one.finish()
        yield from self.p.flush()


class _OneFile:
    """The state of the search in one file."""

    def __init__(self, grep: Grep, name: str) -> None:
        self.grep = grep
        self.p = grep.p
        self.name = encode(name)
        self.number = 0
        self.offset = 0
        self.count = 0
        self.held: deque[tuple[int, int, bytes]] = deque(maxlen=grep.before or 1)
        self.trailing = 0
        self.last_shown = 0
        self.binary = False
        self.checked = False
        options = grep.options
        self.end = b"\0" if "z" in options else b"\n"
        self.numbered = "n" in options
        self.offsets = "b" in options
        self.simple = not (grep.gaps or grep.only or self.numbered or self.offsets or grep.limit >= 0 or grep.color)

    def block(self, block: bytes) -> None:
        grep = self.grep
        if not self.checked and not grep.busybox:
            self.checked = True
            text = grep.options.any("a") or grep.options.get("binary-files") == "text"
            self.binary = b"\0" in block[:32768] and not text
        if not grep.invert and grep.regex is not None and not self.trailing and not grep.before:
            prefilter = grep.regex if b"\\A" not in grep.regex.pattern and b"\\Z" not in grep.regex.pattern else None
            if prefilter is not None and prefilter.search(block) is None:
                self.number += block.count(b"\n")
                self.offset += len(block)
                return
        self.lines(split_lines(block))

    def lines(self, lines: list[bytes]) -> None:
        grep = self.grep
        if self.simple:
            search = grep.regex.search if grep.regex is not None else grep.search
            if grep.invert:
                hits = [line for line in lines if not search(line)]
            else:
                hits = [line for line in lines if search(line)]
            if hits:
                self._hits(hits)
            return
        for line in lines:
            self.number += 1
            if grep.search(line) != grep.invert:
                self._hit(line)
            elif self.trailing:
                self.trailing -= 1
                self._print(line, b"-", self.number, self.offset)
            elif grep.before:
                self.held.append((self.number, self.offset, line))
            self.offset += len(line) + 1

    def _hits(self, hits: list[bytes]) -> None:
        grep = self.grep
        self.count += len(hits)
        grep.found = True
        if grep.quiet or self.binary:
            self._stop_early()
            return
        prefix = self._prefix(b":", 0, 0)
        end = self.end
        self.p.out(b"".join(prefix + line + end for line in hits))

    def _stop_early(self) -> None:
        if "c" not in self.grep.options or "q" in self.grep.options:
            raise Enough

    def _hit(self, line: bytes) -> None:
        grep = self.grep
        self.count += 1
        grep.found = True
        if grep.quiet or self.binary:
            self._stop_early()
        else:
            for number, offset, text in self.held if grep.before else ():
                self._print(text, b"-", number, offset)
            self.held.clear()
            self._print(line, b":", self.number, self.offset)
            self.trailing = grep.after
        if 0 <= grep.limit <= self.count:
            raise Enough

    def _print(self, line: bytes, mark: bytes, number: int, offset: int) -> None:
        grep = self.grep
        if grep.gaps and self.last_shown and number > self.last_shown + 1 and not grep.only:
            self.p.out(b"\033[36m\033[K--\033[m\033[K\n" if grep.color else b"--\n")
        self.last_shown = number
        if grep.only:
            if mark == b":" and not grep.invert:
                for start, stop in grep.matches(line):
                    piece = line[start:stop]
                    piece = _red(piece) if grep.color else piece
                    self.p.out(self._prefix(mark, number, offset + start) + piece + self.end)
            return
        text = line
        if grep.color and mark == b":" and not grep.invert:
            pieces = []
            at = 0
            for start, stop in grep.matches(line):
                pieces += [line[at:start], _red(line[start:stop])]
                at = stop
            text = b"".join([*pieces, line[at:]])
        self.p.out(self._prefix(mark, number, offset) + text + self.end)

    def _prefix(self, mark: bytes, number: int, offset: int) -> bytes:
        out = b""
        color = self.grep.color
        shown = b"\033[36m\033[K" + mark + b"\033[m\033[K" if color else mark
        if self.grep.names:
            name = b"\033[35m\033[K" + self.name + b"\033[m\033[K" if color else self.name
            out += name + (b"\0" if "Z" in self.grep.options else shown)
        for wanted, value in ((self.numbered, number), (self.offsets, offset)):
            if wanted:
                figure = b"%d" % value
                out += (b"\033[32m\033[K" + figure + b"\033[m\033[K" if color else figure) + shown
        return out

    def finish(self) -> None:
        options = self.grep.options
        if "q" in options:
            return
        end = b"\0" if "Z" in options else b"\n"
        if options.any("l L"):
            if (self.count > 0) == (options.last("l L") == "l"):
                self.p.out(self.name + end)
                self.grep.found = True if options.last("l L") == "L" else self.grep.found
        elif "c" in options:
            name = self.name + (b"\0" if "Z" in options else b":") if self.grep.names else b""
            self.p.out(name + b"%d\n" % self.count)
        elif self.binary and self.count:
            self.p.err(b"grep: " + self.name + b": binary file matches\n")


def _red(text: bytes) -> bytes:
    return b"\033[01;31m\033[K" + text + b"\033[m\033[K"


def _walk(grep: Grep, name: str, top: bool) -> list[str]:
    """The files to search below ``name``."""
    files = Files(grep.p)
    options = grep.options
    try:
        stat = files.stat(name) if top or "R" in options else files.lstat(name)
    except FsError:
        return [name] if top else []
    base = name.rpartition("/")[2]
    if stat.kind != "directory":
        if not top and stat.kind != "file":
            return []
        include, exclude = options.all("include"), options.all("exclude")
        if include and not any(fnmatchcase(base, pattern) for pattern in include):
            return []
        return [] if any(fnmatchcase(base, pattern) for pattern in exclude) else [name]
    if any(fnmatchcase(base, pattern.rstrip("/")) for pattern in options.all("exclude-dir")) and not top:
        return []
    try:
        names = files.listdir(name)
    except FsError as error:
        grep.failed = True
        if "s" not in options:
            grep.p.fail(f"{name}: {error.strerror}")
        return []
    return [path for child in names for path in _walk(grep, join(name, child), False)]


def grep(p: Process) -> Steps:
    p.argv[1:] = [f"-C{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in p.argv[1:]]
    short = "HhnlLoqvsriwFEzxce:f:m:A:B:C:" if is_busybox(p) else "EFGPe:f:ivwxcLlm:oqsbHhnTZA:B:C:arRzIUuyd:"
    options = parse(p, short, LONG, status=2)
    operands = list(options.operands)
    for key in ("A", "B", "C", "m"):
        if key in options and not options.get(key).isdigit() and not (key == "m" and options.get(key) == "-1"):
            what = "max count" if key == "m" else "context length argument"
            return p.fail(f"{options.get(key)}: invalid {what}" if key != "m" else "invalid max count", 2)
    try:
        patterns = yield from _patterns(p, options)
    except FsError as error:
        return p.fail(f"{error.path}: {error.strerror}", 2)
    if not options.any("e f"):
        if not operands:
            try_help(p, 2)
        patterns = encode(operands.pop(0)).split(b"\n")
    try:
        run = Grep(p, options, patterns)
    except BadPattern as error:
        return p.fail(f"bad regex '{patterns[0].decode('latin-1')}'" if is_busybox(p) else str(error), 2)
    recursive = options.any("r R")
    names = operands or (["."] if recursive else ["-"])
    run.names = ((len(names) > 1 or recursive) and options.last("H h") != "h") or options.last("H h") == "H"
    if recursive:
        bare = not operands and not is_busybox(p)
        names = [path for name in names for path in ([name] if name == "-" else _walk(run, name, True))]
        names = [path.removeprefix("./") if bare else path for path in names]
    yield from _search(run, names, recursive)
    if run.failed and not ("q" in options and run.found):
        return 2
    return 0 if run.found else 1


def _search(run: Grep, names: list[str], recursive: bool) -> Steps:
    p = run.p
    for name in names:
        try:
            file = open_input(p, name)
        except FsError as error:
            if error.code == "EISDIR" and (recursive or run.options.get("d") == "skip" or run.busybox):
                continue
            run.failed = True
            if "s" not in run.options:
                p.fail(f"{name}: {error.strerror}")
            continue
        yield from run.file(name, file)
        file.release()
        if run.found and "q" in run.options:
            return


def _patterns(p: Process, options: Options) -> Steps:
    patterns = []
    for key, value in options.given:
        if key == "e":
            patterns += encode(value).split(b"\n")
        elif key == "f":
            file = open_input(p, value)
            data = yield from p.read_all(file)
            file.release()
            patterns += split_lines(data)
    return patterns


def egrep(p: Process) -> Steps:
    p.argv.insert(1, "-E")
    return (yield from grep(p))


def fgrep(p: Process) -> Steps:
    p.argv.insert(1, "-F")
    return (yield from grep(p))
