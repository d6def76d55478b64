"""A connection as an open file: what a program has that was started on a socket."""

from __future__ import annotations

from typing import Any

from dockersim.sim import Connection, Simulation, WireCut
from dockersim.userland.files import OpenFile


class SocketFile(OpenFile):
    """Reads what the other side sends and sends what is written; closing it hangs up."""

    def __init__(self, sim: Simulation, connection: Connection) -> None:
        super().__init__()
        self._sim = sim
        self._connection = connection
        self._rest = b""

    def read(self, size: int) -> bytes | None:
        if not self._rest:
            try:
                data = self._connection.incoming.receive_now()
            except WireCut:
                data = b""
            if not data:
                return data
            self._rest = data
        end = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:end], self._rest[end:]
        return data

    def readable(self) -> Any:
        wait = self._connection.incoming.arrives_in()
        return self._sim.timeout(wait) if wait > 0 else self._connection.incoming.readable()

    def write(self, data: bytes) -> int:
        self._connection.send_now(bytes(data))
        return len(data)

    def close(self) -> None:
        self._connection.close_write()
        self._connection.close()
