"""Rows through a format: docker/cli's ``formatter.Context``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dockersim.client.table.kinds import kind
from dockersim.client.table.writer import columns
from dockersim.client.template import Map, Row, Struct, Template, TemplateError


def row(name: str, fields: Mapping[str, Any], methods: Mapping[str, Callable[..., Any]] | None = None) -> Struct:
    """One row of the list ``name``. In JSON its fields are sorted; ``methods`` take arguments (``{{.Label "x"}}``)."""
    return Row({field: fields[field] for field in sorted(fields)}, kind(name).type_name, methods)


def render(name: str, layout: str, rows: Iterable[Struct]) -> str:
    """The list: a table with headings if ``layout`` starts with "table", else a line for each row.

    Raises :class:`TemplateError` with Docker's "template parsing error: " in front.
    """
    table = layout.startswith("table")
    text = layout.removeprefix("table") if table else "{{json .}}" if layout == "json" else layout
    text = text.strip(" ").replace("\\t", "\t").replace("\\n", "\n")
    try:
        template = Template(text)
        body = "".join(template.execute(each) + "\n" for each in rows)
    except TemplateError as error:
        raise TemplateError(f"template parsing error: {error}") from None
    return columns(f"{_headings(template, name)}\n{body}") if table else body


def _headings(template: Template, name: str) -> str:
    """The row's template over the headings; a function that they do not bear ends the line, as in Docker."""
    headers = Map(kind(name).headers, "formatter.SubHeaderContext", methods={"Label": _label})
    return template.execute_partly(headers)


def _label(name: str) -> str:
    """A label's heading: its last part, in words."""
    return name.rpartition(".")[2].replace("-", " ").replace("_", " ")
