"""A fresh little computer to run one program in, for the tests of programs and of the shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dockersim.fs import Cred, Node, Overlay, Tree, Vfs, device_nodes
from dockersim.sim import Simulation
from dockersim.userland.binary import executable
from dockersim.userland.computer import ROOT, Computer, Kernel
from dockersim.userland.files import BytesReader, Sink
from dockersim.userland.kernelfs import mount_kernel_files
from dockersim.userland.programs import TABLE
from dockersim.userland.programs.busybox import APPLETS

ACCOUNTS = {
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    b"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nalice:x:1000:1000:Alice,,,:/home/alice:/bin/sh\n",
    "/etc/group": b"root:x:0:\ndaemon:x:1:\ntty:x:5:\nadm:x:4:alice\nnogroup:x:65534:\nalice:x:1000:\n",
    "/etc/hostname": b"box\n",
    "/etc/os-release": b'PRETTY_NAME="Testing"\nID=testing\n',
}


def base_tree(flavour: str = "gnu") -> Tree:
    """A root file system with every program: GNU's binaries, or busybox and its links."""
    entries: dict[str, Node | bytes | str] = {
        path: Node.directory()
        for path in ("/bin", "/sbin", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/sys", "/root", "/home", "/desk")
    }
    entries["/tmp"] = Node.directory(0o1777)
    entries["/home/alice"] = Node.directory(0o755, 1000, 1000)
    entries.update(ACCOUNTS)
    if flavour == "busybox":
        entries["/bin/busybox"] = Node.file(executable("busybox"), 0o755)
        entries.update({f"/bin/{name}": Node.symlink("/bin/busybox") for name in APPLETS if name != "busybox"})
    else:
        entries.update({f"/bin/{name}": Node.file(executable(name), 0o755) for name in TABLE})
    return Tree.of(entries)


@dataclass
class Result:
    """What a run left behind."""

    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "surrogateescape")

    @property
    def errors(self) -> str:
        return self.err.decode("utf-8", "surrogateescape")


@dataclass
class Box:
    """A computer with its simulation. ``run`` runs one program to its end."""

    flavour: str = "gnu"
    sim: Simulation = field(default_factory=Simulation)

    def __post_init__(self) -> None:
        self.kernel = Kernel(self.sim, TABLE)
        self.root = Overlay(_tree(self.flavour))
        vfs = Vfs(self.root, clock=self.sim.time, rng=self.sim.rng)
        self.computer = Computer(self.kernel, "box", vfs, "box")
        vfs.mount("/dev", Overlay(device_nodes()))
        mount_kernel_files(self.computer)
        self.init = self.computer.spawn(["init"], main=_idle)

    def write(self, path: str, data: bytes | str, mode: int = 0o644) -> None:
        data = data.encode() if isinstance(data, str) else data
        self.computer.vfs.makedirs(path.rpartition("/")[0] or "/")
        self.computer.vfs.write_file(path, data, mode=mode)

    def read(self, path: str) -> bytes:
        return bytes(self.computer.vfs.read_file(path))

    def start(self, *argv: str, stdin: bytes = b"", cwd: str = "/desk", cred: Cred = ROOT, tty: Any = None,
              env: Mapping[str, str] | None = None) -> tuple[Any, bytearray, bytearray]:  # fmt: skip
        """A running process and what it writes."""
        out, err = bytearray(), bytearray()
        if tty is not None:
            fds: Any = {0: tty.file(), 1: tty.file(), 2: tty.file()}
        else:
            fds = {0: BytesReader(stdin), 1: Sink(out.extend), 2: Sink(err.extend)}
        path = argv[0] if "/" in argv[0] else f"/bin/{argv[0]}"
        environment = {"PATH": "/usr/bin:/bin", **(env or {})}
        process = self.computer.spawn(list(argv), path=path, env=environment, cwd=cwd, cred=cred, fds=fds, tty=tty)
        return process, out, err

    def run(self, *argv: str, stdin: bytes = b"", cwd: str = "/desk", cred: Cred = ROOT,
            env: Mapping[str, str] | None = None, limit: float = 1e6) -> Result:  # fmt: skip
        """Run ``argv`` until it ends; faults of the simulator are raised."""
        process, out, err = self.start(*argv, stdin=stdin, cwd=cwd, cred=cred, env=env)
        self.finish(process, limit)
        return Result(process.status, bytes(out), bytes(err))

    def finish(self, process: Any, limit: float = 1e6) -> None:
        """Let the clock move until ``process`` has ended."""
        end = self.sim.now + limit
        self.sim.env.run(until=self.sim.env.any_of([process.exited, self.sim.timeout(limit)]))
        if self.kernel.crashes:
            raise self.kernel.crashes[0]
        assert process.status is not None, f"still running after {end} s"


_TREES: dict[str, Tree] = {}


def _tree(flavour: str) -> Tree:
    if flavour not in _TREES:
        _TREES[flavour] = base_tree(flavour)
    return _TREES[flavour]


def _idle(p: Any) -> Any:
    p.reaps = True
    yield from p.block(p.sim.event())
    return 0
