"""What a container wrote, kept line by line as the json-file driver keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

LINE_LIMIT = 16_384
"""Longer lines are kept in pieces of this many bytes (moby, daemon/logger/copier)."""


class Entry(NamedTuple):
    """A line, its newline included: when it was written (unix nanoseconds), to which stream (1 or 2)."""

    nanoseconds: int
    stream: int
    data: bytes


class Log:
    """The lines of one container, over all its runs. ``kept`` is false for the driver ``none``."""

    __slots__ = ("_partial", "_watchers", "entries", "kept")

    def __init__(self, kept: bool = True) -> None:
        self.entries: list[Entry] = []
        self.kept = kept
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
        self.entries.append(entry)
        for watcher in list(self._watchers):
            watcher(entry)
