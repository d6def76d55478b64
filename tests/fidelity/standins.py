"""The recorded setting's stand-in images, built by the project's own builder from the Dockerfiles under ``images``.

They are what the record was made with: small images under well-known names, written by the classic builder, of the
sizes that the record shows. ``NAME.txt`` holds the build context, in the form of the catalogue's ``rootfs.txt``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from dockersim.dockerfile import parse
from dockersim.engine.builder.assemble import assemble_now
from dockersim.engine.builder.image import Image
from dockersim.fs.node import Node
from dockersim.fs.tar import gzip, pack
from dockersim.fs.tree import Tree
from dockersim.hub.rootfs import parse_rootfs
from dockersim.oci import Descriptor, Digest, ImageConfig, Index, Manifest, Platform, media
from dockersim.registry import Registry
from dockersim.sim.clock import START

HERE = Path(__file__).parent / "images"
NAMES = {
    "busybox": ("library/busybox:latest", "library/busybox:1.36"),
    "hello-world": ("library/hello-world:latest", "hello-world:latest"),
    "alpine": ("library/alpine:latest", "library/alpine:3.22"),
    "nginx": ("library/nginx:latest", "library/nginx:alpine"),
    "ubuntu": ("library/ubuntu:latest", "library/ubuntu:24.04", "ubuntu:latest"),
}
"""Where the images are pushed: the first name of each is a manifest list, the others are plain manifests."""

CREATED = {name: (START - 3_000 + place) * 10**9 for place, name in enumerate(NAMES)}
"""Unix nanoseconds: one after the other, in the order in which they were made."""

COMPRESSED = {
    "busybox": {0: 1_083_736},
    "alpine": {0: 1_083_950},
    "ubuntu": {0: 7_210_299},
    "hello-world": {0: 839},
    "nginx": {0: 1_083_736, 1: 3_003_642, 2: 1_203_015},
}
"""Sizes in bytes that the compressed layers had, by their place in the image."""


def push(registry: Registry) -> None:
    """Put all images into ``registry`` under the names that they had."""
    storage = registry.storage
    for image, names in NAMES.items():
        manifest, blobs = _content(image)
        for name in names:
            repository, _, tag = name.partition(":")
            for digest, data in blobs.items():
                storage.put_blob(repository, data, digest)
            storage.put_manifest(repository, str(manifest.digest), manifest.raw, manifest.media_type)
            if name == names[0]:
                index = Index.build([manifest.descriptor(Platform("linux", "amd64"))], media_type=media.DOCKER_LIST)
                storage.put_manifest(repository, "linux-amd64", manifest.raw, manifest.media_type)
                storage.put_manifest(repository, tag, index.raw, index.media_type)
            else:
                storage.put_manifest(repository, tag, manifest.raw, manifest.media_type)


def push_layers(registry: Registry, image: str, repository: str) -> None:
    """Put an image's layers into a repository, as an earlier push of another image had left them there."""
    manifest, blobs = _content(image)
    for layer in manifest.layers:
        registry.storage.put_blob(repository, blobs[layer.digest], layer.digest)


@cache
def _content(name: str) -> tuple[Manifest, dict[str, bytes]]:
    image = _image(name)
    blobs: dict[str, bytes] = {}
    layers = []
    for place, layer in enumerate(image.layers):
        data = gzip(layer.tar)
        blobs[Digest.of(data)] = data
        layers.append(Descriptor.of(media.DOCKER_LAYER_GZIP, data, nominal=COMPRESSED.get(name, {}).get(place)))
    config = _classic(image)
    blobs[config.digest] = config.raw
    return Manifest.build(config.descriptor(), layers, media_type=media.DOCKER_MANIFEST), blobs


@cache
def _image(name: str) -> Image:
    def read(file: str) -> str:
        return (HERE / file).read_text()

    sections = parse_rootfs(read(f"{name}.txt"), read, CREATED[name])
    files = dict(sections["context"])
    for heading, entries in sections.items():
        kind, _, archive = heading.partition(" ")
        if kind == "tar":
            files[f"/{archive}"] = Node("file", data=pack(Tree.of(entries)))
    dockerfile = parse(read(f"{name}.Dockerfile"))
    return assemble_now(dockerfile, Tree.of(files), base=lambda base, platform: _image(base), created_ns=CREATED[name])


def _classic(image: Image) -> ImageConfig:
    """The image's configuration as the classic builder writes it."""
    value = json.loads(image.config.raw)
    own = value["config"]
    config: dict[str, Any] = {"Hostname": "", "Domainname": "", "User": ""}
    config |= {"AttachStdin": False, "AttachStdout": False, "AttachStderr": False}
    if own.get("ExposedPorts"):
        config["ExposedPorts"] = own["ExposedPorts"]
    config |= {"Tty": False, "OpenStdin": False, "StdinOnce": False, "Env": own.get("Env"), "Cmd": own.get("Cmd")}
    config |= {"Image": "", "Volumes": None, "WorkingDir": "", "Entrypoint": own.get("Entrypoint"), "OnBuild": None}
    config["Labels"] = own.get("Labels")
    if own.get("StopSignal"):
        config["StopSignal"] = own["StopSignal"]
    history = [_entry(entry) for entry in value["history"]]
    made = {
        "architecture": "amd64",
        "config": config,
        "created": value["created"],
        "docker_version": "28.5.2",
        "history": history,
        "os": "linux",
        "rootfs": value["rootfs"],
    }
    return ImageConfig(json.dumps(made, separators=(",", ":")).encode(), media.DOCKER_CONFIG)


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    text = entry["created_by"].removesuffix(" # buildkit")
    verb, _, rest = text.partition(" ")
    if verb in ("ADD", "COPY"):
        line = f"/bin/sh -c #(nop) {verb} file:{Digest.of(text.encode()).encoded} in {rest.split()[-1]} "
    elif verb == "EXPOSE":
        line = "/bin/sh -c #(nop)  EXPOSE 80"
    else:
        line = f"/bin/sh -c #(nop)  {text}"
    made = {"created": entry["created"], "created_by": line}
    return {**made, "empty_layer": True} if entry.get("empty_layer") else made
