"""Sizes, durations and instants as Docker writes them."""

from __future__ import annotations

import contextlib
import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim import units
from dockersim.units import layouts
from dockersim.units import time as gotime
from dockersim.units.order import natural


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0B"), (999, "999B"), (1000, "1kB"), (13256, "13.26kB"), (4_270_000, "4.27MB"), (2_746_000_000, "2.746GB")],
)
def test_human_size(size: int, said: str) -> None:
    assert units.human_size(size) == said


def test_human_size_of_image_tables() -> None:
    assert units.human_size(13256, 3) == "13.3kB"
    assert units.human_size(999_999, 3) == "1e+03kB"


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1536, "1.5KiB"), (23.49 * 2**30, "23.49GiB")]
)
def test_bytes_size(size: float, said: str) -> None:
    assert units.bytes_size(size) == said


@pytest.mark.parametrize(
    ("text", "size"),
    [("32", 32), ("32b", 32), ("32B", 32), ("32k", 32768), ("32Kb", 32768), ("32 KiB", 32768), ("1.5g", 3 << 29)],
)
def test_ram_in_bytes(text: str, size: int) -> None:
    assert units.ram_in_bytes(text) == size


def test_from_human_size() -> None:
    assert units.from_human_size("17MB") == 17_000_000


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("lots", "invalid size: 'lots'"),
        ("", "invalid size: ''"),
        ("-5", "invalid size: '-5'"),
        ("10xb", "invalid suffix: 'xb'"),
        ("12KBBB", "invalid suffix: 'KBBB'"),
        ("1.2.3", 'strconv.ParseFloat: parsing "1.2.3": invalid syntax'),
    ],
)
def test_bad_sizes(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        units.ram_in_bytes(text)


@given(st.integers(-(1 << 62), 1 << 62))
def test_durations_read_back(nanoseconds: int) -> None:
    written = units.format_duration(nanoseconds)
    assert abs(units.parse_duration(written) - nanoseconds) <= 1


@pytest.mark.parametrize(
    ("text", "nanoseconds"), [("1h2m3.5s", 3723_500_000_000), ("-1.5ms", -1_500_000), ("0", 0), (".5s", 500_000_000)]
)
def test_parse_duration(text: str, nanoseconds: int) -> None:
    assert units.parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("3", 'time: missing unit in duration "3"'),
        ("", 'time: invalid duration ""'),
        ("x", 'time: invalid duration "x"'),
        ("1x", 'time: unknown unit "x" in duration "1x"'),
        ("9999999999h", 'time: invalid duration "9999999999h"'),
    ],
)
def test_bad_durations(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.9, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (125, "2 minutes"),
        (3600, "About an hour"),
        (47 * 3600, "47 hours"),
        (48 * 3600, "2 days"),
        (14 * 86400, "2 weeks"),
        (60 * 86400, "2 months"),
        (2 * 365 * 86400, "2 years"),
    ],
)
def test_human_duration(seconds: float, said: str) -> None:
    assert units.human_duration(int(seconds * 1e9)) == said


@given(st.datetimes(min_value=datetime.datetime(1, 1, 1), timezones=st.just(datetime.UTC)))
def test_instants_are_those_of_the_calendar(moment: datetime.datetime) -> None:
    since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    instant = (since.days * 86400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000
    written = gotime.rfc3339nano_fixed(instant)
    assert written[:26] == moment.isoformat(timespec="microseconds")[:26]
    assert gotime.parse_rfc3339(gotime.rfc3339nano(instant)) == instant


def test_forms_of_an_instant() -> None:
    instant = gotime.parse_rfc3339("2024-02-29T10:05:06.5+02:00")
    assert gotime.rfc3339nano(instant) == "2024-02-29T08:05:06.5Z"
    assert gotime.rfc3339(instant) == "2024-02-29T08:05:06Z"
    assert gotime.go_string(instant) == "2024-02-29 08:05:06 +0000 UTC"
    assert gotime.ansic(instant) == "Thu Feb 29 08:05:06 2024"
    assert gotime.rfc3339nano(gotime.ZERO) == "0001-01-01T00:00:00Z"


def test_since_and_until() -> None:
    now = gotime.parse_rfc3339("2024-01-01T00:10:00Z")
    assert layouts.timestamp("10m", now) == "1704067200"
    for text in ("2024-01-01T00:00:00", "2024-01-01", "2024-01-01T00", "2024-01-01T01:00+01:00", "2024-01-01Z"):
        assert layouts.timestamp(text, now) == "1704067200.000000000"
    assert layouts.timestamp("2024-01-01T00:00:00,5Z", now) == "1704067200.500000000"
    assert layouts.timestamp("1704067200.5", now) == "1704067200.5"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("yesterday", 'failed to parse value as time or duration: "yesterday"'),
        ("2024-13-01", 'parsing time "2024-13-01": month out of range'),
        ("2023-02-29", 'parsing time "2023-02-29": day out of range'),
        ("2024-1-1", 'parsing time "2024-1-1" as "2006-01-02": cannot parse "1-1" as "01"'),
        ("2024-01-01T25:00", 'parsing time "2024-01-01T25:00": hour out of range'),
        ("2024-01-01x", 'parsing time "2024-01-01x": extra text: "x"'),
    ],
)
def test_what_is_no_time(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=re.escape(error) + "$"):
        layouts.timestamp(text, 0)


@given(st.text())
def test_no_text_breaks_a_parser(text: str) -> None:
    for parser in (units.ram_in_bytes, units.parse_duration, units.parse_int, units.parse_uint, units.parse_float):
        with contextlib.suppress(ValueError):
            parser(text)


@pytest.mark.parametrize(
    ("text", "value"), [("0x1f", 31), ("010", 8), ("0b101", 5), ("1_000", 1000), ("-3", -3), ("+3", 3)]
)
def test_parse_int(text: str, value: int) -> None:
    assert units.parse_int(text) == value


def test_quote() -> None:
    assert units.quote('a"b\n\x00é\u200b') == '"a\\"b\\n\\x00é\\u200b"'


def test_numbers_in_names_sort_by_value_and_before_all_other_letters() -> None:
    names = ["web-1", "web10", "web2", "Web3", "web", "1web", "web_1"]
    assert sorted(names, key=natural) == ["1web", "Web3", "web", "web2", "web10", "web-1", "web_1"]
