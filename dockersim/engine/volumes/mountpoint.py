"""Mount points: what ``-v``, ``--mount``, ``--volumes-from`` and ``VOLUME`` come to (moby's ``volume/mounts``)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from dockersim.errors import InvalidParameter, System

if TYPE_CHECKING:
    from dockersim.engine.images.image import Image
    from dockersim.engine.volumes.volume import Volume

Json = dict[str, Any]
PROPAGATIONS = frozenset(("private", "rprivate", "slave", "rslave", "shared", "rshared"))
_GROUPS = (
    frozenset(("rw", "ro")),
    frozenset(("z", "Z")),
    PROPAGATIONS,
    frozenset(("nocopy",)),
    frozenset(("consistent", "cached", "delegated", "default")),
)


class MountPoint:
    """One mount of one container. ``source`` is a path of the host, empty for a tmpfs.

    ``layer`` is the key of the snapshot that shows an ``image``.

    ``named`` tells whether somebody chose the volume's name; ``made`` whether a missing source is made; ``options`` are
    a tmpfs's. ``listed`` is false for what ``docker inspect`` does not list (``--tmpfs``).
    """

    __slots__ = (
        "copy",
        "destination",
        "image",
        "layer",
        "listed",
        "made",
        "mode",
        "mounted",
        "name",
        "named",
        "options",
        "propagation",
        "rw",
        "source",
        "subpath",
        "type",
        "volume",
    )

    def __init__(
        self,
        kind: str,
        destination: str,
        *,
        rw: bool = True,
        source: str = "",
        mode: str = "",
        options: str = "",
        listed: bool = True,
    ) -> None:
        self.type = kind
        self.destination = posixpath.normpath(destination)
        self.source = source
        self.rw = rw
        self.mode = mode
        self.propagation = ""
        self.name = ""
        self.named = False
        self.copy = kind == "volume"
        self.made = True
        self.mounted = False
        self.subpath = ""
        self.options = options
        self.listed = listed
        self.volume: Volume | None = None
        self.image: Image | None = None
        self.layer = ""

    def json(self) -> Json:
        """``Mounts`` of ``docker inspect``."""
        view: Json = {"Type": self.type}
        if self.name:
            view["Name"] = self.name
        view |= {"Source": self.volume.path if self.volume is not None else self.source}
        view["Destination"] = self.destination
        if self.volume is not None:
            view["Driver"] = "local"
        view |= {"Mode": self.mode, "RW": self.rw, "Propagation": self.propagation}
        return view

    def again(self, mode: str) -> MountPoint:
        """The same mount for another container (``--volumes-from``)."""
        rw = self.rw and "ro" not in mode.split(",")
        copy = MountPoint(self.type, self.destination, rw=rw, source=self.source, options=self.options)
        copy.volume, copy.name, copy.named = self.volume, self.name, self.named
        copy.propagation, copy.subpath, copy.image = self.propagation, self.subpath, self.image
        copy.copy, copy.made = False, self.made
        return copy


def valid_mode(mode: str) -> bool:
    """Whether ``mode`` is made of known words, at most one of each sort."""
    counts = [0] * len(_GROUPS)
    for word in mode.split(",") if mode else ():
        sort = next((index for index, group in enumerate(_GROUPS) if word in group), None)
        if sort is None:
            return False
        counts[sort] += 1
    return all(count <= 1 for count in counts)


def from_bind(text: str) -> MountPoint:
    """``source:destination[:mode]`` of ``HostConfig.Binds``. System, in the engine's words."""
    parts = text.split(":")
    if not parts[0] or len(parts) > 3 or (len(parts) == 2 and valid_mode(parts[1])):
        raise System(f"invalid volume specification: '{text}'")
    mode = parts[2] if len(parts) == 3 else ""
    if not valid_mode(mode):
        raise System(f"invalid mode: {mode}")
    source, destination = parts[:2] if len(parts) > 1 else ("", parts[0])
    kind = "bind" if source.startswith("/") else "volume"
    words = mode.split(",")
    asked = next((word for word in words if word in PROPAGATIONS), "")
    wrong = _wrong_target(destination)
    if not wrong and kind == "bind" and "nocopy" in words:
        wrong = "field VolumeOptions must not be specified"
    if not wrong and kind == "volume" and asked:
        wrong = "field BindOptions must not be specified"
    if wrong:
        raise System(f"invalid volume specification: '{text}': {_config_error(kind, wrong)}")
    point = MountPoint(kind, destination, rw="ro" not in words, mode=mode)
    if kind == "bind":
        point.source = posixpath.normpath(source)
        point.propagation = asked or "rprivate"
    else:
        point.name, point.named = source, bool(source)
        point.copy = "nocopy" not in words
    return point


def from_mount(spec: Json, exists: Any) -> MountPoint:
    """An entry of ``HostConfig.Mounts``; ``exists`` tells whether the host has a path. InvalidParameter."""
    kind = spec.get("Type") or ""
    wrong = _wrong_mount(spec, kind, exists)
    if wrong:
        raise InvalidParameter(_config_error(kind, wrong))
    source = spec.get("Source") or ""
    point = MountPoint(kind, spec["Target"], rw=not spec.get("ReadOnly"))
    if kind == "bind":
        options = spec.get("BindOptions") or {}
        point.source = posixpath.normpath(source)
        point.propagation = options.get("Propagation") or "rprivate"
        point.made = bool(options.get("CreateMountpoint"))
    elif kind == "tmpfs":
        point.options = tmpfs_options(spec.get("TmpfsOptions") or {}, bool(spec.get("ReadOnly")))
    elif kind == "image":
        point.name, point.propagation, point.rw = source, "rprivate", False
        point.subpath = (spec.get("ImageOptions") or {}).get("Subpath") or ""
    else:
        options = spec.get("VolumeOptions") or {}
        point.name, point.named = source, bool(source)
        point.copy = not options.get("NoCopy")
        point.subpath = options.get("Subpath") or ""
    return point


def _config_error(kind: str, wrong: str) -> str:
    return f'invalid mount config for type "{kind}": {wrong}'


def _wrong_target(target: str) -> str:
    if not target:
        return "field Target must not be empty"
    if posixpath.normpath(target) == "/" or posixpath.normpath(target) == "//":
        return "invalid specification: destination can't be '/'"
    if not target.startswith("/"):
        return f"invalid mount path: '{target}' mount path must be absolute"
    return ""


def _wrong_mount(spec: Json, kind: str, exists: Any) -> str:
    wrong = _wrong_target(spec.get("Target") or "")
    if wrong:
        return wrong
    source = spec.get("Source") or ""
    if kind == "bind":
        return _wrong_bind(spec, source, exists)
    if kind == "tmpfs":
        return "field Source must not be specified" if source else _extra(spec, "BindOptions", "ImageOptions")
    if kind == "volume":
        subpath = (spec.get("VolumeOptions") or {}).get("Subpath") or ""
        wrong = _extra(spec, "BindOptions", "ImageOptions")
        if not wrong and not source and subpath:
            wrong = "must not set Subpath when using anonymous volumes"
        wrong = wrong or _wrong_subpath(subpath)
        if not wrong and spec.get("ReadOnly") and not source:
            wrong = "must not set ReadOnly mode when using anonymous volumes"
        return wrong
    if kind == "image":
        wrong = _extra(spec, "BindOptions", "VolumeOptions", "TmpfsOptions")
        wrong = wrong or ("" if source else "field Source must not be empty")
        return wrong or _wrong_subpath((spec.get("ImageOptions") or {}).get("Subpath") or "")
    return "mount type unknown"


def _wrong_subpath(path: str) -> str:
    outside = path.startswith("/") or posixpath.normpath(path).split("/")[0] == ".."
    return "subpath must be a relative path within the volume" if outside else ""


def _extra(spec: Json, *fields: str) -> str:
    return next((f"field {field} must not be specified" for field in fields if spec.get(field) is not None), "")


def _wrong_bind(spec: Json, source: str, exists: Any) -> str:
    if not source:
        return "field Source must not be empty"
    options = spec.get("BindOptions") or {}
    propagation = options.get("Propagation") or ""
    if propagation and propagation not in PROPAGATIONS:
        return f"invalid propagation mode: {propagation}"
    wrong = _extra(spec, "VolumeOptions", "ImageOptions")
    if wrong:
        return wrong
    if not source.startswith("/"):
        return f"invalid mount path: '{source}' mount path must be absolute"
    if not options.get("CreateMountpoint") and not exists(source):
        return f"bind source path does not exist: {source}"
    return ""


def tmpfs_options(options: Json, read_only: bool) -> str:
    """``TmpfsOptions`` as the text that the kernel is given."""
    words = ["ro"] if read_only else []
    if options.get("Mode"):
        words.append(f"mode={options['Mode']:o}")
    size = options.get("SizeBytes") or 0
    if size:
        unit, letter = next((pair for pair in ((1 << 30, "g"), (1 << 20, "m"), (1 << 10, "k")) if size % pair[0] == 0),
                            (1, ""))  # fmt: skip
        words.append(f"size={size // unit}{letter}")
    for option in options.get("Options") or ():
        if option[0] not in ("exec", "noexec"):
            raise InvalidParameter(_config_error("tmpfs", f"invalid option: {option[0]}"))
        words.append("=".join(option))
    return ",".join(words)


def volumes_from(text: str) -> tuple[str, str]:
    """``container[:mode]`` of ``--volumes-from``. InvalidParameter."""
    if not text:
        raise InvalidParameter("volumes-from specification cannot be an empty string")
    reference, _, mode = text.partition(":")
    words = mode.split(",") if mode else []
    if not valid_mode(mode) or "nocopy" in words or any(word in PROPAGATIONS for word in words):
        raise InvalidParameter(f"invalid mode: {mode}")
    return reference, mode or "rw"
