"""Layers as tar archives (OCI image-spec, "Image Layer Filesystem Changeset"), and gzip with stable bytes."""

import zlib
from collections.abc import Iterator

from dockersim.fs.archive import Member, member, read_members, write_members
from dockersim.fs.errors import TarError
from dockersim.fs.layer import Layer
from dockersim.fs.node import WHITEOUT, Node
from dockersim.fs.paths import child_of, name_of, parent_of
from dockersim.fs.tree import Tree

WH = ".wh."
OPAQUE = ".wh..wh..opq"
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # no name, no time, "unknown" system
MAX_UNPACKED = 4 << 30  # bytes a compressed archive may grow to


def pack(content: Layer | Tree) -> bytes:
    """The archive of a layer, or of the layer that makes a tree out of nothing.

    Members are in the order of their paths, each directory first; equal layers give equal bytes. Sockets are left
    out, as by the engine.
    """
    layer = content if isinstance(content, Layer) else Layer.of_tree(content)
    return write_members(layer_members(layer))


def layer_members(layer: Layer) -> Iterator[Member]:
    """The members of a layer's archive: whiteouts as `.wh.NAME`, an opaque mark first in its directory."""
    marks = set(layer.opaque)
    if "/" in marks and "/" not in layer.entries:
        yield Member(OPAQUE, mode=0)
        marks.discard("/")
    for path, node in layer.entries.items():
        yield from _members(path, node)
        if path in marks:
            yield Member(_name(child_of(path, OPAQUE)), mode=0)
            marks.discard(path)
    for path in sorted(marks):
        yield Member(_name(child_of(path, OPAQUE)), mode=0)


def _members(path: str, node: Node) -> Iterator[Member]:
    if node is WHITEOUT:
        yield Member(_name(child_of(parent_of(path), WH + name_of(path))), mode=0)
        return
    one = member(_name(path), node)
    if one is None:
        return
    if node.link and node.link != path:
        one = one._replace(type="link", linkname=_name(node.link), data=b"", nominal=None)
    yield one


def _name(path: str) -> str:
    return path[1:] or "."


def unpack(data: bytes) -> Layer:
    """The layer in an archive, which may be compressed with gzip.

    TarError for what is malformed, for a path that leads out of the tree (`../`) and for a hard link to what is not
    in the archive before it.
    """
    entries: dict[str, Node] = {}
    opaque: set[str] = set()
    for one in read_members(gunzip(data) if is_gzip(data) else data):
        path = tree_path(one.name)
        name = name_of(path)
        if name == OPAQUE:
            opaque.add(parent_of(path))
        elif name.startswith(WH + WH):
            continue  # AUFS kept its own records under such names
        elif name.startswith(WH):
            _forget(entries, gone := child_of(parent_of(path), _whited(one.name, name)))
            entries[gone] = WHITEOUT
        elif one.type == "link":
            _hard_link(entries, path, one)
        else:
            _put(entries, path, one.node())
    return Layer(entries, opaque)


def _whited(stored: str, name: str) -> str:
    name = name[len(WH) :]
    if name in ("", ".", ".."):
        raise TarError(f"invalid whiteout name {stored!r}")
    return name


def _put(entries: dict[str, Node], path: str, node: Node) -> None:
    """A later member of the same name takes the place of the earlier."""
    if node.kind != "directory":
        if path == "/":
            raise TarError("the root of a layer must be a directory")
        _forget(entries, path)
    entries[path] = node


def _forget(entries: dict[str, Node], top: str) -> None:
    old = entries.pop(top, None)
    if old is not None and old.kind == "directory":
        for path in [path for path in entries if path.startswith(top + "/")]:
            del entries[path]


def _hard_link(entries: dict[str, Node], path: str, one: Member) -> None:
    target = tree_path(one.linkname)
    node = entries.get(target)
    if node is None or node.kind in ("directory", "whiteout"):
        raise TarError(f"invalid hard link {one.name!r} -> {one.linkname!r}: no such file in the archive")
    if path == target:
        return
    if not node.link:
        node = entries[target] = node._replace(link=target)
    _put(entries, path, node)


def tree_path(name: str) -> str:
    """A member's name as a path in a tree. TarError where it leads out of it."""
    parts: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                raise TarError(f"invalid path {name!r}: it leads out of the archive")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


# -- gzip


def is_gzip(data: bytes) -> bool:
    """Whether bytes start as gzip's do."""
    return data[:2] == b"\x1f\x8b"


def gzip(data: bytes, level: int = 6) -> bytes:
    """RFC 1952, without a name or a time, so that equal input gives equal bytes."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((_GZIP_HEAD, deflate.compress(data), deflate.flush(), tail))


def gunzip(data: bytes) -> bytes:
    """All members of a gzip stream. TarError for what is damaged or cut short."""
    parts: list[bytes] = []
    total = 0
    while data and (not parts or data.strip(b"\0")):
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            parts.append(inflate.decompress(data, MAX_UNPACKED - total + 1))
        except zlib.error as error:
            raise TarError(f"invalid gzip data: {str(error).split(': ')[-1]}") from None
        total += len(parts[-1])
        if total > MAX_UNPACKED:
            raise TarError("invalid gzip data: too large")
        if not inflate.eof:
            raise TarError("unexpected EOF")
        data = inflate.unused_data
    return b"".join(parts)
