"""The lists that the client prints: headings, default columns and raw forms, one entry each."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One list. ``type_name`` is what template errors call a row; ``columns`` are the fields of the default table."""

    type_name: str
    headers: dict[str, str]
    table: str
    quiet: str = "{{.ID}}"
    raw: str = ""
    raw_quiet: str = ""


_CONTAINER_RAW = (
    "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n"
    "state: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\n"
    "ports: {{- pad .Ports 1 0}}\n"
)
_IMAGE_RAW = "repository: {{ .Repository }}\ntag: {{.Tag}}\n"
_CREATED = "{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}"


def _table(fields: str) -> str:
    return "table " + "\t".join(f"{{{{.{field}}}}}" for field in fields.split())


def _headers(text: str) -> dict[str, str]:
    """``Field=HEADING, ...``; a field alone is headed by its name in capitals."""
    pairs = (item.partition("=") for item in text.split(", "))
    return {field: heading or field.upper() for field, _, heading in pairs}


def _container() -> Kind:
    return Kind(
        "*formatter.ContainerContext",
        _headers(
            "ID=CONTAINER ID, Names, Image, Command, CreatedAt=CREATED AT, RunningFor=CREATED, Ports, State, Status, "
            "Size, Labels, Mounts, LocalVolumes=LOCAL VOLUMES, Networks, Platform"
        ),
        _table("ID Image Command RunningFor Status Ports Names"),
        raw=_CONTAINER_RAW,
        raw_quiet="container_id: {{.ID}}",
    )


def _image() -> Kind:
    return Kind(
        "*formatter.imageContext",
        _headers(
            "ID=IMAGE ID, Repository, Tag, Digest, CreatedSince=CREATED, CreatedAt=CREATED AT, Size, Containers, "
            "VirtualSize=SIZE, SharedSize=SHARED SIZE, UniqueSize=UNIQUE SIZE"
        ),
        f"table {{{{.Repository}}}}\t{{{{.Tag}}}}\t{{{{.ID}}}}\t{_CREATED}\t{{{{.Size}}}}",
        raw=_IMAGE_RAW + "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n",
        raw_quiet="image_id: {{.ID}}",
    )


def _network() -> Kind:
    return Kind(
        "*network.networkContext",
        _headers("ID=NETWORK ID, Name, Driver, Scope, IPv4, IPv6, Internal, Labels, CreatedAt=CREATED AT"),
        _table("ID Name Driver Scope"),
        raw="network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
        raw_quiet="network_id: {{.ID}}",
    )


def _volume() -> Kind:
    return Kind(
        "*formatter.volumeContext",
        _headers("ID, Name=VOLUME NAME, Group, Driver, Scope, Availability, Mountpoint, Labels, Links, Size, Status"),
        _table("Driver Name"),
        quiet="{{.Name}}",
        raw="name: {{.Name}}\ndriver: {{.Driver}}\n",
        raw_quiet="name: {{.Name}}",
    )


def _stats() -> Kind:
    return Kind(
        "*container.statsContext",
        _headers(
            "Container, Name, ID=CONTAINER ID, CPUPerc=CPU %, MemUsage=MEM USAGE / LIMIT, MemPerc=MEM %, "
            "NetIO=NET I/O, BlockIO=BLOCK I/O, PIDs"
        ),
        _table("ID Name CPUPerc MemUsage MemPerc NetIO BlockIO PIDs"),
    )


def _history() -> Kind:
    return Kind(
        "*image.historyContext",
        _headers("ID=IMAGE, CreatedSince=CREATED, CreatedAt=CREATED AT, CreatedBy=CREATED BY, Size, Comment"),
        _table("ID CreatedSince CreatedBy Size Comment"),
    )


def _diff() -> Kind:
    return Kind("*container.diffContext", _headers("Type=CHANGE TYPE, Path"), _table("Type Path"))


def _search() -> Kind:
    return Kind(
        "*registry.searchContext",
        _headers("Name, Description, StarCount=STARS, IsOfficial=OFFICIAL"),
        _table("Name Description StarCount IsOfficial"),
    )


def _plugin() -> Kind:
    return Kind(
        "*plugin.pluginContext",
        _headers("ID, Name, Description, Enabled, PluginReference=IMAGE"),
        _table("ID Name Description Enabled"),
        raw="plugin_id: {{.ID}}\nname: {{.Name}}\ndescription: {{.Description}}\nenabled: {{.Enabled}}\n",
        raw_quiet="plugin_id: {{.ID}}",
    )


def _context() -> Kind:
    return Kind(
        "*formatter.clientContextContext",
        _headers("Name, Description, DockerEndpoint=DOCKER ENDPOINT, Error"),
        "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}",
        quiet="{{.Name}}",
    )


def _disk_usage() -> Kind:
    return Kind(
        "*formatter.diskUsageImagesContext",
        _headers("Type, TotalCount=TOTAL, Active, Size, Reclaimable"),
        _table("Type TotalCount Active Size Reclaimable"),
        raw="type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\n"
        "reclaimable: {{.Reclaimable}}\n",
    )


def _build_cache() -> Kind:
    return Kind(
        "*formatter.buildCacheContext",
        _headers(
            "ID=CACHE ID, Parent, CacheType=CACHE TYPE, Size, CreatedSince=CREATED, LastUsedSince=LAST USED, "
            "UsageCount=USAGE, InUse=IN USE, Shared"
        ),
        _table("ID CacheType Size CreatedSince LastUsedSince UsageCount Shared"),
    )


_KINDS = {
    "container": _container,
    "image": _image,
    "network": _network,
    "volume": _volume,
    "stats": _stats,
    "history": _history,
    "diff": _diff,
    "search": _search,
    "plugin": _plugin,
    "context": _context,
    "disk usage": _disk_usage,
    "build cache": _build_cache,
}
# `docker system df -v --format raw`.
RAW = (
    "{{range .Images}}type: Image\n" + _IMAGE_RAW + "digest: {{.Digest}}\nimage_id: {{.ID}}\n"
    "created_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n\n{{end}}"
    "{{range .Containers}}type: Container\n" + _CONTAINER_RAW + "size: {{.Size}}\n\n{{end}}"
    "{{range .Volumes}}type: Volume\nname: {{.Name}}\ndriver: {{.Driver}}\n\n{{end}}"
)
# Tables of `docker system df -v`, which differ from those of the lists.
VERBOSE = {
    "image": "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}"
    "\t{{.Containers}}",
    "container": _table("ID Image Command LocalVolumes Size RunningFor Status Names"),
    "volume": _table("Name Links Size"),
    "build cache": _table("ID CacheType Size CreatedSince LastUsedSince UsageCount Shared"),
}


def kind(name: str) -> Kind:
    """The list called ``name``: container, image, network, volume, stats, history, diff, search, plugin, context,
    "disk usage" or "build cache"."""
    return _KINDS[name]()


def format_of(name: str, source: str = "", quiet: bool = False, size: bool = False, digests: bool = False) -> str:
    """The format that ``--format SOURCE`` and the switches of a list choose; ``""`` is the default table."""
    found = kind(name)
    if source in ("", "table"):
        if quiet:
            return found.quiet
        if digests:
            return found.table.replace("{{.Tag}}", "{{.Tag}}\t{{.Digest}}")
        return found.table + ("\t{{.Size}}" if size else "")
    if source == "raw" and found.raw:
        return _raw(found, quiet, size, digests)
    if quiet and name == "container":
        return found.quiet
    if source.startswith("table") and digests and "{{.Digest}}" not in source:
        return source + "\t{{.Digest}}"
    return source


def _raw(found: Kind, quiet: bool, size: bool, digests: bool) -> str:
    if quiet and found.raw_quiet:
        return found.raw_quiet
    if digests:
        return found.raw.replace("tag: {{.Tag}}\n", "tag: {{.Tag}}\ndigest: {{.Digest}}\n")
    return found.raw + ("size: {{.Size}}\n" if size else "")
