"""netstat and ss: who listens."""

from __future__ import annotations

from typing import NamedTuple

from dockersim.sim.plug import ANY6
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox, parse


class Socket(NamedTuple):
    """A listening socket."""

    protocol: str
    address: str
    port: int
    pid: int
    program: str
    title: str
    only6: bool

    @property
    def six(self) -> bool:
        return ":" in self.address


def listening(p: Process) -> list[Socket]:
    """The computer's listeners and published ports by port; without root, only one's own have a process."""
    stack = p.computer.net
    found = []
    for listener in [*stack.listeners, *stack.forwards] if stack is not None else ():
        owner = listener.owner
        shown = owner is not None and p.cred.uid in (0, owner.cred.uid)
        title = owner.argv[0] if shown and owner.argv else ""
        title = title.rsplit("/", 1)[-1] if title.startswith("/") else title
        program = title.partition(":")[0].partition(" ")[0]
        found.append(
            Socket(
                listener.protocol,
                listener.address,
                listener.port,
                owner.pid if shown else 0,
                program,
                title,
                listener.only6,
            )
        )
    return sorted(found, key=lambda one: (one.protocol, one.six, one.port))


def _chosen(p: Process, letters: str) -> list[Socket]:
    protocols = {name for name in ("tcp", "udp") if name[0] in letters} or {"tcp", "udp"}
    return [one for one in listening(p) if one.protocol in protocols]


def netstat(p: Process) -> int:
    """``netstat [-tulnpa]``; ``-r`` and ``-i`` are route and ifconfig."""
    options = parse(p, "tulnpareiWcs46", "tcp=t udp=u listening=l numeric=n programs=p all=a route=r interfaces=i")
    letters = "".join(name for name, _ in options.given)
    if "r" in letters:
        from dockersim.userland.programs.network.nettools import table

        table(p, "n" in letters, "Flags   MSS Window  irtt", "    0 0          0")
        return 0
    servers = "only servers" if "l" in letters else "servers and established" if "a" in letters else "w/o servers"
    p.out(f"Active Internet connections ({servers})\n")
    with_program = "p" in letters
    p.out("Proto Recv-Q Send-Q Local Address           Foreign Address         State       ")
    p.out("PID/Program name    \n" if with_program else "\n")
    if "l" not in letters and "a" not in letters:
        return 0
    for one in _chosen(p, letters):
        local, remote = f"{one.address}:{one.port}", ":::*" if one.six else "0.0.0.0:*"
        protocol = f"{one.protocol}6" if one.six and not is_busybox(p) else one.protocol
        state = "LISTEN" if one.protocol == "tcp" else ""
        who = f"{one.pid}/{one.title}"[: 20 if not is_busybox(p) else 30] if one.pid else "-"
        line = f"{protocol:<5} {0:>6} {0:>6} {local:<23} {remote:<23} {state:<11} "
        p.out(line + (f"{who:<20}\n" if with_program else "\n"))
    return 0


def _backlog(one: Socket) -> str:
    """How many connections may wait to be accepted: what servers in C ask for by custom, else the system's most."""
    if one.protocol == "udp":
        return "0"
    return "511" if one.program in ("nginx", "redis-server", "httpd", "apache2") else "4096"


def _ends(one: Socket) -> tuple[str, str]:
    """Both ends of a listening socket as ss writes them: one for both families is at ``*``."""
    if not one.six:
        return f"{one.address}:{one.port}", "0.0.0.0:*"
    if one.address == ANY6 and not one.only6:
        return f"*:{one.port}", "*:*"
    return f"[{one.address}]:{one.port}", "[::]:*"


def ss(p: Process) -> int:
    """``ss [-tulnpa]``."""
    options = parse(p, "tulnpaHx46s", "tcp=t udp=u listening=l numeric=n processes=p all=a no-header=H")
    letters = "".join(name for name, _ in options.given)
    chosen = _chosen(p, letters) if "l" in letters or "a" in letters else []
    both = "t" not in letters or "u" in letters
    rows = []
    for one in chosen:
        process = f'users:(("{one.program}",pid={one.pid},fd=6))' if "p" in letters and one.pid else ""
        state = "LISTEN" if one.protocol == "tcp" else "UNCONN"
        rows.append((one.protocol, state, "0", _backlog(one), *_ends(one), process))
    width = max([len("Local Address:Port"), *(len(row[4]) for row in rows)])
    if "H" not in letters:
        name = "Netid " if both else ""
        p.out(f"{name}State  Recv-Q Send-Q {'Local Address:Port':>{width}} Peer Address:Port Process\n")
    for protocol, state, received, sent, local, remote, process in rows:
        name = f"{protocol:<6}" if both else ""
        p.out(f"{name}{state:<6} {received:<6} {sent:<6} {local:>{width}} {remote:>17} {process}".rstrip() + "\n")
    return 0
