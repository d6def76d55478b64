"""All networks of one world: links between parties, the servers of the internet, and connecting, which takes time."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.sim.channel import Connection, connection_pair
from dockersim.sim.clock import Simulation
from dockersim.sim.datagram import Flow
from dockersim.sim.failure import NO_ADDRESS, NO_ROUTE, RESET, TIMEOUT, UNRESOLVED, WAITS, ConnectFailed
from dockersim.sim.http import exchange
from dockersim.sim.link import INTERNET, LOCAL, Link
from dockersim.sim.names import Answer
from dockersim.sim.plug import Interface, Listener
from dockersim.sim.stack import Stack
from dockersim.trace import events as e
from dockersim.wire import Request, Response

HANDSHAKE = (100, 40)
"""Bytes that opening and closing a connection adds each way, besides what frames the rest."""


class Net:
    """All networks of one world: links between parties by name, and the servers of the internet."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self._links: dict[frozenset[str], Link] = {}
        self._servers: dict[str, Stack] = {}
        self.names: dict[str, str] = {}
        self.slow: dict[str, tuple[float, float]] = {}

    # ---- links

    def link(self, one: str, other: str) -> Link:
        """The link between two parties, made at first use."""
        key = frozenset((one, other))
        found = self._links.get(key)
        if found is None:
            far = one in self.names or other in self.names
            found = self._links[key] = Link(
                *(self.slow.get(one) or self.slow.get(other) or (INTERNET if far else LOCAL))
            )
        return found

    def cut(self, one: str, other: str) -> None:
        """Cut the wire between two parties: nothing gets through until :meth:`mend`."""
        self.link(one, other).down = True

    def mend(self, one: str, other: str) -> None:
        """Put the wire together again."""
        self.link(one, other).down = False

    @staticmethod
    def ends(here: Stack, there: Stack) -> tuple[Interface | None, Interface | None]:
        """The interfaces by which two stacks talk: those on a network that both are on, else those with a gateway."""
        if here is there:
            return None, None
        for near in here.interfaces:
            for far in there.interfaces:
                if near.segment is far.segment:
                    return near, far
        return here.outward, there.outward

    # ---- the internet

    def add_server(self, name: str, address: str) -> Stack:
        """A server on the internet, under ``name``."""
        stack = Stack(self, name)
        self._servers[address] = stack
        self.names[name] = address
        return stack

    def server(self, address: str) -> Stack:
        """The internet's server at ``address``. Raises :class:`ConnectFailed`."""
        found = self._servers.get(address)
        if found is None:
            raise ConnectFailed(TIMEOUT, f"nothing answers at {address}")
        return found

    def dns(self, name: str) -> Answer:
        """What the internet's name servers say."""
        address = self.names.get(name, "")
        return Answer(address, "the internet's DNS " + ("knows it" if address else "has no such name"))

    # ---- connecting

    def path(self, stack: Stack, address: str, port: int, source: str, protocol: str = "tcp") -> tuple[Listener, Link]:
        """The listener at ``address``:``port`` and the link to it, now. Raises :class:`ConnectFailed`."""
        listener = stack.reach(address, port, protocol)
        party = listener.service.name if listener.service is not None else listener.stack.name
        link = self.link(source, party)
        if link.down:
            raise ConnectFailed(TIMEOUT, f"the wire between {source} and {party} is cut")
        return listener, link

    def failed(self, source: str, host: str, port: int, failed: ConnectFailed) -> None:
        """Put into the trace why ``source`` did not reach ``host``."""
        self.sim.trace.record(e.ConnectionFailed, source, host, port, failed.reason)

    def find(
        self, stack: Stack, host: str, port: int, source: str = "", patience: float = 1e9
    ) -> Generator[Any, Any, tuple[Listener, Link, str]]:
        """Resolve and reach: the listener, the link to it, and the address. Takes the time that it takes.

        A name's addresses are tried one after the other. ``source`` is the party's name in the trace (the stack's own
        by default), ``patience`` its time limit in seconds. Raises :class:`ConnectFailed`.
        """
        source = source or stack.name
        answer = stack.look_up(host)
        addresses = stack.preferred(answer)
        if not addresses:
            failed = ConnectFailed(UNRESOLVED, answer.reason)
            self.failed(source, host, port, failed)
            raise failed
        return (yield from self.find_any(stack, addresses, host, port, source, patience))

    def find_any(
        self, stack: Stack, addresses: list[str], host: str, port: int, source: str, patience: float = 1e9
    ) -> Generator[Any, Any, tuple[Listener, Link, str]]:
        """As :meth:`find`, where the ``addresses`` of ``host`` are known. The trace gets the last one's failure."""
        for position, address in enumerate(addresses, 1):
            try:
                listener, link = self.path(stack, address, port, source)
            except ConnectFailed as failed:
                wait, last = WAITS[failed.kind], position == len(addresses)
                if wait > patience:
                    wait, last, failed = patience, True, ConnectFailed(TIMEOUT, failed.reason)
                if last:
                    self.failed(source, host, port, failed)
                if wait:
                    yield self.sim.timeout(wait)
                if last:
                    raise failed from None
                continue
            link.near, link.far = self.ends(stack, listener.stack)
            link.count(*HANDSHAKE)
            yield self.sim.timeout(link.latency)
            return listener, link, address
        raise AssertionError

    def request(
        self, stack: Stack, host: str, port: int, request: Request, source: str = ""
    ) -> Generator[Any, Any, Response]:
        """One HTTP exchange with whoever answers HTTP at ``host``:``port``. Raises :class:`ConnectFailed`."""
        listener, link, address = yield from self.find(stack, host, port, source)
        if listener.service is None:
            raise ConnectFailed(RESET, f"the server on port {port} does not speak HTTP")
        request.peer = stack.seen_by(listener.stack, address)
        return (yield from exchange(self.sim, source or stack.name, link, listener.service, request))

    def connect(
        self, stack: Stack, host: str, port: int, source: str = "", patience: float = 1e9
    ) -> Generator[Any, Any, tuple[Connection, Listener]]:
        """A raw connection; the listener tells what speaks there. Raises :class:`ConnectFailed`."""
        listener, link, address = yield from self.find(stack, host, port, source, patience)
        here, there = connection_pair(self.sim)
        here.incoming.link = here.outgoing.link = link
        here.incoming.back = True
        if listener.accept is not None:
            listener.accept(there, stack.seen_by(listener.stack, address))
        return here, listener

    def talk(self, stack: Stack, address: str, port: int, source: str = "") -> Flow:
        """Datagrams to ``address``:``port``. Raises :class:`ConnectFailed` where there is no route at all."""
        source = source or stack.name
        try:
            stack.locate(address)
        except ConnectFailed as failed:
            if failed.kind in (NO_ROUTE, NO_ADDRESS):
                self.failed(source, address, port, failed)
                raise
        return Flow(self, stack, address, port, source)
