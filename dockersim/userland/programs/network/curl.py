"""curl: one or more requests, with the words of curl 8 where something fails."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Generator
from typing import Any
from urllib.parse import quote, urljoin

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed, WireCut
from dockersim.sim.net import NO_ROUTE, REFUSED, RESET, TIMEOUT, UNREACHABLE, UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import FOREVER, TimedOut, body_of, call, http, http_at, resolve
from dockersim.wire import Request, Response
from dockersim.wire.http1 import ProtocolError

VERSION = "8.5.0"
CONNECT_TIMEOUT = 300.0

FLAGS = dict(
    line.split()
    for line in """s silent
S show-error
f fail
L location
i include
I head
v verbose
k insecure
O remote-name
J remote-header-name
G get
g globoff
N no-buffer
4 ipv4
6 ipv6
q disable
V version
h help
n netrc
a append
Z parallel
p proxytunnel""".splitlines()
)
VALUES = {
    "o": "output",
    "X": "request",
    "d": "data",
    "H": "header",
    "u": "user",
    "A": "user-agent",
    "e": "referer",
    "m": "max-time",
    "w": "write-out",
    "b": "cookie",
    "c": "cookie-jar",
    "F": "form",
    "T": "upload-file",
    "x": "proxy",
    "r": "range",
    "E": "cert",
    "C": "continue-at",
    "D": "dump-header",
    "K": "config",
    "y": "speed-time",
    "Y": "speed-limit",
}
LONG_FLAGS = frozenset(FLAGS.values()) | {
    "compressed",
    "http1.0",
    "http1.1",
    "http2",
    "create-dirs",
    "fail-with-body",
    "no-progress-meter",
    "retry-connrefused",
    "retry-all-errors",
    "tcp-nodelay",
    "location-trusted",
    "tlsv1.2",
    "ssl-reqd",
    "no-keepalive",
}
LONG_VALUES = frozenset(VALUES.values()) | {
    "connect-timeout",
    "retry",
    "retry-delay",
    "retry-max-time",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "json",
    "unix-socket",
    "url",
    "max-redirs",
    "resolve",
    "cacert",
    "key",
    "proto",
    "interface",
    "limit-rate",
    "output-dir",
    "noproxy",
    "oauth2-bearer",
}


CARRIES = ("data", "data-raw", "data-binary", "data-urlencode", "json", "form", "upload-file")
"""Options that give the request a body, be it empty."""


class Failure(Exception):
    """curl's exit code and its words after ``curl: (7) ``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Options:
    """The command line: flags by long name, values by long name in order, and the URLs."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.values: dict[str, list[str]] = {}
        self.urls: list[str] = []

    def has(self, name: str) -> bool:
        return name in self.flags

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, [default])[-1]

    def all(self, *names: str) -> list[tuple[str, str]]:
        return [(name, value) for name in names for value in self.values.get(name, [])]

    def seconds(self, name: str) -> float:
        try:
            return float(self.get(name)) if name in self.values else FOREVER
        except ValueError:
            return FOREVER


def curl(p: Process) -> Steps:
    """``curl [options...] <url>``: exit codes 2, 3, 6, 7, 22, 23, 26, 28, 47, 52, 56."""
    options = Options()
    complaint = _parse(p.argv[1:], options)
    if complaint:
        p.err(f"curl: {complaint}\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
        return 2
    if options.has("version"):
        p.out(f"curl {VERSION} (x86_64-pc-linux-gnu) libcurl/{VERSION} OpenSSL/3.0.13 zlib/1.3\n")
        p.out("Release-Date: 2023-12-06, security patched: 8.5.0-2ubuntu10.6\nProtocols: http https\n")
        return 0
    if options.has("help"):
        p.out("Usage: curl [options...] <url>\n -d, --data <data>           Send this in a POST\n")
        p.out(
            " -f, --fail                  No output for statuses from 400\n -I, --head                  Headers only\n"
        )
        p.out(" -o, --output <file>         Write to a file\n -s, --silent                No progress, no errors\n")
        return 0
    if not options.urls:
        p.err("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
        return 2
    status = 0
    for number, url in enumerate(options.urls):
        try:
            status = yield from _with_retries(p, options, url, number)
        except Failure as failure:
            if not options.has("silent") or options.has("show-error"):
                p.err(f"curl: ({failure.code}) {failure.message}\n")
            status = failure.code
    return status


def _parse(words: list[str], options: Options) -> str:
    words = list(words)
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            complaint = _long(word, words, options)
        elif word.startswith("-") and len(word) > 1:
            complaint = _short(word, words, options)
        else:
            options.urls.append(word)
            continue
        if complaint:
            return complaint
    options.urls += options.values.pop("url", [])
    return ""


def _long(word: str, words: list[str], options: Options) -> str:
    name = word[2:]
    if name in LONG_FLAGS:
        options.flags.add(name)
    elif name in LONG_VALUES:
        if not words:
            return f"option {word}: requires parameter"
        options.values.setdefault(name, []).append(words.pop(0))
    elif name.startswith("no-") and name[3:] in LONG_FLAGS:
        options.flags.discard(name[3:])
    else:
        return f"option {word}: is unknown"
    return ""


def _short(word: str, words: list[str], options: Options) -> str:
    for at, letter in enumerate(word[1:], 1):
        if letter in FLAGS:
            options.flags.add(FLAGS[letter])
        elif letter in VALUES:
            value = word[at + 1 :]
            if not value and not words:
                return f"option {word}: requires parameter"
            options.values.setdefault(VALUES[letter], []).append(value or words.pop(0))
            return ""
        else:
            return f"option {word}: is unknown"
    return ""


def _with_retries(p: Process, options: Options, url: str, number: int) -> Generator[Any, Any, int]:
    retries = int(options.get("retry", "0")) if options.get("retry", "0").isdigit() else 0
    pause = 1.0
    while True:
        try:
            return (yield from Transfer(p, options, url, number).run())
        except Failure as failure:
            again = failure.code in (28,) or (
                failure.code == 7 and (options.has("retry-connrefused") or options.has("retry-all-errors"))
            )
            again = again or (options.has("retry-all-errors") and failure.code in (6, 22, 52, 56))
            if not again or not retries:
                raise
            delay = options.seconds("retry-delay") if "retry-delay" in options.values else pause
            if not options.has("silent"):
                p.err(
                    f"Warning: Problem : {_problem(failure.code)}. Will retry in {delay:g} seconds. "
                    f"{retries} {'retries' if retries > 1 else 'retry'} left.\n"
                )
            yield from p.sleep(delay)
            pause = min(pause * 2, 600)
            retries -= 1


def _problem(code: int) -> str:
    return {28: "timeout", 7: "connection refused"}.get(code, "(retrying all errors)")


URL = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][\w+.-]*)://)?(?:(?P<user>[^@/]*)@)?(?P<host>[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<rest>[^#]*)"
)


class Url:
    """The parts of a URL that curl needs."""

    def __init__(self, text: str) -> None:
        found = URL.match(text)
        assert found is not None
        self.scheme = (found["scheme"] or "http").lower()
        self.user = found["user"] or ""
        self.host = found["host"]
        port = found["port"]
        if self.scheme not in ("http", "https"):
            raise Failure(1, f'Protocol "{self.scheme}" not supported or disabled in libcurl')
        if not self.host:
            raise Failure(3, "URL rejected: No host part in the URL")
        if port is not None and port != "" and not (port.isdigit() and int(port) < 65536):
            raise Failure(3, "URL rejected: Port number was not a decimal number between 0 and 65535")
        if " " in text:
            raise Failure(3, "URL rejected: Malformed input to a URL function")
        self.port = int(port) if port else 443 if self.scheme == "https" else 80
        rest = found["rest"] or "/"
        self.target = rest if rest.startswith("/") else "/" + rest
        standard = self.port == (443 if self.scheme == "https" else 80)
        self.authority = self.host if standard else f"{self.host}:{self.port}"
        self.text = f"{self.scheme}://{self.authority}{self.target}"


class Transfer:
    """One URL on the command line: the request, the redirects it leads to, and the output."""

    def __init__(self, p: Process, options: Options, url: str, number: int) -> None:
        self.p = p
        self.options = options
        self.url = Url(url)
        outputs = options.values.get("output", [])
        self.output = outputs[number] if number < len(outputs) else ""
        if options.has("remote-name") and not self.output:
            self.output = posixpath.basename(self.url.target.partition("?")[0])
            if not self.output:
                raise Failure(23, "Remote file name has no length")
        self.begun = p.sim.now
        self.size = 0
        self.redirects = 0
        self.connects = 0.0

    def run(self) -> Generator[Any, Any, int]:
        limit = self.options.seconds("max-time")
        response = yield from self._asked(limit)
        failing = response.status >= 400 and (self.options.has("fail") or self.options.has("fail-with-body"))
        if failing and not self.options.has("fail-with-body"):
            yield from self._write_out(response)
            raise Failure(22, f"The requested URL returned error: {response.status}")
        yield from self._store(response)
        yield from self._write_out(response)
        if failing:
            raise Failure(22, f"The requested URL returned error: {response.status}")
        return 0

    def _asked(self, limit: float) -> Generator[Any, Any, Response]:
        method, body = self._method()
        while True:
            request = self._request(method, body)
            response = yield from self._exchange(request, limit)
            if not (self.options.has("location") and response.status in (301, 302, 303, 307, 308)):
                return response
            location = response.headers.get("Location", "")
            if not location:
                return response
            if self.options.has("include") or self.options.has("head"):
                self.p.out(_head(response))
            self.redirects += 1
            if self.redirects > int(self.options.get("max-redirs", "50")):
                raise Failure(47, f"Maximum ({self.options.get('max-redirs', '50')}) redirects followed")
            if response.status in (301, 302, 303) and method == "POST" and "request" not in self.options.values:
                method, body = "GET", b""
            self.url = Url(urljoin(self.url.text, location))

    # ---- the request

    def _method(self) -> tuple[str, bytes]:
        body = self._data()
        method = "GET"
        if self.options.has("head"):
            method = "HEAD"
        elif self.options.has("get"):
            join = "&" if "?" in self.url.target else "?"
            self.url.target += join + (body or b"").decode() if body else ""
            body = None
        elif "upload-file" in self.options.values:
            method = "PUT"
        elif body is not None:
            method = "POST"
        return self.options.get("request", method), body or b""

    def _data(self) -> bytes | None:
        options, pieces = self.options, []
        for name, value in options.all("data", "data-raw", "data-binary", "data-urlencode", "json"):
            if name == "data-urlencode":
                key, equals, text = value.partition("=")
                pieces.append((f"{key}={quote(text, '')}" if equals and key else quote(text or key, "")).encode())
            elif value.startswith("@") and name != "data-raw":
                data = self._file(value[1:], 26, f"Failed to open {value[1:]}")
                pieces.append(data if name != "data" else data.replace(b"\n", b"").replace(b"\r", b""))
            else:
                pieces.append(value.encode())
        if "upload-file" in options.values:
            name = options.get("upload-file")
            return self._file(name, 26, f"Can't open '{name}'!")
        if "form" in options.values:
            return self._form()
        return b"&".join(pieces) if pieces else None

    def _file(self, name: str, code: int, message: str) -> bytes:
        try:
            return self.p.read_file(name)
        except FsError:
            raise Failure(code, message) from None

    BOUNDARY = "------------------------d74496d66958873e"

    def _form(self) -> bytes:
        parts = []
        for _, value in self.options.all("form"):
            key, _, text = value.partition("=")
            head = f'Content-Disposition: form-data; name="{key}"'
            data = text.encode()
            if text.startswith("@"):
                data = self._file(text[1:], 26, "Failed to open/read local data from file/application")
                head += f'; filename="{posixpath.basename(text[1:])}"\r\nContent-Type: application/octet-stream'
            parts.append(f"--{self.BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
        return b"".join(parts) + f"--{self.BOUNDARY}--\r\n".encode()

    def _request(self, method: str, body: bytes) -> Request:
        options = self.options
        headers = {"Host": self.url.authority}
        user = options.get("user") or self.url.user
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        headers |= {"User-Agent": options.get("user-agent", f"curl/{VERSION}"), "Accept": "*/*"}
        for option, header in (("referer", "Referer"), ("cookie", "Cookie")):
            if option in options.values:
                headers[header] = options.get(option)
        if "range" in options.values:
            headers["Range"] = f"bytes={options.get('range')}"
        if body or any(name in options.values for name in CARRIES):
            headers["Content-Length"] = str(len(body))
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if "json" in options.values:
                headers |= {"Content-Type": "application/json", "Accept": "application/json"}
            if "form" in options.values:
                headers["Content-Type"] = f"multipart/form-data; boundary={self.BOUNDARY}"
            if "upload-file" in options.values:
                del headers["Content-Type"]
        for _, line in options.all("header"):
            name, colon, value = line.partition(":")
            name = "-".join(part[:1].upper() + part[1:] for part in name.split("-"))
            if colon and not value.strip():
                headers.pop(name, None)
            elif colon:
                headers[name] = value.strip()
        return Request(method, self.url.target, headers, body)

    # ---- the exchange

    def _exchange(self, request: Request, limit: float) -> Generator[Any, Any, Response]:
        before = self.p.sim.now
        verbose = self.options.has("verbose")
        try:
            left = limit - (self.p.sim.now - self.begun)
            response = yield from call(self.p, self._ask(request), left)
        except ConnectFailed as failed:
            raise self._failure(failed, before) from None
        except TimedOut:
            raise self._timeout() from None
        except WireCut:
            raise Failure(56, "Recv failure: Connection reset by peer") from None
        except ProtocolError as error:
            raise self._malformed(str(error)) from None
        if verbose:
            self._narrate_response(response)
        return response

    def _ask(self, request: Request) -> Generator[Any, Any, Response]:
        """The exchange itself, told about when verbose."""
        verbose = self.options.has("verbose")
        path = self.options.get("unix-socket")
        if path:
            try:
                service = self.p.computer.unix_service(path, self.p.cwd, self.p.cred)
            except FsError:
                place = f"{self.url.host} port {self.url.port}"
                raise Failure(7, f"Failed to connect to {place} after 0 ms: Couldn't connect to server") from None
            if verbose:
                self.p.err(f"*   Trying {path}:0...\n* Connected to {self.url.host} ({path}) port 0\n")
                self._narrate_request(request)
            return (yield from http_at(self.p, service, request))
        host, port = self._place()
        if verbose:
            try:
                address = resolve(self.p, host)
                self.p.err(f"*   Trying {address}:{port}...\n")
            except ConnectFailed:
                address = host
        patience = (
            self.options.seconds("connect-timeout") if "connect-timeout" in self.options.values else CONNECT_TIMEOUT
        )
        response = yield from http(self.p, host, port, request, patience)
        if verbose:
            self.p.err(f"* Connected to {self.url.host} ({address}) port {port}\n")
            self._narrate_request(request)
        return response

    def _place(self) -> tuple[str, int]:
        for _, value in self.options.all("resolve"):
            host, port, address = [*value.split(":"), "", ""][:3]
            if (host, port) == (self.url.host, str(self.url.port)):
                return address, self.url.port
        return self.url.host, self.url.port

    def _failure(self, failed: ConnectFailed, before: float) -> Failure:
        host, port = self.url.host, self.url.port
        spent = max(0, round((self.p.sim.now - before) * 1000))
        if failed.kind == UNRESOLVED:
            if self.options.has("verbose"):
                self.p.err(f"* Could not resolve host: {host}\n* Closing connection\n")
            return Failure(6, f"Could not resolve host: {host}")
        if failed.kind == RESET:
            return Failure(56, "Recv failure: Connection reset by peer")
        if failed.kind == TIMEOUT and "connect-timeout" in self.options.values:
            return Failure(28, f"Failed to connect to {host} port {port} after {spent} ms: Timeout was reached")
        if failed.kind == TIMEOUT:
            return Failure(28, f"Failed to connect to {host} port {port} after {spent} ms: Couldn't connect to server")
        if self.options.has("verbose"):
            words = {REFUSED: "Connection refused", UNREACHABLE: "No route to host", NO_ROUTE: "Network is unreachable"}
            self.p.err(f"* connect to {host} port {port} failed: {words.get(failed.kind, 'Connection refused')}\n")
            self.p.err(
                f"* Failed to connect to {host} port {port} after {spent} ms: Couldn't connect to server\n"
                "* Closing connection\n"
            )
        return Failure(7, f"Failed to connect to {host} port {port} after {spent} ms: Couldn't connect to server")

    def _timeout(self) -> Failure:
        spent = round((self.p.sim.now - self.begun) * 1000)
        return Failure(28, f"Operation timed out after {spent} milliseconds with 0 bytes received")

    def _malformed(self, message: str) -> Failure:
        if message == "empty reply":
            return Failure(52, "Empty reply from server")
        if message.startswith("malformed start line"):
            return Failure(1, "Received HTTP/0.9 when not allowed")
        return Failure(56, "Recv failure: Connection reset by peer")

    def _narrate_request(self, request: Request) -> None:
        lines = [f"> {request.method} {request.target} HTTP/1.1\n"]
        lines += [f"> {name}: {value}\n" for name, value in request.headers.items()]
        self.p.err("".join(lines) + "> \n")

    def _narrate_response(self, response: Response) -> None:
        lines = _head(response).replace("\r\n", "\n").rstrip("\n").split("\n")
        self.p.err("".join(f"< {line}\n" for line in lines) + "< \n")

    # ---- the output

    def _store(self, response: Response) -> Steps:
        fd = self._target()
        progress = bool(self.output) and not self.options.has("silent") and not self.options.has("no-progress-meter")
        if self.options.has("include") or self.options.has("head"):
            yield from self._put(fd, _head(response).encode("latin-1", "replace"))
        if "dump-header" in self.options.values:
            target = self.options.get("dump-header")
            head = _head(response).encode("latin-1", "replace")
            if target == "-":
                yield from self._put(1, head)
            else:
                self.p.write_file(target, head)
        if not self.options.has("head"):
            yield from self._copy(fd, response)
        if progress:
            self._meter()
        if self.output and self.output != "-":
            self.p.close(fd)

    def _copy(self, fd: Any, response: Response) -> Steps:
        nominal = response.nominal
        while piece := (yield from self._piece(response)):
            self.size += len(piece)
            yield from self._put(fd, piece)
        if nominal is not None:
            self.size = nominal
            if self.output and self.output != "-":
                self.p.vfs.truncate(self.output, nominal, cwd=self.p.cwd, cred=self.p.cred)

    def _piece(self, response: Response) -> Generator[Any, Any, bytes]:
        left = self.options.seconds("max-time") - (self.p.sim.now - self.begun)
        try:
            if isinstance(response.body, bytes):
                return (yield from body_of(self.p, response))
            return (yield from call(self.p, response.body.receive(), left))
        except TimedOut:
            spent = round((self.p.sim.now - self.begun) * 1000)
            raise Failure(
                28, f"Operation timed out after {spent} milliseconds with {self.size} bytes received"
            ) from None
        except (WireCut, ProtocolError):
            raise Failure(18, "transfer closed with outstanding read data remaining") from None

    def _target(self) -> Any:
        if not self.output or self.output == "-":
            return 1
        if self.options.has("create-dirs"):
            self.p.vfs.makedirs(posixpath.dirname(self.output) or ".", cwd=self.p.cwd, cred=self.p.cred)
        if "output-dir" in self.options.values:
            self.output = posixpath.join(self.options.get("output-dir"), self.output)
        try:
            return self.p.open(self.output, "w")
        except FsError as error:
            if not self.options.has("silent"):
                self.p.err(f"Warning: Failed to open the file {self.output}: {error.strerror}\n")
            raise Failure(23, "Failure writing output to destination") from None

    def _put(self, fd: Any, data: bytes) -> Steps:
        yield from self.p.flush()
        yield from self.p.write(fd, data)

    def _meter(self) -> None:
        size = _amount(self.size)
        self.p.err("  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n")
        self.p.err("                                 Dload  Upload   Total   Spent    Left  Speed\n")
        spent = max(self.p.sim.now - self.begun, 1e-3)
        speed = _amount(int(self.size / spent))
        clock = f"{int(spent) // 3600}:{int(spent) // 60 % 60:02d}:{int(spent) % 60:02d}" if spent >= 1 else "--:--:--"
        self.p.err(
            f"\r100 {size:>5}  100 {size:>5}    0     0  {speed:>5}      0 {clock if spent >= 1 else '--:--:--':>8}"
            f" {clock:>8} --:--:-- {speed:>5}\n"
        )

    def _write_out(self, response: Response) -> Steps:
        form = self.options.get("write-out")
        if not form:
            return
        spent = self.p.sim.now - self.begun
        values = {
            "http_code": f"{response.status:03d}",
            "response_code": f"{response.status:03d}",
            "content_type": response.headers.get("Content-Type", ""),
            "size_download": str(self.size),
            "time_total": f"{spent:.6f}",
            "time_connect": f"{spent / 2:.6f}",
            "url_effective": self.url.text,
            "num_redirects": str(self.redirects),
            "redirect_url": response.headers.get("Location", ""),
            "remote_ip": self.url.host,
            "errormsg": "",
            "exitcode": "0",
        }
        text = re.sub(r"%\{(\w+)\}", lambda found: values.get(found[1], ""), form)
        text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("%%", "%")
        yield from self._put(1, text.encode())


def _head(response: Response) -> str:
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return "".join(line + "\r\n" for line in lines) + "\r\n"


def _amount(size: int) -> str:
    if size < 100_000:
        return str(size)
    for unit, power in (("k", 10), ("M", 20), ("G", 30)):
        value = size / (1 << power)
        if value < 10_000:
            return f"{value:.1f}{unit}" if value < 100 and unit != "k" else f"{int(value)}{unit}"
    return f"{size >> 40}T"
