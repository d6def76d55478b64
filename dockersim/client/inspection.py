"""What all inspect commands share: objects fetched one by one, then printed as JSON or through a template."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from typing import Any, NamedTuple

from dockersim.client.cli import Cli
from dockersim.client.gotypes import decode, untyped
from dockersim.client.template import Template, TemplateError
from dockersim.client.transport import Failure
from dockersim.wire.gojson import escape_html

BAD_TEMPLATE = 64
TYPES = {
    "container": "container.InspectResponse",
    "image": "image.InspectResponse",
    "network": "network.Inspect",
    "volume": "volume.Volume",
}
"""The Go types that the client gives the daemon's answers."""


class Object(NamedTuple):
    """What the daemon tells of an object of a ``kind``."""

    kind: str
    answer: Any


Fetch = Callable[[str], Generator[Any, Any, Object]]


def inspect(cli: Cli, names: Iterable[str], layout: str, fetch: Fetch, *, raw: bool = True) -> Generator[Any, Any, int]:
    """Print what ``fetch`` gives for each name; what is missing is told at the end, and makes the status 1.

    ``layout`` is empty (indented JSON), ``json`` or a template, which runs on Go's types of the objects and, with
    ``raw``, once more on the bare JSON if that fails (docker/cli, ``cli/command/inspect``).
    """
    template = parsed(layout) if layout not in ("", "json") else None
    found, texts, failures = [], [], []
    for name in names:
        try:
            thing = yield from fetch(name)
            if template is None:
                found.append(thing)
            else:
                texts.append(_execute(template, thing, raw) + "\n")
        except Failure as failure:
            failures.append(str(failure))
    if template is not None:
        cli.p.out("".join(texts) or "\n")
    else:
        cli.print(_json(found, layout))
    if failures:
        raise Failure("\n".join(failures))
    return 0


def parsed(layout: str, called: str = "") -> Template:
    """The template of ``--format``; one that does not parse is the failure of the command."""
    try:
        return Template("{{json .}}" if layout == "json" else layout, called)
    except TemplateError as error:
        raise Failure(f"template parsing error: {error}", BAD_TEMPLATE) from None


def _execute(template: Template, thing: Object, raw: bool) -> str:
    try:
        return template.execute(decode(thing.answer, TYPES[thing.kind]))
    except TemplateError as error:
        if not raw:
            raise Failure(f"template parsing error: {error}") from None
    try:
        return template.execute(untyped(thing.answer), missing_key_error=True)
    except TemplateError as error:
        raise Failure(f"template parsing error: {error}") from None


def _json(found: list[Object], layout: str) -> str:
    if not found:
        return "[]"
    if layout == "json":
        return "[" + ",".join(_one(thing, None) for thing in found) + "]"
    whole = ",\n".join(_one(thing, 4) for thing in found)
    return "[\n" + "".join(f"    {line}\n" for line in whole.split("\n")) + "]"


def _one(thing: Object, indent: int | None) -> str:
    """Its bytes are what is printed: in those of an image the daemon writes ``<``, ``>`` and ``&`` as escapes."""
    text = json.dumps(thing.answer, indent=indent, separators=None if indent else (",", ":"), ensure_ascii=False)
    return escape_html(text) if thing.kind == "image" else text
