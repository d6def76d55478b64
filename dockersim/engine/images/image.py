"""An image as the daemon knows it: a configuration whose digest is its ID, over layers that are unpacked here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockersim.engine.images.moment import nanoseconds
from dockersim.oci import Digest, ImageConfig

if TYPE_CHECKING:
    from dockersim.engine.images.store import ImageStore
    from dockersim.fs import Tree


class Image:
    """One image. ``parent`` is the ID of the image that it was made from here, empty for one that was pulled.

    ``chain_ids`` and ``diff_ids`` are lowest first; ``size`` is what its files take up in life, in bytes.
    """

    __slots__ = ("_store", "chain_ids", "config", "id", "parent", "size")

    def __init__(self, store: ImageStore, config: ImageConfig, parent: str = "") -> None:
        self._store = store
        self.config = config
        self.id: Digest = config.digest
        self.parent = parent
        self.chain_ids: tuple[Digest, ...] = tuple(config.chain_ids)
        self.size = sum(store.snapshots.usage(name) for name in self.chain_ids)

    @property
    def diff_ids(self) -> tuple[Digest, ...]:
        return self.config.diff_ids

    @property
    def top(self) -> str:
        """The chain ID of the topmost layer; empty for an image without layers."""
        return self.chain_ids[-1] if self.chain_ids else ""

    @property
    def tree(self) -> Tree:
        """All layers merged, once; shared by everything that stands on the image."""
        return self._store.snapshots.tree(self.top)

    @property
    def run_config(self) -> Mapping[str, Any]:
        """Env, Cmd, Entrypoint and the like, under Docker's names."""
        return self.config.config

    @property
    def labels(self) -> dict[str, str] | None:
        labels = self.config.config.get("Labels")
        return dict(labels) if labels is not None else None

    @property
    def created(self) -> str:
        """RFC 3339; empty where the configuration does not say."""
        return self.config.created

    @property
    def created_ns(self) -> int:
        """Unix nanoseconds; 0 where the configuration does not say."""
        return nanoseconds(self.config.created)

    @property
    def repo_tags(self) -> list[str]:
        """``name:tag`` for all its tags, as Docker shows them."""
        return [name.familiar for name in self._store.names(self.id) if not name.digest]

    @property
    def repo_digests(self) -> list[str]:
        """``name@digest`` for all registries that it is known to be in."""
        return [name.familiar for name in self._store.names(self.id) if name.digest]

    def __repr__(self) -> str:
        return f"<Image {self.id.short}>"
