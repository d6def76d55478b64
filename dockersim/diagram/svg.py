"""Just enough SVG: elements as text, with everything escaped, and classes that do not leak between figures."""

from __future__ import annotations

import zlib
from xml.sax.saxutils import escape, quoteattr


def element(name: str, content: str = "", **attributes: object) -> str:
    """``<name attribute="value">content</name>``; ``class_`` is ``class``, and ``_`` in a name is ``-``."""
    parts = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_number(value))}" for key, value in attributes.items()
    )
    return f"<{name}{parts}>{content}</{name}>" if content else f"<{name}{parts}/>"


def text(words: str, x: float, y: float, **attributes: object) -> str:
    """A line of text at ``x``, ``y``."""
    return element("text", escape(words), x=x, y=y, **attributes)


def prefix_for(content: str) -> str:
    """A prefix for the ids and classes of one figure: two figures on one page must not restyle each other."""
    return f"d{zlib.crc32(content.encode()):08x}"


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
