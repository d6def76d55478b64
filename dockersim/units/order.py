"""The order that docker's lists are sorted in: numbers inside texts count as numbers."""

from __future__ import annotations

import re

_CHUNKS = re.compile(r"\d+|\D", re.ASCII | re.DOTALL)


def natural(text: str) -> list[tuple[int, int]]:
    """A key to sort by: ``web2`` before ``web10``, and both before ``web-1``, for numbers come before other letters."""
    return [(-1, int(chunk)) if chunk[0] in "0123456789" else (ord(chunk), 0) for chunk in _CHUNKS.findall(text)]
