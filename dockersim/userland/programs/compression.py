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
    run = _Run(p, codec, options, down, to_stdout or "c" in options)
    if "r" in options:
        operands = [path for name in options.operands for path in _below(Files(p), name)]
    else:
        operands = options.operands
    status = 0
    for name in operands or ["-"]:
        status = max(status, (yield from run.one(name)))
    return status


def _below(files: Files, name: str) -> list[str]:
    if not files.is_dir(name):
        return [name]
    return [path for child in files.listdir(name) for path in _below(files, f"{name.rstrip('/')}/{child}")]


class _Run:
    """One run of gzip, bzip2, xz or one of their opposites."""

    def __init__(self, p: Process, codec: Codec, options: Options, down: bool, to_stdout: bool) -> None:
        self.p = p
        self.codec = codec
        self.options = options
        self.down = down
        self.to_stdout = to_stdout
        self.files = Files(p)
        self.busybox = is_busybox(p)
        self.level = int(options.last("1 2 3 4 5 6 7 8 9") or (9 if codec is BZIP2 else 6))

    def fail(self, words: str, status: int = 1) -> int:
        """Report something; the status."""
        self.p.err(f"{self.p.name if self.busybox else self.codec.program}: {words}\n")
        return status

    def one(self, name: str) -> Steps:
        """Compress or decompress a file; the status."""
        p, codec, options = self.p, self.codec, self.options
        name = self._meant(name)
        try:
            if name != "-" and self.files.is_dir(name):
                return self._directory(name)
            file = open_input(p, name)
        except FsError as error:
            return self._unopened(name, error)
        target = _target(p, codec, name, self.down, self.to_stdout or "t" in options or "l" in options)
        if target is None:
            file.release()
            return self._suffix(name)
        data = yield from p.read_all(file)
        file.release()
        if not self.down and name == "-" and p.isatty(1) and "f" not in options:
            return self.fail("compressed data not written to a terminal. Use -f to force compression.")
        try:
            result = decompress(codec, data) if self.down else compress(codec, data, self.level)
        except BadData as error:
            p.allocate(-len(data))
            if codec is GZIP and self.down and self.busybox:
                return self.fail("invalid magic" if "format" in str(error) else "corrupted data")
            return self.fail(f"{'stdin' if name == '-' else name}: {error}")
        if p.charge(len(data) * PER_BYTE):
            yield from p.pay()
        p.allocate(-len(data))
        if "t" in options:
            return 0
        if "l" in options:
            return self._listed(name, target, data, result)
        if not target:
            yield from p.write(1, result)
            return 0
        return self._replaced(name, target, data, result)

    def _meant(self, name: str) -> str:
        """The file that a name without its suffix means where only the compressed one is there."""
        codec = self.codec
        if not self.down or self.busybox or name == "-" or name.endswith(codec.suffix) or self.files.present(name):
            return name
        return name + codec.suffix if codec is GZIP or self.files.present(name + codec.suffix) else name

    def _directory(self, name: str) -> int:
        if self.busybox:
            return self.fail("short read" if self.down else f"can't remove file '{name}': Is a directory")
        gzip = self.codec is GZIP
        return self.fail(f"{name} is a directory -- ignored" if gzip else f"{name}: Is a directory, skipping", 2)

    def _unopened(self, name: str, error: FsError) -> int:
        guessed = self.down and not name.endswith(self.codec.suffix)  # bzip2 looked for the name with its suffix, too
        if self.codec is BZIP2 and not self.busybox and not (guessed and error.code == "ENOENT"):
            return self.fail(f"Can't open input file {name}: {error.strerror}.")
        return self.fail(f"{name}: {error.strerror}")

    def _suffix(self, name: str) -> int:
        if self.busybox:
            return self.fail(f"{name}: unknown suffix - ignored")
        if self.codec is not GZIP:
            return self.fail(f"{name}: Filename has an unknown suffix, skipping")
        if self.down:
            return self.fail(f"{name}: unknown suffix -- ignored", 2)
        return self.fail(f"{name} already has {self.codec.suffix} suffix -- unchanged", 2)

    def _listed(self, name: str, target: str, data: bytes, result: bytes) -> int:
        ratio = 100 * (1 - len(data) / len(result)) if result else 0.0
        shown = "stdin" if name == "-" else name
        self.p.out(
            f"         compressed        uncompressed  ratio uncompressed_name\n{len(data):>19} "
            f"{len(result):>19} {ratio:5.1f}% {target or shown.removesuffix('.gz')}\n"
        )
        return 0

    def _replaced(self, name: str, target: str, data: bytes, result: bytes) -> int:
        """Write ``target`` in the place of ``name``."""
        files, options = self.files, self.options
        if files.present(target) and "f" not in options:
            if self.busybox:
                return self.fail(f"can't open '{target}': File exists")
            return self.fail(f"{target} already exists;\tnot overwritten", 2)
        stat = files.stat(name)
        files.write_file(target, result, stat.mode)
        files.utimens(target, stat.atime_ns, stat.mtime_ns)
        files.chmod(target, stat.mode)
        if "v" in options:
            rate = 100 * (1 - min(len(data), len(result)) / max(1, max(len(data), len(result))))
            word = "created" if "k" in options else "replaced with"
            self.p.err(f"{name}:\t{rate:5.1f}% -- {word} {target}\n")
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
