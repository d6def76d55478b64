"""top, in procps's and in busybox's way."""

from __future__ import annotations

from dockersim.userland import kernelfs, signals, users
from dockersim.userland.process import Process
from dockersim.userland.programs.dates import uptime_line
from dockersim.userland.programs.options import is_busybox, parse, quoted
from dockersim.userland.programs.processes.facts import command, everybody, memory_percent, percent
from dockersim.userland.programs.support import Steps


def top(p: Process) -> Steps:
    options = parse(p, "bmHn:d:p:o:u:ciSs" if not is_busybox(p) else "bmHn:d:", "batch=b iterations:=n delay:=d pid:=p")
    if "n" in options and not options.get("n").isdigit():
        return p.fail(
            f"bad iterations argument {quoted(options.get('n'))}"
            if not is_busybox(p)
            else f"invalid number '{options.get('n')}'"
        )
    batch = "b" in options
    if not batch and not p.isatty(1) and not is_busybox(p):
        return p.fail("failed tty get")
    if is_busybox(p):
        p.handlers[signals.TERM] = p.handlers[signals.INT] = lambda number: p.exit(128 + number)
    rounds = int(options.get("n")) if "n" in options else 0
    delay = float(options.get("d") or (5 if is_busybox(p) else 3))
    wanted = set(options.get("p").split(",")) if "p" in options else None
    restore = p.tty.make_raw() if not batch and p.tty is not None else None
    done = 0
    try:
        while True:
            rows = [one for one in everybody(p) if wanted is None or str(one.pid) in wanted]
            screen = _busybox_top(p, rows) if is_busybox(p) else _procps_top(p, rows)
            if not batch:
                screen = _drawn(p, screen)
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


def _drawn(p: Process, screen: str) -> str:
    """The screen from its first line on; busybox draws it so for a pipe, too."""
    rows, columns, end = (p.tty.rows, p.tty.columns, "\r\n") if p.tty is not None else (24, 79, "\n")
    lines = [line[:columns] for line in screen.splitlines()[: rows - 1]]
    return "\033[H\033[J" + end.join(lines) + end


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
    use = kernelfs.memory(p.computer)
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
    for one in sorted(rows, key=lambda one: (-percent(one), one.pid)):
        size = one.memory >> 10
        clock = f"{int(one.cpu) // 60}:{one.cpu % 60:05.2f}"
        name = users.user_name(p.vfs, one.cred.uid)
        lines.append(
            f"{one.pid:>7} {name:<8.8}  20   0 {size:>7} {size:>6} {0:>6} {one.state} "
            f"{percent(one):>5.1f} {memory_percent(one):>5.1f} {clock:>9} {one.name}"
        )
    return "\n".join(lines) + "\n"


def _busybox_top(p: Process, rows: list[Process]) -> str:
    use = kernelfs.memory(p.computer)
    used, free, cache = (use[key] >> 10 for key in ("used", "free", "cache"))
    running = sum(one.state == "R" for one in rows) or 1
    lines = [
        f"Mem: {used}K used, {free}K free, {use['shared'] >> 10}K shrd, {use['buffers'] >> 10}K buff, {cache}K cached",
        "CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq",
        f"Load average: 0.00 0.00 0.00 {running}/{len(rows) + 120} {max((one.pid for one in rows), default=1)}",
        "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND",
    ]
    for one in sorted(rows, key=lambda one: (-percent(one), one.pid)):
        name = users.user_name(p.vfs, one.cred.uid)
        size = one.memory >> 10
        lines.append(
            f"{one.pid:>5} {one.ppid:>5} {name:<8.8} {one.state:<4} {size:>5} "
            f"{int(memory_percent(one)):>3}% {0:>3} {int(percent(one)):>3}% {command(one)}"
        )
    return "\n".join(lines) + "\n"
