"""What the daemon keeps under ``/var/lib/docker``, as its host sees it (driver overlay2, logging driver json-file).

Nothing here is state: each look shows what the stores hold at that moment. Volumes are not here, for they are true
directories of the host. Layout: moby, ``daemon/container.go``, ``image/store.go``, ``layer/filestore.go`` and
``daemon/graphdriver/overlay2/overlay.go``.
"""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from dockersim.engine.containers.log import json_line
from dockersim.fs import Layer, Node, Overlay, SyntheticFs, Through, Tree
from dockersim.fs.node import BLOCK
from dockersim.oci import Digest

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Content = Node | Sequence[str] | Through | None
OWN_FILES = ("hostname", "hosts", "resolv.conf")


@lru_cache(4096)
def cache_id(chain: str) -> str:
    """The name of the directory under ``overlay2`` that holds a layer."""
    return Digest.of(str(chain).encode()).encoded


def mount(engine: Engine) -> None:
    """Let the host see the daemon's files. They are worked out when somebody looks."""
    vfs = engine.host.vfs
    for name in ("buildkit", "network", "plugins", "runtimes", "swarm", "tmp", "volumes"):
        vfs.makedirs(f"{engine.root}/{name}", 0o710)
    rooms: dict[str, _Room] = {"containers": _Containers(engine), "image": _Images(engine), "overlay2": _Layers(engine)}
    for name, room in rooms.items():
        path = f"{engine.root}/{name}"
        vfs.makedirs(path, 0o710)
        view = SyntheticFs(partial(_content, room), fstype="ext4", read_only=True, names=partial(_names, room))
        vfs.mount(path, view, source="")


class _Room:
    """A directory of the daemon's. ``content(parts)`` is what is at a path below it: for a directory its names."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def content(self, parts: list[str]) -> Content:
        raise NotImplementedError

    def time(self, parts: list[str]) -> int:
        """When what is there was made, in unix nanoseconds: with its container, or when the daemon began."""
        name = parts[0].removesuffix("-init") if parts else ""
        if name not in self._engine.containers:
            return self._engine.sim.start_ns
        container = self._engine.containers.get(name)
        return container.ran.started or container.created


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/") if path != "/" else []


def _content(room: _Room, path: str) -> Content:
    found = room.content(_parts(path))
    if found is None or isinstance(found, Through):
        return found
    time = room.time(_parts(path))
    if isinstance(found, Node):
        return found._replace(mtime_ns=time)
    return Node("directory", 0o710, mtime_ns=time, nominal=BLOCK)


def _names(room: _Room, path: str) -> Sequence[str]:
    found = room.content(_parts(path))
    return () if found is None or isinstance(found, (Node, Through)) else found


def _file(text: str | bytes, mode: int = 0o600) -> Node:
    data = text.encode() if isinstance(text, str) else text
    return Node("file", mode, data=data, nominal=len(data))


def _json(value: Any) -> Node:
    return _file(json.dumps(value, separators=(",", ":")))


class _Containers(_Room):
    """``containers/ID``: the log, the daemon's own files, and the container's description."""

    def content(self, parts: list[str]) -> Content:
        if not parts:
            return [one.id for one in self._engine.containers]
        if parts[0] not in self._engine.containers:
            return None
        container = self._engine.containers.get(parts[0])
        names = self._names(container)
        if len(parts) == 1:
            return names
        return self._inside(container, parts[1]) if len(parts) == 2 and parts[1] in names else None

    def _names(self, container: Container) -> list[str]:
        names = ["checkpoints", "config.v2.json", "hostconfig.json"]
        run = container.ran
        if run.started:
            names += [*OWN_FILES, "mounts"]
            if run.log.kept:
                names.append(f"{container.id}-json.log")
        return sorted(names)

    def _inside(self, container: Container, name: str) -> Content:
        if name in ("checkpoints", "mounts"):
            return ()
        if name in OWN_FILES:
            return Through(self._engine.networks.files(container), f"/etc/{name}")
        if name == "hostconfig.json":
            return _json(container.host)
        return _file(_log_lines(container), 0o640) if name.endswith("-json.log") else _json(self._config(container))

    def _config(self, container: Container) -> dict[str, Any]:
        from dockersim.engine.containers.inspect import inspect

        body = inspect(self._engine, container)
        kept = ("State", "Created", "Path", "Args", "Config", "Image", "NetworkSettings", "LogPath", "Name", "Driver")
        places = {name: body[name] for name in ("HostnamePath", "HostsPath", "ResolvConfPath", "RestartCount")}
        return {"ID": container.id, **{name: body[name] for name in kept}, **places}


def _log_lines(container: Container) -> str:
    """The lines of the json-file driver."""
    return "".join(map(json_line, container.ran.log.entries))


class _Images(_Room):
    """``image/overlay2``: names, configurations under their digests, and what each layer stands on."""

    def content(self, parts: list[str]) -> Content:
        if not parts:
            return ("overlay2",)
        if parts[0] != "overlay2":
            return None
        room, rest = parts[1:2], parts[2:]
        if not room:
            return ("distribution", "imagedb", "layerdb", "repositories.json")
        if room == ["repositories.json"]:
            return _json({"Repositories": self._repositories()}) if not rest else None
        if room == ["imagedb"]:
            return self._configurations(rest)
        if room == ["layerdb"]:
            return self._layers(rest)
        return () if room == ["distribution"] and not rest else None

    def _repositories(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for image in self._engine.images.all():
            for name in (*image.repo_tags, *image.repo_digests):
                repository = name.partition("@")[0] if "@" in name else name.rpartition(":")[0]
                found.setdefault(repository, {})[name] = image.id
        return found

    def _configurations(self, parts: list[str]) -> Content:
        if parts in ([], ["content"], ["metadata"]):
            return ("content", "metadata") if not parts else ("sha256",)
        known = {image.id.removeprefix("sha256:"): image for image in self._engine.images.all()}
        if parts == ["content", "sha256"]:
            return list(known)
        if parts[:2] == ["content", "sha256"] and len(parts) == 3 and parts[2] in known:
            return _file(known[parts[2]].config.raw)
        return () if parts == ["metadata", "sha256"] else None

    def _layers(self, parts: list[str]) -> Content:
        chains = _chains(self._engine)
        known = {chain.removeprefix("sha256:"): chain for chain in chains}
        if parts in ([], ["sha256"]):
            return list(known) if parts else ("sha256",)
        if parts[0] != "sha256" or parts[1] not in known:
            return None
        chain = known[parts[1]]
        diff_id, parent = chains[chain]
        files = {"cache-id": cache_id(chain), "diff": diff_id, "size": str(self._engine.snapshots.usage(chain))}
        files |= {"parent": parent} if parent else {}
        if len(parts) == 2:
            return list(files)
        return _file(files[parts[2]], 0o644) if len(parts) == 3 and parts[2] in files else None


def _chains(engine: Engine) -> dict[str, tuple[str, str]]:
    """Every layer of an image, by chain ID: its diff ID, and the chain ID that it stands on."""
    found: dict[str, tuple[str, str]] = {}
    for image in engine.images.all():
        parent = ""
        for chain, diff_id in zip(image.chain_ids, image.diff_ids, strict=True):
            found[str(chain)] = str(diff_id), parent
            parent = str(chain)
    return found


class _Layers(_Room):
    """``overlay2``: what each layer changes, and what a container sees of all together."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._shown: dict[str, tuple[float, Overlay]] = {}

    def content(self, parts: list[str]) -> Content:
        layers = {cache_id(chain): parent for chain, (_, parent) in _chains(self._engine).items()}
        if not parts:
            return ["l", *self._all(layers)]
        if parts[0] == "l":
            links = {_short(name): name for name in self._all(layers)}
            if len(parts) == 1:
                return list(links)
            return Node.symlink(f"../{links[parts[1]]}/diff") if len(parts) == 2 and parts[1] in links else None
        if parts[0] not in layers and parts[0].removesuffix("-init") not in self._engine.containers:
            return None
        return self._layer(parts[0], self._below(parts[0], layers), parts[1:])

    def _all(self, layers: dict[str, str]) -> list[str]:
        containers = self._engine.containers
        return [*layers, *(name for one in containers for name in (f"{one.id}-init", one.id))]

    def _below(self, name: str, layers: dict[str, str]) -> list[str]:
        """The directories of the layers below one, the nearest first."""
        below: list[str] = []
        if name not in layers:
            below = [] if name.endswith("-init") else [f"{name}-init"]
            parent = self._engine.containers.get(name.removesuffix("-init")).image.top
        else:
            parent = layers[name]
        while parent:
            below.append(cache_id(parent))
            parent = layers[below[-1]]
        return below

    def _layer(self, name: str, lower: list[str], parts: list[str]) -> Content:
        container = self._engine.containers.get(name) if name in self._engine.containers else None
        names = ["diff", "link", *(["lower", "work"] if lower else [])]
        if container is not None and container.running:
            names.append("merged")
        if not parts:
            return names
        if parts[0] not in names:
            return None
        inner = "/" + "/".join(parts[1:])
        if parts[0] == "merged" and container is not None:
            return Through(container.overlay, inner)
        if parts[0] == "diff":
            return Through(self._changes(name, container), inner)
        if len(parts) > 1:
            return () if parts == ["work", "work"] else None
        if parts[0] == "work":
            return ("work",)
        text = _short(name) if parts[0] == "link" else ":".join(f"l/{_short(one)}" for one in lower)
        return _file(text, 0o644)

    def _changes(self, name: str, container: Container | None) -> Overlay:
        """A layer's own files. A container's change, so they are looked at anew as time goes on."""
        now = self._engine.sim.now if container is not None else 0.0
        kept = self._shown.get(name)
        if kept is None or kept[0] != now:
            layer = container.overlay.layer() if container is not None else self._layer_of(name)
            kept = self._shown[name] = now, Overlay(_raw(layer), read_only=True, plain=True, fstype="ext4")
        return kept[1]

    def _layer_of(self, name: str) -> Layer:
        snapshots = self._engine.snapshots
        if name.endswith("-init"):
            top = self._engine.containers.get(name.removesuffix("-init")).image.top
            return snapshots.layer(f"{top or 'scratch'}-init")
        return snapshots.layer(next(chain for chain in _chains(self._engine) if cache_id(chain) == name))


def _raw(layer: Layer) -> Tree:
    """A layer as overlayfs stores it: what is gone is a device with the numbers 0 and 0."""
    gone = Node("char", 0, rdev=(0, 0))
    return Tree.of({path: gone if node.kind == "whiteout" else node for path, node in layer.entries.items()})


@lru_cache(4096)
def mount_options(chains: Sequence[str], container: str, root: str) -> str:
    """How the file system of a container is mounted over the layers of its image."""
    lower = [f"{container}-init", *(cache_id(str(chain)) for chain in reversed(chains))]
    own = f"{root}/overlay2/{container}"
    below = ":".join(f"{root}/overlay2/l/{_short(name)}" for name in lower)
    return f"relatime,lowerdir={below},upperdir={own}/diff,workdir={own}/work"


def _short(name: str) -> str:
    """The short name of a layer, by which ``lower`` names it to keep mount options below a page."""
    return b32encode(bytes.fromhex(Digest.of(name.encode()).encoded))[:26].decode()
