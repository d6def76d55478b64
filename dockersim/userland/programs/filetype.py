"""file: what kind of content a file has."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland.binary import program_of
from dockersim.userland.process import Process
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.support import Files
from dockersim.userland.programs.usage import try_help

MAGIC = (
    (b"\x1f\x8b", "gzip compressed data"),
    (b"BZh", "bzip2 compressed data"),
    (b"\xfd7zXZ\x00", "XZ compressed data"),
    (b"PK\x03\x04", "Zip archive data, at least v2.0 to extract"),
    (b"\x89PNG\r\n\x1a\n", "PNG image data"),
    (b"\xff\xd8\xff", "JPEG image data"),
    (b"GIF8", "GIF image data"),
    (b"%PDF-", "PDF document"),
    (b"SQLite format 3\x00", "SQLite 3.x database"),
)
SHELLS = {
    "sh": "POSIX shell",
    "bash": "Bourne-Again shell",
    "ash": "Neil Brown's ash",
    "python3": "Python",
    "python": "Python",
}


def describe(data: bytes) -> str:
    """What the bytes look like."""
    if not data:
        return "empty"
    if program_of(data) is not None:
        return "ELF 64-bit LSB executable, x86-64, version 1 (SYSV), statically linked, stripped"
    for magic, words in MAGIC:
        if data.startswith(magic):
            return words
    if data[257:262] == b"ustar":
        return "POSIX tar archive" + (" (GNU)" if data[257:265] == b"ustar  \0" else "")
    return _text(data)


def _text(data: bytes) -> str:
    sample = data[: 1 << 20]
    if re.search(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]", sample):
        return "data"
    ascii_only = sample.isascii()
    encoding = "ASCII"
    if not ascii_only:
        try:
            sample.decode("utf-8")
            encoding = "Unicode text, UTF-8"
        except UnicodeDecodeError:
            encoding = "ISO-8859"
    ending = (
        ", with CRLF line terminators"
        if b"\r\n" in sample
        else ", with no line terminators"
        if b"\n" not in sample
        else ""
    )
    words = f"{encoding} text"
    found = re.match(rb"#! ?(\S+)(?: +(\S+))?", sample)
    if found:
        name = (found[2] if found[1].endswith(b"/env") and found[2] else found[1]).rsplit(b"/", 1)[-1].decode()
        return f"{SHELLS.get(name, f'a {found[1].decode()}')} script, {words} executable{ending}"
    stripped = sample.lstrip()
    if stripped[:1] in (b"{", b"[") and stripped.rstrip()[-1:] in (b"}", b"]") and b'"' in stripped:
        return "JSON text data"
    if stripped[:15].lower().startswith((b"<!doctype html", b"<html")):
        return f"HTML document, {words}{ending}"
    return words + ending


def file(p: Process) -> int:
    options = parse(p, "biLhz", "brief=b mime=i dereference=L mime-type=i")
    if not options.operands:
        try_help(p)
    files = Files(p)
    wide = max(len(name) for name in options.operands) + 1
    for name in options.operands:
        try:
            stat = files.stat(name) if "L" in options else files.lstat(name)
            if stat.kind == "file":
                words = describe(p.read_file(name))
            elif stat.kind == "symlink":
                state = "" if files.exists(name) else "broken "
                words = f"{state}symbolic link to {files.readlink(name)}"
            else:
                words = {"fifo": "fifo (named pipe)", "char": "character special", "block": "block special"}.get(
                    stat.kind, stat.kind
                )
                if stat.kind in ("char", "block") and stat.rdev:
                    words += f" ({stat.rdev[0]}/{stat.rdev[1]})"
        except FsError as error:
            words = f"cannot open `{name}' ({error.strerror})"
        if "i" in options:
            words = (
                "text/plain; charset=us-ascii" if "ASCII text" in words else "application/octet-stream; charset=binary"
            )
        p.out(words + "\n" if "b" in options else f"{name + ':':<{wide}} {words}\n")
    return 0
