"""busybox: one binary, many programs; which one, its first argument says."""

from __future__ import annotations

import posixpath
from typing import Any

from dockersim.userland.process import Process, Program
from dockersim.userland.programs.support import Files
from dockersim.userland.programs.usage import BANNER

APPLETS = (
    "[ addgroup adduser arp ash awk base64 basename bc bunzip2 busybox bzcat bzip2 cal cat chgrp chmod chown chroot "
    "cksum clear cmp comm cp cut date dd delgroup deluser df diff dirname dmesg du echo egrep env expand expr factor "
    "false fgrep find fold free getent grep groups gunzip gzip head hexdump hostname httpd id ifconfig install "
    "ionice ip kill killall less link ln logname ls md5sum mkdir mkfifo mknod mktemp more mount mv nc netstat nice "
    "nl nohup nproc nsenter nslookup od passwd paste pgrep pidof ping ping6 pkill printenv printf ps pwd readlink "
    "realpath reset rev rm rmdir route sed seq setsid sh sha1sum sha256sum sha512sum shuf sleep sort split stat "
    "strings stty su sync sysctl tac tail tar tee telnet test timeout top touch tr traceroute tree true truncate tty "
    "umount uname unexpand uniq unlink unxz unzip uptime usleep users vi w watch wc wget which who whoami xargs xxd "
    "xz xzcat yes zcat"
).split()


def busybox(p: Process) -> Any:
    p.flavour = "busybox"
    name = p.name.lstrip("-") if p.argv else "busybox"
    if name.startswith("busybox"):
        if len(p.argv) < 2:
            return _banner(p)
        if p.argv[1] in ("--list", "--list-full"):
            prefix = "bin/" if p.argv[1] == "--list-full" else ""
            p.out("".join(f"{prefix}{applet}\n" for applet in _available()))
            return 0
        if p.argv[1] == "--help" and len(p.argv) < 3:
            return _banner(p)
        if p.argv[1] == "--install":
            return _install(p)
        p.argv = [*p.argv[2:], "--help"] if p.argv[1] == "--help" else p.argv[1:]
        name = posixpath.basename(p.argv[0])
    program = applet(name)
    if program is None:
        p.err(f"{name}: applet not found\n")
        return 127
    return program(p)


def applet(name: str) -> Program | None:
    """What the applet does; ``None`` where busybox has none of that name."""
    from dockersim.userland.programs import TABLE, load

    if name not in _NAMES or name not in TABLE:
        return None
    return load(TABLE.place(name))


_NAMES = frozenset(APPLETS)


def _available() -> list[str]:
    from dockersim.userland.programs import TABLE

    return [name for name in APPLETS if name in TABLE]


def _banner(p: Process) -> int:
    p.out(
        f"{BANNER}\n"
        "BusyBox is copyrighted by many authors between 1998-2015.\n"
        "Licensed under GPLv2. See source distribution for detailed\n"
        "copyright notices.\n\n"
        "Usage: busybox [function [arguments]...]\n"
        "   or: busybox --list[-full]\n"
        "   or: busybox --install [-s] [DIR]\n"
        "   or: function [arguments]...\n\n"
        "Currently defined functions:\n"
    )
    line = "\t"
    for name in _available():
        word = name + ", "
        if len(line) + len(word) > 72:
            p.out(line.rstrip() + "\n")
            line = "\t"
        line += word
    p.out(line.rstrip(", ") + "\n")
    return 0


def _install(p: Process) -> int:
    words = [word for word in p.argv[2:] if word != "-s"]
    directory = words[0] if words else "/bin"
    own = "/bin/busybox"
    files = Files(p)
    for name in _available():
        path = posixpath.join(directory, name)
        if not files.present(path):
            files.symlink(own, path)
    return 0
