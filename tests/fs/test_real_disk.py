"""The Vfs and the Overlay against a real directory: the same operations, the same answers, the same tree.

Half of the sequences run as root in a chroot, as several users and with all of Linux's path forms; without root the
others still run. Every `snapshot` in a sequence also checks the laws of trees, layers and archives.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockersim.fs import Cred, File, FsError, Layer, Node, Overlay, Stat, Tree, Vfs, apply, diff
from dockersim.fs.flags import O_ACCMODE, O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_TRUNC
from dockersim.fs.tar import pack, unpack

CREDS = {
    0: Cred(),
    1000: Cred(1000, 1000, frozenset({50})),
    1001: Cred(1001, 1001, frozenset({1000})),
}
LONG = "n" * 256


def paths(dots: bool) -> st.SearchStrategy[str]:
    common = ["a", "b", "c", "d"]
    names = st.sampled_from([*common * 6, "é", LONG[1:], LONG, *([".", ".."] if dots else [])])
    lead = st.sampled_from(["", "", "/"]) if dots else st.just("")
    middle = st.lists(names, min_size=1, max_size=4).map("/".join)
    return st.builds(lambda *parts: "".join(parts), lead, middle, st.sampled_from(["", "", "", "", "/", "//"]))


def operations(dots: bool, sticky: bool, links: bool) -> st.SearchStrategy[list[object]]:
    """One operation as [name, uid, args...]."""
    path = paths(dots)
    extra = st.sampled_from([0, 0, 0, 0o1000, 0o2000, 0o4000] if sticky else [0])
    usual = st.sampled_from([0o777, 0o755, 0o700, 0o644, 0o666, 0o600, 0o444, 0o070, 0o007, 0o311, 0])
    mode = st.builds(lambda a, b: a | b, usual, extra)
    flag = st.sampled_from([0, 0, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY])
    flags = st.builds(lambda a, b, c: a | b | c, st.sampled_from([0, 1, 2]), flag, st.sampled_from([0, O_CREAT]))
    flags = flags.filter(lambda f: f & (O_CREAT | O_DIRECTORY) != O_CREAT | O_DIRECTORY)  # kernels differ
    flags = flags.filter(lambda f: f & O_ACCMODE or not f & O_TRUNC)  # unspecified by POSIX
    data = st.sampled_from(["x", "hello", "", "0123456789"])
    slot, who = st.integers(0, 2), st.sampled_from([0, 0, 1000, 1001] if dots else [0])
    owner = st.sampled_from([-1, 0, 1000, 1001, 50])
    target = st.one_of(path, st.sampled_from(["a", "b/c", "..", "/a"] if dots else ["a", "b/c"]))
    offset, size = st.integers(-3, 12), st.integers(-1, 12)
    time = st.sampled_from([None, 1_700_000_000_123_456_789])
    table: dict[str, tuple[st.SearchStrategy[object], ...]] = {
        "stat": (path,),
        "lstat": (path,),
        "readlink": (path,),
        "listdir": (path,),
        "access": (path, st.integers(0, 7)),
        "mkdir": (path, mode),
        "rmdir": (path,),
        "unlink": (path,),
        "rename": (path, path),
        "symlink": (target, path),
        "mkfifo": (path, mode),
        "chmod": (path, mode),
        "truncate": (path, size),
        "utimens": (path, time, st.booleans()),
        "chdir": (path,),
        "write": (path, flags, mode, data),
        "read": (path,),
        "hold": (slot, path, flags, mode),
        "drop": (slot,),
        "held_write": (slot, data),
        "held_read": (slot, st.integers(0, 12)),
        "held_seek": (slot, offset, st.integers(0, 2)),
        "held_truncate": (slot, size),
        "held_stat": (slot,),
        "snapshot": (),
    }
    if dots:
        table |= {"chown": (path, owner, owner), "lchown": (path, owner, owner)}
    if links:
        table["link"] = (path, path)
    often = ["mkdir", "write", "rename", "symlink", "mkdir", "write", "unlink", "rmdir"]
    return st.sampled_from([*table, *often, *(["link"] if links else [])]).flatmap(
        lambda name: st.builds(lambda *args: list(args), st.just(name), who, *table[name])
    )


class Simulated:
    """The operations of `real_disk.Disk`, by the same names, on an Overlay."""

    def __init__(self, root: Tree, creds: dict[int, Cred]) -> None:
        self.creds = creds
        self.time = 1_600_000_000.0
        self.files: dict[int, File] = {}
        self.cwd = "/"
        self._over(root)

    def _over(self, lower: Tree) -> None:
        self.overlay = Overlay(lower, plain=True)
        self.vfs = Vfs(self.overlay, clock=self._tick)
        self.vfs.devices["fifo"] = _no_fifo

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
        whole = Layer.of_tree(tree)
        assert pack(tree) == pack(whole)
        assert apply(Tree.EMPTY, unpack(pack(tree))) == tree
        assert Tree.of(tree.nodes) == tree
        assert overlay.size() == sum(
            {id(i): i.size for i in overlay._upper.values() if i and i.kind != "directory"}.values()
        )
        self._over(tree)

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


def compare(disk: Disk, operations: list[list[object]], chroot: bool) -> None:
    operations = [*operations, ["snapshot", 0], ["tree", 0, "/" if chroot else "."]]
    real = disk.run(operations, chroot)
    creds = CREDS if chroot else {0: Cred(os.getuid(), os.getgid())}
    root = Node.directory(0o755, creds[0].uid, creds[0].gid)
    simulated = Simulated(Tree.of({"/": root}), creds)
    for operation, expected in zip(operations, real, strict=True):
        name, uid, *args = operation
        got = simulated.do(str(name), int(str(uid)), *args)
        assert json.loads(json.dumps(got)) == expected, operation


def kernel(name: str) -> str:
    path = Path("/proc/sys/fs") / name
    return path.read_text().strip() if path.exists() else "?"


ORDINARY = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)
AS_USERS = st.lists(
    operations(
        dots=True,
        sticky=(kernel("protected_symlinks"), kernel("protected_regular")) == ("0", "0"),
        links=kernel("protected_hardlinks") == "1",
    ),
    max_size=40,
)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for chroot and for changing the user")
def test_as_users_in_a_root_of_its_own(disk: Disk, pytestconfig: pytest.Config) -> None:
    examples = 60_000 if pytestconfig.getoption("--campaign", default=False) else 400

    @settings(ORDINARY, max_examples=examples)
    @given(AS_USERS)
    def law(sequence: list[list[object]]) -> None:
        compare(disk, sequence, chroot=True)

    law()


@settings(ORDINARY, max_examples=100)
@given(st.lists(operations(dots=False, sticky=False, links=True), max_size=30))
def test_relative_paths(disk: Disk, sequence: list[list[object]]) -> None:
    compare(disk, sequence, chroot=False)
