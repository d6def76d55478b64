"""gzip, bzip2, xz and their opposites."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.support import Files, Steps, open_input

PER_BYTE = 2e-8


class BadData(Exception):
    """Not compressed so, or damaged."""


class Codec(NamedTuple):
    """A way to compress: its program, its suffix and its two functions."""

    program: str
    suffix: str
    short: dict[str, str]


GZIP = Codec("gzip", ".gz", {".tgz": ".tar", ".taz": ".tar"})
BZIP2 = Codec("bzip2", ".bz2", {".tbz2": ".tar", ".tbz": ".tar"})
XZ = Codec("xz", ".xz", {".txz": ".tar"})


def compress(codec: Codec, data: bytes, level: int) -> bytes:
    """Compressed bytes, the same for the same input. Raises :class:`BadData` where this Python lacks the method."""
    if codec is GZIP:
        from dockersim.fs.tar import gzip

        return gzip(data, level)
    try:
        if codec is BZIP2:
            import bz2

            return bz2.compress(data, level)
        import lzma
    except ImportError:
        raise BadData(f"{codec.program} is not available in this simulation's Python") from None
    return lzma.compress(data, preset=level)


def decompress(codec: Codec, data: bytes) -> bytes:
    """The original bytes. Raises :class:`BadData`."""
    try:
        if codec is GZIP:
            return _gunzip(data)
        if codec is BZIP2:
            import bz2

            return bz2.decompress(data)
        import lzma

        return lzma.decompress(data)
    except ImportError:
        raise BadData(f"{codec.program} is not available in this simulation's Python") from None
    except (OSError, ValueError, EOFError):
        raise BadData("corrupt input") from None
    except Exception as error:
        if type(error).__name__ == "LZMAError":
            raise BadData("corrupt input") from None
        raise


def _gunzip(data: bytes) -> bytes:
    out: list[bytes] = []
    while data:
        if not data.startswith(b"\x1f\x8b"):
            if not data.strip(b"\0"):
                break
            raise BadData("not in gzip format" if not out else "decompression OK, trailing garbage ignored")
        engine = zlib.decompressobj(31)
        try:
            out.append(engine.decompress(data) + engine.flush())
        except zlib.error:
            raise BadData("invalid compressed data--format violated") from None
        if not engine.eof:
            raise BadData("unexpected end of file")
        data = engine.unused_data
    return b"".join(out)


def _main(p: Process, codec: Codec, down: bool, to_stdout: bool) -> Steps:
    short = "cdfhklLnNqrtv123456789" if not is_busybox(p) else "cdfktqvn123456789"
    options = parse(
        p,
        short + ("zS:T:" if codec is not GZIP else "S:"),
        "stdout=c to-stdout=c decompress=d uncompress=d force=f keep=k list=l no-name=n name=N quiet=q recursive=r "
        "test=t verbose=v fast=1 best=9 suffix:=S compress=z threads:=T",
    )
    down = (down or options.any("d t l")) and "z" not in options
    to_stdout = to_stdout or "c" in options
    level = int(options.last("1 2 3 4 5 6 7 8 9") or (9 if codec is BZIP2 else 6))
    if "r" in options:
        operands = [path for name in options.operands for path in _below(Files(p), name)]
    else:
        operands = options.operands
    status = 0
    for name in operands or ["-"]:
        status = max(status, (yield from _one(p, codec, options, name, down, to_stdout, level)))
    return status


def _below(files: Files, name: str) -> list[str]:
    if not files.is_dir(name):
        return [name]
    return [path for child in files.listdir(name) for path in _below(files, f"{name.rstrip('/')}/{child}")]


def _one(p: Process, codec: Codec, options: Options, name: str, down: bool, to_stdout: bool, level: int) -> Steps:  # noqa: C901 (one file's fate, told in order)
    files = Files(p)
    say = codec.program if not is_busybox(p) else p.name

    def fail(words: str, status: int = 1) -> int:
        p.err(f"{say}: {words}\n")
        return status

    shown = "stdin" if name == "-" else name
    if down and name != "-" and not files.present(name) and not name.endswith(codec.suffix) and not is_busybox(p):
        if files.present(name + codec.suffix):
            name = shown = name + codec.suffix
        else:
            return fail(f"{name + (codec.suffix if codec is GZIP else '')}: No such file or directory")
    try:
        if name != "-" and files.is_dir(name):
            if is_busybox(p):
                return fail(f"can't remove file '{name}': Is a directory" if not down else "short read")
            return fail(
                f"{name} is a directory -- ignored" if codec is GZIP else f"{name}: Is a directory, skipping", 2
            )
        file = open_input(p, name)
    except FsError as error:
        words = f"{name}: {error.strerror}"
        return fail(
            f"Can't open input file {name}: {error.strerror}." if codec is BZIP2 and not is_busybox(p) else words
        )
    target = _target(p, codec, name, down, to_stdout or "t" in options or "l" in options)
    if target is None:
        file.release()
        if is_busybox(p):
            return fail(f"{name}: unknown suffix - ignored")
        if codec is GZIP:
            words = (
                f"{name}: unknown suffix -- ignored"
                if down
                else f"{name} already has {codec.suffix} suffix -- unchanged"
            )
            return fail(words, 2)
        return fail(f"{name}: Filename has an unknown suffix, skipping")
    data = yield from p.read_all(file)
    file.release()
    if not down and name == "-" and p.isatty(1) and "f" not in options:
        return fail("compressed data not written to a terminal. Use -f to force compression.")
    try:
        result = decompress(codec, data) if down else compress(codec, data, level)
    except BadData as error:
        p.allocate(-len(data))
        if codec is GZIP and down and is_busybox(p):
            return fail("invalid magic" if "format" in str(error) else "corrupted data")
        return fail(f"{shown}: {error}")
    if p.charge(len(data) * PER_BYTE):
        yield from p.pay()
    p.allocate(-len(data))
    if "t" in options:
        return 0
    if "l" in options:
        ratio = 100 * (1 - len(data) / len(result)) if result else 0.0
        p.out(
            f"         compressed        uncompressed  ratio uncompressed_name\n{len(data):>19} "
            f"{len(result):>19} {ratio:5.1f}% {target or shown.removesuffix('.gz')}\n"
        )
        return 0
    if not target:
        yield from p.write(1, result)
        return 0
    if files.present(target) and "f" not in options:
        if is_busybox(p):
            return fail(f"can't open '{target}': File exists")
        return fail(f"{target} already exists;\tnot overwritten", 2)
    stat = files.stat(name)
    files.write_file(target, result, stat.mode)
    files.utimens(target, stat.atime_ns, stat.mtime_ns)
    files.chmod(target, stat.mode)
    if "v" in options:
        rate = 100 * (1 - min(len(data), len(result)) / max(1, max(len(data), len(result))))
        word = "created" if "k" in options else "replaced with"
        p.err(f"{name}:\t{rate:5.1f}% -- {word} {target}\n")
    if "k" not in options:
        files.unlink(name)
    return 0


def _target(p: Process, codec: Codec, name: str, down: bool, to_stdout: bool) -> str | None:
    """The file to write; ``""`` for standard output, ``None`` for a name with the wrong suffix."""
    if name == "-" or to_stdout:
        return ""
    if not down:
        return None if name.endswith(codec.suffix) and not is_busybox(p) else name + codec.suffix
    if name.endswith(codec.suffix):
        return name[: -len(codec.suffix)]
    for ending, plain in codec.short.items():
        if name.endswith(ending):
            return name[: -len(ending)] + plain
    return None


def gzip(p: Process) -> Steps:
    return (yield from _main(p, GZIP, False, False))


def gunzip(p: Process) -> Steps:
    return (yield from _main(p, GZIP, True, False))


def zcat(p: Process) -> Steps:
    return (yield from _main(p, GZIP, True, True))


def bzip2(p: Process) -> Steps:
    return (yield from _main(p, BZIP2, False, False))


def bunzip2(p: Process) -> Steps:
    return (yield from _main(p, BZIP2, True, False))


def bzcat(p: Process) -> Steps:
    return (yield from _main(p, BZIP2, True, True))


def xz(p: Process) -> Steps:
    return (yield from _main(p, XZ, False, False))


def unxz(p: Process) -> Steps:
    return (yield from _main(p, XZ, True, False))


def xzcat(p: Process) -> Steps:
    return (yield from _main(p, XZ, True, True))
