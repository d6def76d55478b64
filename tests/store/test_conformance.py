"""The stores pass their suites."""

from __future__ import annotations

import pytest

from dockersim.store import ContentStore, Snapshotter
from dockersim.testing import store_suite as suite
from dockersim.trace import Trace


def content(trace: Trace) -> ContentStore:
    return ContentStore(trace, "daemon")


def snapshots(trace: Trace) -> Snapshotter:
    return Snapshotter(trace, "daemon")


@pytest.mark.parametrize("check", suite.CONTENT, ids=lambda check: check.__name__)
def test_content(check: suite.Callable[[suite.MakeContent], None]) -> None:
    check(content)


@pytest.mark.parametrize("check", suite.SNAPSHOTS, ids=lambda check: check.__name__)
def test_snapshots(check: suite.Callable[[suite.MakeSnapshots], None]) -> None:
    check(snapshots)
