"""What a program prints to and reads from besides its operands: files and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.files import BytesReader, OpenFile
from dockersim.userland.process import LineReader, Process
from dockersim.userland.programs.awk.runtime.flow import Fatal
from dockersim.userland.programs.awk.runtime.formats import TooFew, number_text, sprintf
from dockersim.userland.programs.awk.runtime.record import Record
from dockersim.userland.programs.awk.runtime.values import to_num
from dockersim.userland.programs.running import find_program
from dockersim.userland.programs.support import Steps, open_input

if TYPE_CHECKING:
    from dockersim.userland.programs.awk.runtime.operands import Operands


class Output:
    """Something that print writes to: a file, or what will be a command's input."""

    def __init__(self, mode: str, file: OpenFile | None) -> None:
        self.mode = mode
        self.file = file
        self.pieces: list[str] = []


def native(text: str) -> str:
    """A value as the name of a file or a command."""
    return text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


class Streams(Record):
    """Output, and input by ``getline``."""

    def __init__(self, p: Process) -> None:
        super().__init__(p)
        self.rounds = 0
        self.out: list[str] = []
        self.outputs: dict[str, Output] = {}
        self.readers: dict[str, Any] = {}
        self.main: Operands | None = None

    # ---- output

    def line(self) -> str:
        return self.record() + self.to_str(self.ORS)

    def print_record(self) -> None:
        self.out.append(self.record() + self.to_str(self.ORS))

    def joined(self, values: tuple[Any, ...]) -> str:
        form = self.OFMT
        texts = [number_text(value, form) if type(value) is float else value for value in values]
        return self.to_str(self.OFS).join(texts) + self.to_str(self.ORS)

    def f_sprintf(self, form: Any, *values: Any) -> str:
        """``sprintf``; mawk wants a value for each directive."""
        return self._formatted("sprintf", self.to_str(form), values)

    def printf(self, form: Any, *values: Any) -> str:
        """The text of ``printf``."""
        return self._formatted("printf", self.to_str(form), values)

    def _formatted(self, name: str, form: str, values: tuple[Any, ...]) -> str:
        try:
            return sprintf(form, list(values), self.to_str, lenient=self.busybox)
        except TooFew as error:
            if name == "printf":
                self.out.append(error.before)
            raise Fatal(f'not enough arguments passed to {name}("{form}")', runtime=True) from None

    def write(self, text: str) -> None:
        self.out.append(text)

    def write_to(self, text: str, mode: str, name: str) -> None:
        if name in ("/dev/stdout", "-") and mode != "|":
            self.out.append(text)
            return
        target = self.outputs.get(name)
        if target is None:
            file = None
            if mode != "|":
                try:
                    file = self.p.open(native(name), "a" if mode == ">>" else "w")
                except FsError as error:
                    words = f'cannot open "{name}" for output ({error.strerror})'
                    raise Fatal(words, f"can't open '{name}': {error.strerror}", placed=False) from None
            target = self.outputs[name] = Output(mode, file)
        target.pieces.append(text)
        if mode == "|":
            self.p.allocate(len(text))

    def flush(self) -> Steps:
        if self.out:
            data = "".join(self.out).encode("latin-1", "replace")
            self.out.clear()
            yield from self.p.write(1, data)
        for target in self.outputs.values():
            if target.file is not None and target.pieces:
                data = "".join(target.pieces).encode("latin-1", "replace")
                target.pieces.clear()
                yield from self.p.write(target.file, data)

    def tick(self) -> Steps:
        if len(self.out) > 200:
            yield from self.flush()
        if self.p.charge(2e-4):
            yield from self.p.pay()

    # ---- commands and files

    def _shell(self, command: str, stdin: OpenFile | None, stdout: OpenFile | None) -> Process:
        fds = dict(self.p.fds)
        if stdin is not None:
            fds[0] = stdin
        if stdout is not None:
            fds[1] = stdout
        argv = ["sh", "-c", native(command)]
        return self.p.spawn(argv, path=find_program(self.p, "sh"), fds=fds)

    def system_(self, command: Any) -> Steps:
        yield from self.flush()
        status = yield from self.p.wait(self._shell(self.to_str(command), None, None))
        return float(status)

    def fflush_(self, *names: Any) -> Steps:
        yield from self.flush()
        return 0.0

    def close_(self, name: Any, *how: Any) -> Steps:
        return (yield from self._close(self.to_str(name)))

    def _close(self, key: str) -> Steps:
        yield from self.flush()
        result = -1.0
        target = self.outputs.pop(key, None)
        if target is not None:
            result = 0.0
            if target.file is not None:
                target.file.release()
            else:
                data = "".join(target.pieces).encode("latin-1", "replace")
                self.p.allocate(-len(data))
                result = float((yield from self.p.wait(self._shell(key, BytesReader(data), None))))
        reader = self.readers.pop(key, None)
        if reader is not None:
            _, file, child = reader
            file.release()
            result = float((yield from self.p.wait(child))) if child is not None else 0.0
        return result

    def close_all(self) -> Steps:
        for key in [*self.outputs, *self.readers]:
            yield from self._close(key)

    def getline(self, mode: str, where: str, into_record: bool) -> Steps:
        """1, 0 or -1; with a target, that and the line."""
        if not mode:
            assert self.main is not None
            line = yield from self.main.next()
            if line is not None:
                self.NR, self.FNR = to_num(self.NR) + 1.0, to_num(self.FNR) + 1.0
        else:
            if where not in self.readers:
                try:
                    yield from self._open_reader(mode, where)
                except FsError:
                    return -1.0 if into_record else (-1.0, "")
            lines = self.readers[where][0]
            data = yield from lines.next()
            line = data.decode("latin-1").removesuffix("\n") if data else None
            if line is not None and mode == "|":
                self.NR = to_num(self.NR) + 1.0
        if line is None:
            return 0.0 if into_record else (0.0, "")
        if into_record:
            self.set_record(line)
            return 1.0
        return 1.0, line

    def _open_reader(self, mode: str, where: str) -> Steps:
        yield from self.flush()
        if mode == "<":
            file = open_input(self.p, native(where))
            self.readers[where] = (self.p.lines(file), file, None)
            return
        reader, writer = self.p.pipe()
        reader.acquire()
        child = self._shell(where, None, writer)
        self.readers[where] = (LineReader(self.p, reader), reader, child)
