"""nc and telnet: bytes by hand, both ways."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed, Connection, PortTaken
from dockersim.sim.net import NO_ROUTE, TIMEOUT, UNREACHABLE, UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import FOREVER, Inbox, dial, resolve
from dockersim.userland.programs.options import Options, is_busybox, parse

PORTS = {21: "ftp", 22: "ssh", 25: "smtp", 53: "domain", 80: "http", 443: "https", 3306: "mysql", 5432: "postgresql",
         6379: "redis", 8080: "http-alt"}  # fmt: skip
WORDS = {UNREACHABLE: "No route to host", NO_ROUTE: "Network is unreachable", TIMEOUT: "Operation timed out"}


def nc(p: Process) -> Steps:
    """``nc [-vz] [-w seconds] host port...`` or ``nc -l [-p] port``."""
    options = parse(p, "lvznkup:w:q:e:N4s:" if not is_busybox(p) else "lvznkup:w:e:i:s:", status=1)
    if "u" in options:
        return p.fail("UDP is not simulated")
    if "e" in options:
        return p.fail("running a program with -e is not simulated")
    if "l" in options:
        return (yield from _listen(p, options))
    if len(options.operands) < 2:
        p.err("usage: nc [-46klNuvz] [-p source_port] [-w timeout] [destination] [port]\n")
        return 1
    host = options.operands[0]
    status = 1
    for text in options.operands[1:]:
        first, _, last = text.partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            return p.fail(f"port number invalid: {text}" if not is_busybox(p) else f"bad port '{text}'")
        for port in range(int(first), int(last or first) + 1):
            status = min(status, (yield from _client(p, options, host, port)))
    return status


def _client(p: Process, options: Options, host: str, port: int) -> Generator[Any, Any, int]:
    verbose, busybox = "v" in options, is_busybox(p)
    wait = options.get("w")
    patience = float(wait) if wait.isdigit() else FOREVER
    try:
        address = resolve(p, host)
        connection = yield from dial(p, host, port, patience)
    except ConnectFailed as failed:
        return _refused(p, failed, host, port, verbose)
    service = PORTS.get(port, "*")
    if verbose:
        if busybox:
            p.err(f"{host} ({address}:{port}) open\n")
        else:
            where = host if host == address else f"{host} ({address})"
            p.err(f"Connection to {where} {port} port [tcp/{service}] succeeded!\n")
        yield from p.flush()
    if "z" not in options:
        yield from relay(p, connection, patience)
    connection.close()
    return 0


def _refused(p: Process, failed: ConnectFailed, host: str, port: int, verbose: bool) -> int:
    if failed.kind == UNRESOLVED:
        if is_busybox(p):
            return p.fail(f"bad address '{host}'")
        return p.fail(f'getaddrinfo for host "{host}" port {port}: Name or service not known')
    words = WORDS.get(failed.kind, "Connection refused")
    address = resolve(p, host)
    if is_busybox(p):
        if failed.kind == TIMEOUT:
            return p.fail("timed out")
        words = "Host is unreachable" if failed.kind == UNREACHABLE else words
        return p.fail(f"{host} ({address}:{port}): {words}")
    if verbose:
        where = host if host == address else f"{host} ({address})"
        p.fail(f"connect to {where} port {port} (tcp) failed: {words}")
    return 1


def relay(p: Process, connection: Connection, patience: float = FOREVER) -> Steps:
    """Standard input to the connection and the connection to standard output, until the other side ends."""
    inbox = Inbox(p, connection)
    try:
        source: Any = p.file(0)
    except FsError:
        source = None
    while True:
        moved = False
        while (data := inbox.take()) is not None:
            if not data:
                return
            yield from p.write(1, data)
            moved = True
        if source is not None and (typed := source.read(65_536)) is not None:
            moved = True
            if typed:
                connection.send_now(typed)
            else:
                source = None
                connection.close_write()
        if moved:
            continue
        events = inbox.arrived()
        if source is not None:
            events = events | source.readable()
        if patience < FOREVER:
            timer = p.sim.timeout(patience)
            yield from p.block(events | timer)
            if timer.processed and not events.triggered:
                return
        else:
            yield from p.block(events)


def _listen(p: Process, options: Options) -> Steps:
    words = options.operands
    text = options.get("p") or (words[-1] if words else "")
    if not text.isdigit():
        return p.fail("missing port number" if not text else f"port number invalid: {text}")
    waiting: list[tuple[Connection, str]] = []
    arrived = [p.sim.event()]

    def accept(connection: Connection, peer: str) -> None:
        waiting.append((connection, peer))
        if not arrived[0].triggered:
            arrived[0].succeed()

    if p.computer.net is None:
        return p.fail("no network")
    try:
        listener = p.computer.net.listen(int(text), accept=accept, owner=p)
    except PortTaken:
        if is_busybox(p):
            return p.fail("bind: Address already in use")
        return p.fail("Address already in use")
    try:
        if "v" in options:
            p.err(f"listening on 0.0.0.0:{text} ...\n" if is_busybox(p) else f"Listening on 0.0.0.0 {text}\n")
        while True:
            yield from p.flush()
            while not waiting:
                arrived[0] = p.sim.event()
                yield from p.block(arrived[0])
            connection, peer = waiting.pop(0)
            if "k" not in options:
                listener.close()
            if "v" in options:
                port = p.sim.rng.randrange(32768, 60999)
                p.err(f"connect to 0.0.0.0:{text} from {peer}:{port}\n" if is_busybox(p)
                      else f"Connection received on {peer} {port}\n")  # fmt: skip
                yield from p.flush()
            yield from relay(p, connection)
            connection.close()
            if "k" not in options:
                return 0
    finally:
        listener.close()


def telnet(p: Process) -> Steps:
    """``telnet host [port]``; Ctrl-D ends it."""
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    if not words:
        return p.fail("interactive mode is not simulated; give a host")
    host, port = words[0], words[1] if len(words) > 1 else "23"
    if not port.isdigit():
        p.err(f"telnet: {port}: bad port\n")
        return 1
    busybox = is_busybox(p)
    try:
        address = resolve(p, host)
        if not busybox:
            p.out(f"Trying {address}...\n")
        yield from p.flush()
        connection = yield from dial(p, host, int(port))
    except ConnectFailed as failed:
        if failed.kind == UNRESOLVED:
            if busybox:
                return p.fail(f"bad address '{host}'")
            p.err(f"telnet: could not resolve {host}/{port}: Name or service not known\n")
            return 1
        words_ = WORDS.get(failed.kind, "Connection refused")
        if busybox:
            return p.fail(f"can't connect to remote host ({address}): {words_}")
        p.err(f"telnet: Unable to connect to remote host: {words_}\n")
        return 1
    if busybox:
        p.out("Connected to " + host + "\n\nEntering character mode\nEscape character is '^]'.\n\n")
    else:
        p.out(f"Connected to {host}.\nEscape character is '^]'.\n")
    yield from p.flush()
    yield from relay(p, connection)
    connection.close()
    p.err("Connection closed by foreign host.\n" if not busybox else "Connection closed by foreign host\r\n")
    return 1
