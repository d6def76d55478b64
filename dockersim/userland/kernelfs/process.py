"""What is below ``/proc/PID``.

An open descriptor is shown as a device, not as the magic link of Linux; opening it gives the same open file, so
``/dev/stdout`` works. ``root`` of a process in another mount namespace is that one's tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError, Node, Through, Vfs
from dockersim.userland import limits
from dockersim.userland.kernelfs.files import Content, file
from dockersim.userland.kernelfs.machine import UP_BEFORE
from dockersim.userland.namespaces import NAMESPACES, namespace_number
from dockersim.userland.pids import Seen

if TYPE_CHECKING:
    from dockersim.userland.process import Process

STATES = {
    "R": "running",
    "S": "sleeping",
    "D": "disk sleep",
    "T": "stopped",
    "Z": "zombie",
}


def of_process(p: Process, rest: str) -> Content:
    """What is at ``rest`` below ``/proc/PID``."""
    if not rest:
        return [*_OF_PROCESS, "cwd", "exe", "root", "fd", "ns", "task"]
    if rest.partition("/")[0] == "ns":
        return _namespaces(p, rest[3:])
    if isinstance(p, Seen) and rest.partition("/")[0] == "root":
        return _inside(p.vfs, rest[4:] or "/")
    uid, gid = p.cred.uid, p.cred.gid
    if rest == "fd":
        return [str(number) for number in p.fds]
    if rest == "task":
        return [str(p.pid)]
    if rest.startswith("fd/"):
        known = rest[3:].isdigit() and int(rest[3:]) in p.fds
        return Node.device("char", 136, 0, 0o666, uid, gid) if known else None
    if rest in ("cwd", "root", "exe"):
        target = {"cwd": p.cwd, "root": "/", "exe": _executable(p)}[rest]
        return Node.symlink(target, uid, gid)
    made = _OF_PROCESS.get(rest)
    return file(made(p), 0o400 if rest == "environ" else 0o444, uid, gid) if made is not None else None


def _inside(vfs: Vfs, path: str) -> Through | None:
    """A place in the file tree of another mount namespace."""
    if not vfs.exists(path):
        return None
    mount = vfs.mount_of(path)
    return Through(mount.fs, mount.inner(vfs.realpath(path)))


def _namespaces(p: Process, kind: str) -> Node | Sequence[str] | None:
    """``/proc/PID/ns``: a link for each kind, whose number is the same where the namespace is."""
    if not kind:
        return list(NAMESPACES)
    if kind not in NAMESPACES:
        return None
    return Node.symlink(f"{kind}:[{namespace_number(p.computer, kind)}]")


def _executable(p: Process) -> str:
    name = p.argv[0] if p.argv else ""
    try:
        return str(p.vfs.realpath(name, cwd=p.cwd)) if "/" in name else name
    except FsError:
        return name


def _status(p: Process) -> str:
    uid, gid = p.cred.uid, p.cred.gid
    groups = " ".join(str(group) for group in sorted(p.cred.groups))
    effective = capability_mask(p)
    rows: list[tuple[str, Any]] = [
        ("Name", p.name[:15]),
        ("Umask", f"{p.umask:04o}"),
        ("State", f"{p.state} ({STATES.get(p.state, 'running')})"),
        ("Tgid", p.pid),
        ("Ngid", 0),
        ("Pid", p.pid),
        ("PPid", p.ppid),
        ("TracerPid", 0),
        ("Uid", f"{uid}\t{uid}\t{uid}\t{uid}"),
        ("Gid", f"{gid}\t{gid}\t{gid}\t{gid}"),
        ("FDSize", 64),
        ("Groups", groups),
        ("VmSize", f"{p.memory >> 10:>8} kB"),
        ("VmRSS", f"{p.memory >> 10:>8} kB"),
        ("Threads", 1),
        ("CapInh", f"{0:016x}"),
        ("CapPrm", f"{effective:016x}"),
        ("CapEff", f"{effective:016x}"),
        ("CapBnd", f"{_mask(p.capabilities):016x}"),
        ("CapAmb", f"{0:016x}"),
        ("NoNewPrivs", int(p.computer.no_new_privileges)),
        ("Seccomp", 2 if p.computer.filters_calls else 0),
        ("Seccomp_filters", int(p.computer.filters_calls)),
    ]
    return "".join(f"{name}:\t{value}\n" for name, value in rows)


CAPABILITIES = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
    "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN "
    "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP "
    "MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split()


def capability_mask(p: Process) -> int:
    """The effective capabilities as bits: the computer's for root, none for others (capabilities(7))."""
    return _mask(p.capabilities) if p.cred.uid == 0 else 0


def _mask(names: frozenset[str]) -> int:
    held = {name.removeprefix("CAP_") for name in names}
    return sum(1 << number for number, name in enumerate(CAPABILITIES) if name in held)


def _stat_line(p: Process) -> str:
    ticks = int(p.cpu * 100)
    start = int((UP_BEFORE + p.started) * 100)
    group = p.group.pid if p.group is not None else p.pid
    terminal = 34816 if p.tty is not None else 0
    before = f"{p.pid} ({p.name[:15]}) {p.state} {p.ppid} {group} {group} {terminal} -1 4194560 0 0 0 0 {ticks} 0 0 0"
    return f"{before} 20 0 1 0 {start} {p.memory} {p.memory >> 12} 18446744073709551615" + " 0" * 27 + "\n"


def mount_lines(p: Process) -> list[tuple[str, str, str, str]]:
    """Source, place, type and options of every mount, as ``/proc/mounts`` has them."""
    rows = []
    for mount in p.vfs.mounts():
        if not mount.source:
            continue
        options = ["ro" if mount.read_only or mount.fs.read_only else "rw"]
        options += [option for option in mount.shown_options.split(",") if option] or ["relatime"]
        rows.append((mount.source, mount.path, mount.fs.fstype, ",".join(options)))
    return rows


def _mounts(p: Process) -> str:
    return "".join(f"{source} {path} {kind} {options} 0 0\n" for source, path, kind, options in mount_lines(p))


def _mountinfo(p: Process) -> str:
    return "".join(
        f"{number} {number - 1} 0:{number} / {path} {options} - {kind} {source} {options.split(',')[0]}\n"
        for number, (source, path, kind, options) in enumerate(mount_lines(p), 600)
    )


_OF_PROCESS: dict[str, Callable[[Any], str]] = {
    "status": _status,
    "stat": _stat_line,
    "statm": lambda p: f"{p.memory >> 12} {p.memory >> 12} 0 0 0 0 0\n",
    "cmdline": lambda p: "".join(argument + "\0" for argument in p.argv),
    "comm": lambda p: p.name[:15] + "\n",
    "environ": lambda p: "".join(f"{name}={value}\0" for name, value in p.env.items()),
    "cgroup": lambda p: f"0::{p.computer.cgroup if isinstance(p, Seen) else '/'}\n",
    "mounts": _mounts,
    "mountinfo": _mountinfo,
    "oom_score": lambda p: "0\n",
    "oom_score_adj": lambda p: f"{p.computer.oom_score_adj}\n",
    "limits": lambda p: limits.table(p.computer),
}
