"""``/proc``: the machine, and a directory for each process that can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from dockersim.fs import File, FsError, Node
from dockersim.userland.kernelfs.files import Content, Text, directories, file
from dockersim.userland.kernelfs.machine import CPU_MODEL, boot_age, memory
from dockersim.userland.kernelfs.places import MODES, PROC_PLACES
from dockersim.userland.kernelfs.process import of_process

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer
    from dockersim.userland.process import Process


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
            "/net/dev": lambda: _net_dev(computer),
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
        self._directories = directories(self.files)

    # ---- what a path is

    def content(self, path: str) -> Content:
        if path == "/":
            numbers = [str(pid) for pid in self.computer.processes]
            places = (place[1:] for place in PROC_PLACES if place not in self._directories)
            return [*self._directories["/"], *places, "self", "thread-self", "mounts", *numbers]
        if path in ("/self", "/thread-self"):
            process = self.caller()
            return Node.symlink(str(process.pid)) if process is not None else None
        if path == "/mounts":
            return Node.symlink("self/mounts")
        made = self._override(path) or self.files.get(path)
        if made is not None:
            writable = path.startswith("/sys/")
            return file(made(), 0o644 if writable else 0o444)
        if path in self._directories:
            return self._directories[path]
        if path in PROC_PLACES:
            return () if PROC_PLACES[path] == "directory" else file("", MODES.get(path, 0o444))
        first, _, rest = path[1:].partition("/")
        seen = self.computer.pids.see(int(first)) if first.isdigit() else None
        return of_process(seen, rest) if seen is not None else None

    def store(self, path: str, data: bytes) -> None:
        """Change a setting of the kernel. EIO for what is none, EPERM without the right, EINVAL for a wrong value."""
        made = self._override(path) or self.files.get(path)
        if made is None or not path.startswith("/sys/"):
            raise FsError("EIO", path)
        if path.startswith("/sys/net/") and "NET_ADMIN" not in self.computer.capabilities:
            raise FsError("EPERM", path)
        words = data.decode(errors="replace").split()
        if made().split()[0].isdigit() and not all(word.lstrip("-").isdigit() for word in words):
            raise FsError("EINVAL", path)
        self.computer.sysctls[path.removeprefix("/sys/").replace("/", ".")] = " ".join(words)

    def _override(self, path: str) -> Text | None:
        values = self.computer.sysctls.get(path[5:].replace("/", ".")) if path.startswith("/sys/") else None
        return None if values is None else lambda: "\t".join(values.split()) + "\n"

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


def _net_dev(computer: Computer) -> str:
    """What each interface has counted."""
    rows = [("lo", 0, 0, 0, 0)] if computer.net is None or computer.net.loopback else []
    for one in computer.net.interfaces if computer.net is not None else ():
        rows.append((one.name, one.received, one.packets_received, one.sent, one.packets_sent))
    text = (
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls "
        "carrier compressed\n"
    )
    for name, received, packets_in, sent, packets_out in rows:
        text += f"{name:>6}: {received:>7} {packets_in:>7}    0    0    0     0          0         0 "
        text += f"{sent:>8} {packets_out:>7}    0    0    0     0       0          0\n"
    return text
