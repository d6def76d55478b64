"""Images as the Engine API shows them: lists, inspection, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockersim.engine import times
from dockersim.engine.disk import cache_id
from dockersim.engine.images.image import Image
from dockersim.engine.images.moment import nanoseconds
from dockersim.oci import Digest

if TYPE_CHECKING:
    from dockersim.engine.images.store import ImageStore

JSON = dict[str, Any]
MISSING = "<missing>"


def summary(image: Image, *, shared: int = -1, containers: int = -1) -> JSON:
    """One entry of ``GET /images/json``; ``shared`` and ``containers`` are -1 where nobody counted."""
    return {
        "Containers": containers,
        "Created": image.created_ns // times.SECOND,
        "Id": image.id,
        "Labels": image.labels,
        "ParentId": image.parent,
        "RepoDigests": image.repo_digests,
        "RepoTags": image.repo_tags,
        "SharedSize": shared,
        "Size": image.size,
    }


def shared_size(store: ImageStore, image: Image) -> int:
    """Bytes in those of the image's layers that another image has, too."""
    others = {name for other in store.all() if other is not image for name in other.chain_ids}
    return sum(store.snapshots.usage(name) for name in image.chain_ids if name in others)


def inspection(store: ImageStore, image: Image, root: str) -> JSON:
    """The body of ``GET /images/{name}/json``; ``root`` is the daemon's directory."""
    document = image.config.document
    view: JSON = {
        "Id": image.id,
        "RepoTags": image.repo_tags,
        "RepoDigests": image.repo_digests,
        "Parent": image.parent,
        "Comment": _comment(image),
    }
    if image.created:
        view["Created"] = image.created
    view |= {
        "DockerVersion": document.get("docker_version", ""),
        "Author": document.get("author", ""),
        "Architecture": image.config.platform.architecture,
    }
    if image.config.platform.variant:
        view["Variant"] = image.config.platform.variant
    view |= {
        "Os": image.config.platform.os,
        "Size": image.size,
        "GraphDriver": graph_driver(image.chain_ids, root),
        "RootFS": _root_fs(image),
        "Metadata": {"LastTagTime": times.rfc3339(store.tagged_at(image.id))},
        "Config": _run_config(image),
    }
    return view


def _comment(image: Image) -> str:
    comment = image.config.document.get("comment", "")
    if not comment and image.config.history:
        comment = image.config.history[-1].get("comment", "")
    return str(comment)


def _root_fs(image: Image) -> JSON:
    return {"Type": "layers", "Layers": list(image.diff_ids)} if image.diff_ids else {"Type": "layers"}


def _run_config(image: Image) -> JSON:
    config = image.run_config
    view = {name: config.get(name) for name in ("Cmd", "Entrypoint", "Env", "Labels", "OnBuild", "Volumes")}
    view |= {name: config.get(name) or "" for name in ("User", "WorkingDir")}
    for name in ("ArgsEscaped", "ExposedPorts", "Healthcheck", "Shell", "StopSignal"):
        if config.get(name):
            view[name] = config[name]
    return dict(sorted(view.items()))


def graph_driver(chain: tuple[Digest, ...], root: str) -> JSON:
    """Where overlay2 would keep the layers, lowest first in ``chain``."""
    if not chain:
        return {"Data": None, "Name": "overlay2"}
    paths = [f"{root}/overlay2/{cache_id(str(name))}" for name in reversed(chain)]
    top = paths[0]
    data = {"LowerDir": ":".join(f"{path}/diff" for path in paths[1:])} if paths[1:] else {}
    data |= {"MergedDir": f"{top}/merged", "UpperDir": f"{top}/diff", "WorkDir": f"{top}/work"}
    return {"Data": data, "Name": "overlay2"}


def history(store: ImageStore, image: Image) -> list[JSON]:
    """The body of ``GET /images/{name}/history``, youngest first."""
    sizes = iter(store.snapshots.usage(name) for name in image.chain_ids)
    rows: list[JSON] = []
    for entry in image.config.history:
        rows.append(
            {
                "Comment": entry.get("comment", ""),
                "Created": nanoseconds(entry.get("created", "")) // times.SECOND,
                "CreatedBy": entry.get("created_by", ""),
                "Id": MISSING,
                "Size": 0 if entry.get("empty_layer") else next(sizes, 0),
                "Tags": None,
            }
        )
    rows.reverse()
    _name_rows(store, image, rows)
    return rows


def _name_rows(store: ImageStore, image: Image, rows: list[JSON]) -> None:
    """Rows get the IDs of the image and of the images that it was made from here."""
    current: Image | None = image
    for row in rows:
        if current is None:
            return
        row["Id"] = current.id
        row["Tags"] = current.repo_tags or None
        current = store.find(current.parent) if current.parent else None


def newest_first(images: list[Image]) -> list[Image]:
    """As the engine lists them."""
    key: Callable[[Image], int] = lambda image: image.created_ns // times.SECOND  # noqa: E731
    return sorted(images, key=key, reverse=True)
