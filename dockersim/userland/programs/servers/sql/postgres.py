"""The PostgreSQL server: a new data directory, start-up, log, recovery and shutdown."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server, stamp
from dockersim.userland.programs.servers.sql.backend import Backend, present
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.store import Session, Store, hashed
from dockersim.userland.programs.servers.sql.syntax import split

DEFAULT_VERSION = "17.7"
SOCKETS = "/var/run/postgresql"
KEPT = "base/cluster.json"

INITDB = """The files belonging to this database system will be owned by user "postgres".
This user must also own the server process.

The database cluster will be initialized with locale "en_US.utf8".
The default database encoding has accordingly been set to "UTF8".
The default text search configuration will be set to "english".

Data page checksums are disabled.

fixing permissions on existing directory {data} ... ok
creating subdirectories ... ok
selecting dynamic shared memory implementation ... posix
selecting default "max_connections" ... 100
selecting default "shared_buffers" ... 128MB
selecting default time zone ... Etc/UTC
creating configuration files ... ok
running bootstrap script ... ok
performing post-bootstrap initialization ... ok
syncing data to disk ... ok


Success. You can now start the database server using:

    pg_ctl -D {data} -l logfile start

"""
TRUST = """initdb: warning: enabling "trust" authentication for local connections
initdb: hint: You can change this by editing pg_hba.conf or using the option -A, or --auth-local and --auth-host, \
the next time you run initdb.
"""
AS_ROOT = """"root" execution of the PostgreSQL server is not permitted.
The server must be started under an unprivileged user ID to prevent
possible system security compromise.  See the documentation for
more information on how to properly start the server.
"""


def version_of(p: Process) -> str:
    """``17.7`` from the image's ``PG_VERSION``."""
    return p.env.get("PG_VERSION", DEFAULT_VERSION).partition("-")[0]


def full_version(p: Process) -> str:
    """``17.7 (Debian 17.7-1.pgdg12+1)``."""
    package = p.env.get("PG_VERSION", "")
    return f"{version_of(p)} (Debian {package})" if "-" in package else version_of(p)


def postgres(p: Process) -> Steps:
    """``postgres [-D directory] [-p port] [-c name=value]``.

    An empty data directory is filled first, as the image's entry point does it, when ``POSTGRES_PASSWORD`` or
    ``POSTGRES_HOST_AUTH_METHOD`` says how.
    """
    words = p.argv[1:]
    if "--version" in words or "-V" in words:
        p.out(f"postgres (PostgreSQL) {full_version(p)}\n")
        return 0
    if p.cred.uid == 0:
        p.err(AS_ROOT)
        return 1
    options = dict(re.findall(r"-([Dpc])\s+(\S+)", " ".join(words)))
    data = options.get("D", p.env.get("PGDATA", ""))
    if not data:
        p.err("postgres does not know where to find the server configuration file.\n")
        p.err("You must specify the --config-file or -D invocation option or set the PGDATA environment variable.\n")
        return 2
    with Server(p) as server:
        return (yield from Postgres(server, data, int(options.get("p", "5432"))).run())


class Postgres:
    """One running server."""

    def __init__(self, server: Server, data: str, port: int) -> None:
        self.server = server
        self.p = server.p
        self.data = data
        self.port = port
        version = f"PostgreSQL {full_version(self.p)} on x86_64-pc-linux-gnu, compiled by gcc 12.2.0, 64-bit"
        store = Store("postgres", version, lambda: present(self.p))
        self.backend = Backend(server, store, f"{data}/{KEPT}", _denied, self._logged)
        self.backend.trusting = self.p.env.get("POSTGRES_HOST_AUTH_METHOD") == "trust"

    def log(self, level: str, text: str) -> None:
        millis = self.p.sim.nanoseconds() // 1_000_000 % 1000
        self.server.log(f"{stamp(self.p, '%Y-%m-%d %H:%M:%S')}.{millis:03d} UTC [{self.p.pid}] {level}:  {text}\n", 2)

    def _logged(self, level: str, text: str) -> None:
        self.log(level, text)

    def _exists(self, name: str) -> bool:
        return bool(self.p.vfs.exists(f"{self.data}/{name}", cwd="/", cred=self.p.cred))

    def run(self) -> Generator[Any, Any, int]:
        p = self.p
        if not self._exists("PG_VERSION"):
            if "POSTGRES_PASSWORD" not in p.env and not self.backend.trusting:
                p.err(
                    f'postgres: could not access the server configuration file "{self.data}/postgresql.conf": '
                    "No such file or directory\n"
                )
                return 2
            status = yield from self._first_time()
            if status:
                return status
        elif "POSTGRES_PASSWORD" in p.env:
            p.out("\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n")
            yield from p.flush()
        crashed = self._exists("postmaster.pid")
        if not (yield from self._start("0.0.0.0", crashed)):
            return 1
        number = yield from self.server.run((signals.TERM, signals.INT, signals.QUIT))
        yield from self._stop({signals.TERM: "smart", signals.INT: "fast"}.get(number, "immediate"))
        return 0

    # ---- starting and stopping

    def _start(self, address: str, crashed: bool) -> Generator[Any, Any, bool]:
        p, version = self.p, self.backend.store.version
        self.log("LOG", f"starting {version}")
        try:
            self.server.raw(self.port, self.backend.session, "*" if address == "0.0.0.0" else address)
        except PortTaken:
            self.log("LOG", 'could not bind IPv4 address "0.0.0.0": Address already in use')
            self.log("HINT", f"Is another postmaster already running on port {self.port}? If not, wait a few seconds "
                             "and retry.")  # fmt: skip
            self.log("FATAL", "could not create any TCP/IP sockets")
            return False
        if address == "0.0.0.0":
            self.log("LOG", f'listening on IPv4 address "0.0.0.0", port {self.port}')
            self.log("LOG", f'listening on IPv6 address "::", port {self.port}')
        self.log("LOG", f'listening on Unix socket "{SOCKETS}/.s.PGSQL.{self.port}"')
        listeners, self.server.listeners = self.server.listeners, []
        for listener in listeners:
            listener.close()
        yield from p.sleep(0.08)
        try:
            self.backend.load()
        except (FsError, ValueError):
            self.log("FATAL", "database files are incompatible with server")
            return False
        if crashed:
            self.log("LOG", f"database system was interrupted; last known up at {stamp(p, '%Y-%m-%d %H:%M:%S')} UTC")
            self.log("LOG", "database system was not properly shut down; automatic recovery in progress")
            self.log("LOG", "redo starts at 0/152FBC0")
            yield from p.sleep(0.3)
            self.log("LOG", "redo done at 0/152FBF8 system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 0.00 s")
        else:
            self.log("LOG", f"database system was shut down at {stamp(p, '%Y-%m-%d %H:%M:%S')} UTC")
        self._mark(True)
        self.server.raw(self.port, self.backend.session, "*" if address == "0.0.0.0" else address)
        self._workers()
        self.log("LOG", "database system is ready to accept connections")
        return True

    def _workers(self) -> None:
        for name in ("checkpointer", "background writer", "walwriter", "autovacuum launcher",
                     "logical replication launcher"):  # fmt: skip
            child = self.p.fork(_wait)
            child.argv = [f"postgres: {name} "]
        self.p.allocate(24 << 20)

    def _mark(self, running: bool) -> None:
        vfs, at = self.p.vfs, {"cwd": "/", "cred": self.p.cred}
        socket = f"{SOCKETS}/.s.PGSQL.{self.port}"
        try:
            if running:
                vfs.write_file(f"{self.data}/postmaster.pid", f"{self.p.pid}\n{self.data}\n", mode=0o600, **at)
                if not vfs.exists(socket, **at):
                    vfs.mknod(socket, "socket", 0o777, umask=0, **at)
            else:
                vfs.unlink(f"{self.data}/postmaster.pid", **at)
                vfs.unlink(socket, **at)
        except FsError:
            return

    def _stop(self, way: str) -> Steps:
        p = self.p
        self.log("LOG", f"received {way} shutdown request")
        self.log("LOG", "aborting any active transactions")
        self.server.close()
        for child in list(p.children):
            child.signal(signals.KILL)
            yield from p.wait(child)
        self.log("LOG", "shutting down")
        self.log("LOG", "checkpoint starting: shutdown immediate")
        yield from p.sleep(0.05)
        self.log("LOG", "checkpoint complete: wrote 3 buffers (0.0%)")
        self._mark(False)
        self.log("LOG", "database system is shut down")

    # ---- the first start

    def _first_time(self) -> Generator[Any, Any, int]:
        p, env = self.p, self.p.env
        p.out(INITDB.format(data=self.data))
        yield from p.flush()
        p.cpu += 1.0
        yield from p.sleep(1.6)
        p.err(TRUST)
        try:
            self._fill()
        except FsError as error:
            return p.fail(f'could not create directory "{self.data}": {error.strerror}')
        p.out("waiting for server to start....")
        yield from p.flush()
        if not (yield from self._start("127.0.0.1", False)):
            return 1
        p.out(" done\nserver started\n")
        user = env.get("POSTGRES_USER", "postgres")
        database = env.get("POSTGRES_DB", user)
        if database not in self.backend.store.databases:
            self.backend.run(f'CREATE DATABASE "{database}"', Session(user, "postgres"))
            p.out("CREATE DATABASE\n\n")
        p.out("\n")
        status = yield from self._scripts(user, database)
        if status:
            return status
        p.out("waiting for server to shut down....")
        yield from p.flush()
        yield from self._stop("fast")
        p.out(" done\nserver stopped\n\nPostgreSQL init process complete; ready for start up.\n\n")
        yield from p.flush()
        return 0

    def _fill(self) -> None:
        env, store = self.p.env, self.backend.store
        user = env.get("POSTGRES_USER", "postgres")
        store.roles = {user: hashed(env.get("POSTGRES_PASSWORD", ""))}
        store.databases = {name: {} for name in ("postgres", "template0", "template1")}
        self.backend.save()
        at = {"cwd": "/", "cred": self.p.cred}
        major = version_of(self.p).partition(".")[0]
        method = env.get("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
        for name, text in {
            "postgresql.conf": "listen_addresses = '*'\nmax_connections = 100\nshared_buffers = 128MB\n",
            "pg_hba.conf": "local   all   all   trust\nhost    all   all   127.0.0.1/32   trust\n"
            f"host all all all {method}\n",
            "PG_VERSION": f"{major}\n",
        }.items():
            self.p.vfs.write_file(f"{self.data}/{name}", text, mode=0o600, **at)
        for name in ("global", "pg_wal", "pg_stat", "pg_tblspc"):
            self.p.vfs.makedirs(f"{self.data}/{name}", 0o700, **at)

    def _scripts(self, user: str, database: str) -> Generator[Any, Any, int]:
        p = self.p
        folder = "/docker-entrypoint-initdb.d"
        try:
            names = sorted(p.vfs.listdir(folder, cwd="/", cred=p.cred))
        except FsError:
            names = []
        if not names:
            p.out(f"/usr/local/bin/docker-entrypoint.sh: ignoring {folder}/*\n\n")
        for name in names:
            path = f"{folder}/{name}"
            if name.endswith(".sh"):
                p.out(f"/usr/local/bin/docker-entrypoint.sh: running {path}\n")
                yield from p.flush()
                script = p.spawn(["sh", path], path="/bin/sh")
                status = yield from p.wait(script)
                if status:
                    return status
            elif name.endswith(".sql"):
                p.out(f"/usr/local/bin/docker-entrypoint.sh: running {path}\n")
                if not self._script(path, Session(user, database)):
                    return 3
                p.out("\n\n")
            else:
                p.out(f"/usr/local/bin/docker-entrypoint.sh: ignoring {path}\n")
        return 0

    def _script(self, path: str, session: Session) -> bool:
        statements, rest = split(self.p.read_file(path).decode(errors="replace"))
        for statement in [*statements, rest]:
            try:
                result = self.backend.run(statement, session)
            except SqlError as error:
                self.p.err(f"psql:{path}: ERROR:  {error.words('postgres')[1]}\n")
                return False
            if result is not None:
                self.p.out(f"{result.tag}\n")
        return True


def _denied(user: str, host: str, given: bool) -> tuple[str, str]:
    return "28P01", f'password authentication failed for user "{user}"'


def _wait(p: Process) -> Steps:
    yield from p.block(p.sim.event())
    return 0


def initdb(p: Process) -> Steps:
    """``initdb`` by hand: the entry point does it here when the server starts."""
    yield from p.flush()
    return p.fail("a data directory is made when postgres first starts here; run postgres")


def pg_isready(p: Process) -> Steps:
    """``pg_isready [-h host] [-p port]``: 0 accepting, 2 no response."""
    from dockersim.sim import ConnectFailed
    from dockersim.userland.programs.network.connect import dial

    options = dict(re.findall(r"-([hpUd])\s*(\S+)", " ".join(p.argv[1:])))
    host, port = options.get("h", p.env.get("PGHOST", "")), options.get("p", "5432")
    where = f"{host or SOCKETS}:{port}"
    try:
        connection = yield from dial(p, host or "127.0.0.1", int(port) if port.isdigit() else 5432, 3.0)
    except ConnectFailed:
        p.out(f"{where} - no response\n")
        return 2
    connection.close()
    p.out(f"{where} - accepting connections\n")
    return 0
