"""envsubst, jq and the like."""

from __future__ import annotations

from typing import Any

import pytest


def test_envsubst(lab: Any) -> None:
    box = lab.computer("box")
    env = {"A": "1", "B": "2"}
    assert lab.run(box, "envsubst", stdin=b"$A ${B} $C $\n", env=env).out == "1 2  $\n"
    assert lab.run(box, "envsubst", "$A", stdin=b"$A $B\n", env=env).out == "1 $B\n"


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ((".a",), "[\n  1,\n  2\n]\n"),
        (("-c", ".a"), "[1,2]\n"),
        ((".a[0]",), "1\n"),
        ((".a[]",), "1\n2\n"),
        (("-r", ".b.c"), "x\n"),
        ((".b.c",), '"x"\n'),
        ((".a | length",), "2\n"),
        ((".nothing.at.all",), "null\n"),
        (("-c", "keys"), '["a","b"]\n'),
    ],
)
def test_jq(lab: Any, words: tuple[str, ...], out: str) -> None:
    assert lab.run(lab.computer("box"), "jq", *words, stdin=b'{"a": [1, 2], "b": {"c": "x"}}').out == out


def test_jq_refuses(lab: Any) -> None:
    box = lab.computer("box")
    assert (
        lab.run(box, "jq", ".a.b", stdin=b'{"a": 1}').err == 'jq: error (at <stdin>:0): Cannot index number with "b"\n'
    )
    assert lab.run(box, "jq", ".", stdin=b"nonsense").err.startswith("jq: parse error")
