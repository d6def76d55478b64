"""What both kinds of client share: a connection that asks and gathers answers."""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import Any, NamedTuple

from dockersim.sim import Connection, WireCut
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import call
from dockersim.userland.programs.servers.sql.wire import (
    Message,
    Stream,
    message,
    read_described,
    read_fields,
    read_row,
    startup,
    text,
)


class Answer(NamedTuple):
    """One result: columns and rows of a query, else ``None``; the command tag; or an error's fields."""

    columns: list[tuple[str, int]] | None
    rows: list[list[str | None]]
    tag: str
    error: dict[str, str] | None
    notices: list[str]


class Refused(Exception):
    """The server ended the start-up; ``fields`` of its error, empty for a bare end."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields.get("M", ""))
        self.fields = fields


class NeedsPassword(Exception):
    """The server wants a password and there is none."""


class Client:
    """One session with a server."""

    def __init__(self, p: Process, connection: Connection) -> None:
        self.p = p
        self.connection = connection
        self.stream = Stream(connection)
        self.server_version = ""
        self.ended = False

    def _next(self) -> Generator[Any, Any, Message | None]:
        try:
            return (yield from call(self.p, self.stream.next()))
        except WireCut:
            return None

    def start(self, user: str, database: str, password: str | None) -> Generator[Any, Any, None]:
        """The start-up. Raises :class:`Refused` and :class:`NeedsPassword`."""
        self.connection.send_now(startup(user=user, database=database))
        while True:
            got = yield from self._next()
            if got is None:
                raise Refused({})
            if got.kind == "E":
                raise Refused(read_fields(got.data))
            if got.kind == "R" and struct.unpack(">i", got.data[:4])[0] == 3:
                if password is None:
                    self.connection.close()
                    raise NeedsPassword
                self.connection.send_now(message("p", text(password)))
            elif got.kind == "S":
                self.server_version = got.strings()[1]
            elif got.kind == "Z":
                return

    def ask(self, statement: str) -> Generator[Any, Any, list[Answer]]:
        """The answers to a string of statements; :attr:`ended` is set when the server went away."""
        self.connection.send_now(message("Q", text(statement)))
        answers: list[Answer] = []
        columns: list[tuple[str, int]] | None = None
        rows: list[list[str | None]] = []
        notices: list[str] = []
        while True:
            got = yield from self._next()
            if got is None:
                self.ended = True
                return answers
            if got.kind == "T":
                columns = read_described(got.data)
            elif got.kind == "D":
                rows.append(read_row(got.data))
            elif got.kind == "N":
                notices.append(read_fields(got.data).get("M", ""))
            elif got.kind in "CE":
                error = read_fields(got.data) if got.kind == "E" else None
                tag = got.strings()[0] if got.kind == "C" else ""
                answers.append(Answer(columns, rows, tag, error, notices))
                columns, rows, notices = None, [], []
            elif got.kind == "Z":
                return answers

    def close(self) -> None:
        self.connection.send_now(message("X"))
        self.connection.close()
