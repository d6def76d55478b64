"""Pulling: from a name to an image here, layer by layer (moby, ``distribution/pull_v2.go``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dockersim.engine.distribution.download import LayerDownloads
from dockersim.engine.distribution.endpoints import Endpoint, endpoints
from dockersim.engine.distribution.errors import (
    RegistryError,
    TransportError,
    UnexpectedAnswer,
    header,
    translate_pull,
)
from dockersim.engine.distribution.progress import Progress
from dockersim.engine.distribution.session import Credentials, Session
from dockersim.engine.images import PLATFORM, Image
from dockersim.errors import Cancelled, DataLoss, DockersimError, Forbidden, InvalidParameter, NotFound, System
from dockersim.oci import Descriptor, Digest, ImageConfig, Index, Manifest, Platform, Reference, media, parse_manifest
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.wire import Steps

ACCEPT = ", ".join(
    (
        media.DOCKER_MANIFEST,
        media.OCI_MANIFEST,
        media.DOCKER_LIST,
        media.OCI_INDEX,
        media.DOCKER_MANIFEST_V1_SIGNED,
        "application/json",
    )
)
_CONFIGS = (media.DOCKER_CONFIG, media.OCI_CONFIG)


def pull(
    engine: Engine,
    reference: Reference,
    progress: Progress,
    credentials: Credentials | None = None,
    platform: Platform | None = None,
    upstream: str = "",
) -> Steps:
    """Pull ``reference`` (all tags, where it has neither tag nor digest), reporting to ``progress``.

    ``upstream`` is the ``User-Agent`` of the client that asked. Raises :class:`DockersimError` in Docker's words.
    """
    if reference.familiar_name == "scratch":
        raise Forbidden("'scratch' is a reserved name")
    record = engine.sim.trace.record
    last: DockersimError = System(f"no endpoints found for {reference.familiar}")
    for endpoint in endpoints(engine, reference.domain, mirrors=True):
        session = Session(engine, endpoint, credentials or Credentials(), reference.path, "pull", upstream)
        puller = _Puller(engine, session, reference, progress, platform)
        try:
            yield from puller.pull()
        except DockersimError as error:
            last = error
            if not _try_next(error, endpoint):
                break
            record(e.Decided, engine.name, reference.familiar, f"{endpoint.url} failed", error.message)
            continue
        _told(engine, reference)
        if platform is not None and not reference.is_name_only:
            _warn_of_platform(engine, reference, platform, progress)
        return
    raise translate_pull(last, reference)


def _try_next(error: DockersimError, endpoint: Endpoint) -> bool:
    if isinstance(error, RegistryError):
        return endpoint.mirror
    return not isinstance(error, (Cancelled, InvalidParameter))


def _told(engine: Engine, reference: Reference) -> None:
    identity = engine.images.references.find(reference.familiar)
    image = engine.images.find(identity) if identity is not None else None
    labels = (image.labels if image is not None else None) or {}
    engine.events.log("image", "pull", reference.familiar, {**labels, "name": reference.familiar_name})


def _warn_of_platform(engine: Engine, reference: Reference, platform: Platform, progress: Progress) -> None:
    try:
        engine.images.get(reference.familiar, platform)
    except NotFound as mismatch:
        progress.message("", f"WARNING: {mismatch.message}")


class _Puller:
    def __init__(
        self, engine: Engine, session: Session, reference: Reference, progress: Progress, platform: Platform | None
    ) -> None:
        self._engine = engine
        self._images = engine.images
        self._session = session
        self._reference = reference
        self._progress = progress
        self._platform = platform
        self._lease = engine.images.lease()

    def pull(self) -> Steps:
        """The whole pull from this endpoint. What an unsuccessful one has stored goes again."""
        try:
            yield from self._session.ping()
            if self._reference.is_name_only:
                tags = yield from self._tags()
            else:
                tags = [self._reference]
            newer = False
            for reference in tags:
                newer = (yield from self._pull_one(reference)) or newer
        finally:
            self._images.release(self._lease)
        outcome = "Downloaded newer image" if newer else "Image is up to date"
        self._progress.message("", f"Status: {outcome} for {self._reference.familiar}")

    def _tags(self) -> Steps:
        target = f"/v2/{self._reference.path}/tags/list"
        _, body = yield from self._session.fetch(target)
        try:
            return [self._reference.with_tag(tag) for tag in json.loads(body)["tags"] or ()]
        except (ValueError, KeyError, TypeError):
            raise UnexpectedAnswer(f"invalid list of tags from {self._session.url(target)}") from None

    def _pull_one(self, reference: Reference) -> Steps:
        """One tag or digest; whether anything here is different afterwards."""
        descriptor = yield from self._resolve(reference)
        document = yield from self._manifest(reference, descriptor)
        shown = str(reference) if reference.digest else reference.tag
        self._progress.message(shown, f"Pulling from {reference.path}")
        digests = [document.digest]
        if isinstance(document, Index):
            document = yield from self._choose(reference, document)
            digests.insert(0, document.digest)
        image = yield from self._image(document, digests)
        self._progress.message("", f"Digest: {digests[-1]}")
        return self._name(reference, digests[-1], image)

    def _name(self, reference: Reference, digest: Digest, image: Image) -> bool:
        references = self._images.references
        canonical = reference.trimmed().with_digest(digest)
        same = references.find(reference.familiar) == image.id
        if canonical.familiar not in references:
            self._images.name(image.id, canonical)
        if not same and not reference.digest:
            self._images.name(image.id, reference)
        return not same

    # ---- manifests

    def _resolve(self, reference: Reference) -> Steps:
        """The descriptor of what a tag stands for, without fetching it; the digest itself is enough."""
        if reference.digest:
            return Descriptor(media.OCI_MANIFEST, reference.digest, 0)
        target = f"/v2/{reference.path}/manifests/{reference.tag}"
        response = yield from self._session.request("HEAD", target, {"Accept": ACCEPT})
        digest = header(response, "Docker-Content-Digest")
        if response.status >= 400 or not digest:
            response, body = yield from self._session.fetch(target, {"Accept": ACCEPT})
            digest = header(response, "Docker-Content-Digest") or Digest.of(body)
        return Descriptor(header(response, "Content-Type") or media.OCI_MANIFEST, digest, 0)

    def _manifest(self, reference: Reference, descriptor: Descriptor) -> Steps:
        """The manifest or index under a digest: from here if it is here, else from the registry, verified."""
        content, digest = self._images.content, descriptor.digest
        if digest in content:
            reason = "a manifest with this digest is here already, and a digest never means anything else"
            self._decided(digest, "manifest not fetched", reason)
            self._lease.blobs.add(digest)
            return parse_manifest(content.get(digest), content.media_type(digest))
        target = f"/v2/{reference.path}/manifests/{digest}"
        response, body = yield from self._session.fetch(target, {"Accept": ACCEPT})
        media_type = header(response, "Content-Type").partition(";")[0]
        try:
            self._images.put_blob(body, self._lease, digest, media_type)
        except DataLoss:
            raise DataLoss(f"manifest verification failed for digest {digest}") from None
        try:
            return parse_manifest(body, media_type)
        except InvalidParameter as error:
            self._lease.blobs.discard(digest)
            raise InvalidParameter(error.message) from None

    def _choose(self, reference: Reference, index: Index) -> Steps:
        """The manifest for the platform. Raises :class:`NotFound` where the index has none."""
        wanted = self._platform or PLATFORM
        entry = index.select(wanted)
        self._decided(reference.familiar, f"manifest {entry.digest}", f"it is the index's entry for {wanted}")
        document = yield from self._manifest(reference, entry)
        if isinstance(document, Index):
            document = yield from self._choose(reference, document)
        return document

    # ---- configuration and layers

    def _image(self, manifest: Manifest, digests: list[Digest]) -> Steps:
        found = self._images.find(manifest.config.digest)
        if found is not None:
            reason = "an image's ID is the digest of its configuration, and that image is here already"
            self._decided(manifest.config.digest, "nothing downloaded", reason)
            return self._images.create(found.config, manifests=digests)
        if manifest.config.media_type not in _CONFIGS:
            raise InvalidParameter(f"unsupported media type {manifest.config.media_type}")
        config = _Config(self._engine, self._session, self._reference.path, manifest.config)
        configured = self._engine.sim.process(config.fetch())
        downloads = LayerDownloads(self._engine, self._session, self._reference, self._progress, self._lease)
        try:
            diff_ids = yield from downloads.run(manifest.layers)
        finally:
            yield configured
            if config.error is not None:
                raise config.error
        assert config.value is not None
        if tuple(diff_ids) != config.value.diff_ids:
            raise System("layers from manifest don't match image configuration")
        return self._images.create(config.value, manifests=digests)

    def _decided(self, subject: str, outcome: str, reason: str) -> None:
        self._engine.sim.trace.record(e.Decided, self._engine.name, subject, outcome, reason)


class _Config:
    """The configuration, fetched beside the layers."""

    def __init__(self, engine: Engine, session: Session, repository: str, descriptor: Descriptor) -> None:
        self._engine = engine
        self._session = session
        self._repository = repository
        self._descriptor = descriptor
        self.value: ImageConfig | None = None
        self.error: DockersimError | None = None

    def fetch(self) -> Steps:
        try:
            self.value = yield from self._fetch()
        except DockersimError as error:
            self.error = System(f"error pulling image configuration: {error.message}")

    def _fetch(self) -> Steps:
        digest = self._descriptor.digest
        try:
            _, body = yield from self._session.fetch(f"/v2/{self._repository}/blobs/{digest}")
        except (TransportError, RegistryError) as error:
            raise System(f"download failed after attempts=1: {error.message}") from None
        if not digest.matches(body):
            self._engine.sim.trace.record(
                e.BlobRefused, self._engine.name, digest, Digest.of(body), "it is not what its digest names"
            )
            raise DataLoss(f"image config verification failed for digest {digest}")
        return ImageConfig(body, self._descriptor.media_type)
