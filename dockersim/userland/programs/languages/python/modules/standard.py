"""A little of the standard library."""

from __future__ import annotations

import json
import math
import posixpath
from collections.abc import Callable
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.making import leave, module, plain, version_of
from dockersim.userland.programs.languages.python.values import Native, Object, Raised
from dockersim.userland.programs.network.connect import resolve


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


def _path(p: Process) -> Object:
    """``os.path``"""
    return module(
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


def _uname(p: Process) -> Object:
    return Object(
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


def _environ(p: Process) -> Object:
    environ = Object("os._Environ", {"__items__": p.env, "__iter__": list(p.env)}, f"environ({p.env!r})")
    environ.attributes |= {
        "get": Native("get", plain(lambda name, default=None: p.env.get(name, default))),
        "items": Native("items", plain(lambda: list(p.env.items()))),
        "keys": Native("keys", plain(lambda: list(p.env))),
    }
    return environ


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

    return module(
        "os",
        path=_path(p),
        environ=_environ(p),
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
        uname=plain(lambda: _uname(p)),
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
    "__future__": lambda i: module("__future__", annotations=None),
}
