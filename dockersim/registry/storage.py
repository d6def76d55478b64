"""What a registry holds: blobs stored once, and repositories that link to them and name their manifests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from dockersim.errors import InvalidParameter
from dockersim.oci import Descriptor, Digest, Index, Manifest, media, parse_manifest
from dockersim.oci.reference import PATH, TAG
from dockersim.registry.disk import LAYERS, REVISIONS, Disk
from dockersim.registry.errors import RegistryError
from dockersim.sim import Simulation
from dockersim.store import ContentStore, References

DIGEST = re.compile(r"[A-Za-z0-9_+.-]+:[A-Fa-f0-9]{32,}")


class Repository:
    """The links of one repository: which blobs and which manifests it may give out. Tags are references."""

    __slots__ = ("blobs", "manifests", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.blobs: dict[str, None] = {}
        self.manifests: dict[str, Manifest | Index] = {}


class Storage:
    """All content of one registry. Raises :class:`RegistryError` as the API answers it.

    With a ``disk``, what lies there is its content from the start, and what changes is written there.
    """

    def __init__(self, sim: Simulation, host: str, disk: Disk | None = None) -> None:
        self.content = ContentStore(sim.trace, host)
        self.tags = References(sim.trace, host)
        self._repositories: dict[str, Repository] = {}
        self._nominal: dict[str, int] = {}
        self._disk: Disk | None = None
        if disk is not None:
            disk.load(self)
            self._disk = disk

    # ---- repositories

    def repositories(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._repositories)

    def repository(self, name: str) -> Repository:
        """The repository, made where it is missing."""
        found = self._repositories.get(name)
        if found is None:
            if not PATH.fullmatch(name):
                raise RegistryError("NAME_UNKNOWN", {"name": name})
            found = self._repositories[name] = Repository(name)
        return found

    def has(self, name: str, reference: str = "") -> bool:
        """Whether the repository is there; with a tag or digest, whether it has that manifest."""
        repository = self._repositories.get(name)
        if repository is None or not reference:
            return repository is not None
        if ":" in reference:
            return reference in repository.manifests
        return f"{name}:{reference}" in self.tags

    def tag_names(self, name: str) -> list[str]:
        """The repository's tags in lexical order. Raises ``NAME_UNKNOWN`` where it has none."""
        prefix = name + ":"
        found = sorted(full.removeprefix(prefix) for full in self.tags if full.startswith(prefix))
        if not found:
            raise RegistryError("NAME_UNKNOWN", {"name": name})
        return found

    # ---- blobs

    def put_blob(self, name: str, data: bytes, digest: str = "") -> Digest:
        """Store ``data`` and link it to the repository."""
        stored = self.content.put(data, digest, "application/octet-stream")
        return self.link_blob(name, stored)

    def link_blob(self, name: str, digest: str) -> Digest:
        """Let the repository have a blob that is stored."""
        self.repository(name).blobs[digest] = None
        if self._disk is not None:
            self._disk.keep(name, LAYERS, digest, self.content.get(digest))
        return Digest(digest)

    def has_blob(self, name: str, digest: str) -> bool:
        repository = self._repositories.get(name)
        return repository is not None and digest in repository.blobs

    def blob(self, name: str, digest: str) -> bytes:
        if not self.has_blob(name, digest):
            raise RegistryError("BLOB_UNKNOWN", digest)
        return self.content.get(digest)

    def unlink_blob(self, name: str, digest: str) -> None:
        """Take the blob from this repository; others that link to it keep it, and so does the disk."""
        if not self.has_blob(name, digest):
            raise RegistryError("BLOB_UNKNOWN")
        del self._repositories[name].blobs[digest]
        if self._disk is not None:
            self._disk.drop(name, LAYERS, digest)

    def nominal(self, digest: str) -> int:
        """The blob's size in life, in bytes, as a manifest declared it; its honest size where none did."""
        found = self._nominal.get(digest)
        return self.content.size(digest) if found is None else found

    # ---- manifests

    def put_manifest(self, name: str, reference: str, raw: bytes, media_type: str = "") -> Manifest | Index:
        """Store a manifest whose content is there already, and let the tag ``reference`` name it.

        Where ``reference`` is a digest it must be the manifest's.
        """
        manifest = _parse(raw, media_type)
        if ":" in reference:
            if not _is_digest(reference) or not Digest(reference).matches(raw):
                raise RegistryError("DIGEST_INVALID")
        elif not TAG.fullmatch(reference):
            raise RegistryError("MANIFEST_INVALID", {})
        self._check_references(name, manifest)
        digest = self.content.put(raw, reference if ":" in reference else "", manifest.media_type)
        for descriptor in manifest.references:
            if descriptor.nominal != descriptor.size:
                self._nominal[descriptor.digest] = descriptor.nominal
        self.repository(name).manifests[digest] = manifest
        if self._disk is not None:
            self._disk.keep(name, REVISIONS, digest, raw)
        if ":" not in reference:
            self._tag(name, reference, digest)
        return manifest

    def _tag(self, name: str, tag: str, digest: str) -> None:
        self.tags.set(f"{name}:{tag}", digest)
        if self._disk is not None:
            self._disk.tag(name, tag, digest)

    def _check_references(self, name: str, manifest: Manifest | Index) -> None:
        repository = self._repositories.get(name)
        held: Iterable[str] = ()
        if repository is not None:
            held = repository.manifests if isinstance(manifest, Index) else repository.blobs
        missing = [item for item in manifest.references if item.digest not in held and not item.urls]
        if missing:
            raise RegistryError.all([RegistryError("MANIFEST_BLOB_UNKNOWN", item.digest) for item in missing])

    def manifest(self, name: str, reference: str) -> tuple[Digest, Manifest | Index]:
        """The manifest that a tag or digest names, with its digest."""
        if ":" in reference:
            repository = self._repositories.get(name)
            found = repository.manifests.get(reference) if repository is not None else None
            if found is None:
                raise RegistryError("MANIFEST_UNKNOWN", {"Name": name, "Revision": reference})
            return Digest(reference), found
        digest = self.tags.find(f"{name}:{reference}")
        if digest is None:
            raise RegistryError("MANIFEST_UNKNOWN", {"Tag": reference})
        return self.manifest(name, digest)

    def delete_manifest(self, name: str, digest: str) -> None:
        """Unlink a manifest, and untag it in this repository."""
        if not _is_digest(digest):
            raise RegistryError("DIGEST_INVALID")
        repository = self._repositories.get(name)
        if repository is None or digest not in repository.manifests:
            raise RegistryError("MANIFEST_UNKNOWN")
        del repository.manifests[digest]
        tags = [full for full in self.tags.names(digest) if full.rpartition(":")[0] == name]
        for full in tags:
            self.tags.remove(full)
        if self._disk is not None:
            self._disk.drop(name, REVISIONS, digest)
            for full in tags:
                self._disk.untag(name, full.rpartition(":")[2])

    def referrers(self, name: str, digest: str) -> list[Descriptor]:
        """What in this repository has ``digest`` as its subject (OCI Distribution 1.1, "Listing Referrers")."""
        repository = self._repositories.get(name)
        found = []
        for manifest in repository.manifests.values() if repository is not None else ():
            if manifest.subject is None or manifest.subject.digest != digest:
                continue
            kind = manifest.artifact_type
            if not kind and isinstance(manifest, Manifest):
                kind = manifest.config.media_type
            size = manifest.size
            annotations = manifest.annotations
            found.append(
                Descriptor(manifest.media_type, manifest.digest, size, annotations=annotations, artifact_type=kind)
            )
        return found


def _parse(raw: bytes, media_type: str) -> Manifest | Index:
    known = media.MANIFESTS | media.INDEXES
    if media_type and media_type not in known:
        raise RegistryError("MANIFEST_INVALID", {})
    try:
        json.loads(raw)
    except json.JSONDecodeError as error:
        raise RegistryError("MANIFEST_INVALID", {"Offset": min(error.pos + 1, len(raw))}) from None
    except (ValueError, RecursionError):
        raise RegistryError("MANIFEST_INVALID", {}) from None
    try:
        return parse_manifest(raw, media_type)
    except InvalidParameter:
        raise RegistryError("MANIFEST_INVALID", {}) from None


def _is_digest(text: str) -> bool:
    try:
        Digest(text)
    except InvalidParameter:
        return False
    return True
