"""Image configurations (OCI image specification, config.md): how to run an image, and how it came to be.

The digest of a configuration's bytes is the image's ID.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from dockersim.errors import InvalidParameter
from dockersim.oci import media
from dockersim.oci.descriptor import Descriptor, Platform
from dockersim.oci.digest import Digest, chain_ids
from dockersim.oci.document import Document, canonical, listed, load_object
from dockersim.oci.value import set_once

_STRINGS = ("architecture", "os", "variant", "created", "author", "os.version")
_LISTS = ("Env", "Entrypoint", "Cmd", "OnBuild", "Shell")
_SETS = ("ExposedPorts", "Volumes")
_TEXTS = ("User", "WorkingDir", "StopSignal", "Hostname", "Domainname", "Image")


class ImageConfig(Document):
    """An image configuration. ``config`` holds Env, Cmd, Entrypoint and the like under Docker's names."""

    __slots__ = ("config", "created", "diff_ids", "history", "platform")
    KIND: ClassVar[str] = "image configuration"
    config: Mapping[str, Any]
    created: str
    diff_ids: tuple[Digest, ...]
    history: tuple[Mapping[str, Any], ...]
    platform: Platform

    def __init__(self, raw: bytes, media_type: str = media.OCI_CONFIG) -> None:
        value = load_object(raw, self.KIND)
        super().__init__(raw, media_type)
        for name in _STRINGS:
            _need(isinstance(value.get(name, ""), str), f"{name} is not a string")
        set_once(self, "platform", Platform.from_json(value))
        set_once(self, "created", value.get("created", ""))
        set_once(self, "config", MappingProxyType(_run_config(value.get("config"))))
        set_once(self, "diff_ids", _diff_ids(value.get("rootfs")))
        set_once(self, "history", _history(value))

    @classmethod
    def build(
        cls,
        *,
        platform: Platform,
        diff_ids: Iterable[str],
        config: Mapping[str, Any] | None = None,
        history: Iterable[Mapping[str, Any]] = (),
        created: str = "",
        author: str = "",
        media_type: str = media.OCI_CONFIG,
    ) -> ImageConfig:
        """A new configuration: compact JSON with its keys in alphabetical order, as BuildKit writes them.

        ``created`` is RFC 3339. A history entry has ``created``, ``created_by``, ``author``, ``comment`` and
        ``empty_layer``, all of them optional.
        """
        value: dict[str, Any] = dict(platform.to_json())
        value["config"] = dict(config or {})
        if created:
            value["created"] = created
        if author:
            value["author"] = author
        entries = [dict(entry) for entry in history]
        if entries:
            value["history"] = entries
        layers = [str(item) for item in diff_ids]
        filled = sum(1 for entry in entries if not entry.get("empty_layer"))
        _need(not entries or filled == len(layers), f"history tells of {filled} layers, rootfs has {len(layers)}")
        value["rootfs"] = {"type": "layers", "diff_ids": layers}
        return cls(canonical(dict(sorted(value.items()))), media_type)

    @property
    def chain_ids(self) -> list[Digest]:
        """The chain ID of each layer, lowest first."""
        return chain_ids(self.diff_ids)

    @property
    def author(self) -> str:
        return str(self.document.get("author", ""))

    def descriptor(self) -> Descriptor:
        return Descriptor(self.media_type, self.digest, self.size)


def _need(fact: bool, message: str) -> None:
    if not fact:
        raise InvalidParameter(f"invalid image configuration: {message}")


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _run_config(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    _need(isinstance(value, dict), "config is not an object")
    for name in _LISTS:
        _need(value.get(name) is None or _are_strings(value[name]), f"{name} is not a list of strings")
    for name in _SETS:
        _need(value.get(name) is None or isinstance(value[name], dict), f"{name} is not an object")
    for name in _TEXTS:
        _need(isinstance(value.get(name, ""), str), f"{name} is not a string")
    labels = value.get("Labels") or {}
    _need(isinstance(labels, dict) and _are_strings(list(labels.values())), "Labels is not an object of strings")
    return dict(value)


def _diff_ids(rootfs: Any) -> tuple[Digest, ...]:
    _need(isinstance(rootfs, dict), "rootfs is not an object")
    _need(rootfs.get("type") == "layers", f"rootfs.type is {rootfs.get('type')!r}, not 'layers'")
    if rootfs.get("diff_ids") is None:
        return ()
    items = listed(rootfs, "diff_ids", "image configuration")
    _need(_are_strings(items), "diff_ids is not a list of strings")
    return tuple(Digest(item) for item in items)


def _history(value: dict[str, Any]) -> tuple[Mapping[str, Any], ...]:
    if value.get("history") is None:
        return ()
    entries = listed(value, "history", "image configuration")
    for entry in entries:
        _need(isinstance(entry, dict), "a history entry is not an object")
        for name in ("created", "created_by", "author", "comment"):
            _need(isinstance(entry.get(name, ""), str), f"history {name} is not a string")
        _need(isinstance(entry.get("empty_layer", False), bool), "history empty_layer is not a boolean")
    return tuple(MappingProxyType(entry) for entry in entries)
