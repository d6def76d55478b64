"""Files over HTTP, as all static servers give them: types, dates, tags, ranges."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from dockersim.fs import Cred, FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.servers.core import http_date
from dockersim.wire import Request, Response

TYPES = {
    "html": "text/html",
    "htm": "text/html",
    "css": "text/css",
    "js": "application/javascript",
    "json": "application/json",
    "xml": "text/xml",
    "txt": "text/plain",
    "md": "text/markdown",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "gz": "application/gzip",
    "tar": "application/x-tar",
    "wasm": "application/wasm",
    "mp4": "video/mp4",
}


def clean_path(target: str) -> str | None:
    """The decoded, normal path of a request target; ``None`` when it leads above the root."""
    path = unquote(target.partition("?")[0])
    depth = 0
    for part in path.split("/"):
        depth += -1 if part == ".." else 1 if part not in ("", ".") else 0
        if depth < 0:
            return None
    normal = posixpath.normpath("/" + path.lstrip("/"))
    return normal + ("/" if path.endswith(("/", "/.", "/..")) and normal != "/" else "")


def extension(path: str) -> str:
    return posixpath.basename(path).rpartition(".")[2].lower() if "." in posixpath.basename(path) else ""


class Found:
    """A file to be sent: its bytes, its size in life, its time."""

    __slots__ = ("data", "mtime_ns", "size")

    def __init__(self, data: bytes, size: int, mtime_ns: int) -> None:
        self.data = data
        self.size = size
        self.mtime_ns = mtime_ns

    @property
    def etag(self) -> str:
        """nginx's form: time and size in hexadecimal."""
        return f'"{self.mtime_ns // 1_000_000_000:x}-{self.size:x}"'

    @property
    def modified(self) -> str:
        return http_date(self.mtime_ns)


def load(p: Process, path: str, cred: Cred) -> Found:
    """The regular file ``path``. Raises :class:`FsError` (EISDIR for a directory)."""
    stat = p.vfs.stat(path, cwd="/", cred=cred)
    if stat.kind == "directory":
        raise FsError("EISDIR", path)
    return Found(p.vfs.read_file(path, cwd="/", cred=cred), stat.size, stat.mtime_ns)


def not_modified(request: Request, found: Found) -> bool:
    """Whether the client has it already (RFC 9110, 13)."""
    tags = request.header("If-None-Match")
    if tags:
        return tags.strip() == "*" or found.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    return request.header("If-Modified-Since") == found.modified


def span(request: Request, size: int) -> tuple[int, int] | None:
    """One byte range asked for, as (first, one past the last); ``None`` for all; (0, 0) for one that cannot be."""
    unit, _, text = request.header("Range").partition("=")
    first, dash, last = text.partition("-")
    if unit != "bytes" or not dash or "," in text or not (first + last).isdigit():
        return None
    if not first:
        return max(0, size - int(last)), size
    if int(first) >= size:
        return 0, 0
    return int(first), min(size, int(last) + 1) if last else size


def body_response(status: int, headers: dict[str, str], found: Found, request: Request) -> Response:
    """The file, or the range of it that was asked for, under ``headers``."""
    wanted = span(request, len(found.data)) if status == 200 else None
    if wanted is None:
        nominal = found.size if found.size != len(found.data) else None
        headers["Content-Length"] = str(len(found.data) if nominal is None else nominal)
        data = b"" if request.method == "HEAD" else found.data
        return Response(status, headers, data, nominal=None if request.method == "HEAD" else nominal)
    begin, end = wanted
    if not end:
        headers["Content-Range"] = f"bytes */{len(found.data)}"
        return Response(416, headers)
    headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(found.data)}"
    headers["Content-Length"] = str(end - begin)
    return Response(206, headers, found.data[begin:end])
