"""nc: bytes by hand, over TCP or UDP, from either side. Three programs have the name.

Busybox has a small one, and on Alpine a larger one after the nc of 1996; elsewhere it is that of OpenBSD.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed, Connection, Flow, Listener, PortTaken
from dockersim.sim.address import bracketed
from dockersim.sim.failure import TIMEOUT
from dockersim.sim.plug import ANY4, ANY6
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import (
    FOREVER,
    addresses_of,
    dial,
    relay,
    stack_of,
    strerror,
)
from dockersim.userland.programs.network.socket import SocketFile
from dockersim.userland.programs.options import Options, is_busybox, parse, uses_musl
from dockersim.userland.programs.running import find_program, refused
from dockersim.userland.programs.usage import try_help

SERVICES = {21: "ftp", 22: "ssh", 25: "smtp", 53: "domain", 80: "http", 443: "https", 3306: "mysql", 5432: "postgresql",
            6379: "redis", 8080: "http-alt"}  # fmt: skip
_USAGE = "usage: nc [-46klNuvz] [-p source_port] [-w timeout] [destination] [port]\n"
_LETTERS = {"small": "lp:w:i:f:", "large": "lkp:w:i:s:nuvbz", "openbsd": "46dhklnNruvzp:q:w:s:i:I:O:"}
_PROBES = 5
"""Datagrams that a scan of a UDP port sends: two at once, then one a second."""


def nc(p: Process) -> Steps:
    """``nc [-uvz] [-w seconds] host port...`` or ``nc -l [-u] [-p] port``; busybox's also with ``-e program``."""
    kind = "openbsd" if not is_busybox(p) else "large" if uses_musl(p) else "small"
    program: list[str] = []
    if kind != "openbsd":
        program = _cut_program(p)
    options = parse(p, _LETTERS[kind], status=1)
    if "f" in options:
        return p.fail("opening a file with -f is not simulated")
    caller = Netcat(p, kind, options, program)
    return (yield from caller.listen() if "l" in options else caller.call())


def _cut_program(p: Process) -> list[str]:
    """Take ``-e PROGRAM ARGUMENTS``, which must come last, off the command line."""
    for at, word in enumerate(p.argv[1:], 1):
        if word.startswith("-") and word.endswith("e") and not word.startswith("--"):
            program = p.argv[at + 1 :]
            if not program:
                try_help(p, 1)
            p.argv = [*p.argv[:at], *([word[:-1]] if word != "-e" else [])]
            return program
    return []


class Netcat:
    """One run of nc."""

    def __init__(self, p: Process, kind: str, options: Options, program: list[str]) -> None:
        self.p = p
        self.kind = kind
        self.program = program
        self.udp = "u" in options
        self.protocol = "udp" if self.udp else "tcp"
        self.verbose = "v" in options
        self.family = 4 if "4" in options else 6 if "6" in options else 0
        self.options = options
        wait = options.get("w")
        self.patience = float(wait) if wait.isdigit() else FOREVER
        self.keeps = "k" in options or [letter for letter, _ in options.given].count("l") > 1

    # ---- calling

    def call(self) -> Steps:
        p, words = self.p, self.options.operands
        if not words:
            return self._usage()
        if len(words) < 2 and self.kind == "openbsd":
            return p.fail("missing port number")
        status = 1
        for text in words[1:] or ["0"]:
            ports = self._ports(text)
            if ports is None:
                return 1
            for port in ports:
                status = min(status, (yield from self._try(words[0], port)))
        return status

    def _usage(self) -> int:
        if self.kind != "openbsd":
            try_help(self.p, 1)
        self.p.err(_USAGE)
        return 1

    def _ports(self, text: str) -> range | None:
        """The ports that a word names, ``80`` or ``80-90``; ``None`` once it was refused."""
        first, dash, last = text.partition("-")
        numbers = [int(one) for one in (first, last or first) if one.isascii() and one.isdigit()]
        if len(numbers) == 2 and max(numbers) < 65_536 and (not dash or self.kind == "openbsd"):
            return range(numbers[0], numbers[1] + 1)
        if self.kind != "openbsd":
            self.p.fail(f"bad port '{text}'")
        else:
            self.p.fail(f"port number {'too large' if len(numbers) == 2 else 'invalid'}: {text}")
        return None

    def _try(self, host: str, port: int) -> Generator[Any, Any, int]:
        p = self.p
        try:
            addresses = addresses_of(p, host, self.family)
        except ConnectFailed as failed:
            stack_of(p).net.failed(p.computer.name, host, port, failed)
            if self.kind == "openbsd":
                return p.fail(f'getaddrinfo for host "{host}" port {port}: Name or service not known')
            return p.fail(f"bad address '{host}'")
        for address in addresses:
            try:
                connection = yield from self._open(address, port)
            except ConnectFailed as failed:
                self._refused(failed, host, address, port)
                continue
            return (yield from self._connected(connection, host, address, port))
        return 1

    def _open(self, address: str, port: int) -> Generator[Any, Any, Connection]:
        p = self.p
        if self.udp:
            stack = stack_of(p)
            return stack.net.talk(stack, address, port, p.computer.name)
        return (yield from dial(p, address, port, self.patience))

    def _connected(self, connection: Connection, host: str, address: str, port: int) -> Generator[Any, Any, int]:
        p, scanning = self.p, "z" in self.options
        if isinstance(connection, Flow) and self.kind == "openbsd" and scanning:
            there = yield from self._probe(connection)
            if not there:
                return 1
        if self.verbose and self.kind == "large":
            p.err(f"{host} ({bracketed(address)}:{port}) open\n")
        elif self.verbose and (scanning or not self.udp):
            where = host if host == address else f"{host} ({address})"
            service = SERVICES.get(port, "*")
            p.err(f"Connection to {where} {port} port [{self.protocol}/{service}] succeeded!\n")
        yield from p.flush()
        if not scanning:
            yield from self._converse(connection)
        connection.close()
        return 0

    def _probe(self, flow: Flow) -> Generator[Any, Any, bool]:
        """Whether a UDP port looks open: datagrams are sent, and nobody says that nobody is there."""
        for number in range(_PROBES):
            yield from self.p.sleep(1 if number > 1 else 0.001)
            if flow.refused is not None:
                return False
            flow.send_now(b"X")
        return True

    def _refused(self, failed: ConnectFailed, host: str, address: str, port: int) -> None:
        p, words = self.p, strerror(self.p, failed.kind)
        if self.kind == "openbsd":
            if self.verbose:
                where = host if host == address else f"{host} ({address})"
                p.fail(f"connect to {where} port {port} ({self.protocol}) failed: {words}")
        elif failed.kind == TIMEOUT and self.patience < FOREVER:
            p.fail("timed out")
        elif self.kind == "large":
            p.fail(f"{host} ({bracketed(address)}:{port}): {words}")
        else:
            p.fail(f"can't connect to remote host{'' if ':' in address else f' ({address})'}: {words}")

    def _converse(self, connection: Connection) -> Steps:
        if not self.program:
            silent = self.kind == "openbsd" and "N" not in self.options
            linger = self.options.get("q")
            yield from relay(
                self.p,
                connection,
                self.patience,
                half_close=not silent,
                linger=float(linger) if linger.isdigit() else FOREVER,
            )
            return 0
        return (yield from self._serve(connection))

    def _serve(self, connection: Connection) -> Steps:
        """Run the program of ``-e`` on the connection."""
        p = self.p
        socket = SocketFile(p.sim, connection).acquire()
        fds = {0: socket.acquire(), 1: socket.acquire(), 2: p.fds[2]} if 2 in p.fds else {0: socket, 1: socket}
        try:
            child = p.spawn(self.program, path=find_program(p, self.program[0]), fds=fds)
        except FsError as error:
            return refused(p, self.program[0], error)
        status = yield from p.wait(child)
        socket.close()
        return status

    # ---- listening

    def listen(self) -> Steps:
        p, words = self.p, self.options.operands
        text = self.options.get("p") or (words[-1] if words and self.kind == "openbsd" else "")
        if not text and self.kind == "openbsd":
            return self._usage()
        ports = self._ports(text) if text else range(p.sim.rng.randrange(32_768, 60_999), 60_999)
        if ports is None:
            return 1
        if p.computer.net is None:
            return p.fail("no network")
        host = words[0] if len(words) > 1 and self.kind == "openbsd" else self.options.get("s")
        address = host or (ANY4 if self.kind == "openbsd" and self.family != 6 else ANY6)
        desk = Desk(p)
        try:
            listener = p.computer.net.listen(ports[0], address, accept=desk.accept, owner=p, protocol=self.protocol)
        except PortTaken:
            return p.fail("bind: Address already in use" if is_busybox(p) else "Address already in use")
        try:
            return (yield from self._receive(listener, desk))
        finally:
            listener.close()

    def _receive(self, listener: Listener, desk: Desk) -> Steps:
        p, address = self.p, listener.address
        if self.verbose:
            if self.kind == "openbsd":
                p.err(f"{'Bound' if self.udp else 'Listening'} on {address} {listener.port}\n")
            else:
                p.err(f"listening on {bracketed(address)}:{listener.port} ...\n")
        while True:
            yield from p.flush()
            if self.udp and self.keeps and not self.program:
                yield from p.write(1, (yield from desk.next_datagram()))
                continue
            connection, peer = yield from desk.next()
            if not self.keeps and not self.udp:
                listener.close()
            if self.verbose:
                self._tell_peer(listener, peer)
                yield from p.flush()
            yield from self._converse(connection)
            connection.close()
            if not self.keeps:
                return 0

    def _tell_peer(self, listener: Listener, peer: str) -> None:
        p, port = self.p, self.p.sim.rng.randrange(32_768, 60_999)
        name = stack_of(p).name_of(peer)
        if self.kind == "openbsd":
            p.err(f"Connection received on {name or peer} {port}\n")
            return
        own = next((one for one in stack_of(p).addresses() if ":" not in peer), peer)
        there = _mapped(peer)
        p.err(f"connect to {_mapped(own)}:{listener.port} from {name or there}:{port} ({there}:{port})\n")


class Desk:
    """Where those who call wait for a program that listens."""

    def __init__(self, p: Process) -> None:
        self._p = p
        self._waiting: list[tuple[Connection, str]] = []
        self._arrived = p.sim.event()

    def accept(self, connection: Connection, peer: str) -> None:
        """Somebody calls."""
        self._waiting.append((connection, peer))
        if not self._arrived.triggered:
            self._arrived.succeed()

    def next(self) -> Generator[Any, Any, tuple[Connection, str]]:
        """The next who calls, and from where."""
        while not self._waiting:
            self._arrived = self._p.sim.event()
            yield from self._p.block(self._arrived)
        return self._waiting.pop(0)

    def next_datagram(self) -> Generator[Any, Any, bytes]:
        """The next datagram of anybody."""
        while True:
            self._arrived = self._p.sim.event()
            events = self._arrived
            for connection, _ in self._waiting:
                data = connection.incoming.receive_now()
                if data:
                    return data
                wait = connection.incoming.arrives_in()
                events = events | (self._p.sim.timeout(wait) if wait else connection.incoming.readable())
            yield from self._p.block(events)


def _mapped(address: str) -> str:
    """An address as a socket of both families has it."""
    return f"[{address}]" if ":" in address else f"[::ffff:{address}]"
