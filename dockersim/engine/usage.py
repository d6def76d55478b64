"""What ``GET /system/df`` says: the disk space that images, containers and volumes take, in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.containers.listing import shown
from dockersim.engine.images import views

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
TYPES = ("container", "image", "volume", "build-cache")


def usage(engine: Engine, types: tuple[str, ...] = TYPES) -> Json:
    """The body; operation ``SystemDataUsage``. Builds keep their cache in images: there is none apart."""
    view: Json = {"LayersSize": 0, **dict.fromkeys(("Images", "Containers", "Volumes", "BuildCache"))}
    if "image" in types:
        view |= {"LayersSize": layers_size(engine), "Images": _images(engine)}
    if "container" in types:
        newest = reversed(list(engine.containers))
        view["Containers"] = shown(engine, newest, size=True)
    if "volume" in types:
        view["Volumes"] = [
            {**volume.json(), "UsageData": {"RefCount": len(volume.refs), "Size": engine.volumes.size(volume)}}
            for volume in engine.volumes
            if not volume.options  # what is mounted from elsewhere takes no space of the daemon's
        ]
    if "build-cache" in types:
        view["BuildCache"] = []
    return view


def layers_size(engine: Engine) -> int:
    """Bytes of all layers of images, each once."""
    chains = {name for image in engine.images.all() for name in image.chain_ids}
    return sum(engine.snapshots.usage(name) for name in chains)


def _images(engine: Engine) -> list[Json]:
    users: dict[str, int] = {}
    for container in engine.containers:
        users[container.image.id] = users.get(container.image.id, 0) + 1
    listed = []
    for image in views.newest_first(engine.images.all()):
        if not engine.images.names(image.id) and engine.images.children(image.id):
            continue
        shared = views.shared_size(engine.images, image)
        view = views.summary(image, shared=shared, containers=users.get(image.id, 0))
        listed.append({**view, "RepoTags": view["RepoTags"] or None, "RepoDigests": view["RepoDigests"] or None})
    return listed
