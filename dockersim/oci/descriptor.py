"""Descriptors and platforms: what points at content, and what content is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dockersim.errors import InvalidParameter
from dockersim.oci.digest import Digest
from dockersim.oci.media import NOMINAL_SIZE
from dockersim.oci.value import Value, set_once

MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
_COMPONENT = "^[A-Za-z0-9_.-]+$"
_SYSTEM = r"^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$"
_SYSTEMS = frozenset({"linux", "windows", "darwin", "freebsd", "wasip1"})
_PROCESSORS = frozenset({"amd64", "arm64", "386", "arm", "ppc64le", "s390x", "riscv64", "mips64le", "loong64", "wasm"})
_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "i386": "386",
    "armhf": "arm",
    "armel": "arm",
}


class Platform(Value):
    """Operating system and processor, such as ``linux/amd64`` or ``linux/arm/v7``."""

    __slots__ = ("architecture", "os", "variant")
    os: str
    architecture: str
    variant: str

    def __init__(self, os: str, architecture: str, variant: str = "") -> None:
        for part in (os, architecture):
            if not isinstance(part, str) or not part:
                raise InvalidParameter("invalid platform: os and architecture are required")
        if not isinstance(variant, str):
            raise InvalidParameter("invalid platform: variant is not a string")
        set_once(self, "os", os)
        set_once(self, "architecture", architecture)
        set_once(self, "variant", variant)

    @classmethod
    def parse(cls, text: str) -> Platform:
        """``os/arch[/variant]`` as ``--platform`` takes it; usual other names of a processor are understood."""
        system, *others = text.split("/")
        found = re.fullmatch(_SYSTEM, system)
        if found is None:
            raise InvalidParameter(
                f'"{system}" is an invalid OS component of "{text}": '
                f'OSAndVersion specifier component must match "{_SYSTEM}": invalid argument'.replace("\\", "\\\\")
            )
        for part in others:
            if not re.fullmatch(_COMPONENT, part):
                raise InvalidParameter(
                    f'"{part}" is an invalid component of "{text}": '
                    f'platform specifier component must match "{_COMPONENT}": invalid argument'
                )
        parts = [found[1].lower(), *(part.lower() for part in others)]
        if len(parts) > 3:
            raise InvalidParameter(f'"{text}": cannot parse platform specifier: invalid argument')
        if len(parts) == 1:
            if parts[0] in _SYSTEMS:
                return cls(parts[0], "amd64")
            if _architecture(parts[0]) in _PROCESSORS:
                return cls("linux", _architecture(parts[0]))
            raise InvalidParameter(f'"{text}": unknown operating system or architecture: invalid argument')
        architecture = _architecture(parts[1])
        return cls(parts[0], architecture, _variant(architecture, parts[2]) if len(parts) == 3 else "")

    @classmethod
    def from_json(cls, value: Any) -> Platform:
        if not isinstance(value, Mapping):
            raise InvalidParameter("invalid platform: not an object")
        return cls(value.get("os", ""), value.get("architecture", ""), value.get("variant", ""))

    def to_json(self) -> dict[str, Any]:
        value = {"architecture": self.architecture, "os": self.os}
        return {**value, "variant": self.variant} if self.variant else value

    def satisfies(self, wanted: Platform) -> bool:
        """Whether content for this platform runs where ``wanted`` is asked for."""
        same = (self.os, self.architecture) == (wanted.os, wanted.architecture)
        if same and self.architecture == "amd64":  # what is made for an older processor runs on a newer one
            return _level(self.variant) <= _level(wanted.variant) or not wanted.variant
        default = "v8" if wanted.architecture == "arm64" else ""
        return same and (not wanted.variant or wanted.variant == (self.variant or default))

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


def _level(variant: str) -> str:
    return variant or "v1"


def _variant(architecture: str, text: str) -> str:
    """The usual name of a variant: ``7`` is ``v7``, and amd64's first is none."""
    if architecture in ("arm", "arm64") and text in ("5", "6", "7", "8"):
        return f"v{text}"
    return "" if (architecture, text) == ("amd64", "v1") else text


def _architecture(name: str) -> str:
    return _ARCHITECTURES.get(name, name)


class Descriptor(Value):
    """A pointer to content: its media type, digest and size in bytes (OCI image specification, descriptor.md)."""

    __slots__ = ("_annotations", "artifact_type", "digest", "media_type", "platform", "size", "urls")
    media_type: str
    digest: Digest
    size: int
    platform: Platform | None
    artifact_type: str
    urls: tuple[str, ...]
    _annotations: tuple[tuple[str, str], ...]

    def __init__(
        self,
        media_type: str,
        digest: str,
        size: int,
        *,
        annotations: Mapping[str, str] | None = None,
        platform: Platform | None = None,
        artifact_type: str = "",
        urls: tuple[str, ...] = (),
    ) -> None:
        if not isinstance(media_type, str) or not MEDIA_TYPE.fullmatch(media_type):
            raise InvalidParameter(f"invalid descriptor: media type {media_type!r}")
        if not isinstance(digest, str):
            raise InvalidParameter("invalid descriptor: digest is not a string")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise InvalidParameter(f"invalid descriptor: size {size!r}")
        if not isinstance(artifact_type, str) or (artifact_type and not MEDIA_TYPE.fullmatch(artifact_type)):
            raise InvalidParameter(f"invalid descriptor: artifact type {artifact_type!r}")
        set_once(self, "media_type", media_type)
        set_once(self, "digest", Digest(digest))
        set_once(self, "size", size)
        set_once(self, "platform", platform)
        set_once(self, "artifact_type", artifact_type)
        set_once(self, "urls", tuple(urls))
        set_once(self, "_annotations", tuple(sorted((annotations or {}).items())))

    @classmethod
    def of(
        cls, media_type: str, data: bytes, *, nominal: int | None = None, platform: Platform | None = None
    ) -> Descriptor:
        """The descriptor of ``data``; with ``nominal``, annotated with the size that it has in life."""
        annotations = {NOMINAL_SIZE: str(nominal)} if nominal is not None and nominal != len(data) else None
        return cls(media_type, Digest.of(data), len(data), annotations=annotations, platform=platform)

    @property
    def annotations(self) -> Mapping[str, str]:
        return MappingProxyType(dict(self._annotations))

    @property
    def nominal(self) -> int:
        """The size in bytes that the content has in life; :attr:`size` where nothing else is declared."""
        text = dict(self._annotations).get(NOMINAL_SIZE, "")
        return int(text) if text.isascii() and text.isdigit() else self.size

    @classmethod
    def from_json(cls, value: Any) -> Descriptor:
        if not isinstance(value, Mapping):
            raise InvalidParameter("invalid descriptor: not an object")
        platform = value.get("platform")
        urls = value.get("urls") or ()
        if not isinstance(urls, (list, tuple)) or not all(isinstance(url, str) for url in urls):
            raise InvalidParameter("invalid descriptor: urls is not a list of strings")
        return cls(
            value.get("mediaType", ""),
            value.get("digest", ""),
            value.get("size", -1),
            annotations=_annotations(value.get("annotations")),
            platform=None if platform is None else Platform.from_json(platform),
            artifact_type=value.get("artifactType", ""),
            urls=tuple(urls),
        )

    def to_json(self) -> dict[str, Any]:
        """Fields in the order that Docker writes them for its own media types, OCI's order for the others."""
        value: dict[str, Any] = {"mediaType": self.media_type}
        if self.media_type.startswith("application/vnd.docker."):
            value |= {"size": self.size, "digest": str(self.digest)}
        else:
            value |= {"digest": str(self.digest), "size": self.size}
        if self.urls:
            value["urls"] = list(self.urls)
        if self._annotations:
            value["annotations"] = dict(self._annotations)
        if self.platform is not None:
            value["platform"] = self.platform.to_json()
        if self.artifact_type:
            value["artifactType"] = self.artifact_type
        return value


def _annotations(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
        raise InvalidParameter("invalid annotations: not an object of strings")
    return dict(value)
