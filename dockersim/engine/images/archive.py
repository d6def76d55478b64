"""Images in one file: ``docker save`` and ``docker load`` (moby, ``image/tarexport``).

The archive is an OCI image layout and Docker's own older form at once: the blobs are shared, ``index.json`` is for the
one and ``manifest.json`` with ``repositories`` for the other. Its bytes depend on the images and names only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from dockersim.engine.images.commit import tar_error
from dockersim.engine.images.image import Image
from dockersim.errors import DataLoss, InvalidParameter, NotFound, System
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.errors import TarError
from dockersim.oci import Descriptor, Digest, ImageConfig, Manifest, Platform, Reference, canonical, media
from dockersim.wire import gojson

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.engine.distribution.progress import Progress
    from dockersim.wire import Steps

LOADING = 400e6
"""Bytes a second, in life, that a layer is loaded at."""

FIRST_READ = 32_768
MAX_LINKS = 40
NO_CONFIG: dict[str, Any] = {
    **dict.fromkeys(("Hostname", "Domainname", "User"), ""),
    **dict.fromkeys(("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce"), False),
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": None,
}


class _Unpacked:
    """An archive that was unpacked into a directory of the daemon's, ``place``."""

    def __init__(self, engine: Engine, data: bytes) -> None:
        from dockersim.fs.tar import gunzip, is_gzip

        archive = gunzip(data) if is_gzip(data) else data
        self.files = {one.name.removeprefix("./").rstrip("/"): one for one in read_members(archive)} if archive else {}
        self.place = f"{engine.root}/tmp/docker-import-{engine.sim.rng.randrange(10**9)}"

    def read(self, name: Any) -> bytes:
        """The content of a file, links followed. :class:`System` in the daemon's words."""
        name = name if isinstance(name, str) else ""
        member = self.files.get(name)
        for _ in range(MAX_LINKS):
            if member is None or member.type != "symlink":
                break
            member = self.files.get(normpath(join(dirname(member.name), member.linkname)))
        if member is None or member.type in ("directory", "symlink"):
            raise self.missing(name)
        return member.data

    def missing(self, name: str) -> System:
        """What the daemon says when it wants to open a file that is not there."""
        return System(f"open {self.place}/{name}: no such file or directory")

    def no_image(self) -> System:
        """What it stumbles over in an archive that has no images: it takes each directory for a layer of old days."""
        folders = {name.partition("/")[0] for name, one in self.files.items() if "/" in name or one.type == "directory"}
        first = min(folders - {"."}, default="")
        return self.missing(f"{first}/json" if first else "repositories")


class _Chosen(NamedTuple):
    image: Image
    tags: list[Reference]


def chosen(engine: Engine, names: Iterable[str]) -> list[_Chosen]:
    """The images to save, each once, with the tags that were asked for. Raises :class:`NotFound`.

    A name without a tag means all tags of its repository; an ID brings no tags.
    """
    found: dict[str, _Chosen] = {}
    for name in names:
        try:
            for image, tag in _associations(engine, name):
                entry = found.setdefault(image.id, _Chosen(image, []))
                if tag is not None and tag not in entry.tags:
                    entry.tags.append(tag)
        except NotFound:
            raise NotFound(_not_found(name)) from None
    return list(found.values())


def _not_found(name: str) -> str:
    try:
        named = Reference.normalized(name)
    except InvalidParameter:
        return f"No such image: {name}"
    return f"No such image: {name}" if named.is_name_only else "reference does not exist"


def _associations(engine: Engine, name: str) -> list[tuple[Image, Reference | None]]:
    store = engine.images
    try:
        reference = Reference.normalized(name)
    except InvalidParameter:
        return [(store.get(name), None)]
    if reference.is_name_only:
        tags = [(one, store.find(identity)) for one, identity in store.named(reference) if not one.digest]
        if tags:
            return [(image, tag) for tag, image in tags if image is not None]
    image = store.get(name)
    tagged = reference.tagged_or_latest()
    known = not tagged.digest and store.references.find(tagged.familiar) == image.id
    return [(image, tagged if known else None)]


def save(engine: Engine, names: Iterable[str], platform: Platform | None = None) -> bytes:
    """The archive. Raises :class:`NotFound`, and :class:`System` for an image of another ``platform``."""
    blobs: dict[str, Member] = {}
    manifests: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    repositories: dict[str, dict[str, str]] = {}
    for image, tags in chosen(engine, names):
        if platform is not None and not image.config.platform.satisfies(platform):
            raise System(f"no suitable export target found for platform {platform}")
        layers = _save_layers(engine, image, blobs)
        _put(blobs, image.config.raw, image)
        manifest = Manifest.build(
            Descriptor(media.OCI_CONFIG, image.id, image.config.size), layers, media_type=media.OCI_MANIFEST
        )
        raw = canonical(manifest.document)
        _put(blobs, raw, image)
        entries += _index_entries(raw, tags)
        manifests.append(
            {
                "Config": _path(image.id),
                "RepoTags": [tag.familiar for tag in tags] or None,
                "Layers": [_path(layer.digest) for layer in layers],
                "LayerSources": {layer.digest: _source(layer) for layer in layers},
            }
        )
        for tag in tags:
            if layers:
                repositories.setdefault(tag.familiar_name, {})[tag.tag] = layers[-1].digest.encoded
        engine.images.log("save", image.id)
    index = {"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": entries}
    files = [
        *((Member("blobs", "directory", 0o755), Member("blobs/sha256", "directory", 0o755)) if blobs else ()),
        *(blobs[name] for name in sorted(blobs)),
        Member("index.json", data=canonical(index)),
        Member("manifest.json", data=canonical(manifests) + b"\n"),
        Member("oci-layout", data=b'{"imageLayoutVersion": "1.0.0"}'),
    ]
    if repositories:
        files.append(Member("repositories", data=canonical(dict(sorted(repositories.items()))) + b"\n"))
    return write_members(files)


def _save_layers(engine: Engine, image: Image, blobs: dict[str, Member]) -> list[Descriptor]:
    """Put the layers among the blobs, each with the description that Docker before 1.10 had for it."""
    store = engine.images
    descriptors = []
    parent = ""
    for number, (diff_id, chain) in enumerate(zip(image.diff_ids, image.chain_ids, strict=True), 1):
        tar = store.layer_tar(diff_id)
        usage = store.snapshots.usage(chain)
        nominal = len(tar) + max(
            0, usage - sum(len(node.data) for node in store.snapshots.layer(chain).entries.values())
        )
        descriptors.append(Descriptor.of(media.OCI_LAYER, tar, nominal=nominal))
        blobs[_path(diff_id)] = Member(_path(diff_id), data=tar)
        described, parent = _describe(image, chain, parent, last=number == len(image.diff_ids))
        _put(blobs, described, image)
    return descriptors


def _describe(image: Image, chain: str, parent: str, *, last: bool) -> tuple[bytes, str]:
    document = image.config.document
    value: dict[str, Any] = {"created": "1970-01-01T00:00:00Z", "container_config": NO_CONFIG, "os": "linux"}
    if last:
        names = ("created", "container", "container_config", "docker_version", "author", "config", "architecture", "os")
        value = {name: document[name] for name in names if document.get(name)}
    identity = Digest.of(canonical({**value, "layer_id": chain, "parent": parent})).encoded
    head = {"id": identity, "parent": parent} if parent else {"id": identity}
    return canonical({**head, **value}), identity


def _put(blobs: dict[str, Member], data: bytes, image: Image) -> None:
    name = _path(Digest.of(data))
    blobs[name] = Member(name, mtime_ns=image.created_ns // 10**9 * 10**9, data=data)


def _path(digest: str) -> str:
    return f"blobs/sha256/{digest.partition(':')[2]}"


def _source(layer: Descriptor) -> dict[str, Any]:
    return {"mediaType": layer.media_type, "size": layer.size, "digest": layer.digest}


def _index_entries(raw: bytes, tags: list[Reference]) -> list[dict[str, Any]]:
    entry = {"mediaType": media.OCI_MANIFEST, "digest": Digest.of(raw), "size": len(raw)}
    named = [{"io.containerd.image.name": str(tag), "org.opencontainers.image.ref.name": tag.tag} for tag in tags]
    return [{**entry, "annotations": one} for one in named] or [entry]


# ---- loading


def load(engine: Engine, data: bytes, progress: Progress, *, quiet: bool, platform: Platform | None = None) -> Steps:
    """Take in all images of an archive, or those of a ``platform``; what went in before an error stays.

    Raises :class:`DockersimError`.
    """
    try:
        archive = _Unpacked(engine, data)
    except TarError as error:
        raise System(tar_error(error)) from None
    if "manifest.json" not in archive.files:
        raise archive.no_image()
    entries = _entries(archive.read("manifest.json"))
    names = [[Reference.normalized(tag).tagged_or_latest() for tag in entry.get("RepoTags") or ()] for entry in entries]
    nameless, named = "", False
    for entry, tags in zip(entries, names, strict=True):
        config = _config(archive, entry)
        if platform is not None and not config.platform.satisfies(platform):
            continue
        image = yield from _load_image(engine, config, entry, archive, progress, quiet=quiet)
        engine.images.log("load", image.id)
        for reference in tags:
            named = True
            _name(engine, image, reference, progress)
            progress.send({"stream": f"Loaded image: {reference.familiar}\n"})
        nameless += f"Loaded image ID: {image.id}\n"
    if not named:
        progress.send({"stream": nameless} if nameless else {})


def _entries(raw: bytes) -> list[dict[str, Any]]:
    try:
        value, _ = gojson.read(raw.decode(errors="replace"))
    except (EOFError, ValueError) as error:
        raise System(str(error) or "EOF") from None
    if not isinstance(value, list) or not all(_is_entry(entry) for entry in value):
        raise System("invalid manifest.json: not a list of images")
    return value


def _is_entry(entry: Any) -> bool:
    lists = (entry.get("Layers"), entry.get("RepoTags")) if isinstance(entry, dict) else ("",)
    return all(
        value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)) for value in lists
    )


def _config(archive: _Unpacked, entry: dict[str, Any]) -> ImageConfig:
    raw = archive.read(entry.get("Config"))
    try:
        return ImageConfig(raw, media.DOCKER_CONFIG)
    except InvalidParameter as error:
        without = isinstance(known := _loaded(raw), dict) and "rootfs" not in known
        raise System("invalid image JSON, no RootFS key" if without else error.message) from None


def _loaded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _load_image(
    engine: Engine, config: ImageConfig, entry: dict[str, Any], archive: _Unpacked, progress: Progress, *, quiet: bool
) -> Steps:
    from dockersim.engine.builder.image import ImageLayer
    from dockersim.fs.tar import gunzip, is_gzip, unpack
    from dockersim.oci import chain_ids

    found = engine.images.find(config.digest)
    if found is not None:
        return found
    names = entry.get("Layers") or ()
    if len(names) != len(config.diff_ids):
        raise System(f"invalid manifest, layers length mismatch: expected {len(config.diff_ids)}, got {len(names)}")
    layers: list[ImageLayer] = []
    for name, expected, chain in zip(names, config.diff_ids, chain_ids(config.diff_ids), strict=True):
        try:
            raw = archive.read(name)
            tar = gunzip(raw) if is_gzip(raw) else raw
            layer = ImageLayer(unpack(tar), tar, Digest.of(tar))
        except TarError as error:
            raise System(tar_error(error)) from None
        if layer.diff_id != expected:
            _refused(engine, expected, layer.diff_id)
        layers.append(layer)
        if not quiet and chain not in engine.images.snapshots:
            yield from _pace(engine, layer, progress)
    return engine.images.build(config, layers)


def _refused(engine: Engine, expected: str, actual: str) -> None:
    from dockersim.trace import events as e

    reason = f"invalid diffID for layer: expected {expected}, got {actual}"
    engine.sim.trace.record(e.BlobRefused, engine.name, expected, actual, reason)
    raise DataLoss(reason)


def _pace(engine: Engine, layer: Any, progress: Progress) -> Steps:
    honest = sum(len(node.data) for node in layer.layer.entries.values())
    total = len(layer.tar) + max(0, layer.layer.size - honest)
    identity = Digest(layer.diff_id).short
    progress.update(identity, "Loading layer", min(FIRST_READ, total), total)
    yield engine.sim.timeout(total / LOADING)
    progress.update(identity, "Loading layer", total, total)


def _name(engine: Engine, image: Image, tag: Reference, progress: Progress) -> None:
    previous = engine.images.references.find(tag.familiar)
    if previous is not None and previous != image.id:
        progress.send(
            {
                "stream": f"The image {tag.familiar} already exists, renaming the old one with ID {previous} "
                "to empty string\n"
            }
        )
    engine.images.name(image.id, tag)
