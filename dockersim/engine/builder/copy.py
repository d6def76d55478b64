"""COPY and ADD: which files go where, as BuildKit's file operations decide it. Trees in, a layer out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import NamedTuple

from dockersim.dockerfile import DockerfileError
from dockersim.fs.layer import Layer
from dockersim.fs.node import Node
from dockersim.fs.paths import ancestors, child_of
from dockersim.fs.tree import Tree

_MOST_LINKS = 40


class Attributes(NamedTuple):
    """What a copy gives to each file: ``None`` keeps the source's. ``now_ns`` dates the directories that it makes."""

    owner: tuple[int, int] | None = None
    mode: Callable[[Node], int] | None = None
    now_ns: int = 0

    def on(self, node: Node) -> Node:
        uid, gid = self.owner or (0, 0)
        mode = node.mode if self.mode is None or node.kind == "symlink" else self.mode(node)
        return node._replace(uid=uid, gid=gid, mode=mode)

    def directory(self) -> Node:
        """A directory that the destination lacked."""
        uid, gid = self.owner or (0, 0)
        return Node("directory", 0o755, uid, gid, self.now_ns)


class Copy:
    """One instruction's copying into ``tree``; :meth:`layer` is what it changed."""

    def __init__(self, tree: Tree, attributes: Attributes) -> None:
        self.tree = tree
        self.attributes = attributes
        self.entries: dict[str, Node] = {}

    def get(self, path: str) -> Node | None:
        return self.entries.get(path) or self.tree.get(path)

    def resolve(self, path: str, *, last: bool = True) -> str:
        """``path`` with its symbolic links followed inside the tree; ``last``: the final name too."""
        return _resolve(self.get, path, last=last)

    def layer(self) -> Layer:
        """What was copied, with the directories above it, as the overlay file system copies them up."""
        for path in list(self.entries):
            for above in ancestors(path):
                if above not in self.entries:
                    self.entries[above] = self.tree.nodes[above]
        return Layer(self.entries)

    def make_directory(self, path: str, new: Node | None = None) -> str:
        """``path`` as a directory, with its parents, existing or ``new``; returned with links followed."""
        path = self.resolve(path)
        for above in [*reversed(ancestors(path)), path]:
            node = self.get(above)
            if node is None:
                self.entries[above] = new if new and above == path else self.attributes.directory()
            elif node.kind != "directory":
                raise DockerfileError(f"mkdir {above}: not a directory")
        return path

    def put(self, path: str, node: Node) -> None:
        """One file, link or directory at ``path``, whose parent is there."""
        old = self.get(path)
        if node.kind == "directory":
            if old is not None and old.kind == "symlink":
                old = self.get(self.resolve(path))
            if old is not None and old.kind != "directory":
                raise DockerfileError(f"cannot replace to directory {path} with file")
        elif old is not None and old.kind == "directory":
            raise DockerfileError(f"cannot copy to non-directory: {path}")
        self.entries[path] = node

    def copy(self, source: Tree, path: str, destination: str, *, excluded: Callable[[str], bool]) -> None:
        """``path`` of ``source``: a directory's contents go into ``destination``, a file there or into it.

        ``excluded`` is asked for each name below a directory (relative to it) and for a file's own name.
        """
        node = source.nodes[path]
        if node.kind == "directory":
            self._copy_directory(source, path, destination, excluded)
        elif not excluded(posixpath.basename(path)):
            self.put(self.place(destination, path), self.attributes.on(node._replace(link="")))

    def place(self, destination: str, name: str) -> str:
        """Where a file called ``name`` ends up: inside ``destination`` if that is a directory or ends with ``/``."""
        target = self.get(self.resolve(destination))
        if destination.endswith("/") or (target is not None and target.kind == "directory"):
            return child_of(self.make_directory(destination), posixpath.basename(name))
        parent = self.make_directory(posixpath.dirname(posixpath.normpath(destination)))
        return child_of(parent, posixpath.basename(destination))

    def _copy_directory(self, source: Tree, top: str, destination: str, excluded: Callable[[str], bool]) -> None:
        root = self.make_directory(destination, self.attributes.on(source.nodes[top]))
        for path, node in source.walk(top):
            below = path[len(top.rstrip("/")) :]
            if path == top or excluded(below[1:]):
                continue
            parent, _, name = (root.rstrip("/") + below).rpartition("/")
            self.put(child_of(self.resolve(parent or "/"), name), self.attributes.on(node))

    def unpack(self, layer: Layer, destination: str) -> None:
        """A local archive's entries (ADD) below ``destination``; owners and modes are the archive's."""
        root = self.make_directory(destination)
        parents: dict[str, str] = {}
        for path, node in layer.entries.items():
            if path == "/" or node.kind == "whiteout":
                continue
            parent, _, name = (root.rstrip("/") + path).rpartition("/")
            if parent not in parents:
                parents[parent] = self.resolve(parent or "/")
            if self.attributes.owner or self.attributes.mode is not None:
                node = self.attributes.on(node)
            self.put(child_of(parents[parent], name), node)


def _resolve(get: Callable[[str], Node | None], path: str, *, last: bool) -> str:
    todo = [part for part in posixpath.normpath(path).split("/") if part]
    done: list[str] = []
    links = 0
    while todo:
        name = todo.pop(0)
        if name == "..":
            done = done[:-1]
            continue
        here = "/" + "/".join([*done, name])
        node = get(here)
        if node is None or node.kind != "symlink" or (not todo and not last):
            done.append(name)
            continue
        links += 1
        if links > _MOST_LINKS:
            raise DockerfileError(f"{path}: too many levels of symbolic links")
        if node.target.startswith("/"):
            done = []
        todo = [part for part in node.target.split("/") if part not in ("", ".")] + todo
    return "/" + "/".join(done)


def find_sources(source: Tree, pattern: str, *, stage: bool) -> list[str]:
    """The paths that one source of COPY or ADD means, links followed; a pattern may mean none.

    ``stage``: the source is a stage or an image, not the context (the two word a missing file differently).
    """
    path = posixpath.normpath("/" + pattern)
    path = path[1:] if path.startswith("//") else path
    if re.search(r"[*?\[\\]", path):
        from dockersim.dockerfile.dockerignore import glob_regex

        rule = glob_regex(path)
        return [candidate for candidate, _ in source.walk() if rule.fullmatch(candidate)]
    found = _resolve(source.get, path, last=True)
    if source.get(found) is None:
        if stage:
            raise DockerfileError(f"lstat {path}: no such file or directory")
        raise DockerfileError(f'failed to compute cache key: "{path}": not found')
    return [found]


def find_owner(tree: Tree, text: str) -> tuple[int, int] | None:
    """``--chown``'s user and group as numbers, names looked up in the tree's own /etc/passwd and /etc/group."""
    if not text:
        return None
    user, colon, group = text.partition(":")
    if user.isdecimal():
        uid, gid = int(user), int(user)
    else:
        fields = _entry(tree, "/etc/passwd", user)
        if fields is None or len(fields) < 4:
            raise DockerfileError(f"unable to find user {user}: no matching entries in passwd file")
        uid, gid = int(fields[2]), int(fields[3])
    if not colon:
        return uid, gid
    if group.isdecimal():
        return uid, int(group)
    fields = _entry(tree, "/etc/group", group)
    if fields is None or len(fields) < 3:
        raise DockerfileError(f"unable to find group {group}: no matching entries in group file")
    return uid, int(fields[2])


def _entry(tree: Tree, path: str, name: str) -> list[str] | None:
    node = tree.get(path)
    if node is None or node.kind != "file":
        return None
    for line in node.data.decode(errors="replace").splitlines():
        fields = line.split(":")
        if fields[0] == name and len(fields) > 2 and fields[2].isdecimal():
            return fields
    return None


_CLAUSE = re.compile(r"([ugoa]*)([-+=])([rwxXst]*)")


def parse_mode(text: str) -> Callable[[Node], int] | None:
    """``--chmod``'s octal (``0755``) or symbolic (``u=rwX,go=rX``) mode as a function; ``None`` for no mode."""
    if not text:
        return None
    if re.fullmatch(r"0?[0-7]{1,4}", text):
        return lambda node: int(text, 8)
    clauses = [_CLAUSE.fullmatch(clause) for clause in text.split(",")]
    if not all(clauses):
        raise DockerfileError(f"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777")

    def symbolic(node: Node) -> int:
        mode = node.mode
        for clause in clauses:
            if clause:
                mode = _changed(mode, node.kind == "directory", *clause.groups())
        return mode

    return symbolic


def _changed(mode: int, directory: bool, who: str, operator: str, letters: str) -> int:
    """One clause of a symbolic mode, as chmod(1) defines it."""
    shifts = {"u": 6, "g": 3, "o": 0}
    chosen = "ugo" if not who or "a" in who else who
    bits = (4 if "r" in letters else 0) | (2 if "w" in letters else 0)
    if "x" in letters or ("X" in letters and (directory or mode & 0o111)):
        bits |= 1
    wanted = mask = 0
    for one in chosen:
        wanted |= bits << shifts[one]
        mask |= 7 << shifts[one]
    if "s" in letters:
        wanted |= (0o4000 if "u" in chosen else 0) | (0o2000 if "g" in chosen else 0)
    if "t" in letters:
        wanted |= 0o1000
    if operator == "=":
        return (mode & ~mask) | wanted
    return mode | wanted if operator == "+" else mode & ~wanted
