"""passwd."""

from __future__ import annotations

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.accounts.database import (
    lines_of,
    rewrite,
)
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.support import Steps


def passwd(p: Process) -> Steps:
    options = parse(p, "dluSaei:n:qx:", "delete=d lock=l unlock=u status=S", status=6)
    me = users.user_name(p.vfs, p.cred.uid)
    name = options.operands[0] if options.operands else me
    if users.account(p.vfs, name) is None:
        return p.fail(f"unknown user {name}" if is_busybox(p) else f"user '{name}' does not exist")
    if p.cred.uid != 0 and name != me:
        return p.fail(f"You may not view or modify password information for {name}.")
    if options.any("d l u"):
        kind = options.last("d l u")
        _set_password(p, name, {"d": "", "l": "!", "u": "x"}[kind])
        p.out(
            "passwd: password expiry information changed.\n"
            if not is_busybox(p)
            else f"passwd: password for {name} changed by root\n"
        )
        return 0
    return (yield from passwd_for(p, name))


def passwd_for(p: Process, name: str) -> Steps:
    """Ask for a new password twice, as passwd does; it is kept as a mark, not as a hash."""
    lines = p.lines(0)
    typed = []
    restore = p.tty.echo if p.tty is not None else None
    if is_busybox(p):
        p.err(f"Changing password for {name}\n")
    for words in ("New password: ", "Retype password: " if is_busybox(p) else "Retype new password: "):
        p.err(words)
        yield from p.flush()
        if p.tty is not None:
            p.tty.echo = False
        typed.append((yield from lines.next()).rstrip(b"\r\n"))
        if p.tty is not None:
            p.tty.echo = restore
            p.err("\n")
    if not typed[0]:
        if is_busybox(p):
            return p.fail(f"password for {name} is unchanged")
        p.err(
            "No password has been supplied.\npasswd: Authentication "
            "token manipulation error\npasswd: password unchanged\n"
        )
        return 10
    if typed[0] != typed[1]:
        if is_busybox(p):
            p.err("Passwords don't match\n")
            return p.fail(f"password for {name} is unchanged")
        p.err(
            "Sorry, passwords do not match.\npasswd: Authentication "
            "token manipulation error\npasswd: password unchanged\n"
        )
        return 10
    _set_password(p, name, "$simulated$")
    p.err(
        f"passwd: password for {name} changed by root\n" if is_busybox(p) else "passwd: password updated successfully\n"
    )
    return 0


def _set_password(p: Process, name: str, mark: str) -> None:
    lines = lines_of(p, "/etc/shadow")
    day = int(p.sim.time() // 86400)
    if not any(line.startswith(name + ":") for line in lines):
        lines.append(f"{name}::{day}:0:99999:7:::")
    rewrite(
        p,
        "/etc/shadow",
        [":".join([name, mark, *line.split(":")[2:]]) if line.startswith(name + ":") else line for line in lines],
    )
