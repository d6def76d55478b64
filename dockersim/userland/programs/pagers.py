"""less and more; and the editors, which tell how to write a file without them."""

from __future__ import annotations

from dockersim.userland.process import Process
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.support import CHUNK, Inputs, Steps


def less(p: Process) -> Steps:
    options = parse(p, "EFIMNRSXdefginqrsx:", "quit-if-one-screen=F RAW-CONTROL-CHARS=R chop-long-lines=S")
    inputs = Inputs(p, options.operands)
    if not p.isatty(1):
        for name in inputs.names:
            file = inputs.open(name)
            while file is not None and (chunk := (yield from p.read(file, CHUNK))):
                yield from p.write(1, chunk)
        return inputs.status
    data = yield from inputs.content()
    lines = data.splitlines(keepends=True)
    if "N" in options:
        lines = [b"%7d %s" % (number, line) for number, line in enumerate(lines, 1)]
    yield from _pages(p, lines, inputs.names[0])
    return inputs.status


more = less


def _pages(p: Process, lines: list[bytes], name: str) -> Steps:
    """A screen at a time: space or f for the next, Enter for a line, b back, q ends."""
    keyboard = p.open("/dev/tty") if p.tty is not None else p.file(0).acquire()
    restore = p.tty.make_raw() if p.tty is not None else None
    page = max(1, (p.tty.rows if p.tty is not None else 24) - 1)
    at = 0
    try:
        p.out(b"".join(lines[:page]).replace(b"\n", b"\r\n"))
        at = page
        while True:
            percent = min(100, at * 100 // max(1, len(lines)))
            p.out("\033[7m(END)\033[27m" if at >= len(lines) else f"\033[7m{name} {percent}%\033[27m")
            yield from p.flush()
            key = yield from p.read(keyboard, 1)
            p.out("\r\033[K")
            if key in (b"q", b"Q", b"\x03", b""):
                break
            count = page if key in (b" ", b"f") else 1 if key in (b"\r", b"\n", b"j") else 0
            if key == b"b":
                at = max(page, at - page)
                p.out(b"\033[H\033[J" + b"".join(lines[at - page : at]).replace(b"\n", b"\r\n"))
            elif count and at < len(lines):
                p.out(b"".join(lines[at : at + count]).replace(b"\n", b"\r\n"))
                at += count
    finally:
        if restore is not None:
            restore()
        keyboard.release()
    return 0


def vi(p: Process) -> int:
    name = next((word for word in p.argv[1:] if not word.startswith("-")), "FILE")
    p.fail("full-screen editing is not simulated; write the file from the shell instead:")
    p.err(f"  cat > {name} <<'EOF'\n  ...its lines...\n  EOF\n")
    p.err(f"or change it with sed -i, such as: sed -i 's/old/new/' {name}\n")
    return 1


vim = nano = emacs = vi
