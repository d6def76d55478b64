"""``docker images``, ``history``, ``tag``, ``pull`` and ``push``."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.commands.run import auth
from dockersim.client.formatting import SECOND, ago, created_at, filters_json, print_list, print_rows, short_id
from dockersim.client.messages import Display
from dockersim.client.notes import note
from dockersim.client.table import ellipsis, format_of, row
from dockersim.client.template import Struct
from dockersim.client.transport import Failure
from dockersim.errors import DockersimError
from dockersim.oci import Platform, Reference, parse_any
from dockersim.units import human_size, quote
from dockersim.units.time import rfc3339

Steps = Generator[Any, Any, int]
NONE = "<none>"
ONE_PLATFORM = """Using --platform pushes only the specified platform manifest of a multi-platform image index.
Other components, like attestations, will not be included.
To push the complete multi-platform image, remove the --platform flag.
"""
CREATED_BY_WIDTH = 45


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
    digests = bool(options["digests"]) or "{{.Digest}}" in cli.list_format("image")
    rows = [
        image_row(cli, image, repository, tag, digest, whole=bool(options["no-trunc"]))
        for image in found
        for repository, tag, digest in _names(image, digests)
    ]
    print_list(cli, "image", rows, digests=bool(options["digests"]))
    return 0


def _names(image: dict[str, Any], digests: bool) -> Iterator[tuple[str, str, str]]:
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


def image_row(
    cli: Cli, image: dict[str, Any], repository: str, tag: str, digest: str = NONE, *, whole: bool = False
) -> Struct:
    """An image of ``GET /images/json`` under one of its names as a row; ``whole`` cuts nothing short."""
    fields = {
        "Containers": _count(image["Containers"]),
        "CreatedAt": created_at(image["Created"]),
        "CreatedSince": ago(cli, image["Created"]) if image["Created"] > 0 else "N/A",
        "Digest": digest,
        "ID": image["Id"] if whole else short_id(image["Id"]),
        "Repository": repository,
        "SharedSize": "N/A" if image["SharedSize"] == -1 else human_size(image["SharedSize"]),
        "Size": human_size(image["Size"], 3),
        "Tag": tag,
        "UniqueSize": "N/A" if image["SharedSize"] == -1 else human_size(image["Size"] - image["SharedSize"]),
        "VirtualSize": human_size(image["Size"]),
    }
    return row("image", fields)


def _count(number: int) -> str:
    return "N/A" if number == -1 else str(number)


def history(cli: Cli) -> Steps:
    """Show the steps that an image was made in, the last one first."""
    options = cli.options
    yield from cli.daemon.negotiate()
    query = {"platform": platform_json(options["platform"])} if options["platform"] else {}
    found = yield from cli.daemon.get(f"/images/{cli.args[0]}/history", query)
    layout = format_of("history", options["format"], bool(options["quiet"]))
    if not options["human"] and options["format"] in ("", "table") and not options["quiet"]:
        layout = layout.replace(".CreatedSince", ".CreatedAt")
    print_rows(cli, "history", layout, [_step(cli, step) for step in found])
    return 0


def _step(cli: Cli, step: dict[str, Any]) -> Struct:
    human, whole = bool(cli.options["human"]), bool(cli.options["no-trunc"])
    created = rfc3339(step["Created"] * SECOND)
    since = ago(cli, step["Created"]) if step["Created"] > 0 else "N/A"
    text = step["CreatedBy"].replace("\t", " ")
    fields = {
        "Comment": step["Comment"],
        "CreatedAt": created,
        "CreatedBy": text if whole else ellipsis(text, CREATED_BY_WIDTH),
        "CreatedSince": since if human else created,
        "ID": step["Id"] if whole else short_id(step["Id"]),
        "Size": human_size(step["Size"], 3) if human else str(step["Size"]),
    }
    return row("history", fields)


def tag(cli: Cli) -> Steps:
    """Give an image one more name."""
    source, target = cli.args
    try:
        parse_any(source)
    except DockersimError as error:
        raise _bad_reference(source, error) from None
    try:
        reference = Reference.normalized(target).tagged_or_latest()
    except DockersimError as error:
        raise _bad_reference(target, error) from None
    if reference.digest:
        raise Failure("refusing to create a tag with a digest reference")
    yield from cli.daemon.post(f"/images/{source}/tag", {"repo": reference.name, "tag": reference.tag})
    return 0


def _bad_reference(text: str, error: DockersimError) -> Failure:
    return Failure(f"Error parsing reference: {quote(text)} is not a valid repository/tag: {error.message}")


def platform_json(text: str) -> str:
    """``os/arch/variant`` as the API wants it in a query."""
    try:
        return parsed_platform(text)
    except Failure as failure:
        raise Failure(f"invalid platform: {failure}") from None


def parsed_platform(text: str) -> str:
    """The same, without a word about what it is that is wrong."""
    try:
        platform = Platform.parse(text)
    except DockersimError as error:
        raise Failure(error.message) from None
    return json.dumps(platform.to_json(), separators=(",", ":"))


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
    yield from display.show(response.body)
    cli.print(str(reference))
    return 0


def _pushed_platform(cli: Cli) -> dict[str, str]:
    """The platform that is to be pushed, for the query; what that means is told."""
    text = cli.options["platform"]
    if not text:
        return {}
    try:
        query = {"platform": parsed_platform(text)}
    except Failure:
        cli.p.err(f"Invalid platform {text}")
        raise
    cli.p.out(note(cli, ONE_PLATFORM, 1))
    return query


def push(cli: Cli) -> Steps:
    """Send an image (or all tags of a repository) to its registry."""
    options, quiet = cli.options, bool(cli.options["quiet"])
    query = _pushed_platform(cli)
    try:
        reference = Reference.normalized(cli.args[0])
    except DockersimError as error:
        raise Failure(error.message) from None
    if options["all-tags"]:
        if not reference.is_name_only:
            raise Failure("tag can't be used with --all-tags/-a")
    elif reference.is_name_only:
        reference = reference.tagged_or_latest()
        if not quiet:
            cli.print(f"Using default tag: {reference.tag}")
    if reference.digest:
        raise Failure("cannot push a digest reference")
    if reference.tag:
        query["tag"] = reference.tag
    yield from cli.p.flush()
    response = yield from cli.daemon.call(
        "POST", f"/images/{reference.name}/push", query, headers={"X-Registry-Auth": auth(cli, reference)}
    )
    yield from Display(cli.p, 1, silent=quiet).show(response.body)
    if quiet:
        cli.print(str(reference))
    return 0
