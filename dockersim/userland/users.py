"""Users and groups, as ``/etc/passwd`` and ``/etc/group`` of a computer name them (passwd(5), group(5))."""

from __future__ import annotations

from typing import NamedTuple

from dockersim.fs import Cred, FsError, Vfs

_ROOT = Cred(0, 0)


class Account(NamedTuple):
    """A line of ``/etc/passwd``."""

    name: str
    uid: int
    gid: int
    gecos: str
    home: str
    shell: str

    def line(self) -> str:
        return f"{self.name}:x:{self.uid}:{self.gid}:{self.gecos}:{self.home}:{self.shell}"


class Group(NamedTuple):
    """A line of ``/etc/group``."""

    name: str
    gid: int
    members: tuple[str, ...]

    def line(self) -> str:
        return f"{self.name}:x:{self.gid}:{','.join(self.members)}"


def _lines(vfs: Vfs, path: str) -> list[list[str]]:
    try:
        text = vfs.read_file(path, cwd="/", cred=_ROOT).decode("utf-8", "replace")
    except FsError:
        return []
    return [line.split(":") for line in text.splitlines() if line and not line.startswith("#")]


def accounts(vfs: Vfs) -> list[Account]:
    """All users, in the order of the file; malformed lines are left out."""
    return [
        Account(f[0], int(f[2]), int(f[3]), f[4], f[5], f[6])
        for f in _lines(vfs, "/etc/passwd")
        if len(f) >= 7 and f[2].isdigit() and f[3].isdigit()
    ]


def groups(vfs: Vfs) -> list[Group]:
    """All groups, in the order of the file; malformed lines are left out."""
    return [
        Group(f[0], int(f[2]), tuple(member for member in f[3].split(",") if member))
        for f in _lines(vfs, "/etc/group")
        if len(f) >= 4 and f[2].isdigit()
    ]


def account(vfs: Vfs, who: str | int) -> Account | None:
    """The user of that name, or of that number."""
    return next((a for a in accounts(vfs) if who in (a.name, a.uid)), None)


def group(vfs: Vfs, which: str | int) -> Group | None:
    """The group of that name, or of that number."""
    return next((g for g in groups(vfs) if which in (g.name, g.gid)), None)


def user_name(vfs: Vfs, uid: int) -> str:
    """The user's name; the number where there is no such user."""
    found = account(vfs, uid)
    return found.name if found else str(uid)


def group_name(vfs: Vfs, gid: int) -> str:
    """The group's name; the number where there is no such group."""
    found = group(vfs, gid)
    return found.name if found else str(gid)


def supplementary(vfs: Vfs, name: str) -> frozenset[int]:
    """The numbers of the groups that list ``name`` as a member."""
    return frozenset(g.gid for g in groups(vfs) if name in g.members)


def credentials(vfs: Vfs, found: Account) -> Cred:
    """What a login as that user gives."""
    return Cred(found.uid, found.gid, supplementary(vfs, found.name) | {found.gid})
