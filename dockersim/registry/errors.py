"""What the registry API calls errors: a code, its message and a detail (OCI Distribution, "Error Codes").

Statuses and messages are those of the reference registry, version 2.8.
"""

from __future__ import annotations

from typing import Any

from dockersim.errors import DockersimError
from dockersim.wire import Headers, Response, json_bytes

CODES: dict[str, tuple[int, str]] = {
    "BLOB_UNKNOWN": (404, "blob unknown to registry"),
    "BLOB_UPLOAD_INVALID": (404, "blob upload invalid"),
    "BLOB_UPLOAD_UNKNOWN": (404, "blob upload unknown to registry"),
    "DENIED": (403, "requested access to the resource is denied"),
    "DIGEST_INVALID": (400, "provided digest did not match uploaded content"),
    "MANIFEST_BLOB_UNKNOWN": (400, "blob unknown to registry"),
    "MANIFEST_INVALID": (400, "manifest invalid"),
    "MANIFEST_UNKNOWN": (404, "manifest unknown"),
    "NAME_UNKNOWN": (404, "repository name not known to registry"),
    "PAGINATION_NUMBER_INVALID": (400, "invalid number of results requested"),
    "RANGE_INVALID": (416, "invalid content range"),
    "TOOMANYREQUESTS": (429, "too many requests"),
    "UNAUTHORIZED": (401, "authentication required"),
    "UNSUPPORTED": (405, "The operation is unsupported."),
}
"""Code to HTTP status and message."""

JSON = "application/json; charset=utf-8"
_NOTHING = object()


class RegistryError(DockersimError):
    """One or more errors of the API. Without a detail, the answer has no such field; ``None`` is ``null``."""

    def __init__(self, code: str, detail: Any = _NOTHING, *, message: str = "", headers: Headers | None = None) -> None:
        self.code = code
        self.status, usual = CODES[code]
        super().__init__(message or usual)
        self.headers = headers or {}
        self.errors: list[dict[str, Any]] = [{"code": code, "message": self.message}]
        if detail is not _NOTHING:
            self.errors[0]["detail"] = detail

    @classmethod
    def all(cls, errors: list[RegistryError]) -> RegistryError:
        """Several errors as one answer, with the status of the first."""
        first = errors[0]
        for error in errors[1:]:
            first.errors += error.errors
        return first

    def response(self) -> Response:
        body = json_bytes({"errors": self.errors})
        headers = {"Content-Type": JSON, **self.headers, "Content-Length": str(len(body))}
        return Response(self.status, headers, body)


def plain_error(status: int, text: str, headers: Headers | None = None) -> Response:
    """The short text that answers what is no part of the API."""
    body = text.encode() + b"\n"
    fixed = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    return Response(status, {**(headers or {}), **fixed, "Content-Length": str(len(body))}, body)
