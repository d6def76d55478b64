"""The one trace: append-only, cheap to write, a sequence of typed events to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from dockersim.trace.event import Event
from dockersim.trace.scene import Scene

Row = tuple[type[Event], float, tuple[Any, ...]]


class Trace(Sequence[Event]):
    """All events so far. ``trace[i]`` is a typed event, ``trace[a:b]`` a list of them.

    With a ``limit``, only about the newest ``limit`` events are kept; what was dropped is folded into
    :attr:`base`, so :meth:`scene` stays right. ``first`` is the number of the oldest event still kept.
    """

    def __init__(self, now: Callable[[], float], limit: int | None = None) -> None:
        self._now = now
        self._rows: list[Row] = []
        self._limit = limit
        self._watchers: list[Callable[[Event], None]] = []
        self.first = 0
        self.base = Scene()

    def record(self, kind: type[Event], *values: Any) -> None:
        """Append one event of ``kind``; ``values`` are its fields after ``seconds``, in their order."""
        rows = self._rows
        rows.append((kind, self._now(), values))
        if self._watchers:
            event = kind(self._now(), *values)
            for watcher in self._watchers:
                watcher(event)
        if self._limit is not None and len(rows) > 2 * self._limit:
            self._drop()

    def _drop(self) -> None:
        assert self._limit is not None
        cut = len(self._rows) - self._limit
        for kind, seconds, values in self._rows[:cut]:
            self.base.apply(kind(seconds, *values))
        del self._rows[:cut]
        self.first += cut

    def watch(self, watcher: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``watcher`` with each event from now on; the returned function ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    @property
    def end(self) -> int:
        """The number that the next event will have."""
        return self.first + len(self._rows)

    def since(self, number: int) -> list[Event]:
        """The events from ``number`` on, as far as they are kept."""
        return [self._event(row) for row in self._rows[max(0, number - self.first) :]]

    def scene(self, end: int | None = None) -> Scene:
        """The state after the first ``end`` events (all of them by default): a fold, nothing else.

        ``end`` counts from the beginning of the world; one older than :attr:`first` raises ``IndexError``.
        """
        stop = self.end if end is None else end
        if stop < self.first or stop > self.end:
            raise IndexError(f"no scene at {stop}: the trace holds {self.first} to {self.end}")
        scene = self.base.copy()
        for kind, seconds, values in self._rows[: stop - self.first]:
            scene.apply(kind(seconds, *values))
        return scene

    def json_lines(self, start: int = 0) -> Iterator[str]:
        """One JSON object a line: ``number``, ``event``, ``seconds``, then the event's own fields."""
        offset = max(0, start - self.first)
        for number, row in enumerate(self._rows[offset:], self.first + offset):
            yield json.dumps({"number": number, **self._event(row).as_dict()}, ensure_ascii=False)

    @staticmethod
    def _event(row: Row) -> Event:
        kind, seconds, values = row
        return kind(seconds, *values)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        if isinstance(index, slice):
            return [self._event(row) for row in self._rows[index]]
        return self._event(self._rows[index])
