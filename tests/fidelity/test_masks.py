"""Masks hide what varies from run to run and nothing else."""

from __future__ import annotations

import string
from datetime import datetime
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.containers.names import ADJECTIVES, SCIENTISTS
from tests.fidelity import pages, screen, tables
from tests.fidelity.masks import BEFORE, MASKS, normal


def digits(alphabet: str, count: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=count, max_size=count)


SECONDS = st.integers(2, 59).map(lambda number: f"{number} seconds")
TIMES = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2034, 1, 1))
VALUES: tuple[st.SearchStrategy[str], ...] = (
    digits("0123456789abcdef", 64),
    digits("0123456789abcdef", 12),
    TIMES.map(lambda time: f"{time:%Y-%m-%dT%H:%M:%S}.123456789Z"),
    TIMES.map(lambda time: f"{time:%Y-%m-%d %H:%M:%S} +0000 UTC"),
    st.builds("{}_{}".format, st.sampled_from(ADJECTIVES), st.sampled_from(SCIENTISTS)),
    SECONDS.map("{} ago".format),
    SECONDS.map("Up {}".format),
)
WORDS = st.text("ghijklmnopqrstuvwxyz", min_size=1, max_size=9)


class Text(NamedTuple):
    words: list[str]
    first: list[str]
    second: list[str]

    def render(self, values: list[str]) -> str:
        return " ".join(part for pair in zip(self.words, values, strict=True) for part in pair)


@st.composite
def texts(draw: st.DrawFn) -> Text:
    kinds = draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=6))
    return Text([draw(WORDS) for _ in kinds], [draw(kind) for kind in kinds], [draw(kind) for kind in kinds])


@given(texts())
def test_what_varies_makes_no_difference(text: Text) -> None:
    assert normal(text.render(text.first)) == normal(text.render(text.second))


@given(texts(), st.data())
def test_other_words_make_a_difference(text: Text, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text.words) - 1))
    other = list(text.words)
    other[place] = data.draw(WORDS.filter(lambda word: word != other[place]))
    assert normal(text.render(text.first)) != normal(text._replace(words=other).render(text.second))


@given(texts(), st.data())
def test_a_value_of_another_kind_makes_a_difference(text: Text, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text.words) - 1))
    other = list(text.second)
    other[place] = data.draw(WORDS)
    assert normal(text.render(text.first)) != normal(text.render(other))


@given(st.text(string.ascii_letters + string.punctuation + " \n", max_size=80))
def test_plain_words_are_left_alone(text: str) -> None:
    assert normal(text) == text


def test_every_mask_has_a_reason() -> None:
    assert all(mask.reason for mask in (*BEFORE, *MASKS))


CELL = st.text("ghijklmnopqrstuvwxyz", min_size=1, max_size=25)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4), st.lists(SECONDS, min_size=4, max_size=4))
def test_a_table_differs_in_its_cells_only(rows: list[tuple[str, str, str]], spans: list[str]) -> None:
    def draw(times: list[str]) -> str:
        times = times[: len(rows)]
        drawn = [[one, f"{time} ago", two] for (one, two, _), time in zip(rows, times, strict=True)]
        cells = [["NAME", "CREATED", "STATUS"], *drawn]
        widths = [max(10, max(len(row[column]) for row in cells) + 3) for column in range(2)]
        return "".join(f"{row[0]:{widths[0]}}{row[1]:{widths[1]}}{row[2]}\n" for row in cells)

    text = draw(spans)
    assert normal(text) == normal(draw(["About a minute"] * 4))
    assert normal(text) != normal(text.replace("CREATED", " CREATED", 1)), "a wrong layout is a difference"


def test_tables_that_docker_did_not_lay_out_stay() -> None:
    text = "PID   USER     TIME  COMMAND\n    1 root      0:00 sleep 1000\n"
    assert tables.take_apart(text) == text


def test_a_redrawn_screen_shows_its_last_state() -> None:
    drawn = "latest: Pulling\r\n\x1b[1A\x1b[2K\rone: Waiting \r\x1b[1B\x1b[1A\x1b[2K\rone: Done\r\x1b[1Bend\r\n"
    assert screen.is_redrawn(drawn)
    assert screen.final(drawn) == "one: Done\nend\n"


def test_a_help_page_is_its_structure() -> None:
    page = (
        "Usage:  docker x [OPTIONS]\n\nSome prose.\n\nAliases:\n  docker x, docker y\n\nOptions:\n"
        "  -a, --all             Prose\n      --format string   Prose that goes on\n"
        '                        (default "table")\n'
    )
    other = page.replace("rose", "oetry")
    assert pages.structure(page) == pages.structure(other)
    assert pages.structure(page) == (
        "Usage:  docker x [OPTIONS]\nAliases:\n  docker x, docker y\nOptions:\n"
        '  -a, --all\n      --format string (default "table")\n'
    )
    assert pages.structure("no page") == "no page"
