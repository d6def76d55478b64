"""Removing images: names first, then what nothing holds any more (moby, ``daemon/images/image_delete.go``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dockersim.engine.images.image import Image
from dockersim.engine.images.until import until
from dockersim.errors import Conflict, NotFound, System
from dockersim.oci import Platform, Reference
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Record = dict[str, str]
"""``{"Untagged": name}`` or ``{"Deleted": ID or chain ID}``."""

PRUNE_FILTERS = ("dangling", "label", "label!", "until")


class _Refusal(Conflict):
    """An image cannot go. ``used``: because of a container."""

    def __init__(self, image: Image, message: str, *, hard: bool = False, used: bool = False) -> None:
        manner = "cannot be forced" if hard else "must be forced"
        super().__init__(f"conflict: unable to delete {image.id.short} ({manner}) - {message}")
        self.used = used


class _Removal:
    """One command's removals; ``records`` is its answer so far."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._images = engine.images
        self.records: list[Record] = []

    def remove(self, name: str, platform: Platform | None, *, force: bool, prune: bool) -> None:
        """Raises :class:`NotFound` and :class:`Conflict`."""
        image = self._images.get(name, platform)
        names = self._images.names(image.id)
        by_name = not _is_prefix(image.id, name)
        if by_name:
            if self._untag(image, name, names, force=force):
                return
        elif _is_single(names):
            self._check(image, force=force, names=False)
            for one in names:
                self._forget(image, one)
        self._delete(image, force=force, prune=prune, quiet=by_name)

    def _untag(self, image: Image, name: str, names: list[Reference], *, force: bool) -> bool:
        """Take the name away, with the digests of its repository if it was the last tag; whether others are left."""
        if not force and _is_single(names):
            user = next((one for one in self._engine.containers if one.uses(image.id)), None)
            if user is not None:
                raise Conflict(
                    f'conflict: unable to remove repository reference "{name}" (must force) - container '
                    f"{user.id[:12]} is using its referenced image {image.id.short}"
                )
        reference = Reference.normalized(name).tagged_or_latest()
        if reference.digest:
            reference = reference.trimmed().with_digest(reference.digest)
        self._forget(image, reference)
        left = self._images.names(image.id)
        same = [one for one in left if one.name == reference.name]
        if not reference.digest and all(one.digest for one in same):
            for one in same:
                self._forget(image, one, told=False)
        return bool(self._images.names(image.id))

    def _forget(self, image: Image, reference: Reference, *, told: bool = True) -> None:
        self._images.untag(reference)
        if told:
            self._images.log("untag", image.id)
        self.records.append({"Untagged": reference.familiar})

    def _delete(self, image: Image, *, force: bool, prune: bool, quiet: bool) -> None:
        try:
            self._check(image, force=force)
        except _Refusal as refusal:
            dangling = not self._images.names(image.id) and not self._images.children(image.id)
            self._decided(image, refusal.message)
            if quiet and (not dangling or refusal.used):
                return
            raise
        for one in self._images.names(image.id):
            self._forget(image, one)
        self._images.log("delete", image.id)
        gone = self._images.delete(image.id)
        self.records += [{"Deleted": name} for name in (image.id, *gone)]
        parent = self._images.find(image.parent) if image.parent else None
        if prune and parent is not None:
            self._delete(parent, force=False, prune=True, quiet=True)

    def _check(self, image: Image, *, force: bool, names: bool = True) -> None:
        """Raises :class:`_Refusal` if something is in the way that ``force`` does not overcome."""
        if self._images.children(image.id):
            raise _Refusal(image, "image has dependent child images", hard=True)
        user = self._user(image, lambda container: container.running)
        if user is not None:
            text = f"image is being used by running container {user.id[:12]}"
            raise _Refusal(image, text, hard=True, used=True)
        if force:
            return
        if names and self._images.names(image.id):
            raise _Refusal(image, "image is referenced in multiple repositories")
        user = self._user(image, lambda container: not container.running)
        if user is not None:
            raise _Refusal(image, f"image is being used by stopped container {user.id[:12]}", used=True)

    def _user(self, image: Image, matches: Callable[[Container], bool]) -> Container | None:
        for container in self._engine.containers:
            if container.image.id == image.id and matches(container):
                return container
        return None

    def _decided(self, image: Image, reason: str) -> None:
        self._engine.sim.trace.record(e.Decided, self._engine.name, image.id, "image kept", reason)


def _is_prefix(identity: str, text: str) -> bool:
    return identity.startswith(text) or identity.partition(":")[2].startswith(text)


def _is_single(names: list[Reference]) -> bool:
    """Whether all names are of one repository, with one tag at most."""
    if len(names) <= 1:
        return len(names) == 1
    tags = [name for name in names if not name.digest]
    repositories = {name.name for name in names if name.digest}
    return len(tags) <= 1 and repositories == {(tags or names)[0].name}


def remove(
    engine: Engine, name: str, platform: Platform | None = None, *, force: bool = False, prune: bool = True
) -> list[Record]:
    """``DELETE /images/{name}``: what was untagged and deleted. ``prune`` takes untagged parents along.

    Raises :class:`NotFound` and :class:`Conflict` in the engine's words.
    """
    removal = _Removal(engine)
    removal.remove(name, platform, force=force, prune=prune)
    return removal.records


def prune(engine: Engine, filters: dict[str, list[str]]) -> tuple[list[Record], int]:
    """``POST /images/prune``: the records, and how many bytes of layers went."""
    from dockersim.engine.api.filters import boolean

    dangling = boolean(filters, "dangling")
    store = engine.images
    sizes = {info.name: store.snapshots.usage(info.name) for info in store.snapshots.walk() if info.kind == "committed"}
    records: list[Record] = []
    for image in _candidates(engine, filters):
        if store.find(image.id) is None:
            continue
        names = store.names(image.id)
        if dangling is not False and any(not name.digest for name in names):
            continue
        for name in [name.familiar for name in names] or [image.id]:
            try:
                records += remove(engine, name)
            except (NotFound, Conflict):
                continue
    freed = sum(sizes.get(record["Deleted"], 0) for record in records if "Deleted" in record)
    engine.events.log("image", "prune", "", {"reclaimed": str(freed)})
    return records, freed


def _candidates(engine: Engine, filters: dict[str, list[str]]) -> list[Image]:
    from dockersim.engine.api.filters import labels_match

    store = engine.images
    now = engine.sim.nanoseconds()
    newest = min((until(text, now, System) for text in filters.get("until", ())), default=None)
    found = []
    for image in store.all():
        if not store.names(image.id) and store.children(image.id):
            continue
        if newest is not None and image.created_ns > newest:
            continue
        if not labels_match(filters, image.labels):
            continue
        if filters.get("label!") and labels_match({"label": filters["label!"]}, image.labels):
            continue
        found.append(image)
    return found
