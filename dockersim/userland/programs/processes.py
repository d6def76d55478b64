"""ps, pidof, pgrep, pkill, kill, killall, top."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.fs import FsError
from dockersim.userland import procfs, signals, users
from dockersim.userland.process import Process
from dockersim.userland.programs.dates import uptime_line
from dockersim.userland.programs.formats import moment, strftime
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted
from dockersim.userland.programs.support import Steps
from dockersim.userland.programs.usage import try_help


def _all(p: Process) -> list[Process]:
    return sorted(p.computer.processes.values(), key=lambda one: one.pid)


def command(one: Process) -> str:
    """The command line as ps shows it."""
    if one.state == "Z":
        return f"[{one.name}] <defunct>"
    return " ".join(argument.replace("\n", " ") for argument in one.argv) or f"[{one.name}]"


def _tty(one: Process) -> str:
    return one.tty.name.removeprefix("/dev/") if one.tty is not None else "?"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"


def _started(one: Process) -> str:
    at = int(one.sim.start_ns // 10**9 + one.started)
    now = int(one.sim.time())
    return strftime("%H:%M" if now - at < 86400 and moment(at).day == moment(now).day else "%b%d", at * 10**9)


def _state(one: Process, detailed: bool) -> str:
    state = one.state
    if not detailed:
        return state
    leader = "s" if one.group is one or one.pid == 1 else ""
    front = "+" if one.tty is not None and one.tty.foreground is one.group else ""
    return state + leader + front


def _elapsed(one: Process) -> str:
    span = int(one.sim.now - one.started)
    hours = span // 3600
    return f"{hours:02}:{span // 60 % 60:02}:{span % 60:02}" if hours else f"{span // 60:02}:{span % 60:02}"


def _percent(one: Process) -> float:
    span = max(one.sim.now - one.started, 1e-9)
    return min(100.0, 100 * one.cpu / span) if one.cpu > 0.005 else 0.0


def _memory_percent(one: Process) -> float:
    return 100 * one.memory / one.computer.kernel.memory


Column = tuple[str, bool, int, Callable[[Process], str]]


def _columns() -> dict[str, Column]:
    """Header, whether it is right-aligned, its least width, and the value."""

    def user(one: Process) -> str:
        name = users.user_name(one.vfs, one.cred.uid)
        return name if len(name) <= 8 else name[:7] + "+"

    return {
        "pid": ("PID", True, 7, lambda one: str(one.pid)),
        "ppid": ("PPID", True, 7, lambda one: str(one.ppid)),
        "pgid": ("PGID", True, 7, lambda one: str(one.group.pid)),
        "sid": ("SID", True, 7, lambda one: str(one.group.pid)),
        "user": ("USER", False, 8, user),
        "uid": ("UID", True, 5, lambda one: str(one.cred.uid)),
        "group": ("GROUP", False, 8, lambda one: users.group_name(one.vfs, one.cred.gid)),
        "comm": ("COMMAND", False, 15, lambda one: one.name[:15]),
        "args": ("COMMAND", False, 27, command),
        "tty": ("TT", False, 8, _tty),
        "time": ("TIME", True, 8, lambda one: _clock(one.cpu)),
        "etime": ("ELAPSED", True, 11, _elapsed),
        "etimes": ("ELAPSED", True, 7, lambda one: str(int(one.sim.now - one.started))),
        "stat": ("STAT", False, 4, lambda one: _state(one, True)),
        "state": ("S", False, 1, lambda one: _state(one, False)),
        "rss": ("RSS", True, 5, lambda one: str(one.memory >> 10)),
        "vsz": ("VSZ", True, 6, lambda one: str(one.memory >> 10)),
        "pcpu": ("%CPU", True, 4, lambda one: f"{_percent(one):.1f}"),
        "pmem": ("%MEM", True, 4, lambda one: f"{_memory_percent(one):.1f}"),
        "c": ("C", True, 2, lambda one: str(int(_percent(one)))),
        "nice": ("NI", True, 3, lambda one: "0"),
        "pri": ("PRI", True, 3, lambda one: "19"),
        "stime": ("STIME", True, 5, _started),
        "start": ("STARTED", True, 8, _started),
        "lstart": (
            "STARTED",
            True,
            24,
            lambda one: strftime("%a %b %e %H:%M:%S %Y", one.sim.start_ns + int(one.started * 1e9)),
        ),
        "wchan": ("WCHAN", False, 6, lambda one: "-"),
    }


ALIASES = {
    "cmd": "args",
    "command": "args",
    "ucmd": "comm",
    "ruser": "user",
    "euser": "user",
    "uname": "user",
    "tt": "tty",
    "tname": "tty",
    "%cpu": "pcpu",
    "%mem": "pmem",
    "ni": "nice",
    "s": "state",
    "vsize": "vsz",
    "rssize": "rss",
    "cputime": "time",
    "bsdstart": "start",
    "euid": "uid",
    "ruid": "uid",
    "egroup": "group",
    "start_time": "stime",
    "pgrp": "pgid",
    "sess": "sid",
    "ucomm": "comm",
    "fname": "comm",
}


def _table(p: Process, wanted: list[tuple[str, str | None]], rows: list[Process], headers: bool = True) -> str:
    columns = _columns()
    chosen = []
    for name, title in wanted:
        header, right, least, value = columns[name]
        shown = header if title is None else title
        width = max([least, len(shown), *(len(value(row)) for row in rows)]) if name not in ("args",) else 0
        chosen.append((shown, right, width, value))
    lines = []
    for row in [None, *rows] if headers else rows:
        cells = []
        for number, (header, right, width, value) in enumerate(chosen):
            text = header if row is None else value(row)
            if number == len(chosen) - 1 and not right:
                cells.append(text)
            else:
                cells.append(text.rjust(width) if right else text.ljust(width))
        lines.append(" ".join(cells))
    limit = p.tty.columns if p.isatty(1) and p.tty is not None else 1 << 30
    return "".join(line[:limit].rstrip() + "\n" for line in lines)


def _parse_columns(p: Process, texts: list[str]) -> list[tuple[str, str | None]]:
    columns = _columns()
    wanted: list[tuple[str, str | None]] = []
    for text in texts:
        for part in re.split("[ ,]", text) if "=" not in text else text.split(","):
            name, equals, title = part.partition("=")
            name = ALIASES.get(name.lower(), name.lower())
            if name not in columns:
                if is_busybox(p):
                    p.fail(
                        f"bad -o argument '{part}', supported arguments: "
                        f"user,group,comm,args,pid,ppid,pgid,tty,vsz,sid,stat,rss"
                    )
                    p.exit(1)
                p.err(f'error: unknown user-defined format specifier "{part}"\n\nUsage:\n ps [options]\n\n')
                p.err(
                    " Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help "
                    "<s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n"
                )
                p.exit(1)
            wanted.append((name, title if equals else None))
    return wanted


def _busybox_ps(p: Process) -> int:
    options = parse(p, "o:TlwefaxuA")
    if "o" in options:
        wanted = _parse_columns(p, options.all("o"))
        columns = _columns()
        widths = {
            "user": 8,
            "group": 8,
            "comm": 16,
            "args": 0,
            "pid": 5,
            "ppid": 5,
            "pgid": 5,
            "tty": 6,
            "vsz": 4,
            "stat": 4,
            "rss": 4,
            "time": 6,
            "etime": 7,
        }
        for row in [None, *_all(p)]:
            cells = []
            for name, title in wanted:
                header, right, _, value = columns[name]
                header = title if title is not None else "TT" if name == "tty" else header
                text = header if row is None else value(row)
                width = widths.get(name, 5)
                cells.append(text.rjust(width) if right and row is not None else text.ljust(width))
            p.out(" ".join(cells).rstrip() + "\n")
        return 0
    p.out("PID   USER     TIME  COMMAND\n")
    limit = p.tty.columns if p.isatty(1) and p.tty is not None else 1 << 30
    for one in _all(p):
        name = users.user_name(p.vfs, one.cred.uid)
        shown = command(one) if one.state != "Z" else f"[{one.name}]"
        line = f"{one.pid:>5} {name:<8.8} {int(one.cpu) // 60:>2}:{int(one.cpu) % 60:02} {shown}"
        p.out(line[:limit] + "\n")
    return 0


def ps(p: Process) -> int:
    if is_busybox(p):
        return _busybox_ps(p)
    words = p.argv[1:]
    bsd = words and not words[0].startswith("-") and re.fullmatch("[aAxuewfjlgh]+", words[0])
    if bsd:
        letters = words[0]
        p.argv = [p.argv[0], *words[1:]]
    else:
        letters = ""
    options = parse(
        p, "AaedfFlo:p:C:u:U:xhHjtg:ywN", "pid:=p ppid: sort: no-headers=h forest=H format:=o user:=u headers help?"
    )
    rows = _selected(p, options, letters)
    if "sort" in options:
        rows = _ordered(rows, options.get("sort"))
    if "o" in options:
        wanted = _parse_columns(p, options.all("o"))
        titled = not all(title == "" for _, title in wanted)
        p.out(_table(p, wanted, rows, "h" not in options and titled))
    elif "u" in letters:
        p.out(_aux(p, rows))
    elif "f" in options or "F" in options:
        p.out(_full(p, rows))
    elif letters:
        p.out(_bsd(p, rows))
    elif "l" in options:
        p.out(
            _table(
                p,
                [(n, None) for n in ("state", "uid", "pid", "ppid", "c", "pri", "nice", "vsz", "tty", "time", "comm")],
                rows,
            )
        )
    else:
        p.out(_simple(p, rows))
    return 0 if rows else 1


def _selected(p: Process, options: Options, letters: str) -> list[Process]:
    rows = _all(p)
    if "p" in options or options.operands:
        numbers = set(re.split("[ ,]", " ".join([*options.all("p"), *options.operands])))
        return [one for one in rows if str(one.pid) in numbers]
    if "ppid" in options:
        return [one for one in rows if str(one.ppid) in re.split("[ ,]", options.get("ppid"))]
    if "C" in options:
        return [one for one in rows if one.name[:15] in options.get("C").split(",")]
    if options.any("u U"):
        names = (options.get("u") or options.get("U")).split(",")
        return [one for one in rows if users.user_name(p.vfs, one.cred.uid) in names or str(one.cred.uid) in names]
    if options.any("A e") or ("a" in letters and "x" in letters):
        return rows
    if "x" in letters:
        return [one for one in rows if one.cred.uid == p.cred.uid]
    if "a" in letters or "a" in options:
        return [one for one in rows if one.tty is not None]
    return [one for one in rows if one.tty is p.tty and one.cred.uid == p.cred.uid]


def _ordered(rows: list[Process], text: str) -> list[Process]:
    for key in reversed(text.split(",")):
        name = ALIASES.get(key.lstrip("+-").lower(), key.lstrip("+-").lower())
        values: dict[str, Callable[[Process], object]] = {
            "pid": lambda one: one.pid,
            "ppid": lambda one: one.ppid,
            "rss": lambda one: one.memory,
            "vsz": lambda one: one.memory,
            "pmem": lambda one: one.memory,
            "pcpu": _percent,
            "time": lambda one: one.cpu,
            "comm": lambda one: one.name,
            "start": lambda one: one.started,
        }
        if name in values:
            rows = sorted(rows, key=values[name], reverse=key.startswith("-"))  # type: ignore[arg-type]
    return rows


def _cut(p: Process, lines: list[str]) -> str:
    limit = p.tty.columns if p.isatty(1) and p.tty is not None else 1 << 30
    return "".join(line[:limit] + "\n" for line in lines)


def _simple(p: Process, rows: list[Process]) -> str:
    lines = ["    PID TTY          TIME CMD"]
    lines += [
        f"{one.pid:>7} {_tty(one):<8} {_clock(one.cpu)} {one.name[:15]}{' <defunct>' if one.state == 'Z' else ''}"
        for one in rows
    ]
    return _cut(p, lines)


def _full(p: Process, rows: list[Process]) -> str:
    lines = ["UID          PID    PPID  C STIME TTY          TIME CMD"]
    for one in rows:
        name = users.user_name(p.vfs, one.cred.uid)
        name = name if len(name) <= 8 else name[:7] + "+"
        lines.append(
            f"{name:<8} {one.pid:>7} {one.ppid:>7} {int(_percent(one)):>2} "
            f"{_started(one)} {_tty(one):<8} {_clock(one.cpu)} {command(one)}"
        )
    return _cut(p, lines)


def _aux(p: Process, rows: list[Process]) -> str:
    lines = ["USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"]
    for one in rows:
        name = users.user_name(p.vfs, one.cred.uid)
        name = name if len(name) <= 8 else name[:7] + "+"
        minutes = f"{int(one.cpu) // 60}:{int(one.cpu) % 60:02}"
        size = one.memory >> 10
        lines.append(
            f"{name:<8} {one.pid:>7} {_percent(one):>4.1f} "
            f"{_memory_percent(one):>4.1f} {size:>6} {size:>5} {_tty(one):<8} "
            f"{_state(one, True):<4} {_started(one)} {minutes:>6} {command(one)}"
        )
    return _cut(p, lines)


def _bsd(p: Process, rows: list[Process]) -> str:
    lines = ["    PID TTY      STAT   TIME COMMAND"]
    for one in rows:
        minutes = f"{int(one.cpu) // 60}:{int(one.cpu) % 60:02}"
        lines.append(f"{one.pid:>7} {_tty(one):<8} {_state(one, True):<4} {minutes:>6} {command(one)}")
    return _cut(p, lines)


# ---- finding and signalling


def _named(p: Process, name: str) -> list[Process]:
    """Processes that run a program of that name, newest first; scripts by their interpreter's argument, too."""
    short = name.rpartition("/")[2]
    found = []
    for one in reversed(_all(p)):
        script = one.argv[1].rpartition("/")[2] if len(one.argv) > 1 else ""
        if one.state != "Z" and (one.name.lstrip("-") == short or script == short) and one is not p:
            found.append(one)
    return found


def pidof(p: Process) -> int:
    options = parse(p, "so:xqcnmz", "single-shot=s omit-pid:=o")
    omitted = {str(p.ppid) if text == "%PPID" else text for text in options.all("o")}
    numbers = [one.pid for name in options.operands for one in _named(p, name) if str(one.pid) not in omitted]
    if "s" in options:
        numbers = numbers[:1]
    if numbers:
        p.out(" ".join(map(str, numbers)) + "\n")
    return 0 if numbers else 1


def _matching(p: Process, options: Options) -> list[Process]:
    pattern = options.operands[0] if options.operands else ""
    try:
        regex = re.compile(pattern, re.I if "i" in options else 0)
    except re.error:
        p.fail(f"bad regex '{pattern}'")
        p.exit(2)
    found = []
    for one in _all(p):
        if one is p or one.state == "Z":
            continue
        text = " ".join(one.argv) if "f" in options else one.name[:15]
        hit = regex.fullmatch(text) if "x" in options else regex.search(text)
        if "P" in options:
            hit = hit if str(one.ppid) in options.get("P").split(",") else None
        if "u" in options or "U" in options:
            names = (options.get("u") or options.get("U")).split(",")
            hit = hit if users.user_name(p.vfs, one.cred.uid) in names or str(one.cred.uid) in names else None
        if (hit is not None) != ("v" in options):
            found.append(one)
    if "n" in options:
        found = found[-1:]
    return found[:1] if "o" in options else found


PGREP = (
    "full=f list-name=l list-full=a newest=n oldest=o inverse=v exact=x "
    "parent:=P euid:=u uid:=U count=c ignore-case=i delimiter:=d signal:=s echo=e"
)


def pgrep(p: Process) -> int:
    options = parse(p, "flanovxciP:u:U:d:s:t:g:", PGREP, status=2)
    if not options.operands and not options.any("P u U"):
        p.fail("no matching criteria specified")
        try_help(p, 2)
    found = _matching(p, options)
    if "c" in options:
        p.out(f"{len(found)}\n")
        return 0 if found else 1
    texts = [
        f"{one.pid} {' '.join(one.argv)}"
        if "a" in options
        else f"{one.pid} {' '.join(one.argv) if is_busybox(p) and 'f' in options else one.name}"
        if "l" in options
        else str(one.pid)
        for one in found
    ]
    if texts:
        p.out(options.get("d", "\n").join(texts) + "\n")
    return 0 if found else 1


def _take_signal(p: Process) -> int:
    """The signal that a word such as ``-9``, ``-KILL`` or ``-s HUP`` names, taken out of argv; SIGTERM otherwise."""
    for index, word in enumerate(p.argv[1:], 1):
        if word == "--":
            break
        if re.fullmatch(r"-\d+|-(SIG)?[A-Z][A-Z0-9+-]+", word):
            number = signals.number_of(word[1:])
            if number is not None or word == "-0":
                del p.argv[index]
                return number or 0
    return signals.TERM


def pkill(p: Process) -> int:
    number = _take_signal(p)
    options = parse(p, "flanovxciP:u:U:s:t:g:e", PGREP, status=2)
    if "s" in options:
        number = signals.number_of(options.get("s")) or 0
    if not options.operands and not options.any("P u U"):
        p.fail("no matching criteria specified")
        try_help(p, 2)
    found = _matching(p, options)
    for one in found:
        try:
            p.kill(one.pid, number)
            if "e" in options:
                p.out(f"{one.name} killed (pid {one.pid})\n")
        except FsError as error:
            p.fail(f"killing pid {one.pid} failed: {error.strerror}")
    return 0 if found else 1


def killall(p: Process) -> int:
    number = _take_signal(p)
    options = parse(p, "lqs:viIerwgyou", "signal:=s quiet=q list=l wait=w verbose=v")
    if "l" in options:
        p.out(" ".join(signals.NAMES) + "\n")
        return 0
    if "s" in options:
        found_number = signals.number_of(options.get("s"))
        if found_number is None:
            return p.fail(
                f"bad signal name '{options.get('s')}'"
                if is_busybox(p)
                else f"{options.get('s')}: unknown signal; killall -l lists signals."
            )
        number = found_number
    if not options.operands:
        try_help(p)
    status = 0
    for name in options.operands:
        found = _named(p, name)
        if not found:
            status = 1
            if "q" not in options:
                p.fail(f"{name}: no process killed" if is_busybox(p) else f"{name}: no process found")
        for one in found:
            try:
                p.kill(one.pid, number)
            except FsError as error:
                status = p.fail(
                    f"can't kill pid {one.pid}: {error.strerror}"
                    if is_busybox(p)
                    else f"{name}({one.pid}): {error.strerror}"
                )
    return status


def kill(p: Process) -> int:
    words = p.argv[1:]
    if words and words[0] in ("-l", "-L", "--list", "--table"):
        return _list_signals(p, words[1:])
    number: int | None = signals.TERM
    if words and words[0] in ("-s", "-n", "--signal") and len(words) > 1:
        text, words = words[1], words[2:]
    elif words and re.match(r"-[A-Za-z0-9]", words[0]):
        text, words = words[0][1:], words[1:]
    else:
        text = "TERM"
    number = 0 if text in ("0", "EXIT") else signals.number_of(text)
    if number is None:
        if is_busybox(p):
            return p.fail(f"bad signal name '{text}'")
        p.err(f"kill: unknown signal name {text}\n" if not text.isdigit() else f"kill: invalid signal number {text}\n")
        return 1
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        if is_busybox(p):
            return p.fail("you need to specify whom to kill")
        p.err("\nUsage:\n kill [options] <pid> [...]\n\n")
        return 1
    status = 0
    for word in words:
        if not re.fullmatch(r"-?\d+", word):
            status = p.fail(
                f"invalid number '{word}'" if is_busybox(p) else f"failed to parse argument: {quoted(word)}"
            )
            continue
        try:
            _send(p, int(word), number)
        except FsError as error:
            status = p.fail(
                f"can't kill pid {word}: {error.strerror}" if is_busybox(p) else f"({word}): {error.strerror}"
            )
    return status


def _send(p: Process, pid: int, number: int) -> None:
    """kill(2): to one process, to a group for a negative number, to all for -1."""
    if pid > 0:
        p.kill(pid, number)
        return
    if pid == -1:
        targets = [one for one in _all(p) if one.pid != 1 and one is not p]
    else:
        targets = [one for one in _all(p) if one.group is not None and one.group.pid == (-pid or p.group.pid)]
    if not targets:
        raise FsError("ESRCH")
    for one in targets:
        p.kill(one.pid, number)


def _list_signals(p: Process, words: list[str]) -> int:
    if words:
        for word in words:
            number = signals.number_of(word) if not word.isdigit() else int(word) & 127
            if number is None or not 0 < number <= 64:
                return p.fail(f"unknown signal '{word}'" if is_busybox(p) else f"unknown signal name {word}")
            p.out(f"{signals.name_of(number)[3:]}\n" if word.isdigit() else f"{number}\n")
        return 0
    if is_busybox(p):
        p.out("".join(f"{number:>2}) {name}\n" for number, name in enumerate(signals.NAMES, 1)))
    else:
        rows = [
            " ".join("POLL" if name == "IO" else name for name in signals.NAMES[at : at + 16])
            for at in range(0, len(signals.NAMES), 16)
        ]
        p.out("\n".join(rows) + "\n")
    return 0


# ---- top


def top(p: Process) -> Steps:
    options = parse(p, "bmHn:d:p:o:u:ciSs" if not is_busybox(p) else "bmHn:d:", "batch=b iterations:=n delay:=d pid:=p")
    if "n" in options and not options.get("n").isdigit():
        return p.fail(
            f"bad iterations argument {quoted(options.get('n'))}"
            if not is_busybox(p)
            else f"invalid number '{options.get('n')}'"
        )
    batch = "b" in options
    if not batch and not p.isatty(1):
        return p.fail("failed tty get") if not is_busybox(p) else p.fail("no terminal")
    rounds = int(options.get("n")) if "n" in options else 0
    delay = float(options.get("d") or (5 if is_busybox(p) else 3))
    wanted = set(options.get("p").split(",")) if "p" in options else None
    restore = p.tty.make_raw() if not batch and p.tty is not None else None
    done = 0
    try:
        while True:
            rows = [one for one in _all(p) if wanted is None or str(one.pid) in wanted]
            screen = _busybox_top(p, rows) if is_busybox(p) else _procps_top(p, rows)
            if not batch and p.tty is not None:
                lines = [line[: p.tty.columns] for line in screen.splitlines()[: p.tty.rows - 1]]
                screen = "\033[H\033[J" + "\r\n".join(lines) + "\r\n"
            p.out(("\n" if batch and done and not is_busybox(p) else "") + screen)
            yield from p.flush()
            done += 1
            if rounds and done >= rounds:
                return 0
            if restore is None:
                yield from p.sleep(delay)
            elif (yield from _quit_asked(p, delay)):
                return 0
    finally:
        if restore is not None:
            restore()


def _quit_asked(p: Process, delay: float) -> Steps:
    """Wait for the next round, or for a key: q and Ctrl-C end."""
    clock = p.sim.timeout(delay)
    keyboard = p.file(0)
    yield from p.block(p.sim.env.any_of([clock, keyboard.readable()]))
    if clock.processed:
        return False
    key = keyboard.read(1)
    return key in (b"q", b"Q", b"\x03", b"")


def _counts(rows: list[Process]) -> tuple[int, int, int, int, int]:
    states = [one.state for one in rows]
    running = max(1, states.count("R"))
    stopped, zombies = states.count("T"), states.count("Z")
    return len(rows), running, max(0, len(rows) - running - stopped - zombies), stopped, zombies


def _procps_top(p: Process, rows: list[Process]) -> str:
    use = procfs.memory(p.computer)
    mib = 1 << 20
    total, running, sleeping, stopped, zombies = _counts(rows)
    free, cache = use["free"] / mib, (use["cache"] + use["buffers"]) / mib
    lines = [
        f"top -{uptime_line(p)}",
        f"Tasks: {total:>3} total, {running:>3} running, {sleeping:>3} "
        f"sleeping, {stopped:>3} stopped, {zombies:>3} zombie",
        "%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st ",
        f"MiB Mem : {use['total'] / mib:>8.1f} total, {free:>8.1f} free, "
        f"{use['used'] / mib:>8.1f} used, {cache:>8.1f} buff/cache     ",
        f"MiB Swap: {0:>8.1f} total, {0:>8.1f} free, {0:>8.1f} used. {use['available'] / mib:>8.1f} avail Mem ",
        "",
        "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
    ]
    for one in sorted(rows, key=lambda one: (-_percent(one), one.pid)):
        size = one.memory >> 10
        clock = f"{int(one.cpu) // 60}:{one.cpu % 60:05.2f}"
        name = users.user_name(p.vfs, one.cred.uid)
        lines.append(
            f"{one.pid:>7} {name:<8.8}  20   0 {size:>7} {size:>6} {0:>6} {one.state} "
            f"{_percent(one):>5.1f} {_memory_percent(one):>5.1f} {clock:>9} {one.name}"
        )
    return "\n".join(lines) + "\n"


def _busybox_top(p: Process, rows: list[Process]) -> str:
    use = procfs.memory(p.computer)
    used, free, cache = (use[key] >> 10 for key in ("used", "free", "cache"))
    running = sum(one.state == "R" for one in rows) or 1
    lines = [
        f"Mem: {used}K used, {free}K free, {use['shared'] >> 10}K shrd, {use['buffers'] >> 10}K buff, {cache}K cached",
        "CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq",
        f"Load average: 0.00 0.00 0.00 {running}/{len(rows) + 120} {max((one.pid for one in rows), default=1)}",
        "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND",
    ]
    for one in sorted(rows, key=lambda one: (-_percent(one), one.pid)):
        name = users.user_name(p.vfs, one.cred.uid)
        size = one.memory >> 10
        lines.append(
            f"{one.pid:>5} {one.ppid:>5} {name:<8.8} {one.state:<4} {size:>5} "
            f"{int(_memory_percent(one)):>3}% {0:>3} {int(_percent(one)):>3}% {command(one)}"
        )
    return "\n".join(lines) + "\n"
