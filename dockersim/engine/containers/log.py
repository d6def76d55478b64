"""What a container wrote, kept line by line as the json-file driver keeps it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from dockersim.engine.containers.logdrivers import is_kept
from dockersim.engine.times import rfc3339
from dockersim.units import from_human_size
from dockersim.wire.gojson import escape_html

STREAMS = {1: "stdout", 2: "stderr"}
LINE_LIMIT = 16_384
"""Longer lines are kept in pieces of this many bytes (moby, daemon/logger/copier)."""


class Entry(NamedTuple):
    """A line, its newline included: when it was written (unix nanoseconds), to which stream (1 or 2)."""

    nanoseconds: int
    stream: int
    data: bytes


def json_line(entry: Entry) -> str:
    """The line of the json-file driver for an entry."""
    line = {
        "log": entry.data.decode("utf-8", "replace"),
        "stream": STREAMS[entry.stream],
        "time": rfc3339(entry.nanoseconds),
    }
    return escape_html(json.dumps(line, separators=(",", ":"), ensure_ascii=False)) + "\n"


class Log:
    """The lines of one container, over all its runs. ``kept`` is false for the driver ``none``.

    With ``max_size`` (bytes of a file of the json-file driver) lines are in ``max_files`` files, and the oldest file
    goes when another one is begun. As ``text`` bytes that are no UTF-8 are lost: JSON has no place for them.
    """

    __slots__ = ("_files", "_partial", "_watchers", "entries", "kept", "max_files", "max_size", "text")

    def __init__(self, kept: bool = True, max_size: int = 0, max_files: int = 1, text: bool = True) -> None:
        self.entries: list[Entry] = []
        self.kept = kept
        self.text = text
        self.max_size = max_size
        self.max_files = max_files
        self._files: list[tuple[int, int]] = [(0, 0)]
        self._partial: dict[int, bytes] = {}
        self._watchers: list[Callable[[Entry | None], None]] = []

    def write(self, nanoseconds: int, stream: int, data: bytes) -> None:
        """Take output; only whole lines (or very long pieces) become entries."""
        if not self.kept:
            return
        data = self._partial.pop(stream, b"") + data
        at = 0
        while (cut := data.find(b"\n", at)) >= 0 or len(data) - at >= LINE_LIMIT:
            end = cut + 1 if 0 <= cut < at + LINE_LIMIT else at + LINE_LIMIT
            self._add(Entry(nanoseconds, stream, data[at:end]))
            at = end
        if at < len(data):
            self._partial[stream] = data[at:]

    def end_run(self, nanoseconds: int) -> None:
        """The container stopped: what is left of a line becomes an entry; followers learn that it is over."""
        for stream, data in sorted(self._partial.items()):
            self._add(Entry(nanoseconds, stream, data))
        self._partial.clear()
        for watcher in list(self._watchers):
            watcher(None)

    def follow(self, watcher: Callable[[Entry | None], None]) -> Callable[[], None]:
        """Call ``watcher`` with each new entry, and with ``None`` when the container stops."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def _add(self, entry: Entry) -> None:
        if self.text and not entry.data.isascii():
            entry = entry._replace(data=_utf8(entry.data))
        if self.max_size:
            self._rotate(entry)
        self.entries.append(entry)
        for watcher in list(self._watchers):
            watcher(entry)

    def _rotate(self, entry: Entry) -> None:
        """Begin a new file where the last one is full; ``_files`` has the lines and bytes of each."""
        files = self._files
        if files[-1][1] >= self.max_size:
            files.append((0, 0))
            if len(files) > self.max_files:
                del self.entries[: files.pop(0)[0]]
        lines, size = files[-1]
        files[-1] = (lines + 1, size + len(json_line(entry).encode()))


def of(config: dict[str, Any]) -> Log:
    """The log for a ``LogConfig``; sizes and numbers that are none are no limits, for no start gets past them."""
    options = config["Config"]
    size, files = 0, 5 if config["Type"] == "local" else 1
    if options:
        with suppress(ValueError):
            size = from_human_size(options.get("max-size", "0"))
            files = max(1, int(options.get("max-file", files)))
    return Log(is_kept(config), size, files, config["Type"] == "json-file")


def _utf8(data: bytes) -> bytes:
    """With a replacement character for each byte that is no UTF-8."""
    return re.sub("[\ud800-\udfff]", "\ufffd", data.decode("utf-8", "surrogateescape")).encode()
