"""A container's standard streams: between its PID 1, its log, and whoever is attached.

Without a terminal stdout and stderr are two streams, sent to clients in frames; with one there is a single raw
stream both ways (Engine API, operation ``ContainerAttach``).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from dockersim.sim import BrokenPipe, Connection, Pipe, Simulation, WireCut
from dockersim.userland.files import OpenFile, PipeReader, PipeWriter
from dockersim.userland.files import null as null_file
from dockersim.userland.terminal import Terminal
from dockersim.wire import detach
from dockersim.wire.frames import encode

OUTPUT_RATE = 20e6
"""Bytes a second that a container may print: what the copy to the log allows."""


class Attachment:
    """One client that watches, and perhaps types."""

    __slots__ = ("connection", "stderr", "stdin", "stdout")

    def __init__(self, connection: Connection, stdin: bool, stdout: bool, stderr: bool) -> None:
        self.connection = connection
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr

    def wants(self, stream: int) -> bool:
        return self.stdout if stream == 1 else self.stderr


class Streams:
    """The standard streams of one process that the daemon started.

    ``on_output(stream, data)`` is told of everything written (the log is fed so).
    """

    def __init__(
        self,
        sim: Simulation,
        *,
        tty: bool,
        open_stdin: bool,
        stdin_once: bool,
        size: tuple[int, int] = (24, 80),
        device: str = "/dev/pts/0",
        on_output: Callable[[int, bytes], None] = lambda stream, data: None,
    ) -> None:
        self.sim = sim
        self.terminal: Terminal | None = None
        self.attachments: list[Attachment] = []
        self._on_output = on_output
        self._once = stdin_once
        self._stdin: Pipe | None = None
        self._keeper: PipeWriter | None = None
        self._reader: OpenFile = null_file()
        if tty:
            rows, columns = size
            self.terminal = Terminal(sim, lambda data: self.emit(1, data), rows or 24, columns or 80, device)
        elif open_stdin:
            self._stdin = Pipe(sim.env)
            self._keeper = PipeWriter(self._stdin)
            self._keeper.acquire()
            self._reader = PipeReader(self._stdin)

    # ---- the process's side

    def files(self) -> dict[int, OpenFile]:
        """Descriptors 0, 1 and 2 for the process."""
        if self.terminal is not None:
            file = self.terminal.file()
            return {0: file, 1: file, 2: file}
        return {0: self._reader, 1: Output(self, 1), 2: Output(self, 2)}

    def emit(self, stream: int, data: bytes) -> None:
        """The process wrote: to the log, and to every client that wants this stream."""
        self._on_output(stream, data)
        if not self.attachments:
            return
        message = data if self.terminal is not None else encode(stream, data)
        for attachment in self.attachments:
            if attachment.wants(stream):
                attachment.connection.send_now(message)

    # ---- the clients' side

    def attach(
        self,
        connection: Connection,
        *,
        stdin: bool,
        stdout: bool,
        stderr: bool,
        detach_keys: bytes = detach.DEFAULT,
        on_detach: Callable[[], None] = lambda: None,
    ) -> None:
        """Let a client watch (and type). Ends with the process, or when the client goes."""
        attachment = Attachment(connection, stdin, stdout, stderr)
        self.attachments.append(attachment)
        self._count_keyboards()
        if stdin:
            self.sim.process(self._type(attachment, detach_keys if self.terminal is not None else b"", on_detach))

    def detach(self, attachment: Attachment) -> None:
        if attachment in self.attachments:
            self.attachments.remove(attachment)
            attachment.connection.outgoing.close()
            self._count_keyboards()

    def close(self) -> None:
        """The process ended: everybody attached sees the end."""
        for attachment in self.attachments:
            attachment.connection.outgoing.close()
            attachment.connection.incoming.cancel()
        self.attachments = []
        self._count_keyboards()
        self._close_stdin()

    def _count_keyboards(self) -> None:
        """Somebody types at the terminal as long as a client with input is attached."""
        if self.terminal is None:
            return
        if any(attachment.stdin for attachment in self.attachments):
            self.terminal.connect()
        else:
            self.terminal.disconnect()

    def resize(self, rows: int, columns: int) -> None:
        if self.terminal is not None:
            self.terminal.resize(rows, columns)

    def _type(self, attachment: Attachment, keys: bytes, on_detach: Callable[[], None]) -> Generator[Any, Any, None]:
        """Carry a client's input to the process until it ends, or the detach keys come.

        A client whose input ended, or is read by nobody, sees no more output, unless its input was all that the process
        will get.
        """
        connection, escape = attachment.connection, detach.DetachKeys(keys)
        try:
            while data := (yield from connection.receive()):
                data, detached = escape.feed(data)
                if data:
                    yield from self._give(data)
                if detached:
                    on_detach()
                    self.detach(attachment)
                    return
        except BrokenPipe:
            connection.incoming.cancel()  # nobody reads any more what is typed
        except WireCut:
            self.detach(attachment)
            return
        if self.terminal is None and self._once:
            self._close_stdin()
            if attachment.stdout or attachment.stderr:
                return
        self.detach(attachment)

    def _give(self, data: bytes) -> Generator[Any, Any, None]:
        if self.terminal is not None:
            self.terminal.type(data)
            return
        pipe = self._stdin
        while data and pipe is not None and self._keeper is not None:
            written = pipe.write(data)
            data = data[written:]
            if data:
                yield pipe.writable()

    def _close_stdin(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.release()


class Output(OpenFile):
    """Standard output or error of a container: passes bytes on at the pace that the log can take."""

    def __init__(self, streams: Streams, number: int) -> None:
        super().__init__()
        self._streams = streams
        self._number = number
        self._free_at = 0.0

    def write(self, data: bytes) -> int:
        now = self._streams.sim.now
        if now < self._free_at - 1e-12:
            return 0
        portion = bytes(data[:65_536])
        self._free_at = max(now, self._free_at) + (len(portion) / OUTPUT_RATE if len(portion) > 512 else 0.0)
        self._streams.emit(self._number, portion)
        return len(portion)

    def writable(self) -> Any:
        return self._streams.sim.timeout(max(0.0, self._free_at - self._streams.sim.now))
