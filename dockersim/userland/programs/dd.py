"""dd."""

from __future__ import annotations

from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox, quoted
from dockersim.userland.programs.support import Steps, size_suffix
from dockersim.userland.programs.usage import show_help, try_help

NUMBERS = ("bs", "ibs", "obs", "count", "skip", "seek", "cbs", "iseek", "oseek")
BANDWIDTH = 1.2e9
"""Bytes a second that the disk takes."""


def _number(text: str) -> int | None:
    total = 1
    for factor in text.split("x"):
        value = size_suffix(factor)
        if value is None:
            return None
        total *= value
    return total


def dd(p: Process) -> Steps:
    given: dict[str, str] = {}
    for word in p.argv[1:]:
        if word == "--help":
            show_help(p)
        name, equals, value = word.partition("=")
        if not equals or name not in (*NUMBERS, "if", "of", "conv", "iflag", "oflag", "status"):
            p.fail(f"unrecognized operand {quoted(word)}" if not is_busybox(p) else f"unrecognized operand '{word}'")
            try_help(p)
        given[name] = value
    numbers: dict[str, int] = {}
    for name in NUMBERS:
        if name in given:
            number = _number(given[name])
            if number is None:
                return p.fail(
                    f"invalid number: {quoted(given[name])}" if not is_busybox(p) else f"invalid number '{given[name]}'"
                )
            numbers[name] = number
    size = numbers.get("bs", numbers.get("ibs", 512))
    if not size:
        return p.fail(f"invalid number: {quoted('0')}")
    conv = given.get("conv", "").split(",")
    try:
        source = p.open(given["if"]) if "if" in given else p.file(0).acquire()
        flags = "r+" if "notrunc" in conv and p.vfs.exists(given.get("of", "/"), cwd=p.cwd) else "w"
        target = p.open(given["of"], flags) if "of" in given else p.file(1).acquire()
    except FsError as error:
        name = error.path or given.get("if", "")
        return p.fail(
            f"failed to open {quoted(name)}: {error.strerror}"
            if not is_busybox(p)
            else f"can't open '{name}': {error.strerror}"
        )
    p.allocate(size)
    p.charge(0.0)  # where that was too much, this is the end
    started = p.sim.now
    counts = yield from _copy(p, source, target, size, numbers, conv, given)
    p.allocate(-size)
    source.release()
    target.release()
    if given.get("status") != "none":
        _report(p, counts, p.sim.now - started, given.get("status") == "noxfer")
    return 1 if counts["failed"] else 0


def _copy(
    p: Process, source: Any, target: Any, size: int, numbers: dict[str, int], conv: list[str], given: dict[str, str]
) -> Steps:
    counts = {"full": 0, "partial": 0, "out_full": 0, "out_partial": 0, "bytes": 0, "failed": 0}
    skip = numbers.get("skip", numbers.get("iseek", 0)) * size
    if skip:
        if hasattr(source, "file"):
            source.file.seek(skip)
        else:
            while skip and (chunk := (yield from p.read(source, min(skip, 65536)))):
                skip -= len(chunk)
    seek = numbers.get("seek", numbers.get("oseek", 0)) * numbers.get("obs", size)
    if seek and hasattr(target, "file"):
        target.file.seek(seek)
    limit = numbers.get("count")
    while limit is None or counts["full"] + counts["partial"] < limit:
        block = yield from p.read(source, size)
        while "fullblock" in given.get("iflag", "") and 0 < len(block) < size:
            more = yield from p.read(source, size - len(block))
            if not more:
                break
            block += more
        if not block:
            break
        counts["full" if len(block) == size else "partial"] += 1
        if "ucase" in conv:
            block = block.upper()
        if "lcase" in conv:
            block = block.lower()
        if "sync" in conv:
            block = block.ljust(size, b"\0")
        try:
            yield from p.write(target, block)
        except FsError as error:
            p.fail(f"error writing {quoted(given.get('of', 'standard output'))}: {error.strerror}")
            counts["failed"] = 1
            break
        counts["out_full" if len(block) == size else "out_partial"] += 1
        counts["bytes"] += len(block)
        if p.charge(len(block) / BANDWIDTH):
            yield from p.pay()
    return counts


def _report(p: Process, counts: dict[str, int], seconds: float, short: bool) -> None:
    p.err(
        f"{counts['full']}+{counts['partial']} records in\n{counts['out_full']}+{counts['out_partial']} records out\n"
    )
    if short:
        return
    size = counts["bytes"]
    seconds = max(seconds, size / BANDWIDTH, 1e-5)
    rate = size / seconds
    if is_busybox(p):
        human = f" ({_scaled(size, 1024)})" if size >= 1024 else ""
        p.err(f"{size} bytes{human} copied, {seconds:.6f} seconds, {_scaled(rate, 1024)}/s\n")
        return
    names = []
    if size >= 1000:
        names.append(_named(size, 1000, "kMGTP", "B"))
    if size >= 1024:
        names.append(_named(size, 1024, "KMGTP", "iB"))
    shown = f" ({', '.join(names)})" if names else ""
    p.err(
        f"{size} byte{'s' if size != 1 else ''}{shown} copied, {seconds:.6g} s, {_named(rate, 1000, 'kMGTP', 'B')}/s\n"
    )


def _scaled(value: float, unit: int) -> str:
    for name in ("B", "KB", "MB", "GB"):
        if value < unit or name == "GB":
            return f"{value:.1f}{name}"
        value /= unit
    return ""


def _named(value: float, unit: int, letters: str, suffix: str) -> str:
    name = ""
    for letter in letters:
        if value < unit:
            break
        value /= unit
        name = letter
    text = f"{value:.1f}" if value < 10 and name else f"{value:.0f}"
    return f"{text} {name}{suffix if name else 'B'}"
