"""Laws of content: bytes, names and layers."""

from __future__ import annotations

import hashlib
from weakref import WeakKeyDictionary

from dockersim.fs import Node, apply
from dockersim.laws.law import require
from dockersim.world import World

_FILES: WeakKeyDictionary[World, dict[str, dict[str, Node]]] = WeakKeyDictionary()
_SEEN: WeakKeyDictionary[World, dict[str, bytes]] = WeakKeyDictionary()


def blobs_hash_to_their_names(world: World) -> None:
    """A blob's name is the SHA-256 of its bytes, at the daemon and at every registry. Nobody can store other bytes
    under that name."""
    stores = {"daemon": world.engine.content, **{one.name: one.storage.content for one in world.all_registries}}
    for host, store in stores.items():
        for digest, _ in store.walk():
            actual = "sha256:" + hashlib.sha256(store.get(digest)).hexdigest()
            require(actual == digest, f"at {host}, {digest} holds bytes that hash to {actual}")


def images_never_change(world: World) -> None:
    """An image's bytes and its digest never change, whatever is run from it. (Asked again and again of one world, this
    law remembers what it saw before.)"""
    seen = _SEEN.setdefault(world, {})
    for image in world.engine.images.all():
        raw = image.config.raw
        require(
            "sha256:" + hashlib.sha256(raw).hexdigest() == image.id, f"{image.id} is not the hash of its configuration"
        )
        require(seen.setdefault(image.id, raw) == raw, f"the configuration of {image.id} changed")
        for diff_id in image.diff_ids:
            layer = world.engine.images.layer_tar(diff_id)
            require("sha256:" + hashlib.sha256(layer).hexdigest() == diff_id, f"layer {diff_id} of {image.id} changed")


def snapshots_start_as_their_image(world: World) -> None:
    """A container that has written nothing sees exactly the files of its image, and the few empty ones that the daemon
    mounts over."""
    for container in world.engine.containers:
        if container.overlay.changes():
            continue
        tree, image = container.overlay.tree(), container.image.tree
        for path, node in image.walk():
            seen = tree.get(path)
            if seen is not None and seen.kind == "directory":  # its time changes when the daemon puts a file into it
                seen = seen.replace(mtime_ns=node.mtime_ns)
            require(seen == node, f"{path} differs between {container.name} and its image")
        extra = {path for path, _ in tree.walk()} - {path for path, _ in image.walk()}
        allowed = ("/dev", "/etc", "/proc", "/sys", "/.dockerenv", "/")
        for path in extra:
            require(path.startswith(allowed), f"{container.name} has {path}, which its image has not")


def changes_applied_to_the_image_give_the_container(world: World) -> None:
    """What `docker diff` lists is all there is between a container and its image: the image's files with those changes
    are the container's files."""
    for container in world.engine.containers:
        overlay = container.overlay
        require(
            apply(overlay.lower, overlay.layer()) == overlay.tree(),
            f"the changes of {container.name}, applied to its image, do not give its files",
        )


def images_keep_their_files(world: World) -> None:
    """No write in a container changes the files of its image, or of the layers below. (Asked again and again of one
    world, this law remembers what it saw before.)"""
    seen = _FILES.setdefault(world, {})
    for image in world.engine.images.all():
        files = dict(image.tree.walk())
        require(seen.setdefault(image.id, files) == files, f"the files of {image.id} changed")
