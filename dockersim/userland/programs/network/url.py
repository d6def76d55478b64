"""URLs as curl reads them, and its words where they are none."""

from __future__ import annotations

import re

URL = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][\w+.-]*)://)?(?:(?P<user>[^@/]*)@)?"
    r"(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<rest>[^#]*)"
)


class Failure(Exception):
    """curl's exit code and its words after ``curl: (7) ``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadUrl(Failure):
    """A text that is no URL: what is wrong is its ``kind`` (``scheme``, ``host``, ``port``, ``blank``), ``part`` it."""

    def __init__(self, kind: str, part: str, message: str) -> None:
        super().__init__(1 if kind == "scheme" else 3, message)
        self.kind = kind
        self.part = part


class Url:
    """The parts of a URL; ``host`` is without the brackets of an IPv6 address. Raises :class:`BadUrl`."""

    def __init__(self, text: str) -> None:
        found = URL.match(text)
        assert found is not None
        self.scheme = (found["scheme"] or "http").lower()
        self.user = found["user"] or ""
        self.shown_host = found["host"]
        self.host = self.shown_host.strip("[]")
        port = found["port"]
        if self.scheme not in ("http", "https"):
            raise BadUrl("scheme", self.scheme, f'Protocol "{self.scheme}" not supported or disabled in libcurl')
        if not self.host:
            raise BadUrl("host", "", "URL rejected: No host part in the URL")
        if port is not None and port != "" and not (port.isdigit() and int(port) < 65536):
            message = "URL rejected: Port number was not a decimal number between 0 and 65535"
            raise BadUrl("port", port, message)
        if " " in text:
            raise BadUrl("blank", self.host, "URL rejected: Malformed input to a URL function")
        self.port = int(port) if port else 443 if self.scheme == "https" else 80
        rest = found["rest"] or "/"
        self.target = rest if rest.startswith("/") else "/" + rest
        standard = self.port == (443 if self.scheme == "https" else 80)
        self.authority = self.shown_host if standard else f"{self.shown_host}:{self.port}"
        self.text = f"{self.scheme}://{self.authority}{self.target}"
