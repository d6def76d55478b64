"""The programs ``ls``, ``dir`` and ``vdir``."""

from __future__ import annotations

from dockersim.userland.process import Process
from dockersim.userland.programs.listing.lister import Lister
from dockersim.userland.programs.options import is_busybox, parse, quoted
from dockersim.userland.programs.support import Steps
from dockersim.userland.programs.usage import try_help

LONG_OPTIONS = (
    "all=a almost-all=A escape=b directory=d classify?=F human-readable=h inode=i kibibytes=k dereference=L "
    "numeric-uid-gid=n literal=N hide-control-chars=q quote-name=Q reverse=r recursive=R size=s width:=w no-group=G "
    "color? full-time group-directories-first file-type=p sort: time: time-style: format: ignore:=I si "
    "author context=Z show-control-chars zero block-size: indicator-style: quoting-style:"
)


def ls(p: Process) -> Steps:
    """``ls [options] [file ...]``; 1 and 2 for what could not be listed."""
    if is_busybox(p):
        options = parse(
            p,
            "CadlFpgnosiurtSXvcuxALHhRk1Qw:T:",
            "full-time color? group-directories-first",
        )
    else:
        options = parse(p, "aAbcCdfFgGhHiI:klLmnNopqQrRsStT:uUvw:xX1Z", LONG_OPTIONS, status=2)
    colors = ("", "always", "yes", "force", "never", "no", "none", "auto", "tty", "if-tty")
    if options.get("color") not in colors:
        p.fail(f"invalid argument {quoted(options.get('color'))} for '--color'")
        try_help(p, 2)
    if "w" in options and not options.get("w").isdigit():
        p.fail(f"invalid line width: {quoted(options.get('w'))}")
        try_help(p, 2)
    return (yield from Lister(p, options).run(options.operands))


def dir(p: Process) -> Steps:
    p.argv = [p.argv[0], "-C", "-b", *p.argv[1:]]
    return (yield from ls(p))


def vdir(p: Process) -> Steps:
    p.argv = [p.argv[0], "-l", "-b", *p.argv[1:]]
    return (yield from ls(p))
