"""pidof and pgrep: processes by their name."""

from __future__ import annotations

import re

from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.processes.facts import everybody
from dockersim.userland.programs.usage import try_help

PGREP = (
    "full=f list-name=l list-full=a newest=n oldest=o inverse=v exact=x "
    "parent:=P euid:=u uid:=U count=c ignore-case=i delimiter:=d signal:=s echo=e"
)


def named(p: Process, name: str) -> list[Process]:
    """Processes that run a program of that name, newest first; scripts by their interpreter's argument, too."""
    short = name.rpartition("/")[2]
    found = []
    for one in reversed(everybody(p)):
        script = one.argv[1].rpartition("/")[2] if len(one.argv) > 1 else ""
        if one.state != "Z" and (one.name.lstrip("-") == short or script == short) and one is not p:
            found.append(one)
    return found


def pidof(p: Process) -> int:
    options = parse(p, "so:xqcnmz", "single-shot=s omit-pid:=o")
    omitted = {str(p.ppid) if text == "%PPID" else text for text in options.all("o")}
    numbers = [one.pid for name in options.operands for one in named(p, name) if str(one.pid) not in omitted]
    if "s" in options:
        numbers = numbers[:1]
    if numbers:
        p.out(" ".join(map(str, numbers)) + "\n")
    return 0 if numbers else 1


def matching(p: Process, options: Options) -> list[Process]:
    """The processes that the pattern and the options of pgrep and pkill choose."""
    pattern = options.operands[0] if options.operands else ""
    try:
        regex = re.compile(pattern, re.I if "i" in options else 0)
    except re.error:
        p.fail(f"bad regex '{pattern}'")
        p.exit(2)
    found = []
    for one in everybody(p):
        if one is p or one.state == "Z":
            continue
        text = " ".join(one.argv) if "f" in options else one.name[:15]
        hit = regex.fullmatch(text) if "x" in options else regex.search(text)
        if "P" in options:
            hit = hit if str(one.ppid) in options.get("P").split(",") else None
        if "u" in options or "U" in options:
            names = (options.get("u") or options.get("U")).split(",")
            hit = hit if users.user_name(p.vfs, one.cred.uid) in names or str(one.cred.uid) in names else None
        if (hit is not None) != ("v" in options):
            found.append(one)
    if "n" in options:
        found = found[-1:]
    return found[:1] if "o" in options else found


def pgrep(p: Process) -> int:
    options = parse(p, "flanovxciP:u:U:d:s:t:g:", PGREP, status=2)
    if not options.operands and not options.any("P u U"):
        p.fail("no matching criteria specified")
        try_help(p, 2)
    found = matching(p, options)
    if "c" in options:
        p.out(f"{len(found)}\n")
        return 0 if found else 1
    texts = [
        f"{one.pid} {' '.join(one.argv)}"
        if "a" in options
        else f"{one.pid} {' '.join(one.argv) if is_busybox(p) and 'f' in options else one.name}"
        if "l" in options
        else str(one.pid)
        for one in found
    ]
    if texts:
        p.out(options.get("d", "\n").join(texts) + "\n")
    return 0 if found else 1
