"""Pushing: layers that the registry lacks, the configuration, then the manifest (moby, ``distribution/push_v2.go``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.distribution.endpoints import endpoints
from dockersim.engine.distribution.errors import RegistryError, TransportError, header, refusal
from dockersim.engine.distribution.progress import Progress
from dockersim.engine.distribution.session import Credentials, Session
from dockersim.engine.images import Image
from dockersim.errors import Cancelled, DockersimError, Forbidden, InvalidParameter, System
from dockersim.oci import Descriptor, Digest, Manifest, Reference, media
from dockersim.sim import WireCut, read_all
from dockersim.trace import events as e
from dockersim.wire import Response, with_query

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.wire import Steps

CONCURRENT = 5
"""Uploads at a time (``max-concurrent-uploads``)."""

STEPS = 16
FIRST_READ = 33_280
RECORD = 512
SMALL_LAYER, MIDDLE_LAYER = 100 << 10, 10 << 20
"""Bytes up to which a layer is small, or of middle size: how often the daemon asks before it just uploads."""


def push(
    engine: Engine,
    reference: Reference,
    progress: Progress,
    credentials: Credentials | None = None,
    upstream: str = "",
) -> Steps:
    """Push a tag, or all tags of a repository, reporting to ``progress``. Raises :class:`DockersimError`."""
    progress.message("", f"The push refers to repository [{reference.name}]")
    if reference.familiar_name == "scratch":
        raise Forbidden("'scratch' is a reserved name")
    if not engine.images.named(reference):
        raise System(f"An image does not exist locally with the tag: {reference.familiar_name}")
    last: DockersimError = System(f"no endpoints found for {reference.name}")
    for endpoint in endpoints(engine, reference.domain, mirrors=False):
        session = Session(engine, endpoint, credentials or Credentials(), reference.path, "push,pull", upstream)
        try:
            yield from _Pusher(engine, session, reference, progress).push()
        except DockersimError as error:
            last = error
            if isinstance(error, (RegistryError, Cancelled, InvalidParameter)):
                break
            continue
        engine.events.log("image", "push", reference.familiar, {"name": reference.familiar_name})
        return
    raise last


class _Pusher:
    def __init__(self, engine: Engine, session: Session, reference: Reference, progress: Progress) -> None:
        self._engine = engine
        self._images = engine.images
        self._session = session
        self._reference = reference
        self._progress = progress
        self._base = f"/v2/{reference.path}"
        self._remote: dict[str, Descriptor] = {}

    def push(self) -> Steps:
        yield from self._session.ping()
        for reference, image in self._tags():
            yield from self._push_tag(reference, image)

    def _tags(self) -> list[tuple[Reference, Image]]:
        if self._reference.digest:
            raise InvalidParameter("cannot push a digest reference")
        if self._reference.tag:
            identity = self._images.references.find(self._reference.familiar)
            image = self._images.find(identity) if identity is not None else None
            if image is None:
                raise System(f"tag does not exist: {self._reference.familiar}")
            return [(self._reference, image)]
        found = [
            (reference, image)
            for reference, identity in self._images.named(self._reference)
            if not reference.digest and (image := self._images.find(identity)) is not None
        ]
        if not found:
            raise System(f"no tags to push for {self._reference.familiar_name}")
        return found

    def _push_tag(self, reference: Reference, image: Image) -> Steps:
        yield from self._push_layers(image)
        config = image.config
        yield from self._push_config(config.digest, config.raw)
        manifest = Manifest.build(
            Descriptor(media.DOCKER_CONFIG, config.digest, config.size),
            [self._remote[diff_id] for diff_id in image.diff_ids],
            media_type=media.DOCKER_MANIFEST,
        )
        headers = {"Content-Type": manifest.media_type}
        yield from self._expect("PUT", f"{self._base}/manifests/{reference.tag}", headers, manifest.raw)
        size, digest = manifest.size, manifest.digest
        self._progress.message("", f"{reference.tag}: digest: {digest} size: {size}")
        canonical = reference.trimmed().with_digest(digest)
        if canonical.familiar not in self._images.references:
            self._images.name(image.id, canonical)
        self._progress.aux({"Tag": reference.tag, "Digest": digest, "Size": size})

    # ---- layers

    def _push_layers(self, image: Image) -> Steps:
        """All layers, topmost first, five at a time; the first failure ends it."""
        queue = list(dict.fromkeys(reversed(image.diff_ids)))
        for diff_id in reversed(image.diff_ids):
            self._progress.update(Digest(diff_id).short, "Preparing")
        for diff_id in queue[CONCURRENT:]:
            self._progress.update(Digest(diff_id).short, "Waiting")
        sizes = {
            diff: self._images.snapshots.usage(chain)
            for diff, chain in zip(image.diff_ids, image.chain_ids, strict=True)
        }
        failures: list[DockersimError] = []
        workers = [
            self._engine.sim.process(self._work(queue, sizes, failures)) for _ in range(min(CONCURRENT, len(queue)))
        ]
        for worker in workers:
            if worker.is_alive:
                yield worker
        if failures:
            raise failures[0]

    def _work(self, queue: list[Digest], sizes: dict[Digest, int], failures: list[DockersimError]) -> Steps:
        while queue and not failures:
            diff_id = queue.pop(0)
            try:
                yield from self._push_layer(diff_id, sizes[diff_id])
            except TransportError as error:
                failures.append(System(error.reason))
            except DockersimError as error:
                failures.append(error)

    def _push_layer(self, diff_id: Digest, size: int) -> Steps:
        if diff_id in self._remote:
            self._progress.update(diff_id.short, "Layer already exists")
            return
        found = yield from self._exists(diff_id)
        if found:
            return
        mounted = yield from self._mount(diff_id, size)
        if mounted:
            return
        descriptor, data = self._compressed(diff_id, size)
        location = yield from self._begin_upload(f"{self._base}/blobs/uploads/")
        yield from self._pace(diff_id, size, descriptor.nominal)
        yield from self._upload(location, descriptor.digest, data)
        self._progress.update(diff_id.short, "Pushed")
        self._keep(diff_id, descriptor)

    def _keep(self, diff_id: Digest, descriptor: Descriptor) -> None:
        self._remote[diff_id] = _as_docker(descriptor)
        self._images.remember_blob(diff_id, descriptor, self._reference.name)

    def _exists(self, diff_id: Digest) -> Steps:
        """Whether the repository has a form of the layer that is known here."""
        known = self._images.blobs(diff_id)
        known.sort(key=lambda blob: blob.repository != self._reference.name)
        for blob in known[:1]:
            digest = blob.descriptor.digest
            try:
                response = yield from self._session.request("HEAD", f"{self._base}/blobs/{digest}")
            except TransportError as error:
                self._decided(digest, "presence unknown", error.message)
                return False
            if response.status == 200:
                self._progress.update(diff_id.short, "Layer already exists")
                self._decided(digest, "layer not pushed", "the repository has a blob with this digest already")
                self._keep(diff_id, blob.descriptor)
                return True
            if blob.repository == self._reference.name:
                self._images.forget_blob(diff_id, blob)
        return False

    def _mount(self, diff_id: Digest, size: int) -> Steps:
        """Whether the registry could take the layer from another of its repositories."""
        attempts = 1 if size <= SMALL_LAYER else 3 if size <= MIDDLE_LAYER else 4
        candidates = [
            blob
            for blob in self._images.blobs(diff_id)
            if blob.repository != self._reference.name
            and Reference.normalized(blob.repository).domain == self._reference.domain
        ]
        for blob in candidates[:attempts]:
            digest, path = blob.descriptor.digest, Reference.normalized(blob.repository).path
            target = with_query(f"{self._base}/blobs/uploads/", {"from": path, "mount": digest})
            response = yield from self._session.request("POST", target)
            yield from read_all(response.body)
            if response.status == 201:
                self._progress.update(diff_id.short, f"Mounted from {path}")
                self._decided(digest, "layer not pushed", f"the registry took it from its repository {path}")
                self._keep(diff_id, blob.descriptor)
                return True
            if response.status == 202:
                yield from self._session.request("DELETE", _path(header(response, "Location")))
        return False

    def _compressed(self, diff_id: Digest, size: int) -> tuple[Descriptor, bytes]:
        """The layer as a gzip archive: the one that it once came as, if that is still here."""
        content = self._images.content
        for blob in self._images.blobs(diff_id):
            if blob.descriptor.digest in content:
                return blob.descriptor, content.get(blob.descriptor.digest)
        from dockersim.engine.builder.image import COMPRESSION
        from dockersim.fs.tar import gzip

        tar = self._images.layer_tar(diff_id)
        data = gzip(tar)
        nominal = len(data) + round(max(0, size - len(tar)) * COMPRESSION)
        return Descriptor.of(media.DOCKER_LAYER_GZIP, data, nominal=nominal), data

    def _pace(self, diff_id: Digest, size: int, nominal: int) -> Steps:
        """Report the upload while as much time passes as its bytes would take in life."""
        link = self._session.link
        total = max(size, 1)
        steps = STEPS if nominal > FIRST_READ else 1
        for step in range(1, steps + 1):
            if link is not None:
                yield self._engine.sim.timeout(link.reserve(self._engine.sim, nominal // steps))
                if link.down:
                    raise System("unexpected EOF")
            current = size * step // steps if step < steps else _archived(size)
            self._progress.update(diff_id.short, "Pushing", current, total)

    # ---- blobs

    def _push_config(self, digest: str, data: bytes) -> Steps:
        response = yield from self._session.request("HEAD", f"{self._base}/blobs/{digest}")
        if response.status == 200:
            return
        if response.status != 404:
            raise refusal(response, b"{}")
        location = yield from self._begin_upload(f"{self._base}/blobs/uploads/")
        yield from self._upload(location, digest, data)

    def _begin_upload(self, target: str) -> Steps:
        response = yield from self._expect("POST", target)
        return _path(header(response, "Location"))

    def _upload(self, location: str, digest: str, data: bytes) -> Steps:
        headers = {"Content-Type": "application/octet-stream"}
        response = yield from self._expect("PATCH", location, headers, data)
        location = _path(header(response, "Location"))
        joint = "&" if "?" in location else "?"
        yield from self._expect("PUT", location + joint + with_query("", {"digest": digest})[1:])
        yield from self._session.request("HEAD", f"{self._base}/blobs/{digest}")

    def _expect(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Steps:
        """A request that has to succeed; its response. Raises :class:`DockersimError`."""
        response: Response = yield from self._session.request(method, target, headers, body)
        try:
            answer = yield from read_all(response.body)
        except WireCut:
            raise TransportError(method, self._session.url(target), "unexpected EOF") from None
        if response.status >= 400:
            raise refusal(response, answer)
        return response

    def _decided(self, subject: str, outcome: str, reason: str) -> None:
        self._engine.sim.trace.record(e.Decided, self._engine.name, subject, outcome, reason)


def _archived(size: int) -> int:
    """Bytes of an archive of one file of ``size`` bytes."""
    return -(-size // RECORD) * RECORD + 3 * RECORD


def _as_docker(descriptor: Descriptor) -> Descriptor:
    """The same content under Docker's media type, as the daemon writes its manifests."""
    return Descriptor(
        media.DOCKER_LAYER_GZIP, descriptor.digest, descriptor.size, annotations=dict(descriptor.annotations)
    )


def _path(location: str) -> str:
    """A ``Location`` as a path of this registry."""
    if "://" not in location:
        return location
    return "/" + location.partition("://")[2].partition("/")[2]
