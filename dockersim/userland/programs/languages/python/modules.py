"""The modules that tutorials import: a little of the standard library, ``redis`` and ``requests``."""

from __future__ import annotations

import json
import math
import posixpath
from collections.abc import Callable, Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed, WireCut
from dockersim.sim.net import UNRESOLVED
from dockersim.userland.process import Exited
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.values import (
    EXCEPTIONS,
    ExceptionClass,
    Native,
    Object,
    Raised,
    Unsimulated,
)
from dockersim.userland.programs.network.connect import find, join, request_over, resolve
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

VERSION = "3.13.11"
NEEDED = {"flask": "flask", "redis": "redis", "requests": "requests", "fastapi": "fastapi", "uvicorn": "uvicorn"}
"""Modules that must be installed, by the folder that they are in."""


def version_of(p: Any) -> str:
    """The interpreter's version, from the image's ``PYTHON_VERSION``."""
    return str(p.env.get("PYTHON_VERSION", VERSION))


def load(interpreter: Interpreter, name: str) -> Any:
    """The module ``name``."""
    if name in NEEDED and not _is_installed(interpreter, NEEDED[name]):
        raise Raised("ModuleNotFoundError", f"No module named '{name}'")
    make = MODULES.get(name)
    if make is not None:
        return make(interpreter)
    if name in ("flask", "fastapi", "uvicorn", "http"):
        from dockersim.userland.programs.languages.python import web

        return web.module(interpreter, name)
    path = f"{interpreter.p.cwd.rstrip('/')}/{name}.py"
    if interpreter.p.vfs.exists(path, cwd="/", cred=interpreter.p.cred):
        raise Unsimulated(f"importing {name}.py")
    if name in STANDARD or _is_installed(interpreter, name):
        raise Unsimulated(f"the module {name}")
    raise Raised("ModuleNotFoundError", f"No module named '{name}'")


STANDARD = frozenset(
    """re subprocess threading asyncio collections itertools functools pathlib logging argparse csv sqlite3 unittest
    typing dataclasses signal shutil string urllib struct hashlib base64 tempfile glob io copy enum uuid""".split()
)


def _is_installed(interpreter: Interpreter, name: str) -> bool:
    from dockersim.userland.programs.packages.pip import site_packages

    folder = site_packages(interpreter.p)
    return bool(interpreter.p.vfs.exists(f"{folder}/{name}", cwd="/", cred=interpreter.p.cred))


def module(title: str, /, **attributes: Any) -> Object:
    """A module of ours."""
    wrapped = {
        key: Native(key, value)
        if callable(value) and not isinstance(value, Native | Object | ExceptionClass)
        else value
        for key, value in attributes.items()
    }
    return Object("module", wrapped, title)


def plain(function: Callable[..., Any]) -> Callable[[Interpreter, list[Any], dict[str, Any]], Any]:
    """A function of values only."""

    def call(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            return function(*arguments, **keywords)
        except (TypeError, ValueError, OverflowError) as error:
            raise Raised("TypeError" if isinstance(error, TypeError) else "ValueError", str(error)) from None

    return call


def leave(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """``sys.exit``."""
    status = arguments[0] if arguments else 0
    if isinstance(status, str):
        interpreter.write(2, f"{status}\n")
        status = 1
    raise Exited(int(status or 0))


# ---- the standard library


def _sys(i: Interpreter) -> Object:
    def stream(fd: int) -> Object:
        def write(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> int:
            one.write(fd, str(arguments[0]))
            return len(arguments[0])

        def flush(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
            return one.p.flush() if one.foreground else None

        return Object("_io.TextIOWrapper", {"fd": fd, "write": Native("write", write), "flush": Native("flush", flush)})

    version = version_of(i.p)
    numbers = [int(part) if part.isdigit() else 0 for part in version.split(".")]
    info = Object("sys.version_info", {"major": numbers[0], "minor": numbers[1], "micro": numbers[-1],
                                       "__items__": dict(enumerate(numbers))})  # fmt: skip
    words = i.p.argv[1:]
    while words and words[0] in ("-u", "-B", "-O"):
        words.pop(0)
    if words[:1] == ["-c"]:
        words = ["-c", *words[2:]]
    return module(
        "sys",
        argv=words or [""],
        version=f"{version} (main, Dec  8 2025, 23:38:42) [GCC 14.2.0]",
        version_info=info,
        platform="linux",
        exit=leave,
        stdout=stream(1),
        stderr=stream(2),
        executable=i.p.argv[0],
        path=["", "/usr/local/lib/python3.13"],
        maxsize=(1 << 63) - 1,
    )


def _os(i: Interpreter) -> Object:
    p = i.p

    def guarded(act: Callable[[], Any], path: Any) -> Any:
        try:
            return act()
        except FsError as error:
            kind = {"ENOENT": "FileNotFoundError", "EACCES": "PermissionError"}.get(error.code, "OSError")
            raise Raised(kind, f"[Errno {error.number}] {error.strerror}: {path!r}") from None

    def at(name: str, path: Any = ".") -> Any:
        method = getattr(p.vfs, name)
        return guarded(lambda: method(str(path), cwd=p.cwd, cred=p.cred), path)

    path = module(
        "posixpath",
        join=plain(posixpath.join),
        basename=plain(posixpath.basename),
        dirname=plain(posixpath.dirname),
        exists=plain(lambda name: p.vfs.exists(name, cwd=p.cwd, cred=p.cred)),
        isdir=plain(lambda name: p.vfs.is_dir(name, cwd=p.cwd, cred=p.cred)),
        isfile=plain(
            lambda name: p.vfs.exists(name, cwd=p.cwd, cred=p.cred) and not p.vfs.is_dir(name, cwd=p.cwd, cred=p.cred)
        ),
        abspath=plain(lambda name: posixpath.normpath(posixpath.join(p.cwd, name))),
    )
    uname = Object(
        "posix.uname_result",
        {
            "sysname": "Linux",
            "nodename": p.computer.hostname,
            "release": p.computer.kernel.release,
            "machine": "x86_64",
        },
        f"posix.uname_result(sysname='Linux', nodename='{p.computer.hostname}', release='{p.computer.kernel.release}', "
        f"version='{p.computer.kernel.version}', machine='x86_64')",
    )
    environ = Object("os._Environ", {"__items__": p.env, "__iter__": list(p.env)}, f"environ({p.env!r})")
    environ.attributes |= {
        "get": Native("get", plain(lambda name, default=None: p.env.get(name, default))),
        "items": Native("items", plain(lambda: list(p.env.items()))),
        "keys": Native("keys", plain(lambda: list(p.env))),
    }
    return module(
        "os",
        path=path,
        environ=environ,
        getenv=plain(lambda name, default=None: p.env.get(name, default)),
        getpid=plain(lambda: p.pid),
        getppid=plain(lambda: p.ppid),
        getuid=plain(lambda: p.cred.uid),
        getgid=plain(lambda: p.cred.gid),
        getcwd=plain(lambda: p.cwd),
        listdir=plain(lambda name=".": at("listdir", name)),
        mkdir=plain(lambda name: at("mkdir", name)),
        makedirs=plain(lambda name, exist_ok=False: at("makedirs", name)),
        remove=plain(lambda name: at("unlink", name)),
        uname=plain(lambda: uname),
        cpu_count=plain(lambda: p.computer.kernel.cpus),
        name="posix",
        sep="/",
        linesep="\n",
    )


def _time(i: Interpreter) -> Object:
    def sleep(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if not isinstance(arguments[0], int | float) or arguments[0] < 0:
            raise Raised("ValueError", "sleep length must be non-negative")
        return one.sleep(float(arguments[0]))

    now = plain(i.p.sim.time)
    return module(
        "time",
        sleep=sleep,
        time=now,
        perf_counter=plain(lambda: i.p.sim.now),
        monotonic=plain(lambda: i.p.sim.now),
        ctime=plain(lambda: strftime("%a %b %e %H:%M:%S %Y", i.p.sim.nanoseconds())),
        strftime=plain(lambda form: strftime(form, i.p.sim.nanoseconds())),
    )


def _datetime(i: Interpreter) -> Object:
    def moment(*_: Any) -> Object:
        ns = i.p.sim.nanoseconds()
        micros = ns // 1000 % 1_000_000
        text = strftime("%Y-%m-%d %H:%M:%S", ns) + f".{micros:06d}"
        return Object(
            "datetime.datetime",
            {
                "strftime": Native("strftime", plain(lambda form: strftime(form, ns))),
                "isoformat": Native("isoformat", plain(lambda: text.replace(" ", "T"))),
                "year": int(text[:4]),
                "month": int(text[5:7]),
                "day": int(text[8:10]),
                "hour": int(text[11:13]),
                "minute": int(text[14:16]),
                "second": int(text[17:19]),
            },
            text,
        )

    kind = Object("type", {"now": Native("now", plain(moment)), "utcnow": Native("utcnow", plain(moment))})
    return module("datetime", datetime=kind)


def _socket(i: Interpreter) -> Object:
    def look(name: str) -> str:
        try:
            return resolve(i.p, name)
        except ConnectFailed:
            raise Raised("OSError", "[Errno -2] Name or service not known") from None

    return module(
        "socket",
        gethostname=plain(lambda: i.p.computer.hostname),
        gethostbyname=plain(
            lambda name: i.p.computer.net.addresses()[0] if name == i.p.computer.hostname else look(name)
        ),
    )


def _platform(i: Interpreter) -> Object:
    kernel = i.p.computer.kernel
    return module(
        "platform",
        python_version=plain(lambda: version_of(i.p)),
        system=plain(lambda: "Linux"),
        node=plain(lambda: i.p.computer.hostname),
        machine=plain(lambda: "x86_64"),
        release=plain(lambda: kernel.release),
        platform=plain(lambda: f"Linux-{kernel.release}-x86_64-with-glibc2.41"),
    )


def _random(i: Interpreter) -> Object:
    rng = i.p.sim.rng
    return module(
        "random",
        random=plain(rng.random),
        randint=plain(rng.randint),
        choice=plain(lambda items: rng.choice(list(items))),
        uniform=plain(rng.uniform),
        shuffle=plain(lambda items: rng.shuffle(items)),
        seed=plain(lambda *_: None),
    )


def _json(i: Interpreter) -> Object:
    def dumps(value: Any, indent: Any = None, sort_keys: bool = False) -> str:
        return json.dumps(value, indent=indent, sort_keys=sort_keys)

    return module("json", dumps=plain(dumps), loads=plain(lambda text: json.loads(text)))


def _math(i: Interpreter) -> Object:
    names = "sqrt floor ceil sin cos tan log log2 log10 exp".split()
    found = module("math", **{name: plain(getattr(math, name)) for name in names})
    found.attributes |= {"pi": math.pi, "e": math.e}
    return found


# ---- redis


REDIS_ERROR = ExceptionClass("redis.exceptions.RedisError", EXCEPTIONS["Exception"])
REDIS_CONNECTION = ExceptionClass("redis.exceptions.ConnectionError", REDIS_ERROR)


def _redis(i: Interpreter) -> Object:
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


# ---- requests


REQUESTS_ERROR = ExceptionClass("requests.exceptions.RequestException", EXCEPTIONS["OSError"])
REQUESTS_CONNECTION = ExceptionClass("requests.exceptions.ConnectionError", REQUESTS_ERROR)


def _requests(i: Interpreter) -> Object:
    def method(verb: str) -> Native:
        return Native(verb.lower(), lambda one, arguments, keywords: _fetch(one, verb, arguments, keywords))

    errors = module("requests.exceptions", ConnectionError=REQUESTS_CONNECTION, RequestException=REQUESTS_ERROR)
    found = module("requests", exceptions=errors, ConnectionError=REQUESTS_CONNECTION)
    found.attributes |= {verb.lower(): method(verb) for verb in ("GET", "POST", "PUT", "DELETE", "HEAD")}
    return found


def _fetch(one: Interpreter, verb: str, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, Object]:
    from dockersim.userland.programs.network.url import Failure, Url

    try:
        url = Url(str(arguments[0]))
    except Failure:
        raise Raised(REQUESTS_ERROR, f"Invalid URL {arguments[0]!r}") from None
    headers = {"Host": url.authority, "User-Agent": "python-requests/2.32.5", "Accept": "*/*"}
    body = b""
    if keywords.get("json") is not None:
        body = json.dumps(keywords["json"]).encode()
        headers["Content-Type"] = "application/json"
    elif keywords.get("data") is not None:
        body = str(keywords["data"]).encode()
    request = Request(verb, url.target, headers | dict(keywords.get("headers") or {}), body)
    try:
        response, data = yield from one.do(_exchange(one, url.host, url.port, request))
    except ConnectFailed as failed:
        words = f"HTTPConnectionPool(host='{url.host}', port={url.port}): Max retries exceeded with url: {url.target}"
        raise Raised(REQUESTS_CONNECTION, f"{words} (Caused by: {failed.kind})") from None
    except (WireCut, ProtocolError):
        raise Raised(REQUESTS_CONNECTION, "('Connection aborted.', RemoteDisconnected())") from None
    text = data.decode(errors="replace")
    return Object(
        "Response",
        {
            "status_code": response.status,
            "text": text,
            "content": data,
            "ok": response.status < 400,
            "headers": dict(response.headers),
            "json": Native("json", plain(lambda: json.loads(text))),
            "raise_for_status": Native("raise_for_status", lambda *_: None),
        },
        f"<Response [{response.status}]>",
    )


def _exchange(one: Interpreter, host: str, port: int, request: Request) -> Generator[Any, Any, tuple[Response, bytes]]:
    from dockersim.sim import exchange, read_all

    listener, link, peer = yield from find(one.p, host, port)
    request.peer = peer
    if listener.service is not None:
        response = yield from exchange(one.p.sim, one.p.computer.name, link, listener.service, request)
    else:
        response = yield from request_over(join(one.p, listener, link, peer), request)
    return response, (yield from read_all(response.body))


MODULES: dict[str, Callable[[Interpreter], Object]] = {
    "sys": _sys,
    "os": _os,
    "time": _time,
    "datetime": _datetime,
    "socket": _socket,
    "platform": _platform,
    "random": _random,
    "json": _json,
    "math": _math,
    "redis": _redis,
    "requests": _requests,
    "__future__": lambda i: module("__future__", annotations=None),
}

__all__ = ["leave", "load", "module", "plain", "version_of"]
