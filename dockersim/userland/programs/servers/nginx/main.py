"""The life of nginx: options, configuration, master and workers, signals, logs."""

from __future__ import annotations

from typing import Any

from dockersim.fs import Cred, FsError
from dockersim.userland import signals
from dockersim.userland.process import Interrupted, Process, Steps
from dockersim.userland.programs.servers.core import PortTaken, Server, log_file, stamp
from dockersim.userland.programs.servers.nginx.config import ConfigError, Directive, parse
from dockersim.userland.programs.servers.nginx.proxy import Upstreams
from dockersim.userland.programs.servers.nginx.site import Site

CONFIG = "/etc/nginx/nginx.conf"
PID = "/run/nginx.pid"
DEFAULT_VERSION = "1.27.3"
NOT_ROOT = (
    'the "user" directive makes sense only if the master process runs with super-user privileges, '
    "ignored in /etc/nginx/nginx.conf:2"
)
NO_LOG = 'open() "/var/log/nginx/error.log" failed (2: No such file or directory)'
SIGNALS = {"stop": signals.TERM, "quit": signals.QUIT, "reload": signals.HUP, "reopen": signals.USR1}


def nginx(p: Process) -> Steps:
    """``nginx [-g directives] [-c file] [-t|-T|-v|-V|-s signal]``."""
    options = _options(p)
    if isinstance(options, int):
        return options
    version = p.env.get("NGINX_VERSION", DEFAULT_VERSION)
    if "v" in options or "V" in options:
        p.err(f"nginx version: nginx/{version}\n")
        return 0
    path = options.get("c", CONFIG)
    if "s" in options:
        return _send(p, options["s"])
    try:
        config = parse(p, path)
        upstreams = _checked(p, config)
    except ConfigError as error:
        return _emergency(p, str(error), path if "t" in options or "T" in options else "")
    if "t" in options or "T" in options:
        p.err(f"nginx: the configuration file {path} syntax is ok\n")
        p.err(f"nginx: configuration file {path} test is successful\n")
        if "T" in options:
            p.out(f"# configuration file {path}:\n")
            p.out(p.read_file(path))
            p.out("\n")
        return 0
    if p.cred.uid:
        p.err(_line(p, "warn", NOT_ROOT))
    if "daemon off" not in options.get("g", "") and config.get("daemon") != ["off"]:
        return (yield from _daemon(p, config, upstreams, version, path))
    return (yield from Master(p, config, upstreams, version, path).run())


def _options(p: Process) -> dict[str, str] | int:
    found: dict[str, str] = {}
    words = p.argv[1:]
    while words:
        word = words.pop(0)
        if word[:1] != "-" or len(word) < 2:
            return _usage(p, f'invalid option: "{word}"')
        letter = word[1]
        if letter in "tTvVqh?":
            found |= dict.fromkeys(word[1:], "")
            continue
        if letter not in "gcsep":
            return _usage(p, f'invalid option: "{word[1:]}"')
        value = word[2:]
        if not value and not words:
            return _usage(p, f'option "-{letter}" requires {"directives" if letter == "g" else "file name"}')
        found[letter] = value or words.pop(0)
    if "s" in found and found["s"] not in SIGNALS:
        return _usage(p, f'invalid option: "-s {found["s"]}"')
    return found


def _usage(p: Process, message: str) -> int:
    p.err(f"nginx: {message}\n")
    return 1


def _line(p: Process, level: str, text: str) -> str:
    return f"{stamp(p, '%Y/%m/%d %H:%M:%S')} [{level}] {p.pid}#{p.pid}: {text}\n"


def _emergency(p: Process, message: str, tested: str = "") -> int:
    """A start that failed, told twice as nginx does: to the error log and to the caller."""
    try:
        fd = log_file(p, "/var/log/nginx/error.log")
        p.tell(fd, _line(p, "emerg", message))
    except FsError:
        p.err(f"nginx: [alert] could not open error log file: {NO_LOG}\n")
        p.err(_line(p, "emerg", message))
        if tested:
            p.err(f"nginx: configuration file {tested} test failed\n")
        return 1
    p.err(f"nginx: [emerg] {message}\n")
    if tested:
        p.err(f"nginx: configuration file {tested} test failed\n")
    return 1


def _send(p: Process, name: str) -> int:
    try:
        text = p.read_file(PID).decode().strip()
    except FsError as error:
        p.err(f'nginx: [error] open() "{PID}" failed ({error.number}: {error.strerror})\n')
        return 1
    if not text.isdigit():
        p.err(f'nginx: [error] invalid PID number "{text}" in "{PID}"\n')
        return 1
    p.err(_line(p, "notice", "signal process started"))
    try:
        p.kill(int(text), SIGNALS[name])
    except FsError as error:
        p.err(f"nginx: [alert] kill({text}, {SIGNALS[name]}) failed ({error.code}: {error.strerror})\n")
        return 1
    return 0


def _checked(p: Process, config: Directive) -> Upstreams:
    if next(config.find("events"), None) is None:
        raise ConfigError('no "events" section in configuration')
    http = next(config.find("http"), None)
    return Upstreams(p, http if http is not None else Directive(["http"], config.path, 0, []))


def _daemon(p: Process, config: Directive, upstreams: Upstreams, version: str, path: str) -> Steps:
    """``daemon on``: a child becomes the master and the caller gets its prompt back."""
    child = p.fork(lambda process: Master(process, config, upstreams, version, path).run(), group="new")
    yield from p.sleep(0.02)
    if child.status:
        return child.status
    p.children.remove(child)
    child.parent = p.computer.init if p.computer.init is not p else None
    if child.parent is not None:
        child.parent.children.append(child)
    return 0


class Master:
    """The master process."""

    def __init__(self, p: Process, config: Directive, upstreams: Upstreams, version: str, path: str) -> None:
        self.p = p
        self.config = config
        self.upstreams = upstreams
        upstreams.p = p
        self.version = version
        self.path = path
        self.server = Server(p)
        self.sites: list[Site] = []
        self.error_fd = 2
        self.level = "error"
        self.workers: list[Process] = []

    def run(self) -> Steps:
        with self.server:
            try:
                self._open_logs()
                self._listen()
            except ConfigError as error:
                return _emergency(self.p, str(error))
            except PortTaken as taken:
                return (yield from self._taken(taken.port))
            self.p.argv = [f"nginx: master process {' '.join(self.p.argv)}"]
            self._write_pid()
            self._greet()
            self._start_workers()
            number = yield from self.server.run(
                (signals.TERM, signals.INT, signals.QUIT),
                {signals.HUP: self._reload, signals.USR1: self._reopen, signals.WINCH: lambda: None},
            )
            yield from self._stop(number)
        return 0

    # ---- starting

    def _open_logs(self) -> None:
        words = self.config.get("error_log") or ["/var/log/nginx/error.log", "error"]
        self.level = words[1] if len(words) > 1 else "error"
        self.error_fd = self._open(words[0])
        for block in (self.http, *self.http.find("server")):
            for one in block.find("access_log"):
                self.upstreams.logs[one.words[0]] = self._open(one.words[0])

    def _open(self, path: str) -> int:
        if path in ("off", "stderr"):
            return 2
        try:
            return log_file(self.p, path)
        except FsError as error:
            raise ConfigError(f'open() "{path}" failed ({error.number}: {error.strerror})') from None

    @property
    def http(self) -> Directive:
        return next(self.config.find("http"), Directive(["http"], self.path, 0, []))

    def _listen(self) -> None:
        ports: dict[tuple[str, int], list[Directive]] = {}
        for server in self.http.find("server"):
            listens = list(server.find("listen"))
            addresses = {_address(one.words[0]) for one in listens if not one.words[0].startswith("unix:")}
            for address in addresses or {("0.0.0.0", 80)}:
                ports.setdefault(address, []).append(server)
        cred = self._worker_cred()
        for (host, port), servers in ports.items():
            site = Site(self.server, self.http, servers, self.version, cred, self.upstreams)
            site.error_fd = self.error_fd
            self.sites.append(site)
            self.server.http(port, site.handle, host)

    def _taken(self, port: int) -> Steps:
        for _ in range(5):
            yield from self._emergency(f"bind() to 0.0.0.0:{port} failed (98: Address already in use)")
            yield from self.p.sleep(0.5)
        yield from self._emergency("still could not bind()")
        return 1

    def _emergency(self, text: str) -> Steps:
        _emergency(self.p, text)
        yield from self.p.flush()

    def _worker_cred(self) -> Cred:
        words = self.config.get("user")
        if words is None or self.p.cred.uid:
            return self.p.cred
        try:
            passwd = self.p.read_file("/etc/passwd").decode(errors="replace")
        except FsError:
            return self.p.cred
        for line in passwd.splitlines():
            fields = line.split(":")
            if fields[0] == words[0] and len(fields) > 3 and fields[2].isdigit() and fields[3].isdigit():
                return Cred(int(fields[2]), int(fields[3]))
        return self.p.cred

    def _write_pid(self) -> None:
        path = (self.config.get("pid") or [PID])[0]
        try:
            self.p.write_file(path, f"{self.p.pid}\n".encode(), 0o644)
        except FsError:
            return

    def notice(self, text: str, pid: int = 0) -> None:
        if self.level in ("notice", "info", "debug"):
            number = pid or self.p.pid
            line = f"{stamp(self.p, '%Y/%m/%d %H:%M:%S')} [notice] {number}#{number}: {text}\n"
            self.server.log(line, self.error_fd)

    def _greet(self) -> None:
        for text in (
            'using the "epoll" event method',
            f"nginx/{self.version}",
            "built by gcc 12.2.0 (Debian 12.2.0-14) ",
            f"OS: Linux {self.p.computer.kernel.release}",
            "getrlimit(RLIMIT_NOFILE): 1048576:1048576",
        ):
            self.notice(text)

    def _start_workers(self) -> None:
        words = self.config.get("worker_processes") or ["1"]
        count = self.p.computer.kernel.cpus if words[0] == "auto" else int(words[0]) if words[0].isdigit() else 1
        self.notice("start worker processes")
        for _ in range(max(1, min(count, 64))):
            worker = self.p.fork(_work)
            worker.argv = ["nginx: worker process"]
            worker.cred = self._worker_cred()
            self.workers.append(worker)
            self.notice(f"start worker process {worker.pid}")
        for site in self.sites:
            site.worker = self.workers[0].pid

    # ---- signals

    def _reload(self) -> Steps:
        self.notice("signal 1 (SIGHUP) received from 0, reconfiguring")
        self.notice("reconfiguring")
        try:
            config = parse(self.p, self.path)
            upstreams = _checked(self.p, config)
        except ConfigError as error:
            self.server.log(_line(self.p, "emerg", str(error)), self.error_fd)
            return
        before, self.config, self.upstreams, self.sites = self.workers, config, upstreams, []
        self.server.close()
        self._open_logs()
        self._listen()
        self.workers = []
        self._start_workers()
        yield from self._end(before, signals.QUIT)

    def _reopen(self) -> None:
        self.notice("signal 10 (SIGUSR1) received, reopening logs")
        self.notice("reopening logs")
        self._open_logs()

    def _stop(self, number: int) -> Steps:
        way = "shutting down" if number == signals.QUIT else "exiting"
        self.notice(f"signal {number} ({signals.name_of(number)}) received, {way}")
        self.server.close()
        yield from self._end(self.workers, number)
        self.notice("exit")
        try:
            self.p.vfs.unlink((self.config.get("pid") or [PID])[0], cwd="/", cred=self.p.cred)
        except FsError:
            return

    def _end(self, workers: list[Process], number: int) -> Steps:
        for worker in workers:
            if number == signals.QUIT:
                self.notice("gracefully shutting down", worker.pid)
            self.notice("exiting", worker.pid)
            self.notice("exit", worker.pid)
            worker.signal(number)
        for worker in workers:
            status = yield from self.p.wait(worker)
            self.notice(f"signal 17 (SIGCHLD) received from {worker.pid}")
            self.notice(f"worker process {worker.pid} exited with code {status}")


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, ":", "80")
    if not colon:
        return ("0.0.0.0", int(text)) if text.isdigit() else (text, 80)
    return ("0.0.0.0" if host in ("*", "") else host), int(port)


def _work(p: Process) -> Any:
    """A worker: its master does the answering here, so it only waits for its end."""
    for number in (signals.TERM, signals.INT, signals.QUIT):
        p.handlers[number] = lambda _: None
    try:
        yield from p.block(p.sim.event(), interruptible=True)
    except Interrupted:
        return 0
    return 0
