"""The command line of PostgreSQL's programs."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.userland.process import Process

WITH_VALUE = {"U": "username", "h": "host", "p": "port", "d": "dbname", "c": "command", "f": "file", "v": "set"}
FLAGS = {
    "t": "tuples-only",
    "A": "no-align",
    "l": "list",
    "q": "quiet",
    "w": "no-password",
    "W": "password",
    "x": "expanded",
    "X": "no-psqlrc",
    "a": "echo-all",
    "e": "echo-queries",
    "1": "single-transaction",
}


def read_words(words: list[str], options: dict[str, list[str]], operands: list[str]) -> str:
    """Read ``words`` into ``options`` and ``operands``; what is wrong with them, or nothing."""
    words = list(words)
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name in WITH_VALUE.values():
                if not equals and not words:
                    return f"option '--{name}' requires an argument"
                options.setdefault(name, []).append(value if equals else words.pop(0))
            elif name in (*FLAGS.values(), "version", "csv"):
                options.setdefault(name, []).append("")
            else:
                return f"unrecognized option '{word}'"
        elif word.startswith("-") and len(word) > 1:
            for at, letter in enumerate(word[1:], 1):
                if letter in FLAGS:
                    options.setdefault(FLAGS[letter], []).append("")
                elif letter == "V":
                    options.setdefault("version", []).append("")
                elif letter in WITH_VALUE:
                    rest = word[at + 1 :]
                    if not rest and not words:
                        return f"option requires an argument -- '{letter}'"
                    options.setdefault(WITH_VALUE[letter], []).append(rest or words.pop(0))
                    break
                else:
                    return f"invalid option -- '{letter}'"
        else:
            operands.append(word)
    return ""


def last(options: dict[str, list[str]], name: str, default: str) -> str:
    """The last value of an option."""
    return options[name][-1] if options.get(name) else default


def from_url(url: str, options: dict[str, list[str]], env: dict[str, str]) -> None:
    """Take options from a connection URL."""
    login, at, place = url.partition("://")[2].rpartition("@")
    if at:
        user, colon, password = login.partition(":")
        options["username"] = [user]
        if colon:
            env["PGPASSWORD"] = password
    place, _, database = place.partition("/")
    host, _, port = place.partition(":")
    options["host"] = [host]
    if port:
        options["port"] = [port]
    if database:
        options["dbname"] = [database.partition("?")[0]]


def login(p: Process) -> str:
    """The name of the user who calls."""
    try:
        for line in p.read_file("/etc/passwd").decode(errors="replace").splitlines():
            fields = line.split(":")
            if len(fields) > 2 and fields[2] == str(p.cred.uid):
                return fields[0]
    except FsError:
        pass
    return "root" if not p.cred.uid else str(p.cred.uid)
