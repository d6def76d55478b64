"""The rows of ``GET /containers/json`` (operation ``ContainerList``), and their filters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import filters as f
from dockersim.engine.containers import states
from dockersim.engine.networks.views import port_filter
from dockersim.engine.times import SECOND
from dockersim.errors import DockersimError, InvalidParameter, NotFound
from dockersim.units import human_duration

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.containers.spec import Spec
    from dockersim.engine.daemon import Engine
    from dockersim.engine.images import Image

Json = dict[str, Any]
ALLOWED = (
    "ancestor before exited expose health id is-task isolation label name network publish since status volume".split()
)
_STATUSES = ("created", "dead", "exited", "paused", "removing", "restarting", "running")
_HEALTH = ("none", "starting", "healthy", "unhealthy")


def rows(engine: Engine, *, everything: bool, limit: int, size: bool, filters: f.Filters) -> list[Json]:
    """The newest first. ``everything`` also lists what does not run; a ``limit`` does so, too."""
    chosen = list(reversed(list(engine.containers)))
    wanted = _check(filters)
    chosen = _by_position(engine, chosen, filters)
    if not (everything or limit > 0 or wanted):
        chosen = [one for one in chosen if one.state in states.ALIVE]
    chosen = [one for one in chosen if _matches(engine, one, filters, wanted)]
    if limit > 0:
        chosen = chosen[:limit]
    return shown(engine, chosen, size)


def shown(engine: Engine, containers: Iterable[Container], size: bool) -> list[Json]:
    """A row for each container; those that never ran and have the same wishes share the view of their networks."""
    asked: dict[Spec, Json] = {}
    return [_row(engine, one, size, asked) for one in containers]


def _row(engine: Engine, container: Container, size: bool, asked: dict[Spec, Json]) -> Json:
    now = engine.sim.nanoseconds()
    view: Json = {
        "Id": container.id,
        "Names": engine.networks.names(container),
        "Image": _image_name(engine, container),
        "ImageID": container.image.id,
        "Command": command(container),
        "Created": container.created // SECOND,
        "Ports": engine.networks.ports_of(container),
        "Labels": container.spec.config["Labels"],
        "State": container.state,
        "Status": status(container, now),
        "HostConfig": {"NetworkMode": container.host["NetworkMode"]},
        "NetworkSettings": {"Networks": _networks(engine, container, asked)},
        "Mounts": engine.volumes.mount_points(container),
    }
    if size:
        upper = container.overlay.size()
        if upper:
            view["SizeRw"] = upper
        view["SizeRootFs"] = container.image.size + upper
    return view


def _networks(engine: Engine, container: Container, asked: dict[Spec, Json]) -> Json:
    if container.endpoints is not None:
        return engine.networks.endpoints(container)
    view = asked.get(container.spec)
    if view is None:
        view = asked[container.spec] = engine.networks.endpoints(container)
    return view


def _image_name(engine: Engine, container: Container) -> str:
    """The image as it was asked for, while that name still stands for it; else its id."""
    try:
        same = engine.images.get(container.image_name) is container.image
    except DockersimError:
        same = False
    return container.image_name if same else container.image.id


def command(container: Container) -> str:
    """The command line as ``docker ps`` shows it: arguments with spaces in quotes."""
    path, *arguments = container.spec.argv
    shown = [f"'{argument}'" if " " in argument else argument for argument in arguments]
    return " ".join([path, *shown])


def status(container: Container, now: int) -> str:
    """``Up 3 minutes``, ``Exited (0) 2 seconds ago``, ``Created``."""
    run, state = container.ran, container.state
    if state in (states.RUNNING, states.PAUSED):
        since = human_duration(now - run.started)
        if state == states.PAUSED:
            return f"Up {since} (Paused)"
        health = run.health.word if run.health is not None else ""
        return f"Up {since} ({health})" if health else f"Up {since}"
    if state == states.RESTARTING:
        return f"Restarting ({run.exit_code}) {human_duration(now - run.finished)} ago"
    if state == states.REMOVING:
        return "Removal In Progress"
    if state == states.DEAD:
        return "Dead"
    if not run.started:
        return "Created"
    return f"Exited ({run.exit_code}) {human_duration(now - run.finished)} ago"


def _check(filters: f.Filters) -> set[str]:
    """The statuses that are asked for. InvalidParameter and System for filters whose values can be for no container."""
    for code in filters.get("exited", ()):
        if not code.lstrip("+-").isdigit():
            raise InvalidParameter(f"invalid filter 'exited={code}': strconv.Atoi: parsing \"{code}\": invalid syntax")
    wanted = _statuses(filters)
    f.boolean(filters, "is-task")
    for value in filters.get("health", ()):
        if value not in _HEALTH:
            known = "none, starting, healthy, unhealthy"
            raise InvalidParameter(
                f"invalid filter 'health={value}': invalid value for health ({value}): must be one of {known}"
            )
    for key in ("publish", "expose"):
        for value in filters.get(key, ()):
            port_filter(key, value)
    return wanted


def _statuses(filters: f.Filters) -> set[str]:
    wanted = set(filters.get("status", ()))
    for value in wanted:
        if value not in _STATUSES:
            known = "created, running, paused, restarting, removing, exited, dead"
            raise InvalidParameter(
                f"invalid filter 'status={value}': invalid value for state ({value}): must be one of {known}"
            )
    return wanted


def _by_position(engine: Engine, chosen: list[Container], filters: f.Filters) -> list[Container]:
    for reference in filters.get("before", ()):
        edge = _edge(engine, reference)
        chosen = chosen[chosen.index(edge) + 1 :] if edge in chosen else chosen
    for reference in filters.get("since", ()):
        edge = _edge(engine, reference)
        chosen = chosen[: chosen.index(edge)] if edge in chosen else chosen
    return chosen


def _edge(engine: Engine, reference: str) -> Container:
    if not reference:
        raise NotFound("No such container: ")
    return engine.containers.get(reference)


def _matches(engine: Engine, container: Container, filters: f.Filters, wanted: set[str]) -> bool:
    if not filters:
        return True
    return (
        (not wanted or container.state in wanted)
        and _name_matches(container, filters)
        and ("id" not in filters or any(value and container.id.startswith(value) for value in filters["id"]))
        and f.labels_match(filters, container.spec.config["Labels"])
        and _exited(container, filters)
        and _health_matches(container, filters)
        and ("ancestor" not in filters or _descends(engine, container, filters["ancestor"]))
        and f.boolean(filters, "is-task") is not True
        and engine.networks.matches(container, filters)
        and engine.volumes.matches(container, filters.get("volume"))
    )


def _name_matches(container: Container, filters: f.Filters) -> bool:
    patterns = filters.get("name")
    if patterns is None:
        return True
    return f.any_matches(patterns, container.name) or f.any_matches(patterns, f"/{container.name}")


def _exited(container: Container, filters: f.Filters) -> bool:
    codes = filters.get("exited")
    if codes is None:
        return True
    run = container.ran
    return bool(run.started) and container.state == states.EXITED and run.exit_code in map(int, codes)


def _health_matches(container: Container, filters: f.Filters) -> bool:
    wanted = filters.get("health")
    if wanted is None:
        return True
    have = container.ran.health.status if container.ran.health is not None else "none"
    return have in wanted


def _descends(engine: Engine, container: Container, ancestors: list[str]) -> bool:
    """Whether the container's image is one of ``ancestors``, or was made here from one: shared layers say nothing."""
    wanted = set()
    for name in ancestors:
        with contextlib.suppress(DockersimError):
            wanted.add(engine.images.get(name).id)
    image: Image | None = container.image
    while image is not None and wanted:
        if image.id in wanted:
            return True
        image = engine.images.find(image.parent) if image.parent else None
    return False
