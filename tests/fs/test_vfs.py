"""What the disk that sequences run on cannot show: mounts, read-only and computed file systems, devices, space."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.fs import Cred, File, FsError, Node, Overlay, Stat, SyntheticFs, Tree, Vfs, device_nodes

IMAGE = Tree.of(
    {
        "/etc/passwd": b"root:x:0:0\n",
        "/etc/hosts": b"",
        "/bin/sh": Node.file(b"#!", 0o755, nominal=1_000_000),
        "/sbin": Node.symlink("bin"),
        "/dev": Node.directory(),
        "/proc": Node.directory(),
        "/data": Node.directory(),
        "/home/ann": Node.directory(0o700, 1000, 1000),
    }
)
ANN = Cred(1000, 1000)


@pytest.fixture
def vfs() -> Vfs:
    return Vfs(Overlay(IMAGE), clock=lambda: 1_700_000_000.25)


def code(act: Callable[[], object]) -> str:
    """The errno's name of what fails."""
    with pytest.raises(FsError) as caught:
        act()
    return caught.value.code


def test_errors_have_the_numbers_and_words_of_linux(vfs: Vfs) -> None:
    with pytest.raises(FsError) as caught:
        vfs.stat("nosuch/x", cwd="/etc")
    error = caught.value
    assert (error.code, error.number, error.strerror) == ("ENOENT", 2, "No such file or directory")
    assert str(error) == "nosuch/x: No such file or directory"


def test_nothing_is_copied_until_something_is_written() -> None:
    overlay = Overlay(IMAGE)
    vfs = Vfs(overlay)
    assert vfs.read_file("/sbin/../etc/passwd") == b"root:x:0:0\n"
    assert overlay.tree() is IMAGE
    assert len(overlay.layer()) == 0
    assert overlay.size() == 0
    vfs.write_file("/etc/passwd", "x", append=True)
    assert [f"{k} {p}" for k, p in overlay.changes()] == ["C /etc", "C /etc/passwd"]
    assert overlay.size() == 12
    assert IMAGE.nodes["/etc/passwd"].data == b"root:x:0:0\n"


def test_a_change_undone_is_no_change(vfs: Vfs) -> None:
    overlay = Overlay(IMAGE)
    vfs = Vfs(overlay)
    vfs.chmod("/etc/passwd", 0o600)
    vfs.chmod("/etc/passwd", 0o644)
    assert len(overlay.layer()) == 0
    assert overlay.changes() == []


def test_links_counted_as_overlayfs_does() -> None:
    vfs = Vfs(Overlay(IMAGE))
    assert vfs.stat("/etc").nlink == 2
    vfs.mkdir("/etc/new")
    assert vfs.stat("/etc").nlink == 1  # merged
    assert vfs.stat("/etc/new").nlink == 2
    plain = Vfs(Overlay(IMAGE, plain=True))
    plain.mkdir("/etc/new")
    assert plain.stat("/etc").nlink == 3


def test_bind_mounts_of_a_directory_and_of_a_file(vfs: Vfs) -> None:
    laptop = Overlay(Tree.of({"/home/me/app/main.py": b"print()", "/home/me/hosts": b"127.0.0.1 me"}))
    vfs.mount("/data", laptop, "/home/me/app")
    vfs.mount("/etc/hosts", laptop, "/home/me/hosts", read_only=True)
    assert vfs.read_file("/data/main.py") == b"print()"
    assert vfs.read_file("/etc/hosts") == b"127.0.0.1 me"
    vfs.write_file("/data/out", "1")
    assert Vfs(laptop).read_file("/home/me/app/out") == b"1"
    assert code(lambda: vfs.write_file("/etc/hosts", "x")) == "EROFS"
    assert code(lambda: vfs.unlink("/etc/hosts")) == "EBUSY"
    assert code(lambda: vfs.rmdir("/data")) == "EBUSY"
    assert code(lambda: vfs.rename("/data/out", "/out")) == "EXDEV"
    assert code(lambda: vfs.link("/data/out", "/out")) == "EXDEV"
    assert vfs.realpath("/data/..") == "/"
    assert vfs.stat("/data").dev != vfs.stat("/").dev
    assert code(lambda: vfs.mount("/data", laptop, "/home/me/hosts")) == "ENOTDIR"
    assert code(lambda: vfs.mount("/nosuch", laptop)) == "ENOENT"


def test_a_mounted_file_stays_the_file_it_was(vfs: Vfs) -> None:
    disk = Overlay(Tree.of({"/conf": b"one"}))
    laptop = Vfs(disk)
    vfs.mount("/etc/hosts", disk, "/conf")
    laptop.write_file("/conf", "two")
    assert vfs.read_file("/etc/hosts") == b"two"
    laptop.write_file("/conf.new", "three")
    laptop.rename("/conf.new", "/conf")  # as editors save
    assert vfs.read_file("/etc/hosts") == b"two"
    vfs.write_file("/etc/hosts", "four")
    assert laptop.read_file("/conf") == b"three"
    assert vfs.stat("/etc/hosts").nlink == 0


def test_writing_through_a_mounted_file_copies_it_up(vfs: Vfs) -> None:
    disk = Overlay(Tree.of({"/conf": b"one"}))
    vfs.mount("/etc/hosts", disk, "/conf")
    vfs.write_file("/etc/hosts", "two", append=True)
    assert Vfs(disk).read_file("/conf") == b"onetwo"
    assert disk.changes() == [("C", "/conf")]
    vfs.chmod("/etc/hosts", 0o600)
    assert Vfs(disk).stat("/conf").mode == 0o600
    Vfs(disk).rename("/conf", "/moved")
    vfs.truncate("/etc/hosts", 3)
    assert Vfs(disk).read_file("/moved") == b"one"
    assert code(lambda: vfs.stat("/etc/hosts/x")) == "ENOTDIR"


def test_mounts_stack_and_hide_what_is_below(vfs: Vfs) -> None:
    one, two = Overlay(Tree.of({"/sub/1": b""})), Overlay(Tree.of({"/2": b""}))
    vfs.mount("/data", one)
    vfs.mount("/data/sub", two)
    assert code(lambda: vfs.umount("/data")) == "EBUSY"
    vfs.mount("/data", two)
    assert vfs.listdir("/data") == ["2"]
    assert [mount.path for mount in vfs.mounts()] == ["/", "/data"]
    vfs.umount("/data")
    assert vfs.listdir("/data/sub") == ["2"]
    vfs.umount("/data/sub")
    vfs.umount("/data")
    assert vfs.listdir("/data") == []
    assert code(lambda: vfs.umount("/data")) == "EINVAL"


def test_a_read_only_root() -> None:
    vfs = Vfs(Overlay(IMAGE), read_only=True)
    for act in (
        lambda: vfs.write_file("/etc/passwd", "x"),
        lambda: vfs.write_file("/new", "x"),
        lambda: vfs.mkdir("/new"),
        lambda: vfs.unlink("/etc/passwd"),
        lambda: vfs.rename("/etc/passwd", "/x"),
        lambda: vfs.symlink("x", "/y"),
        lambda: vfs.link("/etc/passwd", "/y"),
        lambda: vfs.chmod("/etc/passwd", 0),
        lambda: vfs.chown("/etc/passwd", 0, 0),
        lambda: vfs.utimens("/etc/passwd"),
        lambda: vfs.truncate("/etc/passwd", 0),
        lambda: vfs.access("/etc/passwd", 2),
    ):
        assert code(act) == "EROFS"
    assert code(lambda: vfs.mkdir("/etc")) == "EEXIST"
    vfs.mount("/data", Overlay(fstype="tmpfs"))
    vfs.write_file("/data/x", "writable")


def test_a_tmpfs_is_full_at_its_size() -> None:
    tmpfs = Overlay(capacity=8192, root=Node.directory(0o1777), fstype="tmpfs")
    vfs = Vfs(tmpfs)
    with vfs.open("/f", "w") as file:
        file.write(b"x" * 8192)
        assert code(lambda: file.write(b"y")) == "ENOSPC"
    assert vfs.statfs("/").blocks_free == 0
    assert code(lambda: vfs.write_file("/g", "y")) == "ENOSPC"
    vfs.unlink("/f")
    vfs.write_file("/g", b"y" * 8000)
    vfs.truncate("/g", 10)
    vfs.write_file("/h", b"z" * 8000)
    assert vfs.stat("/").mode == 0o1777


def test_declared_sizes_read_as_zeros_and_cost_nothing(vfs: Vfs) -> None:
    assert vfs.stat("/bin/sh").size == 1_000_000
    data = vfs.read_file("/bin/sh")
    assert (len(data), data[:4]) == (1_000_000, b"#!\0\0")
    vfs.truncate("/etc/passwd", 10**12)
    assert vfs.stat("/etc/passwd").size == 10**12
    with vfs.open("/etc/passwd", "r+") as file:
        file.seek(10**12 - 2)
        assert file.read(10) == b"\0\0"
        assert code(lambda: file.write(b"x")) == "EFBIG"
        file.seek(0)
        assert code(lambda: file.read()) == "ENOMEM"
    vfs.write_file("/bin/sh", "new")
    assert vfs.stat("/bin/sh").size == 3


def test_an_open_file_outlives_its_name(vfs: Vfs) -> None:
    held = vfs.open("/etc/passwd", "r")
    vfs.unlink("/etc/passwd")
    vfs.write_file("/etc/passwd", "another")
    assert held.read() == b"root:x:0:0\n"
    assert held.stat().nlink == 0
    held.close()
    assert code(held.read) == "EBADF"


def test_a_reader_sees_what_a_writer_adds(vfs: Vfs) -> None:
    reader = vfs.open("/etc/passwd", "r")
    reader.read()
    vfs.write_file("/etc/passwd", "ann\n", append=True)
    assert reader.read() == b"ann\n"


def test_users_are_kept_out(vfs: Vfs) -> None:
    bob = Cred(1001, 1001)
    assert code(lambda: vfs.listdir("/home/ann", cred=bob)) == "EACCES"
    assert code(lambda: vfs.stat("/home/ann/x", cred=bob)) == "EACCES"
    assert code(lambda: vfs.write_file("/etc/passwd", "", cred=ANN)) == "EACCES"
    assert code(lambda: vfs.chown("/home/ann", 1001, -1, cred=ANN)) == "EPERM"
    assert code(lambda: vfs.mknod("/home/ann/n", "char", rdev=(1, 3), cred=ANN)) == "EPERM"
    vfs.write_file("/home/ann/f", "mine", cred=ANN)
    stat = vfs.stat("/home/ann/f")
    assert (stat.uid, stat.gid, stat.mode) == (1000, 1000, 0o644)
    assert stat.mtime == 1_700_000_000.25


def test_a_directory_may_go_while_it_is_open_or_one_is_in_it(vfs: Vfs) -> None:
    with vfs.open("/data") as held:
        assert held.stat().is_dir
        assert code(held.read) == "EISDIR"
        vfs.rmdir("/data")
        assert code(held.stat) == "ENOENT"
    for act in (
        lambda: vfs.listdir(".", cwd="/data"),
        lambda: vfs.write_file("x", "", cwd="/data"),
    ):
        assert code(act) == "ENOENT"
    assert vfs.realpath("..", cwd="/data") == "/"
    assert vfs.realpath("../etc", cwd="/data") == "/etc"


def test_devices(vfs: Vfs) -> None:
    vfs.mount("/dev", Overlay(device_nodes()))
    with vfs.open("/dev/null", "r+") as null:
        assert null.write(b"gone") == 4
        assert null.read() == b""
    with vfs.open("/dev/zero", "r") as zero:
        assert zero.read(3) == b"\0\0\0"
    with vfs.open("/dev/full", "w") as full:
        assert code(lambda: full.write(b"x")) == "ENOSPC"
    with vfs.open("/dev/urandom") as noise, Vfs(Overlay(device_nodes())).open("/urandom") as other:
        assert noise.read(8) == other.read(8)
    assert code(lambda: vfs.open("/dev/tty")) == "ENXIO"
    vfs.devices[5, 0] = Bell
    with vfs.open("/dev/tty") as tty:
        assert tty.read() == b"\a"
    assert vfs.lstat("/dev/stdout").kind == "symlink"


class Bell(File):
    def __init__(self, path: str, flags: int, stat: Stat) -> None:
        super().__init__(path, flags, lambda: stat)

    def read(self, n: int = -1) -> bytes:
        return b"\a"


def test_a_computed_file_system(vfs: Vfs) -> None:
    stored: dict[str, bytes] = {}
    calls: list[bytes] = []

    def content(path: str) -> Node | list[str] | None:
        table: dict[str, Node | list[str]] = {
            "/": ["1", "self", "sysctl", "uptime"],
            "/1": ["cmdline"],
            "/1/cmdline": Node.file(b"sh\0", 0o444),
            "/self": Node.symlink("1"),
            "/uptime": Node.file(b"12.00 24.00\n", 0o444),
            "/sysctl": Node.file(stored.get("/sysctl", b"0\n"), 0o644, nominal=4096),
        }
        return table.get(path)

    def store(path: str, data: bytes) -> None:
        calls.append(data)
        stored[path] = data

    vfs.mount("/proc", SyntheticFs(content, store=store), source="proc")
    assert vfs.read_file("/proc/self/cmdline") == b"sh\0"
    assert vfs.listdir("/proc") == ["1", "self", "sysctl", "uptime"]
    assert vfs.stat("/proc/uptime").size == 0
    assert vfs.stat("/proc/sysctl").size == 4096
    assert vfs.stat("/proc/1").nlink == 2
    vfs.write_file("/proc/sysctl", "1\n")
    assert calls == [b"1\n"]
    assert vfs.read_file("/proc/sysctl") == b"1\n"
    assert code(lambda: vfs.write_file("/proc/uptime", "x", cred=ANN)) == "EACCES"
    assert code(lambda: vfs.mkdir("/proc/x")) == "ENOENT"
    assert code(lambda: vfs.unlink("/proc/uptime")) == "EPERM"
    assert code(lambda: vfs.chmod("/proc/uptime", 0)) == "EPERM"


def test_forty_links_and_no_more() -> None:
    chain: dict[str, Node | bytes | str] = {f"/l{n}": Node.symlink(f"l{n + 1}") for n in range(41)}
    vfs = Vfs(Overlay(Tree.of(chain | {"/l41": b"end"})))
    assert vfs.read_file("/l1") == b"end"
    assert code(lambda: vfs.read_file("/l0")) == "ELOOP"
    loop = Vfs(Overlay(Tree.of({"/a": Node.symlink("b"), "/b": Node.symlink("a")})))
    assert code(lambda: loop.stat("/a/x")) == "ELOOP"


def test_makedirs_and_walk(vfs: Vfs) -> None:
    vfs.makedirs("/a/b/c", 0o755)
    vfs.makedirs("a/b", cwd="/")
    vfs.write_file("/a/b/f", "")
    assert [path for path, _ in vfs.walk("/a")] == ["/a", "/a/b", "/a/b/c", "/a/b/f"]
    assert code(lambda: vfs.makedirs("/a/b/f/g")) == "EEXIST"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=9), st.integers(0, 30)), max_size=20))
def test_writing_is_like_writing_to_a_bytearray(steps: list[bytes | int]) -> None:
    """Bytes are written in place, a number is a seek."""
    vfs, model, place = Vfs(Overlay(IMAGE)), bytearray(b"root:x:0:0\n"), 0
    with vfs.open("/etc/passwd", "r+") as file:
        for step in steps:
            if isinstance(step, int):
                place = file.seek(step)
            elif step:
                file.write(step)
                model.extend(bytes(max(0, place - len(model))))
                model[place : place + len(step)] = step
                place += len(step)
        assert file.tell() == place
    assert vfs.read_file("/etc/passwd") == bytes(model)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["/", "/etc", "/nosuch"]), st.sampled_from([Cred(), ANN]))
def test_any_path_names_something_or_is_refused(path: str, cwd: str, cred: Cred) -> None:
    vfs = Vfs(Overlay(IMAGE))
    try:
        where = vfs.realpath(path, cwd=cwd, cred=cred)
    except FsError as error:
        assert error.number > 0  # noqa: PT017
    else:
        assert vfs.realpath(where) == where


def test_the_root_is_that_of_the_layer_above_once_one_was_made() -> None:
    layer = Overlay(Tree.of({"/etc": Node.directory(mtime=5.0)}))
    layer.made_ns = 7 * 10**9
    root = layer.stat("/", 1)
    assert (root.mtime_ns, root.nlink) == (7 * 10**9, 1)
    assert layer.stat("/etc", 1).mtime_ns == 5 * 10**9
