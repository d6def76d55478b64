"""The laptop: a small Linux machine with a user, a shell, and ``docker`` on its PATH."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from importlib import import_module
from typing import Any

from dockersim.engine.containers.launch import ALL_CAPABILITIES
from dockersim.fs import Cred, Node, Overlay, Tree, Vfs, device_nodes
from dockersim.sim import Answer, Net, Segment, Simulation, Stack
from dockersim.sim.names import hosts_entry
from dockersim.userland.binary import executable
from dockersim.userland.computer import Computer, Kernel
from dockersim.userland.files import OpenFile
from dockersim.userland.kernelfs import mount_kernel_files
from dockersim.userland.process import Process, Program
from dockersim.userland.programs import TABLE

USER, UID, DOCKER_GROUP = "student", 1000, 999
HOME = f"/home/{USER}"
CRED = Cred(UID, UID, frozenset((UID, 27, DOCKER_GROUP)))
ADDRESS, ROUTER = "192.168.1.23", "192.168.1.1"
"""The laptop's own address in the network at home, and the way out of it."""
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {
    "SHELL": "/bin/bash",
    "HOME": HOME,
    "USER": USER,
    "LOGNAME": USER,
    "LANG": "en_US.UTF-8",
    "TERM": "xterm-256color",
    "PATH": SEARCH_PATH,
    "PWD": HOME,
}
NOT_INSTALLED = frozenset(
    "nginx httpd apache2 redis-server redis-cli postgres psql mysqld mysql mariadbd mariadb mongod mongosh memcached "
    "rabbitmq-server apk yum dnf microdnf busybox tini docker-init dumb-init su-exec gosu whoami-server "
    "registry".split()
)
"""Programs of containers that a laptop like this one has not."""

_DOCKER_SIZE = 43_000_000
_PROGRAM_SIZE = 120_000

_FILES: dict[str, bytes] = {
    "/etc/passwd": (
        "root:x:0:0:root:/root:/bin/bash\n"
        "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
        f"{USER}:x:{UID}:{UID}:{USER.capitalize()}:{HOME}:/bin/bash\n"
    ).encode(),
    "/etc/group": (
        f"root:x:0:\ndaemon:x:1:\nsudo:x:27:{USER}\ndocker:x:{DOCKER_GROUP}:{USER}\n{USER}:x:{UID}:\nnogroup:x:65534:\n"
    ).encode(),
    "/etc/hostname": b"laptop\n",
    "/etc/hosts": (
        b"127.0.0.1\tlocalhost\n127.0.1.1\tlaptop\n\n"
        b"# The following lines are desirable for IPv6 capable hosts\n::1     ip6-localhost ip6-loopback\n"
        b"fe00::0 ip6-localnet\nff00::0 ip6-mcastprefix\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"
    ),
    "/etc/resolv.conf": f"nameserver {ROUTER}\n".encode(),
    "/etc/os-release": (
        b'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\n'
        b'VERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n'
    ),
    "/etc/profile": b"[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc\n",
    "/etc/bash.bashrc": b"PS1='\\u@\\h:\\w\\$ '\n",
    "/etc/sudoers": b"%sudo ALL=(ALL:ALL) NOPASSWD: ALL\n",
}
_DIRECTORIES = (
    "/etc /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin /var /var/run /var/lib /var/lib/docker /var/log "
    "/home /root /proc /sys /dev /mnt /opt /srv /media"
).split()
_LINKS = {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/run": "var/run"}


class Programs(Mapping[str, Program]):
    """Every program of the machine's kernel: userland's own, and those that ``world`` hands down by name."""

    def __init__(self, handed_down: Mapping[str, str]) -> None:
        self._own = dict(handed_down)

    def __getitem__(self, name: str) -> Program:
        place = self._own.get(name)
        if place is None:
            return TABLE[name]
        module, _, function = place.partition(":")
        program: Program = getattr(import_module(module), function)
        return program

    def __iter__(self) -> Iterator[str]:
        return iter({*TABLE, *self._own})

    def __len__(self) -> int:
        return len({*TABLE, *self._own})


def file_tree(now: float) -> Tree:
    """The laptop's files when it is new."""
    entries: dict[str, Node | bytes | str] = {path: Node.directory(mtime=now) for path in _DIRECTORIES}
    entries |= {path: Node.symlink(target, mtime=now) for path, target in _LINKS.items()}
    entries |= {path: Node.file(data, mtime=now) for path, data in _FILES.items()}
    entries["/var/lib/docker"] = Node.directory(0o710, mtime=now)
    entries["/tmp"] = Node.directory(0o1777, mtime=now)
    entries[HOME] = Node.directory(0o750, UID, UID, mtime=now)
    for name in TABLE:
        if name not in NOT_INSTALLED:
            entries[f"/usr/bin/{name}"] = Node.file(executable(name), 0o755, mtime=now, nominal=_PROGRAM_SIZE)
    entries["/usr/bin/docker"] = Node.file(executable("docker"), 0o755, mtime=now, nominal=_DOCKER_SIZE)
    return Tree.of(entries)


def build(sim: Simulation, net: Net) -> Computer:
    """The laptop, switched on and online, with nothing running yet."""
    kernel = Kernel(sim, Programs({"docker": "dockersim.client.main:main"}))
    vfs = Vfs(
        Overlay(file_tree(sim.time()), plain=True, fstype="ext4"), clock=sim.time, rng=sim.rng, source="/dev/sda1"
    )
    vfs.mount("/dev", Overlay(device_nodes(sim.time()), fstype="devtmpfs"), source="udev")
    stack = Stack(net, "laptop")
    stack.online = True
    lan = Segment("lan", f"{ADDRESS.rpartition('.')[0]}.0/24", isolated=False)
    stack.plug("enp0s3", lan, ADDRESS, "08:00:27:4e:66:a1", ROUTER)
    Stack(net, "router").plug("lan", lan, ROUTER, "52:54:00:12:35:02")
    stack.resolvers += [_hosts_of(vfs), _name_server(net, stack)]
    kernel.completers["docker"] = _complete_docker
    laptop = Computer(kernel, "laptop", vfs, "laptop", stack, kernel.pids)
    laptop.capabilities = ALL_CAPABILITIES
    init = laptop.spawn(["/sbin/init"], main=_init)
    init.reaps = True
    mount_kernel_files(laptop)
    return laptop


def log_in(laptop: Computer, fds: dict[int, OpenFile], main: Program | None = None, tty: Any = None) -> Process:
    """A process of the laptop's user in a session of its own: a login shell, or ``main``."""
    init = laptop.init
    assert init is not None
    if main is None:
        process = init.spawn(["-bash"], path="/bin/bash", fds=fds, group="new")
    else:
        process = init.fork(main, fds, group="new")
        process.argv = ["-bash"]
    process.env = dict(ENVIRONMENT)
    process.cred = CRED
    process.cwd = HOME
    process.tty = tty
    return process


def _complete_docker(p: Process, words: list[str], word: str) -> list[str] | None:
    from dockersim.client.completion import candidates

    return candidates(p, words, word)


def _hosts_of(vfs: Vfs) -> Callable[[str], Answer | None]:
    def resolve(name: str) -> Answer | None:
        return hosts_entry(vfs.read_file("/etc/hosts").decode(errors="replace"), name)

    return resolve


def _name_server(net: Net, stack: Stack) -> Callable[[str], Answer | None]:
    def resolve(name: str) -> Answer | None:
        return net.dns(name) if stack.online else Answer("", "the name server cannot be reached: the laptop is offline")

    return resolve


def _init(p: Process) -> Generator[Any, Any, int]:
    """PID 1 of the laptop: waits for ever, and reaps what is left to it."""
    yield from p.block(p.sim.event())
    return 0
