"""The registry: the OCI Distribution API over a :class:`Storage`.

Statuses, headers and error texts are those of the reference registry, version 2.8, with two differences: a manifest
of Docker's schema 2 is given as it is to a caller who accepts no such thing (there is no conversion to schema 1), and
tags come in pages and referrers are listed, as OCI Distribution 1.1 says.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias

from dockersim.errors import InvalidParameter, MethodNotAllowed, NotFound
from dockersim.oci import Digest, Index, Manifest, Platform, media
from dockersim.oci.reference import PATH, TAG
from dockersim.registry.access import Access, Auth
from dockersim.registry.disk import Disk
from dockersim.registry.errors import JSON, RegistryError, plain_error
from dockersim.registry.limits import PullLimit
from dockersim.registry.storage import DIGEST, Storage
from dockersim.registry.uploads import Upload, Uploads
from dockersim.sim import Simulation, read_all
from dockersim.trace import events as e
from dockersim.wire import Handler, Headers, Request, Response, Router, Steps, json_bytes, with_query

BINARY = "application/octet-stream"
MOST = 1000
"""How many names one page of the catalogue or of a tag list may have."""

Source: TypeAlias = Callable[[str, str], "bool | Generator[Any, Any, bool]"]
"""``source(repository, reference)``: asked for what is missing (all tags where ``reference`` is empty).

Returns true, at once or in simulated time, if it has put the content into the registry's storage.
"""


class Registry:
    """A registry at host ``name``, which is also its name in the trace.

    ``scheme`` is what its clients speak (``https`` for Docker Hub); ``deletes`` allows ``DELETE`` on manifests and
    blobs, which the reference registry leaves off. ``disk`` is where its content lies, if anywhere but in memory.
    """

    def __init__(
        self,
        name: str,
        sim: Simulation,
        *,
        auth: Auth | None = None,
        source: Source | None = None,
        limit: PullLimit | None = None,
        scheme: str = "http",
        deletes: bool = False,
        disk: Disk | None = None,
    ) -> None:
        self.name = name
        self.storage = Storage(sim, name, disk)
        self.uploads = Uploads(sim)
        self.auth = auth
        self.source = source
        self.limit = limit
        self._sim = sim
        self._scheme = scheme
        self._deletes = deletes
        self._router = _routes(self)

    # ---- the border

    def handle(self, request: Request) -> Response | Steps:
        """Answer one request; the answer may take simulated time."""
        try:
            handler = self._router.match(request)
        except NotFound:
            return self._finish(request, plain_error(404, "404 page not found"))
        except MethodNotAllowed:
            return self._finish(request, self._not_allowed(request))
        if not _are_names(request.params):
            return self._finish(request, plain_error(404, "404 page not found"))
        try:
            answer = handler(request)
        except RegistryError as error:
            answer = error.response()
        return self._finish(request, answer) if isinstance(answer, Response) else self._later(request, answer)

    def _later(self, request: Request, steps: Steps) -> Steps:
        try:
            response = yield from steps
        except RegistryError as error:
            response = error.response()
        return self._finish(request, response)

    def _finish(self, request: Request, response: Response) -> Response:
        response.headers["Docker-Distribution-Api-Version"] = "registry/2.0"
        if request.method == "HEAD":
            response.body, response.nominal = b"", None
        return response

    def _not_allowed(self, request: Request) -> Response:
        allowed = [method for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT") if self._has(request, method)]
        return plain_error(405, "Method not allowed", {"Allow": ", ".join(allowed)})

    def _has(self, request: Request, method: str) -> bool:
        try:
            self._router.match(Request(method, request.target))
        except (MethodNotAllowed, NotFound):
            return False
        return True

    def _authorize(self, request: Request, *actions: str) -> str:
        """The caller's account. Raises ``UNAUTHORIZED``."""
        if self.auth is None:
            return ""
        name = request.params.get("name", "")
        wanted = [Access("repository", name, action) for action in actions]
        origin = request.query.get("from", "")
        if origin and request.method == "POST":
            wanted.append(Access("repository", origin, "pull"))
        return self.auth.authorize(request, wanted)

    def _url(self, request: Request, path: str) -> str:
        return f"{self._scheme}://{request.header('Host', self.name)}{path}"

    def _ask_source(self, name: str, reference: str) -> Steps:
        assert self.source is not None
        answer = self.source(name, reference)
        return answer if isinstance(answer, bool) else (yield from answer)

    # ---- base, catalogue, tags

    def _base(self, request: Request) -> Response:
        self._authorize(request)
        return Response(200, {"Content-Length": "2", "Content-Type": JSON}, b"{}")

    def _catalog(self, request: Request) -> Response:
        if self.auth is not None:
            self.auth.authorize(request, [Access("registry", "catalog", "*")])
        names, headers = _page(request, self.storage.repositories(), "/v2/_catalog")
        return _json({"repositories": names}, headers)

    def _tags(self, request: Request) -> Response | Steps:
        self._authorize(request, "pull")
        if self.source is None:
            return self._list_tags(request)
        return self._list_tags_of_source(request)

    def _list_tags_of_source(self, request: Request) -> Steps:
        yield from self._ask_source(request.params["name"], "")
        return self._list_tags(request)

    def _list_tags(self, request: Request) -> Response:
        name = request.params["name"]
        tags, headers = _page(request, self.storage.tag_names(name), f"/v2/{name}/tags/list")
        return _json({"name": name, "tags": tags}, headers)

    # ---- manifests

    def _get_manifest(self, request: Request) -> Response | Steps:
        account = self._authorize(request, "pull")
        headers: Headers = {}
        if self.limit is not None:
            headers = self.limit.charge(account, str(request.peer or ""), pulls=request.method == "GET")
        name, reference = request.params["name"], request.params["reference"]
        if self.source is None or self.storage.has(name, reference):
            return self._give_manifest(request, headers)
        return self._get_manifest_of_source(request, headers)

    def _get_manifest_of_source(self, request: Request, headers: Headers) -> Steps:
        yield from self._ask_source(request.params["name"], request.params["reference"])
        return self._give_manifest(request, headers)

    def _give_manifest(self, request: Request, headers: Headers) -> Response:
        name, reference = request.params["name"], request.params["reference"]
        digest, manifest = self.storage.manifest(name, reference)
        if request.header("If-None-Match").strip('"') == digest:
            return Response(304, headers)
        digest, manifest = self._negotiate(request, digest, manifest)
        told = {
            "Content-Length": str(manifest.size),
            "Content-Type": manifest.media_type,
            "Docker-Content-Digest": str(digest),
            "Etag": f'"{digest}"',
        }
        return Response(200, told | headers, manifest.raw)

    def _negotiate(
        self, request: Request, digest: Digest, manifest: Manifest | Index
    ) -> tuple[Digest, Manifest | Index]:
        """What to give to a caller who accepts only some kinds of manifest; for a digest, Docker's own kinds anyway."""
        accepted = {part.partition(";")[0].strip() for part in request.header("Accept").split(",")}
        kind = manifest.media_type
        if kind in accepted:
            return digest, manifest
        if kind in (media.OCI_MANIFEST, media.OCI_INDEX):
            what, plural = ("index", "indexes") if kind == media.OCI_INDEX else ("manifest", "manifests")
            text = f"OCI {what} found, but accept header does not support OCI {plural}"
            raise RegistryError("MANIFEST_UNKNOWN", message=text)
        if isinstance(manifest, Index) and ":" not in request.params["reference"]:
            try:
                chosen = manifest.select(Platform("linux", "amd64"))
            except NotFound:
                raise RegistryError("MANIFEST_UNKNOWN") from None
            reason = f"the caller does not accept {kind}, so it gets the manifest for linux/amd64"
            self._sim.trace.record(e.Decided, self.name, request.path, str(chosen.digest), reason)
            return self.storage.manifest(request.params["name"], chosen.digest)
        return digest, manifest

    def _put_manifest(self, request: Request) -> Steps:
        self._authorize(request, "pull", "push")
        name, reference = request.params["name"], request.params["reference"]
        raw = yield from read_all(request.body)
        kind = request.header("Content-Type").partition(";")[0].strip()
        if not kind:
            raise RegistryError("MANIFEST_INVALID", {})
        manifest = self.storage.put_manifest(name, reference, raw, kind)
        headers = {
            "Docker-Content-Digest": str(manifest.digest),
            "Location": self._url(request, f"/v2/{name}/manifests/{manifest.digest}"),
            "Content-Length": "0",
        }
        if manifest.subject is not None:
            headers["Oci-Subject"] = str(manifest.subject.digest)
        return Response(201, headers)

    def _delete_manifest(self, request: Request) -> Response:
        self._authorize(request, "delete")
        self._check_deletes()
        self.storage.delete_manifest(request.params["name"], request.params["reference"])
        return Response(202, {"Content-Length": "0"})

    def _check_deletes(self) -> None:
        if not self._deletes:
            raise RegistryError("UNSUPPORTED")

    def _referrers(self, request: Request) -> Response:
        self._authorize(request, "pull")
        found = self.storage.referrers(request.params["name"], _digest(request.params["digest"]))
        headers: Headers = {}
        kind = request.query.get("artifactType", "")
        if kind:
            found = [descriptor for descriptor in found if descriptor.artifact_type == kind]
            headers["Oci-Filters-Applied"] = "artifactType"
        index = Index.build(found)
        headers |= {"Content-Length": str(index.size), "Content-Type": index.media_type}
        return Response(200, headers, index.raw)

    # ---- blobs

    def _get_blob(self, request: Request) -> Response:
        self._authorize(request, "pull")
        digest = _digest(request.params["digest"])
        data = self.storage.blob(request.params["name"], digest)
        nominal = self.storage.nominal(digest)
        headers = {"Cache-Control": "max-age=31536000", "Docker-Content-Digest": str(digest), "Etag": f'"{digest}"'}
        if request.header("If-None-Match").strip('"') == digest:
            return Response(304, headers)
        wanted = request.header("Range")
        if not wanted:
            headers |= {"Accept-Ranges": "bytes", "Content-Length": str(len(data)), "Content-Type": BINARY}
            return Response(200, headers, data, nominal=nominal if nominal != len(data) else None)
        span = _span(wanted, len(data))
        if span is None:
            unsatisfied = {"Content-Range": f"bytes */{len(data)}"} if wanted.startswith("bytes=") else {}
            return plain_error(416, "invalid range", headers | unsatisfied)
        begin, end = span
        headers |= {
            "Accept-Ranges": "bytes",
            "Content-Length": str(end - begin),
            "Content-Range": f"bytes {begin}-{end - 1}/{len(data)}",
            "Content-Type": BINARY,
        }
        share = nominal * (end - begin) // len(data)
        return Response(206, headers, data[begin:end], nominal=share if nominal != len(data) else None)

    def _delete_blob(self, request: Request) -> Response:
        self._authorize(request, "delete")
        self._check_deletes()
        self.storage.unlink_blob(request.params["name"], _digest(request.params["digest"]))
        return Response(202, {"Content-Length": "0"})

    # ---- uploads

    def _start_upload(self, request: Request) -> Response:
        self._authorize(request, "pull", "push")
        name = request.params["name"]
        mount, origin = request.query.get("mount", ""), request.query.get("from", "")
        if mount and self.storage.has_blob(origin, mount):
            self.storage.link_blob(name, mount)
            self._sim.trace.record(e.LayerReused, self.name, mount, f"mounted from {origin}: nothing to upload")
            return self._blob_created(request, mount)
        upload = self.uploads.start(name, self.storage.content.ingest(self.uploads.new_id()))
        return self._accepted(request, upload)

    def _accepted(self, request: Request, upload: Upload) -> Response:
        headers = {
            "Content-Length": "0",
            "Docker-Upload-Uuid": upload.id,
            "Location": self._url(request, self.uploads.location(upload)),
            "Range": upload.range,
        }
        return Response(202, headers)

    def _blob_created(self, request: Request, digest: str) -> Response:
        location = self._url(request, f"/v2/{request.params['name']}/blobs/{digest}")
        return Response(201, {"Content-Length": "0", "Docker-Content-Digest": digest, "Location": location})

    def _find_upload(self, request: Request) -> Upload:
        params = request.params
        return self.uploads.find(params["name"], params["upload"], request.query.get("_state", ""))

    def _upload_status(self, request: Request) -> Response:
        self._authorize(request, "pull")
        upload = self._find_upload(request)
        upload.move("status")
        response = self._accepted(request, upload)
        response.status = 204
        del response.headers["Content-Length"]
        return response

    def _append(self, request: Request) -> Steps:
        self._authorize(request, "pull", "push")
        upload = self._find_upload(request)
        claimed = request.header("Content-Range")
        if claimed and claimed.removeprefix("bytes ").partition("-")[0] != str(upload.ingest.offset):
            raise RegistryError("RANGE_INVALID", {}, headers={"Range": upload.range})
        yield from self._receive(request, upload)
        return self._accepted(request, upload)

    def _receive(self, request: Request, upload: Upload) -> Steps:
        """Keep each piece as it arrives: a broken connection leaves an upload that can go on."""
        if isinstance(request.body, bytes):
            if request.body:
                upload.move("append")
                upload.ingest.write(request.body)
            return
        while chunk := (yield from request.body.receive()):
            upload.move("append")
            upload.ingest.write(chunk)

    def _finish_upload(self, request: Request) -> Steps:
        self._authorize(request, "pull", "push")
        upload = self._find_upload(request)
        given = request.query.get("digest", "")
        if not given:
            raise RegistryError("DIGEST_INVALID", "digest missing")
        try:
            digest = Digest(given)
        except InvalidParameter:
            raise RegistryError("DIGEST_INVALID", "digest parsing failed") from None
        yield from self._receive(request, upload)
        if not upload.ingest.matches(digest):
            self.storage.content.refuse(digest, upload.ingest.digest())
            raise RegistryError("DIGEST_INVALID", {"Digest": str(digest), "Reason": {}})
        upload.ingest.commit(digest, BINARY)
        self.uploads.end(upload, "commit")
        self.storage.link_blob(upload.repository, digest)
        return self._blob_created(request, digest)

    def _cancel_upload(self, request: Request) -> Response:
        self._authorize(request, "pull", "push")
        upload = self._find_upload(request)
        self.uploads.end(upload, "cancel")
        upload.ingest.abort()
        return Response(204, {"Docker-Upload-Uuid": upload.id})


def _are_names(params: Mapping[str, str]) -> bool:
    """Whether what stands for a name, a digest or a tag in a path is one: other paths are no part of the API."""
    reference = params.get("reference")
    return (
        ("name" not in params or PATH.fullmatch(params["name"]) is not None)
        and ("digest" not in params or DIGEST.fullmatch(params["digest"]) is not None)
        and (reference is None or TAG.fullmatch(reference) is not None or DIGEST.fullmatch(reference) is not None)
    )


def _moved(request: Request) -> Response:
    return Response(301, {"Location": request.path + "/", "Content-Length": "0"})


def _routes(registry: Registry) -> Router:
    router = Router()
    table: dict[str, dict[str, Handler]] = {
        "/v2/": {"GET": registry._base},
        "/v2": {"GET": _moved},
        "/v2/_catalog": {"GET": registry._catalog},
        "/v2/{name:path}/tags/list": {"GET": registry._tags},
        "/v2/{name:path}/manifests/{reference}": {
            "GET": registry._get_manifest,
            "HEAD": registry._get_manifest,
            "PUT": registry._put_manifest,
            "DELETE": registry._delete_manifest,
        },
        "/v2/{name:path}/referrers/{digest}": {"GET": registry._referrers},
        "/v2/{name:path}/blobs/uploads/": {"POST": registry._start_upload},
        "/v2/{name:path}/blobs/uploads": {"POST": _moved},
        "/v2/{name:path}/blobs/uploads/{upload}": {
            "GET": registry._upload_status,
            "HEAD": registry._upload_status,
            "PATCH": registry._append,
            "PUT": registry._finish_upload,
            "DELETE": registry._cancel_upload,
        },
        "/v2/{name:path}/blobs/{digest}": {
            "GET": registry._get_blob,
            "HEAD": registry._get_blob,
            "DELETE": registry._delete_blob,
        },
    }
    for template, handlers in table.items():
        for method, handler in handlers.items():
            router.add(method, template, handler)
    return router


def _json(value: Any, headers: Headers) -> Response:
    body = json_bytes(value)
    return Response(200, {"Content-Type": JSON, **headers, "Content-Length": str(len(body))}, body)


def _digest(text: str) -> Digest:
    try:
        return Digest(text)
    except InvalidParameter:
        raise RegistryError("DIGEST_INVALID", {}) from None


def _page(request: Request, names: list[str], path: str) -> tuple[list[str], Headers]:
    """The page of sorted ``names`` that ``n`` and ``last`` ask for, and the link to the next one."""
    text, last = request.query.get("n", ""), request.query.get("last", "")
    rest = [name for name in names if name > last]
    if not text.isascii() or not text.isdigit():
        return rest, {}
    count = int(text)
    if count > MOST:
        raise RegistryError("PAGINATION_NUMBER_INVALID", {"n": count})
    page = rest[:count]
    if not page or len(page) == len(rest):
        return page, {}
    following = with_query(path, {"last": page[-1], "n": text})
    return page, {"Link": f'<{following}>; rel="next"'}


def _span(text: str, size: int) -> tuple[int, int] | None:
    """Begin and end of ``bytes=a-b`` in ``size`` bytes (RFC 9110, section 14.1.2); ``None`` if there is no such."""
    unit, _, span = text.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit != "bytes" or not dash or not all(part.isascii() and part.isdigit() for part in (first, last) if part):
        return None
    if first:
        begin, end = int(first), min(int(last) + 1 if last else size, size)
    else:
        begin, end = max(size - int(last or 0), 0), size
    return (begin, end) if begin < end else None
