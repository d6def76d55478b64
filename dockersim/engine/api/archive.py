"""The Engine API's operations on a container's files: archives in and out, export, changes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dockersim.errors import InvalidParameter
from dockersim.sim import read_all
from dockersim.wire import Request, Response, Router, Steps, json_bytes, json_response

if TYPE_CHECKING:
    from dockersim.engine.containers.archive import Files
    from dockersim.engine.daemon import Engine

STAT = "X-Docker-Container-Path-Stat"


def routes(engine: Engine, router: Router) -> None:
    """Register them."""
    api = ArchiveApi(engine)
    router.add("HEAD", "/containers/{id:path}/archive", api.stat)
    router.add("GET", "/containers/{id:path}/archive", api.get)
    router.add("PUT", "/containers/{id:path}/archive", api.put)
    router.add("GET", "/containers/{id:path}/export", api.export)
    router.add("GET", "/containers/{id:path}/changes", api.changes)


class ArchiveApi:
    """One handler for each operation, named as the API description names them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _files(self, request: Request) -> Iterator[tuple[Files, str]]:
        from dockersim.engine.containers.archive import Files

        name, path = request.params["id"], request.query.get("path", "")
        if not path:
            raise InvalidParameter("bad parameter: pathcannot be empty")
        container = self._engine.containers.get(name)
        with self._engine.volumes.visit(container):
            yield Files(self._engine, container, name), path

    def stat(self, request: Request) -> Response:
        """ContainerArchiveInfo."""
        with self._files(request) as (files, path):
            return Response(200, {STAT: _encoded(files.stat(path))})

    def get(self, request: Request) -> Response:
        """ContainerArchive."""
        with self._files(request) as (files, path):
            headers = {"Content-Type": "application/x-tar", STAT: _encoded(files.stat(path))}
            body = files.pack(path)
            files.log("archive-path")
            return Response(200, headers, body)

    def put(self, request: Request) -> Steps:
        """PutContainerArchive."""
        with self._files(request) as (files, path):
            data = yield from read_all(request.body)
            files.unpack(path, data, keep_kinds=request.flag("noOverwriteDirNonDir"), own=request.flag("copyUIDGID"))
            files.log("extract-to-dir")
            return Response(200)

    def export(self, request: Request) -> Response:
        """ContainerExport."""
        from dockersim.engine.containers.archive import export

        container = self._engine.containers.get(request.params["id"])
        body = export(container)
        self._engine.lifecycle.log(container, "export")
        return Response(200, {"Content-Type": "application/octet-stream"}, body)

    def changes(self, request: Request) -> Response:
        """ContainerChanges."""
        from dockersim.engine.containers.archive import changes

        return json_response(changes(self._engine.containers.get(request.params["id"])) or None)


def _encoded(value: object) -> str:
    return base64.b64encode(json_bytes(value).strip()).decode()
