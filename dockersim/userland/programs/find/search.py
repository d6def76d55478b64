"""One run of find: the walk, and the commands that it starts."""

from __future__ import annotations

from dockersim.fs import FsError, Stat
from dockersim.userland.process import Process
from dockersim.userland.programs.find.found import BadExpression, Found, Test
from dockersim.userland.programs.options import is_busybox, quoted
from dockersim.userland.programs.running import start
from dockersim.userland.programs.support import Files, Steps, join


class Search:
    """The words of the expression, the options in it that count for the whole run, and what -exec ... + gathered."""

    def __init__(self, p: Process, words: list[str]) -> None:
        self.p = p
        self.words = words
        self.at = 0
        self.files = Files(p)
        self.min, self.max = 0, 1 << 30
        self.depth_first = False
        self.one_device = False
        self.follow = False
        self.acts = False
        self.pruned = False
        self.status = 0
        self.batches: list[tuple[list[str], list[str]]] = []

    def word(self) -> str:
        """The next word, left where it is; nothing at the end."""
        return self.words[self.at] if self.at < len(self.words) else ""

    def argument(self, name: str) -> str:
        """The word behind ``name``, consumed. Raises :class:`BadExpression`."""
        if self.at >= len(self.words):
            raise BadExpression(f"missing argument to `{name}'")
        self.at += 1
        return self.words[self.at - 1]

    # ---- commands

    def run(self, argv: list[str]) -> Steps:
        """Run a command for its exit status; 127 where it does not start."""
        yield from self.p.flush()
        try:
            child = start(self.p, argv)
        except FsError as error:
            self.status = 1 if is_busybox(self.p) else self.status
            self.p.fail(f"{quoted(argv[0]) if not is_busybox(self.p) else argv[0]}: {error.strerror}")
            return 127
        return (yield from self.p.wait(child))

    def finish(self) -> Steps:
        """Run what ``-exec ... +`` gathered."""
        for argv, paths in self.batches:
            for at in range(0, len(paths), 1000):
                if (yield from self.run(argv + paths[at : at + 1000])):
                    self.status = 1
        yield from self.p.flush()

    # ---- the walk

    def walk(self, path: str, top: str, depth: int, test: Test, device: int | None) -> Steps:
        """Look at ``path`` and at what is below it; ``device`` is the one that the walk began on."""
        try:
            stat = self._stat(path)
        except FsError as error:
            self.status = 1
            self.p.fail(f"{quoted(path) if not is_busybox(self.p) else path}: {error.strerror}")
            return
        one = Found(path, top, depth, stat)
        self.pruned = False
        if not self.depth_first and depth >= self.min:
            yield from test(one)
        descend = stat.kind == "directory" and depth < self.max and not (self.pruned and not self.depth_first)
        if descend and not (self.one_device and device is not None and stat.dev != device):
            try:
                names = self.files.listdir(path)
            except FsError as error:
                names = []
                self.status = 1
                self.p.fail(f"{quoted(path) if not is_busybox(self.p) else path}: {error.strerror}")
            for name in names:
                yield from self.walk(join(path, name), top, depth + 1, test, stat.dev if device is None else device)
        if self.depth_first and depth >= self.min:
            yield from test(one)
        if self.p.charge(1e-5):
            yield from self.p.pay()

    def _stat(self, path: str) -> Stat:
        if self.follow and self.files.exists(path):
            return self.files.stat(path)
        return self.files.lstat(path)
