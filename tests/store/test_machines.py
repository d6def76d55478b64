"""Random histories of the stores, against models that are plain dictionaries."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from dockersim.errors import Conflict, DataLoss, NotFound
from dockersim.fs import Tree, Vfs
from dockersim.oci import Digest
from dockersim.store import ContentStore, Ingest, References, Snapshotter
from dockersim.trace import Trace

BYTES = st.binary(max_size=3)


class ContentMachine(RuleBasedStateMachine):
    """Blobs and names: what was put is what is got; the trace tells all of it."""

    ingests = Bundle("ingests")

    def __init__(self) -> None:
        super().__init__()
        self.trace = Trace(lambda: 0.0)
        self.store = ContentStore(self.trace, "here")
        self.names = References(self.trace, "here")
        self.blobs: dict[str, bytes] = {}
        self.model: dict[str, str] = {}
        self.number = 0

    @rule(data=BYTES)
    def put(self, data: bytes) -> None:
        self.blobs[self.store.put(data)] = data

    @rule(data=BYTES, claimed=BYTES)
    def put_under_a_name(self, data: bytes, claimed: bytes) -> None:
        digest = Digest.of(claimed)
        try:
            assert self.store.put(data, digest) == digest
        except DataLoss:
            assert data != claimed
        else:
            assert data == claimed
            self.blobs[digest] = data

    @rule(target=ingests)
    def begin(self) -> tuple[Ingest, list[bytes]]:
        self.number += 1
        return self.store.ingest(f"ingest-{self.number}"), []

    @rule(ingest=ingests, chunk=BYTES)
    def write(self, ingest: tuple[Ingest, list[bytes]], chunk: bytes) -> None:
        ingest[0].write(chunk)
        ingest[1].append(chunk)
        assert ingest[0].offset == len(b"".join(ingest[1]))

    @rule(ingest=consumes(ingests), claimed=st.none() | BYTES)
    def commit(self, ingest: tuple[Ingest, list[bytes]], claimed: bytes | None) -> None:
        data = b"".join(ingest[1])
        try:
            digest = ingest[0].commit("" if claimed is None else Digest.of(claimed))
        except DataLoss:
            assert claimed is not None
            assert claimed != data
        else:
            self.blobs[digest] = data

    @rule(ingest=consumes(ingests))
    def abort(self, ingest: tuple[Ingest, list[bytes]]) -> None:
        ingest[0].abort()

    @rule(data=BYTES)
    def delete(self, data: bytes) -> None:
        digest = Digest.of(data)
        try:
            self.store.delete(digest)
        except NotFound:
            assert digest not in self.blobs
        else:
            del self.blobs[digest]

    @rule(name=st.sampled_from("abc"), data=BYTES)
    def name(self, name: str, data: bytes) -> None:
        digest = Digest.of(data)
        assert self.names.set(name, digest) == self.model.get(name, "")
        self.model[name] = digest

    @rule(name=st.sampled_from("abc"))
    def unname(self, name: str) -> None:
        try:
            assert self.names.remove(name) == self.model.pop(name, None)
        except NotFound:
            assert name not in self.model

    @invariant()
    def holds(self) -> None:
        assert {digest: self.store.get(digest) for digest, _ in self.store.walk()} == self.blobs
        assert all(Digest(digest).matches(data) for digest, data in self.blobs.items())
        assert dict(self.names.items()) == self.model
        for digest in set(self.model.values()):
            assert sorted(self.names.names(digest)) == sorted(n for n, d in self.model.items() if d == digest)
        scene = self.trace.scene()
        assert scene.blobs.get("here", {}) == {digest: len(data) for digest, data in self.blobs.items()}
        assert scene.references.get("here", {}) == self.model


class SnapshotMachine(RuleBasedStateMachine):
    """Snapshots against whole copies of their files."""

    active = Bundle("active")
    committed = Bundle("committed")

    def __init__(self) -> None:
        super().__init__()
        self.trace = Trace(lambda: 0.0)
        self.store = Snapshotter(self.trace, "here")
        self.files: dict[str, dict[str, bytes]] = {"": {}}
        self.parents: dict[str, str] = {}
        self.layers: set[str] = set()
        self.number = 0

    def _name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}-{self.number}"

    @rule(target=committed)
    def nothing(self) -> str:
        return ""

    @rule(target=active, parent=committed)
    def prepare(self, parent: str) -> str:
        key = self._name("key")
        if parent and parent not in self.layers:
            try:
                self.store.prepare(key, parent)
            except NotFound:
                return self.prepare_on_nothing(key)
            raise AssertionError("prepared on what was removed")
        self.store.prepare(key, parent)
        self.files[key], self.parents[key] = dict(self.files[parent]), parent
        return key

    def prepare_on_nothing(self, key: str) -> str:
        self.store.prepare(key)
        self.files[key], self.parents[key] = {}, ""
        return key

    @rule(key=active, path=st.sampled_from(["/a", "/b"]), data=BYTES)
    def write(self, key: str, path: str, data: bytes) -> None:
        if key in self.parents:
            Vfs(self.store.mounts(key)).write_file(path, data)
            self.files[key][path] = data

    @rule(key=active, path=st.sampled_from(["/a", "/b"]))
    def unlink(self, key: str, path: str) -> None:
        if key in self.parents and path in self.files[key]:
            Vfs(self.store.mounts(key)).unlink(path)
            del self.files[key][path]

    @rule(target=committed, key=consumes(active))
    def commit(self, key: str) -> str:
        name = self._name("layer")
        if key not in self.parents:
            return ""
        self.store.commit(name, key)
        self.files[name], self.parents[name] = self.files.pop(key), self.parents.pop(key)
        self.layers.add(name)
        return name

    @rule(key=consumes(active))
    def remove(self, key: str) -> None:
        if key in self.parents:
            self.store.remove(key)
            del self.files[key], self.parents[key]

    @rule(name=committed)
    def remove_layer(self, name: str) -> None:
        if name not in self.layers:
            return
        try:
            self.store.remove(name)
        except Conflict:
            assert name in self.parents.values()
        else:
            assert name not in self.parents.values()
            self._forget(name)

    @rule(needed=committed)
    def collect(self, needed: str) -> None:
        roots = [needed] if needed in self.layers else []
        kept: set[str] = set()
        for name in roots + [parent for key, parent in self.parents.items() if key not in self.layers]:
            while name:
                kept.add(name)
                name = self.parents[name]
        assert set(self.store.collect(roots)) == self.layers - kept
        for name in self.layers - kept:
            self._forget(name)

    def _forget(self, name: str) -> None:
        self.layers.remove(name)
        del self.files[name], self.parents[name]

    @invariant()
    def holds(self) -> None:
        for name, parent in self.parents.items():
            tree = self.store.tree(name) if name in self.layers else self.store.mounts(name).tree()
            assert _files(tree) == self.files[name]
            assert self.store.stat(name).parent == parent
        assert {info.name for info in self.store.walk()} == set(self.parents)
        scene = self.trace.scene()
        assert scene.snapshots == {key: parent for key, parent in self.parents.items() if key not in self.layers}
        assert set(scene.layers.get("here", {})) == self.layers


def _files(tree: Tree) -> dict[str, bytes]:
    return {path: node.data for path, node in tree.walk() if node.kind == "file"}


SHORT = settings(max_examples=40, stateful_step_count=25, deadline=None)
ContentMachine.TestCase.settings = SHORT
SnapshotMachine.TestCase.settings = SHORT
TestContent = ContentMachine.TestCase
TestSnapshots = SnapshotMachine.TestCase
