"""The module ``redis``: a client that speaks to a server over the network."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.sim import ConnectFailed, WireCut
from dockersim.sim.failure import UNRESOLVED
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.making import module
from dockersim.userland.programs.languages.python.values import EXCEPTIONS, ExceptionClass, Native, Object, Raised
from dockersim.userland.programs.network.connect import find, join

REDIS_ERROR = ExceptionClass("redis.exceptions.RedisError", EXCEPTIONS["Exception"])
REDIS_CONNECTION = ExceptionClass("redis.exceptions.ConnectionError", REDIS_ERROR)


def redis() -> Object:
    """The module."""
    errors = module(
        "redis.exceptions",
        ConnectionError=REDIS_CONNECTION,
        RedisError=REDIS_ERROR,
        TimeoutError=ExceptionClass("redis.exceptions.TimeoutError", REDIS_ERROR),
    )

    def make(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Object:
        host = keywords.get("host", arguments[0] if arguments else "localhost")
        port = int(keywords.get("port", arguments[1] if len(arguments) > 1 else 6379))
        return RedisClient(host, port, bool(keywords.get("decode_responses")), keywords.get("password")).object()

    def from_url(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Object:
        place = str(arguments[0]).partition("://")[2].rpartition("@")[2].partition("/")[0]
        host, _, port = place.partition(":")
        return RedisClient(host, int(port or 6379), bool(keywords.get("decode_responses")), None).object()

    return module("redis", Redis=make, StrictRedis=make, from_url=from_url, exceptions=errors,
                  ConnectionError=REDIS_CONNECTION, RedisError=REDIS_ERROR)  # fmt: skip


class RedisClient:
    """A client of the ``redis`` module."""

    COMMANDS = (
        "ping get set incr incrby decr delete exists expire ttl keys lpush rpush lpop rpop lrange llen hset hget "
        "hgetall sadd smembers flushall dbsize append mget setex zincrby zrange"
    ).split()

    def __init__(self, host: str, port: int, decode: bool, password: Any) -> None:
        self.host = host
        self.port = port
        self.decode = decode
        self.password = password

    def object(self) -> Object:
        def method(name: str) -> Native:
            return Native(name, lambda one, arguments, keywords: self._command(one, name, arguments, keywords))

        return Object("redis.client.Redis", {name: method(name) for name in self.COMMANDS})

    def _command(
        self, one: Interpreter, name: str, arguments: list[Any], keywords: dict[str, Any]
    ) -> Generator[Any, Any, Any]:
        words: list[Any] = [{"delete": "DEL"}.get(name, name.upper()), *arguments]
        if name == "incr" and len(arguments) > 1:
            words[0] = "INCRBY"
        if name == "set" and keywords.get("ex"):
            words += ["EX", keywords["ex"]]
        if name == "hset" and isinstance(keywords.get("mapping"), dict):
            words += [part for pair in keywords["mapping"].items() for part in pair]
        data = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        reply = yield from one.do(self._exchange(one, data))
        return self._shaped(name, reply)

    def _exchange(self, one: Interpreter, words: list[bytes]) -> Generator[Any, Any, Any]:
        from dockersim.userland.programs.servers.redis.resp import Error, Parser, encode

        place = f"{self.host}:{self.port}"
        try:
            listener, link, peer = yield from find(one.p, self.host, self.port)
        except ConnectFailed as failed:
            if failed.kind == UNRESOLVED:
                raise Raised(REDIS_CONNECTION, f"Error -2 connecting to {place}. Name or service not known.") from None
            raise Raised(REDIS_CONNECTION, f"Error 111 connecting to {place}. Connection refused.") from None
        connection = join(one.p, listener, link, peer)
        parser = Parser()
        login = [[b"AUTH", str(self.password).encode()]] if self.password else []
        reply: Any = None
        for command in [*login, words]:
            connection.send_now(encode(list(command)))
            while (got := parser.next()) is None:
                try:
                    data = yield from connection.receive()
                except WireCut:
                    data = b""
                if not data:
                    raise Raised(REDIS_CONNECTION, "Connection closed by server.")
                parser.feed(data)
            reply = got[0]
            if isinstance(reply, Error):
                connection.close()
                raise Raised(ExceptionClass("redis.exceptions.ResponseError", REDIS_ERROR), str(reply))
        connection.close()
        return reply

    def _shaped(self, name: str, reply: Any) -> Any:
        if isinstance(reply, str):
            return True
        if isinstance(reply, bytes):
            return reply.decode(errors="replace") if self.decode else reply
        if isinstance(reply, list):
            items = [self._shaped("", item) for item in reply]
            if name == "hgetall":
                return dict(zip(items[::2], items[1::2], strict=True))
            return set(items) if name == "smembers" else items
        return reply
