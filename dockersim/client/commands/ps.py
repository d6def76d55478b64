"""``docker ps``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.formatting import ago, created_at, filters_json, map_text, print_list
from dockersim.client.ports import displayable
from dockersim.client.table import ellipsis, row
from dockersim.client.template import Nil, Struct, Template, TemplateError
from dockersim.client.transport import Failure
from dockersim.errors import DockersimError
from dockersim.oci import Reference
from dockersim.units import human_size, quote

COMMAND_WIDTH, MOUNT_WIDTH = 20, 15


def ps(cli: Cli) -> Generator[Any, Any, int]:
    """List containers."""
    options = cli.options
    if options["format"] and options["quiet"]:
        cli.warn("WARNING: Ignoring custom format, because both --format and --quiet are set.")
    query = {}
    if options["all"]:
        query["all"] = "1"
    limit = 1 if options["latest"] and options["last"] == -1 else options["last"]
    if limit > 0:
        query["limit"] = str(limit)
    if options["size"] or _shows_sizes(cli):
        query["size"] = "1"
    if options["filter"]:
        query["filters"] = filters_json(options["filter"])
    found = yield from cli.daemon.get("/containers/json", query)
    rows = [container_row(cli, one, whole=bool(options["no-trunc"])) for one in found]
    print_list(cli, "container", rows, size=bool(options["size"]))
    return 0


def _shows_sizes(cli: Cli) -> bool:
    """Whether the format needs sizes, which the daemon must add up. A bad template ends the command here."""
    layout = cli.list_format("container")
    if not layout:
        return False
    try:
        template = Template(layout)
    except TemplateError as error:
        raise Failure(f"failed to parse template: {error}") from None
    try:
        without, with_sizes = (template.execute(container_row(cli, {**_NOTHING, "SizeRw": size})) for size in (0, 1))
    except TemplateError as error:
        raise Failure(f"failed to execute template: {error}") from None
    return without != with_sizes and not cli.options["quiet"] and not cli.options.changed("size")


_NOTHING: dict[str, Any] = {
    "Command": "",
    "Created": 0,
    "Id": "",
    "Image": "",
    "ImageID": "",
    "Labels": None,
    "Mounts": (),
    "Names": (),
    "Ports": (),
    "State": "",
    "Status": "",
}


def container_row(cli: Cli, one: dict[str, Any], *, whole: bool = False) -> Struct:
    """A container of ``GET /containers/json`` as a row; ``whole`` cuts nothing short."""
    labels = one["Labels"] or {}
    names = [name.removeprefix("/") for name in one["Names"] or ()]
    if not whole:
        names = [name for name in names if "/" not in name]
    fields = {
        "Command": quote(one["Command"] if whole else ellipsis(one["Command"], COMMAND_WIDTH)),
        "CreatedAt": created_at(one["Created"]),
        "ID": one["Id"] if whole else one["Id"][:12],
        "Image": _image(one, whole),
        "Labels": map_text(labels),
        "LocalVolumes": str(sum(1 for mount in one["Mounts"] if mount.get("Driver") == "local")),
        "Mounts": ",".join(_mount(mount, whole) for mount in one["Mounts"]),
        "Names": ",".join(names),
        "Networks": ",".join((one.get("NetworkSettings") or {}).get("Networks") or {}),
        "Platform": Nil("*v1.Platform"),
        "Ports": displayable(one["Ports"]),
        "RunningFor": ago(cli, one["Created"]),
        "Size": _size(one),
        "State": one["State"],
        "Status": one["Status"],
    }
    return row("container", fields, {"Label": lambda name: labels.get(name, "")})


def _image(one: dict[str, Any], whole: bool) -> str:
    """The image; in short without registry and digest where they go without saying, or as the id it was given by."""
    image: str = one["Image"]
    if whole or not image:
        return image or "<no image>"
    if _short(image) == _short(one["ImageID"]):
        return _short(image)
    try:
        reference = Reference.normalized(image)
    except DockersimError:
        return image
    bare = reference.trimmed()
    return (bare.with_tag(reference.tag) if reference.tag else bare).familiar


def _short(identity: str) -> str:
    return identity.partition(":")[2][:12] if ":" in identity else identity[:12]


def _mount(mount: dict[str, Any], whole: bool) -> str:
    name: str = mount.get("Name") or mount["Source"]
    return name if whole else ellipsis(name, MOUNT_WIDTH)


def _size(one: dict[str, Any]) -> str:
    writable = human_size(one.get("SizeRw", 0), 3)
    if one.get("SizeRootFs", 0) > 0:
        return f"{writable} (virtual {human_size(one['SizeRootFs'], 3)})"
    return writable
