"""Layers: what one step changes in a tree, and the arithmetic of them (OCI image-spec, "Image Layer Filesystem
Changeset"). The law: `apply(parent, diff(parent, child)) == child`."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Literal

from dockersim.fs.node import WHITEOUT, Node
from dockersim.fs.paths import ancestors, child_of, order, parent_of
from dockersim.fs.tree import ROOT, Tree, canonical_links, check_path, same_root

ChangeKind = Literal["A", "C", "D"]


class Layer:
    """A change set: path to node, or to WHITEOUT; and the opaque directories, whose lower content is hidden.

    Values do not change. `entries` are ordered, each directory before what is in it.
    """

    __slots__ = ("entries", "opaque")
    EMPTY: ClassVar["Layer"]

    def __init__(self, entries: Mapping[str, Node], opaque: Iterable[str] = ()) -> None:
        for path in entries:
            check_path(path)
        ordered = {path: entries[path] for path in sorted(entries, key=order)}
        self.entries: Mapping[str, Node] = canonical_links(ordered)
        self.opaque = frozenset(opaque)

    @classmethod
    def of_tree(cls, tree: Tree) -> "Layer":
        """The layer that makes `tree` out of nothing."""
        return diff(Tree.EMPTY, tree)

    @property
    def size(self) -> int:
        """Bytes in the layer's files, nominal sizes counted, a file with several names once."""
        return sum(node.size for path, node in self.entries.items() if counts(path, node))

    def __len__(self) -> int:
        return len(self.entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and self.entries == other.entries and self.opaque == other.opaque

    def __hash__(self) -> int:
        return hash((frozenset(self.entries), self.opaque))

    def __repr__(self) -> str:
        return f"<Layer of {len(self.entries)} entries>"


def counts(path: str, node: Node) -> bool:
    """Whether an entry's size counts in a sum: directories take none, a second name takes none."""
    return node.kind != "directory" and node.link in ("", path)


def diff(lower: Tree, upper: Tree) -> Layer:
    """The layer that turns `lower` into `upper`. It depends on these two only, not on how one became the other."""
    old, new = lower.nodes, upper.nodes
    changed = {p: n for p, n in new.items() if old.get(p) is not n and old.get(p) != n}
    if same_root(old["/"], new["/"]):
        changed.pop("/", None)
    for path in old:
        if path not in new and is_directory(new.get(parent_of(path))):
            changed[path] = WHITEOUT
    return completed(changed, new.__getitem__, upper.groups)


def is_directory(node: Node | None) -> bool:
    return node is not None and node.kind == "directory"


def completed(
    changed: dict[str, Node], upper: Callable[[str], Node], groups: Callable[[], Mapping[str, list[str]]]
) -> Layer:
    """A layer of these changes, with what makes it whole: all names of each changed file, and the directories above.

    Real layers have those directories too, for the overlay file system copies them up.
    """
    if not changed:
        return Layer.EMPTY
    for link in {node.link for node in changed.values() if node.link}:
        for name in groups()[link]:
            changed[name] = upper(name)
    for path in list(changed):
        for above in ancestors(path):
            if above in changed:
                break
            changed[above] = upper(above)
    return Layer(changed)


def apply(tree: Tree, layer: Layer) -> Tree:
    """The tree with the layer on top. Whiteouts and opaque marks concern `tree` only, never the layer's own entries."""
    if not layer.entries and not layer.opaque:
        return tree
    changed: dict[str, Node | None] = {}
    for path in layer.opaque:
        for name in tree.children(path):
            _drop(tree, child_of(path, name), changed)
    for path, node in layer.entries.items():
        if node is WHITEOUT or (node.kind != "directory" and is_directory(tree.get(path))):
            _drop(tree, path, changed)
    for path, node in layer.entries.items():
        if node is not WHITEOUT:
            _make_parents(tree, path, changed)
            changed[path] = node
    _mend_links(tree, changed)
    return tree.updated(changed, over=True)


def _drop(tree: Tree, top: str, changed: dict[str, Node | None]) -> None:
    if tree.children(top):
        for path, _ in tree.walk(top):
            changed[path] = None
    elif top in tree:
        changed[top] = None


def _make_parents(tree: Tree, path: str, changed: dict[str, Node | None]) -> None:
    """As extracting into the overlay's upper directory does: a missing parent, or a file in its place, gives way."""
    missing = []
    while (path := parent_of(path)) != "/":
        node = changed[path] if path in changed else tree.get(path)
        if node is not None and node.kind == "directory":
            break
        missing.append(path)
    for path in missing:
        changed[path] = ROOT


def _mend_links(tree: Tree, changed: dict[str, Node | None]) -> None:
    """Files of the lower tree that lose one of their names are called after the names they keep."""
    losing = {node.link for path in changed if (node := tree.get(path)) is not None and node.link}
    for link in losing:
        kept = [name for name in tree.groups()[link] if name not in changed]
        if kept:
            shared = tree.nodes[link]._replace(link=kept[0] if len(kept) > 1 else "")
            changed.update(dict.fromkeys(kept, shared))


def changes(lower: Tree, layer: Layer) -> list[tuple[ChangeKind, str]]:
    """What `docker diff` lists: added, changed, deleted paths; a directory before what changed in it.

    As in the engine, a directory's time alone is no change, and a directory in which something changed is one.
    The engine gives siblings in no fixed order; here they are sorted.
    """
    found: dict[str, ChangeKind] = {}
    for path, node in layer.entries.items():
        old = lower.get(path)
        if node is WHITEOUT:
            if old is not None:
                found[path] = "D"
        elif old is None:
            found[path] = "A"
        elif path != "/" and _stat_differs(old, node):
            found[path] = "C"
    for path in layer.opaque:
        for name in lower.children(path):
            found.setdefault(child_of(path, name), "D")
    for path in list(found):
        for above in ancestors(path):
            if above in lower:
                found.setdefault(above, "C")
    return [(found[path], path) for path in sorted(found, key=order)]


def _stat_differs(old: Node, new: Node) -> bool:
    if old.kind == "directory" == new.kind:
        return old._replace(mtime_ns=0) != new._replace(mtime_ns=0)
    return old._replace(link="") != new._replace(link="")


Layer.EMPTY = Layer({})
