"""The files that hold users and groups, edited line by line."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.support import Files

NAME = re.compile(r"[a-z_][a-z0-9_-]*\$?", re.I)
"""What a user or a group may be called."""


def rewrite(p: Process, path: str, lines: list[str]) -> None:
    """Write a file of the database anew."""
    mode = 0o640 if path == "/etc/shadow" else 0o644
    p.write_file(path, "".join(line + "\n" for line in lines).encode(), mode)


def lines_of(p: Process, path: str) -> list[str]:
    """Its lines; none where it is missing."""
    try:
        return p.read_file(path).decode("utf-8", "surrogateescape").splitlines()
    except FsError:
        return []


def append(p: Process, path: str, line: str) -> None:
    """One line more."""
    rewrite(p, path, [*lines_of(p, path), line])


def remove_line(p: Process, path: str, name: str) -> None:
    """Without the line of ``name``."""
    rewrite(p, path, [line for line in lines_of(p, path) if line.partition(":")[0] != name])


def _free(taken: set[int], low: int, high: int) -> int:
    """The next number: after the highest in use for users, the highest that is free for system accounts."""
    inside = [number for number in taken if low <= number <= high]
    if low >= 1000:
        return max(inside, default=low - 1) + 1
    return next(number for number in range(high, low - 1, -1) if number not in taken)


def next_uid(p: Process, system: bool) -> int:
    """A number for a new user."""
    taken = {account.uid for account in users.accounts(p.vfs)}
    return _free(taken, 100, 999) if system else _free(taken, 1000, 59_999)


def next_gid(p: Process, system: bool) -> int:
    """A number for a new group."""
    taken = {group.gid for group in users.groups(p.vfs)}
    return _free(taken, 100, 999) if system else _free(taken, 1000, 59_999)


def create_group(p: Process, name: str, gid: int) -> None:
    """Enter a group."""
    append(p, "/etc/group", users.Group(name, gid, ()).line())


def create_user(p: Process, account: users.Account, home: bool) -> None:
    """Enter a user, with a home directory where ``home`` asks for it."""
    append(p, "/etc/passwd", account.line())
    day = int(p.sim.time() // 86400)
    append(p, "/etc/shadow", f"{account.name}:!:{day}:0:99999:7:::")
    if home:
        files = Files(p)
        if not files.exists(account.home):
            files.makedirs(account.home)
            files.chmod(account.home, 0o755)
            files.chown(account.home, account.uid, account.gid)


def join_group(p: Process, user: str, group: str) -> None:
    """``user`` becomes a member of ``group``."""
    lines = []
    for line in lines_of(p, "/etc/group"):
        fields = line.split(":")
        if fields[0] == group and len(fields) > 3 and user not in fields[3].split(","):
            fields[3] = f"{fields[3]},{user}".lstrip(",")
            line = ":".join(fields)
        lines.append(line)
    rewrite(p, "/etc/group", lines)


def not_root(p: Process, words: str) -> int | None:
    """The exit status of a refusal, with ``words``, for anybody but root."""
    return p.fail(words) if p.cred.uid != 0 else None
