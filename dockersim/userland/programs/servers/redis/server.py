"""The Redis server: start-up, clients, persistence, shutdown."""

from __future__ import annotations

from typing import Any

from dockersim.fs import FsError
from dockersim.sim import Connection, PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server, stamp
from dockersim.userland.programs.servers.redis.client import QUIT, Client
from dockersim.userland.programs.servers.redis.commands import run
from dockersim.userland.programs.servers.redis.config import Config
from dockersim.userland.programs.servers.redis.resp import BadProtocol, Error, Parser, encode
from dockersim.userland.programs.servers.redis.store import Store

DEFAULT_VERSION = "7.4.1"
APPENDED = "appendonlydir/appendonly.aof.1.incr.aof"


def redis_server(p: Process) -> Steps:
    """``redis-server [configuration file] [--name value...]``."""
    if any(word in ("-v", "--version") for word in p.argv[1:]):
        p.out(f"Redis server v={_version(p)} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=7b9f0d1d1f4d1e01\n")
        return 0
    if any(word in ("-h", "--help") for word in p.argv[1:]):
        p.out("Usage: ./redis-server [/path/to/redis.conf] [options] [-]\n       ./redis-server -v or --version\n")
        return 0
    config = Config(p)
    problem = config.read(p.argv[1:])
    if problem:
        p.err(f"\n*** FATAL CONFIG FILE ERROR (Redis {_version(p)}) ***\n{problem}\n")
        return 1
    with Server(p) as server:
        return (yield from Redis(server, config).run())


def _version(p: Process) -> str:
    return p.env.get("REDIS_VERSION", DEFAULT_VERSION)


class Redis:
    """A running server."""

    def __init__(self, server: Server, config: Config) -> None:
        self.server = server
        self.p = server.p
        self.config = config
        self.store = Store(self.p.sim.time, self.p.sim.rng)
        self.started = self.p.sim.now
        self.clients = 0
        self.commands = 0
        self.saved = 0
        self.subscribers: dict[bytes, list[Connection]] = {}
        self.pushed: Any = None

    # ---- the log

    def log(self, text: str, level: str = "*", role: str = "M") -> None:
        millis = self.p.sim.nanoseconds() // 1_000_000 % 1000
        at = f"{stamp(self.p, '%d %b %Y %H:%M:%S')}.{millis:03d}"
        self.server.log(f"{self.p.pid}:{role} {at} {level} {text}\n")

    def run(self) -> Steps:
        p, version = self.p, _version(self.p)
        self.log("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", role="C")
        self.log(f"Redis version={version}, bits=64, commit=00000000, modified=0, pid={p.pid}, just started", role="C")
        if len(p.argv) < 2:
            self.log(
                "Warning: no config file specified, using the default config. In order to specify a config file use "
                "redis-server /path/to/redis.conf",
                "#",
                "C",
            )
        else:
            self.log("Configuration loaded", role="C")
        self.log("monotonic clock: POSIX clock_gettime")
        port = self.config.port
        try:
            self.server.raw(port, self._client, self._address())
        except PortTaken:
            self.log(
                f"Warning: Could not create server TCP listening socket *:{port}: bind: Address already in use", "#"
            )
            self.log(f"Failed listening on port {port} (tcp), aborting.", "#")
            return 1
        self.log(f"Running mode=standalone, port={port}.")
        yield from p.sleep(0.005)
        self.log("Server initialized")
        if not self._load(version):
            return 1
        self.log("Ready to accept connections tcp")
        p.allocate(8 << 20)
        number = yield from self.server.run((signals.TERM, signals.INT))
        p.out(
            f"{p.pid}:signal-handler ({int(p.sim.time())}) Received {signals.name_of(number)} scheduling shutdown...\n"
        )
        yield from p.flush()
        yield from p.sleep(0.05)
        self._shutdown()
        return 0

    def _address(self) -> str:
        first = self.config.values["bind"].split()[:1]
        return first[0] if first and first[0][:1].isdigit() else "*"

    def _shutdown(self) -> None:
        self.log("User requested shutdown...")
        if self.config.values["save"]:
            self.log("Saving the final RDB snapshot before exiting.")
            self._save()
        self.log("Redis is now ready to exit, bye bye...", "#")

    # ---- persistence

    def _path(self, name: str) -> str:
        return f"{self.config.values['dir'].rstrip('/')}/{name}"

    def _load(self, version: str) -> bool:
        if self.config.values["appendonly"] == "yes" and self.p.vfs.exists(self._path(APPENDED)):
            parser = Parser()
            parser.feed(self.p.vfs.read_file(self._path(APPENDED)))
            while (command := parser.next()) is not None:
                words = command[0]
                if isinstance(words, list) and words and isinstance(words[0], bytes):
                    run(self.store, [word for word in words[1:] if isinstance(word, bytes)], int(words[0]))
            self.log("DB loaded from append only file: 0.000 seconds")
            return True
        path = self._path(self.config.values["dbfilename"])
        try:
            data = self.p.vfs.read_file(path, cwd="/", cred=self.p.cred)
            count = self.store.load(data)
        except FsError as error:
            if error.code == "ENOENT":
                return True
            self.log("Fatal error loading the DB, check server logs. Exiting.", "#")
            return False
        except (ValueError, AssertionError):
            self.log("Wrong signature trying to load DB from file", "#")
            self.log("Fatal error loading the DB, check server logs. Exiting.", "#")
            return False
        age = int(self.p.sim.time() - self.p.vfs.stat(path).mtime)
        self.log(f"Loading RDB produced by version {version}")
        self.log(f"RDB age {age} seconds")
        self.log("RDB memory usage when created 0.90 Mb")
        self.log(f"Done loading RDB, keys loaded: {count}, keys expired: 0.")
        self.log("DB loaded from disk: 0.000 seconds")
        return True

    def _save(self) -> bool:
        try:
            path = self._path(self.config.values["dbfilename"])
            self.p.write_file(path, self.store.dump(), 0o644)
        except FsError as error:
            self.log(f"Failed opening the temp RDB file temp-1.rdb (in server root dir {self.config.values['dir']}) "
                     f"for saving: {error.strerror}")  # fmt: skip
            return False
        self.saved = int(self.p.sim.time())
        self.log("DB saved on disk")
        return True

    def append(self, database: int, words: list[bytes]) -> None:
        path = self._path(APPENDED)
        try:
            self.p.vfs.makedirs(path.rpartition("/")[0], cwd="/", cred=self.p.cred)
            record = encode([b"%d" % database, *words])
            self.p.vfs.write_file(path, record, append=True, cwd="/", cred=self.p.cred)
        except FsError:
            return

    # ---- clients

    def _client(self, connection: Connection, peer: str) -> Steps:
        client = Client(self, connection)
        parser = Parser(inline=True)
        self.clients += 1
        try:
            while data := (yield from connection.receive()):
                yield from self.server.ready()
                parser.feed(data)
                while (command := parser.next()) is not None:
                    words = command[0]
                    if isinstance(words, list) and words:
                        reply = yield from client.run([word for word in words if isinstance(word, bytes)])
                        if reply is not QUIT:
                            connection.send_now(encode(reply))
                        if client.ended:
                            return
        except BadProtocol:
            connection.send_now(encode(Error("ERR Protocol error: invalid bulk length")))
        finally:
            self.clients -= 1
            for connections in self.subscribers.values():
                if connection in connections:
                    connections.remove(connection)

    def info(self, section: str) -> bytes:
        """The text of ``INFO``."""
        uptime = int(self.p.sim.now - self.started)
        used = 900_000 + sum(
            len(value) if isinstance(value, bytes) else 50 for value in self.store.databases[0].values()
        )
        sections = {
            "server": f"redis_version:{_version(self.p)}\r\nredis_mode:standalone\r\nos:Linux "
            f"{self.p.computer.kernel.release} x86_64\r\nprocess_id:{self.p.pid}\r\ntcp_port:{self.config.port}\r\n"
            f"uptime_in_seconds:{uptime}\r\nuptime_in_days:{uptime // 86400}\r\nconfig_file:{self.config.file}\r\n",
            "clients": f"connected_clients:{self.clients}\r\nblocked_clients:0\r\n",
            "memory": f"used_memory:{used}\r\nused_memory_human:{used / 1024:.2f}K\r\nmaxmemory:"
            f"{self.config.values['maxmemory']}\r\nmaxmemory_policy:{self.config.values['maxmemory-policy']}\r\n",
            "persistence": f"loading:0\r\nrdb_changes_since_last_save:{self.store.dirty}\r\nrdb_last_save_time:"
            f"{self.saved}\r\naof_enabled:{int(self.config.values['appendonly'] == 'yes')}\r\n",
            "stats": f"total_commands_processed:{self.commands}\r\n",
            "replication": "role:master\r\nconnected_slaves:0\r\n",
            "keyspace": "".join(
                f"db{at}:keys={len(data)},expires={len(self.store.expiries[at])},avg_ttl=0\r\n"
                for at, data in enumerate(self.store.databases)
                if data
            ),
        }
        chosen = {section: sections[section]} if section in sections else sections if not section else {}
        return "\r\n".join(f"# {name.capitalize()}\r\n{text}" for name, text in chosen.items()).encode()
