"""tty and stty."""

from __future__ import annotations

from typing import Any

from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox, parse, quoted
from dockersim.userland.programs.usage import try_help


def tty(p: Process) -> int:
    options = parse(p, "s", "silent=s quiet=s")
    terminal: Any = p.fds[0].tty if 0 in p.fds else None
    if "s" not in options:
        p.out((terminal.name if terminal is not None else "not a tty") + "\n")
    return 0 if terminal is not None else 1


def stty(p: Process) -> int:
    options = (
        parse(p, "agF:", "all=a save=g file:=F", early=True)
        if p.argv[1:2] and p.argv[1] in ("-a", "-g", "-F", "--all", "--save", "--help")
        else None
    )
    words = options.operands if options is not None else p.argv[1:]
    terminal: Any = p.fds[0].tty if 0 in p.fds else None
    if options is not None and "F" in options:
        terminal = p.tty
    if terminal is None:
        if is_busybox(p):
            return p.fail("standard input: Not a tty")
        return p.fail("'standard input': Inappropriate ioctl for device")
    if options is not None and "g" in options:
        p.out(f"{int(terminal.echo)}:{int(terminal.canonical)}:{int(terminal.raw)}\n")
        return 0
    if not words:
        _show(p, terminal, options is not None and "a" in options)
        return 0
    return _apply(p, terminal, list(words))


def _show(p: Process, terminal: Any, everything: bool) -> None:
    sign = "" if terminal.echo else "-"
    canonical = "" if terminal.canonical else "-"
    if not everything:
        p.out("speed 38400 baud; line = 0;\n" + (f"{sign}echo\n" if not terminal.echo else ""))
        return
    p.out(f"speed 38400 baud; rows {terminal.rows}; columns {terminal.columns}; line = 0;\n")
    p.out("intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>; swtch = <undef>;\n")
    p.out("start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;\n")
    p.out("-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts\n")
    p.out("opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0\n")
    p.out(
        f"isig {canonical}icanon iexten {sign}echo echoe echok -echonl -noflsh -xcase -tostop -echoprt echoctl echoke\n"
    )


def _apply(p: Process, terminal: Any, words: list[str]) -> int:
    while words:
        word = words.pop(0)
        if word == "size":
            p.out(f"{terminal.rows} {terminal.columns}\n")
        elif word == "speed":
            p.out("38400\n")
        elif word in ("echo", "-echo"):
            terminal.echo = word == "echo"
        elif word in ("icanon", "-icanon", "cooked"):
            terminal.canonical = word != "-icanon"
        elif word == "sane" or word == "-raw":
            terminal.raw, terminal.echo, terminal.canonical = False, True, True
        elif word == "raw":
            terminal.raw, terminal.canonical = True, False
        elif word in ("rows", "cols", "columns") and words and words[0].isdigit():
            value = int(words.pop(0))
            if word == "rows":
                terminal.resize(value, terminal.columns)
            else:
                terminal.resize(terminal.rows, value)
        elif word.count(":") == 2 and word.replace(":", "").isdigit():
            terminal.echo, terminal.canonical, terminal.raw = (flag == "1" for flag in word.split(":"))
        elif word.lstrip("-") in (
            "isig",
            "iexten",
            "icrnl",
            "ixon",
            "opost",
            "onlcr",
            "echoe",
            "echok",
            "echoctl",
            "inlcr",
            "igncr",
            "echonl",
        ):
            continue
        elif word in ("intr", "quit", "erase", "kill", "eof", "susp", "min", "time") and words:
            words.pop(0)
        else:
            if is_busybox(p):
                return p.fail(f"invalid argument '{word}'")
            p.fail(f"invalid argument {quoted(word)}")
            try_help(p)
    return 0
