"""One step of the story as lines of text, each with the kind of thing that it is."""

from __future__ import annotations

import json
from typing import NamedTuple

from dockersim.story import Chapter, Message
from dockersim.story.words import size

WIDTH = 100
ARROW = "→"


class Line(NamedTuple):
    """A line of ``text``, its newline included.

    ``kind`` is prompt, title, about, message, status, error, change, detail, output or note.
    """

    kind: str
    text: str


def page(chapter: Chapter, depth: str) -> list[Line]:
    """The step: title, messages and changes as deep as ``depth`` goes, and what Docker printed, byte for byte."""
    lines = [Line("note", "\n"), *_wrapped("title", f"{chapter.number}. ", chapter.title)]
    if chapter.skipped:
        lines += _wrapped("change", "   Skipped: ", chapter.skipped)
    else:
        lines += _wrapped("about", "   ", chapter.about)
    if depth != "story":
        lines += _messages(chapter, depth)
        changes = chapter.changes(depth)
        if changes:
            lines.append(Line("note", "\n"))
        for change in changes:
            lines += _wrapped("change", "   · ", change)
    printed = b"".join(data for _, data in chapter.printed).decode("utf-8", "replace")
    if printed:
        lines += [Line("note", "\n"), Line("output", printed)]
    return lines


def _messages(chapter: Chapter, depth: str) -> list[Line]:
    if not chapter.messages:
        return []
    parties = [f"{_name(message.source)} {ARROW} {_name(message.target)}" for message in chapter.messages]
    width = max(map(len, parties))
    lines = [Line("note", "\n")]
    for party, message in zip(parties, chapter.messages, strict=True):
        lines.append(Line("message", f"   {party:<{width}}  {message.method:<4} {message.operation}\n"))
        remark = f" · {message.remark}" if message.remark else ""
        kind = "error" if message.status >= 400 else "status"
        lines.append(Line(kind, f"   {'':<{width}}  {message.status} {message.reason}{remark}\n"))
        if depth == "storage":
            lines += _details(message, width)
    return lines


def _details(message: Message, width: int) -> list[Line]:
    """Query, bodies and sizes under a message."""
    indent = " " * (width + 10)
    details = []
    query = message.path.partition("?")[2]
    if query:
        details.append(f"query    {query}")
    if message.request.body:
        details.append(f"sent     {_excerpt(message.request.body)}")
    if message.response is not None and message.response.body:
        kind = message.response.headers.get("Content-Type", "").partition(";")[0]
        details.append(f"answer   {size(message.response.size)} {kind} {_excerpt(message.response.body)}".rstrip())
    return [Line("detail", f"{indent}{detail}\n") for detail in details]


def _excerpt(body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return ""
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if item not in (None, "", [], {}, 0, False)}
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."


def _name(party: str) -> str:
    return party if len(party) != 64 else party[:12]


def _wrapped(kind: str, prefix: str, text: str) -> list[Line]:
    lines, line, indent = [], prefix, " " * len(prefix)
    for word in text.split():
        if len(line) + len(word) > WIDTH and line.strip():
            lines.append(Line(kind, line.rstrip() + "\n"))
            line = indent
        line += word + " "
    return [*lines, Line(kind, line.rstrip() + "\n")]
