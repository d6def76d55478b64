"""``docker images`` and ``docker pull``."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.commands.run import auth
from dockersim.client.formatting import ago, created_at, filters_json, print_list, short_id
from dockersim.client.messages import Display
from dockersim.client.table import row
from dockersim.client.template import Struct
from dockersim.client.transport import Failure
from dockersim.errors import DockersimError
from dockersim.oci import Reference
from dockersim.units import human_size

Steps = Generator[Any, Any, int]
NONE = "<none>"


def images(cli: Cli) -> Steps:
    """List images."""
    options = cli.options
    filters = {name: list(values) for name, values in options["filter"].items()}
    if cli.args:
        filters.setdefault("reference", []).append(cli.args[0])
    query = {}
    if options["all"]:
        query["all"] = "1"
    if filters:
        query["filters"] = filters_json(filters)
    found = yield from cli.daemon.get("/images/json", query)
    digests = bool(options["digests"]) or ".Digest" in options["format"]
    rows = [
        _row(cli, image, repository, tag, digest)
        for image in found
        for repository, tag, digest in _names(image, digests, bool(options["digests"]))
    ]
    print_list(cli, "image", rows, digests=bool(options["digests"]))
    return 0


def _names(image: dict[str, Any], digests: bool, only_digests: bool) -> Iterator[tuple[str, str, str]]:
    """Repository, tag and digest of each row that an image has."""
    by_repository: dict[str, list[str]] = {}
    for name in image["RepoTags"] or ():
        repository, _, tag = name.rpartition(":")
        by_repository.setdefault(repository, []).append(tag)
    digest_of: dict[str, list[str]] = {}
    for name in image["RepoDigests"] or ():
        repository, _, digest = name.partition("@")
        digest_of.setdefault(repository, []).append(digest)
    for repository, tags in by_repository.items():
        found = digest_of.pop(repository, [])
        for tag in tags:
            for digest in (found or [NONE]) if digests else [NONE]:
                yield repository, tag, digest
    for repository, found in digest_of.items():
        if not digests:
            yield repository, NONE, NONE
            continue
        for digest in found:
            yield repository, NONE, digest
    if not image["RepoTags"] and not image["RepoDigests"]:
        yield NONE, NONE, NONE


def _row(cli: Cli, image: dict[str, Any], repository: str, tag: str, digest: str) -> Struct:
    fields = {
        "Containers": _count(image["Containers"]),
        "CreatedAt": created_at(image["Created"]),
        "CreatedSince": ago(cli, image["Created"]) if image["Created"] > 0 else "N/A",
        "Digest": digest,
        "ID": image["Id"] if cli.options["no-trunc"] else short_id(image["Id"]),
        "Repository": repository,
        "SharedSize": "N/A" if image["SharedSize"] == -1 else human_size(image["SharedSize"], 3),
        "Size": human_size(image["Size"], 3),
        "Tag": tag,
        "UniqueSize": "N/A" if image["SharedSize"] == -1 else human_size(image["Size"] - image["SharedSize"], 3),
        "VirtualSize": human_size(image["Size"]),
    }
    return row("image", fields)


def _count(number: int) -> str:
    return "N/A" if number == -1 else str(number)


def pull(cli: Cli) -> Steps:
    """Fetch an image (or all tags of a repository)."""
    options, name = cli.options, cli.args[0]
    try:
        reference = Reference.normalized(name)
    except DockersimError as error:
        raise Failure(error.message) from None
    if options["all-tags"] and not reference.is_name_only:
        raise Failure("tag can't be used with --all-tags/-a")
    if reference.is_name_only and not options["all-tags"]:
        reference = reference.tagged_or_latest()
        if not options["quiet"]:
            cli.print(f"Using default tag: {reference.tag}")
    query = {"fromImage": reference.name}
    if not options["all-tags"]:
        query["tag"] = reference.digest or reference.tag
    if options["platform"]:
        query["platform"] = options["platform"].lower()
    yield from cli.p.flush()
    response = yield from cli.daemon.call(
        "POST", "/images/create", query, headers={"X-Registry-Auth": auth(cli, reference)}
    )
    display = Display(cli.p, 1, silent=bool(options["quiet"]))
    try:
        yield from display.show(response.body)
    except Failure as failure:
        raise Failure(f"Error response from daemon: {failure}") from None
    cli.print(str(reference))
    return 0
