"""Options as getopt_long(3) reads them, and its complaints in each flavour's words."""

from __future__ import annotations

from functools import lru_cache

from dockersim.userland.process import Process
from dockersim.userland.programs.usage import show_help, show_version, try_help

REQUIRED, OPTIONAL = ":", "?"


class Options:
    """What getopt made of argv: ``given`` in order as (key, value), then ``operands``."""

    __slots__ = ("given", "operands")

    def __init__(self, given: list[tuple[str, str]], operands: list[str]) -> None:
        self.given = given
        self.operands = operands

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.given)

    def get(self, key: str, default: str = "") -> str:
        """The last value given for ``key``."""
        return next((value for name, value in reversed(self.given) if name == key), default)

    def all(self, key: str) -> list[str]:
        """Every value given for ``key``, in order."""
        return [value for name, value in self.given if name == key]

    def last(self, keys: str) -> str:
        """Which of the options ``keys`` (separated by spaces) came last; ``""`` for none."""
        wanted = keys.split()
        return next((name for name, _ in reversed(self.given) if name in wanted), "")

    def any(self, keys: str) -> bool:
        """Whether one of ``keys`` (separated by spaces) was given."""
        return bool(self.last(keys))


def is_busybox(p: Process) -> bool:
    """Whether the program runs as an applet of busybox."""
    return p.flavour == "busybox"


@lru_cache(256)
def _tables(short: str, long: str) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    letters: dict[str, str] = {}
    at = 0
    while at < len(short):
        letter, at = short[at], at + 1
        colons = len(short[at:]) - len(short[at:].lstrip(":"))
        letters[letter] = "" if not colons else REQUIRED if colons == 1 else OPTIONAL
        at += colons
    words: dict[str, tuple[str, str]] = {}
    for word in long.split():
        name, _, key = word.partition("=")
        kind = name[-1] if name[-1] in ":?" else ""
        name = name.rstrip(":?")
        words[name] = key or name, kind
    return letters, words


def parse(p: Process, short: str, long: str = "", *, status: int = 1, early: bool = False) -> Options:
    """Read ``p.argv[1:]``.

    ``short`` is getopt's string (``ab:c::``); ``long`` holds words ``name``, ``name:`` (with a value), ``name?`` (with
    one after ``=`` only), each with ``=key`` where the key is another, shorter one. ``early`` stops at the first
    operand. A mistake is told on standard error and ends the process with ``status``.
    """
    letters, words = _tables(short, long)
    given: list[tuple[str, str]] = []
    operands: list[str] = []
    arguments = p.argv[1:]
    while arguments:
        argument = arguments.pop(0)
        if argument == "--":
            operands += arguments
            break
        if argument.startswith("--"):
            given.append(_long(p, argument, arguments, words, status))
        elif argument.startswith("-") and len(argument) > 1:
            _short(p, argument, arguments, letters, given, status)
        else:
            operands.append(argument)
            if early:
                operands += arguments
                break
    return Options(given, operands)


def _short(
    p: Process,
    argument: str,
    arguments: list[str],
    letters: dict[str, str],
    given: list[tuple[str, str]],
    status: int,
) -> None:
    at = 1
    while at < len(argument):
        letter, at = argument[at], at + 1
        kind = letters.get(letter)
        if kind is None:
            if letter == "h" and is_busybox(p) and argument == "-h":
                show_help(p)
            refuse(p, letter, status)
        elif not kind:
            given.append((letter, ""))
        else:
            value = argument[at:]
            if not value and kind == REQUIRED:
                if not arguments:
                    _complain(p, f"option requires an argument -- '{letter}'", f": {letter}", status)
                value = arguments.pop(0)
            given.append((letter, value))
            return


def refuse(p: Process, letter: str, status: int) -> None:
    """``invalid option -- 'Z'``, and the end of the process."""
    if is_busybox(p) and uses_musl(p):
        p.fail(f"unrecognized option: {letter}")
    else:
        p.fail(f"invalid option -- '{letter}'")
    try_help(p, status)


def uses_musl(p: Process) -> bool:
    """Whether the computer's C library is musl, as on Alpine; its getopt has other words."""
    try:
        p.vfs.stat("/lib/ld-musl-x86_64.so.1", cwd="/", cred=p.cred)
    except Exception:
        return False
    return True


def _complain(p: Process, glibc: str, musl: str, status: int) -> None:
    p.fail(f"option requires an argument{musl}" if is_busybox(p) and uses_musl(p) else glibc)
    try_help(p, status)


def _long(
    p: Process, argument: str, arguments: list[str], words: dict[str, tuple[str, str]], status: int
) -> tuple[str, str]:
    typed, equals, value = argument[2:].partition("=")
    name = typed
    if name not in words:
        near = [word for word in words if word.startswith(typed)] if typed else []
        if len({words[word] for word in near}) > 1:
            choices = " ".join(f"'--{word}'" for word in near)
            p.fail(f"option '--{typed}' is ambiguous; possibilities: {choices}")
            try_help(p, status)
        if not near:
            if typed and "help".startswith(typed):
                show_help(p)
            if typed and "version".startswith(typed) and not is_busybox(p):
                show_version(p)
            if is_busybox(p) and uses_musl(p):
                p.fail(f"unrecognized option: {typed}")
            else:
                p.fail(f"unrecognized option '{argument.partition('=')[0] if equals else argument}'")
            try_help(p, status)
        name = near[0]
    key, kind = words[name]
    if equals and not kind:
        p.fail(f"option '--{name}' doesn't allow an argument")
        try_help(p, status)
    if kind == REQUIRED and not equals:
        if not arguments:
            _complain(p, f"option '--{name}' requires an argument", f": {name}", status)
        value = arguments.pop(0)
    return key, value


def missing_operand(p: Process, after: str = "", status: int = 1, word: str = "missing operand") -> None:
    """``missing operand [after 'x']``; busybox shows its usage instead. Ends the process."""
    if not is_busybox(p):
        p.fail(f"{word} after {quoted(after)}" if after else word)
    try_help(p, status)


def extra_operand(p: Process, operand: str, status: int = 1) -> None:
    """``extra operand 'x'``; busybox shows its usage instead. Ends the process."""
    if not is_busybox(p):
        p.fail(f"extra operand {quoted(operand)}")
    try_help(p, status)


def quoted(name: str) -> str:
    """A name as GNU programs quote it in messages (in the C locale of containers)."""
    if name and all(character.isprintable() and character not in "'\\" for character in name):
        return f"'{name}'"
    return shell_quoted(name)


PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,:@%=#~]{}^")


def shell_quoted(name: str) -> str:
    """Quoted so that a shell reads it back, always with quotes (``shell-escape-always``)."""
    if any(not character.isprintable() for character in name):
        return _escaped(name)
    if "'" not in name:
        return f"'{name}'"
    if '"' not in name and not any(character in name for character in "$`\\!"):
        return f'"{name}"'
    return "'" + name.replace("'", "'\\''") + "'"


def _escaped(name: str) -> str:
    out = ["'"]
    inside = False
    for character in name:
        if character.isprintable():
            if inside:
                out.append("''")
                inside = False
            out.append("'\\''" if character == "'" else character)
            continue
        if not inside:
            out.append("'$'")
            inside = True
        named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character)
        out.append(named or "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape")))
    out.append("'")
    return "".join(out)
