"""Objects that a notebook shows by themselves when they are the last value of a cell."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from dockersim.diagram import sequence
from dockersim.story import DEPTHS, tell
from dockersim.trace import Event
from dockersim.trace import events as e


class Sequence:
    """The sequence diagram of some events: who sent what to whom."""

    def __init__(self, events: Iterable[Event], title: str = "") -> None:
        self._events = list(events)
        typed = [event.line for event in self._events if isinstance(event, e.CommandTyped)]
        self._title = title or "; ".join(typed)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"image/svg+xml": sequence(self._events, self._title), "text/plain": repr(self)}

    def __repr__(self) -> str:
        count = sum(isinstance(event, (e.RequestSent, e.ResponseSent)) for event in self._events)
        return f"<Sequence: {count} messages>"


class Story:
    """A typed ``docker run`` told in four steps. ``depth`` is ``story``, ``messages`` or ``storage``."""

    def __init__(self, events: Iterable[Event], depth: str = "messages") -> None:
        if depth not in DEPTHS:
            raise ValueError(f"depth is one of {', '.join(DEPTHS)}, not {depth!r}")
        self._chapters = tell(list(events))
        self._depth = depth

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self) -> str:
        parts = []
        for chapter in self._chapters:
            parts.append(f"<h4>{chapter.number}. {escape(chapter.title)}</h4>")
            parts.append(f"<p><em>{escape(chapter.skipped or chapter.about)}</em></p>")
            if self._depth != "story":
                rows = "".join(
                    f"<tr><td>{escape(message.source)} → {escape(message.target)}</td>"
                    f"<td><code>{message.method} {escape(message.operation)}</code></td>"
                    f"<td>{message.status} {escape(message.reason)}</td><td>{escape(message.remark)}</td></tr>"
                    for message in chapter.messages
                )
                parts.append(f"<table>{rows}</table>" if rows else "")
                changes = "".join(f"<li>{escape(change)}</li>" for change in chapter.changes(self._depth))
                parts.append(f"<ul>{changes}</ul>" if changes else "")
            printed = b"".join(data for _, data in chapter.printed).decode("utf-8", "replace")
            parts.append(f"<pre>{escape(printed)}</pre>" if printed else "")
        return "".join(parts)

    def __repr__(self) -> str:
        lines = []
        for chapter in self._chapters:
            skipped = f" Skipped: {chapter.skipped}." if chapter.skipped else ""
            lines.append(f"{chapter.number}. {chapter.title}{skipped}")
        return "\n".join(lines)
