"""``docker system df``, ``docker system prune`` and ``docker builder prune``."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.commands.images import NONE, image_row
from dockersim.client.commands.ps import container_row
from dockersim.client.commands.removal import SURE, Report, prune_images
from dockersim.client.formatting import filters_json, map_text, print_list, print_rows
from dockersim.client.prompt import confirmed
from dockersim.client.table import row
from dockersim.client.table.kinds import RAW, VERBOSE, kind
from dockersim.client.template import Struct, Template, TemplateError
from dockersim.client.template.values import Slice
from dockersim.client.transport import Failure
from dockersim.units import human_size
from dockersim.units.order import natural

Json = dict[str, Any]
Steps = Generator[Any, Any, int]
Filters = Mapping[str, list[str]]
ALIVE = ("running", "paused", "restarting")


def df(cli: Cli) -> Steps:
    """Show the disk space that Docker takes."""
    view = yield from cli.daemon.get("/system/df")
    if cli.options["verbose"]:
        _print_verbose(cli, view)
    else:
        print_list(cli, "disk usage", [_images(view), _containers(view), _volumes(view), _builds(view)])
    return 0


def _total(kind: str, count: int, active: int, size: int, reclaimable: int, *, share: bool = True) -> Struct:
    text = human_size(reclaimable)
    if share and size > 0:
        text += f" ({reclaimable * 100 // size}%)"
    fields = {
        "Active": str(active),
        "Reclaimable": text,
        "Size": human_size(size),
        "TotalCount": str(count),
        "Type": kind,
    }
    return row("disk usage", fields)


def _images(view: Json) -> Struct:
    found = view["Images"]
    used = [one for one in found if one["Containers"] > 0]
    size = view["LayersSize"]
    own = sum(one["Size"] - one["SharedSize"] for one in used if one["SharedSize"] != -1)
    return _total("Images", len(found), len(used), size, size - own)


def _containers(view: Json) -> Struct:
    found = view["Containers"]
    active = [one for one in found if one["State"] in ALIVE]
    size = sum(one.get("SizeRw", 0) for one in found)
    free = size - sum(one.get("SizeRw", 0) for one in active)
    return _total("Containers", len(found), len(active), size, free)


def _volumes(view: Json) -> Struct:
    found = [one["UsageData"] for one in view["Volumes"] or ()]
    sized = [one for one in found if one["Size"] != -1]
    free = sum(one["Size"] for one in sized if not one["RefCount"])
    active = sum(1 for one in found if one["RefCount"] > 0)
    return _total("Local Volumes", len(found), active, sum(one["Size"] for one in sized), free)


def _builds(view: Json) -> Struct:
    found = view["BuildCache"] or []
    size = _build_size(view)
    used = [one for one in found if one["InUse"]]
    return _total("Build Cache", len(found), len(used), size, size - sum(one["Size"] for one in used), share=False)


def _build_size(view: Json) -> int:
    return sum(one["Size"] for one in view["BuildCache"] or () if not one["Shared"])


# ---- -v


def _print_verbose(cli: Cli, view: Json) -> None:
    if cli.options["format"] not in ("", "table"):
        _print_formatted(cli, view)
        return
    images = [_image(cli, one) for one in view["Images"]]
    containers = [_container(cli, one) for one in view["Containers"]]
    volumes = [_volume(one) for one in view["Volumes"] or ()]
    cli.p.out("Images space usage:\n\n")
    print_rows(cli, "image", VERBOSE["image"], images)
    cli.p.out("\nContainers space usage:\n\n")
    print_rows(cli, "container", VERBOSE["container"], containers)
    cli.p.out("\nLocal Volumes space usage:\n\n")
    print_rows(cli, "volume", VERBOSE["volume"], volumes)
    cli.p.out(f"\nBuild cache usage: {human_size(_build_size(view))}\n\n")
    print_rows(cli, "build cache", VERBOSE["build cache"], [])


def _print_formatted(cli: Cli, view: Json) -> None:
    """The lists as a template has them, nothing cut short but for a "table"; "raw" is a template for each list."""
    source, whole = cli.options["format"], not cli.options["format"].startswith("table")
    lists = {
        "Images": _rows("image", [_image(cli, one, whole=whole) for one in view["Images"]]),
        "Containers": _rows("container", [_container(cli, one, whole=whole) for one in view["Containers"]]),
        "Volumes": _rows("volume", [_volume(one) for one in view["Volumes"] or ()]),
        "BuildCache": _rows("build cache", []),
    }
    source = source.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n")
    try:
        template = Template({"json": "{{json .}}", "raw": RAW}.get(source, source))
    except TemplateError as error:
        raise Failure(f"template parsing error: {error}") from None
    try:
        cli.p.out(template.execute(Struct(lists, "formatter.diskUsageContext", pointer=True)))
    except TemplateError as error:
        cli.p.out(error.written)
        raise Failure(str(error)) from None


def _rows(name: str, rows: list[Struct]) -> Slice:
    return Slice(rows, f"[]{kind(name).type_name}")


def _image(cli: Cli, one: Json, *, whole: bool = False) -> Struct:
    repository, _, tag = (one["RepoTags"] or [f"{NONE}:{NONE}"])[0].rpartition(":")
    return image_row(cli, one, repository, tag, "" if whole else NONE, whole=whole)


def _container(cli: Cli, one: Json, *, whole: bool = False) -> Struct:
    return container_row(cli, {**one, "SizeRootFs": 0}, whole=whole)


def _volume(one: Json) -> Struct:
    fields = {
        "Availability": "N/A",
        "Driver": one["Driver"],
        "Group": "N/A",
        "Labels": map_text(one["Labels"]),
        "Links": str(one["UsageData"]["RefCount"]),
        "Mountpoint": one["Mountpoint"],
        "Name": one["Name"],
        "Scope": one["Scope"],
        "Size": human_size(one["UsageData"]["Size"]),
        "Status": "N/A",
    }
    return row("volume", fields)


# ---- pruning

Prune = Callable[[Cli, Filters], Generator[Any, Any, Report]]


def prune(cli: Cli) -> Steps:
    """Remove what is not used: containers, networks, images, build cache; volumes if asked."""
    options = cli.options
    everything, volumes, filters = bool(options["all"]), bool(options["volumes"]), options["filter"]
    yield from cli.daemon.negotiate()
    if volumes and "until" in filters:
        raise Failure('ERROR: The "until" filter is not supported with "--volumes"')
    if not options["force"]:
        agreed = yield from confirmed(cli, _warning(everything, volumes, filters) + SURE)
        if not agreed:
            return 0
    steps: list[Prune] = [prune_containers, prune_networks]
    if volumes:
        steps.append(prune_volumes)
    steps.append(lambda one, chosen: prune_images(one, everything, chosen))
    steps.append(lambda one, chosen: prune_builds(one, everything, chosen))
    freed = 0
    for step in steps:
        size, text = yield from step(cli, filters)
        freed += size
        cli.p.out(f"{text}\n" if text else "")
    cli.print(f"Total reclaimed space: {human_size(freed)}")
    return 0


KNOWN = ("label", "label!", "until")
"""The filters that the question tells of."""


def _warning(everything: bool, volumes: bool, filters: Filters) -> str:
    doomed = ["all stopped containers", "all networks not used by at least one container"]
    if volumes:
        doomed.append("all anonymous volumes not used by at least one container")
    if everything:
        doomed += ["all images without at least one container associated to them", "all build cache"]
    else:
        doomed += ["all dangling images", "unused build cache"]
    text = "WARNING! This will remove:\n" + "".join(f"  - {what}\n" for what in doomed)
    chosen = sorted((f"{name}={value}" for name in KNOWN for value in filters.get(name, ())), key=natural)
    if chosen:
        text += "\n  Items to be pruned will be filtered with:\n" + "".join(f"  - {one}\n" for one in chosen)
    return text + "\n"


def prune_containers(cli: Cli, filters: Filters) -> Generator[Any, Any, Report]:
    """Remove stopped containers."""
    report = yield from _post(cli, "/containers/prune", filters)
    return report["SpaceReclaimed"], _listed("Deleted Containers", report["ContainersDeleted"])


def prune_networks(cli: Cli, filters: Filters) -> Generator[Any, Any, Report]:
    """Remove networks that no container uses."""
    report = yield from _post(cli, "/networks/prune", filters)
    return 0, _listed("Deleted Networks", report["NetworksDeleted"])


def prune_volumes(cli: Cli, filters: Filters) -> Generator[Any, Any, Report]:
    """Remove anonymous volumes that no container uses."""
    report = yield from _post(cli, "/volumes/prune", filters)
    return report["SpaceReclaimed"], _listed("Deleted Volumes", report["VolumesDeleted"])


def prune_builds(cli: Cli, everything: bool, filters: Filters) -> Generator[Any, Any, Report]:
    """Remove build cache."""
    query = {"all": "1"} if everything else {}
    query["filters"] = filters_json(filters) if filters else ""
    report = yield from cli.daemon.post("/build/prune", query)
    return report["SpaceReclaimed"], _listed("Deleted build cache objects", report["CachesDeleted"])


def _post(cli: Cli, path: str, filters: Filters) -> Generator[Any, Any, Json]:
    report: Json = yield from cli.daemon.post(path, {"filters": filters_json(filters)} if filters else {})
    return report


def _listed(heading: str, names: list[str] | None) -> str:
    return f"{heading}:\n" + "".join(f"{name}\n" for name in names) if names else ""


def builder_prune(cli: Cli) -> Steps:
    """``docker builder prune``, which buildx does: images are all the cache that there is."""
    everything = bool(cli.options["all"])
    if not cli.options["force"]:
        doomed = "all" if everything else "all dangling"
        agreed = yield from confirmed(cli, f"WARNING! This will remove {doomed} build cache. {SURE}")
        if not agreed:
            return 0
    freed, _ = yield from prune_builds(cli, everything, cli.options["filter"])
    cli.print(f"Total:\t{human_size(freed)}")
    return 0
