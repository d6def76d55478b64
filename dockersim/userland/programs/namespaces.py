"""lsns and nsenter: the namespaces of processes, and running a program in them (util-linux)."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.userland import users
from dockersim.userland.computer import Computer
from dockersim.userland.namespaces import NAMESPACES, namespace_number
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.processes.facts import command, everybody
from dockersim.userland.programs.running import find_program, refused

LETTERS = {"m": "mnt", "u": "uts", "i": "ipc", "n": "net", "p": "pid", "C": "cgroup", "U": "user", "T": "time"}
"""nsenter's letters for the kinds."""
ORDER = "time cgroup pid user uts ipc net mnt".split()


def lsns(p: Process) -> int:
    """``lsns [-t TYPE] [-p PID] [-n]``: each namespace, how many processes are in it, and the first of them."""
    options = parse(p, "lnt:p:r", "list=l noheadings=n type:=t task:=p raw=r")
    if "t" in options and options.get("t") not in NAMESPACES:
        return p.fail(f"unknown namespace type: {options.get('t')}")
    found: dict[tuple[str, int], list[Process]] = {}
    for one in everybody(p):
        if p.cred.uid in (0, one.cred.uid):
            for kind in ORDER:
                found.setdefault((kind, namespace_number(one.computer, kind)), []).append(one)
    rows = [("NS", "TYPE", "NPROCS", "PID", "USER", "COMMAND")] if "n" not in options else []
    for (kind, number), members in sorted(found.items(), key=lambda item: (item[1][0].pid, ORDER.index(item[0][0]))):
        if options.get("t", kind) == kind and ("p" not in options or options.get("p") in map(_pid, members)):
            first = members[0]
            user = users.user_name(first.names, first.cred.uid)
            rows.append((str(number), kind, str(len(members)), str(first.pid), user, command(first)))
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(5)]
    for ns, kind, count, pid, user, shown in rows:
        left = f"{ns:>{widths[0]}} {kind:<{widths[1]}} {count:>{widths[2]}} {pid:>{widths[3]}}"
        p.out(f"{left} {user:<{widths[4]}} {shown}\n")
    return 0


def _pid(one: Process) -> str:
    return str(one.pid)


def nsenter(p: Process) -> Steps:
    """``nsenter -t PID [-a] [-muinpCUT] [program [arguments]]``; the program is the shell unless one is named."""
    options = parse(
        p,
        "t:amuinpCUTFrw",
        "target:=t all=a mount=m uts=u ipc=i net=n pid=p cgroup=C user=U time=T no-fork=F root=r wd=w",
        early=True,
    )
    kinds = {kind for letter, kind in LETTERS.items() if letter in options}
    if "t" not in options:
        if kinds:
            first = next(kind for kind in LETTERS.values() if kind in kinds)
            return p.fail(f"neither filename nor target pid supplied for ns/{first}")
        return p.fail("no target PID specified for --all") if "a" in options else p.fail("no target PID specified")
    kinds = set(NAMESPACES) if "a" in options else kinds
    target = p.computer.pids.see(int(options.get("t"))) if options.get("t").isdigit() else None
    first = next((kind for kind in LETTERS.values() if kind in kinds), "")
    if target is None:
        return p.fail(f"cannot open /proc/{options.get('t')}/ns/{first}: No such file or directory")
    if p.cred.uid:
        return p.fail(f"cannot open /proc/{target.pid}/ns/{first}: Permission denied")
    inside = _inside(p.computer, target.computer, kinds)
    argv = list(options.operands) or [p.env.get("SHELL", "/bin/sh") if "mnt" not in kinds else "/bin/sh"]
    return (yield from _run(p, inside, argv, "/" if "mnt" in kinds else p.cwd))


def _inside(own: Computer, other: Computer, kinds: set[str]) -> Computer:
    """A seat at which these namespaces are the other computer's, and the rest one's own."""

    def chosen(kind: str) -> Computer:
        return other if kind in kinds else own

    seat = Computer(
        own.kernel, own.name, chosen("mnt").vfs, chosen("uts").hostname, chosen("net").net, chosen("pid").pids
    )
    seat.uts, seat.ipc = chosen("uts").uts, chosen("ipc").ipc
    seat.cgroup = chosen("cgroup").cgroup
    seat.keeper = chosen("pid").keeper
    seat.capabilities = own.capabilities
    return seat


def _run(p: Process, seat: Computer, argv: list[str], cwd: str) -> Steps:
    tty = p.tty
    before = (tty.foreground, tty.send_signal) if tty is not None else None
    try:
        path = find_program(_Looker(p, seat, cwd), argv[0])  # type: ignore[arg-type]
        child = seat.spawn(argv, path=path, env=dict(p.env), cwd=cwd, cred=p.cred, fds=p.fds, tty=tty)
    except FsError as error:
        return refused(p, argv[0], error, f"failed to execute {argv[0]}: {error.strerror}")
    try:
        status: int = yield from p.block(child.exited)
    finally:
        if tty is not None and before is not None:
            tty.foreground, tty.send_signal = before
    return status


class _Looker:
    """Who looks for a program on PATH in another mount namespace."""

    def __init__(self, p: Process, seat: Computer, cwd: str) -> None:
        self.vfs, self.env, self.cwd, self.cred = seat.vfs, p.env, cwd, p.cred
