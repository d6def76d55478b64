"""Programs that run other programs: env, nice, nohup, setsid, timeout, watch, xargs."""

from __future__ import annotations

import posixpath

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.files import null
from dockersim.userland.process import IGNORE, Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.options import Options, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Steps, seconds_of
from dockersim.userland.programs.usage import try_help

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def find_program(p: Process, name: str, path: str | None = None) -> str:
    """The file that ``name`` runs, searched on PATH as execvp(3) does. Raises ENOENT or EACCES."""
    if "/" in name:
        return name
    problem = FsError("ENOENT", name)
    for directory in (path if path is not None else p.env.get("PATH", DEFAULT_PATH)).split(":"):
        candidate = posixpath.join(directory or ".", name)
        try:
            node = p.vfs.stat(candidate, cwd=p.cwd, cred=p.cred)
            if node.kind == "file":
                p.vfs.access(candidate, 1, cwd=p.cwd, cred=p.cred)
                return candidate
        except FsError as error:
            if error.code == "EACCES":
                problem = FsError("EACCES", name)
    raise problem


def refused(p: Process, name: str, error: FsError, gnu: str = "") -> int:
    """Tell that ``name`` cannot run; the status to end with: 127 not found, 126 found."""
    if is_busybox(p):
        p.fail(f"can't execute '{name}': {error.strerror}")
    else:
        p.fail(gnu or f"{quoted(name)}: {error.strerror}")
    return 127 if error.code == "ENOENT" else 126


def become(p: Process, argv: list[str], env: dict[str, str] | None = None, gnu: str = "") -> int:
    """Go on as ``argv`` (execvp); returns only with the status of a failure, which it has told."""
    try:
        p.exec(argv, path=find_program(p, argv[0], (env or p.env).get("PATH", DEFAULT_PATH)), env=env)
    except FsError as error:
        return refused(p, argv[0], error, gnu)


def start(p: Process, argv: list[str], **more: object) -> Process:
    """A child that runs ``argv``, searched on PATH. Raises :class:`FsError`."""
    return p.spawn(argv, path=find_program(p, argv[0]), **more)  # type: ignore[arg-type]


def env(p: Process) -> int:
    options = parse(
        p, "i0u:C:S:v", "ignore-environment=i null=0 unset:=u chdir:=C split-string:=S", status=125, early=True
    )
    words = options.operands
    for text in options.all("S"):
        words = text.split() + words
    empty = "i" in options
    if words and words[0] == "-":
        empty, words = True, words[1:]
    variables = {} if empty else dict(p.env)
    for name in options.all("u"):
        variables.pop(name, None)
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    if "C" in options:
        directory = options.get("C")
        try:
            p.cwd = p.vfs.realpath(directory, cwd=p.cwd, cred=p.cred)
        except FsError as error:
            return p.fail(f"cannot change directory to {quoted(directory)}: {error.strerror}", 125)
    if not words:
        end = "\0" if "0" in options else "\n"
        p.out("".join(f"{name}={value}{end}" for name, value in variables.items()))
        return 0
    return become(p, words, variables)


def nice(p: Process) -> int:
    if len(p.argv) > 1 and p.argv[1][:1] == "-" and p.argv[1].lstrip("-").isdigit():
        p.argv[1:2] = ["-n", p.argv[1][1:]]
    options = parse(p, "n:", "adjustment:=n", status=125, early=True)
    if not options.operands:
        p.out("0\n")
        return 0
    return become(p, options.operands)


def ionice(p: Process) -> int:
    options = parse(p, "c:n:p:t", "class:=c classdata:=n pid:=p ignore=t", early=True)
    if not options.operands:
        p.out("none: prio 0\n")
        return 0
    return become(p, options.operands)


def nohup(p: Process) -> int:
    words = parse(p, "", status=125, early=True).operands
    if not words:
        missing_operand(p, status=125)
    p.handlers[signals.HUP] = IGNORE
    if p.isatty(1):
        file = p.open("nohup.out", "a", 0o600)
        p.fail(
            "ignoring input and appending output to 'nohup.out'" if p.isatty(0) else "appending output to 'nohup.out'"
        )
        p.flush_now()
        p.install(1, file)
        if p.isatty(2):
            p.install(2, file)
        file.release()
    return become(p, words, gnu=f"failed to run command {quoted(words[0])}: No such file or directory")


def setsid(p: Process) -> Steps:
    options = parse(p, "cfw", "ctty=c fork=f wait=w", early=True)
    words = options.operands
    if not words:
        p.fail("no command specified")
        try_help(p)
    if p.group is not p and "f" not in options:
        p.group = p
        return become(p, words)
    try:
        child = start(p, words, group="new")
    except FsError as error:
        return refused(p, words[0], error)
    if "w" in options:
        return (yield from p.wait(child))
    return 0


def timeout(p: Process) -> Steps:
    options = parse(
        p, "s:k:vfp", "signal:=s kill-after:=k verbose=v foreground=f preserve-status=p", status=125, early=True
    )
    words = options.operands
    seconds, number = _patience(p, options)
    try:
        child = start(p, words[1:])
    except FsError as error:
        gnu = f"failed to run command {quoted(words[1])}: {error.strerror}"
        return refused(p, words[1], error, gnu)
    for passed in (signals.TERM, signals.INT, signals.HUP, signals.QUIT):
        p.handlers[passed] = child.signal
    timed_out = False
    if seconds:
        clock = p.sim.timeout(seconds)
        yield from p.block(p.sim.env.any_of([child.exited, clock]))
        if child.status is None:
            timed_out = True
            if "v" in options:
                p.fail(f"sending signal {signals.name_of(number)[3:]} to command {quoted(words[1])}")
                yield from p.flush()
            _end(p, child, number, alone="f" in options)
            if "k" in options:
                extra = p.sim.timeout(seconds_of(options.get("k")) or 0.0)
                yield from p.block(p.sim.env.any_of([child.exited, extra]))
                if child.status is None:
                    _end(p, child, signals.KILL, alone="f" in options)
    status: int = yield from p.wait(child)
    if timed_out and is_busybox(p):
        return 143 if status < 128 else status
    if timed_out and "p" not in options:
        return 137 if status == 137 else 124
    return status


def _patience(p: Process, options: Options) -> tuple[float, int]:
    """How long to wait, and the signal then; what makes no sense ends the process."""
    words = options.operands
    if len(words) < 2:
        if is_busybox(p):
            missing_operand(p, status=125)
        try_help(p, 125)
    seconds = seconds_of(words[0])
    if seconds is None:
        p.fail(f"invalid time interval {quoted(words[0])}" if not is_busybox(p) else f"invalid number '{words[0]}'")
        if is_busybox(p):
            p.exit(1)
        try_help(p, 125)
    signal = options.get("s", "TERM")
    number = signals.number_of(signal)
    if number is None:
        p.fail(f"{quoted(signal)}: invalid signal" if not is_busybox(p) else f"bad signal name '{signal}'")
        try_help(p, 125)
    return seconds, number


def _end(p: Process, child: Process, number: int, *, alone: bool) -> None:
    """Send the signal: to the whole group unless ``alone``, and coreutils' own process is not spared by SIGKILL."""
    child.signal(number)
    if number == signals.KILL and not alone and not is_busybox(p):
        p.signal(number)


def watch(p: Process) -> Steps:
    options = parse(
        p,
        "n:txegdb" if not is_busybox(p) else "n:t",
        "interval:=n no-title=t exec=x errexit=e chgexit=g differences?=d beep=b",
        early=True,
    )
    if not options.operands:
        missing_operand(p)
    try:
        interval = max(0.1, float(options.get("n", "2").replace(",", ".")))
    except ValueError:
        return p.fail(f"failed to parse argument: {quoted(options.get('n'))}")
    command = " ".join(options.operands)
    argv = options.operands if "x" in options else ["sh", "-c", command]
    columns = p.tty.columns if p.tty is not None else 80
    before: bytes | None = None
    while True:
        reader, writer = p.pipe()
        reader.acquire()
        try:
            child = start(p, argv, fds={**p.fds, 1: writer, 2: writer})
        except FsError as error:
            return refused(p, argv[0], error)
        output = yield from p.read_all(reader)
        p.allocate(-len(output))
        reader.release()
        status = yield from p.wait(child)
        if "t" not in options:
            left = f"Every {interval:.1f}s: {command}"
            right = f"{p.computer.hostname}: {strftime('%a %b %e %H:%M:%S %Y', p.sim.nanoseconds())}"
            p.out(f"\033[H\033[J{left}{right:>{max(1, columns - len(left))}}\n\n")
        else:
            p.out("\033[H\033[J")
        p.out(output)
        yield from p.flush()
        if ("e" in options and status) or ("g" in options and before is not None and before != output):
            return 8 if "e" in options else 0
        before = output
        yield from p.sleep(interval)


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
