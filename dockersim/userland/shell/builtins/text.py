"""Builtins that read and format text: read, printf, mapfile."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.fs import FsError
from dockersim.userland.shell.builtins.core import bad_name
from dockersim.userland.shell.syntax.words import is_name
from dockersim.userland.shell.text import unescape

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

Run = Generator[Any, Any, int]


class _Options:
    """The options of ``read``: letters, and values of those that take one."""

    def __init__(self, argv: Sequence[str], with_value: str) -> None:
        self.letters: set[str] = set()
        self.values: dict[str, str] = {}
        self.bad = ""
        args = list(argv[1:])
        while args and args[0].startswith("-") and len(args[0]) > 1:
            option = args.pop(0)
            if option == "--":
                break
            for at, letter in enumerate(option[1:], 1):
                if letter in with_value:
                    self.values[letter] = option[at + 1 :] or (args.pop(0) if args else "")
                    break
                self.letters.add(letter)
        self.args = args


def read_(shell: Shell, argv: Sequence[str]) -> Run:
    options = _Options(argv, "pnNdtaui")
    names = options.args
    for name in names:
        if not is_name(name.partition("[")[0]):
            if shell.flavour == "ash":
                shell.p.err(f"{shell.arg0}: read: '{name}': bad variable name\n")
                return 1
            return bad_name(shell, "read", name)
    if not names and shell.flavour == "dash":
        return shell.complain("arg count", "read", 2)
    fd = int(options.values["u"]) if options.values.get("u", "").isdigit() else 0
    if "p" in options.values and (shell.p.isatty(fd) or not shell.bash):
        shell.p.err(options.values["p"])
    yield from shell.flush()
    text, quoted, ended = yield from _read_line(shell, fd, options)
    count = options.values.get("N", "")
    if "a" in options.values:
        shell.vars[options.values["a"]] = dict(enumerate(_split(shell, text, quoted, 0)))
    elif count and names:
        shell.set(names[0], text)
    elif not names:
        shell.set("REPLY", text)
    else:
        fields = _split(shell, text, quoted, len(names))
        for number, name in enumerate(names):
            shell.set(name, fields[number] if number < len(fields) else "")
    return ended


def _read_line(shell: Shell, fd: int, options: _Options) -> Generator[Any, Any, tuple[str, set[int], int]]:
    """The line, the places of its quoted characters, and the status: 1 at the end of file."""
    raw = "r" in options.letters
    delimiter = (options.values.get("d", "\n")[:1] or "\0").encode()
    if options.values.get("N"):
        delimiter = b""
    limit = options.values.get("n") or options.values.get("N") or ""
    most = int(limit) if limit.isdigit() else -1
    silent = "s" in options.letters and shell.p.isatty(fd) and shell.p.tty is not None
    if silent:
        shell.p.tty.echo = False
    data, quoted, status, escaped = bytearray(), set[int](), 0, False
    try:
        file = shell.p.file(fd)
        while most < 0 or len(data) < most:
            byte = file.read(1)
            if byte is None:
                byte = yield from shell.p.read(fd, 1)
            if not byte:
                status = 1
                break
            if escaped:
                escaped = False
                if byte != b"\n":
                    quoted.add(len(data))
                    data += byte
            elif byte == b"\\" and not raw:
                escaped = True
            elif byte == delimiter:
                break
            elif byte != b"\0":
                data += byte
    except FsError as error:
        shell.complain(f"read error: {fd}: {error.strerror}" if shell.bash else error.strerror, "read")
        status = 1
    finally:
        if silent:
            shell.p.tty.echo = True
    text = bytes(data).decode("utf-8", "surrogateescape")
    if quoted and not text.isascii():
        quoted = {len(bytes(data[:at]).decode("utf-8", "surrogateescape")) for at in quoted}
    return text, quoted, status


def _split(shell: Shell, text: str, quoted: set[int], count: int) -> list[str]:
    """Fields of a line at IFS; the last of ``count`` takes the rest (0: no limit)."""
    ifs = shell.ifs()
    blanks = [char for char in ifs if char in " \t\n"]

    def is_blank(at: int) -> bool:
        return text[at] in blanks and at not in quoted

    def is_separator(at: int) -> bool:
        return text[at] in ifs and at not in quoted

    fields: list[str] = []
    at, end = 0, len(text)
    while end > 0 and is_blank(end - 1):
        end -= 1
    while at < end and is_blank(at):
        at += 1
    while at < end:
        if count and len(fields) == count - 1:
            fields.append(_last(text, at, end, is_separator, is_blank))
            break
        start = at
        while at < end and not is_separator(at):
            at += 1
        fields.append(text[start:at])
        while at < end and is_blank(at):
            at += 1
        if at < end and is_separator(at) and not is_blank(at):
            at += 1
            while at < end and is_blank(at):
                at += 1
    return fields


def _last(text: str, at: int, end: int, is_separator: Any, is_blank: Any) -> str:
    """The rest of a line for the last name: one separator behind a single field is not part of it."""
    cut = at
    while cut < end and not is_separator(cut):
        cut += 1
    after = cut
    while after < end and is_blank(after):
        after += 1
    if after < end and is_separator(after):
        after += 1
        while after < end and is_blank(after):
            after += 1
    return text[at:cut] if after >= end else text[at:end]


def mapfile_(shell: Shell, argv: Sequence[str]) -> Run:
    options = _Options(argv, "dnOsuCc")
    name = options.args[0] if options.args else "MAPFILE"
    fd = int(options.values["u"]) if options.values.get("u", "").isdigit() else 0
    yield from shell.flush()
    data = yield from shell.p.read_all(fd)
    delimiter = options.values.get("d", "\n")[:1] or "\0"
    lines = data.decode("utf-8", "surrogateescape").split(delimiter)
    keep = "" if "t" in options.letters else delimiter
    whole = [line + keep for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    whole = whole[int(options.values.get("s") or 0) :]
    if int(options.values.get("n") or 0):
        whole = whole[: int(options.values["n"])]
    shell.vars[name] = dict(enumerate(whole, int(options.values.get("O") or 0)))
    return 0


# ---- printf

_DIRECTIVE = re.compile(r"%([-+ #0]*)(\*|[0-9]+)?(?:\.(\*|-?[0-9]*))?(?:hh|h|ll|l|j|z|t|L)?(.)", re.DOTALL)


class _Printf:
    """One ``printf``: the operands that are left, and whether one of them was wrong."""

    def __init__(self, shell: Shell, operands: list[str]) -> None:
        self.shell = shell
        self.operands = operands
        self.at = 0
        self.status = 0
        self.ended = False

    def next(self) -> str | None:
        if self.at < len(self.operands):
            self.at += 1
            return self.operands[self.at - 1]
        return None

    def once(self, template: str) -> str:
        pieces, at = [], 0
        while at < len(template) and not self.ended:
            found = template.find("%", at)
            if found < 0:
                found = len(template)
            text, stop = unescape(template[at:found], "printf")
            pieces.append(text)
            if stop or found >= len(template):
                break
            if template.startswith("%%", found):
                pieces.append("%")
                at = found + 2
                continue
            match = _DIRECTIVE.match(template, found)
            time = re.compile(r"%\(([^)]*)\)T").match(template, found) if self.shell.bash else None
            if time:
                pieces.append(self._time(time.group(1)))
                at = time.end()
                continue
            piece = self._directive(*match.groups()) if match else None
            if match is None or piece is None:
                self._invalid(template[found:])
                break
            pieces.append(piece)
            at = match.end()
        return "".join(pieces)

    def _time(self, form: str) -> str:
        from datetime import UTC, datetime

        operand = self.next()
        seconds = self.shell.p.sim.time() if operand in (None, "", "-1", "-2") else float(operand or 0)
        return datetime.fromtimestamp(seconds, UTC).strftime(form or "%H:%M:%S")

    def _invalid(self, text: str) -> None:
        shell = self.shell
        self.status, self.ended = 1, True
        if shell.bash:
            letter = text.lstrip("%hlLjzt")[:1]
            words = f"`{letter}': invalid format character" if letter else f"`{text}': missing format character"
            shell.complain(words, "printf")
        elif shell.flavour == "dash":
            self.status = 2
            shell.complain(f"{text[:2]}: invalid directive", "printf")
        else:
            shell.p.err(f"{shell.arg0}: %{text.lstrip('%hlLjzt')}: invalid format\n")

    def _size(self, text: str | None) -> int | None:
        if text == "*":
            return self.integer(self.next())
        return int(text) if text not in (None, "", "-") else (0 if text == "" else None)

    def _directive(self, flags: str, width: str | None, precision: str | None, letter: str) -> str | None:
        size, digits = self._size(width), self._size(precision)
        if size is not None and size < 0:
            flags, size = flags + "-", -size
        if letter == "c":
            return _padded((self.next() or "")[:1], flags, size)
        if letter in "sbq":
            text = self.next() or ""
            if letter == "b":
                text, self.ended = unescape(text, "b")
            elif letter == "q":
                from dockersim.userland.shell.builtins.bash import backslashed

                text = backslashed(text)
            return _padded(text if digits is None or digits < 0 else text[:digits], flags, size)
        if letter in "diouxX":
            value = self.integer(self.next())
            return _integer(value, flags, size, digits, letter)
        if letter in "eEfFgGaA":
            value_of = self.decimal(self.next())
            spec = "%" + flags + (str(size) if size else "") + (f".{digits}" if digits is not None else "") + letter
            return spec % value_of if letter not in "aA" else value_of.hex()
        return None

    def integer(self, text: str | None) -> int:
        if not text:
            if text == "" and self.shell.bash:
                return 0
            return 0 if text is None else self._bad_number(text, 0)
        if text[0] in "'\"":
            return ord(text[1]) if len(text) > 1 else 0
        match = re.match(r"[ \t\n]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)", text)
        if not match:
            return self._bad_number(text, 0)
        sign, digits = match.groups()
        base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
        value = int(digits, base) * (-1 if sign == "-" else 1)
        if match.end() < len(text):
            return self._bad_number(text, value if self.shell.flavour != "ash" else 0)
        return max(-(1 << 63), min(value, (1 << 64) - 1 if value > 0 and value >> 63 else value))

    def decimal(self, text: str | None) -> float:
        if not text:
            return 0.0
        if text[0] in "'\"":
            return float(ord(text[1]) if len(text) > 1 else 0)
        match = re.match(r"[ \t\n]*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", text)
        if not match or match.end() < len(text):
            value = float(match.group()) if match else 0.0
            self._bad_number(text, 0)
            return value
        return float(text)

    def _bad_number(self, text: str, value: int) -> int:
        shell = self.shell
        self.status = 1
        if shell.bash:
            shell.complain(f"{text}: invalid number", "printf")
        elif shell.flavour == "dash":
            words = "not completely converted" if re.match(r"[-+]?[0-9]", text) else "expected numeric value"
            shell.complain(f"{text}: {words}", "printf")
        else:
            shell.p.err(f"{shell.arg0}: invalid number '{text}'\n")
        return value


def _padded(text: str, flags: str, size: int | None) -> str:
    if not size:
        return text
    return text.ljust(size) if "-" in flags else text.rjust(size)


def _integer(value: int, flags: str, size: int | None, digits: int | None, letter: str) -> str:
    if letter in "ouxX":
        value &= 0xFFFF_FFFF_FFFF_FFFF
    body = {"o": "o", "x": "x", "X": "X"}.get(letter, "d")
    text = format(abs(value), body)
    if digits is not None and digits >= 0:
        text = text.rjust(digits, "0") if value or digits else ""
    prefix = (
        "-" if value < 0 else "+" if "+" in flags and letter in "di" else " " if " " in flags and letter in "di" else ""
    )
    if "#" in flags and value:
        prefix += {"o": "0", "x": "0x", "X": "0X"}.get(letter, "")
    if size and "0" in flags and "-" not in flags and digits is None:
        text = text.rjust(size - len(prefix), "0")
    return _padded(prefix + text, flags, size)


def printf_(shell: Shell, argv: Sequence[str]) -> int:
    args = list(argv[1:])
    variable = None
    if args[:1] == ["-v"] and shell.bash and len(args) > 1:
        variable, args = args[1], args[2:]
    if args[:1] == ["--"]:
        args.pop(0)
    if not args:
        if shell.bash:
            shell.p.err("printf: usage: printf [-v var] format [arguments]\n")
        elif shell.flavour == "dash":
            shell.complain("usage: printf format [arg ...]", "printf")
        else:
            shell.p.err("Usage: printf FORMAT [ARG]...\n")
        return 2 if shell.flavour != "ash" else 1
    run = _Printf(shell, args[1:])
    pieces = [run.once(args[0])]
    while not run.ended and 0 < run.at < len(run.operands):
        pieces.append(run.once(args[0]))
    from dockersim.userland.shell.text import rejoin

    text = rejoin("".join(pieces))
    if variable is None:
        shell.p.out(text)
    else:
        shell.set(variable, text)
    return run.status
