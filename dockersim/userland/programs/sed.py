"""sed: the POSIX language, with GNU's additions in daily use."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.fs import FsError
from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.sedscript import Address, BadScript, Command, parse_script
from dockersim.userland.programs.support import PER_BYTE, Files, Steps, open_input
from dockersim.userland.programs.usage import try_help

STEPS_PER_PAYMENT = 2000


class _Input:
    """All lines of all files, read ahead by one so that ``$`` is known."""

    def __init__(self, p: Process, names: list[str], separate: bool, mark: bytes) -> None:
        self.p = p
        self.names = names
        self.separate = separate
        self.mark = mark
        self.file: OpenFile | None = None
        self.current = "-"
        self.upcoming: list[bytes] = []
        self.missing_newline = False
        self.status = 0
        self.number = 0
        self._rest = b""
        self._ended = True
        self.on_change: Callable[[], Steps] | None = None
        self._next_name: str | None = None

    def advance(self) -> Steps:
        """The next line, or ``None``. Moves on to the next file only when asked for a line."""
        while not self.upcoming:
            if self._ended:
                if not (yield from self._open_next()):
                    return None
            else:
                yield from self._fill()
        self.number += 1
        line = self.upcoming.pop()
        self.missing_newline = self._ended and not self.upcoming and self._unfinished
        return line

    _unfinished = False

    def _open_next(self) -> Steps:
        if self.on_change is not None and self.file is not None:
            yield from self.on_change()
        if self.file is not None:
            self.file.release()
            self.file = None
        while self.names:
            name = self.names.pop(0)
            try:
                self.file = open_input(self.p, name)
            except FsError as error:
                self._complain(name, error)
                continue
            self.current = name
            self._ended = False
            self._unfinished = False
            if self.separate:
                self.number = 0
            return True
        return False

    def _complain(self, name: str, error: FsError) -> None:
        if is_busybox(self.p):
            self.status = 1
            self.p.fail(f"{name}: {error.strerror}")
        elif error.code == "EISDIR":
            self.status = 4 if self.separate else 2
            words = (
                f"couldn't edit {name}: not a regular file"
                if self.separate
                else f"read error on {name}: {error.strerror}"
            )
            self.p.fail(words)
        else:
            self.status = 2
            self.p.fail(f"can't read {name}: {error.strerror}")

    def _fill(self) -> Steps:
        assert self.file is not None
        chunk = yield from self.p.read(self.file, 1 << 16)
        if not chunk:
            self._ended = True
            if self._rest:
                self.upcoming = [self._rest]
                self._unfinished = True
                self._rest = b""
            return
        data = self._rest + chunk
        cut = data.rfind(self.mark) + 1
        self._rest = data[cut:]
        lines = data[:cut].split(self.mark)
        lines.pop()
        lines.reverse()
        self.upcoming = lines

    def is_last(self) -> Steps:
        """Whether no line follows (in this file, when files are separate)."""
        while not self.upcoming:
            if not self._ended:
                yield from self._fill()
                continue
            if self.separate or not (yield from self._peek_next()):
                return True
        return False

    def _peek_next(self) -> Steps:
        return (yield from self._open_next())


class _Quit(Exception):
    """``q`` or ``Q``."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Editor:
    """One run of a script over the input."""

    def __init__(self, p: Process, script: list[Command], source: _Input, *, quiet: bool, mark: bytes, extended: bool):
        self.p = p
        self.script = script
        self.input = source
        self.quiet = quiet
        self.mark = mark
        self.extended = extended
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
        status = 0
        try:
            while (line := (yield from self.input.advance())) is not None:
                self.space = line
                self.missing = self.input.missing_newline
                self.substituted = False
                yield from self.cycle()
        except _Quit as end:
            status = end.status
        yield from self.drain(True)
        return status

    def cycle(self) -> Steps:
        while True:
            again = yield from self.commands()
            if again == "restart":
                continue
            if again != "delete" and not self.quiet:
                self.emit(self.space)
            yield from self.end_of_cycle()
            return

    def end_of_cycle(self) -> Steps:
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
        self.put(line)
        self.output.append(b"" if self.missing else self.mark)

    # ---- commands

    def commands(self) -> Steps:
        script = self.script
        at = 0
        while at < len(script):
            command = script[at]
            at += 1
            if command.name in ":}#":
                continue
            if command.first is not None or command.second is not None:
                chosen = yield from self.selects(command)
            else:
                chosen = True
            if chosen == command.negated:
                if command.name == "{":
                    at = command.jump + 1
                continue
            outcome = yield from self.execute(command)
            if outcome is None:
                continue
            if isinstance(outcome, str):
                return outcome
            at = outcome
            self._steps += 1
            if self._steps % 64 == 0 and self.p.charge(1e-5):
                yield from self.p.pay()
        return ""

    def selects(self, command: Command) -> Steps:  # noqa: C901 (one rule an address)
        key = id(command)
        first, second = command.first, command.second
        assert first is not None
        if second is None:
            return (yield from self.matches(first))
        number = self.input.number
        end = self.active.get(key)
        if end is not None:
            if second.kind == "regex":
                if self.regex(second).search(self.space):
                    del self.active[key]
                return True
            if second.kind == "$":
                if (yield from self.input.is_last()):
                    del self.active[key]
                return True
            if number >= end:
                del self.active[key]
            return number <= end
        if first.kind == "0":
            started = number == 1 and key not in self.started
            self.started.add(key)
            if started and self.regex(second).search(self.space):
                return True
            if started:
                self.active[key] = -1
            return started
        if not (yield from self.matches(first)):
            return False
        if second.kind == "line":
            if second.number > number:
                self.active[key] = second.number
        elif second.kind == "+":
            if second.number:
                self.active[key] = number + second.number
        elif second.kind == "~":
            end = -(-number // second.number) * second.number if second.number else number
            if end > number:
                self.active[key] = end
        elif second.kind != "$" or not (yield from self.input.is_last()):
            self.active[key] = -1
        return True

    def matches(self, address: Address) -> Steps:
        if address.kind == "line":
            return self.input.number == address.number
        if address.kind == "$":
            return (yield from self.input.is_last())
        if address.kind == "step":
            first, step = address.number, address.step
            number = self.input.number
            return number == first if step <= 0 else number >= first and (number - first) % step == 0
        return self.regex(address).search(self.space) is not None

    def regex(self, holder: Address | Command) -> re.Pattern[bytes]:
        if holder.regex is None:
            if self.last_regex is None:
                raise BadScript("no previous regular expression")
            return self.last_regex
        self.last_regex = holder.regex
        return holder.regex

    def execute(self, command: Command) -> Steps:
        return (yield from getattr(self, _METHODS[command.name])(command))

    def do_nothing(self, command: Command) -> Steps:
        return None
        yield

    def do_substitute(self, command: Command) -> Steps:
        out: list[bytes] = []
        count = at = 0
        before = -1
        space = self.space
        for found in self.regex(command).finditer(space):
            start, end = found.span()
            if start == end == before:
                continue
            before = end
            count += 1
            if count >= command.number:
                out += [space[at:start], command.replacement(found)]
                at = end
                if not command.everywhere:
                    break
        if not out:
            return None
        out.append(space[at:])
        self.space = b"".join(out)
        self.substituted = True
        if command.evaluate:
            yield from self._evaluate()
        if command.prints:
            self.emit(self.space)
        if command.file:
            yield from self.write_to(command.file, self.space + self.mark)
        return None

    def _evaluate(self) -> Steps:
        reader, writer = self.p.pipe()
        reader.acquire()
        argv = ["sh", "-c", self.space.decode("utf-8", "surrogateescape")]
        child = self.p.spawn(argv, path="/bin/sh", fds={**self.p.fds, 1: writer})
        data = yield from self.p.read_all(reader)
        yield from self.p.wait(child)
        self.space = data.removesuffix(b"\n")

    def do_transliterate(self, command: Command) -> Steps:
        self.space = self.space.translate(command.table)
        return None
        yield

    def do_delete(self, command: Command) -> Steps:
        return "delete"
        yield

    def do_delete_first(self, command: Command) -> Steps:
        _, newline, rest = self.space.partition(b"\n")
        if not newline:
            return "delete"
        self.space = rest
        yield from self.end_of_cycle()
        return "restart"

    def do_print(self, command: Command) -> Steps:
        missing, self.missing = self.missing, self.missing and not is_busybox(self.p)
        self.emit(self.space)
        self.missing = missing
        return None
        yield

    def do_print_first(self, command: Command) -> Steps:
        head, newline, _ = self.space.partition(b"\n")
        missing, self.missing = self.missing, self.missing and not newline
        self.emit(head)
        self.missing = missing
        return None
        yield

    def do_number(self, command: Command) -> Steps:
        self.put(b"%d\n" % self.input.number)
        return None
        yield

    def do_list(self, command: Command) -> Steps:
        width = int(command.text) if command.text else 70
        self.put(unambiguous(self.space, width) + b"\n")
        return None
        yield

    def do_next(self, command: Command) -> Steps:
        if (yield from self.input.is_last()) and not self.input.separate:
            if not self.quiet:
                self.emit(self.space)
            yield from self.end_of_cycle()
            raise _Quit(0)
        if not self.quiet:
            self.emit(self.space)
        yield from self.end_of_cycle()
        line = yield from self.input.advance()
        if line is None:
            raise _Quit(0)
        self.space = line
        self.missing = self.input.missing_newline
        return None

    def do_append_next(self, command: Command) -> Steps:
        if (yield from self.input.is_last()):
            if not self.quiet:
                self.emit(self.space)
            yield from self.end_of_cycle()
            raise _Quit(0)
        yield from self.end_of_cycle()
        line = yield from self.input.advance()
        self.space = self.space + b"\n" + line
        self.missing = self.input.missing_newline
        return None

    def do_hold(self, command: Command) -> Steps:
        name = command.name
        if name == "h":
            self.hold = self.space
        elif name == "H":
            self.hold += b"\n" + self.space
        elif name == "g":
            self.space = self.hold
        elif name == "G":
            self.space += b"\n" + self.hold
        else:
            self.space, self.hold = self.hold, self.space
        if name in "gGx" and not is_busybox(self.p):
            self.missing = False  # the hold space is a whole line
        return None
        yield

    def do_branch(self, command: Command) -> Steps:
        if command.name == "t":
            if not self.substituted:
                return None
            self.substituted = False
        elif command.name == "T" and self.substituted:
            self.substituted = False
            return None
        return self.labels[command.text] + 1 if command.text else len(self.script)
        yield

    def do_append(self, command: Command) -> Steps:
        self.appended.append(("text", encode(command.text) + b"\n"))
        return None
        yield

    def do_insert(self, command: Command) -> Steps:
        self.put(encode(command.text) + b"\n")
        return None
        yield

    def do_change(self, command: Command) -> Steps:
        if command.second is None or command.negated or id(command) not in self.active:
            self.put(encode(command.text) + b"\n")
        return "delete"
        yield

    def do_read(self, command: Command) -> Steps:
        name = command.file
        if name == "/dev/stdin":
            self.appended.append(("text", (yield from self.p.read_all(0))))
        else:
            self.appended.append(("file", encode(name)))
        return None

    def do_write(self, command: Command) -> Steps:
        text = self.space.partition(b"\n")[0] if command.name == "W" else self.space
        yield from self.write_to(command.file, text + self.mark)
        return None

    def write_to(self, name: str, data: bytes) -> Steps:
        if name == "/dev/stdout":
            self.put(data)
            return
        if name == "/dev/stderr":
            self.p.err(data)
            return
        yield from self.p.write(self.files[name], data)

    def do_quit(self, command: Command) -> Steps:
        if command.name == "q":
            self.missing = self.missing and is_busybox(self.p)  # GNU's q ends even an unfinished line
            if not self.quiet:
                self.emit(self.space)
            yield from self.end_of_cycle()
        raise _Quit(int(command.text or 0))

    def do_name(self, command: Command) -> Steps:
        self.put(encode(self.input.current) + b"\n")
        return None
        yield

    def do_zap(self, command: Command) -> Steps:
        self.space = b""
        return None
        yield

    def do_execute(self, command: Command) -> Steps:
        before, self.space = self.space, encode(command.text) if command.text else self.space
        yield from self._evaluate()
        if command.text:
            self.put(self.space + b"\n")
            self.space = before
        return None


_METHODS = {
    "{": "do_nothing",
    "s": "do_substitute",
    "y": "do_transliterate",
    "d": "do_delete",
    "D": "do_delete_first",
    "p": "do_print",
    "P": "do_print_first",
    "=": "do_number",
    "l": "do_list",
    "n": "do_next",
    "N": "do_append_next",
    "h": "do_hold",
    "H": "do_hold",
    "g": "do_hold",
    "G": "do_hold",
    "x": "do_hold",
    "b": "do_branch",
    "t": "do_branch",
    "T": "do_branch",
    "a": "do_append",
    "i": "do_insert",
    "c": "do_change",
    "r": "do_read",
    "w": "do_write",
    "W": "do_write",
    "q": "do_quit",
    "Q": "do_quit",
    "F": "do_name",
    "z": "do_zap",
    "e": "do_execute",
}


def unambiguous(data: bytes, width: int) -> bytes:
    """What ``l`` shows: escapes for what is not printable, folded, and a ``$``."""
    pieces = []
    for byte in data:
        if byte == 92:
            pieces.append(b"\\\\")
        elif 32 <= byte < 127:
            pieces.append(bytes((byte,)))
        else:
            named = {7: b"\\a", 8: b"\\b", 12: b"\\f", 10: b"\\n", 13: b"\\r", 9: b"\\t", 11: b"\\v"}.get(byte)
            pieces.append(named or b"\\%03o" % byte)
    out: list[bytes] = []
    column = 0
    for piece in pieces:
        if width > 1 and column + len(piece) > width - 1:
            out.append(b"\\\n")
            column = 0
        out.append(piece)
        column += len(piece)
    return b"".join(out) + b"$"


def sed(p: Process) -> Steps:  # noqa: C901 (its options are many)
    options = parse(
        p,
        "nrEe:f:i::suzl:",
        "quiet=n silent=n regexp-extended=E expression:=e file:=f in-place?=i separate=s unbuffered=u null-data=z "
        "line-length:=l posix debug follow-symlinks sandbox",
    )
    operands = list(options.operands)
    pieces = []
    for key, value in options.given:
        if key == "e":
            pieces.append(value)
        elif key == "f":
            file = open_input(p, value)
            data = yield from p.read_all(file)
            file.release()
            pieces.append(data.decode("utf-8", "surrogateescape").removesuffix("\n"))
    if not pieces:
        if not operands:
            try_help(p)
        pieces = [operands.pop(0)]
    extended = options.any("r E")
    quiet = "n" in options
    text = "\n".join(pieces)
    if text.startswith("#n\n") or text == "#n":
        quiet = True
    try:
        script = parse_script(text, extended)
    except BadScript as error:
        if is_busybox(p):
            return p.fail(error.busybox)
        if error.at < 0:
            return p.fail(str(error), 4)
        where = f"-e expression #{max(1, len(options.all('e')))}, char {error.at}"
        if "f" in options and "e" not in options:
            where = f"file {options.get('f')} line {text[: error.at].count(chr(10)) + 1}"
        return p.fail(f"{where}: {error}")
    mark = b"\0" if "z" in options else b"\n"
    in_place = "i" in options
    source = _Input(p, operands or ["-"], in_place or "s" in options, mark)
    editor = Editor(p, script, source, quiet=quiet, mark=mark, extended=extended)
    for command in script:
        known = command.file in ("", "/dev/stdout", "/dev/stderr", *editor.files)
        if command.name in "swW" and not known:
            editor.files[command.file] = p.open(command.file, "w")
    if in_place:
        _edit_in_place(p, editor, source, options.get("i"))
    try:
        status = yield from editor.run()
    except BadScript as error:
        return p.fail(str(error))
    if in_place and source.file is not None and source.on_change is not None:
        rest = b"".join(line + mark for line in reversed(source.upcoming)) + source._rest
        if rest:
            editor.put(rest + (yield from p.read_all(source.file)))
        yield from source.on_change()
    for file in editor.files.values():
        file.release()
    return status or source.status


def _edit_in_place(p: Process, editor: Editor, source: _Input, suffix: str) -> None:
    files = Files(p)
    source.names = [name for name in source.names if name != "-"] if source.names != ["-"] else []
    editor.in_place = lambda data: None

    def store() -> Steps:
        name = source.current
        data = b"".join(editor.output)
        editor.output.clear()
        stat = files.stat(name)
        if suffix:
            backup = suffix.replace("*", name.rpartition("/")[2]) if "*" in suffix else name + suffix
            if files.present(backup):
                files.unlink(backup)
            files.rename(name, backup)
        else:
            files.unlink(name)
        files.write_file(name, data, stat.mode)
        files.chmod(name, stat.mode)
        if (stat.uid, stat.gid) != (p.cred.uid, p.cred.gid) and p.cred.privileged:
            files.chown(name, stat.uid, stat.gid)
        return
        yield

    source.on_change = store
