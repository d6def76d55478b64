"""``docker manifest``: look at manifests in registries, and make lists of them."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.manifests import (
    Lists,
    connect,
    fetch,
    list_document,
    named,
    push_document,
    push_manifest,
)
from dockersim.client.transport import Failure

Steps = Generator[Any, Any, int]
_PLATFORM = {
    "arch": "architecture",
    "os": "os",
    "os-version": "os.version",
    "os-features": "os.features",
    "variant": "variant",
}


def inspect(cli: Cli) -> Steps:
    """Show a manifest, or a list of them; of a local list, one of its manifests."""
    name = named(cli.args[-1])
    found = Lists(cli).get(named(cli.args[0]))
    listed = True
    if len(cli.args) > 1:
        found, listed = [one for one in found if one["Ref"] == str(name)], False
        if not found:
            raise Failure(f"No such manifest: {name}")
    elif not found:
        found, listed = yield from fetch(cli, name)
    if cli.options["verbose"]:
        cli.print(json.dumps(found if listed else found[0], indent="\t"))
    elif listed:
        cli.print(list_document(found).decode())
    else:
        kind = "OCIManifest" if "OCIManifest" in found[0] else "SchemaV2Manifest"
        cli.print(json.dumps(found[0][kind], indent="\t"))
    return 0


def create(cli: Cli) -> Steps:
    """Make a local list of manifests."""
    target, *members = (named(text) for text in cli.args)
    lists = Lists(cli)
    if lists.get(target) and not cli.options["amend"]:
        raise Failure("refusing to amend an existing manifest list with no --amend flag")
    for member in members:
        found, listed = yield from fetch(cli, member)
        if listed:
            raise Failure(f"{member.familiar} is a manifest list")
        lists.put(target, found[0])
    cli.print(f"Created manifest list {target}")
    return 0


def annotate(cli: Cli) -> int:
    """Say which platform a manifest of a local list is for."""
    target, member = (named(text) for text in cli.args)
    lists = Lists(cli)
    found = next((one for one in lists.get(target) if one["Ref"] == str(member)), None)
    if found is None:
        raise Failure(f"manifest for image {member} does not exist in {target}")
    platform = found["Descriptor"].setdefault("platform", {})
    platform.update({key: cli.options[flag] for flag, key in _PLATFORM.items() if cli.options[flag]})
    lists.put(target, found)
    return 0


def push(cli: Cli) -> Steps:
    """Send a local list, and the manifests that it lists, to a registry."""
    target = named(cli.args[0])
    lists = Lists(cli)
    found = lists.get(target)
    if not found:
        raise Failure(f"No such manifest: {target}")
    session = yield from connect(cli, target, "pull,push")
    for one in found:
        digest = yield from push_manifest(session, target, one)
        cli.print(f"Pushed ref {target.trimmed()}@{digest} with digest: {digest}")
    body = list_document(found)
    digest = yield from push_document(session, target, target.identifier, body, json.loads(body)["mediaType"])
    if cli.options["purge"]:
        lists.remove(target)
    cli.print(digest)
    return 0


def rm(cli: Cli) -> int:
    """Forget local lists."""
    failures = []
    lists = Lists(cli)
    for text in cli.args:
        target = named(text)
        if lists.get(target):
            lists.remove(target)
        else:
            failures.append(f"No such manifest: {target}")
    if failures:
        raise Failure("\n".join(failures))
    return 0
