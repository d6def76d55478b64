"""The same lines in colour, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from dockersim.app.pages import Line

STYLES = {
    "prompt": "bold green",
    "title": "bold cyan",
    "about": "italic",
    "message": "",
    "status": "green",
    "error": "yellow",
    "change": "magenta",
    "detail": "dim",
    "output": "bold",
    "note": "dim",
}


def write(lines: Iterable[Line]) -> None:
    """Print ``lines``, each in the style of its kind."""
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text(line.text, style=STYLES[line.kind]), end="")
