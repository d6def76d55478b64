"""What all inspect commands share: objects fetched one by one, then printed as JSON or through a template."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.template import Template, TemplateError
from dockersim.client.transport import Failure

Fetch = Callable[[str], Generator[Any, Any, Any]]
Typed = Callable[[Any], Any]
BAD_TEMPLATE = 64


class Escaped(dict[str, Any]):
    """An answer in whose bytes, which are what is printed, the daemon wrote ``<``, ``>`` and ``&`` as escapes."""


def inspect(
    cli: Cli, names: Iterable[str], layout: str, fetch: Fetch, typed: Typed, *, raw: bool = True
) -> Generator[Any, Any, int]:
    """Print what ``fetch`` gives for each name; what is missing is told at the end, and makes the status 1.

    ``layout`` is empty (indented JSON), ``json`` or a template, which runs on ``typed(answer)`` and, with ``raw``, once
    more on the bare JSON if that fails (docker/cli, ``cli/command/inspect``).
    """
    template = _parse(layout) if layout not in ("", "json") else None
    found, texts, failures = [], [], []
    for name in names:
        try:
            answer = yield from fetch(name)
            if template is None:
                found.append(answer)
            else:
                texts.append(_execute(template, answer, typed, raw) + "\n")
        except Failure as failure:
            failures.append(str(failure))
    if template is not None:
        cli.p.out("".join(texts) or "\n")
    else:
        cli.print(_json(found, layout))
    if failures:
        raise Failure("\n".join(failures))
    return 0


def _parse(layout: str) -> Template:
    try:
        return Template(layout)
    except TemplateError as error:
        raise Failure(f"template parsing error: {error}", BAD_TEMPLATE) from None


def _execute(template: Template, answer: Any, typed: Typed, raw: bool) -> str:
    try:
        return template.execute(typed(answer))
    except TemplateError as error:
        if not raw:
            raise Failure(f"template parsing error: {error}") from None
    try:
        return template.execute(answer, missing_key_error=True)
    except TemplateError as error:
        raise Failure(f"template parsing error: {error}") from None


def _json(found: list[Any], layout: str) -> str:
    if not found:
        return "[]"
    if layout == "json":
        return "[" + ",".join(_one(answer, None) for answer in found) + "]"
    whole = ",\n".join(_one(answer, 4) for answer in found)
    return "[\n" + "".join(f"    {line}\n" for line in whole.split("\n")) + "]"


def _one(answer: Any, indent: int | None) -> str:
    text = json.dumps(answer, indent=indent, separators=None if indent else (",", ":"), ensure_ascii=False)
    if isinstance(answer, Escaped):
        for character in "<>&":
            text = text.replace(character, f"\\u{ord(character):04x}")
    return text
