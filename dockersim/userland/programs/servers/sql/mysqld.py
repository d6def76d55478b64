"""The MySQL and MariaDB servers: a new data directory, start-up, log and shutdown."""

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

SOCKET = "/var/run/mysqld/mysqld.sock"
DATA = "/var/lib/mysql"
SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")


def mysqld(p: Process) -> Steps:
    """``mysqld [--port=N] [--datadir=DIR] ...``."""
    return (yield from _serve(p, p.env.get("MYSQL_VERSION", "8.4.7").partition("-")[0], False))


def mariadbd(p: Process) -> Steps:
    """``mariadbd``: MariaDB's server."""
    version = p.env.get("MARIADB_VERSION", "1:12.1.2+maria~ubu2404")
    return (yield from _serve(p, version.partition(":")[2].partition("+")[0] or version, True))


def _serve(p: Process, version: str, maria: bool) -> Steps:
    name = "mariadbd" if maria else "mysqld"
    if "--version" in p.argv or "-V" in p.argv:
        kind = "MariaDB" if maria else f"{version} for Linux on x86_64 (MySQL Community Server - GPL)"
        p.out(f"/usr/sbin/{name}  Ver {f'{version}-MariaDB for debian-linux-gnu' if maria else kind}\n")
        return 0
    options = dict(re.findall(r"--([\w-]+)=(\S*)", " ".join(p.argv[1:])))
    with Server(p) as server:
        return (yield from Mysql(server, options, version, maria).run())


class Mysql:
    """One running server."""

    def __init__(self, server: Server, options: dict[str, str], version: str, maria: bool) -> None:
        self.server = server
        self.p = server.p
        self.maria = maria
        self.version = version
        self.data = options.get("datadir", DATA)
        port = options.get("port", "3306")
        self.port = int(port) if port.isdigit() else 3306
        store = Store("mysql", f"{version}-MariaDB" if maria else version, lambda: present(self.p))
        self.backend = Backend(server, store, f"{self.data}/mysql/kept.json", _denied, lambda level, text: None)

    # ---- the log

    def log(self, text: str, code: str = "", level: str = "System") -> None:
        p = self.p
        if self.maria:
            mark = {"System": "Note"}.get(level, level)
            self.server.log(f"{stamp(p, '%Y-%m-%d %k:%M:%S')} 0 [{mark}] {text}\n", 2)
            return
        micros = p.sim.nanoseconds() // 1000 % 1_000_000
        at = f"{stamp(p, '%Y-%m-%dT%H:%M:%S')}.{micros:06d}Z"
        self.server.log(f"{at} 0 [{level}] [{code}] [Server] {text}\n", 2)

    def note(self, text: str, level: str = "Note") -> Steps:
        """A line of the entry point."""
        self.p.out(f"{stamp(self.p, '%Y-%m-%d %H:%M:%S+00:00')} [{level}] [Entrypoint]: {text}\n")
        yield from self.p.flush()

    # ---- life

    def run(self) -> Generator[Any, Any, int]:
        p = self.p
        if not p.vfs.exists(f"{self.data}/mysql", cwd="/", cred=p.cred):
            keys = ("ROOT_PASSWORD", "ALLOW_EMPTY_PASSWORD", "RANDOM_ROOT_PASSWORD", "ALLOW_EMPTY_ROOT_PASSWORD")
            if not any(self._setting(key) for key in keys):
                self.log(f"Failed to find a database in {self.data}/", "MY-010457", "ERROR")
                self.log("Aborting", "MY-010119", "ERROR")
                return 1
            status = yield from self._first_time()
            if status:
                return status
        if not (yield from self._start("0.0.0.0")):
            return 1
        number = yield from self.server.run((signals.TERM, signals.QUIT))
        yield from self._stop(number)
        return 0

    def _setting(self, name: str) -> str:
        env = self.p.env
        value = env.get(f"MARIADB_{name}", "") if self.maria else ""
        value = value or env.get(f"MYSQL_{name}", "")
        path = env.get(f"MYSQL_{name}_FILE", "") or (env.get(f"MARIADB_{name}_FILE", "") if self.maria else "")
        if not value and path:
            try:
                value = self.p.read_file(path).decode(errors="replace").rstrip("\n")
            except FsError:
                return ""
        return value

    def _start(self, address: str) -> Generator[Any, Any, bool]:
        p, name = self.p, "/usr/sbin/mariadbd" if self.maria else "/usr/sbin/mysqld"
        if self.maria:
            self.log(f"Starting MariaDB {self.version}-MariaDB-ubu2404 source revision as process {p.pid}")
            self.log("InnoDB: Completed initialization of buffer pool")
        else:
            self.log("MySQL Server - start.", "MY-015015")
            self.log(f"{name} (mysqld {self.version}) starting as process {p.pid}", "MY-010116")
            self.log("InnoDB initialization has started.", "MY-013576")
        p.cpu += 0.5
        yield from p.sleep(0.9)
        try:
            self.backend.load()
        except (FsError, ValueError):
            self.log("Data Dictionary initialization failed.", "MY-010020", "ERROR")
            return False
        try:
            self.server.raw(self.port, self.backend.session, "*" if address == "0.0.0.0" else address)
        except PortTaken:
            self.log("Can't start server: Bind on TCP/IP port: Address already in use", "MY-010262", "ERROR")
            self.log("Aborting", "MY-010119", "ERROR")
            return False
        p.allocate(90 << 20 if self.maria else 380 << 20)
        self._socket(True)
        if self.maria:
            self.log("Server socket created on IP: '0.0.0.0', port: '3306'.")
            self.log(f"{name}: ready for connections.")
            self.server.log(
                f"Version: '{self.version}-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: {self.port}  "
                "mariadb.org binary distribution\n",
                2,
            )
        else:
            self.log("InnoDB initialization has ended.", "MY-013577")
            self.log("CA certificate ca.pem is self signed.", "MY-010068", "Warning")
            port = self.port if address == "0.0.0.0" else 0
            self.log(
                f"{name}: ready for connections. Version: '{self.version}'  socket: '{SOCKET}'  port: {port}  "
                "MySQL Community Server - GPL.",
                "MY-010931",
            )
        return True

    def _socket(self, running: bool) -> None:
        at: dict[str, Any] = {"cwd": "/", "cred": self.p.cred}
        vfs = self.p.vfs
        try:
            if vfs.exists(SOCKET, **at):
                vfs.unlink(SOCKET, **at)
            if running:
                vfs.makedirs(SOCKET.rpartition("/")[0], **at)
                vfs.mknod(SOCKET, "socket", 0o777, umask=0, **at)
        except FsError:
            return

    def _stop(self, number: int) -> Steps:
        name = "mariadbd" if self.maria else "mysqld"
        self.server.close()
        if self.maria:
            self.log(f"/usr/sbin/{name} (initiated by: unknown): Normal shutdown")
        else:
            self.log("Received SHUTDOWN from user <via user signal>. Shutting down mysqld "
                     f"(Version: {self.version}).", "MY-013172")  # fmt: skip
        yield from self.p.sleep(0.8)
        self._socket(False)
        self.log(f"/usr/sbin/{name}: Shutdown complete" + ("" if self.maria else
                 f" (mysqld {self.version})  MySQL Community Server - GPL."), "MY-010910")  # fmt: skip

    # ---- the first start

    def _first_time(self) -> Generator[Any, Any, int]:
        p, store = self.p, self.backend.store
        yield from self.note("Initializing database files")
        p.cpu += 2.0
        yield from p.sleep(4.5)
        password = self._setting("ROOT_PASSWORD")
        if not password and self._setting("RANDOM_ROOT_PASSWORD"):
            password = p.sim.hex(24)
            yield from self.note(f"GENERATED ROOT PASSWORD: {password}")
        store.roles = {"root": hashed(password)}
        store.databases = {name: {} for name in SYSTEM}
        try:
            self.backend.save()
        except FsError as error:
            return p.fail(f"Can't create directory '{self.data}/mysql' (OS errno {error.number} - {error.strerror})")
        yield from self.note("Database files initialized")
        yield from self.note("Starting temporary server")
        if not (yield from self._start("127.0.0.1")):
            return 1
        yield from self.note("Temporary server started.")
        status = yield from self._populate()
        if status:
            return status
        yield from self.note("Stopping temporary server")
        yield from self._stop(signals.TERM)
        yield from self.note("Temporary server stopped")
        p.out("\n")
        yield from self.note(f"{'MariaDB' if self.maria else 'MySQL'} init process done. Ready for start up.")
        p.out("\n")
        return 0

    def _populate(self) -> Generator[Any, Any, int]:
        store = self.backend.store
        database, user = self._setting("DATABASE"), self._setting("USER")
        if database:
            yield from self.note(f"Creating database {database}")
            store.databases.setdefault(database, {})
        if user:
            yield from self.note(f"Creating user {user}")
            store.roles[user] = hashed(self._setting("PASSWORD"))
            if database:
                yield from self.note(f"Giving user {user} access to schema {database}")
        self.backend.save()
        return (yield from self._scripts(Session("root", database)))

    def _scripts(self, session: Session) -> Generator[Any, Any, int]:
        p = self.p
        try:
            names = sorted(p.vfs.listdir("/docker-entrypoint-initdb.d", cwd="/", cred=p.cred))
        except FsError:
            names = []
        for name in names:
            path = f"/docker-entrypoint-initdb.d/{name}"
            if name.endswith(".sh"):
                yield from self.note(f"/usr/local/bin/docker-entrypoint.sh: running {path}")
                status = yield from p.wait(p.spawn(["sh", path], path="/bin/sh"))
                if status:
                    return status
            elif name.endswith(".sql"):
                yield from self.note(f"/usr/local/bin/docker-entrypoint.sh: running {path}")
                statements, rest = split(p.read_file(path).decode(errors="replace"))
                for number, statement in enumerate([*statements, rest], 1):
                    try:
                        self.backend.run(statement, session)
                    except SqlError as error:
                        code, words = error.words("mysql")
                        p.err(f"ERROR {code} at line {number}: {words}\n")
                        return 1
            else:
                yield from self.note(f"/usr/local/bin/docker-entrypoint.sh: ignoring {path}", "Warn")
        return 0


def _denied(user: str, host: str, given: bool) -> tuple[str, str]:
    words = f"Access denied for user '{user}'@'{host}' (using password: {'YES' if given else 'NO'})"
    return "1045 (28000)", words
