"""URLs as curl reads them, and its words where they are none."""

from __future__ import annotations

import re

URL = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][\w+.-]*)://)?(?:(?P<user>[^@/]*)@)?(?P<host>[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<rest>[^#]*)"
)


class Failure(Exception):
    """curl's exit code and its words after ``curl: (7) ``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Url:
    """The parts of a URL. Raises :class:`Failure` 1 and 3."""

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
