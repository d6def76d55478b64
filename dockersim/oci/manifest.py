"""Image manifests and indexes (OCI image specification, manifest.md and image-index.md; Docker's schema 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from dockersim.errors import InvalidParameter, NotFound
from dockersim.oci import media
from dockersim.oci.descriptor import MEDIA_TYPE, Descriptor, Platform
from dockersim.oci.document import Document, canonical, listed, load_object
from dockersim.oci.value import set_once

DOCKER_INDENT, OCI_INDENT = 3, 2
"""How Docker and BuildKit indent the manifests that they write: their bytes, hence their digests, depend on it."""


class Manifest(Document):
    """One image for one platform: a configuration and layers, lowest first."""

    __slots__ = ("artifact_type", "config", "layers", "subject")
    KIND: ClassVar[str] = "manifest"
    config: Descriptor
    layers: tuple[Descriptor, ...]
    subject: Descriptor | None
    artifact_type: str

    def __init__(self, raw: bytes, media_type: str = "") -> None:
        value = load_object(raw, self.KIND)
        super().__init__(raw, _media_type(value, media_type, media.MANIFESTS, media.OCI_MANIFEST, self.KIND))
        set_once(self, "config", Descriptor.from_json(value.get("config")))
        layers = listed(value, "layers", self.KIND)
        set_once(self, "layers", tuple(Descriptor.from_json(item) for item in layers))
        set_once(self, "subject", _subject(value))
        set_once(self, "artifact_type", value.get("artifactType", ""))

    @classmethod
    def build(
        cls,
        config: Descriptor,
        layers: Iterable[Descriptor],
        *,
        media_type: str = media.OCI_MANIFEST,
        artifact_type: str = "",
        subject: Descriptor | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> Manifest:
        """A new manifest, in the bytes that Docker (its media type) or BuildKit (OCI's) would write."""
        value: dict[str, Any] = {"schemaVersion": 2, "mediaType": media_type}
        if artifact_type:
            value["artifactType"] = artifact_type
        value["config"] = config.to_json()
        value["layers"] = [layer.to_json() for layer in layers]
        return cls(_write(value, media_type, subject, annotations), media_type)

    @property
    def references(self) -> tuple[Descriptor, ...]:
        """All content that the manifest points at."""
        return (self.config, *self.layers)

    @property
    def annotations(self) -> dict[str, str]:
        return dict(self.document.get("annotations") or {})

    def descriptor(self, platform: Platform | None = None) -> Descriptor:
        return Descriptor(self.media_type, self.digest, self.size, platform=platform, artifact_type=self.artifact_type)


class Index(Document):
    """One name for images of several platforms; Docker calls it a manifest list."""

    __slots__ = ("artifact_type", "manifests", "subject")
    KIND: ClassVar[str] = "index"
    manifests: tuple[Descriptor, ...]
    subject: Descriptor | None
    artifact_type: str

    def __init__(self, raw: bytes, media_type: str = "") -> None:
        value = load_object(raw, self.KIND)
        super().__init__(raw, _media_type(value, media_type, media.INDEXES, media.OCI_INDEX, self.KIND))
        manifests = listed(value, "manifests", self.KIND)
        set_once(self, "manifests", tuple(Descriptor.from_json(item) for item in manifests))
        set_once(self, "subject", _subject(value))
        set_once(self, "artifact_type", value.get("artifactType", ""))

    @classmethod
    def build(
        cls,
        manifests: Iterable[Descriptor],
        *,
        media_type: str = media.OCI_INDEX,
        subject: Descriptor | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> Index:
        value: dict[str, Any] = {"schemaVersion": 2, "mediaType": media_type}
        value["manifests"] = [entry.to_json() for entry in manifests]
        return cls(_write(value, media_type, subject, annotations), media_type)

    @property
    def references(self) -> tuple[Descriptor, ...]:
        """All content that the index points at."""
        return self.manifests

    @property
    def annotations(self) -> dict[str, str]:
        return dict(self.document.get("annotations") or {})

    def descriptor(self) -> Descriptor:
        return Descriptor(self.media_type, self.digest, self.size, artifact_type=self.artifact_type)

    def select(self, platform: Platform) -> Descriptor:
        """The first entry for ``platform``. Raises :class:`NotFound` in the engine's words."""
        for entry in self.manifests:
            if entry.platform is not None and entry.platform.satisfies(platform):
                return entry
        raise NotFound(f"no matching manifest for {platform} in the manifest list entries")


def parse_manifest(raw: bytes, media_type: str = "") -> Manifest | Index:
    """The manifest or index in ``raw``; where ``media_type`` is empty the document's own decides, else its shape."""
    if not media_type:
        value = load_object(raw, Manifest.KIND)
        declared = value.get("mediaType", "")
        media_type = declared if isinstance(declared, str) else ""
        if not media_type:
            media_type = media.OCI_INDEX if "manifests" in value else media.OCI_MANIFEST
    if media_type in media.INDEXES:
        return Index(raw, media_type)
    if media_type in media.MANIFESTS:
        return Manifest(raw, media_type)
    raise InvalidParameter(f"unsupported manifest media type {media_type}")


def _media_type(value: dict[str, Any], given: str, allowed: frozenset[str], default: str, what: str) -> str:
    if value.get("schemaVersion") != 2 or isinstance(value.get("schemaVersion"), bool):
        raise InvalidParameter(f"invalid {what}: unrecognized schema version {value.get('schemaVersion')}")
    if (what == Manifest.KIND and "manifests" in value) or (what == Index.KIND and "layers" in value):
        raise InvalidParameter(f"invalid {what}: expected a manifest or an index, found fields of both or of the other")
    declared = value.get("mediaType", "")
    media_type = given or declared or default
    if declared and declared != media_type:
        raise InvalidParameter(f"invalid {what}: mediaType is {declared!r}, not {media_type!r}")
    if not declared and media_type != default:
        raise InvalidParameter(f"invalid {what}: no mediaType, which {media_type} requires")
    if not isinstance(media_type, str) or media_type not in allowed:
        raise InvalidParameter(f"invalid {what}: media type {media_type!r}")
    _check_common(value, what)
    return media_type


def _check_common(value: dict[str, Any], what: str) -> None:
    annotations = value.get("annotations", {})
    if not isinstance(annotations, dict) or not all(isinstance(item, str) for item in annotations.values()):
        raise InvalidParameter(f"invalid {what}: annotations is not an object of strings")
    artifact_type = value.get("artifactType", "")
    if not isinstance(artifact_type, str) or (artifact_type and not MEDIA_TYPE.fullmatch(artifact_type)):
        raise InvalidParameter(f"invalid {what}: artifactType {artifact_type!r}")


def _subject(value: dict[str, Any]) -> Descriptor | None:
    subject = value.get("subject")
    return None if subject is None else Descriptor.from_json(subject)


def _write(
    value: dict[str, Any], media_type: str, subject: Descriptor | None, annotations: Mapping[str, str] | None
) -> bytes:
    if subject is not None:
        value["subject"] = subject.to_json()
    if annotations:
        value["annotations"] = dict(sorted(annotations.items()))
    return canonical(value, DOCKER_INDENT if media_type.startswith("application/vnd.docker.") else OCI_INDENT)
