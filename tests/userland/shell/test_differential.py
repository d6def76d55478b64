"""The same generated scripts through the simulated shell and a real one: same output, exit code and files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings

from tests.userland.shell.real import SHELLS, real, simulated
from tests.userland.shell.scripts import Writer, scripts

pytestmark = pytest.mark.system
FLAVOURS = ["ash", "dash", "bash"]
ENOUGH = {"ash": 0.99, "dash": 0.99, "bash": 0.96}
"""Share of a campaign that must be equal. The rest are the real shells' own oddities: bash evaluates arithmetic as it
parses it, busybox lets no assignment follow a ternary, each has its own idea of ``"$@"`` inside ``${x=...}``."""


def require(flavour: str) -> None:
    if shutil.which(SHELLS[flavour][0]) is None:
        pytest.skip("the real shell is not installed")


@pytest.mark.parametrize("flavour", FLAVOURS)
@settings(derandomize=True, database=None)
@given(text=scripts())
def test_generated_scripts(flavour: str, text: str) -> None:
    require(flavour)
    mine, theirs = simulated(text, flavour), real(text, flavour)
    assert (mine.out, mine.status) == (theirs.out, theirs.status), (mine.err, theirs.err)
    assert mine.files == theirs.files


@pytest.mark.campaign
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_thousands_of_scripts(flavour: str, record_property: Callable[[str, object], None]) -> None:
    require(flavour)
    tried = equal = 0
    for seed in range(3000):
        text = Writer(Random(seed)).script()
        tried += 1
        equal += simulated(text, flavour).same(real(text, flavour))
    record_property("tried", tried)
    record_property("equal", equal)
    print(f"{flavour}: {tried} scripts tried, {equal} equal")
    assert equal >= tried * ENOUGH[flavour]
