"""Columns, headings and formats of the printed lists; the tables are recorded ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.client import table
from dockersim.client.template import TemplateError

ROWS = [
    table.row(
        "container",
        {"Names": names, "Image": image, "Ports": ports, "ID": "0123456789ab"},
        {"Label": {"tier": "x"}.get},
    )
    for names, image, ports in (("looping", "busybox", ""), ("web", "nginx", "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp"))
]


def test_a_table_of_ones_own() -> None:
    assert table.render("container", "table {{.Names}}\\t{{.Image}}\\t{{.Ports}}", ROWS) == (
        "NAMES     IMAGE     PORTS\nlooping   busybox   \nweb       nginx     0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\n"
    )


def test_functions_leave_headings_alone() -> None:
    layout = 'table {{upper .Names}}\t{{.Label "com.x.my-label"}}\t{{json .Image}}'
    assert table.render("container", layout, ROWS[:1]) == (
        'NAMES     my label     IMAGE\nLOOPING   <no value>   "busybox"\n'
    )


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("container", "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n"),
        ("image", "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"),
        ("network", "NETWORK ID   NAME      DRIVER    SCOPE\n"),
        ("volume", "DRIVER    VOLUME NAME\n"),
        ("stats", "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O   BLOCK I/O   PIDS\n"),
        ("history", "IMAGE     CREATED   CREATED BY   SIZE      COMMENT\n"),
        ("context", "NAME      DESCRIPTION   DOCKER ENDPOINT   ERROR\n"),
        ("disk usage", "TYPE      TOTAL     ACTIVE    SIZE      RECLAIMABLE\n"),
    ],
)
def test_headings(kind: str, headings: str) -> None:
    assert table.render(kind, table.format_of(kind), []) == headings


def test_formats() -> None:
    assert table.format_of("container", quiet=True) == "{{.ID}}"
    assert table.format_of("container", size=True).endswith("{{.Names}}\t{{.Size}}")
    assert "{{.Tag}}\t{{.Digest}}" in table.format_of("image", digests=True)
    assert table.format_of("volume", "raw", quiet=True) == "name: {{.Name}}"
    assert table.render(
        "volume", table.format_of("volume", "raw"), [table.row("volume", {"Name": "v", "Driver": "local"})]
    ) == ("name: v\ndriver: local\n\n")
    assert table.render("volume", "json", [table.row("volume", {"Name": "v", "Driver": "local"})]) == (
        '{"Driver":"local","Name":"v"}\n'
    )


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(TemplateError) as caught:
        table.render("image", "{{.Nosuch}}", [table.row("image", {"ID": "a"})])
    assert str(caught.value) == (
        'template parsing error: template: :1:2: executing "" at <.Nosuch>: '
        "can't evaluate field Nosuch in type *formatter.imageContext"
    )


def test_columns_are_runs_of_lines() -> None:
    assert table.columns("a\tb\tc\nlong cell here\tx\ty\n\nq\tz\n") == (
        "a                b         c\nlong cell here   x         y\n\nq         z\n"
    )
    assert table.columns("日本\tb\n") == "日本      b\n"


CELL = st.text("abc -/%", max_size=15)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_columns_align(rows: list[list[str]]) -> None:
    printed = table.columns("".join("\t".join(row) + "\n" for row in rows)).split("\n")
    starts = [0]
    for cells in list(zip(*rows, strict=True))[:-1]:
        starts.append(starts[-1] + max(10, 3 + max(map(len, cells))))
    for row, line in zip(rows, printed, strict=False):
        for start, cell in zip(starts, row, strict=True):
            assert line[start : start + len(cell)] == cell


@given(st.text(max_size=30), st.integers(0, 20))
def test_ellipsis_fits(text: str, width: int) -> None:
    cut = table.ellipsis(text, width)
    assert len(cut) <= max(width, len(text))
    assert cut == text or cut.endswith("…") or width <= 1


def test_ellipsis() -> None:
    assert table.ellipsis("/docker-entrypoint.sh nginx", 20) == "/docker-entrypoint.…"
    assert table.ellipsis("short", 20) == "short"
