"""Snapshots over layers, after containerd's snapshotter.

A *committed* snapshot is a layer with all below it; its name is a chain ID and its tree is merged once and shared.
An *active* snapshot is writable, a *view* is not; both stand on a committed one (or on nothing) and copy nothing of
it. Their life: ``prepare`` -> write -> ``commit``, or ``prepare`` -> write -> ``remove``. Nothing that something else
stands on can be removed; what stands on what is derived from the parents, never counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockersim.errors import Conflict, NotFound
from dockersim.fs import Layer, Overlay, Tree, apply
from dockersim.oci import chain_id
from dockersim.oci.value import Value, set_once
from dockersim.trace import Trace
from dockersim.trace import events as e

ACTIVE, VIEW, COMMITTED = "active", "view", "committed"


class SnapshotInfo(Value):
    """``kind`` is active, view or committed; ``parent`` a committed snapshot's name, or empty."""

    __slots__ = ("kind", "name", "parent")
    name: str
    kind: str
    parent: str

    def __init__(self, name: str, kind: str, parent: str) -> None:
        set_once(self, "name", name)
        set_once(self, "kind", kind)
        set_once(self, "parent", parent)


class _Committed:
    __slots__ = ("layer", "parent", "tree")

    def __init__(self, parent: str, layer: Layer) -> None:
        self.parent = parent
        self.layer = layer
        self.tree: Tree | None = None


class Snapshotter:
    """All snapshots of ``host``. Each change is recorded in ``trace``."""

    def __init__(self, trace: Trace, host: str) -> None:
        self._trace = trace
        self._host = host
        self._committed: dict[str, _Committed] = {}
        self._writable: dict[str, tuple[str, Overlay]] = {}

    # ---- what stands on layers

    def prepare(self, key: str, parent: str = "") -> Overlay:
        """A writable file system over ``parent``. Raises :class:`NotFound`, :class:`Conflict`."""
        return self._stand(key, parent, read_only=False)

    def view(self, key: str, parent: str = "") -> Overlay:
        """A read-only file system over ``parent``. Raises :class:`NotFound`, :class:`Conflict`."""
        return self._stand(key, parent, read_only=True)

    def _stand(self, key: str, parent: str, *, read_only: bool) -> Overlay:
        self._check_free(key)
        overlay = Overlay(self.tree(parent), read_only=read_only)
        self._writable[key] = (parent, overlay)
        self._trace.record(e.SnapshotPrepared, self._host, key, parent)
        return overlay

    def mounts(self, key: str) -> Overlay:
        """The file system of an active snapshot or a view. Raises :class:`NotFound`."""
        found = self._writable.get(key)
        if found is None:
            raise NotFound(f"snapshot {key}: not found")
        return found[1]

    def commit(self, name: str, key: str, diff_id: str = "") -> None:
        """Turn the active snapshot ``key`` into the layer ``name``; ``diff_id`` is told in the event.

        Raises :class:`NotFound`, and :class:`Conflict` for a view or a name that is taken.
        """
        overlay = self.mounts(key)
        if overlay.read_only:
            raise Conflict(f"snapshot {key}: is not active")
        self._check_free(name)
        parent, _ = self._writable.pop(key)
        self._trace.record(e.SnapshotRemoved, self._host, key)
        self._keep(name, parent, diff_id, overlay.layer())

    # ---- layers

    def add_layer(self, parent: str, diff_id: str, layer: Layer) -> str:
        """The chain ID of ``layer`` on top of ``parent`` (a chain ID, or empty); added unless it is there.

        Raises :class:`NotFound` for an unknown parent.
        """
        name = chain_id([parent, diff_id]) if parent else diff_id
        if name in self._committed:
            self._trace.record(e.LayerReused, self._host, diff_id, "the same layers are there already")
            return name
        self._need(parent)
        self._keep(name, parent, diff_id, layer)
        return name

    def _keep(self, name: str, parent: str, diff_id: str, layer: Layer) -> None:
        self._committed[name] = _Committed(parent, layer)
        self._trace.record(e.LayerAdded, self._host, name, diff_id, layer.size)

    def tree(self, name: str) -> Tree:
        """The tree of a committed snapshot, merged at the first call; the empty tree for no name."""
        if not name:
            return Tree.EMPTY
        snapshot = self._find(name)
        if snapshot.tree is None:
            pending = []
            below: _Committed | None = snapshot
            while below is not None and below.tree is None:
                pending.append(below.layer)
                below = self._find(below.parent) if below.parent else None
            tree = below.tree if below is not None and below.tree is not None else Tree.EMPTY
            for layer in reversed(pending):
                tree = apply(tree, layer)
            snapshot.tree = tree
        return snapshot.tree

    def layer(self, name: str) -> Layer:
        """What a committed snapshot changes in its parent. Raises :class:`NotFound`."""
        return self._find(name).layer

    def chain(self, name: str) -> list[str]:
        """The committed snapshots that ``name`` consists of, lowest first. Raises :class:`NotFound`."""
        names = []
        while name:
            names.append(name)
            name = self._find(name).parent
        return names[::-1]

    # ---- all of them

    def stat(self, name: str) -> SnapshotInfo:
        """Raises :class:`NotFound`."""
        if name in self._writable:
            parent, overlay = self._writable[name]
            return SnapshotInfo(name, VIEW if overlay.read_only else ACTIVE, parent)
        return SnapshotInfo(name, COMMITTED, self._find(name).parent)

    def usage(self, name: str) -> int:
        """Bytes of the snapshot's own files, without its parent's. Raises :class:`NotFound`."""
        found = self._writable.get(name)
        return found[1].size() if found is not None else self._find(name).layer.size

    def walk(self) -> Iterator[SnapshotInfo]:
        """All snapshots, layers first."""
        for name in [*self._committed, *self._writable]:
            yield self.stat(name)

    def children(self, name: str) -> list[str]:
        """What stands directly on ``name``."""
        above = [key for key, snapshot in self._committed.items() if snapshot.parent == name]
        return above + [key for key, (parent, _) in self._writable.items() if parent == name]

    def remove(self, name: str) -> None:
        """Remove a snapshot of any kind. Raises :class:`NotFound`; :class:`Conflict` while something stands on it."""
        if name in self._writable:
            del self._writable[name]
            self._trace.record(e.SnapshotRemoved, self._host, name)
            return
        self._find(name)
        if self.children(name):
            raise Conflict(f"cannot remove snapshot with child: {name}")
        self._drop(name)

    def collect(self, needed: Iterable[str]) -> list[str]:
        """Remove every layer that neither ``needed`` nor an active snapshot or view stands on, topmost first."""
        kept: set[str] = set()
        for name in [*needed, *(parent for parent, _ in self._writable.values())]:
            while name and name not in kept:
                kept.add(name)
                name = self._find(name).parent
        gone = [name for name in reversed(self._committed) if name not in kept]
        for name in gone:
            self._drop(name)
        return gone

    def __contains__(self, name: str) -> bool:
        return name in self._committed or name in self._writable

    def _drop(self, name: str) -> None:
        del self._committed[name]
        self._trace.record(e.LayerRemoved, self._host, name)

    def _check_free(self, name: str) -> None:
        if not name:
            raise Conflict("snapshot key must not be empty")
        if name in self:
            raise Conflict(f"snapshot {name}: already exists")

    def _need(self, parent: str) -> None:
        if parent:
            self._find(parent)

    def _find(self, name: str) -> _Committed:
        found = self._committed.get(name)
        if found is None:
            raise NotFound(f"snapshot {name}: not found")
        return found
