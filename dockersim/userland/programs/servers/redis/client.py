"""One connection to a Redis server, and the commands that concern it or the whole server."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

from dockersim.sim import Connection
from dockersim.userland import signals
from dockersim.userland.programs.servers.redis.commands import OK, WRITES, run
from dockersim.userland.programs.servers.redis.resp import Error, Reply, Simple, encode

if TYPE_CHECKING:
    from dockersim.userland.programs.servers.redis.server import Redis

PER_COMMAND = 2e-5
QUIT = Simple("")
SPECIAL = frozenset(
    "auth select quit info save bgsave lastsave shutdown config command client hello publish subscribe".split()
)
NOT_SIMULATED = frozenset("multi exec watch eval evalsha monitor xadd xread geoadd cluster replicaof slaveof".split())


class Client:
    """One connection: who it is, which database it uses."""

    def __init__(self, redis: Redis, connection: Connection) -> None:
        self.redis = redis
        self.connection = connection
        self.database = 0
        self.trusted = not redis.config.values["requirepass"]
        self.ended = False

    def run(self, words: list[bytes]) -> Any:
        """The reply to one command."""
        redis = self.redis
        redis.commands += 1
        redis.p.cpu += PER_COMMAND
        name = words[0].decode(errors="replace").lower()
        if not self.trusted and name not in ("auth", "quit", "hello"):
            return Error("NOAUTH Authentication required.")
        if name in ("blpop", "brpop"):
            return (yield from self._blocking(name, words[1:]))
        special = getattr(self, f"_{name}", None) if name in SPECIAL else None
        if special is not None:
            return special(*words[1:])
        if name in NOT_SIMULATED:
            return Error(f"ERR {name.upper()} is not simulated")
        before = redis.store.dirty
        reply = run(redis.store, words, self.database)
        if name in WRITES and redis.store.dirty != before:
            if redis.config.values["appendonly"] == "yes":
                redis.append(self.database, words)
            if name in ("lpush", "rpush") and redis.pushed is not None:
                waiting, redis.pushed = redis.pushed, None
                waiting.succeed()
        return reply

    def _blocking(self, name: str, words: list[bytes]) -> Any:
        redis = self.redis
        if len(words) < 2:
            return Error(f"ERR wrong number of arguments for '{name}' command")
        try:
            patience = float(words[-1])
        except ValueError:
            return Error("ERR timeout is not a float or out of range")
        until = redis.p.sim.now + patience if patience else 1e12
        while True:
            for key in words[:-1]:
                value = run(redis.store, [name[1:].encode(), key], self.database)
                if value is not None:
                    return value if isinstance(value, Error) else [key, value]
            left = until - redis.p.sim.now
            if left <= 0 or self.connection.incoming.closed:
                return None
            if redis.pushed is None:
                redis.pushed = redis.p.sim.event()
            events = redis.pushed
            yield events | redis.p.sim.timeout(left) if patience else events

    def _auth(self, *words: bytes) -> Reply:
        password = self.redis.config.values["requirepass"]
        if not password:
            return Error(
                "ERR AUTH <password> called without any password configured for the default user. "
                "Are you sure your configuration is correct?"
            )
        if not words or words[-1].decode(errors="replace") != password or (len(words) > 1 and words[0] != b"default"):
            return Error("WRONGPASS invalid username-password pair or user is disabled.")
        self.trusted = True
        return OK

    def _select(self, number: bytes = b"") -> Reply:
        if not number.isdigit():
            return Error("ERR invalid DB index")
        if int(number) > 15:
            return Error("ERR DB index is out of range")
        self.database = int(number)
        return OK

    def _quit(self, *_: bytes) -> Reply:
        self.ended = True
        return OK

    def _info(self, *sections: bytes) -> Reply:
        return self.redis.info(sections[0].decode(errors="replace").lower() if sections else "")

    def _save(self, *_: bytes) -> Reply:
        return OK if self.redis._save() else Error("ERR")

    def _bgsave(self, *_: bytes) -> Reply:
        self.redis._save()
        return Simple("Background saving started")

    def _lastsave(self) -> Reply:
        return self.redis.saved

    def _shutdown(self, *words: bytes) -> Reply:
        if b"NOSAVE" in [word.upper() for word in words]:
            self.redis.config.values["save"] = ""
        self.ended = True
        self.redis.p.signal(signals.TERM)
        return QUIT

    def _config(self, what: bytes = b"", *words: bytes) -> Reply:
        values = self.redis.config.values
        if what.upper() == b"GET" and words:
            patterns = [word.decode(errors="replace").lower() for word in words]
            return [
                part.encode()
                for name, value in values.items()
                if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
                for part in (name, value)
            ]
        if what.upper() == b"SET" and len(words) == 2:
            name = words[0].decode(errors="replace").lower()
            if name not in values:
                return Error(f"ERR Unknown option or number of arguments for CONFIG SET - '{name}'")
            values[name] = words[1].decode(errors="replace")
            return OK
        return Error("ERR unknown subcommand or wrong number of arguments for 'config'. Try CONFIG HELP.")

    def _command(self, *_: bytes) -> Reply:
        return []

    def _client(self, what: bytes = b"", *_: bytes) -> Reply:
        return [] if what.upper() == b"LIST" else OK

    def _hello(self, *_: bytes) -> Reply:
        return Error("NOPROTO unsupported protocol version")

    def _publish(self, channel: bytes = b"", message: bytes = b"") -> Reply:
        listeners = self.redis.subscribers.get(channel, [])
        for connection in listeners:
            connection.send_now(encode([b"message", channel, message]))
        return len(listeners)

    def _subscribe(self, *channels: bytes) -> Reply:
        for count, channel in enumerate(channels, 1):
            self.redis.subscribers.setdefault(channel, []).append(self.connection)
            if count < len(channels):
                self.connection.send_now(encode([b"subscribe", channel, count]))
        return [b"subscribe", channels[-1] if channels else b"", len(channels)]
