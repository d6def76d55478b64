"""ruby, perl and php: versions and one-liners that print; php's server for plain files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.servers import static
from dockersim.userland.programs.servers.core import PortTaken, Server, http_date, stamp
from dockersim.userland.programs.servers.files import Manner, answer
from dockersim.wire import Request, Response

STRING = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+))"""
ESCAPES = {"n": "\n", "t": "\t"}


def _printed(text: str, pattern: str, newline: str) -> str | int:
    """What statements of one form print; or the number of the first line that has another."""
    out = ""
    for number, line in enumerate(text.splitlines(), 1):
        for statement in line.split(";"):
            bare = statement.strip()
            if not bare or bare.startswith(("#", "use ", "require ", "//")):
                continue
            found = re.fullmatch(rf"(?:{pattern})\s*\(?\s*{STRING}\s*\)?", bare)
            if found is None:
                return number
            single, double, digits = found.groups()[-3:]
            words = single if single is not None else double if double is not None else digits
            if double is not None:
                words = re.sub(r"\\(.)", lambda one: ESCAPES.get(one[1], one[1]), words)
            out += words + (newline if bare.startswith("puts") or not bare.startswith("print") else "")
    return out


def _run(p: Process, text: str, name: str, pattern: str, newline: str) -> int:
    printed = _printed(text, pattern, newline)
    if isinstance(printed, int):
        return p.fail(f"{name}:{printed}: only printing of plain strings is simulated")
    p.out(printed)
    return 0


def _script(p: Process, words: list[str], pattern: str, newline: str) -> int:
    if not words or words[0].startswith("-"):
        return p.fail(f"{words[0] if words else 'the interactive mode'} is not simulated")
    try:
        text = p.read_file(words[0]).decode(errors="replace")
    except FsError as error:
        return p.fail(f"{error.strerror} -- {words[0]}")
    return _run(p, text, words[0], pattern, newline)


def ruby(p: Process) -> int:
    """``ruby -v``, ``ruby -e "puts 'x'"``, ``ruby file``."""
    words = p.argv[1:]
    if words[:1] in (["-v"], ["--version"]):
        p.out(f"ruby {p.env.get('RUBY_VERSION', '3.4.7')} (2025-10-08 revision 7a5688e2a2) +PRISM [x86_64-linux]\n")
        return 0
    if words[:1] == ["-e"] and len(words) > 1:
        return _run(p, words[1], "-e", "puts|print", "\n")
    return _script(p, words, "puts|print", "\n")


def perl(p: Process) -> int:
    """``perl -v``, ``perl -e 'print "x"'``, ``perl file``."""
    words = p.argv[1:]
    if words[:1] in (["-v"], ["--version"]):
        p.out("\nThis is perl 5, version 40, subversion 1 (v5.40.1) built for x86_64-linux-gnu-thread-multi\n\n")
        return 0
    if words[:1] in (["-e"], ["-E"]) and len(words) > 1:
        return _run(p, words[1], "-e", "print|say", "\n")
    return _script(p, words, "print|say", "\n")


def irb(p: Process) -> int:
    return p.fail("the interactive prompt is not simulated")


def gem(p: Process) -> int:
    """``gem --version``; installing is refused."""
    if p.argv[1:2] == ["--version"]:
        p.out("3.6.9\n")
        return 0
    return p.fail("installing Ruby's packages is not simulated")


def bundle(p: Process) -> int:
    return p.fail("installing Ruby's packages is not simulated")


def composer(p: Process) -> int:
    return p.fail("installing PHP's packages is not simulated")


def cargo(p: Process) -> int:
    return p.fail("building Rust programs is not simulated")


def rustc(p: Process) -> int:
    if "--version" in p.argv or "-V" in p.argv:
        p.out("rustc 1.91.1 (ed61e7d7e 2025-11-07)\n")
        return 0
    return p.fail("compiling Rust programs is not simulated")


# ---- php


def php(p: Process) -> Generator[Any, Any, int]:
    """``php -v``, ``php -r 'echo "x";'``, ``php file``, ``php -S host:port [-t folder]``."""
    words = p.argv[1:]
    version = p.env.get("PHP_VERSION", "8.4.15")
    if words[:1] in (["-v"], ["--version"]):
        p.out(f"PHP {version} (cli) (built: Nov 20 2025 00:00:00) (NTS)\nCopyright (c) The PHP Group\n"
              f"Zend Engine v{version}, Copyright (c) Zend Technologies\n")  # fmt: skip
        return 0
    if words[:1] == ["-r"] and len(words) > 1:
        return _run(p, words[1], "-r", "echo|print", "")
    if "-S" in words[:-1]:
        folder = words[words.index("-t") + 1] if "-t" in words[:-1] else "."
        return (yield from _serve(p, words[words.index("-S") + 1], folder, version))
    if not words or words[0].startswith("-"):
        return p.fail(f"{words[0] if words else 'the interactive mode'} is not simulated")
    try:
        text = p.read_file(words[0]).decode(errors="replace")
    except FsError:
        p.out(f"Could not open input file: {words[0]}\n")
        return 1
    page = rendered(text)
    if isinstance(page, int):
        return p.fail(f"{words[0]}:{page}: only echo of plain strings is simulated")
    p.out(page)
    return 0


def rendered(text: str) -> str | int:
    """A page with its ``<?php echo ...; ?>`` parts run; or the line that is beyond that."""
    out, at = "", 0
    for found in re.finditer(r"<\?(?:php|=)(.*?)(?:\?>\n?|\Z)", text, re.S):
        out += text[at : found.start()]
        code = found[1] if found[0].startswith("<?php") else f"echo {found[1]}"
        printed = _printed(code, "echo|print", "")
        if isinstance(printed, int):
            return text[: found.start()].count("\n") + printed
        out += printed
        at = found.end()
    return out + text[at:]


def _serve(p: Process, place: str, folder: str, version: str) -> Generator[Any, Any, int]:
    host, _, port = place.rpartition(":")
    root = posixpath.normpath(posixpath.join(p.cwd, folder))
    manner = Manner(
        ("index.html", "index.php"),
        lambda status, request: f"<!doctype html><html><head><title>{status}</title></head><body>{status}</body></html>"
        .encode(),
        None,
        lambda: {"Date": http_date(p.sim.nanoseconds()), "Connection": "close"},
        lambda path: static.TYPES.get(static.extension(path), "text/html; charset=UTF-8"),
        "text/html; charset=UTF-8",
        404,
    )  # fmt: skip
    with Server(p) as server:

        def log(text: str) -> None:
            server.log(f"[{stamp(p, '%a %b %e %H:%M:%S %Y')}] {text}\n", 2)

        def handle(request: Request) -> Response:
            response = answer(p, root, request, manner)
            if isinstance(response.body, bytes) and b"<?php" in response.body:
                page = rendered(response.body.decode(errors="replace"))
                response.status = 500 if isinstance(page, int) else response.status
                response.body = b"" if isinstance(page, int) else page.encode()
                response.headers |= {"Content-Length": str(len(response.body)), "X-Powered-By": f"PHP/{version}"}
                if isinstance(page, int):
                    log(f"line {page} is not simulated: only echo of plain strings is")
            log(f"{request.peer} [{response.status}]: {request.method} {request.target}")
            return response

        try:
            server.http(int(port) if port.isdigit() else 8000, handle, "0.0.0.0" if host in ("[::]", "") else host)
        except PortTaken:
            log(f"Failed to listen on {place} (reason: Address already in use)")
            return 1
        log(f"PHP {version} Development Server (http://{place}) started")
        yield from server.run()
    return 0
