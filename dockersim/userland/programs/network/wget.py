"""wget, as GNU and busybox have it."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Generator
from typing import Any
from urllib.parse import urljoin

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed, WireCut
from dockersim.sim.address import bracketed
from dockersim.sim.failure import RESET, TIMEOUT, UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import (
    FOREVER,
    TimedOut,
    body_of,
    call,
    http,
    resolve,
    strerror,
    unresolved,
)
from dockersim.userland.programs.network.url import BadUrl, Failure, Url
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.servers.core import stamp
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

LONG = (
    "quiet=q output-document:=O server-response=S spider timeout:=T tries:=t no-check-certificate header: "
    "post-data: user-agent:=U continue=c directory-prefix:=P no-verbose=nv method: body-data: "
    "connect-timeout:=T progress: show-progress max-redirect: user: password: retry-connrefused waitretry: no-cache"
)
REDIRECTS = (301, 302, 303, 307, 308)


class WgetFailed(Exception):
    """Ends with this status; what there was to say has been said."""


def wget(p: Process) -> Steps:
    """``wget [-q] [-O file] [-S] [--spider] [-T seconds] url...``."""
    options = parse(p, "qO:ST:t:U:cP:Y:n:r", LONG, status=2 if not is_busybox(p) else 1)
    if not options.operands:
        p.err("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\n" if not is_busybox(p) else "wget: missing URL\n")
        if not is_busybox(p):
            p.err("Try `wget --help' for more options.\n")
        return 1
    status = 0
    for url in options.operands:
        try:
            run = Busybox(p, options, url) if is_busybox(p) else Gnu(p, options, url)
            yield from run.run()
        except WgetFailed as failed:
            status = status or int(failed.args[0])
        except BadUrl as bad:
            status = _refused(p, url, bad)
        except Failure as failure:
            status = p.fail(failure.message)
    return status


def _refused(p: Process, url: str, bad: BadUrl) -> int:
    if is_busybox(p):
        words = {"scheme": f"not an http or ftp url: {url}", "port": f"bad port '{bad.part}'"}
        return p.fail(words.get(bad.kind, f"bad address '{bad.part}'"))
    words = {"scheme": f"Unsupported scheme ‘{bad.part}’.", "port": "Bad port number."}
    p.err(f"{url}: {words.get(bad.kind, 'Invalid host name.')}\n")
    return 1


class Wget:
    """What both have in common: the exchange with its redirects, and where the bytes go."""

    def __init__(self, p: Process, options: Options, url: str) -> None:
        self.p = p
        self.options = options
        self.shown = url if "://" in url else f"http://{url}"
        self.url = Url(url)
        self.quiet = "q" in options
        self.size = 0
        self.begun = p.sim.now

    def say(self, text: str) -> None:
        if not self.quiet:
            self.p.err(text)

    def patience(self) -> float:
        try:
            return float(self.options.get("T", "900"))
        except ValueError:
            return FOREVER

    def request(self) -> Request:
        method = "HEAD" if "spider" in self.options else "GET"
        default = "Wget" if is_busybox(self.p) else "Wget/1.21.4"
        headers = {"Host": self.url.authority, "User-Agent": self.options.get("U", default)}
        if is_busybox(self.p):
            headers["Connection"] = "close"
        else:
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "Keep-Alive"}
        user = self.options.get("user") or self.url.user
        if user:
            login = user if ":" in user else f"{user}:{self.options.get('password')}"
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        body = (self.options.get("post-data") or self.options.get("body-data")).encode()
        if body:
            method = "POST"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        for line in self.options.all("header"):
            name, _, value = line.partition(":")
            headers[name.strip()] = value.strip()
        return Request(self.options.get("method", method), self.url.target, headers, body)

    def target(self) -> str:
        """The file to write; ``-`` for standard output."""
        if "O" in self.options:
            return self.options.get("O")
        name = posixpath.basename(self.url.target.partition("?")[0]) or "index.html"
        if "P" in self.options:
            directory = self.options.get("P")
            self.p.vfs.makedirs(directory, cwd=self.p.cwd, cred=self.p.cred)
            name = posixpath.join(directory, name)
        return name

    def exchange(self) -> Generator[Any, Any, Response]:
        limit = self.patience()
        steps = http(self.p, self.url.host, self.url.port, self.request(), limit)
        return (yield from call(self.p, steps, limit))

    def copy(self, response: Response, target: str) -> Steps:
        fd: Any = 1 if target == "-" else self.p.open(target, "w")
        yield from self.p.flush()
        while piece := (yield from body_of(self.p, response)):
            self.size += len(piece)
            yield from self.p.write(fd, piece)
        if response.nominal is not None and target != "-":
            self.size = response.nominal
            self.p.vfs.truncate(target, response.nominal, cwd=self.p.cwd, cred=self.p.cred)
        if target != "-":
            self.p.close(fd)


class Busybox(Wget):
    """busybox's words."""

    def fail(self, message: str) -> WgetFailed:
        self.p.fail(message)
        return WgetFailed(1)

    def run(self) -> Steps:
        for _ in range(20):
            response = yield from self._ask()
            if response.status in REDIRECTS and "Location" in response.headers:
                self.url = Url(urljoin(self.url.text, response.headers["Location"]))
                continue
            break
        else:
            raise self.fail("too many redirections")
        if response.status >= 400:
            raise self.fail(f"server returned error: HTTP/1.1 {response.status} {response.reason}")
        if "spider" in self.options:
            self.say("remote file exists\n")
            return
        yield from self._save(response)

    def _ask(self) -> Generator[Any, Any, Response]:
        try:
            address = resolve(self.p, self.url.host)
            shown = bracketed(address)
            self.say(f"Connecting to {self.url.shown_host} ({shown}:{self.url.port})\n")
            response = yield from self.exchange()
        except ConnectFailed as failed:
            if failed.kind == UNRESOLVED:
                raise self.fail(f"bad address '{self.url.host}'") from None
            if failed.kind == TIMEOUT and "T" in self.options:
                raise self.fail("download timed out") from None
            if failed.kind == RESET:
                raise self.fail("error getting response: Connection reset by peer") from None
            where = "" if ":" in address else f" ({address})"
            raise self.fail(f"can't connect to remote host{where}: {strerror(self.p, failed.kind)}") from None
        except TimedOut:
            raise self.fail("download timed out") from None
        except (WireCut, ProtocolError):
            raise self.fail("error getting response") from None
        if "S" in self.options:
            self.p.err(f"  HTTP/1.1 {response.status} {response.reason}\n")
            self.p.err("".join(f"  {name}: {value}\n" for name, value in response.headers.items()) + "  \n")
        return response

    def _save(self, response: Response) -> Steps:
        target = self.target()
        if target != "-" and "O" not in self.options and self.p.vfs.exists(target, cwd=self.p.cwd, cred=self.p.cred):
            raise self.fail(f"can't open '{target}': File exists")
        self.say("writing to stdout\n" if target == "-" else f"saving to '{target}'\n")
        try:
            yield from self.copy(response, target)
        except FsError as error:
            raise self.fail(f"can't open '{target}': {error.strerror}") from None
        name = posixpath.basename(target)[:20]
        self.say(f"\r{name:<20} 100% |{'*' * 32}| {_short(self.size):>5}  0:00:00 ETA\n")
        self.say("written to stdout\n" if target == "-" else f"'{target}' saved\n")


def _short(size: int) -> str:
    if size < 100_000:
        return str(size)
    for unit, power in (("k", 10), ("M", 20), ("G", 30)):
        value = size / (1 << power)
        if value < 9999:
            return f"{value:.1f}{unit}" if value < 100 else f"{int(value)}{unit}"
    return f"{size >> 40}T"


class Gnu(Wget):
    """GNU's words."""

    def run(self) -> Steps:
        if "spider" in self.options:
            self.say("Spider mode enabled. Check if remote file exists.\n")
        tries = int(self.options.get("t", "1")) if self.options.get("t", "1").isdigit() else 1
        for _ in range(20):
            self.say(f"--{stamp(self.p, '%Y-%m-%d %H:%M:%S')}--  {self.shown}\n")
            response = yield from self._ask(max(1, tries))
            if response.status not in REDIRECTS or "Location" not in response.headers:
                break
            self.shown = urljoin(self.url.text, response.headers["Location"])
            self.say(f"Location: {response.headers['Location']} [following]\n")
            self.url = Url(self.shown)
        if response.status >= 400:
            if "spider" in self.options:
                self.say("Remote file does not exist -- broken link!!!\n\n")
            else:
                self.say(f"{stamp(self.p, '%Y-%m-%d %H:%M:%S')} ERROR {response.status}: {response.reason}.\n\n")
            raise WgetFailed(8)
        self._length(response)
        if "spider" in self.options:
            self.say("Remote file exists.\n\n")
            return
        yield from self._save(response)

    def _ask(self, tries: int) -> Generator[Any, Any, Response]:
        host, port = self.url.shown_host, self.url.port
        try:
            address = resolve(self.p, self.url.host)
        except ConnectFailed:
            self.say(f"Resolving {host} ({host})... ")
            self.say(f"failed: {unresolved(self.p)}.\n")
            self.p.err(f"wget: unable to resolve host address '{host}'\n")
            raise WgetFailed(4) from None
        named = address != self.url.host
        if named:
            self.say(f"Resolving {host} ({host})... {address}\n")
        self.say(
            f"Connecting to {host} ({host})|{address}|:{port}... " if named else f"Connecting to {host}:{port}... "
        )
        for left in range(tries, 0, -1):
            try:
                response = yield from self.exchange()
                break
            except (ConnectFailed, TimedOut) as failed:
                kind = failed.kind if isinstance(failed, ConnectFailed) else TIMEOUT
                self.say(f"failed: {strerror(self.p, kind)}.\n")
                if left == 1 or kind not in (TIMEOUT,):
                    raise WgetFailed(4) from None
                self.say("Retrying.\n\n")
            except (WireCut, ProtocolError):
                self.say("connected.\nHTTP request sent, awaiting response... No data received.\nGiving up.\n\n")
                raise WgetFailed(4) from None
        self.say("connected.\nHTTP request sent, awaiting response... ")
        if "S" in self.options:
            self.say("\n" + f"  HTTP/1.1 {response.status} {response.reason}\n")
            self.say("".join(f"  {name}: {value}\n" for name, value in response.headers.items()))
        else:
            self.say(f"{response.status} {response.reason}\n")
        return response

    def _length(self, response: Response) -> None:
        length = response.headers.get("Content-Length", "")
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if length.isdigit():
            big = f" ({_gnu_size(int(length))})" if int(length) >= 1024 else ""
            self.say(f"Length: {length}{big}{f' [{kind}]' if kind else ''}\n")
        else:
            self.say(f"Length: unspecified{f' [{kind}]' if kind else ''}\n")

    def _save(self, response: Response) -> Steps:
        target = self.target()
        files = self.p.vfs
        if target != "-" and "O" not in self.options:
            base, number = target, 0
            while files.exists(target, cwd=self.p.cwd, cred=self.p.cred):
                number += 1
                target = f"{base}.{number}"
        self.say(f"Saving to: '{'STDOUT' if target == '-' else target}'\n\n")
        try:
            yield from self.copy(response, target)
        except FsError as error:
            self.p.err(f"{target}: {error.strerror}\n\nCannot write to '{target}' ({error.strerror}).\n")
            raise WgetFailed(3) from None
        spent = max(self.p.sim.now - self.begun, 1e-3)
        rate = _rate(self.size / spent)
        dots = "." * min(50, max(0, self.size // 1024 + (1 if self.size % 1024 else 0)))
        grouped = " ".join(dots[at : at + 10] for at in range(0, 50, 10))
        self.say(f"     0K {grouped:<54} 100% {rate[0]}={spent:.1g}s\n\n")
        where = "written to stdout" if target == "-" else f"'{target}' saved"
        self.say(f"{stamp(self.p, '%Y-%m-%d %H:%M:%S')} ({rate[1]}) - {where} [{self.size}/{self.size}]\n\n")


def _gnu_size(size: int) -> str:
    value = float(size)
    for unit in "KMG":
        value /= 1024
        if value < 1024:
            return f"{value:.1f}{unit}" if value < 10 else f"{value:.0f}{unit}"
    return f"{value / 1024:.1f}T"


def _rate(speed: float) -> tuple[str, str]:
    for unit, power in (("G", 30), ("M", 20), ("K", 10)):
        if speed >= 1 << power:
            value = speed / (1 << power)
            text = f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
            return f"{text}{unit}", f"{text} {unit}B/s"
    return f"{speed:.0f}", f"{speed:.0f} B/s"
