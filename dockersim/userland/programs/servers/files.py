"""Static files in the manner of Apache, busybox httpd and Python's http.server: one walk, three sets of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.servers import static
from dockersim.wire import Request, Response

Headers = dict[str, str]


class Manner(NamedTuple):
    """What differs between servers.

    ``page(status)`` is the body of an error, ``listing(uri, names)`` that of a directory without an index (or ``None``:
    the status ``bare``), ``common()`` the headers of every answer, ``typed(path)`` a file's Content-Type.
    """

    indexes: tuple[str, ...]
    page: Callable[[int, Request], bytes]
    listing: Callable[[str, str], bytes] | None
    common: Callable[[], Headers]
    typed: Callable[[str], str]
    error_type: str
    bare: int = 403


def answer(p: Process, root: str, request: Request, manner: Manner) -> Response:
    """The answer to ``request`` from the files below ``root``."""
    if request.method not in ("GET", "HEAD"):
        return _error(501 if request.method else 400, request, manner)
    uri = static.clean_path(request.target)
    if uri is None:
        return _error(400, request, manner)
    path = root.rstrip("/") + uri
    try:
        if p.vfs.stat(path, cwd="/", cred=p.cred).kind == "directory":
            if not uri.endswith("/"):
                return _moved(uri + "/", request, manner)
            return _directory(p, path, uri, request, manner)
        return _file(p, path, request, manner)
    except FsError as error:
        return _error(403 if error.code == "EACCES" else 404, request, manner)


def _directory(p: Process, path: str, uri: str, request: Request, manner: Manner) -> Response:
    for name in manner.indexes:
        if p.vfs.exists(path + name, cwd="/", cred=p.cred):
            return _file(p, path + name, request, manner)
    if manner.listing is None:
        return _error(manner.bare, request, manner)
    return _page(200, manner.listing(path, uri), request, manner, {})


def _file(p: Process, path: str, request: Request, manner: Manner) -> Response:
    found = static.load(p, path, p.cred)
    if static.not_modified(request, found):
        return Response(304, manner.common() | {"ETag": found.etag})
    headers = manner.common() | {
        "Last-Modified": found.modified,
        "ETag": found.etag,
        "Accept-Ranges": "bytes",
        "Content-Length": str(found.size),
        "Content-Type": manner.typed(path),
    }
    return static.body_response(200, headers, found, request)


def _moved(uri: str, request: Request, manner: Manner) -> Response:
    place = f"http://{request.header('Host')}{uri}"
    return _page(301, manner.page(301, request), request, manner, {"Location": place})


def _error(status: int, request: Request, manner: Manner) -> Response:
    return _page(status, manner.page(status, request), request, manner, {})


def _page(status: int, body: bytes, request: Request, manner: Manner, more: Headers) -> Response:
    headers = manner.common() | more | {"Content-Length": str(len(body)), "Content-Type": manner.error_type}
    return Response(status, headers, b"" if request.method == "HEAD" else body)
