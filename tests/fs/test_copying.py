"""Archives of, and into, a file system that runs."""

import pytest

from dockersim.fs import Cred, FsError, Node, Overlay, TarError, Tree, Vfs
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.copying import extract, members_of, remove_all

FILE = Node.file(b"hello", 0o4751, 1000, 50, mtime=1_700_000_000.5)
TREE = Tree.of(
    {
        "/w": Node.directory(0o1770, 1000, 1000, mtime=1_600_000_000),
        "/w/f": FILE.replace(link="/w/f"),
        "/w/g": FILE.replace(link="/w/f"),
        "/w/big": Node.file(b"#!", nominal=5_000_000),
        "/w/l": Node.symlink("f", mtime=7),
        "/w/gone": Node.symlink("nosuch", mtime=8),
        "/w/p": Node("fifo", 0o600, mtime_ns=9 * 10**9),
        "/w/null": Node.device("char", 1, 3),
        "/w/sub/deep": b"",
    }
)


def test_out_and_in_again_is_the_same_tree() -> None:
    data = write_members(members_of(Vfs(Overlay(TREE)), "/w", "w"))
    assert len(data) < 20_000  # what is only declared does not travel
    copy = Overlay()
    extract(Vfs(copy), "/", read_members(data))
    assert copy.tree() == TREE


def test_names_are_those_that_docker_cp_gives() -> None:
    vfs = Vfs(Overlay(TREE))
    assert [one.name for one in members_of(vfs, "/w/sub", "sub")] == ["sub", "sub/deep"]
    assert [one.name for one in members_of(vfs, "/w/sub/", ".")] == [".", "./deep"]
    assert [one.name for one in members_of(vfs, "f", "f", cwd="/w")] == ["f"]


def test_what_is_in_the_way() -> None:
    vfs = Vfs(Overlay(TREE))
    with pytest.raises(FsError) as caught:
        extract(vfs, "/w", [Member("sub")], keep_kinds=True)
    assert caught.value.code == "EISDIR"
    with pytest.raises(FsError) as caught:
        extract(vfs, "/w", [Member("f", "directory")], keep_kinds=True)
    assert caught.value.code == "ENOTDIR"
    made = extract(vfs, "/w", [Member("sub", data=b"file now"), Member("f", "directory", 0o755)])
    assert made == ["/w/sub", "/w/f"]
    assert vfs.read_file("/w/sub") == b"file now"
    assert vfs.is_dir("/w/f")
    assert vfs.read_file("/w/g") == b"hello"
    extract(vfs, "/w", [Member("l", data=b"no link any more")])
    assert vfs.lstat("/w/l").kind == "file"


def test_nothing_leads_out() -> None:
    vfs = Vfs(Overlay(TREE))
    for name in ("../x", "a/../../x"):
        with pytest.raises(TarError, match="leads out"):
            extract(vfs, "/w", [Member(name)])
    with pytest.raises(TarError, match="leads out"):
        extract(vfs, "/w", [Member("h", "link", linkname="../../etc/shadow")])


def test_owners_are_kept_set_or_left() -> None:
    vfs = Vfs(Overlay(TREE))
    extract(vfs, "/w", [Member("kept", uid=7, gid=8)])
    extract(vfs, "/w", [Member("set", uid=7, gid=8)], owner=(1, 2))
    extract(vfs, "/w/", [Member("mine", uid=7, gid=8)], cred=Cred(1000, 1000))
    stats = [vfs.stat(f"/w/{name}") for name in ("kept", "set", "mine")]
    assert [(stat.uid, stat.gid) for stat in stats] == [(7, 8), (1, 2), (1000, 1000)]


def test_remove_all() -> None:
    overlay = Overlay(TREE)
    remove_all(Vfs(overlay), "/w")
    assert len(overlay.tree()) == 1
    assert overlay.changes() == [("D", "/w")]
