"""adduser and useradd."""

from __future__ import annotations

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.accounts.database import (
    NAME,
    create_group,
    create_user,
    join_group,
    next_gid,
    next_uid,
    not_root,
)
from dockersim.userland.programs.accounts.groups import add_to_group
from dockersim.userland.programs.accounts.passwords import passwd_for
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted
from dockersim.userland.programs.support import Files, Steps
from dockersim.userland.programs.usage import try_help


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
        refused := not_root(
            p, "Only root may add a user or group to the system." if not is_busybox(p) else "must be root"
        )
    ) is not None:
        return refused
    name = options.operands[0]
    if len(options.operands) == 2:
        return add_to_group(p, name, options.operands[1])
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
    create_user(p, account, "H" not in options)
    if is_busybox(p):
        if not options.any("D S") and "H" not in options and p.isatty(0):
            return (yield from passwd_for(p, name))
        return 0
    if "q" not in options:
        p.out(_report(p, options, account))
    return 0


def _report(p: Process, options: Options, account: users.Account) -> str:
    """What Debian's adduser says that it does."""
    name, system = account.name, "S" in options
    lines = [f"Adding {'system user' if system else 'user'} `{name}' ..."]
    if system:
        group = users.group_name(p.vfs, account.gid)
        lines.append(f"Adding new user `{name}' (UID {account.uid}) with group `{group}' ...")
    else:
        lines.append(f"Adding new group `{name}' ({account.gid}) ...")
        lines.append(f"Adding new user `{name}' ({account.uid}) with group `{name} ({account.gid})' ...")
    if "H" not in options:
        lines.append(f"Creating home directory `{account.home}' ...")
    else:
        lines.append("Not creating home directory." if system else f"Not creating home directory `{account.home}'.")
    return "".join(line + "\n" for line in lines)


def _planned(p: Process, options: Options, name: str) -> users.Account | None:
    system = "S" in options
    if "u" in options and not options.get("u").isdigit():
        p.fail(f"invalid number '{options.get('u')}'")
        return None
    uid = int(options.get("u")) if "u" in options else next_uid(p, system)
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
        gid = uid if users.group(p.vfs, uid) is None else next_gid(p, system)
        create_group(p, name, gid)
    shell = options.get("s") or (
        "/usr/sbin/nologin" if system and not is_busybox(p) else "/bin/false" if system else _shell(p)
    )
    gecos = options.get("g") or ("Linux User,,," if is_busybox(p) else "")
    return users.Account(name, uid, gid, gecos, options.get("h") or f"/home/{name}", shell)


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
    uid = int(options.get("u")) if options.get("u").isdigit() else next_uid(p, "r" in options)
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
        gid = uid if users.group(p.vfs, uid) is None else next_gid(p, "r" in options)
        create_group(p, name, gid)
    extra = [group for group in options.get("G").split(",") if group]
    for text in extra:
        if users.group(p.vfs, text) is None:
            return p.fail(f"group {quoted(text)} does not exist", 6)
    home = options.get("d") or f"{options.get('b', '/home')}/{name}"
    account = users.Account(name, uid, gid, options.get("c"), home, options.get("s") or "/bin/sh")
    create_user(p, account, "m" in options)
    for text in extra:
        join_group(p, name, text)
    return 0
