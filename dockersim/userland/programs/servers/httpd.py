"""httpd: Apache's, and busybox's of the same name."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.sim import PortTaken
from dockersim.sim.plug import ANY6
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.servers import static
from dockersim.userland.programs.servers.core import Server, http_date, stamp
from dockersim.userland.programs.servers.files import Manner, answer
from dockersim.wire import Request, Response

DEFAULT_VERSION = "2.4.66"
CONFIGS = ("/usr/local/apache2/conf/httpd.conf", "/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf")
TITLES = {
    301: ("Moved Permanently", '<p>The document has moved <a href="{place}">here</a>.</p>'),
    400: ("Bad Request", "<p>Your browser sent a request that this server could not understand.<br />\n</p>"),
    403: ("Forbidden", "<p>You don't have permission to access this resource.</p>"),
    404: ("Not Found", "<p>The requested URL was not found on this server.</p>"),
    501: ("Not Implemented", "<p>The method is not supported for this URL.</p>"),
}


def httpd(p: Process) -> Steps:
    """Apache in the foreground, or busybox's small server."""
    if is_busybox(p):
        return (yield from _small(p))
    words = p.argv[1:]
    if "-v" in words or "-V" in words:
        p.out(f"Server version: Apache/{_version(p)} (Unix)\nServer built:   Dec  4 2025 00:00:00\n")
        return 0
    config = _config(p)
    if "-t" in words:
        p.err("Syntax OK\n")
        return 0
    with Server(p) as server:
        return (yield from Apache(server, config).run())


def apache2(p: Process) -> Steps:
    """The same server under Debian's name."""
    return (yield from httpd(p))


def apache2ctl(p: Process) -> Steps:
    return (yield from apachectl(p))


def apachectl(p: Process) -> Steps:
    """``apachectl -D FOREGROUND`` (or ``apache2ctl``)."""
    if any(word in ("FOREGROUND", "-DFOREGROUND") for word in p.argv[1:]):
        return (yield from httpd(p))
    return p.fail("only -D FOREGROUND is simulated")


def _version(p: Process) -> str:
    return p.env.get("HTTPD_VERSION", DEFAULT_VERSION)


def _config(p: Process) -> dict[str, str]:
    found = {"Listen": "80", "DocumentRoot": "", "ServerName": "", "DirectoryIndex": "index.html"}
    for path in CONFIGS:
        try:
            text = p.read_file(path).decode(errors="replace")
        except FsError:
            continue
        for name, value in re.findall(r"^\s*(\w+)\s+(.*?)\s*$", text, re.M):
            if name in found and (name != "Listen" or found[name] == "80"):
                found[name] = value.strip('"')
        break
    if not found["DocumentRoot"]:
        root = "/usr/local/apache2/htdocs"
        found["DocumentRoot"] = root if p.vfs.exists(root) else "/var/www/html"
    return found


class Apache:
    """One running server."""

    def __init__(self, server: Server, config: dict[str, str]) -> None:
        self.server = server
        self.p = server.p
        self.config = config

    def run(self) -> Steps:
        p = self.p
        if not self.config["ServerName"]:
            address = p.computer.net.addresses() if p.computer.net is not None else []
            line = (
                "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using "
                f"{address[0] if address else '127.0.0.1'}. Set the 'ServerName' directive globally to suppress this "
                "message\n"
            )
            p.err(line + line)
        text = self.config["Listen"].rsplit(":", 1)[-1].split()[0]
        port = int(text) if text.isdigit() else 80
        try:
            self.server.http(port, self.handle)
        except PortTaken:
            p.err(
                f"(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:{port}\n"
                "no listening sockets available, shutting down\nAH00015: Unable to open logs\n"
            )
            return 1
        for _ in range(3):
            worker = p.fork(_wait)
            worker.argv = list(p.argv)
        self.note("mpm_event", f"AH00489: Apache/{_version(p)} (Unix) configured -- resuming normal operations")
        self.note("core", f"AH00094: Command line: '{' '.join(['httpd', *_defines(p)])}'")
        number = yield from self.server.run((signals.TERM, signals.INT, signals.WINCH))
        if number == signals.WINCH:
            self.note("mpm_event", "AH00492: caught SIGWINCH, shutting down gracefully")
        else:
            self.note("mpm_event", f"AH00491: caught {signals.name_of(number)}, shutting down")
        for child in list(p.children):
            child.signal(signals.TERM)
        return 0

    def note(self, module: str, text: str) -> None:
        micros = self.p.sim.nanoseconds() // 1000 % 1_000_000
        at = f"{stamp(self.p, '%a %b %d %H:%M:%S')}.{micros:06d} {stamp(self.p, '%Y')}"
        self.server.log(f"[{at}] [{module}:notice] [pid {self.p.pid}:tid {self.p.pid}] {text}\n", 2)

    def handle(self, request: Request) -> Response:
        manner = Manner(
            tuple(self.config["DirectoryIndex"].split()),
            self._page,
            self._listing,
            self._common,
            lambda path: static.TYPES.get(static.extension(path), "text/plain"),
            "text/html; charset=iso-8859-1",
        )
        response = answer(self.p, self.config["DocumentRoot"], request, manner)
        size = len(response.body) if isinstance(response.body, bytes) else 0
        line = f"{request.method} {request.target} HTTP/1.1" if request.method else "-"
        at = stamp(self.p, "%d/%b/%Y:%H:%M:%S +0000")
        self.server.log(f'{request.peer} - - [{at}] "{line}" {response.status} {size or "-"}\n')
        return response

    def _common(self) -> dict[str, str]:
        return {"Date": http_date(self.p.sim.nanoseconds()), "Server": f"Apache/{_version(self.p)} (Unix)"}

    def _page(self, status: int, request: Request) -> bytes:
        title, text = TITLES[status]
        text = text.replace("{place}", f"http://{request.header('Host')}{request.path}/")
        return (
            '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
            f"<title>{status} {title}</title>\n</head><body>\n<h1>{title}</h1>\n{text}\n</body></html>\n"
        ).encode()

    def _listing(self, path: str, uri: str) -> bytes:
        names = [name for name in self.p.vfs.listdir(path, cwd="/", cred=self.p.cred) if not name.startswith(".")]
        if uri != "/":
            names.insert(0, "..")
        rows = []
        for name in names:
            slash = "/" if self.p.vfs.is_dir(path + name, cwd="/", cred=self.p.cred) else ""
            shown = "Parent Directory" if name == ".." else name + slash
            rows.append(
                f'<li><a href="{uri.rsplit("/", 2)[0] + "/" if name == ".." else name + slash}"> {shown}</a></li>\n'
            )
        return (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n'
            f"  <title>Index of {uri.rstrip('/')}</title>\n </head>\n <body>\n<h1>Index of {uri.rstrip('/')}</h1>\n"
            f"<ul>{''.join(rows)}</ul>\n</body></html>\n"
        ).encode()


def _defines(p: Process) -> list[str]:
    found = [word for word in p.argv[1:] if "FOREGROUND" in word]
    return ["-D FOREGROUND"] if found else []


def _wait(p: Process) -> Steps:
    yield from p.block(p.sim.event())
    return 0


# ---- busybox's


def _small(p: Process) -> Steps:
    options = parse(p, "fivp:u:r:m:h:c:e:d:")
    place = options.get("p", "80")
    address, _, port = place.rpartition(":")
    if not port.isdigit():
        return p.fail(f"bad port '{place}'")
    home = options.get("h", ".")
    try:
        root = p.vfs.realpath(home, cwd=p.cwd, cred=p.cred)
    except FsError as error:
        return p.fail(f"can't change directory to '{home}': {error.strerror}")
    if "f" in options or "i" in options:
        return (yield from _serve_small(p, int(port), address, root, "v" in options))
    p.fork(lambda child: _serve_small(child, int(port), address, root, False), group="new")
    yield from p.sleep(0.01)
    return 0


SMALL_ORDER = ("Date", "Connection", "Content-Type", "Location", "Accept-Ranges", "Last-Modified", "ETag")


def _in_small_order(headers: dict[str, str]) -> dict[str, str]:
    """The headers in the order and with the letters of busybox's server."""
    known = {name: headers[name] for name in SMALL_ORDER if name in headers}
    ordered = {**known, **{name: value for name, value in headers.items() if name not in known}}
    return {"Content-type" if name == "Content-Type" else name: value for name, value in ordered.items()}


def _serve_small(p: Process, port: int, address: str, root: str, verbose: bool) -> Steps:
    def page(status: int, request: Request) -> bytes:
        title = {301: "Moved Permanently", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}.get(
            status, "Not Implemented"
        )
        text = {404: "The requested URL was not found", 400: "Unsupported method"}.get(status, "")
        return (
            f"<HTML><HEAD><TITLE>{status} {title}</TITLE></HEAD>\n<BODY><H1>{status} {title}</H1>\n{text}\n"
            "</BODY></HTML>\n"
        ).encode()

    manner = Manner(
        ("index.html",),
        page,
        None,
        lambda: {"Date": http_date(p.sim.nanoseconds()), "Connection": "close"},
        lambda path: static.TYPES.get(static.extension(path), "application/octet-stream"),
        "text/html",
        404,
    )
    with Server(p) as server:

        def handle(request: Request) -> Response:
            response = answer(p, root, request, manner)
            response.headers = _in_small_order(response.headers)
            if verbose:
                peer = request.peer if address else f"[::ffff:{request.peer}]"
                if ":" in str(request.peer):
                    peer = f"[{request.peer}]"
                server.log(f"{peer}:{p.sim.rng.randrange(32768, 60999)}: response:{response.status}\n", 2)
            return response

        try:
            server.http(port, handle, address or ANY6)
        except PortTaken:
            return p.fail("bind: Address already in use")
        yield from p.block(p.sim.event())
    return 0


__all__ = ["apache2", "apache2ctl", "apachectl", "httpd"]
