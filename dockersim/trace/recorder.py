"""The one trace: append-only, cheap to write, a sequence of typed events to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from dockersim.trace.event import Event
from dockersim.trace.scene import Scene

STRIDE = 3
"""A recorded event is three items in one flat list: its kind, its time, its values. No object is made to hold them."""


class Events(Sequence[Event]):
    """Recorded events, typed when they are read: ``events[i]`` is one, ``events[a:b]`` a list of them."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def _event(self, index: int) -> Event:
        kind, seconds, values = self._rows[STRIDE * index : STRIDE * index + STRIDE]
        event: Event = kind(seconds, *values)
        return event

    def __len__(self) -> int:
        return len(self._rows) // STRIDE

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        numbers = range(len(self))[index]
        return self._event(numbers) if isinstance(numbers, int) else [self._event(number) for number in numbers]


class Trace(Events):
    """All events so far.

    With a ``limit``, only about the newest ``limit`` events are kept; what was dropped is folded into
    :attr:`base`, so :meth:`scene` stays right. ``first`` is the number of the oldest event still kept.
    """

    def __init__(self, now: Callable[[], float], limit: int | None = None) -> None:
        super().__init__([])
        self._now = now
        self._limit = limit
        self._watchers: list[Callable[[Event], None]] = []
        self.first = 0
        self.base = Scene()
        self.record = self._recorder()
        """Append one event: ``record(kind, *values)``, the fields after ``seconds`` in their order."""

    def _recorder(self) -> Callable[..., None]:
        """What :attr:`record` is for now: the bare minimum, unless somebody watches or the memory is bounded."""
        rows, extend, now = self._rows, self._rows.extend, self._now
        room = None if self._limit is None else STRIDE * 2 * self._limit

        def light(kind: type[Event], *values: Any) -> None:
            extend((kind, now(), values))

        def full(kind: type[Event], *values: Any) -> None:
            extend((kind, now(), values))
            if self._watchers:
                event = kind(now(), *values)
                for watcher in list(self._watchers):
                    watcher(event)
            if room is not None and len(rows) > room:
                self._drop()

        return full if self._watchers or self._limit is not None else light

    def _drop(self) -> None:
        assert self._limit is not None
        cut = len(self) - self._limit
        for event in self[:cut]:
            self.base.apply(event)
        del self._rows[: STRIDE * cut]
        self.first += cut

    def watch(self, watcher: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``watcher`` with each event from now on; the returned function ends that."""
        self._watchers.append(watcher)
        self.record = self._recorder()

        def stop() -> None:
            self._watchers.remove(watcher)
            self.record = self._recorder()

        return stop

    @property
    def end(self) -> int:
        """The number that the next event will have."""
        return self.first + len(self)

    def since(self, number: int) -> Events:
        """The events from ``number`` on, as far as they are kept."""
        return Events(self._rows[STRIDE * max(0, number - self.first) :])

    def scene(self, end: int | None = None) -> Scene:
        """The state after the first ``end`` events (all of them by default): a fold, nothing else.

        ``end`` counts from the beginning of the world; one older than :attr:`first` raises ``IndexError``.
        """
        stop = self.end if end is None else end
        if stop < self.first or stop > self.end:
            raise IndexError(f"no scene at {stop}: the trace holds {self.first} to {self.end}")
        scene = self.base.copy()
        for event in self[: stop - self.first]:
            scene.apply(event)
        return scene

    def json_lines(self, start: int = 0) -> Iterator[str]:
        """One JSON object a line: ``number``, ``event``, ``seconds``, then the event's own fields."""
        offset = max(0, start - self.first)
        for number, event in enumerate(self[offset:], self.first + offset):
            yield json.dumps({"number": number, **event.as_dict()}, ensure_ascii=False)
