"""redis-cli: one command, commands from standard input, or a prompt."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.sim import ConnectFailed, Connection, WireCut
from dockersim.sim.failure import UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import dial, receive, strerror
from dockersim.userland.programs.servers.redis.resp import Error, Parser, Reply, Simple, encode

UNSAFE = "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n"


def redis_cli(p: Process) -> Steps:
    """``redis-cli [-h host] [-p port] [-a password] [-n db] [--raw] [command...]``."""
    options: dict[str, str] = {"h": "127.0.0.1", "p": "6379", "r": "1"}
    words = p.argv[1:]
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-v", "--version"):
            p.out("redis-cli 7.4.1\n")
            return 0
        if word in ("--raw", "--no-raw", "--no-auth-warning", "-x", "-e", "-3", "-2", "--verbose"):
            options[word.lstrip("-")] = ""
        elif word[1:] in ("h", "p", "a", "n", "u", "r", "i", "-pass", "-user") and words:
            options[word.lstrip("-").replace("pass", "a") if word != "-p" else "p"] = words.pop(0)
        else:
            p.err(f"Unrecognized option or bad number of args for: '{word}'\n")
            return 1
    if "u" in options:
        _from_url(options)
    if not options["p"].isdigit():
        p.err("Invalid server port.\n")
        return 1
    session = Session(p, options)
    if "a" in options and "no-auth-warning" not in options:
        p.err(UNSAFE)
    if words:
        return (yield from session.once(words))
    return (yield from session.prompt())


def _from_url(options: dict[str, str]) -> None:
    rest = options["u"].partition("://")[2]
    login, at, place = rest.rpartition("@")
    if at:
        options["a"] = login.rpartition(":")[2]
    place, _, database = place.partition("/")
    options["h"], _, port = place.partition(":")
    options["p"] = port or "6379"
    if database:
        options["n"] = database


class Session:
    """A connection to a server, made when it is first needed."""

    def __init__(self, p: Process, options: dict[str, str]) -> None:
        self.p = p
        self.options = options
        self.parser = Parser()
        self.connection: Connection | None = None
        self.database = options.get("n", "0")
        self.pretty = ("raw" not in options and p.isatty(1)) or "no-raw" in options

    def once(self, words: list[str]) -> Generator[Any, Any, int]:
        if not (yield from self._connect()):
            return 1
        for _ in range(int(self.options["r"]) if self.options["r"].isdigit() else 1):
            reply = yield from self._ask([word.encode("utf-8", "surrogateescape") for word in words])
            if reply is None:
                return 1
            self._show(reply[0])
            while words[0].lower() == "subscribe":
                more = yield from self._reply()
                if more is None:
                    return 1
                self._show(more[0])
                yield from self.p.flush()
        return 0

    def prompt(self) -> Generator[Any, Any, int]:
        tty = self.p.isatty(0)
        connected = yield from self._connect()
        if not connected and not tty:
            return 1
        lines = self.p.lines()
        while True:
            if tty:
                self.p.out(self._prompt())
            yield from self.p.flush()
            line = yield from lines.next()
            if not line:
                break
            words = split(line.decode("utf-8", "surrogateescape").strip())
            if words is None:
                self.p.out("Invalid argument(s)\n")
                continue
            if not words:
                continue
            if words[0].lower() in ("quit", "exit"):
                break
            if words[0].lower() in ("help", "clear"):
                self.p.out("redis-cli 7.4.1\nType a command, such as: set greeting hello\n")
                continue
            if self.connection is None and not (yield from self._connect()):
                continue
            reply = yield from self._ask([word.encode("utf-8", "surrogateescape") for word in words])
            if reply is None:
                self.connection = None
                continue
            if words[0].lower() == "select" and reply[0] == "OK":
                self.database = words[1]
            self._show(reply[0])
        return 0

    def _prompt(self) -> str:
        if self.connection is None:
            return "not connected> "
        number = f"[{self.database}]" if self.database != "0" else ""
        return f"{self.options['h']}:{self.options['p']}{number}> "

    def _connect(self) -> Generator[Any, Any, bool]:
        host, port = self.options["h"], int(self.options["p"])
        try:
            self.connection = yield from dial(self.p, host, port)
        except ConnectFailed as failed:
            words = "Name or service not known" if failed.kind == UNRESOLVED else strerror(self.p, failed.kind)
            self.p.err(f"Could not connect to Redis at {host}:{port}: {words}\n")
            yield from self.p.flush()
            return False
        if "a" in self.options:
            user = [self.options["user"].encode()] if "user" in self.options else []
            reply = yield from self._ask([b"AUTH", *user, self.options["a"].encode()])
            if reply is not None and isinstance(reply[0], Error):
                self.p.err(f"AUTH failed: {reply[0]}\n")
        if self.database != "0":
            yield from self._ask([b"SELECT", self.database.encode()])
        return True

    def _ask(self, words: list[bytes]) -> Generator[Any, Any, tuple[Reply] | None]:
        assert self.connection is not None
        self.connection.send_now(encode(list(words)))
        reply = yield from self._reply(words[0].lower() == b"shutdown")
        return reply

    def _reply(self, may_end: bool = False) -> Generator[Any, Any, tuple[Reply] | None]:
        assert self.connection is not None
        while (reply := self.parser.next()) is None:
            try:
                data = yield from receive(self.p, self.connection.incoming)
            except WireCut:
                data = b""
            if not data:
                if not may_end:
                    self.p.err("Error: Server closed the connection\n")
                self.connection = None
                return None
            self.parser.feed(data)
        return reply

    def _show(self, reply: Reply) -> None:
        self.p.out(pretty(reply) if self.pretty else raw(reply) + b"\n")


def raw(reply: Reply) -> bytes:
    """A reply for another program to read."""
    if reply is None:
        return b""
    if isinstance(reply, Error):
        return reply.encode() + b"\n"
    if isinstance(reply, str):
        return reply.encode()
    if isinstance(reply, int):
        return b"%d" % reply
    if isinstance(reply, bytes):
        return reply
    return b"\n".join(map(raw, reply))


def pretty(reply: Reply, indent: str = "") -> bytes:
    """A reply for a person, with its type."""
    if reply is None:
        return b"(nil)\n"
    if isinstance(reply, Error):
        return b"(error) " + reply.encode() + b"\n"
    if isinstance(reply, Simple):
        return reply.encode() + b"\n"
    if isinstance(reply, int):
        return b"(integer) %d\n" % reply
    if isinstance(reply, bytes):
        return quoted(reply) + b"\n"
    if not reply:
        return b"(empty array)\n"
    width = len(str(len(reply)))
    lines = []
    for at, item in enumerate(reply, 1):
        head = f"{at:>{width}}) "
        lines.append((indent if at > 1 else "").encode() + head.encode() + pretty(item, indent + " " * len(head)))
    return b"".join(lines)


def quoted(data: bytes) -> bytes:
    """Bytes in double quotes, as Redis escapes them."""
    out = []
    for byte in data:
        character = chr(byte)
        plain = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\a": "\\a", "\b": "\\b"}
        out.append(plain.get(character) or (character if 32 <= byte < 127 else f"\\x{byte:02x}"))
    return ('"' + "".join(out) + '"').encode()


def split(line: str) -> list[str] | None:
    """The words of a line as the prompt reads them; ``None`` for unbalanced quotes."""
    words: list[str] = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        quote = line[at] if line[at] in "\"'" else ""
        word, at = "", at + len(quote)
        while at < len(line) and (quote or not line[at].isspace()):
            if line[at] == "\\" and quote == '"' and at + 1 < len(line):
                word += {"n": "\n", "r": "\r", "t": "\t"}.get(line[at + 1], line[at + 1])
                at += 2
            elif line[at] == quote and quote:
                break
            else:
                word += line[at]
                at += 1
        if quote:
            if at >= len(line):
                return None
            at += 1
        words.append(word)
    return words
