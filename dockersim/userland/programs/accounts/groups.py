"""addgroup, groupadd and their opposites."""

from __future__ import annotations

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.accounts.database import (
    NAME,
    create_group,
    join_group,
    next_gid,
    not_root,
    remove_line,
)
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.usage import try_help


def add_to_group(p: Process, user: str, group: str) -> int:
    """``adduser user group``"""
    if users.account(p.vfs, user) is None:
        return p.fail(f"unknown user {user}" if is_busybox(p) else f"The user `{user}' does not exist.")
    if users.group(p.vfs, group) is None:
        return p.fail(f"unknown group {group}" if is_busybox(p) else f"The group `{group}' does not exist.")
    join_group(p, user, group)
    if not is_busybox(p):
        p.out(f"Adding user `{user}' to group `{group}' ...\nDone.\n")
    return 0


def _group(p: Process, name: str, gid_text: str, system: bool) -> tuple[int, str]:
    """The number of a new group, or what is wrong."""
    if users.group(p.vfs, name) is not None:
        return -1, "exists"
    gid = int(gid_text) if gid_text.isdigit() else next_gid(p, system)
    if users.group(p.vfs, gid) is not None:
        return gid, "taken"
    create_group(p, name, gid)
    return gid, ""


def groupadd(p: Process) -> int:
    options = parse(p, "fg:K:op:rR:", "force=f gid:=g non-unique=o system=r", status=2)
    if len(options.operands) != 1:
        try_help(p, 2)
    if p.cred.uid != 0:
        p.err("groupadd: Permission denied.\ngroupadd: cannot lock /etc/group; try again later.\n")
        return 10
    name = options.operands[0]
    if not NAME.fullmatch(name):
        return p.fail(f"'{name}' is not a valid group name", 3)
    gid, problem = _group(p, name, options.get("g"), "r" in options)
    if problem == "exists":
        return 0 if "f" in options else p.fail(f"group '{name}' already exists", 9)
    return p.fail(f"GID '{gid}' already exists", 4) if problem else 0


def addgroup(p: Process) -> int:
    options = parse(p, "g:S" if is_busybox(p) else "qh", "gid:=g system=S quiet=q")
    if not options.operands:
        try_help(p)
    if (
        refused := not_root(
            p, "Only root may add a user or group to the system." if not is_busybox(p) else "must be root"
        )
    ) is not None:
        return refused
    if len(options.operands) == 2:
        return add_to_group(p, options.operands[0], options.operands[1])
    name = options.operands[0]
    gid, problem = _group(p, name, options.get("g"), "S" in options)
    if problem == "exists":
        return p.fail(f"group '{name}' in use" if is_busybox(p) else f"The group `{name}' already exists.")
    if problem:
        return p.fail(f"gid '{gid}' in use" if is_busybox(p) else f"The GID `{gid}' is already in use.")
    if not is_busybox(p) and "q" not in options:
        p.out(f"Adding group `{name}' (GID {gid}) ...\nDone.\n")
    return 0


def delgroup(p: Process) -> int:
    operands = parse(p, "f", "force=f quiet only-if-empty").operands
    if not operands:
        try_help(p)
    name = operands[-1]
    found = users.group(p.vfs, name)
    if found is None:
        return p.fail(
            f"unknown group {name}" if is_busybox(p) else f"group '{name}' does not exist", 1 if is_busybox(p) else 6
        )
    owner = next((account for account in users.accounts(p.vfs) if account.gid == found.gid), None)
    if owner is not None:
        return p.fail(
            f"'{owner.name}' still has '{name}' as their primary group!"
            if is_busybox(p)
            else f"cannot remove the primary group of user '{owner.name}'",
            8,
        )
    remove_line(p, "/etc/group", name)
    return 0


groupdel = delgroup
