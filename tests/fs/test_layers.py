"""Laws of trees, layers and archives, for generated trees."""

import contextlib
import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockersim.fs import WHITEOUT, Layer, Node, TarError, Tree, apply, changes, diff
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.tar import gunzip, gzip, pack, unpack

NAMES = st.sampled_from(["a", "b", "c", "a.b", "é", "-", " x", "l" * 120, ".wh", "\udcff"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda names: "/" + "/".join(names))
MODES = st.integers(0, 0o7777)
IDS = st.sampled_from([0, 1000, 0o7777777, 0o7777777 + 1, 2**31])
TIMES = st.sampled_from([0, 10**9, 1_700_000_000_123_456_789, -5, -1_500_000_000, 2**40 * 10**9])
LINKS = st.sampled_from(["x", "../y", "/abs", "é", "t" * 150])


def with_attributes(node: Node) -> st.SearchStrategy[Node]:
    return st.builds(
        lambda mode, uid, gid, time: node.replace(mode=mode, uid=uid, gid=gid, mtime_ns=time),
        MODES,
        IDS,
        IDS,
        TIMES,
    )


FILES = st.builds(
    lambda data, more: Node("file", data=data, nominal=len(data) + more if more else None),
    st.binary(max_size=600),
    st.sampled_from([0, 0, 1, 10**10]),
)
OTHERS = st.one_of(
    FILES,
    FILES,
    st.builds(Node.symlink, LINKS),
    st.just(Node("fifo")),
    st.builds(lambda kind, major, minor: Node(kind, rdev=(major, minor)), st.sampled_from(["char", "block"]),
              st.integers(0, 300), st.integers(0, 300)),
).flatmap(with_attributes)  # fmt: skip
DIRECTORIES = with_attributes(Node("directory"))


def made_tree(others: dict[str, Node], directories: dict[str, Node], links: list[tuple[str, str]]) -> Tree:
    """A tree of what fits: a path below a file is left out, a second name needs a first."""
    nodes = dict(directories)
    for path, node in others.items():
        if not any(below == path or below.startswith(path + "/") for below in nodes):
            parts = path.split("/")
            above = ["/".join(parts[:n]) for n in range(2, len(parts))]
            if all(up not in nodes or nodes[up].kind == "directory" for up in above):
                nodes[path] = node
    files = sorted(path for path, node in nodes.items() if node.kind == "file")
    for name, _ in links:
        if files and name not in nodes and "/" not in name[1:]:
            first = files[len(name) % len(files)]
            nodes[first] = nodes[first].replace(link=nodes[first].link or first)
            clash = [below for below in nodes if below.startswith(name + "/")]
            if not clash:
                nodes[name] = nodes[first]
    return Tree.of(nodes)


TREES = st.builds(
    made_tree,
    st.dictionaries(PATHS, OTHERS, max_size=8),
    st.dictionaries(PATHS, DIRECTORIES, max_size=4),
    st.lists(st.tuples(PATHS, PATHS), max_size=4),
)


LINKED = Node.file(b"x").replace(link="/a/a")


@settings(max_examples=50, deadline=None)
@given(TREES, TREES)
@example(Tree.EMPTY, Tree.of({"/a/a": LINKED, "/a.b": LINKED}))  # "/a.b" < "/a/a", but comes after it
def test_applying_the_difference_gives_the_child(parent: Tree, child: Tree) -> None:
    layer = diff(parent, child)
    assert apply(parent, layer) == child
    assert unpack(pack(layer)) == layer
    assert (layer == Layer.EMPTY) == (parent == child)


@settings(max_examples=50, deadline=None)
@given(TREES, TREES)
def test_the_index_of_a_derived_tree_is_that_of_a_fresh_one(parent: Tree, child: Tree) -> None:
    parent.children("/")
    derived = apply(parent, diff(parent, child))
    assert derived._index() == Tree(dict(derived.nodes))._index()
    assert derived.groups() == child.groups()
    assert [path for path, _ in derived.walk()] == sorted(child.nodes, key=lambda p: p.replace("/", "\0"))


@settings(max_examples=50, deadline=None)
@given(TREES, TREES)
def test_changes_name_what_is_only_in_one(parent: Tree, child: Tree) -> None:
    listed = {path: kind for kind, path in changes(parent, diff(parent, child))}
    assert {p for p, kind in listed.items() if kind == "A"} == set(child.nodes) - set(parent.nodes)
    for path in set(parent.nodes) - set(child.nodes):
        gone_with = [p for p in listed if listed[p] in "DC" and (path == p or path.startswith(p + "/"))]
        assert gone_with


@settings(max_examples=50, deadline=None)
@given(TREES)
def test_archives_come_back_and_compress_to_the_same_bytes(tree: Tree) -> None:
    data = pack(tree)
    assert apply(Tree.EMPTY, unpack(data)) == tree
    assert gunzip(gzip(data)) == data
    assert unpack(gzip(data)) == unpack(data)
    assert pack(unpack(data)) == data


@settings(max_examples=50, deadline=None)
@given(TREES)
def test_python_reads_what_is_written(tree: Tree) -> None:
    with tarfile.open(fileobj=io.BytesIO(pack(tree))) as archive:
        theirs = archive.getmembers()
        ours = list(read_members(pack(tree)))
        assert len(theirs) == len(ours)
        for info, one in zip(theirs, ours, strict=True):
            assert (info.name, info.mode, info.uid, info.gid) == (one.name, one.mode, one.uid, one.gid)
            assert info.linkname == one.linkname
            assert float(info.mtime) == pytest.approx(one.mtime_ns / 1e9)
            if one.type == "file":
                content = archive.extractfile(info)
                assert content is not None
                assert content.read() == one.data


@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@given(tree=TREES)
@settings(max_examples=20, deadline=None)
def test_what_python_writes_is_read(style: int, tree: Tree) -> None:
    out = io.BytesIO()
    ours = [one for one in read_members(pack(tree)) if one.nominal is None]
    written = []
    with tarfile.open(fileobj=out, mode="w", format=style, encoding="utf-8") as archive:
        for one in ours:
            try:
                archive.addfile(as_tarinfo(one), io.BytesIO(one.data))
            except ValueError:
                continue  # this format cannot say it
            written.append(one)
    read = list(read_members(out.getvalue()))
    assert [rounded(one) for one in read] == [rounded(one) for one in written]


def as_tarinfo(one: Member) -> tarfile.TarInfo:
    info = tarfile.TarInfo(one.name)
    info.mode, info.uid, info.gid = one.mode, one.uid, one.gid
    info.size, info.linkname = len(one.data), one.linkname
    info.mtime = one.mtime_ns // 10**9
    info.devmajor, info.devminor = one.rdev or (0, 0)
    info.type = {
        "file": tarfile.REGTYPE,
        "link": tarfile.LNKTYPE,
        "symlink": tarfile.SYMTYPE,
        "char": tarfile.CHRTYPE,
        "block": tarfile.BLKTYPE,
        "directory": tarfile.DIRTYPE,
        "fifo": tarfile.FIFOTYPE,
    }[one.type]
    return info


def rounded(one: Member) -> Member:
    return one._replace(mtime_ns=one.mtime_ns // 10**9 * 10**9)


@settings(max_examples=50, deadline=None)
@given(TREES, st.data())
def test_a_damaged_archive_is_read_or_refused(tree: Tree, data: st.DataObject) -> None:
    raw = bytearray(pack(tree))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    for content in (cut, gzip(cut)[: data.draw(st.integers(0, 40))]):
        try:
            layer = unpack(content)
        except TarError:
            continue
        assert unpack(pack(layer)) == layer


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(TarError):
        unpack(raw)


def test_whiteouts_and_opaque_directories_as_the_specification_writes_them() -> None:
    members = [
        Member("a", "directory", 0o755),
        Member("a/.wh..wh..opq", mode=0),
        Member("a/new", data=b"1"),
        Member("b/.wh.gone", mode=0),
    ]
    layer = unpack(write_members(members))
    assert layer.opaque == {"/a"}
    assert layer.entries["/b/gone"] is WHITEOUT
    assert [one.name for one in read_members(pack(layer))] == [one.name for one in members]
    lower = Tree.of({"/a/old": b"", "/a/deep/er": b"", "/b/gone/x": b"", "/b/kept": b""})
    upper = apply(lower, layer)
    assert [path for path, _ in upper.walk()] == ["/", "/a", "/a/new", "/b", "/b/kept"]
    assert changes(lower, layer) == [
        ("C", "/a"), ("D", "/a/deep"), ("A", "/a/new"), ("D", "/a/old"), ("C", "/b"), ("D", "/b/gone"),
    ]  # fmt: skip


def test_changes_are_those_that_real_docker_lists() -> None:
    lower = Tree.of({"/etc/passwd": b"root", "/bin/vi": b"", "/bin/sh": b""})
    upper = Tree.of({"/etc/passwd": b"root and more", "/bin/sh": b"", "/new/sub/file": b""})
    assert [f"{kind} {path}" for kind, path in changes(lower, diff(lower, upper))] == [
        "C /bin", "D /bin/vi", "C /etc", "C /etc/passwd", "A /new", "A /new/sub", "A /new/sub/file",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([Member("../evil")], "leads out"),
        ([Member("a/../../evil")], "leads out"),
        ([Member("h", "link", linkname="/etc/shadow")], "invalid hard link"),
        ([Member("h", "link", linkname="../../x")], "leads out"),
        ([Member("./", "file")], None),
        ([Member(".", "symlink", linkname="x")], "root of a layer"),
        ([Member(".wh...", "file")], "invalid whiteout"),
        ([Member("a/.wh.", "file")], "invalid whiteout"),
    ],
)
def test_unsafe_members_are_refused(members: list[Member], words: str | None) -> None:
    data = write_members(members)
    if words is None:
        unpack(data)
        return
    with pytest.raises(TarError, match=words):
        unpack(data)


def test_a_layer_whose_parents_are_missing_or_files() -> None:
    lower = Tree.of({"/lib": Node.symlink("usr/lib"), "/usr/lib/x": b""})
    upper = apply(lower, unpack(write_members([Member("lib/y", data=b"y"), Member("opt/z/w")])))
    assert upper.nodes["/lib"].kind == "directory"
    assert upper.nodes["/lib/y"].data == b"y"
    assert upper.nodes["/opt/z"].mode == 0o755


def test_bytes_do_not_change_with_the_years() -> None:
    node = Node.file(b"hello\n", 0o755, mtime=1_700_000_000)
    tree = Tree.of({"/bin/hello": node, "/bin/hi": Node.symlink("hello"), "/x": node.replace(nominal=10**6)})
    digest = hashlib.sha256(pack(tree)).hexdigest()
    assert digest == "770cf8dc6f962c07954b52d1138d2252d5b661e376408f932083c1ea83ea6a9a"


@pytest.mark.system
def test_gnu_tar_agrees(tmp_path: Path) -> None:
    """GNU tar unpacks our bytes, and we read what it packs again."""
    if shutil.which("tar") is None:
        pytest.skip("no tar here")
    long = "d" * 120
    first = Node.file(b"x" * 700, 0o640, mtime=1_700_000_000.25).replace(link="/a/f")
    tree = Tree.of(
        {
            "/a": Node.directory(0o750, mtime=1_600_000_000),
            "/a/f": first,
            "/b": first,
            "/l": Node.symlink("a/f", mtime=5.0),
            f"/{long}/{long}": b"deep",
            "/é": b"",
        }
    )
    (tmp_path / "ours.tar").write_bytes(pack(tree))
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["tar", "xpf", "../ours.tar", "--no-same-owner"], cwd=out, check=True)
    assert (out / "a/f").stat().st_nlink == 2
    assert (out / "b").stat().st_mtime_ns == first.mtime_ns
    assert (out / long / long).read_text() == "deep"
    for style in ("gnu", "posix", "ustar", "oldgnu"):
        command = ["tar", f"--format={style}", "--sort=name", "--owner=0", "--group=0", "-cf", "../t.tar", "."]
        if style != "ustar":  # in ustar the long name cannot be told
            subprocess.run(command, cwd=out, check=True)
            theirs = apply(Tree.EMPTY, unpack((tmp_path / "t.tar").read_bytes()))
            assert set(theirs.nodes) == set(tree.nodes)
            for path in ("/a/f", "/b", "/é"):
                assert theirs.nodes[path].data == tree.nodes[path].data
                assert theirs.nodes[path].link == tree.nodes[path].link
