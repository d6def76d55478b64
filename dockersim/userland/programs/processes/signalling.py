"""kill, killall, pkill."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox, parse, quoted
from dockersim.userland.programs.processes.facts import everybody
from dockersim.userland.programs.processes.finding import PGREP, matching, named
from dockersim.userland.programs.usage import try_help


def _take_signal(p: Process) -> int:
    """The signal that a word such as ``-9``, ``-KILL`` or ``-s HUP`` names, taken out of argv; SIGTERM otherwise."""
    for index, word in enumerate(p.argv[1:], 1):
        if word == "--":
            break
        if re.fullmatch(r"-\d+|-(SIG)?[A-Z][A-Z0-9+-]+", word):
            number = signals.number_of(word[1:])
            if number is not None or word == "-0":
                del p.argv[index]
                return number or 0
    return signals.TERM


def pkill(p: Process) -> int:
    number = _take_signal(p)
    options = parse(p, "flanovxciP:u:U:s:t:g:e", PGREP, status=2)
    if "s" in options:
        number = signals.number_of(options.get("s")) or 0
    if not options.operands and not options.any("P u U"):
        p.fail("no matching criteria specified")
        try_help(p, 2)
    found = matching(p, options)
    for one in found:
        try:
            p.kill(one.pid, number)
            if "e" in options:
                p.out(f"{one.name} killed (pid {one.pid})\n")
        except FsError as error:
            p.fail(f"killing pid {one.pid} failed: {error.strerror}")
    return 0 if found else 1


def killall(p: Process) -> int:
    number = _take_signal(p)
    options = parse(p, "lqs:viIerwgyou", "signal:=s quiet=q list=l wait=w verbose=v")
    if "l" in options:
        p.out(" ".join(signals.NAMES) + "\n")
        return 0
    if "s" in options:
        found_number = signals.number_of(options.get("s"))
        if found_number is None:
            return p.fail(
                f"bad signal name '{options.get('s')}'"
                if is_busybox(p)
                else f"{options.get('s')}: unknown signal; killall -l lists signals."
            )
        number = found_number
    if not options.operands:
        try_help(p)
    status = 0
    for name in options.operands:
        found = named(p, name)
        if not found:
            status = 1
            if "q" not in options:
                p.fail(f"{name}: no process killed" if is_busybox(p) else f"{name}: no process found")
        for one in found:
            try:
                p.kill(one.pid, number)
            except FsError as error:
                status = p.fail(
                    f"can't kill pid {one.pid}: {error.strerror}"
                    if is_busybox(p)
                    else f"{name}({one.pid}): {error.strerror}"
                )
    return status


def kill(p: Process) -> int:
    words = p.argv[1:]
    if words and words[0] in ("-l", "-L", "--list", "--table"):
        return _list_signals(p, words[1:])
    number: int | None = signals.TERM
    if words and words[0] in ("-s", "-n", "--signal") and len(words) > 1:
        text, words = words[1], words[2:]
    elif words and re.match(r"-[A-Za-z0-9]", words[0]):
        text, words = words[0][1:], words[1:]
    else:
        text = "TERM"
    number = 0 if text in ("0", "EXIT") else signals.number_of(text)
    if number is None:
        if is_busybox(p):
            return p.fail(f"bad signal name '{text}'")
        p.err(f"kill: unknown signal name {text}\n" if not text.isdigit() else f"kill: invalid signal number {text}\n")
        return 1
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        if is_busybox(p):
            return p.fail("you need to specify whom to kill")
        p.err("\nUsage:\n kill [options] <pid> [...]\n\n")
        return 1
    status = 0
    for word in words:
        if not re.fullmatch(r"-?\d+", word):
            status = p.fail(
                f"invalid number '{word}'" if is_busybox(p) else f"failed to parse argument: {quoted(word)}"
            )
            continue
        try:
            _send(p, int(word), number)
        except FsError as error:
            status = p.fail(
                f"can't kill pid {word}: {error.strerror}" if is_busybox(p) else f"({word}): {error.strerror}"
            )
    return status


def _send(p: Process, pid: int, number: int) -> None:
    """kill(2): to one process, to a group for a negative number, to all for -1."""
    if pid > 0:
        p.kill(pid, number)
        return
    if pid == -1:
        targets = [one for one in everybody(p) if one.pid != 1 and one is not p]
    else:
        targets = [one for one in everybody(p) if one.group is not None and one.group.pid == (-pid or p.group.pid)]
    if not targets:
        raise FsError("ESRCH")
    for one in targets:
        p.kill(one.pid, number)


def _list_signals(p: Process, words: list[str]) -> int:
    if words:
        for word in words:
            number = signals.number_of(word) if not word.isdigit() else int(word) & 127
            if number is None or not 0 < number <= 64:
                return p.fail(f"unknown signal '{word}'" if is_busybox(p) else f"unknown signal name {word}")
            p.out(f"{signals.name_of(number)[3:]}\n" if word.isdigit() else f"{number}\n")
        return 0
    if is_busybox(p):
        p.out("".join(f"{number:>2}) {name}\n" for number, name in enumerate(signals.NAMES, 1)))
    else:
        rows = [
            " ".join("POLL" if name == "IO" else name for name in signals.NAMES[at : at + 16])
            for at in range(0, len(signals.NAMES), 16)
        ]
        p.out("\n".join(rows) + "\n")
    return 0
