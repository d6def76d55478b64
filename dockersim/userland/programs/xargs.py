"""xargs: input as the arguments of commands."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.userland.files import null
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.running import start
from dockersim.userland.programs.support import Steps


def xargs(p: Process) -> Steps:
    options = parse(
        p,
        "0rtn:I:i::L:l::P:s:d:a:xpE:e::",
        "null=0 no-run-if-empty=r verbose=t max-args:=n replace?=i max-lines?=l max-procs:=P max-chars:=s "
        "delimiter:=d arg-file:=a exit=x interactive=p eof?=e",
        early=True,
    )
    command = options.operands or ["echo"]
    for key in ("n", "L", "P", "s"):
        if key in options and not options.get(key).isdigit():
            return p.fail(
                f'invalid number "{options.get(key)}" for -{key} option'
                if not is_busybox(p)
                else f"invalid number '{options.get(key)}'"
            )
    source = p.open(options.get("a")) if "a" in options else p.file(0).acquire()
    data = yield from p.read_all(source)
    source.release()
    replace = options.get("I") if "I" in options else (options.get("i") or "{}") if "i" in options else ""
    per_line = bool(replace) or options.any("L l")
    try:
        lines = _arguments(data, options, per_line)
    except ValueError:
        if is_busybox(p):
            return p.fail("unmatched single quote" if b"'" in data else "unmatched double quote")
        kind = "single" if data.count(b"'") % 2 else "double"
        return p.fail(f"unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option")
    batches = list(_batches(lines, options, command, replace))
    return (yield from _run_batches(p, batches, options))


def _arguments(data: bytes, options: Options, per_line: bool) -> list[list[str]]:
    """The arguments of each input line; of all the input at once, with a delimiter."""
    text = data.decode("utf-8", "surrogateescape")
    if "0" in options or "d" in options:
        mark = "\0" if "0" in options else _delimiter(options.get("d"))
        items = text.split(mark)
        if items and not items[-1]:
            items.pop()
        return [[item] for item in items]
    end = options.get("E") or options.get("e")
    result = []
    for line in _logical_lines(text, join=not ("I" in options or "i" in options)):
        words = [_unquote(line.lstrip(" \t"))] if "I" in options or "i" in options else _words(line)
        if end and end in words:
            result.append(words[: words.index(end)])
            break
        result.append(words)
    return [words for words in result if words and words != [""]]


def _delimiter(text: str) -> str:
    return unescape(text)[0].decode("latin-1")[:1] or "\0"


def _logical_lines(text: str, join: bool) -> list[str]:
    lines: list[str] = []
    held = ""
    for line in text.split("\n"):
        if join and line.endswith((" ", "\t")):
            held += line
            continue
        lines.append(held + line)
        held = ""
    if held:
        lines.append(held)
    return lines


def _words(line: str) -> list[str]:
    words: list[str] = []
    word: list[str] | None = None
    at = 0
    while at < len(line):
        character = line[at]
        at += 1
        if character in " \t\v\f\r":
            if word is not None:
                words.append("".join(word))
                word = None
            continue
        word = [] if word is None else word
        if character in "'\"":
            end = line.find(character, at)
            if end < 0:
                raise ValueError(line)
            word.append(line[at:end])
            at = end + 1
        elif character == "\\" and at < len(line):
            word.append(line[at])
            at += 1
        else:
            word.append(character)
    if word is not None:
        words.append("".join(word))
    return words


def _unquote(line: str) -> str:
    return " ".join(_words(line)) if any(mark in line for mark in "'\"\\") else line


def _batches(lines: list[list[str]], options: Options, command: list[str], replace: str) -> list[list[str]]:
    get = options.get
    if replace:
        return [[word.replace(replace, line[0]) for word in command] for line in lines]
    if "L" in options or "l" in options:
        size = int(get("L") or get("l") or 1)
        return [command + [w for line in lines[i : i + size] for w in line] for i in range(0, len(lines), size)]
    words = [word for line in lines for word in line]
    most = int(get("n") or 0) or len(words) or 1
    room = int(get("s") or 131072)
    batches: list[list[str]] = []
    current: list[str] = []
    used = 0
    for word in words:
        cost = len(encode(word)) + 1
        if current and (len(current) >= most or used + cost > room):
            batches.append(command + current)
            current, used = [], 0
        current.append(word)
        used += cost
    if current or (not batches and "r" not in options):
        batches.append(command + current)
    return batches


def _run_batches(p: Process, batches: list[list[str]], options: Options) -> Steps:
    status = 0
    parallel = int(options.get("P", "1") or 1) or 1000
    running: list[Process] = []
    empty = null().acquire()
    for argv in batches:
        if "t" in options:
            p.err(" ".join(argv) + "\n")
            yield from p.flush()
        while len(running) >= parallel:
            status = max(status, (yield from _reap(p, running)))
        try:
            running.append(start(p, argv, fds={**p.fds, 0: empty}))
        except FsError as error:
            p.fail(f"{argv[0]}: {error.strerror}")
            return 127 if error.code == "ENOENT" else 126
        if parallel == 1:
            code = yield from _reap(p, running)
            status = max(status, code)
            if code in (124, 125):
                return code
    while running:
        status = max(status, (yield from _reap(p, running)))
    empty.release()
    return status


def _reap(p: Process, running: list[Process]) -> Steps:
    child = yield from p.wait_any()
    assert child is not None
    assert child.status is not None
    running.remove(child)
    if child.status == 255:
        p.fail(f"{child.argv[0]}: exited with status 255; aborting")
        return 124
    if child.status > 128:
        p.fail(f"{child.argv[0]}: terminated by signal {child.status - 128}")
        return 125
    return 123 if child.status else 0
