"""The smallest programs: echo, true, false, sleep, yes, printenv, seq and their like."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.options import is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Steps, seconds_of
from dockersim.userland.programs.usage import show_help, show_version, try_help


def echo(p: Process) -> int:
    words = p.argv[1:]
    newline, escapes = True, False
    while words and re.fullmatch("-[neE]+", words[0]):
        for letter in words.pop(0)[1:]:
            if letter == "n":
                newline = False
            else:
                escapes = letter == "e"
    text = " ".join(words)
    if not escapes:
        p.out(text + "\n" * newline)
        return 0
    data, ended = unescape(text)
    p.out(data + b"\n" * (newline and not ended))
    return 0


def true(p: Process) -> int:
    _asked(p)
    return 0


def false(p: Process) -> int:
    _asked(p)
    return 1


def _asked(p: Process) -> None:
    if not is_busybox(p) and p.argv[1:] == ["--help"]:
        show_help(p)
    if not is_busybox(p) and p.argv[1:] == ["--version"]:
        show_version(p)


def sleep(p: Process) -> Steps:
    operands = parse(p, "").operands
    if not operands:
        missing_operand(p)
    total = 0.0
    for text in operands:
        seconds = seconds_of(text)
        if seconds is None:
            if is_busybox(p):
                return p.fail(f"invalid number '{text}'")
            p.fail(f"invalid time interval {quoted(text)}")
            try_help(p)
        total += seconds
    if total == float("inf"):
        yield from p.block(p.sim.event())
    yield from p.sleep(total)
    return 0


def usleep(p: Process) -> Steps:
    operands = parse(p, "").operands
    if not operands:
        missing_operand(p)
    if not operands[0].isdigit():
        return p.fail(f"invalid number '{operands[0]}'")
    yield from p.sleep(int(operands[0]) / 1e6)
    return 0


def yes(p: Process) -> Steps:
    line = encode(" ".join(parse(p, "", early=True).operands) or "y") + b"\n"
    block = line * max(1, 8192 // len(line))
    while True:
        yield from p.write(1, block)
        if p.charge(1e-5):
            yield from p.pay()


def printenv(p: Process) -> int:
    options = parse(p, "0", "null=0", status=2, early=True)
    end = "\0" if "0" in options else "\n"
    if not options.operands:
        p.out("".join(f"{name}={value}{end}" for name, value in p.env.items()))
        return 0
    missing = [name for name in options.operands if name not in p.env]
    p.out("".join(p.env[name] + end for name in options.operands if name in p.env))
    return 1 if missing else 0


HELLO = """
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    ({architecture})
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/

"""


def hello(p: Process) -> int:
    """The program of the hello-world image."""
    p.out(HELLO.replace("{architecture}", "amd64"))
    return 0


def sync(p: Process) -> int:
    for name in parse(p, "df", "data=d file-system=f").operands:
        try:
            p.vfs.stat(name, cwd=p.cwd, cred=p.cred)
        except FsError as error:
            return p.fail(f"error opening {quoted(name)}: {error.strerror}")
    return 0


def clear(p: Process) -> int:
    p.out("\033[H\033[J" if is_busybox(p) else "\033[H\033[2J\033[3J")
    return 0


def reset(p: Process) -> int:
    p.out("\033c\033(B\033[m\033[J\033[?25h" if is_busybox(p) else "\033c\033[!p\033[?3;4l\033[4l\033>")
    return 0


def seq(p: Process) -> Steps:
    words = p.argv[1:]
    separator, equal_width, form = "\n", False, ""
    while words and re.match(r"-(?![\d.])", words[0]):
        word = words.pop(0)
        if word == "--":
            break
        if word in ("-w", "--equal-width"):
            equal_width = True
        elif word[:2] in ("-s", "-f") or word.startswith(("--separator", "--format")):
            long = word.startswith("--")
            value = word.partition("=")[2] if long else word[2:]
            if not value and "=" not in word:
                if not words:
                    p.fail(f"option requires an argument -- '{word[1]}'")
                    try_help(p)
                value = words.pop(0)
            if word.lstrip("-")[0] == "s":
                separator = value
            else:
                form = value
        else:
            p.argv = [p.argv[0], word]
            parse(p, "ws:f:")
    if not 1 <= len(words) <= 3:
        if words and not is_busybox(p):
            p.fail(f"extra operand {quoted(words[3])}")
            try_help(p)
        missing_operand(p)
    numbers = []
    for word in words:
        try:
            numbers.append(Decimal(word))
        except InvalidOperation:
            if is_busybox(p):
                try_help(p)
            p.fail(f"invalid floating point argument: {quoted(word)}")
            try_help(p)
    first = numbers[0] if len(numbers) > 1 else Decimal(1)
    step = numbers[1] if len(numbers) == 3 else Decimal(1)
    if not step and not is_busybox(p):
        p.fail(f"invalid Zero increment value: {quoted(words[1])}")
        try_help(p)
    places = max(0, -min(int(first.as_tuple().exponent), int(step.as_tuple().exponent)))
    yield from _count(p, first, step, numbers[-1], places, (separator, equal_width, form))
    return 0


def _count(
    p: Process, first: Decimal, step: Decimal, last: Decimal, places: int, style: tuple[str, bool, str]
) -> Steps:
    separator, equal_width, form = style
    width = max(len(f"{n:.{places}f}") for n in (first, last)) if equal_width else 0
    started = False
    value = first
    while (step >= 0 and value <= last) or (step < 0 and value >= last):
        lines: list[str] = []
        while len(lines) < 4096 and ((step >= 0 and value <= last) or (step < 0 and value >= last)):
            lines.append(
                form % float(value) if form else f"{value:0{width}.{places}f}" if width else f"{value:.{places}f}"
            )
            value += step
        yield from p.write(1, encode((separator if started else "") + separator.join(lines)))
        started = True
        if p.charge(len(lines) * 1e-7):
            yield from p.pay()
    if started:
        yield from p.write(1, b"\n")


def factor(p: Process) -> Steps:
    operands = parse(p, "").operands
    if not operands:
        operands = (yield from p.read_all(0)).decode("utf-8", "replace").split()
    status = 0
    for word in operands:
        if not word.isascii() or not word.lstrip("+").isdigit():
            status = p.fail(f"{quoted(word)} is not a valid positive integer")
            continue
        number, rest, found, divisor = int(word), int(word), [], 2
        while divisor * divisor <= rest and divisor < 2_000_000:
            while rest % divisor == 0:
                found.append(divisor)
                rest //= divisor
            divisor += 1 + (divisor > 2)
        if rest > 1:
            found.append(rest)
        p.out(f"{number}:{''.join(f' {prime}' for prime in found)}\n")
    return status
