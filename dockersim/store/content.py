"""Blobs under their digests, after containerd's content store.

Content is written through an :class:`Ingest`, which nobody else sees until it is committed. A commit verifies the
digest; what does not hash to its name is refused, and nothing of it stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockersim.errors import Conflict, DataLoss, NotFound
from dockersim.oci import Digest
from dockersim.trace import Trace
from dockersim.trace import events as e


class ContentStore:
    """The blobs of ``host``. Each change is recorded in ``trace``."""

    def __init__(self, trace: Trace, host: str) -> None:
        self._trace = trace
        self._host = host
        self._blobs: dict[str, tuple[bytes, str]] = {}
        self._ingests: dict[str, Ingest] = {}

    def put(self, data: bytes, digest: str = "", media_type: str = "") -> Digest:
        """Store ``data``, under ``digest`` where one is expected. Raises :class:`DataLoss` where they differ."""
        name = Digest.of(data)
        if digest and digest != name and not Digest(digest).matches(data):
            raise DataLoss(self.refuse(digest, name))
        name = Digest(digest) if digest else name
        if name not in self._blobs:
            self._blobs[name] = (data, media_type)
            self._trace.record(e.BlobStored, self._host, name, len(data), media_type)
        return name

    def refuse(self, expected: str, actual: str) -> str:
        """Record that bytes were not what they were called; returns the reason in words."""
        reason = f"unexpected commit digest {actual}, expected {expected}"
        self._trace.record(e.BlobRefused, self._host, expected, actual, reason)
        return reason

    def get(self, digest: str) -> bytes:
        """The bytes. Raises :class:`NotFound`."""
        return self._find(digest)[0]

    def media_type(self, digest: str) -> str:
        """What the blob was said to be when it came; empty where nothing was said."""
        return self._find(digest)[1]

    def size(self, digest: str) -> int:
        """Bytes."""
        return len(self._find(digest)[0])

    def has(self, digest: str) -> bool:
        return digest in self._blobs

    __contains__ = has

    def delete(self, digest: str) -> None:
        """Remove the blob. Raises :class:`NotFound`."""
        self._find(digest)
        del self._blobs[digest]
        self._trace.record(e.BlobRemoved, self._host, digest)

    def walk(self) -> Iterator[tuple[Digest, int]]:
        """Each blob's digest and size in bytes, oldest first."""
        for digest, (data, _) in list(self._blobs.items()):
            yield Digest(digest), len(data)

    def __len__(self) -> int:
        return len(self._blobs)

    def _find(self, digest: str) -> tuple[bytes, str]:
        found = self._blobs.get(digest)
        if found is None:
            raise NotFound(f"content digest {digest}: not found")
        return found

    def ingest(self, key: str) -> Ingest:
        """Begin to write what is not yet content. Raises :class:`Conflict` while ``key`` is being written."""
        if key in self._ingests:
            raise Conflict(f"ref {key} locked: unavailable")
        self._ingests[key] = Ingest(self, key)
        return self._ingests[key]

    def ingests(self) -> list[str]:
        """The keys that are being written."""
        return list(self._ingests)

    def _end(self, key: str) -> None:
        self._ingests.pop(key, None)


class Ingest:
    """Bytes on their way into a store. ``commit`` or ``abort`` ends it, once."""

    __slots__ = ("_chunks", "_ended", "_store", "key", "offset")

    def __init__(self, store: ContentStore, key: str) -> None:
        self._store = store
        self._chunks: list[bytes] = []
        self._ended = False
        self.key = key
        self.offset = 0

    def write(self, chunk: bytes) -> None:
        self._check()
        self._chunks.append(chunk)
        self.offset += len(chunk)

    def commit(self, digest: str = "", media_type: str = "", size: int | None = None) -> Digest:
        """Turn what was written into content.

        Raises :class:`DataLoss` where size or digest are not what was expected; the ingest is then over, too.
        """
        self._check()
        self._finish()
        if size is not None and size != self.offset:
            raise DataLoss(f"unexpected commit size {self.offset}, expected {size}")
        return self._store.put(b"".join(self._chunks), digest, media_type)

    def digest(self) -> Digest:
        """Of what was written so far."""
        return Digest.of(b"".join(self._chunks))

    def matches(self, digest: str) -> bool:
        """Whether a commit under ``digest`` would be accepted."""
        return Digest(digest).matches(b"".join(self._chunks))

    def abort(self) -> None:
        """Forget it all. Ending twice is no error."""
        if not self._ended:
            self._finish()
            self._chunks.clear()

    def _check(self) -> None:
        if self._ended:
            raise Conflict(f"ref {self.key}: writer is closed")

    def _finish(self) -> None:
        self._ended = True
        self._store._end(self.key)
