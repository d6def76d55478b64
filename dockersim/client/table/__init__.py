"""Printed lists: docker/cli's ``formatter`` and the column writer under it.

A command makes a :func:`row` for each thing, takes the format of its ``--format`` and ``-q`` from
:func:`format_of`, and prints :func:`render`. The kinds of lists, with their headings and default columns, are in
``kinds``.
"""

from dockersim.client.table.kinds import Kind, format_of, kind
from dockersim.client.table.render import render, row
from dockersim.client.table.writer import columns, ellipsis

__all__ = ["Kind", "columns", "ellipsis", "format_of", "kind", "render", "row"]
