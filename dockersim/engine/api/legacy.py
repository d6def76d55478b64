"""What clients of older API versions are still shown (moby, ``api/server/router/image``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockersim.engine.images.archive import NO_CONFIG

View = dict[str, Any]
Version = tuple[int, ...]

_NAMES = ("Hostname", "Domainname", "Image")
_SWITCHES = ("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce")


def summary(view: View, asked: Version, users: Mapping[str, int] | None = None) -> View:
    """An entry of ``GET /images/json``; ``users`` are how many containers images have, where that is told."""
    if users is not None:
        view |= {"Containers": users.get(view["Id"], 0)}
    if asked < (1, 43) and not view["RepoTags"] and not view["RepoDigests"]:
        view |= {"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]}
    return with_virtual_size(view, asked)


def inspection(view: View, document: Mapping[str, Any], asked: Version) -> View:
    """The body of ``GET /images/{name}/json``; ``document`` is the image's configuration."""
    if asked >= (1, 50):
        return view
    config = {**dict.fromkeys(_NAMES, ""), **dict.fromkeys(_SWITCHES, False), **view["Config"]}
    view = {**with_virtual_size(view, asked), "Config": dict(sorted(config.items()))}
    if asked < (1, 45):
        view["ContainerConfig"] = document.get("container_config") or NO_CONFIG
        if document.get("container"):
            view["Container"] = document["container"]
    return {name: view[name] for name in _ORDER if name in view}


_ORDER = (
    *("Id", "RepoTags", "RepoDigests", "Parent", "Comment", "Created", "Container", "ContainerConfig"),
    *("DockerVersion", "Author", "Architecture", "Variant", "Os", "Size", "VirtualSize"),
    *("GraphDriver", "RootFS", "Metadata", "Config"),
)


def with_virtual_size(view: View, asked: Version) -> View:
    """An image, with the field that its size had a second time."""
    return {**view, "VirtualSize": view["Size"]} if asked < (1, 44) else view
