"""The trace: typed events, light rows, folds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.trace import Event, Scene, Trace
from dockersim.trace import events as e

DIGESTS = st.sampled_from(["sha256:a", "sha256:b", "sha256:c"])
HOSTS = st.sampled_from(["daemon", "registry"])
CHANGES = st.one_of(
    st.tuples(st.just(e.BlobStored), HOSTS, DIGESTS, st.integers(0, 99), st.just("")),
    st.tuples(st.just(e.ReferenceSet), HOSTS, st.sampled_from(["x", "y"]), DIGESTS, st.just("")),
)


def recorded(changes: list[tuple[object, ...]], limit: int | None = None) -> Trace:
    trace = Trace(lambda: 1.5, limit)
    for kind, *values in changes:
        trace.record(kind, *values)  # type: ignore[arg-type]
    return trace


def test_an_event_is_typed_frozen_and_compares_by_value() -> None:
    event = e.BlobStored(1.0, "daemon", "sha256:a", 3, "text")
    assert (event.seconds, event.host, event.size) == (1.0, "daemon", 3)
    assert event == e.BlobStored(1.0, "daemon", "sha256:a", size=3, media_type="text")
    assert event != e.BlobRemoved(1.0, "daemon", "sha256:a")
    with pytest.raises(AttributeError):
        event.size = 4  # type: ignore[misc]


def test_an_event_cannot_be_built_with_the_wrong_fields() -> None:
    with pytest.raises(TypeError):
        e.BlobStored(1.0, "daemon")  # type: ignore[call-arg]


def test_every_kind_has_a_docstring_or_self_explaining_fields() -> None:
    assert len(Event.KINDS) > 30
    for name, kind in Event.KINDS.items():
        assert kind.FIELDS[0] == "seconds", name


@given(st.lists(CHANGES, max_size=30))
def test_recorded_rows_read_as_the_events_that_were_recorded(changes: list[tuple[object, ...]]) -> None:
    trace = recorded(changes)
    assert list(trace) == [kind(1.5, *values) for kind, *values in changes]  # type: ignore[operator]


@given(st.lists(CHANGES, max_size=30), st.integers(0, 30))
def test_a_scene_is_the_fold_of_the_first_events(changes: list[tuple[object, ...]], end: int) -> None:
    trace = recorded(changes)
    end = min(end, len(changes))
    by_hand = Scene()
    for event in trace[:end]:
        by_hand.apply(event)
    scene = trace.scene(end)
    assert (scene.blobs, scene.references, scene.events) == (by_hand.blobs, by_hand.references, end)


@given(st.lists(CHANGES, max_size=60), st.integers(1, 10))
def test_a_limit_bounds_the_memory_and_keeps_the_scene(changes: list[tuple[object, ...]], limit: int) -> None:
    trace, whole = recorded(changes, limit), recorded(changes)
    assert len(trace) <= 2 * limit
    assert trace.end == len(changes)
    assert trace.scene().blobs == whole.scene().blobs
    assert trace.scene().references == whole.scene().references


def test_a_scene_before_what_is_kept_is_refused() -> None:
    trace = recorded([(e.BlobStored, "daemon", "sha256:a", 1, "")] * 9, limit=2)
    with pytest.raises(IndexError, match="the trace holds"):
        trace.scene(0)


def test_json_lines_are_numbered_and_carry_bytes_as_text_or_base64() -> None:
    trace = Trace(lambda: 0.25)
    trace.record(e.Printed, "laptop", "stdout", b"hi")
    trace.record(e.Printed, "laptop", "stdout", b"\xff")
    first, second = (json.loads(line) for line in trace.json_lines())
    assert first == {
        "number": 0, "event": "Printed", "seconds": 0.25, "host": "laptop", "stream": "stdout", "data": "hi",
    }  # fmt: skip
    assert second["data"] == {"base64": "/w=="}


def test_a_watcher_hears_each_event_until_it_stops() -> None:
    trace = Trace(lambda: 0.0)
    heard: list[Event] = []
    stop = trace.watch(heard.append)
    trace.record(e.BlobRemoved, "daemon", "sha256:a")
    stop()
    trace.record(e.BlobRemoved, "daemon", "sha256:b")
    assert heard == [e.BlobRemoved(0.0, "daemon", "sha256:a")]
