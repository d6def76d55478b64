"""The request that the options describe."""

from __future__ import annotations

import base64
import posixpath
from urllib.parse import quote

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.network.curl.options import CARRIES, Options
from dockersim.userland.programs.network.curl.report import VERSION
from dockersim.userland.programs.network.url import Failure, Url
from dockersim.wire import Request

BOUNDARY = "------------------------d74496d66958873e"


class Message:
    """Makes requests for ``url``, which a redirect changes."""

    def __init__(self, p: Process, options: Options, url: Url) -> None:
        self.p = p
        self.options = options
        self.url = url

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
        if name == "-" or (name == "." and "upload-file" in self.options.values):
            return self.options.standard_input
        try:
            return self.p.read_file(name)
        except FsError:
            raise Failure(code, message) from None

    def _form(self) -> bytes:
        parts = []
        for _, value in self.options.all("form"):
            key, _, text = value.partition("=")
            head = f'Content-Disposition: form-data; name="{key}"'
            data = text.encode()
            if text.startswith("@"):
                data = self._file(text[1:], 26, "Failed to open/read local data from file/application")
                head += f'; filename="{posixpath.basename(text[1:])}"\r\nContent-Type: application/octet-stream'
            parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
        return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()

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
                headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
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
