"""What nginx answers: the choice of server and location, files, redirects, returns and error pages."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any
from urllib.parse import quote

from dockersim.fs import Cred, FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import strftime
from dockersim.userland.programs.servers import static
from dockersim.userland.programs.servers.core import Server, http_date
from dockersim.userland.programs.servers.nginx.config import Directive
from dockersim.userland.programs.servers.nginx.proxy import Upstreams, forward
from dockersim.wire import Request, Response

REASONS = {
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Authorization Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Not Allowed",
    413: "Request Entity Too Large",
    416: "Requested Range Not Satisfiable",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
VARIABLE = re.compile(r"\$\{?(\w+)\}?")
ERRORS = {"ENOENT": 404, "ENOTDIR": 404, "ENAMETOOLONG": 404, "EACCES": 403}


class Stop(Exception):
    """The answer is this status; ``location`` where it redirects."""

    def __init__(self, status: int, location: str = "", body: str | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.location = location
        self.body = body


class Site:
    """The ``http`` block at work, for one port."""

    def __init__(
        self, server: Server, http: Directive, servers: list[Directive], version: str, cred: Cred, upstreams: Upstreams
    ) -> None:
        self.server = server
        self.p: Process = server.p
        self.http = http
        self.servers = servers
        self.version = version
        self.cred = cred
        self.upstreams = upstreams
        self.worker = self.p.pid
        self.count = 0
        self.error_fd = 2

    # ---- one request

    def handle(self, request: Request) -> Generator[Any, Any, Response]:
        self.count += 1
        chosen = self._choose(request)
        visit = Visit(self, chosen, request)
        response = yield from visit.answer()
        headers = {"Server": f"nginx/{self.version}", "Date": http_date(self.p.sim.nanoseconds())}
        if visit.setting("server_tokens") == ["off"]:
            headers["Server"] = "nginx"
        headers |= response.headers
        for one in visit.inherited("add_header"):
            always = one[-1] == "always"
            if always or response.status in (200, 201, 204, 206, 301, 302, 303, 304, 307, 308):
                headers[one[0]] = visit.expand(one[1])
        response.headers = headers
        visit.log(response)
        return response

    def _choose(self, request: Request) -> Directive:
        host = request.header("Host").rsplit(":", 1)[0].lower()
        for server in self.servers:
            if any(_names(name, host) for one in server.find("server_name") for name in one.words):
                return server
        for server in self.servers:
            if any("default_server" in one.words for one in server.find("listen")):
                return server
        return self.servers[0]

    def error(self, visit: Visit, level: str, text: str) -> None:
        """A line of the error log."""
        request = visit.request
        line = (
            f"{strftime('%Y/%m/%d %H:%M:%S', self.p.sim.nanoseconds())} [{level}] {self.worker}#{self.worker}: "
            f"*{self.count} {text}, client: {request.peer}, server: {visit.server_name}, "
            f'request: "{request.method} {request.target} HTTP/1.1"'
        )
        upstream = f', upstream: "{visit.upstream}"' if visit.upstream else ""
        self.server.log(f'{line}{upstream}, host: "{request.header("Host")}"\n', self.error_fd)


def _names(name: str, host: str) -> bool:
    if name.startswith("~"):
        return re.search(name[1:], host) is not None
    if name.startswith("*."):
        return host.endswith(name[1:])
    if name.endswith(".*"):
        return host.startswith(name[:-1])
    return name.lower() == host or (name.startswith(".") and (host == name[1:] or host.endswith(name)))


def page(status: int, version: str) -> bytes:
    """nginx's own page for a status."""
    title = f"{status} {REASONS.get(status, '')}".strip()
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        f"<hr><center>nginx/{version}</center>\r\n</body>\r\n</html>\r\n"
    ).encode()


class Visit:
    """One request in one server block."""

    def __init__(self, site: Site, server: Directive, request: Request) -> None:
        self.site = site
        self.server = server
        self.request = request
        self.uri = static.clean_path(request.target) or ""
        self.location: Directive | None = None
        self.variables: dict[str, str] = {}
        self.upstream = ""
        self.sent = 0

    @property
    def server_name(self) -> str:
        return (self.server.get("server_name") or [""])[0]

    def setting(self, name: str) -> list[str] | None:
        """A directive's words, from the innermost block that has it."""
        for block in (self.location, self.server, self.site.http):
            if block is not None and (words := block.get(name)) is not None:
                return words
        return None

    def inherited(self, name: str) -> list[list[str]]:
        """All of a repeated directive, from the innermost block that has any."""
        for block in (self.location, self.server, self.site.http):
            if block is not None and (found := [one.words for one in block.find(name)]):
                return found
        return []

    # ---- answering

    def answer(self) -> Generator[Any, Any, Response]:
        if not self.request.method:
            return self._plain(400)
        try:
            if not self.uri:
                raise Stop(400)
            return (yield from self._serve(0))
        except Stop as stop:
            return (yield from self._stopped(stop))

    def _stopped(self, stop: Stop) -> Generator[Any, Any, Response]:
        for words in self.inherited("error_page"):
            if str(stop.status) in words[:-1]:
                self.uri = words[-1]
                status = next((int(word[1:]) for word in words if word[:1] == "=" and word[1:].isdigit()), stop.status)
                try:
                    response = yield from self._serve(1)
                    response.status = status
                    response.headers.pop("Accept-Ranges", None)
                    return response
                except Stop:
                    break
        if stop.body is not None:
            kind = (self.setting("default_type") or ["text/plain"])[0]
            return self._with(stop.status, kind, stop.body.encode())
        return self._plain(stop.status, stop.location)

    def _plain(self, status: int, location: str = "") -> Response:
        if status in (204, 304):
            return Response(status, {"Connection": "keep-alive"})
        response = self._with(status, "text/html", page(status, self.site.version))
        if location:
            response.headers = {
                "Content-Type": "text/html",
                "Content-Length": response.headers["Content-Length"],
                "Location": location,
                "Connection": "keep-alive",
            }
        return response

    def _with(self, status: int, kind: str, body: bytes) -> Response:
        keep = "close" if status == 400 and not self.request.method else "keep-alive"
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": keep}
        return Response(status, headers, b"" if self.request.method == "HEAD" else body)

    def _serve(self, depth: int) -> Generator[Any, Any, Response]:
        """Answer for ``self.uri``; each internal redirect is one deeper."""
        if depth > 10:
            self.site.error(self, "error", "rewrite or internal redirection cycle")
            raise Stop(500)
        self.location = self._locate()
        self._returns(self.server)
        if self.location is not None:
            self._rewrites(self.location)
            self._returns(self.location)
            if any(one.words == ["all"] for one in self.location.find("deny")):
                self.site.error(self, "error", "access forbidden by rule")
                raise Stop(403)
            if (target := self.location.get("proxy_pass")) is not None:
                return (yield from forward(self, target[0]))
            if self.location.get("fastcgi_pass") is not None:
                self.site.error(
                    self, "error", "connect() failed (111: Connection refused) while connecting to upstream"
                )
                raise Stop(502)
            if next(self.location.find("stub_status"), None) is not None:
                return self._with(200, "text/plain", self._status())
        if self.request.method not in ("GET", "HEAD"):
            raise Stop(405)
        return (yield from self._files(depth))

    def _status(self) -> bytes:
        n = self.site.count
        return (
            f"Active connections: 1 \nserver accepts handled requests\n {n} {n} {n} \n"
            "Reading: 0 Writing: 1 Waiting: 0 \n"
        ).encode()

    def _locate(self) -> Directive | None:
        best: Directive | None = None
        length = -1
        locations = list(self.server.find("location"))
        for one in locations:
            kind, path = one.words if len(one.words) == 2 else ("", one.words[0])
            if kind == "=" and path == self.uri:
                return one
            if kind in ("", "^~") and self.uri.startswith(path) and len(path) > length:
                best, length = one, len(path)
        if best is not None and best.words[0] == "^~":
            return best
        for one in locations:
            if len(one.words) == 2 and one.words[0] in ("~", "~*"):
                found = re.search(one.words[1], self.uri, re.IGNORECASE if one.words[0] == "~*" else 0)
                if found:
                    self.variables |= {str(n): text or "" for n, text in enumerate(found.groups(), 1)}
                    return one
        return best

    def _returns(self, block: Directive) -> None:
        for one in block.block or ():
            if one.name == "set" and len(one.words) == 2:
                self.variables[one.words[0].lstrip("$")] = self.expand(one.words[1])
        words = block.get("return")
        if words is None:
            return
        if not words[0].isdigit():
            raise Stop(302, self._absolute(self.expand(words[0])))
        status = int(words[0])
        rest = self.expand(words[1]) if len(words) > 1 else None
        if status in (301, 302, 303, 307, 308):
            raise Stop(status, self._absolute(rest or ""))
        raise Stop(status, body=rest)

    def _rewrites(self, block: Directive) -> None:
        for one in block.find("rewrite"):
            found = re.search(one.words[0], self.uri)
            if not found:
                continue
            self.variables |= {str(n): text or "" for n, text in enumerate(found.groups(), 1)}
            target = self.expand(one.words[1])
            flag = one.words[2] if len(one.words) > 2 else ""
            if flag in ("redirect", "permanent") or target.startswith(("http://", "https://")):
                raise Stop(301 if flag == "permanent" else 302, self._absolute(target))
            self.uri = target
            if flag != "break":
                self.location = self._locate()
            return

    def _absolute(self, target: str) -> str:
        if not target.startswith("/") or self.setting("absolute_redirect") == ["off"]:
            return target
        return f"http://{self.request.header('Host') or self.server_name}{target}"

    # ---- files

    def _path(self, uri: str) -> str:
        if self.location is not None and (alias := self.location.get("alias")) is not None:
            return alias[0] + uri[len(self.location.words[-1]) :]
        root = (self.setting("root") or ["html"])[0]
        if not root.startswith("/"):
            root = f"/etc/nginx/{root}"
        return root.rstrip("/") + uri

    def _kind(self, path: str) -> str:
        try:
            return str(self.site.p.vfs.stat(path, cwd="/", cred=self.site.cred).kind)
        except FsError:
            return ""

    def _files(self, depth: int) -> Generator[Any, Any, Response]:
        tries = self.location.get("try_files") if self.location is not None else self.server.get("try_files")
        if tries is not None:
            chosen = self._try(tries)
            if chosen is None:
                last = self.expand(tries[-1])
                if last.startswith("="):
                    raise Stop(int(last[1:]))
                self.uri = last.partition("?")[0]
                if last.startswith("@"):
                    self.uri = last
                return (yield from self._serve(depth + 1))
            self.uri = chosen
        if self.uri.endswith("/"):
            return (yield from self._directory(depth))
        path = self._path(self.uri)
        if self._kind(path) == "directory":
            raise Stop(301, self._absolute(quote(self.uri) + "/"))
        return self._file(path)

    def _try(self, tries: list[str]) -> str | None:
        for word in tries[:-1]:
            uri = self.expand(word)
            kind = self._kind(self._path(uri))
            if uri.endswith("/") and kind == "directory":
                return re.sub("/+$", "/", uri)
            if not uri.endswith("/") and kind == "file":
                return uri
        return None

    def _directory(self, depth: int) -> Generator[Any, Any, Response]:
        names = self.setting("index") or ["index.html"]
        for name in names:
            if self._kind(self._path(self.uri + name)) == "file":
                self.uri += name
                return (yield from self._serve(depth + 1))
        path = self._path(self.uri)
        if self._kind(path) != "directory":
            name = path + names[0]
            self.site.error(self, "error", f'"{name}" is not found (2: No such file or directory)')
            raise Stop(404)
        if self.setting("autoindex") == ["on"]:
            return self._with(200, "text/html", self._listing(path))
        self.site.error(self, "error", f'directory index of "{path}" is forbidden')
        raise Stop(403)

    def _listing(self, path: str) -> bytes:
        vfs, cred = self.site.p.vfs, self.site.cred
        title = f"Index of {self.uri}"
        lines = [
            f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<h1>{title}</h1><hr><pre>"
            '<a href="../">../</a>\r\n'
        ]
        entries = []
        for name in vfs.listdir(path, cwd="/", cred=cred):
            if not name.startswith("."):
                stat = vfs.stat(path.rstrip("/") + "/" + name, cwd="/", cred=cred)
                entries.append((not stat.is_dir, name, stat))
        for plain, name, stat in sorted(entries, key=lambda entry: entry[:2]):
            shown = name if plain else name + "/"
            label = shown if len(shown) <= 50 else shown[:47] + "..&gt;"
            size = f"{stat.size:>19}" if plain else f"{'-':>19}"
            date = strftime("%d-%b-%Y %H:%M", stat.mtime_ns)
            lines.append(f'<a href="{quote(shown)}">{label}</a>{" " * max(0, 50 - len(shown))} {date} {size}\r\n')
        return ("".join(lines) + "</pre><hr></body>\r\n</html>\r\n").encode()

    def _file(self, path: str) -> Response:
        try:
            found = static.load(self.site.p, path, self.site.cred)
        except FsError as error:
            self.site.error(self, "error", f'open() "{path}" failed ({error.number}: {error.strerror})')
            raise Stop(ERRORS.get(error.code, 500)) from None
        if static.not_modified(self.request, found):
            headers = {"Last-Modified": found.modified, "Connection": "keep-alive", "ETag": found.etag}
            return Response(304, headers)
        headers = {
            "Content-Type": self._type(path),
            "Content-Length": str(len(found.data)),
            "Last-Modified": found.modified,
            "Connection": "keep-alive",
            "ETag": found.etag,
            "Accept-Ranges": "bytes",
        }
        return static.body_response(200, headers, found, self.request)

    def _type(self, path: str) -> str:
        ending = static.extension(path)
        for block in (self.location, self.server, self.site.http):
            for types in block.find("types") if block is not None else ():
                for entry in types.block or ():
                    if ending in entry.words:
                        return entry.name
        default = (self.setting("default_type") or ["text/plain"])[0]
        if any(self.site.http.find("types")):
            return default
        return {"html": "text/html"}.get(ending, default)

    # ---- variables and the log

    def variable(self, name: str) -> str:
        request = self.request
        if name in self.variables:
            return self.variables[name]
        if name.startswith("http_"):
            return request.header("-".join(part.capitalize() for part in name[5:].split("_")))
        if name == "request_id":
            return self.variables.setdefault(name, self.site.p.sim.hex(32))
        if name.startswith("arg_"):
            return request.query.get(name[4:], "")
        host = request.header("Host").rsplit(":", 1)[0] or self.server_name
        query = request.target.partition("?")[2]
        plain = {
            "host": host,
            "hostname": self.site.p.computer.hostname,
            "uri": self.uri,
            "document_uri": self.uri,
            "request_uri": request.target,
            "args": query,
            "query_string": query,
            "is_args": "?" if query else "",
            "request_method": request.method,
            "scheme": "http",
            "server_name": self.server_name,
            "server_addr": self._server_address(),
            "server_port": "80",
            "server_protocol": "HTTP/1.1",
            "remote_addr": str(request.peer),
            "remote_user": "",
            "proxy_add_x_forwarded_for": ", ".join(
                filter(None, (request.header("X-Forwarded-For"), str(request.peer)))
            ),
            "proxy_host": self.upstream.removeprefix("http://").partition("/")[0],
            "request": f"{request.method} {request.target} HTTP/1.1" if request.method else "",
            "time_local": strftime("%d/%b/%Y:%H:%M:%S +0000", self.site.p.sim.nanoseconds()),
            "time_iso8601": strftime("%Y-%m-%dT%H:%M:%S+00:00", self.site.p.sim.nanoseconds()),
            "request_time": "0.000",
            "nginx_version": self.site.version,
            "pid": str(self.site.worker),
            "document_root": self._path("").rstrip("/"),
            "request_filename": self._path(self.uri),
        }
        return plain.get(name, "")

    def _server_address(self) -> str:
        """The address that the request came in by."""
        peer, stack = str(self.request.peer), self.site.p.computer.net
        interfaces = stack.interfaces if stack is not None else []
        near = [one.address6 if ":" in peer else one.address for one in interfaces if peer in one.segment]
        return near[0] if near else "127.0.0.1"

    def expand(self, text: str) -> str:
        return VARIABLE.sub(lambda found: self.variable(found[1]), text)

    def log(self, response: Response) -> None:
        body = response.body if isinstance(response.body, bytes) else b""
        sent = response.nominal if response.nominal is not None else len(body)
        self.variables |= {"status": str(response.status), "body_bytes_sent": str(sent), "bytes_sent": str(sent + 230)}
        words = self.setting("access_log") or ["logs/access.log", "combined"]
        if words[0] == "off":
            return
        name = next((word for word in words[1:] if "=" not in word), "combined")
        form = next((one.words[1:] for one in self.site.http.find("log_format") if one.words[0] == name), [COMBINED])
        form = [word for word in form if not word.startswith("escape=")]
        line = VARIABLE.sub(lambda found: self.variable(found[1]) or "-", "".join(form))
        self.site.server.log(line + "\n", self.site.upstreams.logs.get(words[0], 1))


COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
