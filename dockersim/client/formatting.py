"""What the list commands share: filters for the wire, times in words, ids cut, a table printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.table import format_of, render
from dockersim.client.template import Struct, TemplateError
from dockersim.client.transport import Failure
from dockersim.units import human_duration
from dockersim.units.time import go_string

SECOND = 1_000_000_000


def filters_json(filters: Mapping[str, Iterable[str]]) -> str:
    """``--filter`` values as a query value: ``{"label":{"a=b":true}}``, sorted as Go sorts a map's keys."""
    value = {name: dict.fromkeys(sorted(values), True) for name, values in sorted(filters.items())}
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def short_id(identity: str) -> str:
    """Twelve digits of an id, without its algorithm."""
    return identity.removeprefix("sha256:")[:12]


def created_at(seconds: int) -> str:
    """``2026-01-12 09:00:00 +0000 UTC``."""
    return go_string(seconds * SECOND)


def ago(cli: Cli, seconds: int) -> str:
    """``3 minutes ago``, by the client's clock."""
    return f"{human_duration(cli.p.sim.nanoseconds() - seconds * SECOND)} ago"


def print_list(cli: Cli, kind: str, rows: list[Struct], **switches: bool) -> None:
    """Print ``rows`` in the format that ``--format``, ``-q`` and ``switches`` choose."""
    options = cli.options
    quiet = bool(options.get("quiet", False))
    print_rows(cli, kind, format_of(kind, cli.list_format(kind), quiet, **switches), rows)


def print_rows(cli: Cli, kind: str, layout: str, rows: list[Struct]) -> None:
    """Print ``rows`` in the format ``layout``."""
    try:
        cli.p.out(render(kind, layout, rows))
    except TemplateError as error:
        raise Failure(str(error)) from None


def map_text(pairs: Mapping[str, Any] | None) -> str:
    """Labels as ``a=b,c=d``, sorted."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items()))
