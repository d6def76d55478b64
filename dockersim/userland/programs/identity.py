"""id, whoami, groups, users, who, w, logname, getent."""

from __future__ import annotations

from dockersim.userland import users as accounts
from dockersim.userland.process import Process
from dockersim.userland.programs.dates import uptime_line
from dockersim.userland.programs.options import is_busybox, parse, quoted
from dockersim.userland.programs.usage import try_help


def whoami(p: Process) -> int:
    operands = parse(p, "").operands
    if operands:
        p.fail(f"extra operand {quoted(operands[0])}")
        try_help(p)
    found = accounts.account(p.vfs, p.cred.uid)
    if found is None:
        if is_busybox(p):
            return p.fail(f"unknown uid {p.cred.uid}")
        return p.fail(f"cannot find name for user ID {p.cred.uid}")
    p.out(found.name + "\n")
    return 0


def _member_of(p: Process, uid: int, gid: int, more: frozenset[int]) -> list[int]:
    return [gid, *sorted(number for number in more if number != gid)]


def id(p: Process) -> int:
    options = parse(p, "ugGnrz" + ("" if is_busybox(p) else "aZ"), "user=u group=g groups=G name=n real=r zero=z")
    status = 0
    if options.any("n r") and not options.any("u g G"):
        return p.fail(
            "cannot print only names or real IDs in default format"
            if not is_busybox(p)
            else "option -n requires -u, -g or -G"
        )
    for name in options.operands or [""]:
        uid, gid, more = p.cred.uid, p.cred.gid, p.cred.groups
        if name:
            found = accounts.account(p.vfs, name) or (accounts.account(p.vfs, int(name)) if name.isdigit() else None)
            if found is None:
                status = p.fail(f"unknown user {name}" if is_busybox(p) else f"{quoted(name)}: no such user")
                continue
            uid, gid, more = found.uid, found.gid, accounts.supplementary(p.vfs, found.name)
        everything = _member_of(p, uid, gid, more)
        named = "n" in options
        user = accounts.user_name(p.vfs, uid) if named else str(uid)
        belongs = [accounts.group_name(p.vfs, number) if named else str(number) for number in everything]
        if "u" in options:
            p.out(user + "\n")
        elif "g" in options:
            p.out(belongs[0] + "\n")
        elif "G" in options:
            p.out(" ".join(belongs) + "\n")
        else:
            in_order = sorted(everything) if is_busybox(p) and not name else everything  # as the kernel keeps them
            p.out(_full(p, uid, gid, in_order))
    return status


def _full(p: Process, uid: int, gid: int, everything: list[int]) -> str:
    def shown(number: int, name: str) -> str:
        return str(number) if name == str(number) else f"{number}({name})"

    parts = [f"uid={shown(uid, accounts.user_name(p.vfs, uid))}", f"gid={shown(gid, accounts.group_name(p.vfs, gid))}"]
    if len(everything) > 1 or not is_busybox(p) or p.cred.groups:
        names = [shown(number, accounts.group_name(p.vfs, number)) for number in everything]
        parts.append("groups=" + ",".join(names))
    return " ".join(parts) + "\n"


def groups(p: Process) -> int:
    operands = parse(p, "").operands
    if not operands:
        numbers = _member_of(p, p.cred.uid, p.cred.gid, p.cred.groups)
        p.out(" ".join(accounts.group_name(p.vfs, number) for number in numbers) + "\n")
        return 0
    status = 0
    for name in operands:
        found = accounts.account(p.vfs, name)
        if found is None:
            status = p.fail(f"unknown user {name}" if is_busybox(p) else f"{quoted(name)}: no such user")
            continue
        numbers = _member_of(p, found.uid, found.gid, accounts.supplementary(p.vfs, name))
        names = " ".join(accounts.group_name(p.vfs, number) for number in numbers)
        p.out(names + "\n" if is_busybox(p) else f"{name} : {names}\n")
    return status


def users(p: Process) -> int:
    parse(p, "")
    return 0


def who(p: Process) -> int:
    options = parse(p, "aHqbmdlprstTu", "all=a heading=H count=q boot=b")
    if "H" in options or is_busybox(p):
        p.out(
            "USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\n"
            if is_busybox(p)
            else "NAME     LINE         TIME             COMMENT\n"
        )
    if "q" in options:
        p.out("# users=0\n")
    return 0


def w(p: Process) -> int:
    parse(p, "hsfui", "no-header=h short=s from=f")
    p.out(uptime_line(p) + "\n")
    p.out(
        "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n"
        if not is_busybox(p)
        else "USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\n"
    )
    return 0


def logname(p: Process) -> int:
    parse(p, "")
    return p.fail("no login name" if not is_busybox(p) else "getlogin: No such file or directory")


FILES = {
    "passwd": "/etc/passwd",
    "group": "/etc/group",
    "hosts": "/etc/hosts",
    "services": "/etc/services",
    "protocols": "/etc/protocols",
    "shadow": "/etc/shadow",
    "networks": "/etc/networks",
}


def getent(p: Process) -> int:
    options = parse(p, "s:i", "service:=s no-idn=i", status=1, early=True)
    if not options.operands:
        p.fail("wrong number of arguments")
        try_help(p)
    database, *keys = options.operands
    kind = "hosts" if database.startswith("ahosts") else database
    if kind not in FILES:
        p.err(f"Unknown database: {database}\n")
        try_help(p)
    from dockersim.fs import FsError

    try:
        text = p.read_file(FILES[kind]).decode("utf-8", "replace")
    except FsError:
        text = ""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not keys:
        for line in lines:
            p.out((_host_line(line.split()) if kind == "hosts" else line) + "\n")
        return 0
    status = 0
    for key in keys:
        found = [line for line in lines if _matches(kind, line, key)]
        if not found:
            status = 2
        for line in found[:1]:
            p.out((_host_line(line.split()) if kind == "hosts" else line) + "\n")
    return status


def _matches(kind: str, line: str, key: str) -> bool:
    if kind in ("passwd", "group", "shadow"):
        fields = line.split(":")
        return key == fields[0] or (kind != "shadow" and len(fields) > 2 and key == fields[2])
    words = line.split()
    return key in words or any(word.partition("/")[0] == key for word in words)


def _host_line(words: list[str]) -> str:
    return f"{words[0]:<15} {' '.join(words[1:])}"
