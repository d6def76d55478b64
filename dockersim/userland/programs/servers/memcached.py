"""memcached: its text protocol for set, get, delete, incr, stats and flush_all."""

from __future__ import annotations

from dockersim.sim import Connection, PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server

VERSION = "1.6.39"


def memcached(p: Process) -> Steps:
    """``memcached [-p port] [-m megabytes] [-v]``."""
    words = p.argv[1:]
    if "-V" in words or "--version" in words:
        p.out(f"memcached {VERSION}\n")
        return 0
    port = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "-p"), "11211")
    if p.cred.uid == 0 and "-u" not in words:
        p.err("can't run as root without the -u switch\n")
        return 71
    items: dict[str, tuple[str, bytes]] = {}
    with Server(p) as server:

        def session(connection: Connection, peer: str) -> Steps:
            buffer = b""
            while data := (yield from connection.receive()):
                yield from server.ready()
                buffer += data
                while (step := _command(buffer, items)) is not None:
                    reply, buffer = step
                    if reply is None:
                        return
                    connection.send_now(reply)

        try:
            server.raw(int(port) if port.isdigit() else 11211, session)
        except PortTaken:
            p.err(f"failed to listen on TCP port {port}: Address in use\n")
            return 71
        number = yield from server.run((signals.TERM, signals.INT))
        p.err(f"Signal handled: {'Terminated' if number == signals.TERM else 'Interrupt'}.\n")
    return 0


def _command(buffer: bytes, items: dict[str, tuple[str, bytes]]) -> tuple[bytes | None, bytes] | None:
    """(reply, rest) for the first command in ``buffer``; ``None`` while it is not all here."""
    line, newline, rest = buffer.partition(b"\r\n")
    if not newline:
        line, newline, rest = buffer.partition(b"\n")
    if not newline:
        return None
    words = line.decode(errors="replace").split()
    name = words[0] if words else ""
    if name in ("set", "add", "replace") and len(words) >= 5 and words[4].isdigit():
        size = int(words[4])
        if len(rest) < size + 1:
            return None
        data, after = rest[:size], rest[size:]
        after = after[2:] if after.startswith(b"\r\n") else after[1:]
        exists = words[1] in items
        if (name == "add" and exists) or (name == "replace" and not exists):
            return b"NOT_STORED\r\n", after
        items[words[1]] = words[2], data
        return b"STORED\r\n", after
    return _simple(name, words, items), rest


def _simple(name: str, words: list[str], items: dict[str, tuple[str, bytes]]) -> bytes | None:
    if name in ("get", "gets"):
        found = [(key, *items[key]) for key in words[1:] if key in items]
        lines = [f"VALUE {key} {flags} {len(data)}\r\n".encode() + data + b"\r\n" for key, flags, data in found]
        return b"".join(lines) + b"END\r\n"
    if name == "delete" and len(words) > 1:
        return b"DELETED\r\n" if items.pop(words[1], None) is not None else b"NOT_FOUND\r\n"
    if name in ("incr", "decr") and len(words) > 2:
        if words[1] not in items:
            return b"NOT_FOUND\r\n"
        flags, data = items[words[1]]
        if not data.isdigit() or not words[2].isdigit():
            return b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"
        value = max(0, int(data) + int(words[2]) * (1 if name == "incr" else -1))
        items[words[1]] = flags, str(value).encode()
        return f"{value}\r\n".encode()
    if name == "flush_all":
        items.clear()
        return b"OK\r\n"
    if name == "version":
        return f"VERSION {VERSION}\r\n".encode()
    if name == "stats":
        return f"STAT version {VERSION}\r\nSTAT curr_items {len(items)}\r\nEND\r\n".encode()
    if name == "quit":
        return None
    return b"ERROR\r\n"
