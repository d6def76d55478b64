"""Downloading layers, three at a time, and unpacking them in order (moby, ``distribution/xfer/download.go``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dockersim.engine.distribution.errors import refusal
from dockersim.errors import Cancelled, DataLoss, DockersimError, System
from dockersim.fs.errors import TarError
from dockersim.oci import Descriptor, Digest, Reference, chain_id
from dockersim.sim import PacedBody, WireCut
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.engine.distribution.progress import Progress
    from dockersim.engine.distribution.session import Session
    from dockersim.engine.images import Lease
    from dockersim.wire import Steps

CONCURRENT = 3
"""Downloads at a time (``max-concurrent-downloads``)."""

FIRST_READ = 32_768
EXTRACTION = 150e6
"""Compressed bytes a second, in life, that a layer is unpacked at."""

EXTRACTION_LEAST = 0.002
REPORT_EVERY = 0.1
"""Seconds."""


class _Download:
    """One blob on its way, shared by all layers of the image that it is. ``done`` is triggered at its end."""

    __slots__ = ("data", "descriptor", "done", "error", "identity")

    def __init__(self, engine: Engine, descriptor: Descriptor) -> None:
        self.descriptor = descriptor
        self.identity = descriptor.digest.short
        self.data = b""
        self.error: DockersimError | None = None
        self.done = engine.sim.event()


class LayerDownloads:
    """All layers of one image from one registry to the snapshotter; ``lease`` holds what has been stored so far."""

    def __init__(
        self, engine: Engine, session: Session, reference: Reference, progress: Progress, lease: Lease
    ) -> None:
        self._engine = engine
        self._images = engine.images
        self._session = session
        self._reference = reference
        self._progress = progress
        self._lease = lease
        self._waiting: list[_Download] = []
        self._stopped = False

    def run(self, layers: Sequence[Descriptor]) -> Steps:
        """The diff IDs of the layers, all of them here afterwards. Raises :class:`DockersimError`."""
        diff_ids, parent = self._present(layers)
        missing = layers[len(diff_ids) :]
        downloads: dict[str, _Download] = {}
        for descriptor in missing:
            self._progress.update(descriptor.digest.short, "Pulling fs layer")
            downloads.setdefault(descriptor.digest, _Download(self._engine, descriptor))
        self._waiting = list(downloads.values())
        for download in self._waiting[CONCURRENT:]:
            self._progress.update(download.identity, "Waiting")
        workers = [self._engine.sim.process(self._work()) for _ in self._waiting[:CONCURRENT]]
        try:
            for descriptor in missing:
                download = downloads[descriptor.digest]
                if not download.done.triggered:
                    yield download.done
                if download.error is not None:
                    raise download.error
                parent, diff_id = yield from self._unpack(download, parent)
                diff_ids.append(diff_id)
        finally:
            self._stopped = True
            for worker in workers:
                if worker.is_alive:
                    yield worker
        return diff_ids

    def _present(self, layers: Sequence[Descriptor]) -> tuple[list[str], str]:
        """The diff IDs of the lowest layers that are here already, and the chain ID of the topmost of them."""
        diff_ids: list[str] = []
        parent = ""
        for descriptor in layers:
            diff_id = self._images.diff_id(descriptor.digest)
            name = chain_id([parent, diff_id]) if parent and diff_id else diff_id
            if not name or name not in self._images.snapshots:
                break
            self._progress.update(descriptor.digest.short, "Already exists")
            self._engine.sim.trace.record(
                e.LayerReused, self._engine.name, descriptor.digest, "an image here has the same layers up to this one"
            )
            self._lease.layers.add(name)
            self._lease.blobs.update((diff_id, descriptor.digest))
            diff_ids.append(diff_id)
            parent = name
        return diff_ids, parent

    # ---- downloading

    def _work(self) -> Steps:
        while self._waiting and not self._stopped:
            download = self._waiting.pop(0)
            try:
                yield from self._fetch(download)
            except DockersimError as error:
                download.error = error
                self._stopped = True
            download.done.succeed()
        for download in self._waiting if self._stopped else ():
            self._give_up(download)

    def _give_up(self, download: _Download) -> None:
        if not download.done.triggered:
            download.error = download.error or Cancelled("context canceled")
            download.done.succeed()

    def _fetch(self, download: _Download) -> Steps:
        digest = download.descriptor.digest
        target = f"/v2/{self._reference.path}/blobs/{digest}"
        response = yield from self._session.request("GET", target)
        if response.status >= 400:
            raise refusal(response, (yield from self._session.read(target, response)))
        data = yield from self._receive(download, response.body)
        self._progress.update(download.identity, "Verifying Checksum")
        try:
            self._images.put_blob(data, self._lease, digest, download.descriptor.media_type)
        except DataLoss:
            raise DataLoss(f"filesystem layer verification failed for digest {digest}") from None
        self._progress.update(download.identity, "Download complete")
        download.data = data

    def _receive(self, download: _Download, body: Any) -> Steps:
        total = download.descriptor.nominal
        if isinstance(body, bytes):
            self._progress.update(download.identity, "Downloading", total, total)
            return body
        chunks: list[bytes] = []
        try:
            while chunk := (yield from body.receive()):
                chunks.append(chunk)
                received = body.received if isinstance(body, PacedBody) else sum(map(len, chunks))
                self._report(download, received, total)
        except WireCut:
            raise System("unexpected EOF") from None
        except Cancelled:
            body.cancel()
            raise
        return b"".join(chunks)

    def _report(self, download: _Download, received: int, total: int) -> None:
        if self._stopped:
            raise Cancelled("context canceled")
        self._progress.update(download.identity, "Downloading", received, total)

    # ---- unpacking

    def _unpack(self, download: _Download, parent: str) -> Steps:
        """The chain ID and the diff ID of a layer that has arrived, put on top of ``parent``."""
        from dockersim.fs.tar import gunzip, is_gzip, unpack

        yield from self._pace(download)
        try:
            tar = gunzip(download.data) if is_gzip(download.data) else download.data
            layer = unpack(tar)
        except TarError as error:
            raise System(f"failed to register layer: {error}") from None
        diff_id = Digest.of(tar)
        name = self._images.add_layer(parent, diff_id, layer, self._lease)
        self._images.remember_blob(diff_id, download.descriptor, self._reference.name)
        self._progress.update(download.identity, "Pull complete")
        return name, diff_id

    def _pace(self, download: _Download) -> Steps:
        total = download.descriptor.nominal
        left = max(EXTRACTION_LEAST, total / EXTRACTION)
        duration = left
        current = min(FIRST_READ, total)
        while True:
            self._progress.update(download.identity, "Extracting", current, total)
            if left <= 0:
                return
            step = min(REPORT_EVERY, left)
            yield self._engine.sim.timeout(step)
            left = left - step if left > step else 0
            current = round(total * (1 - left / duration))
