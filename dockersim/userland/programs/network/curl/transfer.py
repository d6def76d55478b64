"""One URL on the command line: the redirects that it leads to, and the output."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any
from urllib.parse import urljoin

from dockersim.fs import FsError
from dockersim.sim import WireCut
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import TimedOut, body_of, call
from dockersim.userland.programs.network.curl.exchange import Exchange
from dockersim.userland.programs.network.curl.options import Options
from dockersim.userland.programs.network.curl.report import head, meter
from dockersim.userland.programs.network.url import Failure, Url
from dockersim.wire import Response
from dockersim.wire.http1 import ProtocolError


class Transfer(Exchange):
    """The ``number``-th URL of the command line."""

    def __init__(self, p: Process, options: Options, url: str, number: int) -> None:
        super().__init__(p, options, Url(url))
        outputs = options.values.get("output", [])
        self.output = outputs[number] if number < len(outputs) else ""
        if options.has("remote-name") and not self.output:
            self.output = posixpath.basename(self.url.target.partition("?")[0])
            if not self.output:
                raise Failure(23, "Remote file name has no length")
        self.redirects = 0

    def run(self) -> Generator[Any, Any, int]:
        """Ask, follow, store; 0. Raises :class:`Failure`."""
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
                self.p.out(head(response))
            self.redirects += 1
            if self.redirects > int(self.options.get("max-redirs", "50")):
                raise Failure(47, f"Maximum ({self.options.get('max-redirs', '50')}) redirects followed")
            if response.status in (301, 302, 303) and method == "POST" and "request" not in self.options.values:
                method, body = "GET", b""
            self.url = Url(urljoin(self.url.text, location))

    # ---- the output

    def _store(self, response: Response) -> Steps:
        fd = self._target()
        progress = bool(self.output) and not self.options.has("silent") and not self.options.has("no-progress-meter")
        if self.options.has("include") or self.options.has("head"):
            yield from self._put(fd, head(response).encode("latin-1", "replace"))
        if "dump-header" in self.options.values:
            target = self.options.get("dump-header")
            told = head(response).encode("latin-1", "replace")
            if target == "-":
                yield from self._put(1, told)
            else:
                self.p.write_file(target, told)
        if not self.options.has("head"):
            yield from self._copy(fd, response)
        if progress:
            self.p.err(meter(self.size, self.p.sim.now - self.begun))
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
            raise self._timeout() from None
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
