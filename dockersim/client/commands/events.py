"""``docker events``."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.formatting import filters_json
from dockersim.client.gotypes import decode
from dockersim.client.inspection import BAD_TEMPLATE
from dockersim.client.template import Template, TemplateError
from dockersim.client.transport import Failure, receive
from dockersim.units.layouts import timestamp
from dockersim.units.time import rfc3339nano_fixed

Steps = Generator[Any, Any, int]


def events(cli: Cli) -> Steps:
    """Print events as they come, until there are no more or somebody has had enough."""
    show = _printer(cli)
    query = {}
    yield from cli.daemon.negotiate()
    for name in ("since", "until"):
        if cli.options[name]:
            try:
                query[name] = timestamp(cli.options[name], cli.p.sim.nanoseconds())
            except ValueError as error:
                raise Failure(str(error)) from None
    if cli.options["filter"]:
        query["filters"] = filters_json(cli.options["filter"])
    response = yield from cli.daemon.call("GET", "/events", query)
    body: Any = response.body
    rest = b""
    try:
        while chunk := (yield from receive(cli.p, body)):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                cli.p.out(show(json.loads(line)) + "\n")
            yield from cli.p.flush()
    finally:
        body.cancel()
    return 0


def _printer(cli: Cli) -> Any:
    source = cli.options["format"]
    if not source:
        return _line
    if source == "json":
        return lambda message: json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    try:
        template = Template(source)
        template.execute(decode({}, "*events.Message"))
    except TemplateError as error:
        raise Failure(f"Error parsing format: {error}", BAD_TEMPLATE) from None
    return lambda message: _formatted(cli, template, message)


def _formatted(cli: Cli, template: Template, message: dict[str, Any]) -> str:
    try:
        return template.execute(decode(message, "events.Message"))
    except TemplateError as error:
        cli.print(error.written)
        raise Failure(str(error)) from None


def _line(message: dict[str, Any]) -> str:
    attributes = message["Actor"]["Attributes"]
    text = f"{rfc3339nano_fixed(message['timeNano'])} {message['Type']} {message['Action']} {message['Actor']['ID']}"
    if attributes:
        text += " (" + ", ".join(f"{name}={attributes[name]}" for name in sorted(attributes)) + ")"
    return text
