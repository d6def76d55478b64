"""Immutable file trees: one merged index for each image, made once and shared by all its containers.

A tree maps absolute, normal paths to nodes. Its invariants: `/` is there and is a directory, and the parent of
every path is there and is a directory. So a path that is found needs no walk, however many layers it came from.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from dockersim.fs.node import Node
from dockersim.fs.paths import ancestors, child_of, name_of, order, parent_of

ROOT = Node("directory", 0o755)


class Tree:
    """A snapshot of a file tree. Make one with `Tree.of`, `apply` or `Overlay.tree`; nothing changes it.

    `merged` are the directories that come from several layers, which matters to nobody but overlayfs.
    Two trees are equal if they hold the same nodes. The time of `/` itself does not count, as it is in no layer.
    """

    __slots__ = ("_children", "_groups", "_inos", "merged", "nodes")
    EMPTY: ClassVar["Tree"]

    def __init__(
        self,
        nodes: dict[str, Node],
        children: dict[str, tuple[str, ...]] | None = None,
        merged: frozenset[str] = frozenset(),
    ) -> None:
        self.nodes = nodes  # trusted to keep the invariants, and not to be changed by anyone from here on
        self.merged = merged
        self._children = children
        self._groups: dict[str, list[str]] | None = None
        self._inos: dict[str, int] | None = None

    @classmethod
    def of(cls, entries: Mapping[str, Node | bytes | str]) -> "Tree":
        """A tree from paths and nodes; bytes or str stand for a file of mode 0644; missing parents are made, 0755.

        Raises ValueError for a path that is not absolute and normal, or that lies below a non-directory.
        """
        nodes: dict[str, Node] = {"/": ROOT}
        for path in sorted(entries, key=order):
            value = entries[path]
            if isinstance(value, str):
                value = value.encode()
            node = Node("file", data=value) if isinstance(value, bytes) else value
            check_path(path)
            for above in reversed(ancestors(path)):
                if nodes.setdefault(above, ROOT).kind != "directory":
                    raise ValueError(f"{path}: {above} is not a directory")
            nodes[path] = node
        if nodes["/"].kind != "directory":
            raise ValueError("/ must be a directory")
        return cls(canonical_links(nodes))

    def get(self, path: str) -> Node | None:
        """The node at an absolute, normal path; symbolic links are not followed."""
        return self.nodes.get(path)

    def children(self, path: str) -> tuple[str, ...]:
        """The sorted names in a directory; nothing for what is none."""
        return self._index().get(path, ())

    def _index(self) -> dict[str, tuple[str, ...]]:
        index = self._children
        if index is None:
            lists: dict[str, list[str]] = {}
            for path in sorted(self.nodes):
                if path != "/":
                    cut = path.rindex("/")
                    lists.setdefault(path[:cut] or "/", []).append(path[cut + 1 :])
            index = self._children = {parent: tuple(names) for parent, names in lists.items()}
        return index

    def walk(self, top: str = "/") -> Iterator[tuple[str, Node]]:
        """`top` and all below it, each directory before what is in it, names sorted."""
        node = self.nodes.get(top)
        if node is None:
            return
        index = self._index()
        stack = [top]
        while stack:
            path = stack.pop()
            yield path, self.nodes[path]
            stack.extend(child_of(path, name) for name in reversed(index.get(path, ())))

    def groups(self) -> dict[str, list[str]]:
        """The files with several names: first name to all names, in the order of archives."""
        if self._groups is None:
            found: dict[str, list[str]] = {}
            for path, node in self.nodes.items():
                if node.link:
                    found.setdefault(node.link, []).append(path)
            self._groups = {first: sorted(names, key=order) for first, names in found.items()}
        return self._groups

    def ino(self, path: str) -> int:
        """A number that only the names of one file share: 2 for `/`, then in order."""
        if self._inos is None:
            self._inos = {name: number for number, name in enumerate(self.nodes, 2)}
        return self._inos[self.nodes[path].link or path]

    def updated(self, changed: Mapping[str, Node | None], *, over: bool = False) -> "Tree":
        """This tree with nodes put in place (or taken out, for None) that keep the invariants.

        `over`: as a layer over it, so that directories that are in both are `merged`.
        """
        nodes = dict(self.nodes)
        touched: dict[str, set[str]] = {}
        for path, node in changed.items():
            if node is None:
                nodes.pop(path, None)
            else:
                nodes[path] = node
            if path != "/" and (path in self.nodes) != (node is not None):
                touched.setdefault(parent_of(path), set()).add(name_of(path))
        merged = self.merged
        if over and self.nodes is not Tree.EMPTY.nodes:
            merged = merged.union(path for path, node in changed.items() if _is_directory(node, self.nodes.get(path)))
        return Tree(nodes, self._patched(nodes, touched), merged)

    def _patched(self, nodes: dict[str, Node], touched: dict[str, set[str]]) -> dict[str, tuple[str, ...]] | None:
        if self._children is None:
            return None
        index = dict(self._children)
        for parent, names in touched.items():
            kept = sorted(n for n in names.union(index.get(parent, ())) if child_of(parent, n) in nodes)
            if kept:
                index[parent] = tuple(kept)
            else:
                index.pop(parent, None)
        return index

    def size(self) -> int:
        """Bytes in its files, a file with several names once."""
        return sum(node.size for path, node in self.nodes.items() if node.kind == "file" and node.link in ("", path))

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self.walk())

    def __contains__(self, path: object) -> bool:
        return path in self.nodes

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Tree) or len(self.nodes) != len(other.nodes):
            return False
        theirs = other.nodes
        return same_root(self.nodes["/"], theirs["/"]) and all(
            theirs.get(path) == node for path, node in self.nodes.items() if path != "/"
        )

    def __hash__(self) -> int:
        return hash(frozenset(self.nodes.keys()))

    def __repr__(self) -> str:
        return f"<Tree of {len(self.nodes)} entries>"


def same_root(one: Node, other: Node) -> bool:
    """Whether two `/` are the same but for their time."""
    return one._replace(mtime_ns=0) == other._replace(mtime_ns=0)


def check_path(path: str) -> None:
    """Raise ValueError unless `path` is absolute and normal."""
    if path != "/" and (not path.startswith("/") or any(part in ("", ".", "..") for part in path[1:].split("/"))):
        raise ValueError(f"not an absolute, normal path: {path!r}")


def canonical_links(nodes: dict[str, Node], among: Iterable[str] | None = None) -> dict[str, Node]:
    """`nodes` with each group of equal `link` named after its first name; a group of one is no group."""
    groups: dict[str, list[str]] = {}
    for path in nodes if among is None else among:
        if nodes[path].link:
            groups.setdefault(nodes[path].link, []).append(path)
    for names in groups.values():
        first = min(names, key=order)
        shared = nodes[first]._replace(link=first if len(names) > 1 else "")
        for name in names:
            nodes[name] = shared
    return nodes


def _is_directory(*nodes: Node | None) -> bool:
    return all(node is not None and node.kind == "directory" for node in nodes)


Tree.EMPTY = Tree({"/": ROOT}, {})
