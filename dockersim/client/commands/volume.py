"""``docker volume ...``."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.commands.life import each
from dockersim.client.flags import Options
from dockersim.client.formatting import filters_json, map_text, print_list, print_rows
from dockersim.client.paths import path_of
from dockersim.client.prompt import confirmed
from dockersim.client.table import format_of, row
from dockersim.client.template import Struct
from dockersim.client.transport import Failure
from dockersim.units import human_size
from dockersim.units.order import natural

Steps = Generator[Any, Any, int]
Json = dict[str, Any]
SURE = "\nAre you sure you want to continue?"
ANONYMOUS = "WARNING! This will remove anonymous local volumes not used by at least one container." + SURE
ALL = "WARNING! This will remove all local volumes not used by at least one container." + SURE
_NOT_AVAILABLE = "N/A"
_CLUSTER = "table {{.Name}}\t{{.Group}}\t{{.Driver}}\t{{.Availability}}\t{{.Status}}"
_CLUSTER_FLAGS = ("group", "scope", "sharing", "availability", "type", "limit-bytes", "required-bytes")
"""Flags that make a volume one of the cluster's (docker/cli, ``hasClusterVolumeOptionSet``)."""


def ls(cli: Cli) -> Steps:
    """List volumes by name."""
    query = {"filters": filters_json(cli.options["filter"])} if cli.options["filter"] else {}
    answer = yield from cli.daemon.get("/volumes", query)
    found = sorted(answer["Volumes"] or (), key=lambda volume: natural(volume["Name"]))
    if cli.options["cluster"]:  # there are none without a swarm
        print_rows(cli, "volume", format_of("volume", quiet=True) if cli.options["quiet"] else _CLUSTER, [])
    else:
        print_list(cli, "volume", [list_row(volume) for volume in found])
    return 0


def list_row(volume: Json) -> Struct:
    """One row; size and links are known to ``docker system df`` only."""
    usage, labels = volume.get("UsageData"), volume["Labels"] or {}
    fields = {
        "Availability": _NOT_AVAILABLE,
        "Driver": volume["Driver"],
        "Group": _NOT_AVAILABLE,
        "Labels": map_text(labels),
        "Links": str(usage["RefCount"]) if usage else _NOT_AVAILABLE,
        "Mountpoint": volume["Mountpoint"],
        "Name": volume["Name"],
        "Scope": volume["Scope"],
        "Size": human_size(usage["Size"]) if usage else _NOT_AVAILABLE,
        "Status": _NOT_AVAILABLE,
    }
    return row("volume", fields, {"Label": lambda name: labels.get(name, "")})


def inspect(cli: Cli) -> Steps:
    """Show volumes whole."""
    from dockersim.client.inspection import Object
    from dockersim.client.inspection import inspect as show

    def fetch(name: str) -> Generator[Any, Any, Object]:
        return Object("volume", (yield from cli.daemon.get(path_of("volume", name))))

    return (yield from show(cli, cli.args, cli.options["format"], fetch, raw=False))


def create(cli: Cli) -> Steps:
    """Make a volume; prints its name."""
    o = cli.options
    body: Json = {"ClusterVolumeSpec": _cluster(o)} if any(map(o.changed, _CLUSTER_FLAGS)) else {}
    body["Driver"] = o["driver"]
    if o["opt"]:
        body["DriverOpts"] = dict(sorted(o["opt"].items()))
    if o["label"]:
        pairs = (entry.partition("=") for entry in o["label"])
        body["Labels"] = dict(sorted((name, value) for name, _, value in pairs))
    if cli.args and o["name"]:
        raise Failure("conflicting options: cannot specify a volume-name through both --name and as a positional arg")
    name = cli.args[0] if cli.args else o["name"]
    if name:
        body["Name"] = name
    answer = yield from cli.daemon.post("/volumes/create", body=body)
    cli.print(answer["Name"])
    return 0


def _cluster(o: Options) -> Json:
    """What the flags of cluster volumes say; only a swarm could do anything with it."""
    kind = {"mount": "MountVolume", "block": "BlockVolume"}.get(o["type"])
    access = {"Scope": o["scope"], "Sharing": o["sharing"]} | ({kind: {}} if kind else {})
    sizes = {"RequiredBytes": o["required-bytes"], "LimitBytes": o["limit-bytes"]}
    return {
        "Group": o["group"],
        "AccessMode": access,
        "AccessibilityRequirements": {},
        "CapacityRange": sizes,
        "Availability": o["availability"],
    }


def rm(cli: Cli) -> Steps:
    """Remove volumes."""
    query = {"force": "1"} if cli.options["force"] else {}
    return (yield from each(cli, lambda name: cli.daemon.delete(path_of("volume", name), query)))


def prune(cli: Cli) -> Steps:
    """Remove volumes that no container has."""
    filters, everything = cli.options["filter"], bool(cli.options["all"])
    if everything and "all" in filters:
        raise Failure("conflicting options: cannot specify both --all and --filter all=1")
    if not cli.options["force"]:
        agreed = yield from confirmed(cli, ALL if everything else ANONYMOUS)
        if not agreed:
            return 0
    freed, text = yield from prune_volumes(cli, {**filters, "all": ["true"]} if everything else filters)
    if text:
        cli.print(text)
    cli.print(f"Total reclaimed space: {human_size(freed)}")
    return 0


def prune_volumes(cli: Cli, filters: Mapping[str, list[str]]) -> Generator[Any, Any, tuple[int, str]]:
    """Remove unused volumes; bytes that came free, and what to print about it."""
    query = {"filters": filters_json(filters)} if filters else {}
    report = yield from cli.daemon.post("/volumes/prune", query)
    gone = report["VolumesDeleted"] or ()
    return report["SpaceReclaimed"], "Deleted Volumes:\n" + "".join(f"{name}\n" for name in gone) if gone else ""


def update(cli: Cli) -> Steps:
    """Only cluster volumes can be updated, and there are none without a swarm."""
    yield from cli.daemon.get(path_of("volume", cli.args[0]))
    raise Failure("can only update cluster volumes")
