"""What a build gives: an image's configuration, layers and tree; and the same as content for a registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dockersim.fs.layer import Layer, apply
from dockersim.fs.tree import Tree
from dockersim.oci import Descriptor, Digest, ImageConfig, Index, Manifest, media

COMPRESSION = 0.38
"""How small gzip makes the files of an image in life: for the nominal size of a compressed layer."""


class ImageLayer(NamedTuple):
    """A layer with the tar bytes that its diff ID names. ``layer.size`` is its size in life, in bytes."""

    layer: Layer
    tar: bytes
    diff_id: Digest

    @classmethod
    def of(cls, layer: Layer) -> ImageLayer:
        from dockersim.fs.tar import pack

        tar = pack(layer)
        return cls(layer, tar, Digest.of(tar))

    def blob(self) -> tuple[Descriptor, bytes]:
        """The gzipped tar that a registry keeps, and its descriptor."""
        from dockersim.fs.tar import gzip

        data = gzip(self.tar)
        honest = sum(len(node.data) for node in self.layer.entries.values())
        nominal = len(data) + round(max(0, self.layer.size - honest) * COMPRESSION)
        return Descriptor.of(media.OCI_LAYER_GZIP, data, nominal=nominal), data


class Image(NamedTuple):
    """An image for one platform: its configuration, its layers (lowest first) and the tree that they make."""

    config: ImageConfig
    layers: tuple[ImageLayer, ...]
    tree: Tree


def tree_of(layers: Iterable[ImageLayer]) -> Tree:
    """What the layers make, one on top of the other."""
    tree = Tree.EMPTY
    for layer in layers:
        tree = apply(tree, layer.layer)
    return tree


class Package:
    """An image as a registry has it: an index of platforms, their manifests, and all other content by digest."""

    __slots__ = ("blobs", "index", "manifests")

    def __init__(self, index: Index, manifests: tuple[Manifest, ...], blobs: dict[str, bytes]) -> None:
        self.index = index
        self.manifests = manifests
        self.blobs = blobs


def package(images: Iterable[Image]) -> Package:
    """One image's platforms as registry content. Layers that are the same are one blob."""
    blobs: dict[str, bytes] = {}
    descriptors: dict[str, Descriptor] = {}
    manifests: list[Manifest] = []
    entries: list[Descriptor] = []
    for image in images:
        layers = []
        for layer in image.layers:
            if layer.diff_id not in descriptors:
                descriptor, data = layer.blob()
                descriptors[layer.diff_id] = descriptor
                blobs[descriptor.digest] = data
            layers.append(descriptors[layer.diff_id])
        blobs[image.config.digest] = image.config.raw
        manifest = Manifest.build(image.config.descriptor(), layers)
        manifests.append(manifest)
        entries.append(manifest.descriptor(image.config.platform))
    return Package(Index.build(entries), tuple(manifests), blobs)
