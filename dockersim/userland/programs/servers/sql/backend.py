"""The part of a database server that both kinds share: sessions over the wire, and the data on disk."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import Connection
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server, stamp
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.parser import parse
from dockersim.userland.programs.servers.sql.statements import CHANGES, run
from dockersim.userland.programs.servers.sql.store import Result, Session, Store, hashed
from dockersim.userland.programs.servers.sql.syntax import split
from dockersim.userland.programs.servers.sql.values import shown
from dockersim.userland.programs.servers.sql.wire import Stream, described, fields, message, row, text

PER_STATEMENT = 5e-4


class Backend:
    """A store behind a port. ``path`` is the file that keeps it; every change is written at once.

    ``denied(user, host)`` gives the words for a wrong password; ``log(text)`` hears of statements that fail.
    """

    def __init__(
        self,
        server: Server,
        store: Store,
        path: str,
        denied: Callable[[str, str, bool], tuple[str, str]],
        log: Callable[[str, str], None],
    ) -> None:
        self.server = server
        self.p: Process = server.p
        self.store = store
        self.path = path
        self.denied = denied
        self.log = log
        self.trusting = False

    def save(self) -> None:
        """Write everything to the disk."""
        self.p.vfs.makedirs(self.path.rpartition("/")[0], 0o700, cwd="/", cred=self.p.cred)
        self.p.vfs.write_file(self.path, self.store.dump(), mode=0o600, cwd="/", cred=self.p.cred)

    def load(self) -> None:
        """Read what an earlier server left. Raises :class:`FsError` and ``ValueError``."""
        self.store.load(self.p.vfs.read_file(self.path, cwd="/", cred=self.p.cred))

    # ---- sessions

    def session(self, connection: Connection, peer: str) -> Steps:
        """One client."""
        stream = Stream(connection, first=True)
        first = yield from stream.next()
        if first is None or first.data[:4] != struct.pack(">i", 196608):
            return
        words = [part.decode(errors="replace") for part in first.data[4:].split(b"\0")]
        values = dict(zip(words[::2], words[1::2], strict=False))
        user, database = values.get("user", ""), values.get("database", "")
        if not (yield from self._admitted(connection, stream, user, peer)):
            return
        if database and database not in self.store.databases:
            code, words_ = SqlError("no database", database).words(self.store.dialect)
            self._fail(connection, "FATAL", code, words_)
            return
        connection.send_now(message("R", struct.pack(">i", 0)) + message("S", text("server_version", self.version)))
        session = Session(user, database)
        while True:
            connection.send_now(message("Z", b"I"))
            asked = yield from stream.next()
            yield from self.server.ready()
            if asked is None or asked.kind == "X":
                return
            if asked.kind == "Q":
                yield self.p.sim.timeout(PER_STATEMENT)
                self.p.cpu += PER_STATEMENT
                self._query(connection, session, asked.data.rstrip(b"\0").decode("utf-8", "surrogateescape"))

    @property
    def version(self) -> str:
        words = self.store.version.split()
        return words[1] if self.store.dialect == "postgres" and len(words) > 1 else words[0]

    def _admitted(self, connection: Connection, stream: Stream, user: str, peer: str) -> Any:
        local = peer.startswith("127.")
        if user not in self.store.roles:
            if self.store.dialect == "postgres" and local:
                self.log("FATAL", f'role "{user}" does not exist')
                self._fail(connection, "FATAL", "28000", f'role "{user}" does not exist')
                return False
        elif self.trusting or (self.store.dialect == "postgres" and local) or not self.store.roles[user]:
            return True
        connection.send_now(message("R", struct.pack(">i", 3)))
        given = yield from stream.next()
        if given is None or given.kind != "p":
            return False
        password = given.data.rstrip(b"\0").decode(errors="replace")
        if self.store.roles.get(user) and hashed(password) == self.store.roles[user]:
            return True
        host = "localhost" if local else peer
        code, words = self.denied(user, host, bool(password))
        self.log("FATAL", words)
        self._fail(connection, "FATAL", code, words)
        return False

    def _fail(self, connection: Connection, severity: str, code: str, words: str, place: int = -1) -> None:
        position = str(place + 1) if place >= 0 else ""
        connection.send_now(fields("E", S=severity, V=severity, C=code, M=words, P=position))

    def _query(self, connection: Connection, session: Session, asked: str) -> None:
        statements, rest = split(asked)
        for statement in [*statements, rest]:
            try:
                result = self.run(statement, session)
            except SqlError as error:
                code, words = error.words(self.store.dialect)
                self.log("ERROR", words)
                self.log("STATEMENT", statement.strip())
                place = error.place + asked.index(statement) if error.place >= 0 else -1
                if error.kind == "end":
                    place = len(asked)
                self._fail(connection, "ERROR", code, words, place)
                return
            if result is not None:
                self._answer(connection, result)

    def run(self, statement: str, session: Session) -> Result | None:
        """One statement, kept on the disk if it changes anything. Raises :class:`SqlError`."""
        result = run(self.store, statement, session)
        if result is not None and isinstance(parse(statement), CHANGES):
            try:
                self.save()
            except FsError as error:
                raise SqlError("unsimulated", f"writing to {self.path} ({error.strerror})") from None
        return result

    def _answer(self, connection: Connection, result: Result) -> None:
        if result.notice:
            connection.send_now(fields("N", S="NOTICE", V="NOTICE", C="42P07", M=result.notice))
        if result.columns is not None:
            connection.send_now(described(result.columns))
            for values in result.rows or ():
                dialect = self.store.dialect
                connection.send_now(row([None if value is None else shown(value, dialect) for value in values]))
        connection.send_now(message("C", text(result.tag)))


def present(p: Process) -> str:
    """The time as SQL's ``now()`` shows it."""
    return stamp(p, "%Y-%m-%d %H:%M:%S")
