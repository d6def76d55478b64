"""deluser and userdel."""

from __future__ import annotations

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.accounts.database import (
    lines_of,
    not_root,
    remove_line,
    rewrite,
)
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.usage import try_help


def deluser(p: Process) -> int:
    options = parse(p, "rfq", "remove-home=r remove=r force=f quiet=q")
    if not options.operands:
        try_help(p)
    name = options.operands[0]
    found = users.account(p.vfs, name)
    if found is None:
        words = {"userdel": f"user '{name}' does not exist", "deluser": f"The user `{name}' does not exist."}
        return p.fail(
            f"unknown user {name}" if is_busybox(p) else words.get(p.name, ""),
            6 if p.name == "userdel" else 2 if not is_busybox(p) else 1,
        )
    if (refused := not_root(p, "Permission denied.")) is not None:
        return refused
    for path in ("/etc/passwd", "/etc/shadow"):
        remove_line(p, path, name)
    own = users.group(p.vfs, name)
    if own is not None and own.gid == found.gid:
        remove_line(p, "/etc/group", name)
    lines = []
    for line in lines_of(p, "/etc/group"):
        fields = line.split(":")
        if len(fields) > 3:
            fields[3] = ",".join(member for member in fields[3].split(",") if member != name)
        lines.append(":".join(fields))
    rewrite(p, "/etc/group", lines)
    if p.name == "deluser" and not is_busybox(p):
        p.out(f"Removing user `{name}' ...\nDone.\n")
    return 0


userdel = deluser
