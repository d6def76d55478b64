"""Floor 3: where content lives: blobs by digest, snapshots over layers, names for digests."""

from dockersim.store.content import ContentStore, Ingest
from dockersim.store.references import References
from dockersim.store.snapshots import SnapshotInfo, Snapshotter

__all__ = ["ContentStore", "Ingest", "References", "SnapshotInfo", "Snapshotter"]
