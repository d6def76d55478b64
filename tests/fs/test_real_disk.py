"""The Vfs and the Overlay against a real directory: the same operations, the same answers, the same tree.

Most of the sequences run as root in a chroot, as several users and with all of Linux's path forms; without root the
others still run. Every `snapshot` in a sequence also checks the laws of trees, layers and archives.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from dockersim.fs import Cred, File, FsError, Layer, Node, Overlay, Stat, Tree, Vfs, apply, diff
from dockersim.fs.flags import O_ACCMODE, O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_TRUNC
from dockersim.fs.tar import pack, unpack

CREDS = {
    0: Cred(),
    1000: Cred(1000, 1000, frozenset({50})),
    1001: Cred(1001, 1001, frozenset({1000})),
}
LONG = "n" * 256


MODES = [0o777, 0o777, 0o755, 0o700, 0o644, 0o666, 0o600, 0o444, 0o070, 0o007, 0o311, 0]
OWNERS = [-1, 0, 1000, 1001, 50]


class Generator:
    """Makes operations that mostly meet something: paths are mutations of what is there."""

    def __init__(self, rng: random.Random, users: bool) -> None:
        self.rng = rng
        self.users = users
        self.sticky = users and kernel("protected_symlinks") == kernel("protected_regular") == "0"
        links = kernel("protected_hardlinks") == "1" or not users
        self.makers: dict[str, Callable[[], list[object]]] = {
            "stat": lambda: [self.path()],
            "lstat": lambda: [self.path()],
            "readlink": lambda: [self.path()],
            "listdir": lambda: [self.path()],
            "access": lambda: [self.path(), rng.randrange(8)],
            "mkdir": lambda: [self.path(), self.mode()],
            "rmdir": lambda: [self.path()],
            "unlink": lambda: [self.path()],
            "rename": lambda: [self.path(), self.path()],
            "symlink": lambda: [self.path(), self.path()],
            "mkfifo": lambda: [self.path(), self.mode()],
            "chmod": lambda: [self.path(), self.mode()],
            "truncate": lambda: [self.path(), rng.randint(-1, 12)],
            "utimens": lambda: [self.path(), rng.choice([None, 1_700_000_000_123_456_789]), self.coin()],
            "chdir": lambda: [self.path()],
            "write": lambda: [self.path(), self.flags(), self.mode(), self.data()],
            "read": lambda: [self.path()],
            "hold": lambda: [rng.randrange(3), self.path(), self.flags(), self.mode()],
            "drop": lambda: [rng.randrange(3)],
            "held_write": lambda: [rng.randrange(3), self.data()],
            "held_read": lambda: [rng.randrange(3), rng.randrange(12)],
            "held_seek": lambda: [rng.randrange(3), rng.randint(-3, 12), rng.randrange(3)],
            "held_truncate": lambda: [rng.randrange(3), rng.randint(-1, 12)],
            "held_stat": lambda: [rng.randrange(3)],
            "snapshot": list,
        }
        if users:
            self.makers["chown"] = lambda: [self.path(), rng.choice(OWNERS), rng.choice(OWNERS)]
            self.makers["lchown"] = lambda: [self.path(), rng.choice(OWNERS), rng.choice(OWNERS)]
        if links:
            self.makers["link"] = lambda: [self.path(), self.path()]
        often = ["mkdir", "write", "rename", "symlink", "hold", "unlink", "rmdir", "rename", "mkdir", "write"]
        self.names = [*self.makers, *often, *(["link", "link"] if links else [])]
        self.there = ["/"]

    def operation(self, there: list[str]) -> list[object]:
        self.there = there
        name = self.rng.choice(self.names)
        return [name, self.rng.choice([0, 0, 0, 1000, 1001]) if self.users else 0, *self.makers[name]()]

    def coin(self) -> bool:
        return self.rng.random() < 0.5

    def data(self) -> str:
        return self.rng.choice(["x", "hello", "", "0123456789"])

    def mode(self) -> int:
        extra = self.rng.choice([0, 0, 0, 0, 0o1000, 0o2000, 0o4000]) if self.sticky else 0
        kept = 0 if self.users else 0o700  # else one who is not root could not clean up
        return self.rng.choice(MODES) | extra | kept

    def flags(self) -> int:
        bits = self.rng.choice([0, 1, 2]) | self.rng.choice([0, O_CREAT])
        bits |= self.rng.choice([0, 0, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY])
        if bits & O_CREAT and bits & (O_DIRECTORY | O_NOFOLLOW):  # kernels differ, or have odd rules for /tmp
            return O_CREAT
        return bits if bits & O_ACCMODE or not bits & O_TRUNC else 1 | bits  # unspecified by POSIX

    def path(self) -> str:
        rng = self.rng
        path = rng.choice(self.there) if rng.random() < 0.7 else "/" + self.name()
        if rng.random() < 0.25:
            path = path.rstrip("/") + "/" + self.name()
        if not self.users:
            return path.lstrip("/") or "."
        path = path if self.coin() else path.lstrip("/") or "."
        if rng.random() < 0.15:
            path += rng.choice(["/", "//", "/.", "/..", "/../" + self.name(), "/./" + self.name()])
        return "" if rng.random() < 0.005 else path.replace("/", "//", rng.random() < 0.05)

    def name(self) -> str:
        odd = ["é", LONG, LONG[1:], *([".", ".."] if self.users else [])]
        return self.rng.choice(odd) if self.rng.random() < 0.05 else self.rng.choice("abcde")


def kernel(name: str) -> str:
    path = Path("/proc/sys/fs") / name
    return path.read_text().strip() if path.exists() else "?"


class Simulated:
    """The operations of `real_disk.Disk`, by the same names, on an Overlay."""

    def __init__(self, root: Tree, creds: dict[int, Cred]) -> None:
        self.answers: list[list[object]] = []
        self.creds = creds
        self.time = 1_600_000_000.0
        self.files: dict[int, File] = {}
        self.cwd = "/"
        self._over(root)

    def _over(self, lower: Tree) -> None:
        self.heard: dict[str, str] = {}
        self.overlay = Overlay(lower, plain=True, on_change=self._hear)
        self.vfs = Vfs(self.overlay, clock=self._tick)
        self.vfs.devices["fifo"] = _no_fifo

    def _hear(self, kind: str, path: str) -> None:
        if kind == "D" and path not in self.overlay.lower:
            del self.heard[path]
        else:
            self.heard[path] = kind

    def _tick(self) -> float:
        self.time += 1
        return self.time

    def do(self, name: str, uid: int, *args: object) -> list[object]:
        try:
            return ["ok", getattr(self, name)(self.creds[uid], *args)]
        except FsError as error:
            return ["err", error.number]

    def _status(self, stat: Stat) -> list[object]:
        size = 0 if stat.is_dir else stat.size
        return [stat.kind, stat.mode, stat.uid, stat.gid, size, stat.nlink]

    def stat(self, cred: Cred, path: str) -> object:
        return self._status(self.vfs.stat(path, cwd=self.cwd, cred=cred))

    def lstat(self, cred: Cred, path: str) -> object:
        return self._status(self.vfs.lstat(path, cwd=self.cwd, cred=cred))

    def access(self, cred: Cred, path: str, mode: int) -> bool:
        try:
            self.vfs.access(path, mode, cwd=self.cwd, cred=cred)
        except FsError:
            return False
        return True

    def utimens(self, cred: Cred, path: str, time: int | None, follow: bool) -> object:
        self.vfs.utimens(path, time, time, cwd=self.cwd, cred=cred, follow=follow)
        stat = self.vfs.stat if follow else self.vfs.lstat
        return None if time is None else stat(path, cwd=self.cwd, cred=cred).mtime_ns

    def chdir(self, cred: Cred, path: str) -> None:
        where = self.vfs.realpath(path, cwd=self.cwd, cred=cred)
        if not self.vfs.is_dir(where):
            raise FsError("ENOTDIR", path)
        self.vfs.access(where, 1, cred=cred) if where == "/" else self.vfs.access(path, 1, cwd=self.cwd, cred=cred)
        self.cwd = where

    def rmdir(self, cred: Cred, path: str) -> None:
        self.vfs.rmdir(path, cwd=self.cwd, cred=cred)
        self.cwd = "/"

    def rename(self, cred: Cred, old: str, new: str) -> None:
        self.vfs.rename(old, new, cwd=self.cwd, cred=cred)
        self.cwd = "/"

    def write(self, cred: Cred, path: str, flags: int, mode: int, data: str) -> int:
        with self.vfs.open(path, flags, mode, cwd=self.cwd, cred=cred) as file:
            return file.write(data.encode())

    def read(self, cred: Cred, path: str) -> str:
        return self.vfs.read_file(path, cwd=self.cwd, cred=cred).decode()

    def hold(self, cred: Cred, slot: int, path: str, flags: int, mode: int) -> None:
        self.drop(cred, slot)
        self.files[slot] = self.vfs.open(path, flags, mode, cwd=self.cwd, cred=cred)

    def drop(self, cred: Cred, slot: int) -> None:
        if slot in self.files:
            self.files.pop(slot).close()

    def held_write(self, cred: Cred, slot: int, data: str) -> int | None:
        return self.files[slot].write(data.encode()) if slot in self.files else None

    def held_read(self, cred: Cred, slot: int, count: int) -> str | None:
        return self.files[slot].read(count).decode() if slot in self.files else None

    def held_seek(self, cred: Cred, slot: int, offset: int, whence: int) -> int | None:
        if slot in self.files and self.files[slot].kind != "directory":
            return self.files[slot].seek(offset, whence)
        return None

    def held_truncate(self, cred: Cred, slot: int, size: int) -> None:
        if slot in self.files:
            self.files[slot].truncate(size)

    def held_stat(self, cred: Cred, slot: int) -> object:
        if slot not in self.files or self.files[slot].kind == "directory":
            return None
        return self._status(self.files[slot].stat())

    def snapshot(self, cred: Cred) -> None:
        """Everything so far becomes the lower tree; the laws of trees hold at that moment."""
        for slot in list(self.files):
            self.drop(cred, slot)
        lower, overlay = self.overlay.lower, self.overlay
        tree, layer = overlay.tree(), overlay.layer()
        assert apply(lower, layer) == tree
        assert diff(lower, tree) == layer
        assert unpack(pack(layer)) == layer
        listed = {path: kind for kind, path in overlay.changes()}
        assert {p for p, kind in self.heard.items() if kind == "A"} == tree.nodes.keys() - lower.nodes.keys()
        assert {p for p, kind in self.heard.items() if kind == "D"} == lower.nodes.keys() - tree.nodes.keys()
        assert listed.items() <= self.heard.items()
        whole = Layer.of_tree(tree)
        assert pack(tree) == pack(whole)
        assert apply(Tree.EMPTY, unpack(pack(tree))) == tree
        assert Tree.of(tree.nodes) == tree
        assert overlay.size() == sum(
            {id(i): i.size for i in overlay._upper.values() if i and i.kind != "directory"}.values()
        )
        self._over(tree)

    def settle(self, cred: Cred) -> None:
        for path, _ in self.vfs.walk("/"):
            self.vfs.utimens(path, 0, 0, follow=False)

    def touched(self, cred: Cred) -> list[str]:
        return sorted(path for path, stat in self.vfs.walk("/") if stat.mtime_ns)

    def tree(self, cred: Cred, top: str) -> dict[str, object]:
        found: dict[str, object] = {}
        first: dict[int, str] = {}
        for path, stat in self.vfs.walk(top, cwd=self.cwd):
            entry = self._status(stat)
            if stat.kind == "file":
                entry.append(self.vfs.read_file(path, cwd=self.cwd).decode())
                entry.append(first.setdefault(stat.ino, path))
            elif stat.kind == "symlink":
                entry.append(self.vfs.readlink(path, cwd=self.cwd))
            found[path] = entry
        return found

    def __getattr__(self, name: str) -> object:
        """The rest go straight to the Vfs."""
        method = getattr(self.vfs, name)
        return lambda cred, *args: method(*args, cwd=self.cwd, cred=cred)


def _no_fifo(path: str, flags: int, stat: Stat) -> File:
    raise FsError("ENXIO", path)


class Disk:
    """The other process, and how many sequences it was asked to run."""

    def __init__(self, top: Path) -> None:
        self.top = top
        script = Path(__file__).with_name("real_disk.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.count = 0

    def run(self, operations: list[list[object]], chroot: bool) -> list[list[object]]:
        root = self.top / str(self.count)
        self.count += 1
        root.mkdir(mode=0o755)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {"root": str(root), "chroot": chroot, "ops": operations}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer: list[list[object]] = json.loads(self.process.stdout.readline())
        shutil.rmtree(root)
        return answer

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    if not sys.platform.startswith("linux"):
        pytest.skip("compares with Linux")
    disk = Disk(tmp_path_factory.mktemp("disk"))
    yield disk
    disk.stop()


def simulate(operations: Iterable[list[object]], chroot: bool) -> Simulated:
    creds = CREDS if chroot else {0: Cred(os.getuid(), os.getgid())}
    root = Node.directory(0o755, creds[0].uid, creds[0].gid)
    simulated = Simulated(Tree.of({"/": root}), creds)
    for name, uid, *args in operations:
        simulated.answers.append(simulated.do(str(name), int(str(uid)), *args))
    return simulated


def differs(disk: Disk, operations: list[list[object]], chroot: bool) -> str:
    """The first operation with different answers, or nothing."""
    operations = [*operations, ["snapshot", 0], ["tree", 0, "/" if chroot else "."]]
    answers = json.loads(json.dumps(simulate(operations, chroot).answers))
    for operation, expected, got in zip(operations, disk.run(operations, chroot), answers, strict=True):
        if expected != got:
            return f"{operation}: Linux says {expected}, not {got}"
    return ""


def generate(rng: random.Random, users: bool, length: int) -> list[list[object]]:
    """A sequence, made while it runs on the simulated side, so that it can aim."""
    generator = Generator(rng, users)
    begin: list[list[object]] = [["chmod", 0, "." if not users else "/", 0o777]]
    simulated = simulate(begin, users)
    operations = begin
    for _ in range(length):
        nodes = simulated.overlay.tree().nodes
        files = [path for path, node in nodes.items() if node.kind != "directory"]
        chosen = [generator.operation([*nodes, *files, *files])]
        if users and rng.random() < 0.2:
            chosen = [["settle", 0], *chosen, ["touched", 0]]
        for name, uid, *args in chosen:
            simulated.do(str(name), int(str(uid)), *args)
        operations += chosen
    return operations


def check(disk: Disk, seed: int, users: bool, length: int) -> None:
    """Run one sequence on both; if they differ, leave out what is not needed and show the rest."""
    operations = generate(random.Random(seed), users, length)
    problem = differs(disk, operations, users)
    if not problem:
        return
    for place in reversed(range(len(operations))):
        fewer = operations[:place] + operations[place + 1 :]
        if again := differs(disk, fewer, users):
            operations, problem = fewer, again
    pytest.fail("\n".join([f"seed {seed}", *map(repr, operations), problem]))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for chroot and for changing the user")
def test_as_users_in_a_root_of_its_own(disk: Disk, pytestconfig: pytest.Config) -> None:
    for seed in range(20_000 if pytestconfig.getoption("--campaign", default=False) else 250):
        check(disk, seed, users=True, length=50)


def test_relative_paths(disk: Disk) -> None:
    for seed in range(50):
        check(disk, seed, users=False, length=50)
