"""The README keeps its word: two commands, and examples that run."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
TRIED = [
    shlex.split(line[2:], comments=True)
    for line in README.read_text().splitlines()
    if line.startswith("$ python -m dockersim")
]


def test_there_are_exactly_two_commands_and_each_makes_its_own_environment() -> None:
    commands = re.findall(r"^    (\S.*)$", README.read_text(), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert command.startswith("python3 -m venv .venv && ")


def test_the_python_example_runs_as_printed() -> None:
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert (failed, tried > 4) == (0, True)


@pytest.mark.parametrize("words", TRIED, ids=" ".join)
def test_what_there_is_to_try_can_be_tried(words: list[str], tmp_path: Path) -> None:
    line = shlex.join([sys.executable, *words[1:]]).replace("'|'", "|")
    done = subprocess.run(
        ["sh", "-c", line], input="q\n", capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 127) if words[3:] == ["sh"] else done.returncode == 0


def test_the_table_of_what_is_simulated_is_up_to_date() -> None:
    from dockersim.client.grammar.support import page

    assert (README.parent / "SUPPORT.md").read_text() == page()
