"""``GET /images/json``: which images a filter lets through (moby, ``daemon/images/image_list.go``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.images import views
from dockersim.engine.images.until import until
from dockersim.errors import System
from dockersim.oci import Reference, familiar_match

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

Filters = dict[str, list[str]]
ACCEPTED = ("dangling", "label", "before", "since", "reference", "until")


def listing(engine: Engine, filters: Filters, *, everything: bool, shared: bool) -> list[dict[str, Any]]:
    """Summaries of the images that pass, newest first. ``everything`` includes what lies between builds' steps."""
    from dockersim.engine.api.filters import boolean, labels_match

    store = engine.images
    dangling = boolean(filters, "dangling")
    newest, oldest = _bounds(engine, filters)
    found = []
    for image in views.newest_first(store.all()):
        if (newest is not None and image.created_ns >= newest) or (oldest is not None and image.created_ns <= oldest):
            continue
        if not labels_match(filters, image.labels):
            continue
        view = views.summary(image, shared=views.shared_size(store, image) if shared else -1)
        if "reference" in filters and not _choose_names(store.names(image.id), view, filters["reference"]):
            continue
        if not view["RepoTags"] and not view["RepoDigests"]:
            leaf = not store.children(image.id)
            if dangling is False or not (everything or leaf) or "reference" in filters:
                continue
        elif dangling and view["RepoTags"]:
            continue
        found.append(view)
    return found


def _bounds(engine: Engine, filters: Filters) -> tuple[int | None, int | None]:
    """Images must be older than the first and younger than the second, in unix nanoseconds."""
    newest: list[int] = [engine.images.get(name).created_ns for name in filters.get("before", ())]
    oldest: list[int] = [engine.images.get(name).created_ns for name in filters.get("since", ())]
    newest += [until(text, engine.sim.nanoseconds(), System) for text in filters.get("until", ())]
    return min(newest, default=None), max(oldest, default=None)


def _choose_names(names: list[Reference], view: dict[str, Any], patterns: list[str]) -> bool:
    """Leave only the names that match in ``view``; whether there are any."""
    kept = [name for name in names if any(familiar_match(pattern, name) for pattern in patterns)]
    view["RepoTags"] = [name.familiar for name in kept if not name.digest]
    view["RepoDigests"] = [name.familiar for name in kept if name.digest]
    return bool(kept)
