"""State as a fold over events: what every actor holds after the first N events, from the events alone."""

from __future__ import annotations

import copy
from typing import Any

from dockersim.trace import events as e
from dockersim.trace.event import Event


class Scene:
    """The world after some events. Read it; only :meth:`apply` changes it.

    Attributes are plain mappings, keyed by host first where more than one party holds the same kind of thing:

    * ``blobs``: host -> {digest: size in bytes}
    * ``references``: host -> {name: digest}
    * ``layers``: host -> {chain id: size}
    * ``images``: host -> {image id: chain ids}
    * ``containers``: id -> {name, image, state, exit_code, health, changes: {path: A, C or D},
      mounts: {destination: (kind, source, read_only)}, ...}
    * ``snapshots``: key -> parent chain id
    * ``processes``: host -> {pid: argv}
    * ``networks``: id -> {name, driver, subnet, endpoints: {container: address}}
    * ``ports``: (address, port, protocol) -> (container, port inside)
    * ``volumes``: name -> driver
    * ``open_exchanges``: number -> (method, path) of requests without an answer yet
    """

    def __init__(self) -> None:
        self.events = 0
        self.seconds = 0.0
        self.blobs: dict[str, dict[str, int]] = {}
        self.references: dict[str, dict[str, str]] = {}
        self.layers: dict[str, dict[str, int]] = {}
        self.images: dict[str, dict[str, tuple[str, ...]]] = {}
        self.containers: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[str, str] = {}
        self.processes: dict[str, dict[int, tuple[str, ...]]] = {}
        self.networks: dict[str, dict[str, Any]] = {}
        self.ports: dict[tuple[str, int, str], tuple[str, int]] = {}
        self.volumes: dict[str, str] = {}
        self.open_exchanges: dict[int, tuple[str, str]] = {}

    def copy(self) -> Scene:
        return copy.deepcopy(self)

    def apply(self, event: Event) -> None:
        """Fold one event in. Kinds that change no state (decisions, chunks) only count."""
        self.events += 1
        self.seconds = event.seconds
        change = _FOLDS.get(type(event))
        if change is not None:
            change(self, event)


def _request(scene: Scene, event: e.RequestSent) -> None:
    scene.open_exchanges[event.exchange] = (event.method, event.path)


def _response(scene: Scene, event: e.ResponseSent) -> None:
    scene.open_exchanges.pop(event.exchange, None)


def _blob_stored(scene: Scene, event: e.BlobStored) -> None:
    scene.blobs.setdefault(event.host, {})[event.digest] = event.size


def _blob_removed(scene: Scene, event: e.BlobRemoved) -> None:
    scene.blobs[event.host].pop(event.digest, None)


def _reference_set(scene: Scene, event: e.ReferenceSet) -> None:
    scene.references.setdefault(event.host, {})[event.name] = event.digest


def _reference_removed(scene: Scene, event: e.ReferenceRemoved) -> None:
    scene.references[event.host].pop(event.name, None)


def _layer_added(scene: Scene, event: e.LayerAdded) -> None:
    scene.layers.setdefault(event.host, {})[event.chain_id] = event.size


def _layer_removed(scene: Scene, event: e.LayerRemoved) -> None:
    scene.layers[event.host].pop(event.chain_id, None)


def _image_added(scene: Scene, event: e.ImageAdded) -> None:
    scene.images.setdefault(event.host, {})[event.image] = event.layers


def _image_removed(scene: Scene, event: e.ImageRemoved) -> None:
    scene.images[event.host].pop(event.image, None)


def _snapshot_prepared(scene: Scene, event: e.SnapshotPrepared) -> None:
    scene.snapshots[event.key] = event.parent


def _snapshot_removed(scene: Scene, event: e.SnapshotRemoved) -> None:
    scene.snapshots.pop(event.key, None)


def _container_created(scene: Scene, event: e.ContainerCreated) -> None:
    scene.containers[event.container] = {
        "name": event.name,
        "image": event.image,
        "state": "created",
        "exit_code": 0,
        "health": "",
        "reason": "",
        "changes": {},
        "mounts": {},
    }


def _container_moved(scene: Scene, event: e.ContainerMoved) -> None:
    view = scene.containers[event.container]
    view["state"], view["exit_code"], view["reason"] = event.after, event.exit_code, event.reason


def _container_renamed(scene: Scene, event: e.ContainerRenamed) -> None:
    scene.containers[event.container]["name"] = event.after


def _container_removed(scene: Scene, event: e.ContainerRemoved) -> None:
    scene.containers.pop(event.container, None)


def _health_changed(scene: Scene, event: e.HealthChanged) -> None:
    scene.containers[event.container]["health"] = event.after


def _process_started(scene: Scene, event: e.ProcessStarted) -> None:
    scene.processes.setdefault(event.host, {})[event.pid] = event.argv


def _process_ended(scene: Scene, event: e.ProcessEnded) -> None:
    scene.processes.get(event.host, {}).pop(event.pid, None)


def _file_changed(scene: Scene, event: e.FileChanged) -> None:
    view = scene.containers.get(event.host)
    if view is not None:
        view["changes"][event.path] = event.change


def _network_added(scene: Scene, event: e.NetworkAdded) -> None:
    scene.networks[event.network] = {
        "name": event.name,
        "driver": event.driver,
        "subnet": event.subnet,
        "endpoints": {},
    }


def _network_removed(scene: Scene, event: e.NetworkRemoved) -> None:
    scene.networks.pop(event.network, None)


def _endpoint_attached(scene: Scene, event: e.EndpointAttached) -> None:
    scene.networks[event.network]["endpoints"][event.container] = event.address


def _endpoint_detached(scene: Scene, event: e.EndpointDetached) -> None:
    scene.networks[event.network]["endpoints"].pop(event.container, None)


def _port_published(scene: Scene, event: e.PortPublished) -> None:
    scene.ports[event.address, event.port, event.protocol] = (event.container, event.target)


def _port_released(scene: Scene, event: e.PortReleased) -> None:
    scene.ports.pop((event.address, event.port, event.protocol), None)


def _volume_added(scene: Scene, event: e.VolumeAdded) -> None:
    scene.volumes[event.volume] = event.driver


def _volume_removed(scene: Scene, event: e.VolumeRemoved) -> None:
    scene.volumes.pop(event.volume, None)


def _mounted(scene: Scene, event: e.Mounted) -> None:
    scene.containers[event.container]["mounts"][event.destination] = (event.kind, event.source, event.read_only)


def _unmounted(scene: Scene, event: e.Unmounted) -> None:
    scene.containers[event.container]["mounts"].pop(event.destination, None)


_FOLDS: dict[type[Event], Any] = {
    e.RequestSent: _request,
    e.ResponseSent: _response,
    e.BlobStored: _blob_stored,
    e.BlobRemoved: _blob_removed,
    e.ReferenceSet: _reference_set,
    e.ReferenceRemoved: _reference_removed,
    e.LayerAdded: _layer_added,
    e.LayerRemoved: _layer_removed,
    e.ImageAdded: _image_added,
    e.ImageRemoved: _image_removed,
    e.SnapshotPrepared: _snapshot_prepared,
    e.SnapshotRemoved: _snapshot_removed,
    e.ContainerCreated: _container_created,
    e.ContainerMoved: _container_moved,
    e.ContainerRenamed: _container_renamed,
    e.ContainerRemoved: _container_removed,
    e.HealthChanged: _health_changed,
    e.ProcessStarted: _process_started,
    e.ProcessEnded: _process_ended,
    e.FileChanged: _file_changed,
    e.NetworkAdded: _network_added,
    e.NetworkRemoved: _network_removed,
    e.EndpointAttached: _endpoint_attached,
    e.EndpointDetached: _endpoint_detached,
    e.PortPublished: _port_published,
    e.PortReleased: _port_released,
    e.VolumeAdded: _volume_added,
    e.VolumeRemoved: _volume_removed,
    e.Mounted: _mounted,
    e.Unmounted: _unmounted,
}
