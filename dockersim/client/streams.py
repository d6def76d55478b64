"""An attached command: the container's streams on one side, the terminal or the pipes of the client on the other."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.paths import path_of
from dockersim.client.transport import Failure, receive
from dockersim.fs import FsError
from dockersim.sim import BrokenPipe, Connection, WireCut
from dockersim.userland import signals
from dockersim.userland.process import IGNORE
from dockersim.wire import Response, detach
from dockersim.wire.frames import Decoder

Steps = Generator[Any, Any, None]
MANY = 3
"""So many SIGINT or SIGTERM that do not help, and the client gives up by itself."""


class Session:
    """Carries bytes both ways until the container's side ends, or the detach keys are typed: then ``detached``.

    With a terminal on both sides the client's own is raw for as long as it lasts.
    """

    def __init__(self, cli: Cli, response: Response, *, stdin: bool, tty: bool, keys: str = "") -> None:
        assert isinstance(response.upgrade, Connection)
        self.connection = response.upgrade
        self.detached = False
        self._p = cli.p
        self._multiplexed = response.headers.get("Content-Type", "").endswith("multiplexed-stream")
        self._stopped = cli.p.sim.event()
        self._restore = cli.p.tty.make_raw() if tty and stdin and cli.p.isatty(0) else None
        self._escape = detach.DetachKeys(_keys(keys) if tty else b"")
        if stdin:
            cli.p.sim.process(self._type())
        else:
            self.connection.close_write()

    def show(self) -> Steps:
        """Copy output until its end."""
        decoder = Decoder()
        try:
            while data := (yield from receive(self._p, self.connection.incoming)):
                if not self._multiplexed:
                    yield from self._write(1, data)
                    continue
                for stream, payload in decoder.feed(data):
                    yield from self._write(1 if stream == 1 else 2, payload)
        except WireCut:
            pass
        finally:
            self.end()

    def _write(self, fd: int, data: bytes) -> Steps:
        try:
            yield from self._p.write(fd, data)
        except FsError as error:  # where signals are passed on, SIGPIPE does not end the client
            name = "stdout" if fd == 1 else "stderr"
            raise Failure(f"write /dev/{name}: {error.strerror.lower()}") from None

    def end(self) -> None:
        """Give the terminal back, stop reading input."""
        if self._restore is not None:
            self._restore()
            self._restore = None
        if not self._stopped.triggered:
            self._stopped.succeed()
        self.connection.close()

    def _type(self) -> Steps:
        """Copy input to the container: beside everything else, until it ends or the session does."""
        file = self._p.fds.get(0)
        if file is None:
            return
        file.acquire()
        try:
            while not self._stopped.triggered:
                data = file.read(32_768)
                if data is None:
                    yield file.readable() | self._stopped
                    continue
                if not data:
                    break
                data, self.detached = self._escape.feed(data)
                if data:
                    yield from self.connection.send(data)
                if self.detached:
                    break
            self.connection.close_write()
        except (WireCut, BrokenPipe):
            pass
        finally:
            file.release()


def _keys(text: str) -> bytes:
    try:
        return detach.keys_of(text)
    except ValueError:
        return detach.DEFAULT


class SignalProxy:
    """Passes the signals that the client gets on to the container, as ``--sig-proxy`` says.

    Three SIGINT or SIGTERM end the client by force, whether they are passed on or not.
    """

    FORWARDED = tuple(signals.NUMBERS[name] for name in "HUP INT QUIT USR1 USR2 ALRM TERM TSTP TTIN TTOU".split())

    def __init__(self, cli: Cli, container: str, *, forward: bool = True) -> None:
        self._cli = cli
        self._container = container
        self._forward = forward
        self._asked = 0
        for number in self.FORWARDED if forward else (signals.INT, signals.TERM):
            cli.p.handlers[number] = self._pass_on
        if forward:
            cli.p.handlers[signals.PIPE] = IGNORE

    def _pass_on(self, number: int) -> None:
        p = self._cli.p
        if number in (signals.INT, signals.TERM):
            self._asked += 1
            if self._asked >= MANY:
                p.err(f"\ngot {MANY} SIGTERM/SIGINTs, forcefully exiting\n")
                p.exit(1)
        if self._forward:
            p.sim.process(self._kill(signals.name_of(number).removeprefix("SIG")))

    def _kill(self, name: str) -> Steps:
        with contextlib.suppress(Failure):
            yield from self._cli.daemon.call("POST", path_of("container", self._container, "kill"), {"signal": name})

    def end(self) -> None:
        """Signals mean again what they mean."""
        for number in (*self.FORWARDED, signals.PIPE):
            self._cli.p.handlers.pop(number, None)
