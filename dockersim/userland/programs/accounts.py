"""adduser, useradd, addgroup, groupadd and their opposites, passwd: they edit /etc/passwd, /etc/group, /etc/shadow."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted
from dockersim.userland.programs.support import Files, Steps
from dockersim.userland.programs.usage import try_help

NAME = re.compile(r"[a-z_][a-z0-9_-]*\$?", re.I)


def _rewrite(p: Process, path: str, lines: list[str]) -> None:
    mode = 0o640 if path == "/etc/shadow" else 0o644
    p.write_file(path, "".join(line + "\n" for line in lines).encode(), mode)


def _lines(p: Process, path: str) -> list[str]:
    try:
        return p.read_file(path).decode("utf-8", "surrogateescape").splitlines()
    except FsError:
        return []


def _append(p: Process, path: str, line: str) -> None:
    _rewrite(p, path, [*_lines(p, path), line])


def _free(taken: set[int], low: int, high: int) -> int:
    """The next number: after the highest in use for users, the highest that is free for system accounts."""
    inside = [number for number in taken if low <= number <= high]
    if low >= 1000:
        return max(inside, default=low - 1) + 1
    return next(number for number in range(high, low - 1, -1) if number not in taken)


def _next_uid(p: Process, system: bool) -> int:
    taken = {account.uid for account in users.accounts(p.vfs)}
    return _free(taken, 100, 999) if system else _free(taken, 1000, 59_999)


def _next_gid(p: Process, system: bool) -> int:
    taken = {group.gid for group in users.groups(p.vfs)}
    return _free(taken, 100, 999) if system else _free(taken, 1000, 59_999)


def _not_root(p: Process, words: str) -> int | None:
    return p.fail(words) if p.cred.uid != 0 else None


def _create_group(p: Process, name: str, gid: int) -> None:
    _append(p, "/etc/group", users.Group(name, gid, ()).line())


def _create_user(p: Process, account: users.Account, home: bool) -> None:
    _append(p, "/etc/passwd", account.line())
    day = int(p.sim.time() // 86400)
    _append(p, "/etc/shadow", f"{account.name}:!:{day}:0:99999:7:::")
    if home:
        files = Files(p)
        if not files.exists(account.home):
            files.makedirs(account.home)
            files.chmod(account.home, 0o755)
            files.chown(account.home, account.uid, account.gid)


def _join(p: Process, user: str, group: str) -> None:
    lines = []
    for line in _lines(p, "/etc/group"):
        fields = line.split(":")
        if fields[0] == group and len(fields) > 3 and user not in fields[3].split(","):
            fields[3] = f"{fields[3]},{user}".lstrip(",")
            line = ":".join(fields)
        lines.append(line)
    _rewrite(p, "/etc/group", lines)


def _shell(p: Process) -> str:
    return "/bin/ash" if is_busybox(p) and Files(p).exists("/bin/ash") else "/bin/sh" if is_busybox(p) else "/bin/bash"


def adduser(p: Process) -> Steps:
    if is_busybox(p):
        options = parse(
            p,
            "h:g:s:G:SDHu:k:",
            "home:=h gecos:=g shell:=s ingroup:=G system=S "
            "disabled-password=D empty-password=D no-create-home=H uid:=u",
        )
    else:
        options = parse(
            p,
            "qhv",
            "home:=h gecos:=g comment:=g shell:=s ingroup:=G gid:=n system=S "
            "disabled-password=D disabled-login=D no-create-home=H uid:=u "
            "group=U quiet=q allow-bad-names force-badname",
        )
    if not options.operands:
        if is_busybox(p):
            try_help(p)
        p.fail("Only one or two names allowed.")
        return 1
    if (
        refused := _not_root(
            p, "Only root may add a user or group to the system." if not is_busybox(p) else "must be root"
        )
    ) is not None:
        return refused
    name = options.operands[0]
    if len(options.operands) == 2:
        return _add_to_group(p, name, options.operands[1])
    if not NAME.fullmatch(name):
        return p.fail(
            f"illegal character with code {ord(name[0])} at position 0"
            if is_busybox(p)
            else "Please enter a username matching the regular expression "
            "configured\nvia the NAME_REGEX configuration variable."
        )
    if users.account(p.vfs, name) is not None:
        return p.fail(f"user '{name}' in use" if is_busybox(p) else f"The user `{name}' already exists.")
    account = _planned(p, options, name)
    if account is None:
        return 1
    _create_user(p, account, "H" not in options)
    if is_busybox(p):
        if not options.any("D S") and "H" not in options and p.isatty(0):
            return (yield from passwd_for(p, name))
        return 0
    if "q" not in options:
        kind = "system user" if "S" in options else "user"
        p.out(f"Adding {kind} `{name}' ...\n")
        if "S" not in options:
            p.out(f"Adding new group `{name}' ({account.gid}) ...\n")
            p.out(f"Adding new user `{name}' ({account.uid}) with group `{name} ({account.gid})' ...\n")
        else:
            p.out(
                f"Adding new user `{name}' (UID {account.uid}) with "
                f"group `{users.group_name(p.vfs, account.gid)}' ...\n"
            )
        p.out(
            f"Creating home directory `{account.home}' ...\n"
            if "H" not in options
            else "Not creating home directory.\n"
            if "S" in options
            else f"Not creating home directory `{account.home}'.\n"
        )
    return 0


def _planned(p: Process, options: Options, name: str) -> users.Account | None:
    system = "S" in options
    if "u" in options and not options.get("u").isdigit():
        p.fail(f"invalid number '{options.get('u')}'")
        return None
    uid = int(options.get("u")) if "u" in options else _next_uid(p, system)
    if users.account(p.vfs, uid) is not None:
        p.fail(f"uid '{uid}' in use" if is_busybox(p) else f"The UID {uid} is already in use.")
        return None
    if "G" in options or "n" in options:
        group = (
            users.group(p.vfs, options.get("G")) if "G" in options else users.group(p.vfs, int(options.get("n") or -1))
        )
        if group is None:
            p.fail(
                f"unknown group {options.get('G')}"
                if is_busybox(p)
                else f"The group `{options.get('G') or options.get('n')}' does not exist."
            )
            return None
        gid = group.gid
    elif system and not is_busybox(p) and "U" not in options:
        gid = 65534
    elif (own := users.group(p.vfs, name)) is not None:
        gid = own.gid
    else:
        gid = uid if users.group(p.vfs, uid) is None else _next_gid(p, system)
        _create_group(p, name, gid)
    shell = options.get("s") or (
        "/usr/sbin/nologin" if system and not is_busybox(p) else "/bin/false" if system else _shell(p)
    )
    gecos = options.get("g") or ("Linux User,,," if is_busybox(p) else "")
    return users.Account(name, uid, gid, gecos, options.get("h") or f"/home/{name}", shell)


def _add_to_group(p: Process, user: str, group: str) -> int:
    if users.account(p.vfs, user) is None:
        return p.fail(f"unknown user {user}" if is_busybox(p) else f"The user `{user}' does not exist.")
    if users.group(p.vfs, group) is None:
        return p.fail(f"unknown group {group}" if is_busybox(p) else f"The group `{group}' does not exist.")
    _join(p, user, group)
    if not is_busybox(p):
        p.out(f"Adding user `{user}' to group `{group}' ...\nDone.\n")
    return 0


def useradd(p: Process) -> int:
    options = parse(
        p,
        "b:c:d:De:f:g:G:hk:lmMNop:rR:s:u:U",
        "comment:=c home-dir:=d home:=d gid:=g groups:=G create-home=m "
        "no-create-home=M no-user-group=N non-unique=o password:=p "
        "system=r shell:=s uid:=u user-group=U base-dir:=b no-log-init=l expiredate:=e inactive:=f",
        status=2,
    )
    if len(options.operands) != 1:
        try_help(p, 2)
    name = options.operands[0]
    if p.cred.uid != 0:
        p.err("useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\n")
        return 1
    if not NAME.fullmatch(name):
        return p.fail(f"invalid user name {quoted(name)}: use --badname to ignore", 3)
    if users.account(p.vfs, name) is not None:
        return p.fail(f"user {quoted(name)} already exists", 9)
    uid = int(options.get("u")) if options.get("u").isdigit() else _next_uid(p, "r" in options)
    if users.account(p.vfs, uid) is not None and "o" not in options:
        return p.fail(f"UID {uid} is not unique", 4)
    if "g" in options:
        text = options.get("g")
        group = users.group(p.vfs, text) or (users.group(p.vfs, int(text)) if text.isdigit() else None)
        if group is None:
            return p.fail(f"group {quoted(text)} does not exist", 6)
        gid = group.gid
    elif "N" in options:
        gid = 100
    else:
        if users.group(p.vfs, name) is not None:
            p.fail(f"group {name} exists - if you want to add this user to that group, use -g.")
            return 9
        gid = uid if users.group(p.vfs, uid) is None else _next_gid(p, "r" in options)
        _create_group(p, name, gid)
    extra = [group for group in options.get("G").split(",") if group]
    for text in extra:
        if users.group(p.vfs, text) is None:
            return p.fail(f"group {quoted(text)} does not exist", 6)
    home = options.get("d") or f"{options.get('b', '/home')}/{name}"
    account = users.Account(name, uid, gid, options.get("c"), home, options.get("s") or "/bin/sh")
    _create_user(p, account, "m" in options)
    for text in extra:
        _join(p, name, text)
    return 0


def _group(p: Process, name: str, gid_text: str, system: bool) -> tuple[int, str]:
    """The number of a new group, or what is wrong."""
    if users.group(p.vfs, name) is not None:
        return -1, "exists"
    gid = int(gid_text) if gid_text.isdigit() else _next_gid(p, system)
    if users.group(p.vfs, gid) is not None:
        return gid, "taken"
    _create_group(p, name, gid)
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
        refused := _not_root(
            p, "Only root may add a user or group to the system." if not is_busybox(p) else "must be root"
        )
    ) is not None:
        return refused
    if len(options.operands) == 2:
        return _add_to_group(p, options.operands[0], options.operands[1])
    name = options.operands[0]
    gid, problem = _group(p, name, options.get("g"), "S" in options)
    if problem == "exists":
        return p.fail(f"group '{name}' in use" if is_busybox(p) else f"The group `{name}' already exists.")
    if problem:
        return p.fail(f"gid '{gid}' in use" if is_busybox(p) else f"The GID `{gid}' is already in use.")
    if not is_busybox(p) and "q" not in options:
        p.out(f"Adding group `{name}' (GID {gid}) ...\nDone.\n")
    return 0


def _without(p: Process, path: str, name: str) -> None:
    _rewrite(p, path, [line for line in _lines(p, path) if line.partition(":")[0] != name])


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
    if (refused := _not_root(p, "Permission denied.")) is not None:
        return refused
    for path in ("/etc/passwd", "/etc/shadow"):
        _without(p, path, name)
    own = users.group(p.vfs, name)
    if own is not None and own.gid == found.gid:
        _without(p, "/etc/group", name)
    lines = []
    for line in _lines(p, "/etc/group"):
        fields = line.split(":")
        if len(fields) > 3:
            fields[3] = ",".join(member for member in fields[3].split(",") if member != name)
        lines.append(":".join(fields))
    _rewrite(p, "/etc/group", lines)
    if p.name == "deluser" and not is_busybox(p):
        p.out(f"Removing user `{name}' ...\nDone.\n")
    return 0


userdel = deluser


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
    _without(p, "/etc/group", name)
    return 0


groupdel = delgroup


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
    lines = _lines(p, "/etc/shadow")
    day = int(p.sim.time() // 86400)
    if not any(line.startswith(name + ":") for line in lines):
        lines.append(f"{name}::{day}:0:99999:7:::")
    _rewrite(
        p,
        "/etc/shadow",
        [":".join([name, mark, *line.split(":")[2:]]) if line.startswith(name + ":") else line for line in lines],
    )
