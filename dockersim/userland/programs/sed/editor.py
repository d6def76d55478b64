"""The cycle: read a line, run the script over it, print it."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.sed.commands import EXECUTE, Quit
from dockersim.userland.programs.sed.input import Input
from dockersim.userland.programs.sed.script import Command
from dockersim.userland.programs.sed.selection import selects
from dockersim.userland.programs.support import PER_BYTE, Steps


class Editor:
    """One run of a script over the input: the pattern space, the hold space, and what is to be printed."""

    def __init__(self, p: Process, script: list[Command], source: Input, *, quiet: bool, mark: bytes) -> None:
        self.p = p
        self.script = script
        self.input = source
        self.quiet = quiet
        self.mark = mark
        self.space = b""
        self.hold = b""
        self.appended: list[tuple[str, bytes]] = []
        self.substituted = False
        self.last_regex: re.Pattern[bytes] | None = None
        self.output: list[bytes] = []
        self.missing = False
        self.active: dict[int, int] = {}
        self.files: dict[str, OpenFile] = {}
        self.labels = {command.text: at for at, command in enumerate(script) if command.name == ":"}
        self.in_place: Callable[[bytes], None] | None = None
        self._steps = 0
        self.started: set[int] = set()

    def run(self) -> Steps:
        """Edit all lines; the exit status that ``q`` asked for, or 0."""
        status = 0
        try:
            while (line := (yield from self.input.advance())) is not None:
                self.space = line
                self.missing = self.input.missing_newline
                self.substituted = False
                yield from self.cycle()
        except Quit as end:
            status = end.status
        yield from self.drain(True)
        return status

    def cycle(self) -> Steps:
        """One line, from the first command to its printing."""
        while True:
            again = yield from self.commands()
            if again == "restart":
                continue
            if again != "delete" and not self.quiet:
                self.emit(self.space)
            yield from self.end_of_cycle()
            return

    def end_of_cycle(self) -> Steps:
        """Print what was kept for the end of the cycle."""
        for kind, data in self.appended:
            if kind == "text":
                self.put(data)
            elif kind == "file":
                try:
                    self.put(self.p.read_file(data.decode("utf-8", "surrogateescape")))
                except FsError:
                    continue
        self.appended.clear()
        yield from self.drain(False)

    def drain(self, force: bool) -> Steps:
        """Write out what was printed, where it is time to, and account for the CPU time."""
        if self.in_place is None and (force or not self.input.upcoming or len(self.output) > 500):
            data = b"".join(self.output)
            self.output.clear()
            if data:
                yield from self.p.write(1, data)
        self._steps += 1
        if self.p.charge(1e-6 + len(self.space) * PER_BYTE):
            yield from self.p.pay()

    def put(self, data: bytes) -> None:
        """Raw output; first the newline that a last line lacked."""
        if self.output and self.output[-1] == b"":
            self.output[-1] = self.mark
        self.output.append(data)

    def emit(self, line: bytes) -> None:
        """Print a line."""
        self.put(line)
        self.output.append(b"" if self.missing else self.mark)

    def commands(self) -> Steps:
        """Run the script over the pattern space; how it ended: nothing, ``delete`` or ``restart``."""
        script = self.script
        at = 0
        while at < len(script):
            command = script[at]
            at += 1
            if command.name in ":}#":
                continue
            if command.first is not None or command.second is not None:
                chosen = yield from selects(self, command)
            else:
                chosen = True
            if chosen == command.negated:
                if command.name == "{":
                    at = command.jump + 1
                continue
            outcome = yield from EXECUTE[command.name](self, command)
            if outcome is None:
                continue
            if isinstance(outcome, str):
                return outcome
            at = outcome
            self._steps += 1
            if self._steps % 64 == 0 and self.p.charge(1e-5):
                yield from self.p.pay()
        return ""
