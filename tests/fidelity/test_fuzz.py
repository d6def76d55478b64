"""The tool that types random lines beside a real engine, as far as it needs none."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import pytest

from tests.fidelity import fuzz
from tests.fidelity.case import Case
from tests.fidelity.lines import Typist, spellings, vocabulary
from tests.fidelity.replay import Outcome, Stage
from tests.fidelity.report import Verdict, judge


def test_the_same_seed_types_the_same_lines() -> None:
    assert list(islice(Typist(3).lines(), 50)) == list(islice(Typist(3).lines(), 50))
    assert list(islice(Typist(3).lines(), 50)) != list(islice(Typist(4).lines(), 50))


def test_what_is_listed_by_command_names_commands() -> None:
    known = {*spellings(), *(name for name, weight in vocabulary()["weights"].items() if not weight), "any"}
    for table in ("weights", "often", "formats", "filters"):
        assert set(vocabulary()[table]) <= known, table


def test_lines_are_typed_without_a_fault_of_the_simulator() -> None:
    stage = Stage()
    for line in islice(Typist(5).lines(), 60):
        outcome = stage.play(Case(topic="", name="", argv=("sh", "-c", line), killed=20.0))
        assert outcome.crashes == [], line


def verdict(line: str, expected: str, got: str) -> Verdict:
    return judge(Case(topic="", name="", argv=("sh", "-c", line), stdout=expected), Outcome(stdout=got, exit_code=0))


def test_one_difference_under_two_names_has_one_shape() -> None:
    one = fuzz.shape("docker rm web", verdict("docker rm web", "web took 3 s\n", "web took 5 s\n"))
    other = fuzz.shape("docker container rm app", verdict("docker rm app", "app took 4 s\n", "app took 61 s\n"))
    assert one == other == ("rm", "@ took 0 s", "@ took 0 s")


def test_only_lines_that_change_what_a_line_names_are_tried_before_it() -> None:
    before = ["docker run --name web busybox", "docker ps -a", "docker rm app", "docker inspect web"]
    assert fuzz.related(before, "docker logs web") == ["docker run --name web busybox"]


def test_without_an_engine_it_skips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["fuzz", "--engine", str(tmp_path / "none.sock")])
    assert fuzz.main() == 0
    assert capsys.readouterr().out.startswith("skipped: no engine answers on ")
