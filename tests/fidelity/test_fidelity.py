"""Every recorded case that was once equal to real Docker's answer stays equal (``equal.txt``)."""

from __future__ import annotations

import pytest

from tests.fidelity.case import load, topics
from tests.fidelity.replay import replay, sessions
from tests.fidelity.report import judge, known_equal, reasons


@pytest.mark.parametrize("session", sorted(sessions()))
def test_what_was_equal_stays_equal(session: str) -> None:
    known = known_equal()
    worse = []
    for case, outcome in replay(sessions()[session]):
        verdict = judge(case, outcome)
        if case.id in known and not (verdict.all_equal and (not known[case.id] or verdict.equal("http"))):
            worse.append(f"{case.id}: {', '.join(verdict.differences)}\n{verdict.diff()}")
    assert not worse, "\n".join(worse)


def test_the_lists_name_recorded_cases() -> None:
    recorded = {case.id for topic in topics() for case in load(topic)}
    assert known_equal().keys() <= recorded
    assert reasons().keys() <= recorded
    assert not reasons().keys() & known_equal().keys(), "an equal case needs no reason"
