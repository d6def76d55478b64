"""The sequence diagram: who sent what to whom, from top to bottom in simulated time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dockersim.diagram.svg import element, prefix_for, text
from dockersim.trace import Event
from dockersim.trace import events as e

COLUMN, LEFT, TOP, ROW = 230, 110, 96, 30
NAMES = {
    "client": ("docker", "the client"),
    "daemon": ("dockerd", "the daemon"),
    "registry-1.docker.io": ("registry-1.docker.io", "Docker Hub's registry"),
    "auth.docker.io": ("auth.docker.io", "Docker Hub's tokens"),
    "laptop": ("terminal", "of the laptop"),
}
ORDER = ("laptop", "client", "daemon", "container", "registry-1.docker.io", "auth.docker.io")

Row = tuple[str, str, str, str]
"""kind (request, response, stream, note), source, target, label."""


def sequence(events: Iterable[Event], title: str = "docker run hello-world") -> str:
    """An SVG picture of all messages in ``events``; colours follow the reader's light or dark scheme."""
    rows = _rows(events)
    parties = _parties(rows)
    places = {party: LEFT + COLUMN * index for index, party in enumerate(parties)}
    width, height = 2 * LEFT + COLUMN * (len(parties) - 1), TOP + ROW * (len(rows) + 1) + 30
    prefix = prefix_for(title + repr(rows))
    body = [_style(prefix), text(title, 20, 28, class_=f"{prefix}-title")]
    body += [_lifeline(prefix, party, places[party], height) for party in parties]
    body += [_arrow(prefix, row, places, TOP + ROW * (index + 1)) for index, row in enumerate(rows)]
    marker = element(
        "marker",
        element("path", d="M0,0 L8,4 L0,8 z", class_=f"{prefix}-head"),
        id=f"{prefix}-arrow",
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=9,
        markerHeight=9,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )
    return element(
        "svg",
        element("defs", marker) + "\n".join(body),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=f"Sequence diagram: {title}",
        class_=prefix,
    )


def _rows(events: Iterable[Event]) -> list[Row]:
    rows: list[Row] = []
    streamed: dict[int, int] = {}
    for event in events:
        if isinstance(event, e.CommandTyped):
            rows.append(("request", "laptop", "client", event.line))
        elif isinstance(event, e.RequestSent):
            rows.append(("request", event.source, event.target, f"{event.method} {_operation(event.path)}"))
        elif isinstance(event, e.ResponseSent):
            rows.append(("response", event.source, event.target, f"{event.status} {event.reason}"))
        elif isinstance(event, e.ChunkSent) and event.direction == "out":
            _count_chunk(rows, streamed, event)
        elif isinstance(event, e.ProcessStarted) and len(event.host) == 64:
            rows.append(("request", "daemon", "container", f"start PID {event.pid}: {' '.join(event.argv)}"))
        elif isinstance(event, e.ProcessEnded) and len(event.host) == 64 and event.pid == 1:
            rows.append(("response", "container", "daemon", event.reason))
        elif isinstance(event, e.CommandEnded):
            rows.append(("response", "client", "laptop", f"exit status {event.exit_code}"))
    return rows


def _count_chunk(rows: list[Row], streamed: dict[int, int], event: e.ChunkSent) -> None:
    """One arrow for a stream, however many pieces it came in."""
    at = streamed.get(event.exchange)
    if at is None:
        streamed[event.exchange] = len(rows)
        rows.append(("stream", event.source, event.target, "streams 1 piece"))
        return
    kind, source, target, label = rows[at]
    count = int(label.split()[1]) + 1
    rows[at] = kind, source, target, f"streams {count} pieces"


def _operation(path: str) -> str:
    plain = path.partition("?")[0]
    parts = plain.split("/")
    if len(parts) > 1 and parts[1].startswith("v1."):
        parts = ["", *parts[2:]]
    shown = "/".join(_cut(part) for part in parts).replace("/v2/library/", "")
    return shown if len(shown) <= 36 else "…" + shown[-35:]


def _cut(part: str) -> str:
    head, colon, tail = part.rpartition(":")
    return f"{head}{colon}{tail[:7]}…" if len(tail) == 64 else part


def _parties(rows: Sequence[Row]) -> list[str]:
    seen = {party for row in rows for party in row[1:3]}
    known = [party for party in ORDER if party in seen]
    return known + sorted(seen - set(known))


def _lifeline(prefix: str, party: str, x: int, height: int) -> str:
    name, role = NAMES.get(party, (party if len(party) <= 24 else party[:12], ""))
    return (
        element("line", x1=x, y1=TOP - 14, x2=x, y2=height - 20, class_=f"{prefix}-life")
        + element("rect", x=x - 86, y=TOP - 52, width=172, height=38, rx=6, class_=f"{prefix}-party")
        + text(name, x, TOP - (36 if role else 29), class_=f"{prefix}-name", text_anchor="middle")
        + (text(role, x, TOP - 21, class_=f"{prefix}-role", text_anchor="middle") if role else "")
    )


def _arrow(prefix: str, row: Row, places: dict[str, int], y: int) -> str:
    kind, source, target, label = row
    x1, x2 = places[source], places[target]
    away = 4 if x2 > x1 else -4
    shown = label if len(label) <= 44 else label[:43] + "…"
    return element(
        "line", x1=x1, y1=y, x2=x2 - away, y2=y, class_=f"{prefix}-{kind}", marker_end=f"url(#{prefix}-arrow)"
    ) + text(shown, (x1 + x2) / 2, y - 5, class_=f"{prefix}-label", text_anchor="middle")


def _style(prefix: str) -> str:
    rules = {
        "": "font-family: ui-sans-serif, system-ui, sans-serif; background: #fff; color: #17212b",
        "-title": "font-size: 17px; font-weight: 600; fill: #17212b",
        "-name": "font-size: 13px; font-weight: 600; fill: #17212b",
        "-role": "font-size: 11px; fill: #51606f",
        "-party": "fill: #eaf3fb; stroke: #2473b5; stroke-width: 1",
        "-life": "stroke: #b9c6d2; stroke-width: 1; stroke-dasharray: 3 4",
        "-label": "font-size: 11px; fill: #17212b; paint-order: stroke; stroke: #fff; stroke-width: 3px",
        "-request": "stroke: #2473b5; stroke-width: 1.5",
        "-response": "stroke: #6b7a88; stroke-width: 1.2; stroke-dasharray: 5 3",
        "-stream": "stroke: #1c8a5b; stroke-width: 2.2",
        "-head": "fill: #3f4d5a",
    }
    return element("style", "\n".join(f".{prefix}{name} {{ {rule} }}" for name, rule in rules.items()))
