"""HTTP/1.1 bytes: what is written is read back, however the stream is split."""

from __future__ import annotations

import itertools
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.wire import Request, Response
from dockersim.wire.http1 import (
    END,
    LAST_CHUNK,
    ProtocolError,
    Reader,
    RequestHead,
    ResponseHead,
    chunk,
    request_bytes,
    response_bytes,
    response_head,
)

names = st.from_regex(r"X-[A-Z][a-z]{0,8}", fullmatch=True)
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
headers = st.dictionaries(names, values, max_size=4)
targets = st.from_regex(r"/[a-z0-9/?=&%.-]{0,30}", fullmatch=True)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(places) if a < b]


def read(reader: Reader, parts: list[bytes]) -> list[object]:
    events: list[object] = []
    for part in [*parts, b""]:
        reader.feed(part)
        while (event := reader.next()) is not None:
            if isinstance(event, bytes) and events and isinstance(events[-1], bytes):
                events[-1] += event
            else:
                events.append(event)
    return events


@given(
    st.lists(st.tuples(st.sampled_from(["GET", "POST", "PUT", "DELETE"]), targets, headers, st.binary(max_size=60))),
    st.lists(st.integers(0, 10_000), max_size=12),
)
def test_requests_on_one_connection_are_read_back_from_any_split(
    messages: list[tuple[str, str, dict[str, str], bytes]], cuts: list[int]
) -> None:
    data = b"".join(request_bytes(Request(m, t, h, b)) for m, t, h, b in messages)
    events = read(Reader(requests=True), pieces(data, cuts))
    expected: list[object] = []
    for method, target, given_headers, body in messages:
        head = next(event for event in events[len(expected) :])
        assert isinstance(head, RequestHead)
        assert (head.method, head.target) == (method, target)
        assert given_headers.items() <= head.headers.items()
        expected += [head, *([body] if body else []), END]
    assert events == expected


@given(headers, st.lists(st.binary(min_size=1, max_size=30), max_size=5), st.lists(st.integers(0, 10_000), max_size=9))
def test_a_chunked_response_is_read_back_from_any_split(
    fields: dict[str, str], body: list[bytes], cuts: list[int]
) -> None:
    class Stream:
        pass

    response = Response(200, fields)
    response.body = Stream()  # type: ignore[assignment]
    data = response_head(response) + b"".join(map(chunk, body)) + LAST_CHUNK
    events = read(Reader(requests=False), pieces(data, cuts))
    assert isinstance(events[0], ResponseHead)
    assert events[0].headers == fields | {"Transfer-Encoding": "chunked"}
    assert b"".join(event for event in events[1:-1] if isinstance(event, bytes)) == b"".join(body)
    assert events[-1] is END


@given(st.integers(200, 599), st.binary(max_size=50), st.lists(st.integers(0, 999), max_size=9))
def test_a_sized_response_is_read_back(status: int, body: bytes, cuts: list[int]) -> None:
    events = read(Reader(requests=False), pieces(response_bytes(Response(status, {}, body)), cuts))
    assert isinstance(events[0], ResponseHead)
    assert events[0].status == status
    got = b"".join(event for event in events[1:-1] if isinstance(event, bytes))
    assert got == (b"" if status in (204, 304) else body)
    assert events[-1] is END


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_give_anything_but_a_protocol_error(data: bytes, requests: bool) -> None:
    reader = Reader(requests)
    with suppress(ProtocolError):
        read(reader, [data])


def test_head_of_a_response_to_head_has_no_body() -> None:
    reader = Reader(requests=False)
    reader.answer_to = "HEAD"
    events = read(reader, [response_bytes(Response(200, {}, b"hello"), "HEAD")])
    assert isinstance(events[0], ResponseHead)
    assert events[0].headers == {"Content-Length": "5"}
    assert events[1:] == [END]


def test_a_response_without_length_ends_with_the_connection() -> None:
    events = read(Reader(requests=False), [b"HTTP/1.0 200 OK\r\n\r\nhel", b"lo"])
    assert isinstance(events[0], ResponseHead)
    assert not events[0].keep_alive
    assert events[1:] == [b"hello", END]


def test_what_is_no_http_is_refused_at_its_first_line() -> None:
    reader = Reader(requests=True)
    reader.feed(b"hello there\r\n")
    with pytest.raises(ProtocolError):
        reader.next()


def test_an_end_in_the_middle_is_an_error() -> None:
    with pytest.raises(ProtocolError):
        read(Reader(requests=False), [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
