"""Root trees as text: ``rootfs.txt`` beside each Dockerfile of the catalogue.

One entry a line: a path, an octal mode, an owner, and what is there. Mode (default 755 for directories and programs,
644 for files) and owner (``uid:gid``, default ``0:0``) may be left out.

================================  ===================================================================================
``/tmp/ 1777``                    a directory
``/etc/hostname = "box\\n"``       a file with this text (a JSON string)
``/etc/passwd < passwd "x\n"``    a file with the text of a data file beside this one (or in ``_shared``), and more
``/bin/cat program``              an executable that runs the simulated program ``cat``; ``program NAME`` names another
``/lib/libc.so ~1926256``         a file of that size in life, its bytes left out; ``~=TOTAL`` makes the section sum up
``/bin -> usr/bin``               a symbolic link
``/bin/sh => /bin/busybox``       a hard link
``/usr/bin/{cat:39384,ls}``       several at once; the number after a name is its size in life, in bytes
================================  ===================================================================================

``program`` takes ``~SIZE`` too. A line that ends in a backslash goes on. Sections: ``[context]`` (at first) holds the
build context's files, ``[tar NAME]`` an archive in the context, ``[run N]`` what the Nth RUN of the Dockerfile leaves
behind (the catalogue needs no computer to build on). ``@include NAME`` takes in another such file.

A file called ``NAME.bundle`` stands for all those of NAME that are not listed: its size makes the layer weigh what it
does in life, and it holds no bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dockersim.fs.node import Node
from dockersim.fs.tree import canonical_links
from dockersim.userland.binary import executable

Entries = dict[str, Node]
_LINE = re.compile(r"(\S+)(?:\s+([0-7]{3,4}))?(?:\s+(\d+:\d+))?(?:\s+(.*))?$")


def parse_rootfs(text: str, read: Callable[[str], str], mtime_ns: int) -> dict[str, Entries]:
    """The sections of a ``rootfs.txt``, by heading. ``read`` gives a data file's text by name.

    Raises :class:`ValueError` with the line that cannot be understood.
    """
    sections: dict[str, Entries] = {"context": {}}
    current = sections["context"]
    for line in _lines(text, read):
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), {})
            continue
        for path, node in _entries(line, read, mtime_ns, current):
            current[path] = node
    return {heading: canonical_links(entries) for heading, entries in sections.items()}


def _lines(text: str, read: Callable[[str], str]) -> Iterator[str]:
    for line in re.sub(r"\\\n\s*", "", text).split("\n"):
        line = line.strip()
        if line.startswith("@include "):
            yield from _lines(read(line.split()[1]), read)
        elif line and not line.startswith("#"):
            yield line


def _entries(line: str, read: Callable[[str], str], mtime_ns: int, current: Entries) -> Iterator[tuple[str, Node]]:
    found = _LINE.match(line)
    if not found:
        raise ValueError(f"rootfs: cannot understand {line!r}")
    spec, mode, owner, what = found.groups()
    uid, gid = map(int, (owner or "0:0").split(":"))
    for path, size in _paths(spec):
        if path.endswith("/") and path != "/":
            yield path[:-1], Node("directory", int(mode or "755", 8), uid, gid, mtime_ns)
            continue
        node = _node(line, path, what or "", size, read, current)
        chosen = int(mode, 8) if mode else node.mode
        if node.kind == "symlink":
            chosen = 0o777
        if node.link:
            shared = node.link
            current[shared] = current[shared]._replace(link=shared)
            yield path, current[shared]
        else:
            yield path, node._replace(mode=chosen, uid=uid, gid=gid, mtime_ns=mtime_ns)


def _paths(spec: str) -> Iterator[tuple[str, int | None]]:
    head, brace, rest = spec.partition("{")
    names, _, tail = rest.partition("}")
    for name in names.split(",") if brace else [""]:
        name, colon, size = name.partition(":") if brace else (name, "", "")
        yield head + name + tail, int(size) if colon else None


def _node(line: str, path: str, what: str, size: int | None, read: Callable[[str], str], current: Entries) -> Node:
    action, _, rest = what.partition(" ")
    rest = rest.strip()
    if action == "->":
        return Node("symlink", target=rest)
    if action == "=>":
        return current[rest]._replace(link=rest)
    if action in ("=", "<"):
        name, _, more = rest.partition(" ") if action == "<" else ("", "", rest)
        return Node("file", data=((read(name) if name else "") + (_string(more) if more else "")).encode())
    if action == "program":
        name, _, declared = rest.partition("~")
        program = name.strip() or path.rpartition("/")[2]
        data = executable(program)
        size = int(declared) if declared else size
        return Node("file", 0o755, data=data, nominal=size if size and size > len(data) else None)
    if action.startswith("~="):
        size = max(0, int(action[2:]) - sum(_sizes(current)))
        return Node("file", nominal=size)
    if action.startswith("~"):
        return Node("file", nominal=int(action[1:]))
    if size is not None:
        return Node("file", nominal=size)
    raise ValueError(f"rootfs: cannot understand {line!r}")


def _string(text: str) -> str:
    import json

    return str(json.loads(text))


def _sizes(entries: Entries) -> Iterator[int]:
    return (node.size for path, node in entries.items() if node.kind != "directory" and node.link in ("", path))
