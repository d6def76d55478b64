"""Programs that run other programs: env, nice, nohup, setsid, timeout, watch."""

from __future__ import annotations

import posixpath

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import IGNORE, Process
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
