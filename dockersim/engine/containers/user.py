"""``--user``: names and numbers looked up in the container's own /etc/passwd and /etc/group, as runc does."""

from __future__ import annotations

from functools import lru_cache

from dockersim.errors import System
from dockersim.fs import Cred, FsError, Vfs

MAXIMUM = 2**31 - 1


class Account:
    """Who PID 1 will be, and where its home is."""

    __slots__ = ("cred", "home")

    def __init__(self, cred: Cred, home: str) -> None:
        self.cred = cred
        self.home = home


def resolve(vfs: Vfs, text: str, extra_groups: list[str] | None = None) -> Account:
    """``name``, ``uid``, ``name:group`` or ``uid:gid``; System for names that are not in the files."""
    user, _, group = text.partition(":")
    passwd, groups = _table(vfs, "/etc/passwd"), _table(vfs, "/etc/group")
    uid, gid, home, name = 0, 0, "/", ""
    entry = _find(passwd, user or "0", (0, 2))
    if entry is not None:
        name, uid, gid, home = entry[0], int(entry[2]), int(entry[3]), entry[5] or "/"
    elif user.removeprefix("-").isdigit():
        uid = _in_range(user)
    elif user:
        raise System(f"unable to find user {user}: no matching entries in passwd file")
    if group:
        found = _find(groups, group, (0, 2))
        if found is None and not group.isdigit():
            raise System(f"unable to find group {group}: no matching entries in group file")
        gid = int(found[2]) if found is not None else _in_range(group)
    supplementary = {int(line[2]) for line in groups if not group and name and name in line[3].split(",")}
    for extra in extra_groups or ():
        found = _find(groups, extra, (0, 2))
        if found is None and not extra.removeprefix("-").isdigit():
            raise System(f"unable to find group {extra}: no matching entries in group file")
        supplementary.add(int(found[2]) if found is not None else _in_range(extra))
    return Account(Cred(uid, gid, frozenset(supplementary | {gid})), home)


def _in_range(text: str) -> int:
    if not 0 <= int(text) <= MAXIMUM:
        raise System("uids and gids must be in range 0-2147483647")
    return int(text)


def _table(vfs: Vfs, path: str) -> list[list[str]]:
    try:
        return _rows(vfs.read_file(path, cwd="/", cred=Cred(0, 0)), 7 if path.endswith("passwd") else 4)
    except FsError:
        return []


@lru_cache(maxsize=64)
def _rows(data: bytes, width: int) -> list[list[str]]:
    """The lines that are entries; the same bytes are read once, since containers share their image's files."""
    rows = [line.split(":") for line in data.decode(errors="replace").splitlines() if line and line[0] != "#"]
    return [row for row in rows if len(row) >= width and row[2].isdigit()]


def _find(rows: list[list[str]], key: str, columns: tuple[int, int]) -> list[str] | None:
    for column in columns:
        for row in rows:
            if row[column] == key:
                return row
    return None
