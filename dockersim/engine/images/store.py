"""All images of one daemon: which there are, what they are called, and what of their content is still needed.

An image's ID is the digest of its configuration. What holds content (blobs, layers) is derived: an image holds its
configuration, its manifests and its layers; a container holds its image's layers, even when the image is gone; a
:class:`Lease` holds what a pull or a load has stored so far. :meth:`ImageStore.collect` removes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dockersim.engine.images.image import Image
from dockersim.errors import InvalidParameter, NotFound
from dockersim.oci import Descriptor, Digest, ImageConfig, Platform, Reference, chain_id, media, parse_any
from dockersim.store import References
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.builder.image import ImageLayer
    from dockersim.engine.daemon import Engine
    from dockersim.fs import Layer

PLATFORM = Platform("linux", "amd64")
"""What this daemon runs."""
PROCESSOR = Platform("linux", "amd64", "v3")
"""What the machine's processor can run at most."""


class Blob(NamedTuple):
    """A compressed form of a layer, and a repository (its full name) where it was seen; empty for none."""

    descriptor: Descriptor
    repository: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two of them the same."""
        return self.descriptor.digest, self.repository


class Lease:
    """Content that nothing refers to yet, but that somebody is still putting together."""

    __slots__ = ("blobs", "layers")

    def __init__(self) -> None:
        self.blobs: set[str] = set()
        self.layers: set[str] = set()


class ImageStore:
    """The images of ``engine``; over its content store and its snapshotter."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.content = engine.content
        self.snapshots = engine.snapshots
        self.references = References(engine.sim.trace, engine.name)
        self._images: dict[str, Image] = {}
        self._manifests: dict[str, list[Digest]] = {}
        self._blobs: dict[str, list[Blob]] = {}
        self._leases: list[Lease] = []
        self._tagged: dict[str, int] = {}
        self.insecure_registries: tuple[str, ...] = ()

    # ---- finding

    def get(self, name: str, platform: Platform | None = None) -> Image:
        """The image that a name, an ID or the beginning of an ID stands for.

        Raises :class:`NotFound` (``No such image: foo:latest``) and :class:`InvalidParameter`; with ``platform``,
        :class:`NotFound` also for an image that is for another one.
        """
        image = self._find(name)
        if platform is not None and not image.config.platform.satisfies(platform):
            found = image.config.platform
            raise NotFound(
                f"image with reference {_shown(name)} was found but its platform ({found}) does not match "
                f"the specified platform ({platform})"
            )
        return image

    def _find(self, name: str) -> Image:
        digest, key, shown = _meaning(name)
        found = digest or self.references.find(key) or self._by_prefix(name)
        if found not in self._images:
            raise NotFound(f"No such image: {shown}")
        return self._images[found]

    def _by_prefix(self, text: str) -> str | None:
        prefix = text if text.startswith("sha256:") else f"sha256:{text}"
        if not prefix[7:]:
            return None
        found = [identity for identity in self._images if identity.startswith(prefix)]
        return found[0] if len(found) == 1 else None

    def find(self, identity: str) -> Image | None:
        """The image with this ID, if it is here."""
        return self._images.get(identity)

    def all(self) -> list[Image]:
        """All images, oldest in this store first."""
        return list(self._images.values())

    def children(self, identity: str) -> list[Image]:
        """The images that were made from this one here."""
        return [image for image in self._images.values() if image.parent == identity]

    # ---- names

    def names(self, identity: str) -> list[Reference]:
        """The tags and digests that stand for an image, sorted."""
        found = [Reference.normalized(name) for name in self.references.names(identity)]
        return sorted(found, key=str)

    def named(self, repository: Reference) -> list[tuple[Reference, Digest]]:
        """The tags and digests of one repository, sorted, each with the image that it stands for."""
        found = [(Reference.normalized(name), identity) for name, identity in self.references.items()]
        return sorted(
            ((ref, image) for ref, image in found if ref.name == repository.name), key=lambda one: str(one[0])
        )

    def name(self, identity: str, reference: Reference) -> None:
        """Let a tag or digest that came from elsewhere stand for the image, whatever it stood for before."""
        self.references.set(reference.familiar, identity)

    def tag(self, identity: str, reference: Reference) -> None:
        """Let ``reference`` stand for the image because somebody here wants it. Raises :class:`InvalidParameter`."""
        if not reference.digest and reference.path == "library/sha256" and reference.domain == "docker.io":
            raise InvalidParameter("refusing to create an ambiguous tag using digest algorithm as name")
        self.references.set(reference.familiar, identity)
        self._tagged[identity] = self._engine.sim.nanoseconds()

    def tagged_at(self, identity: str) -> int:
        """When somebody here last gave the image a tag, in unix nanoseconds; 0 for never."""
        return self._tagged.get(identity, 0)

    def untag(self, reference: Reference) -> None:
        """Forget a tag or digest; it is no error if there is none."""
        if reference.familiar in self.references:
            self.references.remove(reference.familiar)

    # ---- putting images together

    def lease(self) -> Lease:
        """A hold on content to come; end it with :meth:`release`."""
        lease = Lease()
        self._leases.append(lease)
        return lease

    def release(self, lease: Lease) -> None:
        """What nothing else holds of the lease's content goes."""
        self._leases.remove(lease)
        self.collect()

    def add_layer(self, parent: str, diff_id: str, layer: Layer, lease: Lease | None = None) -> str:
        """Unpack a layer on top of ``parent`` (a chain ID); its own chain ID is returned."""
        name = chain_id([parent, diff_id]) if parent else diff_id
        if lease is not None:
            lease.layers.add(name)
        if name in self.snapshots:
            return name
        return self.snapshots.add_layer(parent, diff_id, layer)

    def put_blob(self, data: bytes, lease: Lease, digest: str = "", media_type: str = "") -> Digest:
        """Store bytes that an image in the making needs. Raises :class:`DataLoss`, with the event that says so."""
        name = self.content.put(data, digest, media_type)
        lease.blobs.add(name)
        return name

    def create(self, config: ImageConfig, parent: str = "", manifests: Iterable[str] = ()) -> Image:
        """The image of a configuration whose layers are all here. The same configuration is the same image."""
        for manifest in manifests:
            held = self._manifests.setdefault(config.digest, [])
            if manifest not in held:
                held.append(Digest(manifest))
        found = self._images.get(config.digest)
        if found is not None:
            return found
        self.content.put(config.raw, config.digest, config.media_type)
        image = self._images[config.digest] = Image(self, config, parent)
        record = self._engine.sim.trace.record
        record(e.ImageAdded, self._engine.name, image.id, image.chain_ids, image.size)
        return image

    def build(self, config: ImageConfig, layers: Iterable[ImageLayer], base: str = "", parent: str = "") -> Image:
        """The image of new layers on top of ``base`` (a chain ID, or empty); the other arguments as for :meth:`create`.

        The layers are kept as tar archives: nothing says yet how a registry will have them.
        """
        lease = self.lease()
        try:
            name = base
            for layer in layers:
                if not self.has_tar(layer.diff_id):
                    self.put_blob(layer.tar, lease, layer.diff_id, media.OCI_LAYER)
                name = self.add_layer(name, layer.diff_id, layer.layer, lease)
            return self.create(config, parent)
        finally:
            self.release(lease)

    def log(self, action: str, identity: str, name: str = "") -> None:
        """Tell ``docker events`` what happened to an image."""
        image = self._images.get(identity)
        labels = (image.labels if image is not None else None) or {}
        self._engine.events.log("image", action, identity, {**labels, "name": name or identity})

    # ---- layers as bytes

    def has_tar(self, diff_id: str) -> bool:
        """Whether :meth:`layer_tar` has something to give."""
        blobs = self._blobs.get(diff_id, ())
        return diff_id in self.content or any(blob.descriptor.digest in self.content for blob in blobs)

    def blobs(self, diff_id: str) -> list[Blob]:
        """The compressed forms of a layer that are known, newest first."""
        return list(self._blobs.get(diff_id, ()))

    def remember_blob(self, diff_id: str, descriptor: Descriptor, repository: str) -> None:
        """Note that the repository (its full name) has the layer in this form."""
        new = Blob(descriptor, repository)
        known = [one for one in self._blobs.get(diff_id, ()) if one.key != new.key]
        self._blobs[diff_id] = [new, *known]

    def forget_blob(self, diff_id: str, blob: Blob) -> None:
        """The repository has it no more."""
        self._blobs[diff_id] = [one for one in self._blobs.get(diff_id, ()) if one != blob]

    def diff_id(self, digest: str) -> str:
        """What a compressed layer is when it is unpacked, as far as that is known; else empty."""
        for diff_id, blobs in self._blobs.items():
            if any(blob.descriptor.digest == digest for blob in blobs):
                return diff_id
        return ""

    def layer_tar(self, diff_id: str) -> bytes:
        """The tar that a diff ID names. Raises :class:`NotFound`."""
        if diff_id in self.content:
            return self.content.get(diff_id)
        for blob in self._blobs.get(diff_id, ()):
            if blob.descriptor.digest in self.content:
                from dockersim.fs.tar import gunzip

                return gunzip(self.content.get(blob.descriptor.digest))
        raise NotFound(f"layer does not exist: {diff_id}")

    # ---- taking away

    def delete(self, identity: str) -> list[str]:
        """Remove an image and what only it held; the chain IDs of the layers that went, topmost first."""
        image = self._images.pop(identity)
        self._manifests.pop(identity, None)
        self._tagged.pop(identity, None)
        for name in self.references.names(identity):
            self.references.remove(name)
        self._engine.sim.trace.record(e.ImageRemoved, self._engine.name, image.id)
        return self.collect()

    def collect(self) -> list[str]:
        """Remove blobs and layers that nothing holds; the chain IDs of the layers that went, topmost first.

        To be called also when a container goes: it may have been the last to need its image's layers.
        """
        gone = [name for name in self.snapshots.collect(self._held_layers()) if not name.endswith("-init")]
        held = self._held_blobs()
        for digest, _ in self.content.walk():
            if digest not in held:
                self.content.delete(digest)
        return gone

    def _held_layers(self) -> set[str]:
        tops = {image.top for image in self._images.values() if image.top}
        held = tops | {name for name in (f"{top}-init" for top in tops) if name in self.snapshots}
        for lease in self._leases:
            held.update(name for name in lease.layers if name in self.snapshots)
        return held

    def _held_blobs(self) -> set[str]:
        held: set[str] = set()
        layers: set[str] = set()
        for identity, image in self._images.items():
            held.add(identity)
            held.update(self._manifests.get(identity, ()))
            layers.update(image.diff_ids)
        for container in self._engine.containers:
            layers.update(container.image.diff_ids)
        for diff_id in layers:
            held.add(diff_id)
            held.update(blob.descriptor.digest for blob in self._blobs.get(diff_id, ()))
        for lease in self._leases:
            held |= lease.blobs
        return held


@lru_cache(maxsize=1024)
def _meaning(name: str) -> tuple[str, str, str]:
    """What a name stands for: an ID, or else a familiar reference; and how errors show it. InvalidParameter."""
    named = parse_any(name)
    if isinstance(named, Digest):
        return named, "", named
    shown = named.tagged_or_latest().familiar
    key = Reference(named.domain, named.path, "", named.digest).familiar if named.digest else shown
    return "", key, shown


def _shown(name: str) -> str:
    try:
        return Reference.normalized(name).familiar
    except InvalidParameter:
        return name
