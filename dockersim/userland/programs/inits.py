"""tini (which docker-init is) and dumb-init: a PID 1 that starts one program, passes signals on and reaps."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import Process
from dockersim.userland.programs.running import find_program
from dockersim.userland.programs.support import Steps

FORWARDED = tuple(
    number for number in range(1, 32) if number not in (*signals.UNCATCHABLE, signals.CHLD, 4, 5, 6, 7, 8, 11, 21, 22)
)


def _supervise(p: Process, argv: list[str], whole_group: bool, say: str) -> Steps:
    try:
        child = p.spawn(argv, path=find_program(p, argv[0]), group="new")
    except FsError as error:
        code = 127 if error.code == "ENOENT" else 126
        p.err(say.replace("NAME", argv[0]).replace("WHY", error.strerror))
        return code
    if p.tty is not None:
        p.tty.foreground = child.group

    def forward(number: int) -> None:
        if not whole_group:
            child.signal(number)
            return
        for other in list(p.computer.processes.values()):
            if other.group is child.group:
                other.signal(number)

    for number in FORWARDED:
        p.handlers[number] = forward
    # Orphans come to an init as children: all are reaped, and the end of the one it started is its own end.
    while child.status is None:
        yield from p.wait_any()
    return child.status


def tini(p: Process) -> Steps:
    words = p.argv[1:]
    whole_group = False
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        if word == "--version":
            p.out("tini version 0.19.0\n")
            return 0
        if word == "-h":
            p.out("tini (tini version 0.19.0)\n\nUsage: tini [OPTIONS] PROGRAM -- [ARGS] | --version\n")
            return 0
        if word in ("-p", "-e") and words:
            words.pop(0)
        elif set(word[1:]) <= set("svgwl"):
            whole_group = whole_group or "g" in word
        else:
            p.err(f"{p.argv[0]}: invalid option -- '{word[1:2]}'\n")
            return 1
    if not words:
        p.out("tini (tini version 0.19.0)\n\nUsage: tini [OPTIONS] PROGRAM -- [ARGS] | --version\n")
        return 1
    return (yield from _supervise(p, words, whole_group, f"[FATAL tini ({p.pid + 6})] exec NAME failed: WHY\n"))


def dumb_init(p: Process) -> Steps:
    words = p.argv[1:]
    whole_group = True
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        if word in ("-V", "--version"):
            p.err("dumb-init v1.2.5\n")
            return 0
        if word in ("-c", "--single-child"):
            whole_group = False
        elif word in ("-r", "--rewrite") and words:
            words.pop(0)
        elif word not in ("-v", "--verbose"):
            p.err(f"{p.argv[0]}: unrecognized option '{word}'\n")
            return 1
    if not words:
        p.err("Usage: dumb-init [option] program [args]\nTry dumb-init --help for full usage.\n")
        return 1
    code = yield from _supervise(p, words, whole_group, "[dumb-init] NAME: WHY\n")
    return 2 if code == 127 and find_missing(p, words[0]) else code


def find_missing(p: Process, name: str) -> bool:
    """Whether there is no such program at all."""
    try:
        find_program(p, name)
    except FsError:
        return True
    return False


docker_init = tini
