"""Blob uploads: the one table of what can happen to them, and the signed state that their locations carry."""

from __future__ import annotations

import base64
import hmac
import json

from dockersim.registry.errors import RegistryError
from dockersim.sim import Simulation
from dockersim.store import Ingest
from dockersim.units.time import rfc3339nano
from dockersim.wire import with_query

TRANSITIONS: dict[str, dict[str, str]] = {
    "started": {"status": "started", "append": "receiving", "commit": "committed", "cancel": "cancelled"},
    "receiving": {"status": "receiving", "append": "receiving", "commit": "committed", "cancel": "cancelled"},
    "committed": {},
    "cancelled": {},
}
"""State to (event to next state). What is not here is answered with ``BLOB_UPLOAD_UNKNOWN``."""


class Upload:
    """One upload into ``repository``; its bytes are in ``ingest`` and no content until it is committed."""

    __slots__ = ("id", "ingest", "repository", "started", "state")

    def __init__(self, id: str, repository: str, ingest: Ingest, started: str) -> None:
        self.id = id
        self.repository = repository
        self.ingest = ingest
        self.started = started
        self.state = "started"

    def move(self, event: str) -> None:
        """Raises :class:`RegistryError` for an event that the present state does not know."""
        following = TRANSITIONS[self.state].get(event)
        if following is None:
            raise RegistryError("BLOB_UPLOAD_UNKNOWN", {})
        self.state = following

    @property
    def range(self) -> str:
        """What has been received, as the ``Range`` header tells it: both ends included, ``0-0`` for nothing."""
        return f"0-{max(self.ingest.offset - 1, 0)}"


class Uploads:
    """The uploads that a registry has under way. A location is good until the next byte arrives."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._secret = b""
        self._uploads: dict[str, Upload] = {}

    def start(self, repository: str, ingest: Ingest) -> Upload:
        upload = Upload(ingest.key, repository, ingest, rfc3339nano(self._sim.nanoseconds()))
        self._uploads[upload.id] = upload
        return upload

    def new_id(self) -> str:
        """A random UUID, version 4."""
        digits = self._sim.hex(32)
        variant = "89ab"[int(digits[16], 16) % 4]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def location(self, upload: Upload) -> str:
        """Where the upload goes on: a path whose ``_state`` is signed and tells how much has arrived."""
        state = {
            "Name": upload.repository,
            "UUID": upload.id,
            "Offset": upload.ingest.offset,
            "StartedAt": upload.started,
        }
        text = json.dumps(state, separators=(",", ":")).encode()
        packed = base64.urlsafe_b64encode(self._sign(text) + text).decode()
        return with_query(f"/v2/{upload.repository}/blobs/uploads/{upload.id}", {"_state": packed})

    def find(self, repository: str, id: str, packed: str) -> Upload:
        """The upload at a location. Raises :class:`RegistryError`."""
        state = self._unpack(packed)
        if state.get("Name") != repository or state.get("UUID") != id:
            raise RegistryError("BLOB_UPLOAD_INVALID")
        upload = self._uploads.get(id)
        if upload is None:
            raise RegistryError("BLOB_UPLOAD_UNKNOWN", {})
        if state.get("Offset") != upload.ingest.offset:
            raise RegistryError("BLOB_UPLOAD_INVALID")
        return upload

    def end(self, upload: Upload, event: str) -> None:
        upload.move(event)
        del self._uploads[upload.id]

    def __len__(self) -> int:
        return len(self._uploads)

    def _sign(self, text: bytes) -> bytes:
        if not self._secret:
            self._secret = self._sim.hex(64).encode()
        return hmac.digest(self._secret, text, "sha256")

    def _unpack(self, packed: str) -> dict[str, object]:
        try:
            raw = base64.urlsafe_b64decode(packed)
            signature, text = raw[:32], raw[32:]
            if hmac.compare_digest(signature, self._sign(text)):
                state: dict[str, object] = json.loads(text)
                return state
        except ValueError:
            pass
        raise RegistryError("BLOB_UPLOAD_INVALID", {})
