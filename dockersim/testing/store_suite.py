"""Conformance suites for stores, after containerd's: each check takes a way to make a store, and tells one story.

``CONTENT`` and ``SNAPSHOTS`` list the checks. An implementation passes when none of them raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dockersim.errors import Conflict, DataLoss, NotFound
from dockersim.fs import Layer, Node, Overlay, Tree, Vfs, apply, diff
from dockersim.oci import Digest, chain_id
from dockersim.store import ContentStore, Snapshotter
from dockersim.trace import Event, Trace
from dockersim.trace import events as e

MakeContent: TypeAlias = Callable[[Trace], ContentStore]
MakeSnapshots: TypeAlias = Callable[[Trace], Snapshotter]


def new_trace() -> Trace:
    return Trace(lambda: 0.0)


def raises(kind: type[Exception], act: Callable[[], object]) -> str:
    """That ``act`` raises ``kind``; returns the message."""
    try:
        act()
    except kind as error:
        return str(error)
    raise AssertionError(f"{kind.__name__} was not raised")


def kinds(trace: Trace) -> list[type[Event]]:
    return [type(event) for event in trace]


# ---- content


def check_what_is_put_is_got(make: MakeContent) -> None:
    trace = new_trace()
    store = make(trace)
    digest = store.put(b"abc", media_type="text/plain")
    assert digest == Digest.of(b"abc")
    assert (store.get(digest), store.size(digest), store.media_type(digest)) == (b"abc", 3, "text/plain")
    assert store.has(digest)
    assert digest in store
    assert list(store.walk()) == [(digest, 3)]
    assert kinds(trace) == [e.BlobStored]


def check_the_same_bytes_are_stored_once(make: MakeContent) -> None:
    trace = new_trace()
    store = make(trace)
    assert store.put(b"abc") == store.put(b"abc", str(Digest.of(b"abc")))
    assert (len(store), kinds(trace)) == (1, [e.BlobStored])


def check_wrong_bytes_are_refused(make: MakeContent) -> None:
    trace = new_trace()
    store = make(trace)
    raises(DataLoss, lambda: store.put(b"abd", Digest.of(b"abc")))
    assert (len(store), store.has(Digest.of(b"abc")), store.has(Digest.of(b"abd"))) == (0, False, False)
    refused = trace[0]
    assert isinstance(refused, e.BlobRefused)
    assert (refused.expected, refused.actual) == (Digest.of(b"abc"), Digest.of(b"abd"))


def check_what_is_not_there(make: MakeContent) -> None:
    store = make(new_trace())
    digest = Digest.of(b"x")
    for act in (store.get, store.size, store.media_type, store.delete):
        assert raises(NotFound, lambda act=act: act(digest)) == f"content digest {digest}: not found"  # type: ignore[misc]
    assert not store.has(digest)


def check_delete(make: MakeContent) -> None:
    trace = new_trace()
    store = make(trace)
    store.delete(store.put(b"abc"))
    assert len(store) == 0
    assert kinds(trace) == [e.BlobStored, e.BlobRemoved]


def check_an_ingest_shows_nothing_until_it_is_committed(make: MakeContent) -> None:
    trace = new_trace()
    store = make(trace)
    ingest = store.ingest("layer")
    ingest.write(b"ab")
    ingest.write(b"c")
    assert (ingest.offset, len(store), len(trace), store.ingests()) == (3, 0, 0, ["layer"])
    digest = ingest.commit(Digest.of(b"abc"), size=3)
    assert (store.get(digest), store.ingests()) == (b"abc", [])
    raises(Conflict, lambda: ingest.write(b"d"))
    raises(Conflict, ingest.commit)


def check_abort_leaves_nothing(make: MakeContent) -> None:
    trace = new_trace()
    store = make(trace)
    ingest = store.ingest("layer")
    ingest.write(b"abc")
    ingest.abort()
    ingest.abort()
    assert (len(store), len(trace), store.ingests()) == (0, 0, [])
    store.ingest("layer").abort()


def check_one_writer_at_a_time(make: MakeContent) -> None:
    store = make(new_trace())
    store.ingest("layer")
    assert raises(Conflict, lambda: store.ingest("layer")) == "ref layer locked: unavailable"


def check_a_bad_commit_leaves_nothing(make: MakeContent) -> None:
    store = make(new_trace())
    ingest = store.ingest("layer")
    ingest.write(b"abc")
    raises(DataLoss, lambda: ingest.commit(Digest.of(b"x")))
    short = store.ingest("layer")
    short.write(b"abc")
    raises(DataLoss, lambda: short.commit(Digest.of(b"abc"), size=4))
    assert (len(store), store.ingests()) == (0, [])


CONTENT = [value for name, value in list(globals().items()) if name.startswith("check_")]

# ---- snapshots


def vfs(overlay: Overlay) -> Vfs:
    return Vfs(overlay)


def write(overlay: Overlay, path: str, data: bytes) -> None:
    vfs(overlay).write_file(path, data)


def _base(store: Snapshotter) -> str:
    """A first layer with one file."""
    overlay = store.prepare("base")
    write(overlay, "/a", b"one")
    store.commit("sha256:base", "base")
    return "sha256:base"


def check_prepare_write_commit(make: MakeSnapshots) -> None:
    trace = new_trace()
    store = make(trace)
    overlay = store.prepare("key")
    write(overlay, "/a", b"one")
    assert (store.stat("key").kind, store.usage("key")) == ("active", 3)
    store.commit("name", "key")
    assert store.tree("name").nodes["/a"].data == b"one"
    assert (store.stat("name").kind, store.stat("name").parent, store.usage("name")) == ("committed", "", 3)
    assert "key" not in store
    assert kinds(trace) == [e.SnapshotPrepared, e.SnapshotRemoved, e.LayerAdded]


def check_a_snapshot_begins_as_its_parent(make: MakeSnapshots) -> None:
    store = make(new_trace())
    name = _base(store)
    assert store.prepare("one", name).tree() == store.tree(name)
    assert store.mounts("one").lower is store.tree(name)


def check_what_is_written_is_seen_by_nobody_else(make: MakeSnapshots) -> None:
    store = make(new_trace())
    name = _base(store)
    one, two = store.prepare("one", name), store.prepare("two", name)
    write(one, "/a", b"changed")
    write(one, "/b", b"new")
    assert two.tree() == store.tree(name)
    assert store.tree(name).nodes["/a"].data == b"one"


def check_layers_upon_layers(make: MakeSnapshots) -> None:
    store = make(new_trace())
    name = _base(store)
    overlay = store.prepare("two", name)
    vfs(overlay).unlink("/a")
    write(overlay, "/b", b"two")
    store.commit("sha256:two", "two")
    assert store.chain("sha256:two") == [name, "sha256:two"]
    assert store.tree("sha256:two").get("/a") is None
    assert apply(store.tree(name), store.layer("sha256:two")) == store.tree("sha256:two")
    assert store.children(name) == ["sha256:two"]


def check_a_view_is_not_written(make: MakeSnapshots) -> None:
    store = make(new_trace())
    overlay = store.view("look", _base(store))
    assert (overlay.read_only, store.stat("look").kind) == (True, "view")
    raises(Conflict, lambda: store.commit("name", "look"))


def check_names_are_taken_once(make: MakeSnapshots) -> None:
    store = make(new_trace())
    name = _base(store)
    store.prepare("key", name)
    raises(Conflict, lambda: store.prepare("key", name))
    raises(Conflict, lambda: store.view("key", name))
    raises(Conflict, lambda: store.prepare(name))
    raises(Conflict, lambda: store.commit(name, "key"))
    raises(Conflict, lambda: store.prepare(""))
    assert "key" in store


def check_unknown_names(make: MakeSnapshots) -> None:
    store = make(new_trace())
    raises(NotFound, lambda: store.prepare("key", "nosuch"))
    for act in (store.mounts, store.tree, store.layer, store.chain, store.stat, store.usage, store.remove):
        assert raises(NotFound, lambda act=act: act("nosuch")) == "snapshot nosuch: not found"  # type: ignore[misc]
    raises(NotFound, lambda: store.commit("name", "nosuch"))
    assert list(store.walk()) == []


def check_nothing_is_removed_that_something_stands_on(make: MakeSnapshots) -> None:
    trace = new_trace()
    store = make(trace)
    name = _base(store)
    store.prepare("key", name)
    assert raises(Conflict, lambda: store.remove(name)) == f"cannot remove snapshot with child: {name}"
    store.remove("key")
    store.remove(name)
    assert list(store.walk()) == []
    assert kinds(trace)[-2:] == [e.SnapshotRemoved, e.LayerRemoved]


def check_the_same_layer_is_kept_once(make: MakeSnapshots) -> None:
    trace = new_trace()
    store = make(trace)
    layer = _layer(b"x")
    diff_id = str(Digest.of(b"tar of x"))
    first = store.add_layer("", diff_id, layer)
    second = store.add_layer(first, diff_id, layer)
    assert (first, second) == (diff_id, chain_id([diff_id, diff_id]))
    assert store.add_layer(first, diff_id, layer) == second
    assert kinds(trace) == [e.LayerAdded, e.LayerAdded, e.LayerReused]
    raises(NotFound, lambda: store.add_layer(str(Digest.of(b"nosuch")), diff_id, layer))


def check_a_tree_is_merged_once_and_shared(make: MakeSnapshots) -> None:
    store = make(new_trace())
    name = store.add_layer("", str(Digest.of(b"x")), _layer(b"x"))
    assert store.tree(name) is store.tree(name)
    assert store.prepare("one", name).lower is store.prepare("two", name).lower


def check_collect_keeps_what_is_needed(make: MakeSnapshots) -> None:
    store = make(new_trace())
    names = [""]
    for number in range(4):
        names.append(store.add_layer(names[-1], str(Digest.of(bytes([number]))), _layer(bytes([number]))))
    side = store.add_layer(names[1], str(Digest.of(b"side")), _layer(b"side"))
    store.prepare("key", names[2])
    assert store.collect([side]) == [names[4], names[3]]
    assert [info.name for info in store.walk()] == [names[1], names[2], side, "key"]
    store.remove("key")
    assert store.collect([]) == [side, names[2], names[1]]


def _layer(data: bytes) -> Layer:
    return diff(Tree.EMPTY, Tree.of({f"/{data.hex()}": Node("file", data=data)}))


SNAPSHOTS = [value for name, value in list(globals().items()) if name.startswith("check_") and value not in CONTENT]
