"""The same generated scripts through the simulated shell and a real one: same output, exit code and files."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given

from tests.userland.shell.real import SHELLS, real, simulated
from tests.userland.shell.scripts import scripts

pytestmark = pytest.mark.system


def missing(flavour: str) -> bool:
    return shutil.which(SHELLS[flavour][0]) is None


def check(text: str, flavour: str) -> None:
    mine, theirs = simulated(text, flavour), real(text, flavour)
    assert (mine.out, mine.status) == (theirs.out, theirs.status), (mine.err, theirs.err)
    assert mine.files == theirs.files


@pytest.mark.skipif(missing("ash"), reason="busybox is not installed")
@given(scripts())
def test_busybox(text: str) -> None:
    check(text, "ash")


@pytest.mark.skipif(missing("dash"), reason="dash is not installed")
@given(scripts())
def test_dash(text: str) -> None:
    check(text, "dash")


@pytest.mark.skipif(missing("bash"), reason="bash is not installed")
@given(scripts())
def test_bash(text: str) -> None:
    check(text, "bash")
