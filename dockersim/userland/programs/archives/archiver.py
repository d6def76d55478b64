"""What making and reading an archive have in common."""

from __future__ import annotations

from fnmatch import fnmatchcase

from dockersim.userland.process import Process
from dockersim.userland.programs.compression import BZIP2, GZIP, XZ, Codec
from dockersim.userland.programs.options import Options, is_busybox
from dockersim.userland.programs.support import Files


class Archiver:
    """One run of tar: ``status`` is what it will end with."""

    def __init__(self, p: Process, options: Options) -> None:
        self.p = p
        self.options = options
        self.files = Files(p)
        self.busybox = is_busybox(p)
        self.status = 0
        self.warned: set[str] = set()
        self.excluded = options.all("exclude")
        self.seen: dict[tuple[int, int], str] = {}
        self.verbose = sum(key == "v" for key, _ in options.given)

    def fail(self, words: str, status: int = 2) -> int:
        """Report something that went wrong, and go on."""
        self.p.err(f"tar: {words}\n")
        self.status = 1 if self.busybox else status
        return self.status

    def fatal(self, words: str) -> int:
        """Report what ends the run; its status."""
        self.fail(words)
        if not self.busybox:
            self.p.err("tar: Error is not recoverable: exiting now\n")
        return self.status

    def codec(self, name: str) -> Codec | None:
        """How an archive called ``name`` is compressed, as far as the options say."""
        how = self.options.last("z j J")
        if how:
            return {"z": GZIP, "j": BZIP2, "J": XZ}[how]
        if "a" in self.options:
            endings = {".gz": GZIP, ".tgz": GZIP, ".bz2": BZIP2, ".xz": XZ}
            return next((codec for ending, codec in endings.items() if name.endswith(ending)), None)
        return None

    def skips(self, name: str) -> bool:
        """Whether ``--exclude`` leaves ``name`` out."""
        return any(
            fnmatchcase(name, pattern)
            or fnmatchcase(name.rpartition("/")[2], pattern)
            or name.startswith(pattern + "/")
            for pattern in self.excluded
        )
