"""Files of text by path, and the directories that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dockersim.fs import Node, Through

Text = Callable[[], str]
Content = Node | Sequence[str] | Through | None


def directories(files: Iterable[str]) -> dict[str, list[str]]:
    """The directories that ``files`` stand in, with the names in each; what ends in ``/`` is an empty one itself."""
    found: dict[str, list[str]] = {"/": []}
    for path in files:
        while path != "/":
            parent = path.rpartition("/")[0] or "/"
            name = path.rpartition("/")[2]
            names = found.setdefault(parent, [])
            if name and name not in names:
                names.append(name)
            path = parent
    return found


def file(text: str, mode: int, uid: int = 0, gid: int = 0) -> Node:
    """A file with this text."""
    return Node.file(text.encode("utf-8", "surrogateescape"), mode, uid, gid)
