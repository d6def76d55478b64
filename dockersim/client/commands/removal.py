"""``docker rmi`` and ``docker image prune``."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.commands.images import parsed_platform
from dockersim.client.formatting import filters_json
from dockersim.client.prompt import confirmed
from dockersim.client.transport import Failure, Refused
from dockersim.units import human_size

Steps = Generator[Any, Any, int]
Report = tuple[int, str]
"""Bytes that came free, and what to print about it."""

SURE = "Are you sure you want to continue?"
DANGLING = "WARNING! This will remove all dangling images.\n"
UNUSED = "WARNING! This will remove all images without at least one container associated to them.\n"


def rmi(cli: Cli) -> Steps:
    """Remove images; goes on after a failure, and tells all of them at the end."""
    query = {}
    if cli.options["force"]:
        query["force"] = "1"
    if cli.options["no-prune"]:
        query["noprune"] = "1"
    yield from cli.daemon.negotiate()
    platforms = [("platforms", parsed_platform(text)) for text in cli.options["platform"]]
    failures, fatal = [], False
    for name in cli.args:
        try:
            records = yield from cli.daemon.delete(f"/images/{name}", [*query.items(), *platforms])
        except Failure as failure:
            missing = isinstance(failure, Refused) and failure.code == 404
            fatal = fatal or not (missing and cli.options["force"])
            failures.append(str(failure))
            continue
        for record in records or ():
            cli.print(f"Deleted: {record['Deleted']}" if record.get("Deleted") else f"Untagged: {record['Untagged']}")
    if fatal:
        raise Failure("\n".join(failures))
    for failure_text in failures:
        cli.warn(failure_text)
    return 0


def prune(cli: Cli) -> Steps:
    """Remove images that nothing uses."""
    everything = bool(cli.options["all"])
    if not cli.options["force"]:
        agreed = yield from confirmed(cli, (UNUSED if everything else DANGLING) + SURE)
        if not agreed:
            return 0
    freed, text = yield from prune_images(cli, everything, cli.options["filter"])
    cli.p.out(f"{text}\n" if text else "")
    cli.print(f"Total reclaimed space: {human_size(freed)}")
    return 0


def prune_images(cli: Cli, everything: bool, filters: Mapping[str, list[str]]) -> Generator[Any, Any, Report]:
    """Remove unused images, with ``everything`` also those that have names."""
    wanted = {**filters, "dangling": [*filters.get("dangling", ()), "false" if everything else "true"]}
    report = yield from cli.daemon.post("/images/prune", {"filters": filters_json(wanted)})
    lines = [
        f"untagged: {record['Untagged']}\n" if record.get("Untagged") else f"deleted: {record['Deleted']}\n"
        for record in report["ImagesDeleted"] or ()
    ]
    return report["SpaceReclaimed"], f"Deleted Images:\n{''.join(lines)}" if lines else ""
