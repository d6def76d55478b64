"""awk: the runtime that generated code calls, and the program."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.files import BytesReader, OpenFile
from dockersim.userland.process import LineReader, Process
from dockersim.userland.programs.awkcode import Generator
from dockersim.userland.programs.awklang import BadProgram, parse_program, unescape
from dockersim.userland.programs.escapes import encode
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.regex import BadPattern, compile_posix
from dockersim.userland.programs.running import find_program
from dockersim.userland.programs.support import CHUNK, PER_BYTE, Steps, open_input
from dockersim.userland.programs.usage import try_help

NUMBER = re.compile(r"[ \t\n\r\f\v]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
WHOLE = re.compile(NUMBER.pattern + r"[ \t\n\r\f\v]*")
FORMAT = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])")


class Next(Exception):
    """``next``."""


class NextFile(Exception):
    """``nextfile``."""


class Exit(Exception):
    """``exit``."""

    def __init__(self, value: Any = None) -> None:
        super().__init__(value)
        self.value = value


class Fatal(Exception):
    """A fault that ends the program with status 2."""


class StrNum(str):
    """Text from input that looks like a number: it compares as one."""

    __slots__ = ("number",)
    number: float


class _Uninit(StrNum):
    pass


UNINIT = _Uninit("")
UNINIT.number = 0.0


class Array(dict[str, Any]):
    """An associative array; looking at an element makes it."""

    def __missing__(self, key: str) -> Any:
        self[key] = UNINIT
        return UNINIT


def strnum(text: str) -> str:
    """``text`` from input, as a number too where it looks like one."""
    if WHOLE.fullmatch(text):
        made = StrNum(text)
        made.number = float(text)
        return made
    return text


def to_num(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, StrNum):
        return value.number
    found = NUMBER.match(value)
    return float(found[1]) if found else 0.0


def truth(value: Any) -> bool:
    if type(value) is float:
        return value != 0.0
    return value.number != 0.0 if isinstance(value, StrNum) else value != ""


def number_text(value: float, form: str) -> str:
    """A number as text: integers plainly, others by CONVFMT or OFMT."""
    if value == value and abs(value) < 1e16 and value == int(value):
        return str(int(value))
    if value != value:
        return "-nan" if math.copysign(1.0, value) < 0 else "nan"
    if value in (math.inf, -math.inf):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e53:
        return str(int(value))
    return sprintf(form, [value])


def put(array: Array, key: str, value: Any) -> Any:
    array[key] = value
    return value


def copy(value: Any) -> Any:
    return value


def divide(left: float, right: float) -> float:
    if right == 0.0:
        raise Fatal("division by zero")
    return left / right


def modulo(left: float, right: float) -> float:
    if right == 0.0:
        raise Fatal("division by zero in %")
    return math.fmod(left, right)


def power(left: float, right: float) -> float:
    try:
        result = left**right
        return result if isinstance(result, float) else math.nan
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return math.inf


def integer(value: float) -> float:
    return float(int(value)) if math.isfinite(value) else value


def sprintf(form: str, values: list[Any], convert: Callable[[Any], str] = str) -> str:
    """``printf`` of awk."""
    out = []
    at = 0
    rest = iter(values)
    for found in FORMAT.finditer(form):
        out.append(form[at : found.start()])
        at = found.end()
        flags, width, precision, kind = found[1], found[2], found[3], found[4]
        if kind == "%":
            out.append("%")
            continue
        if width == "*":
            width = str(int(to_num(next(rest, UNINIT))))
        if precision == "*":
            precision = str(int(to_num(next(rest, UNINIT))))
        if kind not in "diouxXeEfFgGcs":
            out.append(found[0])
            continue
        value = next(rest, UNINIT)
        spec = flags + (width or "") + ("" if precision is None else f".{precision}")
        out.append(_formatted(kind, spec, value, convert))
    out.append(form[at:])
    return "".join(out)


def _formatted(kind: str, spec: str, value: Any, convert: Callable[[Any], str]) -> str:
    if kind == "s":
        return ("%" + spec.replace("0", "", 1) + "s" if spec.startswith("0") else "%" + spec + "s") % convert(value)
    if kind == "c":
        if type(value) is float or (isinstance(value, StrNum) and value != ""):
            code = int(to_num(value))
            text = chr(code & 0xFF)
        else:
            text = convert(value)[:1]
        return ("%" + spec.partition(".")[0] + "s") % text
    number = to_num(value)
    if kind in "diouxX":
        if not math.isfinite(number):
            return ("%" + spec.replace("0", "").partition(".")[0] + "s") % number_text(number, "%g")
        whole = int(number)
        if kind in "ouxX" and whole < 0:
            whole &= (1 << 64) - 1
        return ("%" + spec + ("d" if kind in "iu" else kind)) % whole
    return ("%" + spec + kind) % number


@lru_cache(256)
def _regex(text: str) -> re.Pattern[str]:
    compiled = compile_posix(text.encode("latin-1", "replace"), True, escapes=True)
    return re.compile(compiled.pattern.decode("latin-1"), re.DOTALL | re.ASCII)


class Output:
    """Something that print writes to: a file, or what will be a command's input."""

    def __init__(self, mode: str, file: OpenFile | None) -> None:
        self.mode = mode
        self.file = file
        self.pieces: list[str] = []


class Runtime:
    """The state of a running program: the record, the special variables, open files."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.NR: Any = 0.0
        self.FNR: Any = 0.0
        self.FS: Any = " "
        self.OFS: Any = " "
        self.ORS: Any = "\n"
        self.RS: Any = "\n"
        self.SUBSEP: Any = "\x1c"
        self.CONVFMT: Any = "%.6g"
        self.OFMT: Any = "%.6g"
        self.RSTART: Any = 0.0
        self.RLENGTH: Any = -1.0
        self.FILENAME: Any = UNINIT
        self.ARGC: Any = 0.0
        self.ARGV = Array()
        self.ENVIRON = Array({name: strnum(_latin(value)) for name, value in p.env.items()})
        self.ranges: set[int] = set()
        self.rounds = 0
        self.out: list[str] = []
        self.outputs: dict[str, Output] = {}
        self.readers: dict[str, Any] = {}
        self.namespace: dict[str, Any] = {}
        self.seed = 0.0
        self._random = 0
        self._record = ""
        self._fields: list[Any] | None = []
        self._stale = False
        self.main: _Main | None = None

    # ---- conversions

    def to_str(self, value: Any) -> str:
        return number_text(value, self.CONVFMT) if type(value) is float else value

    def compare(self, left: Any, right: Any) -> int:
        numbers = (type(left) is float or isinstance(left, StrNum)) and (
            type(right) is float or isinstance(right, StrNum)
        )
        if numbers and not (left is UNINIT and not isinstance(right, float | StrNum)):
            a, b = to_num(left), to_num(right)
            return (a > b) - (a < b)
        x, y = self.to_str(left), self.to_str(right)
        return (x > y) - (x < y)

    def SUBSEP_(self) -> str:
        return self.to_str(self.SUBSEP)

    def regex(self, text: str) -> re.Pattern[str]:
        try:
            return _regex(text)
        except BadPattern as error:
            raise Fatal(f"bad regex '{text}': {error}") from None

    # ---- the record and its fields

    def set_record(self, text: str) -> None:
        self._record = text
        self._fields = None
        self._stale = False

    def record(self) -> str:
        if self._stale:
            assert self._fields is not None
            self._record = self.to_str(self.OFS).join(self.to_str(field) for field in self._fields)
            self._stale = False
        return self._record

    def fields(self) -> list[Any]:
        if self._fields is None:
            self._fields = self.cut(self._record, self.FS)
        return self._fields

    def cut(self, text: str, mark: Any) -> list[Any]:
        """The pieces of ``text`` between separators."""
        if isinstance(mark, re.Pattern):
            return self._cut_regex(text, mark) if text else []
        mark = self.to_str(mark)
        if mark == " ":
            return text.split()
        if not text:
            return []
        if mark == "":
            return list(text)
        if self.RS == "" and mark == "\n":
            return text.split("\n")
        pieces = text.split(mark) if len(mark) == 1 and mark != "\\" else self._cut_regex(text, self.regex(mark))
        if self.RS == "" and len(mark) == 1:
            return [part for piece in pieces for part in piece.split("\n")]
        return pieces

    @staticmethod
    def _cut_regex(text: str, mark: re.Pattern[str]) -> list[str]:
        out = []
        at = 0
        for found in mark.finditer(text):
            if found.end() > found.start():
                out.append(text[at : found.start()])
                at = found.end()
        out.append(text[at:])
        return out

    def index(self, value: Any) -> int:
        number = int(to_num(value))
        if number < 0:
            raise Fatal(f"attempt to access field {number}")
        return number

    def field(self, number: int) -> Any:
        if not number:
            return strnum(self.record())
        fields = self.fields()
        if number > len(fields):
            return UNINIT
        value = fields[number - 1]
        return strnum(value) if type(value) is str else value

    def set_field(self, number: Any, value: Any) -> Any:
        place = self.index(number)
        if not place:
            self.set_record(self.to_str(value))
            return value
        fields = self.fields()
        if place > 1_000_000:
            raise Fatal("field index too large")
        fields.extend([""] * (place - len(fields)))
        fields[place - 1] = value if type(value) is not str else _Plain(value)
        self._stale = True
        return value

    def get_NF(self) -> float:
        return float(len(self.fields()))

    def set_special(self, name: str, value: Any) -> Any:
        if name == "NF":
            count = self.index(value)
            fields = self.fields()
            del fields[count:]
            fields.extend([""] * (count - len(fields)))
            self._stale = True
            return value
        if name == "FS":
            self.fields()
        setattr(self, name, value)
        return value

    # ---- output

    def line(self) -> str:
        return self.record() + self.to_str(self.ORS)

    def print_record(self) -> None:
        self.out.append(self.record() + self.to_str(self.ORS))

    def joined(self, values: tuple[Any, ...]) -> str:
        form = self.OFMT
        texts = [number_text(value, form) if type(value) is float else value for value in values]
        return self.to_str(self.OFS).join(texts) + self.to_str(self.ORS)

    def sprintf(self, form: Any, *values: Any) -> str:
        return sprintf(self.to_str(form), list(values), self.to_str)

    f_sprintf = sprintf

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
                    file = self.p.open(_native(name), "a" if mode == ">>" else "w")
                except FsError as error:
                    raise Fatal(f"can't redirect to {name} ({error.strerror})") from None
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
        argv = ["sh", "-c", _native(command)]
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
            file = open_input(self.p, _native(where))
            self.readers[where] = (self.p.lines(file), file, None)
            return
        reader, writer = self.p.pipe()
        reader.acquire()
        child = self._shell(where, None, writer)
        self.readers[where] = (LineReader(self.p, reader), reader, child)

    # ---- functions

    def split(self, text: str, array: Array, mark: Any) -> float:
        array.clear()
        for number, piece in enumerate(self.cut(text, self.FS if mark is None else mark), 1):
            array[str(number)] = strnum(piece)
        return float(len(array))

    def match(self, text: str, pattern: re.Pattern[str]) -> float:
        found = pattern.search(text)
        self.RSTART = float(found.start() + 1) if found else 0.0
        self.RLENGTH = float(found.end() - found.start()) if found else -1.0
        return float(self.RSTART)

    def substitute(self, pattern: re.Pattern[str], by: str, text: str, everywhere: bool) -> tuple[float, str]:
        count = at = 0
        before = -1
        out = []
        parts = re.split(r"(\\\\&|\\&|&|\\\\)", by)
        for found in pattern.finditer(text):
            start, end = found.span()
            if start == end == before:
                continue
            before = end
            count += 1
            out.append(text[at:start])
            for part in parts:
                out.append({"&": found[0], "\\&": "&", "\\\\&": "\\" + found[0], "\\\\": "\\"}.get(part, part))
            at = end
            if not everywhere:
                break
        return float(count), "".join(out) + text[at:] if count else text

    def f_gensub(self, pattern: Any, by: Any, how: Any, text: Any = None) -> str:
        if not isinstance(pattern, re.Pattern):
            pattern = self.regex(self.to_str(pattern))
        target = self.record() if text is None else self.to_str(text)
        template = re.split(r"\\(\d|&|\\)|(&)", self.to_str(by))
        which = self.to_str(how)
        wanted = 0 if which[:1] in ("g", "G") else max(1, int(to_num(how)))
        count = 0

        def one(found: re.Match[str]) -> str:
            nonlocal count
            count += 1
            if wanted and count != wanted:
                return found[0]
            out = []
            for at, part in enumerate(template):
                if part is None or at % 3 == 0:
                    out.append(part or "")
                elif at % 3 == 2:
                    out.append(found[0])
                else:
                    out.append((found[int(part)] or "") if part.isdigit() else part)
            return "".join(out)

        return str(pattern.sub(one, target))

    def f_substr(self, text: Any, start: Any, length: Any = None) -> str:
        source = self.to_str(text)
        begin = _round(to_num(start))
        end = len(source) + 1 if length is None else begin + _round(to_num(length))
        return source[max(begin, 1) - 1 : max(end, 1) - 1]

    def f_index(self, text: Any, part: Any) -> float:
        return float(self.to_str(text).find(self.to_str(part)) + 1)

    def f_sin(self, value: Any) -> float:
        return math.sin(to_num(value))

    def f_cos(self, value: Any) -> float:
        return math.cos(to_num(value))

    def f_atan2(self, y: Any, x: Any) -> float:
        return math.atan2(to_num(y), to_num(x))

    def f_exp(self, value: Any) -> float:
        try:
            return math.exp(to_num(value))
        except OverflowError:
            return math.inf

    def f_log(self, value: Any) -> float:
        number = to_num(value)
        return math.log(number) if number > 0 else (-math.inf if number == 0 else math.nan)

    def f_sqrt(self, value: Any) -> float:
        number = to_num(value)
        return math.sqrt(number) if number >= 0 else math.nan

    def f_rand(self) -> float:
        self._random = (self._random * 1103515245 + 12345) & 0x7FFFFFFF
        return self._random / 0x80000000

    def f_srand(self, value: Any = None) -> float:
        before = self.seed
        self.seed = float(int(self.p.sim.time())) if value is None else to_num(value)
        self._random = int(self.seed) & 0x7FFFFFFF
        return before

    def f_tolower(self, value: Any) -> str:
        return _CASED(self.to_str(value), str.lower)

    def f_toupper(self, value: Any) -> str:
        return _CASED(self.to_str(value), str.upper)

    def f_systime(self) -> float:
        return float(int(self.p.sim.time()))

    def f_strftime(self, form: Any = "%a %b %e %H:%M:%S %Z %Y", when: Any = None, *utc: Any) -> str:
        seconds = self.p.sim.time() if when is None else to_num(when)
        return strftime(self.to_str(form), int(seconds) * 10**9)

    def f_strtonum(self, value: Any) -> float:
        text = self.to_str(value).strip()
        return float(int(text, 16)) if re.fullmatch("0[xX][0-9a-fA-F]+", text) else to_num(value)

    def f_and(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) & int(to_num(b)))

    def f_or(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) | int(to_num(b)))

    def f_xor(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) ^ int(to_num(b)))

    def f_lshift(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) << min(63, int(to_num(b))))

    def f_rshift(self, a: Any, b: Any) -> float:
        return float(int(to_num(a)) >> min(63, int(to_num(b))))

    def f_compl(self, a: Any) -> float:
        return float(~int(to_num(a)) & ((1 << 53) - 1))


class _Plain(str):
    """Text assigned to a field: not a number, whatever it looks like."""

    __slots__ = ()


def _CASED(text: str, change: Callable[[str], str]) -> str:
    return change(text) if text.isascii() else "".join(change(c) if c.isascii() else c for c in text)


def _round(value: float) -> int:
    if not math.isfinite(value):
        return 1 << 40 if value > 0 else -(1 << 40)
    return round(value)


def _latin(text: str) -> str:
    return encode(text).decode("latin-1")


def _native(text: str) -> str:
    return text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


class _Main:
    """The records of the operands, with ``name=value`` among them."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.at = 1
        self.file: OpenFile | None = None
        self.used = False
        self.status = 0
        self._lines: list[str] = []
        self._rest = ""
        self._ended = False

    def next(self) -> Steps:
        """The next record, or ``None``."""
        while True:
            if self._lines:
                return self._lines.pop()
            if self.file is None:
                if not (yield from self._open()):
                    return None
                continue
            yield from self._fill()

    def skip_file(self) -> None:
        if self.file is not None:
            self.file.release()
        self.file = None
        self._lines = []

    def _open(self) -> Steps:
        rt = self.rt
        yield from rt.flush()
        while self.at < int(to_num(rt.ARGC)):
            name = rt.to_str(rt.ARGV.get(str(self.at), ""))
            self.at += 1
            if not name:
                continue
            found = re.fullmatch(r"([A-Za-z_]\w*)=(.*)", name, re.DOTALL)
            if found:
                assign(rt, found[1], unescape(found[2]))
                continue
            self.used = True
            try:
                self._start(open_input(rt.p, _native(name)), name)
            except FsError as error:
                self.status = 2
                if is_busybox(rt.p):
                    rt.p.fail(f"{name}: {error.strerror}")
                    self.status = 1
                    continue
                raise Fatal(f"cannot open {name} ({error.strerror})") from None
            return True
        if self.used:
            return False
        self.used = True
        self._start(rt.p.file(0).acquire(), "")
        return True

    def _start(self, file: OpenFile, name: str) -> None:
        self.file = file
        self._rest = ""
        self._ended = False
        self.rt.FILENAME = name
        self.rt.FNR = 0.0

    def _fill(self) -> Steps:
        assert self.file is not None
        rt = self.rt
        yield from rt.flush()
        if not self._ended:
            data = yield from rt.p.read(self.file, CHUNK)
            self._ended = not data
            if rt.p.charge(len(data) * 20 * PER_BYTE):
                yield from rt.p.pay()
            self._rest += data.decode("latin-1")
        pieces, self._rest = self._split(self._rest)
        pieces.reverse()
        self._lines = pieces
        if self._ended:
            self.file.release()
            self.file = None

    def _split(self, text: str) -> tuple[list[str], str]:
        mark = self.rt.to_str(self.rt.RS)
        if mark == "\n" or len(mark) == 1:
            pieces = text.split(mark)
            rest = pieces.pop()
            if mark != "\n" and self._ended:
                rest = rest.removesuffix("\n")
        else:
            if not mark:
                text = text.lstrip("\n")
            pattern = self.rt.regex(mark) if mark else re.compile("\n\n+")
            if not self._ended:
                return [], text
            pieces = Runtime._cut_regex(text, pattern)
            rest = pieces.pop().removesuffix("\n")
        if self._ended:
            return ([*pieces, rest] if rest else pieces), ""
        return pieces, rest


def assign(rt: Runtime, name: str, text: str) -> None:
    """A variable from the command line."""
    from dockersim.userland.programs.awkcode import SPECIAL

    if name in SPECIAL:
        rt.set_special(name, strnum(text))
    else:
        rt.namespace[f"v_{name}"] = strnum(text)


@lru_cache(64)
def compiled(text: str) -> tuple[CodeType, tuple[str, ...]]:
    """The code of a program, and the kinds of its rules. Raises :class:`BadProgram`."""
    program = parse_program(text)
    try:
        code = compile(Generator(program).source(), "<awk>", "exec")
    except (SyntaxError, RecursionError, MemoryError):
        raise BadProgram("program too complex", 1) from None
    return code, tuple(rule[0] for rule in program.rules)


def awk(p: Process) -> Steps:
    options = parse(
        p,
        "F:v:f:e:W:",
        "field-separator:=F assign:=v file:=f source:=e posix traditional re-interval",
        status=2,
        early=True,
    )
    operands = list(options.operands)
    pieces = []
    for key, value in options.given:
        if key in "fe":
            pieces.append(_latin(value) if key == "e" else (yield from _script(p, value)))
    if not pieces:
        if not operands:
            try_help(p, 2)
        pieces = [_latin(operands.pop(0))]
    try:
        code, kinds = compiled("\n".join(pieces))
    except BadProgram as error:
        if is_busybox(p):
            return p.fail(
                f"cmd. line:{error.line}: Unexpected token" if error.near else f"cmd. line:{error.line}: syntax error"
            )
        return p.fail(f"line {error.line}: syntax error at or near {error.near}", 2)
    except RecursionError:
        return p.fail("program too complex", 2)
    rt = Runtime(p)
    if "F" in options:
        mark = unescape(_latin(options.get("F")))
        rt.FS = "\t" if mark == "t" else mark
    for text in options.all("v"):
        name, equals, value = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name):
            return p.fail(f"`{text}' argument to `-v' should be in `var=value' form", 2)
    rt.ARGV.update({str(at): strnum(_latin(word)) for at, word in enumerate(["awk", *operands])})
    rt.ARGC = float(len(operands) + 1)
    space = rt.namespace
    space.update(HELPERS, rt=rt, to_str=rt.to_str, to_key=rt.to_str, compare=rt.compare)
    exec(code, space)  # generated by us from the parsed program: names are prefixed, constants are literals
    for text in options.all("v"):
        name, _, value = text.partition("=")
        assign(rt, name, unescape(_latin(value)))
    return (yield from _run(p, rt, kinds))


def _script(p: Process, name: str) -> Steps:
    try:
        file = open_input(p, name)
    except FsError as error:
        p.fail(f"can't open '{name}': {error.strerror}" if is_busybox(p) else f"cannot open {name} ({error.strerror})")
        p.exit(1 if is_busybox(p) else 2)
    data = yield from p.read_all(file)
    file.release()
    return data.decode("latin-1")


HELPERS: dict[str, Any] = {
    "__builtins__": {"len": len, "float": float, "list": list},
    "UNINIT": UNINIT,
    "Array": Array,
    "Next": Next,
    "NextFile": NextFile,
    "Exit": Exit,
    "strnum": strnum,
    "to_num": to_num,
    "truth": truth,
    "put": put,
    "copy": copy,
    "divide": divide,
    "modulo": modulo,
    "power": power,
    "integer": integer,
}


def _run(p: Process, rt: Runtime, kinds: tuple[str, ...]) -> Steps:
    rules = {kind: [] for kind in ("BEGIN", "rule", "END")}  # type: dict[str, list[Any]]
    for number, kind in enumerate(kinds):
        rules["rule" if kind == "range" else kind].append(rt.namespace[f"rule_{number}"])
    main = rt.main = _Main(rt)
    status = 0
    try:
        try:
            for rule in rules["BEGIN"]:
                yield from rule()
            if rules["rule"] or rules["END"]:
                yield from _records(rt, main, rules["rule"])
        except Exit as end:
            status = int(to_num(end.value)) if end.value is not None else 0
        try:
            for rule in rules["END"]:
                yield from rule()
        except Exit as end:
            status = int(to_num(end.value)) if end.value is not None else status
        yield from rt.flush()
        yield from rt.close_all()
    except Fatal as error:
        yield from rt.flush()
        return p.fail(f"cmd. line:1: {error}" if is_busybox(p) else str(error), 1 if is_busybox(p) else 2)
    except RecursionError:
        yield from rt.flush()
        return p.fail("function call nesting too deep", 2)
    return status or main.status


def _records(rt: Runtime, main: _Main, rules: list[Any]) -> Steps:
    while (line := (yield from main.next())) is not None:
        rt.NR = to_num(rt.NR) + 1.0
        rt.FNR = to_num(rt.FNR) + 1.0
        rt.set_record(line)
        try:
            for rule in rules:
                yield from rule()
        except Next:
            continue
        except NextFile:
            main.skip_file()


gawk = mawk = nawk = awk
