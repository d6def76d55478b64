"""The vocabulary: every kind of event there is.

Two families. *Messages* say what went over a wire; *changes* say what became different and why. Anything that is
ever told, drawn or asked about a world is a view of these. ``actor`` and ``host`` are the names of simulated
parties: ``client``, ``daemon``, ``registry-1.docker.io``, ``auth.docker.io``, ``laptop``, or a container's id.
"""

from __future__ import annotations

from typing import Any

from dockersim.trace.event import Event

# ---- messages


class RequestSent(Event):
    """An HTTP request left ``source`` for ``target``. ``exchange`` numbers the request and all that answers it."""

    exchange: int
    source: str
    target: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    size: int


class ResponseSent(Event):
    """The answer's head, with its body where that is not a stream."""

    exchange: int
    source: str
    target: str
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes
    size: int


class ChunkSent(Event):
    """A piece of a streamed body or of an upgraded connection. ``direction`` is ``in`` (to the server) or ``out``."""

    exchange: int
    source: str
    target: str
    direction: str
    data: bytes


class StreamClosed(Event):
    """One direction of a stream ended."""

    exchange: int
    source: str
    target: str
    direction: str


class ConnectionFailed(Event):
    """No connection could be made, and why."""

    source: str
    target: str
    port: int
    reason: str


class ConnectionOpened(Event):
    """A connection that does not speak HTTP: ``source`` reached ``port`` of ``target``. ``connection`` numbers it."""

    connection: int
    source: str
    target: str
    port: int
    protocol: str


class DataSent(Event):
    """A piece of what passes over such a connection."""

    connection: int
    source: str
    target: str
    data: bytes


# ---- the laptop's terminal


class CommandTyped(Event):
    """A line was given to the shell of ``host``."""

    host: str
    line: str


class CommandEnded(Event):
    """The line's last command ended."""

    host: str
    line: str
    exit_code: int


class Printed(Event):
    """Text reached the learner: ``stream`` is ``stdout``, ``stderr`` or ``terminal``."""

    host: str
    stream: str
    data: bytes


# ---- content


class BlobStored(Event):
    """A blob was verified and stored under its digest. ``size`` in bytes."""

    host: str
    digest: str
    size: int
    media_type: str


class BlobRefused(Event):
    """Bytes did not hash to the name that they were given; nothing was stored."""

    host: str
    expected: str
    actual: str
    reason: str


class BlobRemoved(Event):
    host: str
    digest: str


class ReferenceSet(Event):
    """``name`` now names ``digest`` at ``host``; ``previous`` is what it named before, or empty."""

    host: str
    name: str
    digest: str
    previous: str


class ReferenceRemoved(Event):
    host: str
    name: str
    digest: str


class LayerAdded(Event):
    """A layer was unpacked at ``host``. ``chain_id`` names it with all below it; ``size`` in bytes of its files."""

    host: str
    chain_id: str
    diff_id: str
    size: int


class LayerReused(Event):
    """A layer was needed and was there already."""

    host: str
    digest: str
    reason: str


class LayerRemoved(Event):
    host: str
    chain_id: str


class ImageAdded(Event):
    """An image is complete at ``host``: its id is the digest of its configuration; ``layers`` are chain ids."""

    host: str
    image: str
    layers: tuple[str, ...]
    size: int


class ImageRemoved(Event):
    host: str
    image: str


# ---- decisions


class Decided(Event):
    """An actor took a decision, and why. ``subject`` is what about, ``outcome`` what was decided."""

    actor: str
    subject: str
    outcome: str
    reason: str


class TokenIssued(Event):
    """A token service gave ``subject`` the right to ``scope`` at ``service``."""

    host: str
    service: str
    subject: str
    scope: str


class BuildStep(Event):
    """One instruction of a build: ``cache`` is ``hit``, ``miss`` or ``none``, and ``reason`` says which key decided."""

    host: str
    number: int
    instruction: str
    cache: str
    reason: str
    image: str


# ---- containers


class SnapshotPrepared(Event):
    """A writable layer over ``parent`` (a chain id, empty for scratch) is ready for ``key``. Nothing was copied."""

    host: str
    key: str
    parent: str


class SnapshotRemoved(Event):
    host: str
    key: str


class ContainerCreated(Event):
    host: str
    container: str
    name: str
    image: str


class ContainerMoved(Event):
    """A container changed its state, and why."""

    host: str
    container: str
    before: str
    after: str
    reason: str
    exit_code: int


class ContainerRenamed(Event):
    host: str
    container: str
    before: str
    after: str


class ContainerRemoved(Event):
    host: str
    container: str
    name: str


class HealthChanged(Event):
    host: str
    container: str
    before: str
    after: str
    reason: str


class EngineEvent(Event):
    """What the daemon tells ``docker events``: ``message`` has the Engine API's shape."""

    host: str
    message: dict[str, Any]


# ---- computers


class ProcessStarted(Event):
    """``host`` is ``laptop`` or a container's id; ``pid`` is the number inside, ``parent`` its parent's."""

    host: str
    pid: int
    parent: int
    argv: tuple[str, ...]


class ProcessEnded(Event):
    """``status`` is the exit code, or 128 plus the signal that ended it; ``reason`` says which."""

    host: str
    pid: int
    status: int
    reason: str


class SignalSent(Event):
    """``outcome`` says what became of it: delivered, handled, ignored (and by which rule)."""

    host: str
    pid: int
    signal: str
    outcome: str


class FileChanged(Event):
    """A path in a writable layer became Added, Changed or Deleted against the layers below: ``change`` is A, C or D."""

    host: str
    path: str
    change: str


# ---- networks and volumes


class NetworkAdded(Event):
    host: str
    network: str
    name: str
    driver: str
    subnet: str


class NetworkRemoved(Event):
    host: str
    network: str
    name: str


class EndpointAttached(Event):
    host: str
    network: str
    container: str
    address: str
    names: tuple[str, ...]


class EndpointDetached(Event):
    host: str
    network: str
    container: str


class PortPublished(Event):
    host: str
    container: str
    address: str
    port: int
    target: int
    protocol: str


class PortReleased(Event):
    host: str
    container: str
    address: str
    port: int
    protocol: str


class NameResolved(Event):
    """A name was looked up by ``host``: ``answer`` is empty where ``reason`` says why not."""

    host: str
    name: str
    answer: str
    reason: str


class VolumeAdded(Event):
    host: str
    volume: str
    driver: str


class VolumeRemoved(Event):
    host: str
    volume: str


class Mounted(Event):
    """A mount became part of a container's tree. ``kind`` is ``volume``, ``bind`` or ``tmpfs``."""

    host: str
    container: str
    kind: str
    source: str
    destination: str
    read_only: bool


class Unmounted(Event):
    """A container ended, and this mount with it."""

    host: str
    container: str
    destination: str
