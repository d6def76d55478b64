"""Tar archives, member by member: ustar, with PAX (POSIX.1-2001) and GNU extensions, as far as Docker, GNU tar and
Python write them. Written archives have stable bytes: the members' values decide them and nothing else."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from dockersim.fs.errors import TarError
from dockersim.fs.node import Kind, Node

Type = Literal["file", "link", "symlink", "char", "block", "directory", "fifo"]

RECORD = 512
NOMINAL = "DOCKERSIM.nominal"  # vendor keyword: the declared size of a sparse file, in bytes
MAX_PAX = 1 << 20  # bytes of one extended header; more is no honest archive
_TYPES: dict[bytes, Type] = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"1": "link",
    b"2": "symlink",
    b"3": "char",
    b"4": "block",
    b"5": "directory",
    b"6": "fifo",
}
_FLAGS: dict[Type, bytes] = {
    "file": b"0",
    "link": b"1",
    "symlink": b"2",
    "char": b"3",
    "block": b"4",
    "directory": b"5",
    "fifo": b"6",
}
_SPARSE = "sparse files of GNU tar are not read here"


class Member(NamedTuple):
    """One member. `name` is as stored, without a directory's closing slash; `linkname` is the target of a "link"
    (another member's name) or "symlink"; `mtime_ns` in nanoseconds; `nominal` a declared size in bytes."""

    name: str
    type: Type = "file"
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime_ns: int = 0
    data: bytes = b""
    linkname: str = ""
    rdev: tuple[int, int] | None = None
    uname: str = ""
    gname: str = ""
    nominal: int | None = None

    @property
    def size(self) -> int:
        """The size to show, in bytes."""
        return len(self.data) if self.nominal is None else self.nominal

    def node(self) -> Node:
        """The member as a tree's node; a hard link has none of its own: TarError."""
        if self.type == "link":
            raise TarError(f"{self.name}: a hard link has no content of its own")
        target = self.linkname if self.type == "symlink" else ""
        kind: Kind = self.type
        return Node(
            kind,
            self.mode,
            self.uid,
            self.gid,
            self.mtime_ns,
            self.data,
            target,
            self.nominal,
            self.rdev,
        )


def member(name: str, node: Node) -> Member | None:
    """A node as a member; None for a socket, which tar cannot keep. Hard links are the caller's business."""
    if node.kind in ("socket", "whiteout"):
        return None
    kind: Type = node.kind  # type: ignore[assignment]  # the two that are no Type are gone
    nominal = node.nominal if node.nominal is not None and node.nominal > len(node.data) else None
    return Member(
        name,
        kind,
        node.mode,
        node.uid,
        node.gid,
        node.mtime_ns,
        node.data,
        node.target,
        node.rdev,
        nominal=nominal,
    )


# -- writing


def write_members(members: Iterable[Member]) -> bytes:
    """An archive of these members, in this order, with its closing records."""
    parts: list[bytes] = []
    for one in members:
        parts.append(header(one))
        if one.data and one.type == "file":
            parts.append(one.data)
            parts.append(bytes(-len(one.data) % RECORD))
    parts.append(bytes(2 * RECORD))
    return b"".join(parts)


def header(one: Member) -> bytes:
    """The header records of a member: a PAX header where ustar's fields do not suffice, then the ustar one."""
    pax: list[tuple[str, str]] = []
    name = _text(one.name + "/" if one.type == "directory" and not one.name.endswith("/") else one.name)
    prefix, base = _split(name)
    if base is None or not name.isascii():
        pax.append(("path", _string(name)))
        prefix, base = b"", name[:100]
    link = _text(one.linkname)
    if len(link) > 100 or not link.isascii():
        pax.append(("linkpath", _string(link)))
    for key, number in (("uid", one.uid), ("gid", one.gid)):
        if number > 0o7777777:
            pax.append((key, str(number)))
    seconds, rest = divmod(one.mtime_ns, 1_000_000_000)
    if rest or not 0 <= seconds <= 0o77777777777:
        pax.append(("mtime", _decimal(one.mtime_ns)))
    if one.nominal is not None:
        pax.append((NOMINAL, str(one.nominal)))
    out = _ustar(one, prefix, base, link[:100], seconds)
    return _pax(pax, base) + out if pax else out


def _split(name: bytes) -> tuple[bytes, bytes | None]:
    """Name as ustar's prefix and name; None if it does not fit."""
    if len(name) <= 100:
        return b"", name
    cut = name.find(b"/", len(name) - 101)
    if 0 < cut <= 155 and cut < len(name) - 1:
        return name[:cut], name[cut + 1 :]
    return b"", None


def _ustar(one: Member, prefix: bytes, base: bytes, link: bytes, seconds: int) -> bytes:
    major, minor = one.rdev or (0, 0)
    size = len(one.data) if one.type == "file" else 0
    if size > 0o77777777777:
        raise TarError(f"{one.name}: too large for an archive")
    return _sealed(
        b"".join(
            (
                base.ljust(100, b"\0"),
                b"%07o\0" % one.mode,
                b"%07o\0" % min(one.uid, 0o7777777),
                b"%07o\0" % min(one.gid, 0o7777777),
                b"%011o\0" % size,
                b"%011o\0" % min(max(seconds, 0), 0o77777777777),
                b"        ",
                _FLAGS[one.type],
                link.ljust(100, b"\0"),
                b"ustar\x0000",
                _text(one.uname)[:31].ljust(32, b"\0"),
                _text(one.gname)[:31].ljust(32, b"\0"),
                b"%07o\0" % major,
                b"%07o\0" % minor,
                prefix.ljust(155, b"\0"),
            )
        )
    )


def _sealed(head: bytes) -> bytes:
    return (head[:148] + b"%06o\0 " % sum(head) + head[156:]).ljust(RECORD, b"\0")


def _pax(fields: list[tuple[str, str]], base: bytes) -> bytes:
    body = b"".join(_pax_line(key, value) for key, value in fields)
    name = (b"PaxHeaders/" + base.rstrip(b"/").rpartition(b"/")[2])[:100]
    head = _ustar(Member("", data=body), b"", name, b"", 0)
    return _sealed(head[:148] + b" " * 8 + b"x" + head[157:]) + body + bytes(-len(body) % RECORD)


def _pax_line(key: str, value: str) -> bytes:
    text = b" %s=%s\n" % (key.encode(), _text(value))
    length = len(text)
    while len(str(length)) + len(text) != length:
        length = len(str(length)) + len(text)
    return str(length).encode() + text


def _decimal(ns: int) -> str:
    sign, ns = ("-", -ns) if ns < 0 else ("", ns)
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{sign}{seconds}.{rest:09d}".rstrip("0").rstrip(".")


def _text(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _string(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


# -- reading


def read_members(data: bytes) -> Iterator[Member]:
    """The members of an archive, one after another. TarError for what is malformed or cut short.

    An archive may end without closing records, as Docker accepts too; nothing at all is an empty archive.
    """
    place = 0
    extended: dict[str, str] = {}
    world: dict[str, str] = {}
    while place < len(data):
        head = data[place : place + RECORD]
        if len(head) < RECORD:
            raise TarError("unexpected EOF")
        place += RECORD
        if not any(head):
            return
        _check_sum(head)
        flag = head[156:157]
        size = _size(head, extended, flag)
        body = data[place : place + size]
        if len(body) < size:
            raise TarError("unexpected EOF")
        place += size + -size % RECORD
        if flag in (b"x", b"g", b"X"):
            (world if flag == b"g" else extended).update(_read_pax(body))
        elif flag in (b"L", b"K"):
            extended["path" if flag == b"L" else "linkpath"] = _string(body.split(b"\0", 1)[0])
        else:
            yield _member(head, flag, body, world | extended)
            extended = {}
    if extended:
        raise TarError("unexpected EOF")


def _size(head: bytes, extended: dict[str, str], flag: bytes) -> int:
    size = _number(head[124:136])
    if flag in (b"x", b"g", b"X", b"L", b"K"):
        if not 0 <= size <= MAX_PAX:
            raise TarError("invalid tar header: an extended header of this size")
        return size
    if flag in (b"1", b"2", b"3", b"4", b"5", b"6"):
        return 0
    if "size" in extended:
        size = _digits(extended["size"])
    if size < 0:
        raise TarError("invalid tar header: negative size")
    return size


def _check_sum(head: bytes) -> None:
    field = head[148:156]
    total = sum(head) - sum(field) + 8 * 32
    stored = _number(field)
    if stored != total and stored != total - 256 * sum(byte > 127 for byte in head[:148] + head[156:]):
        raise TarError("invalid tar header")  # the second is the sum of signed bytes, which old tars wrote


def _number(field: bytes) -> int:
    """Octal digits, or the base-256 numbers of GNU tar."""
    if field[0] & 0x80:
        value = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        return value - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else value
    text = field.split(b"\0", 1)[0].strip(b" ")
    if not text:
        return 0
    if not text.isdigit() or b"8" in text or b"9" in text:
        raise TarError("invalid tar header")
    return int(text, 8)


def _digits(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 20:
        raise TarError("invalid tar header: bad number in an extended header")
    return int(text)


def _read_pax(body: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    place = 0
    while place < len(body) and body[place : place + 1] != b"\0":
        space = body.find(b" ", place, place + 20)
        if space < 0 or not body[place:space].isdigit():
            raise TarError("invalid tar header: bad extended header")
        end = place + int(body[place:space])
        key, equals, value = body[space + 1 : end - 1].partition(b"=")
        if end > len(body) or end <= space + 1 or not equals or body[end - 1 : end] != b"\n":
            raise TarError("invalid tar header: bad extended header")
        fields[_string(key)] = _string(value)
        place = end
    return fields


def _member(head: bytes, flag: bytes, body: bytes, extended: dict[str, str]) -> Member:
    if flag == b"S" or any(key.startswith("GNU.sparse.") for key in extended):
        raise TarError(_SPARSE)
    kind = _TYPES.get(flag)
    if kind is None:
        raise TarError(f"unhandled tar header type {flag[0]}")
    name = _cut(head[:100])
    if head[257:263] == b"ustar\0" and head[345]:
        name = _cut(head[345:500]) + "/" + name
    name = extended.get("path") or name
    if kind == "file" and flag != b"7" and name.endswith("/"):
        kind = "directory"  # as the oldest tars say it
    linkname = extended.get("linkpath") or _cut(head[157:257])
    mtime = _nanoseconds(extended["mtime"]) if "mtime" in extended else _number(head[136:148]) * 10**9
    if "\0" in name or "\0" in linkname:
        raise TarError("invalid tar header: NUL in a name")
    return Member(
        name.rstrip("/") if kind == "directory" and name.rstrip("/") else name,
        kind,
        _number(head[100:108]) & 0o7777,
        _digits(extended["uid"]) if "uid" in extended else _number(head[108:116]),
        _digits(extended["gid"]) if "gid" in extended else _number(head[116:124]),
        mtime,
        body if kind == "file" else b"",
        linkname if kind in ("link", "symlink") else "",
        (_number(head[329:337]), _number(head[337:345])) if kind in ("char", "block") else None,
        extended.get("uname") or _cut(head[265:297]),
        extended.get("gname") or _cut(head[297:329]),
        _nominal(extended, body),
    )


def _nominal(extended: dict[str, str], body: bytes) -> int | None:
    if NOMINAL not in extended:
        return None
    nominal = _digits(extended[NOMINAL])
    return nominal if nominal > len(body) else None


def _nanoseconds(text: str) -> int:
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (_digits(whole.lstrip("-") or "0") * 10**9 + _digits((fraction or "0")[:9].ljust(9, "0")))


def _cut(field: bytes) -> str:
    return _string(field.split(b"\0", 1)[0])
