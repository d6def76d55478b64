"""``/proc`` and ``/sys/fs/cgroup`` of a computer: computed when looked at (proc(5), cgroup-v2).

An open descriptor under ``/proc/PID/fd`` is shown as a device, not as the magic link of Linux; opening it gives the
same open file, so ``/dev/stdout`` works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from dockersim.fs import File, FsError, Node, SyntheticFs
from dockersim.userland import limits

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer
    from dockersim.userland.process import Process

Text = Callable[[], str]
STATES = {
    "R": "running",
    "S": "sleeping",
    "D": "disk sleep",
    "T": "stopped",
    "Z": "zombie",
}


def mount_kernel_files(computer: Computer) -> None:
    """Mount ``/proc`` and, where there is ``/sys``, ``/sys/fs/cgroup`` on ``computer``'s tree."""
    vfs = computer.vfs
    for path in ("/proc", "/sys"):
        if not vfs.exists(path):
            vfs.mkdir(path, 0o555)
    options = "nosuid,nodev,noexec,relatime"
    proc = _OnDemand(lambda: Proc(computer))
    shown = SyntheticFs(proc.content, opener=proc.open, names=proc.names)
    vfs.mount("/proc", shown, source="proc", options=options)
    sys = _OnDemand(lambda: Sys(computer))
    shown = SyntheticFs(sys.content, fstype="sysfs", read_only=True, names=sys.names)
    vfs.mount("/sys", shown, source="sysfs", read_only=True, options=options)


class _OnDemand:
    """The content of a file system that is worked out when somebody first looks below its root: most never do."""

    _ROOT = Node.directory(0o555)

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def _get(self) -> Any:
        if self._made is None:
            self._made = self._make()
        return self._made

    def content(self, path: str) -> Any:
        return self._ROOT if path == "/" else self._get().content(path)

    def names(self, path: str) -> list[str]:
        found = self._get().content(path)
        return [] if found is None or isinstance(found, Node) else list(found)

    def open(self, path: str, flags: int) -> Any:
        return self._get().open(path, flags)


class Proc:
    """The content of ``/proc`` for the processes of one computer."""

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        kernel = computer.kernel
        self.files: dict[str, Text] = {
            "/cpuinfo": self._cpuinfo,
            "/meminfo": self._meminfo,
            "/uptime": lambda: f"{self._uptime():.2f} {self._uptime() * kernel.cpus:.2f}\n",
            "/loadavg": self._loadavg,
            "/version": lambda: f"Linux version {kernel.release} (buildd@lcy02) (gcc 13.2.0) {kernel.version}\n",
            "/stat": self._stat,
            "/filesystems": lambda: (
                "".join(f"nodev\t{name}\n" for name in ("sysfs", "tmpfs", "proc", "cgroup2", "overlay")) + "\text4\n"
            ),
            "/cmdline": lambda: "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet\n",
            "/swaps": lambda: "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
            "/partitions": lambda: "major minor  #blocks  name\n\n 254        0   62914560 vda\n",
            "/sys/kernel/hostname": lambda: computer.hostname + "\n",
            "/sys/kernel/domainname": lambda: (computer.domainname or "(none)") + "\n",
            "/sys/kernel/ostype": lambda: "Linux\n",
            "/sys/kernel/osrelease": lambda: kernel.release + "\n",
            "/sys/kernel/version": lambda: kernel.version + "\n",
            "/sys/kernel/pid_max": lambda: "4194304\n",
            "/sys/kernel/threads-max": lambda: "31000\n",
            "/sys/kernel/shmmax": lambda: "18446744073692774399\n",
            "/sys/kernel/random/uuid": self._uuid,
            "/sys/kernel/random/boot_id": lambda: "5f0c1d3e-8d3b-4b6e-9a6a-0d6c5a1f2b3c\n",
            "/sys/vm/overcommit_memory": lambda: "0\n",
            "/sys/vm/swappiness": lambda: "60\n",
            "/sys/vm/max_map_count": lambda: "65530\n",
            "/sys/fs/file-max": lambda: "9223372036854775807\n",
            "/sys/net/core/somaxconn": lambda: "4096\n",
            "/sys/net/ipv4/ip_forward": lambda: "1\n",
            "/sys/net/ipv4/ip_local_port_range": lambda: "32768\t60999\n",
            "/sys/net/ipv4/tcp_syncookies": lambda: "1\n",
            "/sys/net/ipv4/ip_unprivileged_port_start": lambda: "0\n",
            "/sys/net/ipv6/conf/all/disable_ipv6": lambda: "0\n",
        }
        self._directories = _directories(self.files)

    # ---- what a path is

    def content(self, path: str) -> Node | Sequence[str] | None:
        if path == "/":
            numbers = [str(pid) for pid in self.computer.processes]
            return [*self._directories["/"], "self", "thread-self", "mounts", *numbers]
        if path in ("/self", "/thread-self"):
            process = self.caller()
            return Node.symlink(str(process.pid)) if process is not None else None
        if path == "/mounts":
            return Node.symlink("self/mounts")
        made = self._override(path) or self.files.get(path)
        if made is not None:
            writable = path.startswith("/sys/")
            return _file(made(), 0o644 if writable else 0o444)
        if path in self._directories:
            return self._directories[path]
        first, _, rest = path[1:].partition("/")
        if first.isdigit() and int(first) in self.computer.processes:
            return self._of_process(self.computer.processes[int(first)], rest)
        return None

    def _override(self, path: str) -> Text | None:
        values = self.computer.sysctls.get(path[5:].replace("/", ".")) if path.startswith("/sys/") else None
        return None if values is None else lambda: values + "\n"

    def caller(self) -> Process | None:
        """The process that runs right now."""
        active = self.computer.sim.env.active_process
        return next((p for p in self.computer.processes.values() if p.runs_as(active)), self.computer.init)

    def open(self, path: str, flags: int) -> File | None:
        """The open file itself, for a descriptor."""
        parts = path.split("/")
        if len(parts) == 4 and parts[2] == "fd" and parts[3].isdigit():
            process = self.computer.processes.get(int(parts[1]))
            if process is None or int(parts[3]) not in process.fds:
                raise FsError("ENOENT", path)
            # The process layer takes its own open files from a Vfs as they are.
            return cast(File, process.fds[int(parts[3])])
        return None

    # ---- processes

    def _of_process(self, p: Process, rest: str) -> Node | Sequence[str] | None:
        if not rest:
            return [*_OF_PROCESS, "cwd", "exe", "root", "fd", "task"]
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
        return _file(made(p), 0o400 if rest == "environ" else 0o444, uid, gid) if made is not None else None

    # ---- the machine

    def _uptime(self) -> float:
        return boot_age(self.computer)

    def _cpuinfo(self) -> str:
        return "".join(
            f"processor\t: {number}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
            f"model name\t: {CPU_MODEL}\nstepping\t: 7\ncpu MHz\t\t: 2500.000\ncache size\t: 36608 KB\n"
            f"physical id\t: 0\nsiblings\t: {self.computer.kernel.cpus}\ncore id\t\t: {number}\n"
            f"cpu cores\t: {self.computer.kernel.cpus}\nflags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr\n"
            "bogomips\t: 5000.00\naddress sizes\t: 46 bits physical, 48 bits virtual\n\n"
            for number in range(self.computer.kernel.cpus)
        )

    def _meminfo(self) -> str:
        use = memory(self.computer)
        rows = (
            ("MemTotal", use["total"]),
            ("MemFree", use["free"]),
            ("MemAvailable", use["available"]),
            ("Buffers", use["buffers"]),
            ("Cached", use["cache"]),
            ("SwapCached", 0),
            ("Shmem", use["shared"]),
            ("SwapTotal", 0),
            ("SwapFree", 0),
        )
        return "".join(f"{name + ':':<16}{size >> 10:>8} kB\n" for name, size in rows)

    def _loadavg(self) -> str:
        running = sum(p.state == "R" for p in self.computer.processes.values())
        last = max(self.computer.processes, default=1)
        return f"0.00 0.00 0.00 {max(1, running)}/{len(self.computer.processes) + 120} {last}\n"

    def _stat(self) -> str:
        ticks = int(self._uptime() * 100)
        cpus = self.computer.kernel.cpus
        used = int(sum(p.cpu for p in self.computer.processes.values()) * 100)
        rows = [f"cpu  {used} 0 0 {ticks * cpus} 0 0 0 0 0 0"]
        rows += [f"cpu{number} {used // cpus} 0 0 {ticks} 0 0 0 0 0 0" for number in range(cpus)]
        boot = int(self.computer.sim.time() - self._uptime())
        return "\n".join([*rows, f"btime {boot}", f"processes {max(self.computer.processes, default=1)}"]) + "\n"

    def _uuid(self) -> str:
        digits = self.computer.sim.hex(32)
        return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:])) + "\n"


CPU_MODEL = "Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz"
UP_BEFORE = 3723.0
"""Seconds that the machine had been up when the world began."""


def cpu_seconds(computer: Computer) -> float:
    """CPU time that the computer's processes have used, ended ones included."""
    return computer.cpu_used + sum(p.cpu for p in computer.own_processes())


def boot_age(computer: Computer) -> float:
    """Seconds since the machine booted."""
    return UP_BEFORE + computer.sim.now


def memory(computer: Computer) -> dict[str, int]:
    """The machine's memory in bytes, by the columns of ``free``. A container sees the machine's, not its own limit."""
    total = computer.kernel.memory
    used = total // 8 + computer.memory_used
    cache = total // 4
    free = max(0, total - used - cache)
    return {
        "total": total,
        "used": min(used, total),
        "free": free,
        "shared": 2 << 20,
        "cache": cache,
        "buffers": total // 64,
        "available": max(0, total - used),
    }


def _directories(files: dict[str, Text]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"/": []}
    for path in files:
        while path != "/":
            parent = path.rpartition("/")[0] or "/"
            name = path.rpartition("/")[2]
            names = found.setdefault(parent, [])
            if name not in names:
                names.append(name)
            path = parent
    return found


def _file(text: str, mode: int, uid: int = 0, gid: int = 0) -> Node:
    return Node.file(text.encode("utf-8", "surrogateescape"), mode, uid, gid)


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
        options += [option for option in mount.options.split(",") if option] or ["relatime"]
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
    "cgroup": lambda p: "0::/\n",
    "mounts": _mounts,
    "mountinfo": _mountinfo,
    "oom_score": lambda p: "0\n",
    "oom_score_adj": lambda p: f"{p.computer.oom_score_adj}\n",
    "limits": lambda p: limits.table(p.computer),
}


_INTERFACE = ("address", "mtu", "operstate")


class Sys:
    """The content of ``/sys``: the limits of the computer's cgroup, its network interfaces, and little else."""

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        self.files: dict[str, Text] = {
            "/fs/cgroup/cgroup.controllers": lambda: "cpuset cpu io memory hugetlb pids rdma\n",
            "/fs/cgroup/cgroup.procs": lambda: "".join(f"{pid}\n" for pid in sorted(computer.processes)),
            "/fs/cgroup/cgroup.freeze": lambda: f"{int(computer.frozen is not None)}\n",
            "/fs/cgroup/cpu.max": self._cpu_max,
            "/fs/cgroup/cpu.weight": lambda: "100\n",
            "/fs/cgroup/cpu.stat": self._cpu_stat,
            "/fs/cgroup/memory.max": lambda: _limit(computer.memory_limit),
            "/fs/cgroup/memory.high": lambda: "max\n",
            "/fs/cgroup/memory.current": lambda: f"{computer.memory_used}\n",
            "/fs/cgroup/memory.peak": lambda: f"{computer.memory_peak}\n",
            "/fs/cgroup/memory.swap.max": lambda: _limit(computer.memory_limit),
            "/fs/cgroup/memory.events": lambda: (
                f"low 0\nhigh 0\nmax 0\noom {int(computer.oom_killed)}\noom_kill {int(computer.oom_killed)}\n"
            ),
            "/fs/cgroup/memory.stat": lambda: f"anon {computer.memory_used}\nfile 0\nkernel 0\n",
            "/fs/cgroup/pids.max": lambda: _limit(computer.pids_limit),
            "/fs/cgroup/pids.current": lambda: f"{len(computer.processes)}\n",
            "/kernel/mm/transparent_hugepage/enabled": lambda: "always [madvise] never\n",
            "/class/net": lambda: "",
            "/devices/system/cpu/online": lambda: f"0-{computer.kernel.cpus - 1}\n",
        }
        self._directories = _directories(self.files)

    def content(self, path: str) -> Node | Sequence[str] | None:
        if path.startswith("/class/net"):
            return self._interfaces(path.removeprefix("/class/net").strip("/"))
        made = self.files.get(path)
        return _file(made(), 0o444) if made is not None else self._directories.get(path)

    def _interfaces(self, path: str) -> Node | Sequence[str] | None:
        """``NAME/address``, ``NAME/mtu`` and ``NAME/operstate`` of each interface there is."""
        stack = self.computer.net
        found = {"lo": ("00:00:00:00:00:00", "65536", "unknown")} if stack is None or stack.loopback else {}
        for interface in stack.interfaces if stack is not None else ():
            found[interface.name] = interface.mac, "1500", "up"
        name, _, field = path.partition("/")
        if not name:
            return list(found)
        if name not in found or field not in ("", *_INTERFACE):
            return None
        return _file(f"{found[name][_INTERFACE.index(field)]}\n", 0o444) if field else _INTERFACE

    def _cpu_max(self) -> str:
        share = self.computer.cpu_share
        return f"{int(share * 100_000)} 100000\n" if share > 0 else "max 100000\n"

    def _cpu_stat(self) -> str:
        used = int(cpu_seconds(self.computer) * 1e6)
        return f"usage_usec {used}\nuser_usec {used}\nsystem_usec 0\n"


def _limit(value: int) -> str:
    return f"{value}\n" if value else "max\n"
