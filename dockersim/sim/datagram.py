"""Datagrams (UDP): nothing is promised, nothing is acknowledged, and what cannot be delivered is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.sim.channel import Channel, Connection
from dockersim.sim.failure import REFUSED, ConnectFailed

if TYPE_CHECKING:
    from dockersim.sim.net import Net
    from dockersim.sim.plug import Listener
    from dockersim.sim.stack import Stack


class Flow(Connection):
    """The datagrams between one socket and one port of ``address``, as the one who begins it holds them.

    Whether anybody is there is asked anew for each datagram; the trace has the reason where one is lost. Where the
    other computer answers that nobody listens, ``refused`` says so and the incoming side ends. A receiver meets the
    flow as a connection, at its first datagram (``accept`` of its listener); chunks are datagrams.
    """

    __slots__ = ("_address", "_listener", "_net", "_port", "_source", "_stack", "refused")

    def __init__(self, net: Net, stack: Stack, address: str, port: int, source: str) -> None:
        super().__init__(Channel(net.sim), Channel(net.sim))
        self._net = net
        self._stack = stack
        self._address = address
        self._port = port
        self._source = source
        self._listener: Listener | None = None
        self.refused: ConnectFailed | None = None
        self.incoming.back = True

    def send_now(self, data: bytes) -> None:
        """One datagram. Never fails."""
        try:
            listener, link = self._net.path(self._stack, self._address, self._port, self._source, "udp")
        except ConnectFailed as failed:
            self._net.failed(self._source, self._address, self._port, failed)
            if failed.kind == REFUSED:
                self.refused = failed
                self.incoming.close()
            return
        if listener is not self._listener:
            self._listener = listener
            self.outgoing = Channel(self._net.sim)
            self.incoming.link = self.outgoing.link = link
            link.near, link.far = self._net.ends(self._stack, listener.stack)
            if listener.accept is not None:
                listener.accept(
                    Connection(self.outgoing, self.incoming), self._stack.seen_by(listener.stack, self._address)
                )
        self.outgoing.send_now(data)

    def close_write(self) -> None:
        """Datagrams have no end that could be told."""

    def close(self) -> None:
        """Nobody is here any more; the other side is not told."""
        self.incoming.cancel()
