"""A laboratory of little computers on one network, for programs that talk to each other."""

from __future__ import annotations

from typing import Any

import pytest

from dockersim.fs import Cred, Node, Overlay, Tree, Vfs, device_nodes
from dockersim.sim import Answer, Net, Segment, Simulation, Stack
from dockersim.userland.binary import executable
from dockersim.userland.computer import ROOT, Computer, Kernel
from dockersim.userland.files import BytesReader, Sink
from dockersim.userland.programs import TABLE

DIRECTORIES = "/bin /usr /usr/bin /usr/lib /etc /dev /root /home /desk /var /var/log /var/lib /run /tmp".split()
PASSWD = b"root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/sbin/nologin\nnginx:x:101:101::/:/bin/false\n"


def tree() -> Tree:
    entries: dict[str, Node | bytes | str] = {
        path: Node.directory(0o1777 if path == "/tmp" else 0o755) for path in DIRECTORIES
    }
    entries["/etc/passwd"] = PASSWD
    entries["/etc/group"] = b"root:x:0:\n"
    entries.update({f"/bin/{name}": Node.file(executable(name), 0o755) for name in TABLE})
    return Tree.of(entries)


class Running:
    """A started program and what it has written so far."""

    def __init__(self, process: Any, out: bytearray, err: bytearray) -> None:
        self.process = process
        self._out = out
        self._err = err

    @property
    def status(self) -> int | None:
        status: int | None = self.process.status
        return status

    @property
    def out(self) -> str:
        return self._out.decode("utf-8", "surrogateescape")

    @property
    def err(self) -> str:
        return self._err.decode("utf-8", "surrogateescape")

    def __repr__(self) -> str:
        return f"<{self.process} status={self.status} out={self.out!r} err={self.err!r}>"


class Lab:
    """Computers by name on the network 172.18.0.0/16, with a router that reaches the internet."""

    TREE: Tree | None = None

    def __init__(self) -> None:
        if Lab.TREE is None:
            Lab.TREE = tree()
        self.sim = Simulation()
        self.net = Net(self.sim)
        self.kernel = Kernel(self.sim, TABLE)
        self.router = Stack(self.net, "router")
        self.router.online = True
        self.segment = Segment("lab", "172.18.0.0/16", router=self.router)
        self.router.plug("br0", self.segment, "172.18.0.1", "02:42:ac:12:00:01")
        self.computers: dict[str, Computer] = {}

    def computer(self, name: str, address: str = "", files: dict[str, bytes | str] | None = None) -> Computer:
        """A new computer; without an address it has no network but its own loopback."""
        stack = Stack(self.net, name)
        if address:
            mac = "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))
            stack.plug("eth0", self.segment, address, mac, "172.18.0.1")
            stack.resolvers = [self._names, self.net.dns]
            stack.name_of = self._name_of
        vfs = Vfs(Overlay(Lab.TREE or Tree.EMPTY), clock=self.sim.time, rng=self.sim.rng)
        vfs.mount("/dev", Overlay(device_nodes()))
        computer = Computer(self.kernel, name, vfs, name, stack)
        computer.capabilities = frozenset(("NET_RAW", "NET_BIND_SERVICE", "CHOWN"))
        for path, data in (files or {}).items():
            vfs.makedirs(path.rpartition("/")[0] or "/")
            vfs.write_file(path, data)
        computer.spawn(["init"], main=_idle)
        self.computers[name] = computer
        return computer

    def _names(self, name: str) -> Answer | None:
        found = self.computers.get(name)
        return (
            Answer(found.net.addresses()[0], "the network's DNS knows it") if found and found.net.interfaces else None
        )

    def _name_of(self, address: str) -> str:
        member = self.segment.members.get(address)
        return f"{member.stack.name}.lab" if member is not None else ""

    def start(
        self,
        computer: Computer,
        *argv: str,
        stdin: bytes | None = b"",
        cwd: str = "/desk",
        cred: Cred = ROOT,
        env: dict[str, str] | None = None,
        tty: Any = None,
    ) -> Running:
        """Start a program in the background."""
        out, err = bytearray(), bytearray()
        fds: dict[int, Any] = {0: BytesReader(stdin or b""), 1: Sink(out.extend), 2: Sink(err.extend)}
        if tty is not None:
            fds = dict.fromkeys((0, 1, 2), tty.file())
        path = argv[0] if "/" in argv[0] else f"/bin/{argv[0]}"
        environment = {"PATH": "/bin:/usr/bin", **(env or {})}
        process = computer.spawn(list(argv), path=path, env=environment, cwd=cwd, cred=cred, fds=fds, tty=tty)
        return Running(process, out, err)

    def run(self, computer: Computer, *argv: str, limit: float = 1000.0, **more: Any) -> Running:
        """Run a program to its end."""
        running = self.start(computer, *argv, **more)
        self.finish(running, limit)
        return running

    def finish(self, running: Running, limit: float = 1000.0) -> None:
        """Let time pass until the program has ended."""
        env = self.sim.env
        if running.status is None:
            env.run(until=env.any_of([running.process.exited, self.sim.timeout(limit)]))
        self.check()
        assert running.status is not None, f"still running: {running!r}"

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.sim.env.run(until=self.sim.now + seconds)
        self.check()

    def check(self) -> None:
        """No program may have ended by a fault of the simulator."""
        if self.kernel.crashes:
            raise self.kernel.crashes[0]


def _idle(p: Any) -> Any:
    p.reaps = True
    yield from p.block(p.sim.event())
    return 0


@pytest.fixture
def lab() -> Lab:
    return Lab()
