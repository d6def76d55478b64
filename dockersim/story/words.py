"""One sentence for each event that changes something or decides something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dockersim.trace import Event
from dockersim.trace import events as e


def short(name: str) -> str:
    """A digest or an id as Docker shortens it: twelve digits."""
    plain = name.removeprefix("sha256:").removesuffix("-init")
    if len(plain) == 64 and all(letter in "0123456789abcdef" for letter in plain):
        return plain[:12]
    return name


def size(count: int) -> str:
    """Bytes in words: ``1 byte``, ``553 bytes``, ``12.3 MB``."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    value, units = float(count), ["kB", "MB", "GB", "TB"]
    while value >= 1000 and units:
        value /= 1000
        unit = units.pop(0)
    return f"{value:.3g} {unit}"


def who(name: str) -> str:
    """A party by the name that a reader knows."""
    return {"daemon": "the daemon", "laptop": "the laptop", "client": "the client"}.get(name, short(name))


def sentence(event: Event) -> str:
    """What happened, in one sentence; empty for events that are shown otherwise (messages, terminal output)."""
    words = _WORDS.get(type(event))
    return words(event) if words is not None else ""


def depth(event: Event) -> str:
    """The depth that the sentence is for: ``messages`` is what a beginner should see, ``storage`` what lies below."""
    return "storage" if type(event) in _STORAGE else "messages"


def _blob_stored(event: e.BlobStored) -> str:
    what = _KINDS.get(event.media_type, "a blob")
    return f"{who(event.host)} verified and stored {what} of {size(event.size)}: {short(event.digest)}"


def _blob_refused(event: e.BlobRefused) -> str:
    return (
        f"{who(event.host)} refused bytes that should be {short(event.expected)} and hash to {short(event.actual)}: "
        f"{event.reason}"
    )


def _reference_set(event: e.ReferenceSet) -> str:
    was = f" (before: {short(event.previous)})" if event.previous else ""
    return f"at {who(event.host)}, {event.name} now names {short(event.digest)}{was}"


def _layer_added(event: e.LayerAdded) -> str:
    if event.chain_id.endswith("-init"):
        return f"{who(event.host)} made the empty mount points that all containers of {short(event.chain_id)} share"
    return f"{who(event.host)} unpacked a layer with {size(event.size)} of files: {short(event.chain_id)}"


def _image_added(event: e.ImageAdded) -> str:
    count = len(event.layers)
    return f"the image {short(event.image)} is complete: {count} layer{'' if count == 1 else 's'}, {size(event.size)}"


def _decided(event: e.Decided) -> str:
    return f"{who(event.actor)}: {event.subject}: {event.outcome}, because {event.reason}"


def _token(event: e.TokenIssued) -> str:
    scope = event.scope or "nothing"
    return f"{event.host} issued a token to {event.subject}, good for {scope}"


def _snapshot(event: e.SnapshotPrepared) -> str:
    base = short(event.parent.removesuffix("-init")) or "nothing"
    return f"an empty writable layer for {short(event.key)} lies over {base}; nothing was copied"


def _container_created(event: e.ContainerCreated) -> str:
    return f"container {short(event.container)} exists, with the name {event.name}, from image {short(event.image)}"


def _container_moved(event: e.ContainerMoved) -> str:
    if event.before == event.after:
        return f"container {short(event.container)} stays {event.after}: {event.reason}"
    return f"container {short(event.container)}: {event.before} → {event.after} ({event.reason})"


def _process_started(event: e.ProcessStarted) -> str:
    return f"in {who(event.host)}, process {event.pid} started: {' '.join(event.argv)}"


def _process_ended(event: e.ProcessEnded) -> str:
    return f"in {who(event.host)}, process {event.pid} {event.reason}"


def _signal(event: e.SignalSent) -> str:
    return f"in {who(event.host)}, process {event.pid} got {event.signal}: {event.outcome}"


def _file_changed(event: e.FileChanged) -> str:
    verb = {"A": "added", "C": "changed", "D": "deleted"}[event.change]
    return f"in the writable layer of {who(event.host)}, {event.path} was {verb}"


def _endpoint(event: e.EndpointAttached) -> str:
    if not event.address:
        return f"container {short(event.container)} is on a network that has no addresses of its own"
    return f"container {short(event.container)} got the address {event.address}"


def _port(event: e.PortPublished) -> str:
    return (
        f"{event.address}:{event.port} of the laptop now leads to port {event.target} of container "
        f"{short(event.container)}"
    )


def _resolved(event: e.NameResolved) -> str:
    if not event.answer:
        return f"{who(event.host)} could not resolve {event.name}: {event.reason}"
    return f"{who(event.host)} resolved {event.name} to {event.answer}"


def _failed(event: e.ConnectionFailed) -> str:
    return f"{who(event.source)} could not connect to {event.target}:{event.port}: {event.reason}"


def _data(event: e.DataSent) -> str:
    first = event.data.split(b"\r\n")[0].split(b"\n")[0][:40].decode("utf-8", "replace")
    shown = f": {first}" if first.isprintable() and first else ""
    return f"{who(event.source)} sent {len(event.data)} bytes to {who(event.target)}{shown}"


def _mounted(event: e.Mounted) -> str:
    how = ", read-only" if event.read_only else ""
    what = f"{event.kind} {short(event.source)}".rstrip()
    return f"{what} is mounted at {event.destination} of {short(event.container)}{how}"


def _health(event: e.HealthChanged) -> str:
    return f"container {short(event.container)}: health {event.before} → {event.after} ({event.reason})"


_WORDS: dict[type[Event], Callable[[Any], str]] = {
    e.BlobStored: _blob_stored,
    e.BlobRefused: _blob_refused,
    e.BlobRemoved: lambda event: f"{who(event.host)} removed the blob {short(event.digest)}",
    e.ReferenceSet: _reference_set,
    e.ReferenceRemoved: lambda event: f"at {who(event.host)}, the name {event.name} is gone",
    e.LayerAdded: _layer_added,
    e.LayerReused: lambda event: f"layer {short(event.digest)} is there already: {event.reason}",
    e.LayerRemoved: lambda event: f"{who(event.host)} removed the layer {short(event.chain_id)}",
    e.ImageAdded: _image_added,
    e.ImageRemoved: lambda event: f"the image {short(event.image)} is gone",
    e.Decided: _decided,
    e.TokenIssued: _token,
    e.BuildStep: lambda event: f"step {event.number}, {event.instruction}: cache {event.cache} ({event.reason})",
    e.SnapshotPrepared: _snapshot,
    e.SnapshotRemoved: lambda event: f"the writable layer of {short(event.key)} is gone",
    e.ContainerCreated: _container_created,
    e.ContainerMoved: _container_moved,
    e.ContainerRenamed: lambda event: f"container {event.before} is called {event.after} from now on",
    e.ContainerRemoved: lambda event: f"container {event.name} is gone",
    e.HealthChanged: _health,
    e.ProcessStarted: _process_started,
    e.ProcessEnded: _process_ended,
    e.SignalSent: _signal,
    e.FileChanged: _file_changed,
    e.NetworkAdded: lambda event: f"the network {event.name} exists: {event.driver} {event.subnet}".rstrip(),
    e.NetworkRemoved: lambda event: f"the network {event.name} is gone",
    e.EndpointAttached: _endpoint,
    e.EndpointDetached: lambda event: f"container {short(event.container)} gave its address back",
    e.PortPublished: _port,
    e.PortReleased: lambda event: f"{event.address}:{event.port} of the laptop is free again",
    e.NameResolved: _resolved,
    e.ConnectionFailed: _failed,
    e.ConnectionOpened: lambda event: f"{who(event.source)} connected to port {event.port} of {who(event.target)}",
    e.DataSent: _data,
    e.VolumeAdded: lambda event: f"the volume {short(event.volume)} exists",
    e.VolumeRemoved: lambda event: f"the volume {short(event.volume)} is gone",
    e.Mounted: _mounted,
    e.Unmounted: lambda event: f"{event.destination} of {short(event.container)} is not mounted any more",
}
_STORAGE: frozenset[type[Event]] = frozenset(
    (
        e.BlobStored,
        e.LayerAdded,
        e.NameResolved,
        e.SnapshotPrepared,
        e.SnapshotRemoved,
        e.EndpointAttached,
        e.EndpointDetached,
        e.Decided,
    )
)
_KINDS = {
    "application/vnd.oci.image.index.v1+json": "an index (which platforms there are)",
    "application/vnd.docker.distribution.manifest.list.v2+json": "a manifest list (which platforms there are)",
    "application/vnd.oci.image.manifest.v1+json": "a manifest (what the image consists of)",
    "application/vnd.docker.distribution.manifest.v2+json": "a manifest (what the image consists of)",
    "application/vnd.oci.image.config.v1+json": "a configuration (how to run it)",
    "application/vnd.docker.container.image.v1+json": "a configuration (how to run it)",
    "application/vnd.oci.image.layer.v1.tar+gzip": "a layer (files)",
    "application/vnd.docker.image.rootfs.diff.tar.gzip": "a layer (files)",
}
